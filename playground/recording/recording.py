"""A recording: settings and stamped edits, from which every epoch of a run comes again, to the last bit.

No IO.
"""

from __future__ import annotations

import bisect
import dataclasses
from dataclasses import dataclass
from typing import NamedTuple

from playground.config import Config, ConfigError
from playground.recording.edits import Data, Edit, LearningRate, place

MOST_EDITS = 1000


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
        """The run that is edited at `epoch`, not before its last edit. Raises ConfigError where it has too many."""
        before = self.until(epoch - 1).edits if epoch else ()
        now = [one for one in self.edits[len(before) :] if place(one.edit) != place(edit)]
        if not epoch and isinstance(edit, LearningRate):  # before all training it is a setting
            return Recording(dataclasses.replace(self.config, learning_rate=edit.rate), tuple(now))
        edits = (*before, *now, Stamped(epoch, edit))
        if len(edits) > MOST_EDITS:
            want = f"at most {MOST_EDITS} in a run: a reset begins a new one"
            raise ConfigError("edits", len(edits), want, "too-many-edits", {"most": MOST_EDITS})
        return Recording(self.config, edits)

    def until(self, epoch: int) -> Recording:
        """What led to `epoch`, its own edits included."""
        return Recording(self.config, self.edits[: bisect.bisect_right(self.edits, epoch, key=lambda one: one.epoch)])

    def settings(self, epoch: int) -> Config:
        """The settings in force at `epoch`, after its edits."""
        config = self.config
        for _, edit in self.until(epoch).edits:
            config = changed(config, edit)
        return config


def changed(config: Config, edit: Edit) -> Config:
    """The settings after `edit`; one of the network leaves them."""
    if isinstance(edit, LearningRate):
        return dataclasses.replace(config, learning_rate=edit.rate)
    if isinstance(edit, Data):
        return dataclasses.replace(config, seed=edit.seed, weights_draw=0)
    return config
