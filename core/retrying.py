"""What the system refuses just now and may do later is tried again, after pauses that grow. No thread and no IO.

if retrying.is_due:
    try:
        read()
    except OSError:
        retrying.note_failure()
"""

from __future__ import annotations

import time

FIRST_S, LONGEST_S = 0.2, 30.0  # of the pauses, each twice as long as the one before


class Retrying:
    """State: since when it fails, and when it is to be tried again. Made anew after a success."""

    def __init__(self) -> None:
        self._since = self._again_at = time.monotonic()
        self._pause_s = FIRST_S

    @property
    def is_due(self) -> bool:
        """Whether the pause is over."""
        return time.monotonic() >= self._again_at

    @property
    def seconds(self) -> float:
        """For how long it has failed."""
        return time.monotonic() - self._since

    def note_failure(self) -> None:
        """It was tried and has failed: the next pause begins."""
        self._again_at = time.monotonic() + self._pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_S)
