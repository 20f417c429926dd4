"""A thread that alone changes what many read: it works off what others ask of it, and does what is due in between.

Whoever asks waits, with a deadline and without a lock. This module knows nothing of runs.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, TypeVar

from core.threads import guarded

T = TypeVar("T")

MOST_ASKED = 200  # pieces of work that wait for the thread
PATIENCE_S = 6.0  # how long an asker waits for an answer


class NotDoneError(RuntimeError):
    """The work was not begun and will not be: nothing was changed. The message says why."""


class UnknownError(RuntimeError):
    """The work was begun and is not done yet: it may still be done."""


class Owner:
    """Owns one thread; `close` ends it, after the work that it is at."""

    def __init__(self, name: str, step: Callable[[], bool | None], seconds: float, spare: Callable[[], bool]):
        """step: what is due every `seconds`; True when there is something again that can wait.

        spare: a small piece of what can wait; False when there is no more.
        """
        self._name, self._step, self._seconds, self._spare = name, step, seconds, spare
        self._asked: queue.Queue[tuple[Callable[[], Any], Future[Any]]] = queue.Queue(MOST_ASKED)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def do(self, work: Callable[[], T], patience: float | None = None) -> T:
        """What `work` returns, or raises, in the thread. Raises NotDoneError and UnknownError."""
        if threading.current_thread() is self._thread:
            return work()
        patience = PATIENCE_S if patience is None else patience
        future: Future[T] = Future()
        if self._closing.is_set():
            raise NotDoneError("the server is closing")
        try:
            self._asked.put_nowait((work, future))
        except queue.Full:
            raise NotDoneError("the server is busy") from None
        try:
            return future.result(patience)
        except FutureTimeoutError:
            if future.cancel():
                raise NotDoneError("the server is busy") from None
        except CancelledError:
            raise NotDoneError("the server is closing") from None
        try:
            return future.result(patience)
        except FutureTimeoutError:
            raise UnknownError("it takes long and may still be done") from None

    def close(self) -> None:
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()
        while not self._asked.empty():
            self._asked.get_nowait()[1].cancel()

    def _run(self) -> None:
        due, has_spare = time.monotonic(), True
        while not self._closing.is_set():
            wait_s = 0.0 if has_spare else due - time.monotonic()
            try:
                asked = self._asked.get(timeout=wait_s) if wait_s > 0 else self._asked.get_nowait()
            except queue.Empty:
                asked = None
            if asked is not None:
                _answer(*asked)
            if time.monotonic() >= due:
                with guarded(self._name):
                    has_spare = bool(self._step()) or has_spare
                due = time.monotonic() + self._seconds
            elif asked is None and has_spare:
                has_spare = False  # if it raises, it is not called again
                with guarded(self._name):
                    has_spare = self._spare()


def _answer(work: Callable[[], Any], future: Future[Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except Exception as error:  # whoever asked is told of it
        future.set_exception(error)
