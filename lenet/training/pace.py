"""How quickly a run trains and tests: means over its last epoch, which one slow batch does not move. No IO.

Where an epoch takes less than a second they are means over more of them, or there would be none most of the time.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

LEAST_S = 1.0  # of training, before there is a mean that says something: the first batch is a slow one


class _Place(NamedTuple):
    step: int
    seconds: float  # of training and testing so far
    tests: int
    tested_s: float  # of `seconds`


class Pace:
    """State: the places at the last `window` steps since the run was begun or resumed, and at more where those took
    less than `LEAST_S`; the tests so far."""

    def __init__(self, window: int):
        self._window = window
        self._places: deque[_Place] = deque()
        self._tests = 0
        self._tested_s = 0.0

    def note(self, step: int, seconds: float) -> None:
        """The run has come to `step`, after so many seconds of training and testing. The first place noted should be
        after a first batch."""
        self._places.append(_Place(step, seconds, self._tests, self._tested_s))
        while len(self._places) > 2 and self._covers(self._places[1]):
            self._places.popleft()

    def note_test(self, seconds: float) -> None:
        """The run was tested, which took so many of the seconds that the next place has."""
        self._tests += 1
        self._tested_s += seconds

    def _covers(self, place: _Place) -> bool:
        """Whether what came after it is enough for a mean: an epoch, and where that is short the least seconds too."""
        last = self._places[-1]
        return last.step - place.step >= self._window and last.seconds - place.seconds >= LEAST_S

    def seconds_a_step(self, *, least_s: float = LEAST_S) -> float | None:
        """The mean of a step, without tests. None until `least_s` seconds are known."""
        if len(self._places) < 2:
            return None
        first, last = self._places[0], self._places[-1]
        took = last.seconds - first.seconds
        trained = took - (last.tested_s - first.tested_s)
        return trained / (last.step - first.step) if last.step > first.step and took >= least_s else None

    def seconds_a_test(self) -> float | None:
        """The mean of a test. None until a place is noted after one."""
        if not self._places:
            return None
        first, last = self._places[0], self._places[-1]
        return (last.tested_s - first.tested_s) / (last.tests - first.tests) if last.tests > first.tests else None
