"""The worker processes, as the web process holds them: start, send, listen, restart, stop."""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parent.parent
_STOP_SECONDS = 3
_YOUNG = 5  # seconds
Message = tuple[Any, ...]


def default_count() -> int:
    """One core is left to the web process."""
    return max(1, min(8, (os.cpu_count() or 1) - 1))


class WorkerProcess:
    """One `worker_process`, replaced by a new process when it dies.

    `receive(worker, message)` is called for every message, from a thread of this object; `("died",)` says that a
    new process has taken the place of one that ended. It knows nothing: the owner tells it again what it wants.
    """

    def __init__(self, receive: Callable[[WorkerProcess, Message], None], number: int = 0):
        self._receive = receive
        self.number = number
        self.restarts = 0
        self._lock = threading.Lock()
        self._closed = False
        self.ready = False
        self._start()
        self._thread = threading.Thread(target=self._listen, name="worker-listener", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def cpu_seconds(self) -> float | None:
        """What the present process has computed so far; None where the system does not tell (it does on Linux)."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _start(self) -> None:
        self._started = time.monotonic()
        command = [sys.executable, "-m", "playground.worker_process"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT)
        self._input = cast(IO[bytes], self._process.stdin)
        self._output = cast(IO[bytes], self._process.stdout)

    def send(self, message: Message) -> None:
        """Sends one message. Never raises: a death is reported by `receive`."""
        with self._lock:
            try:
                pickle.dump(message, self._input, protocol=pickle.HIGHEST_PROTOCOL)
                self._input.flush()
            except (OSError, ValueError):  # dead, or closed
                pass

    def _listen(self) -> None:
        while True:
            try:
                while True:
                    message = pickle.load(self._output)  # noqa: S301 - our own child
                    if message[0] == "ready":
                        self.ready = True
                    self._receive(self, message)
            except (EOFError, OSError, pickle.UnpicklingError):
                pass
            self.ready = False
            code = self._process.wait()
            with self._lock:
                self._output.close()
                if self._closed:
                    return
                if time.monotonic() - self._started < _YOUNG:
                    time.sleep(1)  # one that dies at birth must not take a core
                log.warning("worker died", extra={"worker": self.number, "process_id": self.pid, "status": code})
                self.restarts += 1
                self._start()
                log.info("worker restarted", extra={"worker": self.number, "process_id": self.pid})
            self._receive(self, ("died",))

    def close(self) -> None:
        """Ends the process and the thread."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._input.close()  # which it takes as the end
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._thread.join(_STOP_SECONDS)
