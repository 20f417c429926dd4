"""Work in steps, between which whoever lends the time can stop: generators that return what they come to."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar, cast

_MOMENT = 0.001  # seconds of a step

T = TypeVar("T")


def result(steps: Generator[None, None, T]) -> T:
    """What they come to, at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast(T, end.value)


def result_within(seconds: float, steps: Generator[None, None, T]) -> T | None:
    """What they come to, or None where so much time is over before: they can be gone on with."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            next(steps)
        except StopIteration as end:
            return cast(T, end.value)
    return None


def beside(work: Callable[[], T]) -> Generator[None, None, T]:
    """What `work` gives, done in a thread: the import of a library takes longer than others may wait."""
    pool = ThreadPoolExecutor(1)
    try:
        done = pool.submit(work)
        while not done.done():
            wait([done], _MOMENT)
            yield
        return done.result()
    finally:
        pool.shutdown(wait=False)
