"""The web process's way to torch: one long-lived process of `lenet.questions.answerer`, started when first needed.

It is restarted when it has died or does not answer; `close` ends it. No torch here.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any, cast

from core.children import OWN_GROUP, ROOT
from lenet.owner import NotDoneError, Owner, UnknownError
from lenet.questions.wire import read_frame, write_frame

ANSWER_TIMEOUT_S = 20  # the first answer waits for torch's import
PATIENCE_S = 30.0  # how long who asks waits for those before him
START_S = 0.1  # how soon a helper that is wanted starts


class HelperError(RuntimeError):
    """The helper could not answer; the message says why. `empty`: the drawing was. `busy`: it did not come to it.

    damaged: the file of the network that cannot be read.
    """

    def __init__(self, message: str, empty: bool = False, busy: bool = False, damaged: str | None = None):
        self.empty, self.busy, self.damaged = empty, busy, damaged
        super().__init__(message)


class Places:
    """How many may ask at the same time, everybody and each. What one holds in memory, all that wait would hold."""

    def __init__(self, most: int, most_each: int):
        self._most, self._most_each = most, most_each
        self._lock = threading.Lock()
        self._taken: Counter[str | None] = Counter()

    @contextlib.contextmanager
    def take(self, who: str | None) -> Iterator[None]:
        """A place until the block ends. Raises HelperError."""
        with self._lock:
            if self._taken[who] >= self._most_each or self._taken.total() >= self._most:
                raise HelperError("too many questions at once", busy=True)
            self._taken[who] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[who] -= 1
                if not self._taken[who]:
                    del self._taken[who]


class Helper:
    """Owns the helper process and the thread that talks to it. `ask` is safe from many threads, answered in turn."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_wanted = self._closed = False
        self._owner = Owner("lenet-helper", self._start_wanted, START_S, lambda: False)
        self._owner.start()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The helper's answer. Raises HelperError."""
        try:
            reply = self._owner.do(lambda: self._answer(request), PATIENCE_S)
        except (NotDoneError, UnknownError) as error:
            raise HelperError(str(error), busy=True) from None
        if not reply["ok"]:
            raise HelperError(reply["error"], reply.get("empty", False), damaged=reply.get("damaged"))
        return reply["value"]

    def warm_up(self) -> None:
        """Starts the process without waiting for it, so that the first drawing need not wait for torch's import."""
        self._is_wanted = True

    def close(self) -> None:
        """Ends the process and the thread; later questions are errors."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()  # it holds nothing; an asker in the middle of a request gets its error at once
        self._owner.close()
        self._end()

    def _start_wanted(self) -> None:
        if self._is_wanted and not self._closed:
            self._is_wanted = False
            with contextlib.suppress(HelperError, OSError, EOFError, ValueError):
                self._running()

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        for attempt in (1, 2):  # a helper that died since the last request is not the asker's trouble
            try:
                return self._exchange(self._running(), request)
            except (OSError, EOFError, ValueError):
                self._end()
                if attempt == 2:
                    raise HelperError("the prediction process died twice over this request") from None
        raise AssertionError

    def _running(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise HelperError("the server is closing")
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "lenet.questions.answerer"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                **OWN_GROUP,
            )
            self._exchange(self._process, None)
        return self._process

    def _exchange(self, process: subprocess.Popen[bytes], request: dict[str, Any] | None) -> dict[str, Any]:
        """The next frame, after `request`; a helper that takes too long is killed, which ends the wait for either."""
        watchdog = threading.Timer(ANSWER_TIMEOUT_S, process.kill)
        watchdog.start()
        try:
            if request is not None:
                write_frame(cast(IO[bytes], process.stdin), request)
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
