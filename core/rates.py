"""How often somebody may do something: token buckets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Generic, TypeVar

from core.refused import RefusedError
from core.visitors import PROGRAMS, Visitor, visitor_of

Key = TypeVar("Key", bound=Hashable)

MOST_SECONDS = 5  # that anybody is made to wait


class Bucket:
    """Lets `burst` through at once and `rate` a second on average. May be used by several threads."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic):
        self._rate, self._burst, self._clock = rate, burst, clock
        self._tokens, self._when = burst, clock()
        self._lock = threading.Lock()

    def take(self, count: float = 1) -> float:
        """Takes `count`, which may be more than there is. Returns for how many seconds to wait for them."""
        with self._lock:
            self._fill()
            self._tokens = max(self._tokens - count, -self._rate * MOST_SECONDS)
            return max(0.0, -self._tokens / self._rate)

    def admit(self) -> bool:
        """Takes one if it is there."""
        with self._lock:
            self._fill()
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True

    @property
    def is_full(self) -> bool:
        """It remembers nothing."""
        with self._lock:
            self._fill()
            return self._tokens >= self._burst

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._when) * self._rate)
        self._when = now


class Buckets(Generic[Key]):
    """A bucket for each key; those that remember nothing are forgotten."""

    def __init__(self, make: Callable[[Key], Bucket], most: int = 1000):
        """most: how many keys there may be before the forgotten ones are looked for."""
        self._make, self._most = make, most
        self._buckets: dict[Key, Bucket] = {}
        self._lock = threading.Lock()

    def of(self, key: Key) -> Bucket:
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                if len(self._buckets) >= self._most:
                    self._buckets = {key: one for key, one in self._buckets.items() if not one.is_full}
                bucket = self._buckets[key] = self._make(key)
            return bucket


def of_accounts(rate: float, burst: float) -> Buckets[str]:
    """What each account may ask for: all programs, which are one, together ten times as much as a browser."""

    def bucket(account: str) -> Bucket:
        share = 10 if account == PROGRAMS else 1
        return Bucket(share * rate, share * burst)

    return Buckets(bucket)


def admitted(environ: Mapping[str, Any], buckets: Buckets[str]) -> Visitor:
    """Who sends a request, which takes one of what their account may ask for. Raises RefusedError: `too-fast`."""
    visitor = visitor_of(environ)
    if not buckets.of(account_of(visitor)).admit():
        raise too_fast()
    return visitor


def account_of(visitor: Visitor) -> str:
    """Who comes without a browser is a program here, also the command line."""
    return visitor.account or PROGRAMS


def too_fast() -> RefusedError:
    return RefusedError(429, "too many requests at once", "too-fast")
