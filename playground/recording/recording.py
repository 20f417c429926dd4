"""A recording: settings and stamped edits, from which every epoch of a run comes again, to the last bit.

No IO.
"""

from __future__ import annotations

import bisect
import dataclasses
import itertools
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from playground import point_set
from playground.config import Config, ConfigError
from playground.point_set import Place
from playground.recording.edits import (
    MOST_PLACES,
    Add,
    Data,
    Drop,
    Edit,
    LearningRate,
    count_points,
    edited,
    place,
    places,
)  # fmt: skip

MOST_EDITS = 1000
MOST_POINTS = 2000  # added and dropped by the edits of a run


class Stamped(NamedTuple):
    """An edit that took effect after `epoch` epochs, before the next began."""

    epoch: int
    edit: Edit


@dataclass(frozen=True)
class Recording:
    """config: the settings at epoch 0. edits: by epoch, at one epoch each place once."""

    config: Config
    edits: tuple[Stamped, ...] = ()

    def with_edit(self, epoch: int, edit: Edit) -> Recording:
        """The run that is edited at `epoch`, which is not before its last edit."""
        return self.with_edits([Stamped(epoch, edit)])

    def with_edits(self, stamped: Iterable[Stamped]) -> Recording:
        """The run that is edited so, in the order of the epochs, none of which is before its last edit."""
        kept: list[Stamped] = []
        config, strokes = self.config, list[Edit]()
        rate, data = config.learning_rate, (config.seed, config.weights_draw)
        for epoch, here in itertools.groupby((*self.edits, *stamped), key=lambda one: one.epoch):
            last: dict[tuple[Any, ...], Edit] = {}
            for _, edit in here:
                last.pop(place(edit), None)
                last[place(edit)] = edit
            for edit in last.values():
                is_so = False
                match edit:
                    case LearningRate():
                        is_so, rate = rate == edit.rate, edit.rate
                    case Data():
                        is_so, data = data == (edit.seed, 0), (edit.seed, 0)
                if not epoch and isinstance(edit, LearningRate):  # before all training it is a setting
                    config = changed(config, edit)
                elif not epoch and isinstance(edit, Add | Drop):  # so are they
                    strokes.append(edit)
                elif not is_so:
                    kept.append(Stamped(epoch, edit))
        return Recording(_with_strokes(config, strokes), tuple(kept))

    @property
    def points(self) -> int:
        """How many its edits add and drop."""
        return sum(map(count_points, (edit for _, edit in self.edits)))

    def check_room(self, points: int = 0) -> None:
        """Raises ConfigError where no edit more may be made, one that adds or drops so many points. A few more edits
        may come of those that are on their way."""
        if len(self.edits) >= MOST_EDITS:
            want = f"at most {MOST_EDITS} in a run: a reset begins a new one"
            raise ConfigError("edits", len(self.edits) + 1, want, "too-many-edits", {"most": MOST_EDITS})
        if points and (all_points := self.points + points) > MOST_POINTS:
            want = f"at most {MOST_POINTS} points added or dropped in a run: a reset begins a new one"
            raise ConfigError("edits", all_points, want, "too-many-points", {"most": MOST_POINTS})

    def until(self, epoch: int) -> Recording:
        """What led to `epoch`, its own edits included."""
        return Recording(self.config, self.edits[: bisect.bisect_right(self.edits, epoch, key=lambda one: one.epoch)])

    def settings(self, epoch: int) -> Config:
        """The settings in force at `epoch`, after its edits."""
        config = self.config
        done = [edit for _, edit in self.until(epoch).edits]
        last = {type(edit): edit for edit in done}  # a person made up to a thousand
        for kind in (LearningRate, Data):
            if kind in last:
                config = changed(config, last[kind])
        return _with_strokes(config, done)


def shared(one: Recording, other: Recording) -> int:
    """The last epoch before whose edits both are the same run; -1 where they differ from the beginning."""
    if one.config.changed(other.config) - {"view"}:
        return -1
    for mine, others in zip(one.edits, other.edits, strict=False):
        if mine != others:
            return min(mine.epoch, others.epoch)
    longer = max(one.edits, other.edits, key=len)
    rest = longer[min(len(one.edits), len(other.edits)) :]
    return rest[0].epoch if rest else sys.maxsize


def leading(before: Config, after: Config) -> list[Edit]:
    """The edits of settings that lead from the one to the other, which differ in no setting of the network."""
    found: list[Edit] = []
    if after.seed != before.seed:
        found.append(Data(after.seed))
    if after.learning_rate != before.learning_rate:
        found.append(LearningRate(after.learning_rate))
    return found + leading_to_points(before, after)


def leading_to_points(before: Config, after: Config) -> list[Edit]:
    """The edits that add and drop points until the own data are those of `after`."""
    if not before.own_data or not after.own_data or before.own_data == after.own_data:
        return []
    old, new = (
        dict(zip(own.places, (label for _, _, label in own.points), strict=True))
        for own in (before.own_data, after.own_data)
    )
    come: dict[float, list[Place]] = {}
    for where, label in new.items():
        if where not in old:
            come.setdefault(label, []).append(where)
    adds: list[Edit] = [Add(label, some) for label, some_places in come.items() for some in _batches(some_places)]
    drops: list[Edit] = [Drop(some) for some in _batches([where for where in old if where not in new])]
    # Meanwhile there may be neither too many points nor too few.
    return adds + drops if len(old) + sum(map(len, come.values())) <= point_set.MOST else drops + adds


def _batches(where: list[Place]) -> Iterator[bytes]:
    """Places of edits, as many in each as one may have."""
    for first in range(0, len(where), MOST_PLACES):
        yield places(list(itertools.chain.from_iterable(where[first : first + MOST_PLACES])))


def _with_strokes(config: Config, edits: Iterable[Edit]) -> Config:
    """After the edits of the own data's points: all at once, since one by one each would read them all."""
    own = config.own_data and edited(config.own_data, edits)
    return config if own is config.own_data else dataclasses.replace(config, own_data=own)


def changed(config: Config, edit: Edit) -> Config:
    """The settings after `edit`; one of the network leaves them."""
    if isinstance(edit, LearningRate):
        return dataclasses.replace(config, learning_rate=edit.rate)
    if isinstance(edit, Data):
        return dataclasses.replace(config, seed=edit.seed, weights_draw=0)
    if isinstance(edit, Add | Drop) and config.own_data:
        return dataclasses.replace(config, own_data=edited(config.own_data, [edit]))
    return config
