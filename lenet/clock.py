"""A clock that nobody sets and that goes on while the machine sleeps: a gap between two looks is a pause. No IO."""

from __future__ import annotations

import time


def elapsing() -> float:
    """Seconds since some moment."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()  # on Windows it goes on in a sleep; on macOS it does not
