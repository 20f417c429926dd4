"""What a session can go back to: its changes, undone and made again, and the runs from which it branched.

No IO.
"""

from __future__ import annotations

import dataclasses
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from playground.config import Config
from playground.point_set import PointSet
from playground.recording.moment import Moment
from playground.serving.history import History

MOST_CHANGES = 32
MOST_RUNS = 8
MOST_EDITS = 3000  # of all changes' recordings together: some hundred bytes each
CURVE = 250  # points of a run that was left
_MERGED = 1.0  # seconds: what a dragged slider sends, one after another, is one change


@dataclass(frozen=True)
class Left:
    """A run as it was left.

    number: its name among those of its settings, from 1. runs: the others of these. config: with what the page alone is
    concerned with. is_shown: only that was changed then, so that the training stays.
    """

    there: Moment
    config: Config
    curve: History
    number: int = 1
    runs: tuple[Left, ...] = ()
    is_shown: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"number": self.number, "epoch": self.there.epoch, **self.curve.to_json()}


class Past:
    """State: what was left. Whoever calls holds the lock of the session."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._before: deque[Left] = deque(maxlen=MOST_CHANGES)
        self._after: list[Left] = []
        self._changed: tuple[Hashable, float] = (None, 0)  # what was changed last, and when
        self._branched: int | None = None  # the epoch from which the present run branched, until an edit there
        self.number = 1  # of the present run
        self.runs: tuple[Left, ...] = ()

    def __len__(self) -> int:
        return len(self._before) + len(self._after)

    @property
    def counts(self) -> dict[str, int]:
        """How many changes can be undone, and how many made again."""
        return {"undo": len(self._before), "redo": len(self._after)}

    def note(self, left: Callable[[], Left], what: Hashable) -> None:
        """`what` is changed now; before it, all was as `left` says."""
        now = self._clock()
        last, when = self._changed
        self._changed = what, now
        self._after.clear()
        if not (self._before and what == last and now - when < _MERGED):
            self._before.append(_light(left()))
            while sum(map(_edits, self._before)) > MOST_EDITS and len(self._before) > 1:
                self._before.popleft()

    def note_edit(self, left: Callable[[], Left], what: Hashable, epoch: int) -> None:
        """`what` of the network was changed after so many epochs. For who looked at that epoch and made the run branch
        by it, both are one change: undone they lead to the run that was left."""
        if epoch == self._branched:
            self._branched, self._changed = None, (what, self._clock())
        else:
            self.note(left, what)

    def undo(self, present: Callable[[bool], Left]) -> Left:
        """What was before the last change; there is one. present: says what is now, if only what is shown changes."""
        self._after.append(_light(present(self._before[-1].is_shown)))
        return self._take(self._before.pop())

    def redo(self, present: Callable[[bool], Left]) -> Left:
        """What was before the last undo; there is one. present: as with undo."""
        self._before.append(_light(present(self._after[-1].is_shown)))
        return self._take(self._after.pop())

    def branch(self, present: Left, epoch: int) -> None:
        """The present run is left for another that shares its beginning until `epoch`."""
        self.note(lambda: present, object())
        self.runs = (*self.runs, _alone(present))[-MOST_RUNS:]
        self.number = 1 + max(left.number for left in self.runs)
        self._branched = epoch

    def take(self, number: int, present: Left) -> Left:
        """The run of this number, which there is, instead of the present one."""
        left = {left.number: left for left in self.runs}[number]
        self.note(lambda: present, object())
        self.runs = (*(other for other in self.runs if other is not left), _alone(present))
        self.number, self._changed, self._branched = left.number, (None, 0), None
        return left

    def begin(self) -> None:
        """Other settings: what the runs of the present ones were is in the changes alone."""
        self.number, self.runs, self._branched = 1, (), None

    def forget(self) -> None:
        """Nothing leads back any more."""
        self._before.clear()
        self._after.clear()
        self.begin()

    def _take(self, left: Left) -> Left:
        self.number, self.runs, self._changed, self._branched = left.number, left.runs, (None, 0), None
        return left


def _edits(left: Left) -> int:
    """How many it has, or as much as would take its room: own data are a part of the settings."""
    own = left.config.own_data
    return len(left.there.recording.edits) + (len(own.packed) // 100 if own else 0)


def _alone(left: Left) -> Left:
    """Without the others, or what was left longest ago would never be forgotten."""
    return _light(dataclasses.replace(left, runs=()))


def _light(left: Left) -> Left:
    """Without what was read of its own data: it takes more room than they do, and is read again when they are used."""
    if not left.config.own_data and not left.there.recording.config.own_data:
        return left
    recording = dataclasses.replace(left.there.recording, config=_unread(left.there.recording.config))
    return dataclasses.replace(left, config=_unread(left.config), there=Moment(recording, left.there.epoch))


def _unread(config: Config) -> Config:
    return dataclasses.replace(config, own_data=PointSet(config.own_data.packed)) if config.own_data else config
