"""How quickly a run trains, testing included: a mean over its last epoch, which one slow batch does not move. No IO.

Where an epoch takes less than a second it is a mean over more of them, or it would say nothing most of the time.
"""

from __future__ import annotations

from collections import deque

LEAST_S = 1.0  # of training, before there is a mean that says something: the first batch is a slow one


class Pace:
    """State: (step, seconds trained so far) at the last `window` steps since the run was begun or resumed, and at more
    where those took less than `LEAST_S`."""

    def __init__(self, window: int):
        self._window = window
        self._places: deque[tuple[int, float]] = deque()

    def note(self, step: int, seconds: float) -> None:
        """The run has come to `step`. The first place noted should be after a first batch."""
        self._places.append((step, seconds))
        while len(self._places) > 2 and self._covers(self._places[1]):
            self._places.popleft()

    def _covers(self, place: tuple[int, float]) -> bool:
        """Whether what came after it is enough for a mean: an epoch, and where that is short the least seconds too."""
        step, seconds = self._places[-1]
        return step - place[0] >= self._window and seconds - place[1] >= LEAST_S

    def seconds_a_step(self, *, least_s: float = LEAST_S) -> float | None:
        """The mean. None until `least_s` seconds are known."""
        if len(self._places) < 2:
            return None
        (first, began), (last, now) = self._places[0], self._places[-1]
        return (now - began) / (last - first) if last > first and now - began >= least_s else None
