"""The worker processes, as the web process holds them: start, send, listen, restart, stop."""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parent.parent
_STOP_SECONDS = 3
_YOUNG = 5  # seconds
Message = tuple[Any, ...]


def default_count() -> int:
    """One core is left to the web process."""
    return max(1, min(8, (os.cpu_count() or 1) - 1))


class WorkerProcess:
    """One `playground.worker`, replaced by a new process when it dies.

    `receive(worker, message)` is called for every message, and with `("died",)` before a replacement is started, from
    a thread of this object. Messages sent while there is no process are dropped: after `died` the owner tells again what it
    wants.
    """

    def __init__(self, receive: Callable[[WorkerProcess, Message], None]):
        self._receive = receive
        self._lock = threading.Lock()
        self._closed = False
        self.ready = False
        self._process = self._start()
        self._thread = threading.Thread(target=self._listen, name="worker-listener", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def _start(self) -> subprocess.Popen[bytes]:
        self._started = time.monotonic()
        command = [sys.executable, "-m", "playground.worker"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT)

    def send(self, message: Message) -> None:
        """Sends one message. Never raises: a death is reported by `receive`."""
        with self._lock:
            try:
                assert self._process.stdin
                pickle.dump(message, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
                self._process.stdin.flush()
            except (OSError, ValueError):  # dead, or closed
                pass

    def _listen(self) -> None:
        while True:
            assert self._process.stdout
            try:
                while True:
                    message = pickle.load(self._process.stdout)
                    if message[0] == "ready":
                        self.ready = True
                    self._receive(self, message)
            except (EOFError, OSError, pickle.UnpicklingError):
                pass
            with self._lock:
                self.ready = False
                code = self._process.wait()
                self._process.stdout.close()
                if self._closed:
                    return
                if time.monotonic() - self._started < _YOUNG:
                    time.sleep(1)  # one that dies at birth must not take a core
                log.warning("worker %d ended with %d; starting another", self._process.pid, code)
                self._process = self._start()
            self._receive(self, ("died",))

    def close(self) -> None:
        """Ends the process and the thread."""
        with self._lock:
            self._closed = True
            assert self._process.stdin
            try:
                self._process.stdin.close()
            except OSError:
                pass
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._thread.join(_STOP_SECONDS)
