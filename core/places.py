"""How many may ask for something at the same time, everybody and each. No process."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator

from core.refused import RefusedError

PATIENCE_S = 30.0  # how long who has a place waits for those before him


class BusyError(RefusedError):
    """There is no place, or the turn does not come. The sentence says which."""


class Places:
    """How many may ask at the same time, everybody and each. What one holds in memory, all that wait would hold.

    in_turn: they are answered one after another. Threads that compute beside each other take this process from all
    others, and would end no sooner.
    """

    def __init__(self, most: int, most_each: int, in_turn: bool = False):
        self._most, self._most_each = most, most_each
        self._turn = threading.Lock() if in_turn else None
        self._lock = threading.Lock()
        self._taken: Counter[str | None] = Counter()

    @contextlib.contextmanager
    def take(self, who: str | None) -> Iterator[None]:
        """A place until the block ends, and the turn. Raises BusyError."""
        with self._lock:
            if self._taken[who] >= self._most_each or self._taken.total() >= self._most:
                raise BusyError(503, "the server is busy: too many questions at once", "too-many-questions")
            self._taken[who] += 1
        try:
            with self._my_turn():
                yield
        finally:
            with self._lock:
                self._taken[who] -= 1
                if not self._taken[who]:
                    del self._taken[who]

    @contextlib.contextmanager
    def _my_turn(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=PATIENCE_S):
            raise BusyError(503, "the server is busy: too many questions before this one", "too-many-questions")
        try:
            yield
        finally:
            self._turn.release()
