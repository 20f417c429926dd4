"""Threads that outlive an exception: it is logged and counted, and the thread goes on with its next piece of work.

    with guarded("worker-listener"):
        receive(message)

    janitor = Repeating("session-janitor", sweep, seconds=1)
    ...
    janitor.close()

`errors()` is what /metrics shows. The log gets one line a second at most for each thread and kind of exception. A
thread is known by what it does, not by a number: all listeners count under one name.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

from core.refused import RefusedError

log = logging.getLogger(__name__)

_SECONDS_BETWEEN_LINES = 1.0

_lock = threading.Lock()
_errors: Counter[str] = Counter()  # by thread, since this process started
_logged: dict[tuple[str, str], tuple[float, int]] = {}  # by thread and kind: when, and how many have come since


def errors() -> dict[str, int]:
    """How many exceptions each thread has outlived."""
    with _lock:
        return dict(_errors)


def note(thread: str, error: BaseException) -> None:
    """Counts an exception that was caught in `thread`, and logs it with its traceback."""
    key, now = (thread, type(error).__name__), time.monotonic()
    with _lock:
        _errors[thread] += 1
        when, since = _logged.get(key, (-_SECONDS_BETWEEN_LINES, 0))
        if now - when < _SECONDS_BETWEEN_LINES:
            _logged[key] = when, since + 1
            return
        _logged[key] = now, 0
    log.error("thread goes on after an error", exc_info=error, extra={"thread_name": thread, "count": since + 1})


@contextlib.contextmanager
def guarded(thread: str) -> Iterator[None]:
    """An exception raised inside ends this block and nothing else: for the body of a loop, not around it."""
    try:
        yield
    except Exception as error:
        note(thread, error)


def note_uncaught() -> None:
    """Has exceptions that end a thread, of a library for example, logged and counted like those that do not."""

    def hook(ended: threading.ExceptHookArgs) -> None:
        if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
            note(ended.thread.name if ended.thread else "unknown", ended.exc_value)

    threading.excepthook = hook


def started(run: Callable[[], object], name: str) -> threading.Thread:
    """A thread that runs. Raises OSError where the system gives out no more: nobody has one then that never ran."""
    thread = threading.Thread(target=run, name=name, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        raise OSError(errno.EAGAIN, "no more threads") from None
    return thread


class Repeating:
    """A thread that calls `step` every `seconds` until it is closed, whatever `step` raises.

    A refusal is no error of the thread: who refused has told it, and the next step asks again.
    """

    def __init__(self, thread: str, step: Callable[[], object], seconds: float):
        """Raises OSError, as `started`."""
        self._name, self._step, self._seconds = thread, step, seconds
        self._closed = threading.Event()
        self._thread = started(self._run, thread)

    def _run(self) -> None:
        while not self._closed.wait(self._seconds):
            with guarded(self._name), contextlib.suppress(RefusedError):
                self._step()

    def close(self, seconds: float = 3) -> None:
        """Ends the thread; waits that long for a `step` under way. From inside `step` it does not wait."""
        self._closed.set()
        if self._thread is not threading.current_thread():
            self._thread.join(seconds)
