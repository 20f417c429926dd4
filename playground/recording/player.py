"""Trains a recording and adds to it: an engine that meets every edit at its epoch."""

from __future__ import annotations

import bisect
import math
from collections.abc import Generator

from playground.config import Config
from playground.engine import Engine
from playground.recording.edits import Bias, Edit, Weight
from playground.recording.keyframes import Keyframes
from playground.recording.recording import Recording, Stamped, changed, shared
from playground.snapshot import Snapshot


class Player:
    """`engine` shows the recording at `engine.epoch`, after that epoch's edits.

    keyframes: states of this recording, each of before its epoch's edits. Players of one recording may share them.
    """

    def __init__(self, recording: Recording, keyframes: Keyframes | None = None):
        self.recording = recording
        self.keyframes = Keyframes() if keyframes is None else keyframes
        self.engine = Engine(recording.config)
        self._start()

    def begin(self, recording: Recording) -> None:
        """Another run, at epoch 0. Of what both runs share no state is lost."""
        self.keyframes.cut(shared(self.recording, recording))
        self.recording = recording
        self.engine.rebuild(recording.config)
        self._start()

    def reset(self) -> None:
        """The run of the present settings from its beginning; of what was edited only they stay."""
        self.begin(Recording(self.engine.config))

    def adopt(self, snapshot: Snapshot) -> None:
        """Goes on from a state that no recording led to. Nothing but what comes after it can be gone back to."""
        self.recording, self.keyframes = Recording(self.engine.config), Keyframes()
        self.engine.restore(snapshot)
        self.keyframes.note(snapshot)
        self._next = math.inf

    def _start(self) -> None:
        if self.keyframes.wants(0):
            self._note()
        self._meet(0)

    def _note(self) -> None:
        self.keyframes.data_bytes = self.engine.data_bytes
        self.keyframes.note(self.engine.snapshot())

    def train(self) -> None:
        """One epoch, or what is left of it."""
        while not self.train_part():
            pass

    def train_part(self) -> bool:
        """Some milliseconds of an epoch. Returns whether it is complete."""
        engine = self.engine
        if not engine.train_part():
            return False
        if self.keyframes.wants(engine.epoch):
            self._note()
        if engine.epoch == self._next:
            self._meet(engine.epoch)
        return True

    def edit(self, edit: Edit) -> Stamped:
        """Edits the run here; what was to come after this epoch does not come any more."""
        epoch = self.engine.epoch
        self.recording = self.recording.until(epoch).with_edit(epoch, edit)
        self.keyframes.cut(epoch)
        self._apply(edit)
        self._next = math.inf
        return Stamped(epoch, edit)

    def end_here(self) -> None:
        """What was to come after this epoch does not come any more."""
        self.recording = self.recording.until(self.engine.epoch)
        self.keyframes.cut(self.engine.epoch)
        self._next = math.inf

    def follow(self, recording: Recording) -> None:
        """The recording has grown: edits were made at the engine's epoch or after it."""
        self.recording = recording
        self._meet(self.engine.epoch)

    def seek(self, epoch: int) -> None:
        """Goes to where training leads to `epoch` soonest: stays, or goes to a keyframe at or before it."""
        here = self.engine.epoch
        keyframe = self.keyframes.before(epoch)
        if keyframe and (here > epoch or keyframe.epoch > here):
            self.restore(keyframe)
        elif here > epoch:
            self.engine.rebuild(self.recording.config)
            self._start()

    def go_to(self, epoch: int) -> Generator[None, None, None]:
        """Goes to `epoch`, some milliseconds at each step: whoever lends the time looks at the clock after each."""
        self.seek(epoch)
        while self.engine.epoch < epoch:
            self.train_part()
            yield

    def restore(self, snapshot: Snapshot) -> None:
        """Goes on from a state of this recording. An edit of its epoch may be in it: to make one twice is to make it
        once."""
        before = self.recording.settings(snapshot.epoch - 1) if snapshot.epoch else self.recording.config
        self._set(before)
        self.engine.restore(snapshot)
        self._meet(snapshot.epoch)

    def _meet(self, epoch: int) -> None:
        """Carries out the edits of `epoch`, where the engine is."""
        edits = self.recording.edits
        at = bisect.bisect_left(edits, epoch, key=lambda one: one.epoch)
        while at < len(edits) and edits[at].epoch == epoch:
            self._apply(edits[at].edit)
            at += 1
        self._next = edits[at].epoch if at < len(edits) else math.inf

    def _apply(self, edit: Edit) -> None:
        if isinstance(edit, Weight):
            self.engine.set_weight(edit.layer, edit.node, edit.input, edit.value)
        elif isinstance(edit, Bias):
            self.engine.set_bias(edit.layer, edit.node, edit.value)
        else:
            self._set(changed(self.engine.config, edit))

    def _set(self, config: Config) -> None:
        if config.data != self.engine.config.data:
            self.engine.new_data(config)
        else:
            self.engine.configure(config)
