"""A lock that is handed on in the order in which it was asked for.

Python's own goes to whoever asks first once it is free: of forty threads that write, one waits for seconds.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Iterator


class Turn:
    def __init__(self) -> None:
        self._inner = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Lock] = deque()  # each is released for its thread

    @contextlib.contextmanager
    def take(self, seconds: float) -> Iterator[None]:
        """Raises TimeoutError where the turn does not come in so many seconds."""
        if not self._come(seconds):
            raise TimeoutError
        try:
            yield
        finally:
            with self._inner:
                self._is_taken = bool(self._waiting)
                if self._waiting:
                    self._waiting.popleft().release()

    def _come(self, seconds: float) -> bool:
        mine = threading.Lock()
        with self._inner:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._inner:
            if mine not in self._waiting:  # it has come in this moment
                return True
            self._waiting.remove(mine)
            return False
