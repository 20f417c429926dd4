"""One Playground as the web process knows it: what it is set to, how far it is trained, who has it, who watches."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from core.refused import RefusedError
from playground import link
from playground.config import FIELDS, Config
from playground.recording.edits import Edit, count_points, subject
from playground.recording.moment import Moment
from playground.recording.recording import MOST_POINTS, Recording, leading_to_points
from playground.serving import messages
from playground.serving.history import History
from playground.serving.past import CURVE, Left, Past
from playground.serving.studied import Studied
from playground.serving.workers import WorkerProcess
from playground.snapshot import Snapshot
from playground.stopping import Rules

FRAMES_PER_SECOND = 30
_VIEW = [field.attribute for field in FIELDS.values() if not field.is_of_training]
# In beats of the web process' own loop, one a second: when that is paused too, or the machine sleeps, none passes.
TRAIN_ALONE_BEATS = 10  # how long a session goes on with what is under way without a connection
_OF_THE_WORKER = {"silent": "worker_silent", "failed": "worker_failed"}  # reasons that come before a session's own


def showing(config: Config, like: Config) -> Config:
    """`config` with those settings of `like` that change nothing of a training: how it is shown and when it pauses."""
    return dataclasses.replace(config, **{name: getattr(like, name) for name in _VIEW})


def called(config: Config, like: Config) -> Config:
    """`config` with the classes of its own data called as those of `like`, of which they are the same."""
    own, names = config.own_data, like.own_data.class_names if like.own_data else ()
    if own is None or own.class_names == names:
        return config
    return dataclasses.replace(config, own_data=own.named(names or ("",) * own.classes))


class SessionError(RefusedError):
    """A command that cannot be carried out as things stand; `code` and `values` say why to a program."""

    def __init__(self, message: str, code: str, values: dict[str, Any] | None = None):
        super().__init__(422, message, code, **values or {})


@dataclass
class Session:
    """State, changed only while the lock of `Sessions` is held. `connection` is None while nobody watches."""

    token: str
    worker: WorkerProcess
    config: Config
    browser: str | None = None  # who opened it; None: a program that is no browser
    # who watches
    connection: str | None = None
    left: float = 0  # when the last connection left it, on the clock of `Sessions`
    alone: int = 0  # beats since then
    cut: bool = False  # by the server: its page may only have been slow, and come back in a moment
    missed: bool = False  # a frame, for which there was no room on the way
    framed: float | None = None  # when the last frame was sent, if it was training
    # how it is trained
    generation: int = 1  # of its network: what an earlier one still sends is not shown
    epoch: int = 0
    playing: bool = False
    reason: str | None = None  # why it rests
    epochs_per_second: float | None = 60  # None: as fast as it goes
    frames_per_second: float = FRAMES_PER_SECOND
    selected: tuple[int, int] | None = None  # layer and node of the map that frames carry; None: the output's
    snapshot: Snapshot | None = None  # as its last frame left it
    history: History = field(default_factory=History)
    edited: bool = False  # by hand, so that the link of its settings alone no longer gives this training
    # what gives it again
    recording: Recording = field(init=False)
    begun: int = 1  # the generation with which the recording began
    goal: int = 0  # the epoch that its link asks for, and to which it is trained first
    holds: bool = False  # what is asked of it on its way waits until it is there
    past: Past = field(default_factory=Past)
    asked: Counter[str] = field(default_factory=Counter)  # how many jobs of each kind, the last of which counts
    jobs: dict[str, messages.Job] = field(default_factory=dict)
    studies: list[Studied] = field(default_factory=list)  # the last, and the one that is compared with it
    pending: dict[tuple[Any, ...], Edit] = field(default_factory=dict)  # edits, by place, that its worker has not told
    viewed: int | None = None  # the epoch that its page looks at, if it is not the newest
    restored: bool = False  # from weights that a page had kept: no recording led to them
    failed: bool = False  # its engine raised: its worker has it no more
    failures: int = 0
    deaths: int = 0  # of workers that were serving it, since it last made progress

    @property
    def awaited(self) -> bool:
        """Its page is expected back: it has not left by itself, nor been away for long."""
        return self.connection is None and self.cut and self.alone < TRAIN_ALONE_BEATS

    @property
    def label(self) -> dict[str, Any]:
        """How it appears in logs, where its token, which is a secret, may not."""
        name = hashlib.sha256(self.token.encode()).hexdigest()[:8]
        return {"session": name, "browser": self.browser, "worker": self.worker.number}

    def __post_init__(self) -> None:
        self.recording = Recording(self.config)

    def begin(self, there: Moment, holds: bool = False) -> None:
        """It is to be what a link gives: another run, trained to the link's epoch."""
        self.config, self.recording, self.goal, self.holds = there.config, there.recording, there.epoch, holds
        self.pending.clear()
        self.begun, self.restored, self.edited = self.generation, False, bool(there.recording.edits)

    def settle(self) -> None:
        """Records the edits of which its worker will not tell any more when they took effect: it has died, or trains
        another run. What is shown is in force all the same."""
        for edit in [*self.pending.values(), *leading_to_points(self._recorded, self.config)]:
            self.note_edit(self._last, edit)
        self.pending.clear()

    @property
    def _at(self) -> int:
        """The epoch at which what is asked of it now finds it."""
        return max(self.epoch, self.goal) if self.holds else self.epoch

    @property
    def _last(self) -> int:
        """The epoch of its recording's last edit, or a later one at which edits are made now."""
        return max([self._at, *(stamped.epoch for stamped in self.recording.edits)])

    @property
    def _recorded(self) -> Config:
        """The settings to which its recording leads."""
        return self.recording.settings(self._last)

    def note_edit(self, epoch: int, edit: Edit) -> None:
        """An edit took effect after so many epochs. That can be undone."""
        before = self.recording.until(epoch)
        self.recording = before.with_edit(epoch, edit)
        if not self.restored and self.recording != before:
            there = Moment(Recording(self.as_shown(before.config), before.edits), epoch)
            self.past.note_edit(lambda: self.present(there=there), subject(edit), epoch)

    def check_room(self, edit: Edit) -> None:
        """Raises ConfigError where its recording has no room for `edit`. Points that its worker has not told of yet
        count too, so that the link of whatever is drawn can be opened."""
        points = count_points(edit)
        if points and self.recording.points + points > MOST_POINTS // 2:  # further from the limit nobody draws so fast
            points += sum(map(count_points, leading_to_points(self._recorded, self.config)))
        self.recording.check_room(points)

    @property
    def is_going(self) -> bool:
        """It is on its way to the epoch of a link."""
        return self.goal > self.epoch

    def call_classes(self, like: Config) -> None:
        """The classes of its own data are called as those of `like`, from its beginning on: no training knows it."""
        self.config = called(self.config, like)
        self.recording = dataclasses.replace(self.recording, config=called(self.recording.config, like))

    def stop_going(self) -> None:
        """It goes no further on its way: what is set now is what was in force on it. A way for which all waits it goes
        to its end."""
        if self.holds:
            return
        if self.is_going:
            self.config = self.viewed_config
        self.goal = 0

    def moment(self, epoch: int) -> Moment:
        """The training as it was at `epoch`. Raises SessionError where no recording gives it."""
        self.check_recorded()
        config = self.as_shown(self.recording.config)
        return Moment(Recording(config, self.recording.edits).until(epoch), epoch)

    def send_rules(self) -> None:
        """Tells the worker when training pauses by itself."""
        self.worker.send(messages.SetRules(self.token, Rules.of(self.config)))

    def as_shown(self, config: Config) -> Config:
        """`config` with the present settings of what the page alone is concerned with."""
        return showing(config, self.config)

    @property
    def viewed_config(self) -> Config:
        """The settings in force at the epoch that the page looks at, or where it is on its way to that of a link."""
        at = self.epoch if self.viewed is None and self.is_going and not self.holds else self.viewed
        return self.config if at is None else self.as_shown(self.recording.settings(at))

    @property
    def viewed_edited(self) -> bool:
        """Whether the link alone does not give what the page looks at: not so before the first edit."""
        if self.viewed is None or not self.edited:
            return self.edited
        return bool(self.recording.until(self.viewed).edits) or self.viewed_config != self.config

    def present(self, is_shown: bool = False, there: Moment | None = None) -> Left:
        """The present run, to be gone back to; as it was at the moment `there`, if that is given."""
        there = there or self.moment(self._at)
        curve = self.history.until(there.epoch, CURVE)
        return Left(there, self.config, curve, self.past.number, self.past.runs, is_shown)

    def curves(self) -> dict[str, Any]:
        """The loss curve so far, and those of the runs that share its beginning."""
        runs = [left.to_json() for left in self.past.runs]
        return {"generation": self.generation, "number": self.past.number, **self.history.to_json(), "runs": runs}

    def check_recorded(self) -> None:
        """Raises SessionError where no recording leads to its training."""
        if self.restored:
            raise SessionError("its weights come from a page, and no recording leads to them", "restored")

    def check_unstudied(self) -> None:
        """Raises SessionError while a study runs."""
        if any(studied.is_running for studied in self.studies):
            raise SessionError("a study runs already: end it first, or let it end", "study-runs")

    def check_engine(self) -> None:
        """Raises SessionError after a failure."""
        if self.failed:
            raise SessionError("training has failed: reset or change a setting first", "failed")

    def check_trainable(self) -> None:
        """Raises SessionError after a failure or a divergence."""
        self.check_engine()
        if self.reason == "diverged":
            message = "training has diverged: reset, change a setting or edit the weights first"
            raise SessionError(message, "diverged")

    def describe(self) -> dict[str, Any]:
        """What a browser needs to draw the controls."""
        return {
            "session": self.token,
            **self.settings(),
            "playing": self.playing,
            "epochsPerSecond": self.epochs_per_second,
            "framesPerSecond": self.frames_per_second,
            "selected": {"layer": self.selected[0], "node": self.selected[1]} if self.selected else None,
            "ready": self.worker.ready,
            "reason": self.status()["reason"],
        }

    def settings(self) -> dict[str, Any]:
        """What it is set to, as the answer to a command that changes it."""
        return {
            "generation": self.generation,
            "config": self.config.to_json(),
            "link": link.write(self.config),
            "edited": self.edited,
            "restored": self.restored,
            "goal": self.goal,
            **self.past.counts,
            "runs": [left.number for left in self.past.runs],
        }

    def status(self) -> dict[str, Any]:
        """What the event `status` says of it."""
        return {
            "generation": self.generation,
            "epoch": self.epoch,
            "playing": self.playing,
            "ready": self.worker.ready,
            "reason": _OF_THE_WORKER.get(self.worker.health.state) or self.reason,
        }
