"""The web process's way to torch: one long-lived process of `lenet.predict`, started when first needed.

It is restarted when it has died or does not answer; `close` ends it. No torch here.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, cast

from lenet.frames import read_frame, write_frame

ROOT = Path(__file__).resolve().parent.parent
ANSWER_TIMEOUT_S = 20  # the first answer waits for torch's import


class HelperError(RuntimeError):
    """The helper could not answer; the message says why. `empty`: the drawing was."""

    def __init__(self, message: str, empty: bool = False):
        self.empty = empty
        super().__init__(message)


class Helper:
    """Owns the helper process. `ask` is safe from many threads; requests are answered one after the other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The helper's answer. Raises HelperError."""
        with self._lock:
            for attempt in (1, 2):  # a helper that died since the last request is not the asker's trouble
                try:
                    reply = self._exchange(self._running(), request)
                    break
                except (OSError, EOFError, ValueError):
                    self._end()
                    if attempt == 2:
                        raise HelperError("the prediction process died twice over this request") from None
        if not reply["ok"]:
            raise HelperError(reply["error"], reply.get("empty", False))
        return reply["value"]

    def warm_up(self) -> None:
        """Starts the process without waiting for it, so that the first drawing need not wait for torch's import."""
        threading.Thread(target=self._warm_up, name="lenet-helper-start", daemon=True).start()

    def _warm_up(self) -> None:
        with self._lock, contextlib.suppress(HelperError, OSError, EOFError):
            self._running()

    def close(self) -> None:
        """Ends the process; later questions are errors."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()  # it holds nothing; an asker in the middle of a request gets its error at once
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise HelperError("the server is closing")
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "lenet.predict"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C in the terminal is the server's to handle
            )
            self._await(self._process)
        return self._process

    def _exchange(self, process: subprocess.Popen[bytes], request: dict[str, Any]) -> dict[str, Any]:
        write_frame(cast(IO[bytes], process.stdin), request)
        return self._await(process)

    def _await(self, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        """The next frame; a helper that takes too long is killed, which ends the wait."""
        watchdog = threading.Timer(ANSWER_TIMEOUT_S, process.kill)
        watchdog.start()
        try:
            reply = read_frame(cast(IO[bytes], process.stdout))
        except (OSError, EOFError, ValueError):
            reply = None
        finally:
            watchdog.cancel()
            watchdog.join()
        if reply is None:
            raise EOFError("the prediction process ended")
        return reply

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    cast(IO[bytes], pipe).close()
