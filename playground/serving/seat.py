"""A session in its worker: carries out its commands, trains its engine, and shows it."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.config import Config
from playground.engine import Engine
from playground.recording.edits import Bias, Edit, Weight
from playground.recording.player import Player
from playground.recording.recording import leading
from playground.serving import jobs, wire
from playground.serving.history import stretch
from playground.serving.inbox import CREDITS, Inbox
from playground.serving.messages import (
    Animate,
    Answer,
    BeginStudy,
    Command,
    Configure,
    Credit,
    Curve,
    Cut,
    DrawStrip,
    Edited,
    EndAnimation,
    EndStudy,
    NewData,
    Open,
    Pause,
    Play,
    Rebuild,
    Reset,
    Restore,
    Select,
    SetBias,
    SetFrameInterval,
    SetRules,
    SetSpeed,
    SetWeight,
    Status,
    Step,
    Suspend,
    Told,
    Unwatch,
    View,
    Watch,
    WriteCode,
)  # fmt: skip
from playground.serving.screen import Screen
from playground.snapshot import Scores
from playground.stopping import Rules, Stopping

SLICE = 0.004  # seconds one session trains before the next has its turn
_LAZY = 0.1  # seconds an epoch may wait for a frame to be shown in
_CURVE = 200  # points of the curve of the way to a goal
_BESIDE = 0.25  # seconds between frames of what trains while an epoch that has passed is looked at
_BACKLOG = 0.25  # seconds behind its pace after which a session gives up the epochs it owes

FOREVER = float("inf")
NOW = -FOREVER


@dataclass
class Seat:
    """A session's place in the worker. Times are seconds of `time.monotonic`.

    `player` and `screen` are there once the first command, `Open`, has been carried out.
    """

    session: str
    used: float  # seconds of work, as the scheduler counts them
    owner: str | None  # whose it is, as `messages.Open` has it
    send: Callable[[Answer], None] = field(repr=False)
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    due: float = NOW  # when it next has something to do; infinity if only a message can change that
    left: bool = True  # nobody is connected, whatever else still waits
    suspended: bool = False  # until somebody is again
    inbox: Inbox = field(default_factory=Inbox)
    player: Player = field(init=False, repr=False)
    screen: Screen = field(init=False, repr=False)
    generation: int = 0
    playing: bool = False
    steps: int = 0  # epochs still to train on command
    holds: bool = False  # commands wait until these are trained
    midway: bool = False  # an epoch has begun: everything else waits until it is complete
    goal: int = 0  # the epoch of a link to which it is being trained; 0: none
    curve: list[tuple[int, Scores]] = field(default_factory=list)  # of the way there, not told yet
    stopping: Stopping = field(default_factory=Stopping, repr=False)
    epochs_per_second: float | None = 60
    next_epoch: float = 0
    stale: bool = True  # the last frame no longer shows the newest state
    overdue: bool = False  # a frame may have been due when the last turn was over
    diverged: bool = False
    viewed: int | None = None  # the epoch that is looked at, if it is not the newest
    view: Player | None = None  # of the same recording, at or on the way to that epoch
    unseen: bool = False  # its picture has not been sent
    jobs: dict[str, tuple[int, Iterator[jobs.Told | None]]] = field(default_factory=dict)  # by their kind

    @property
    def engine(self) -> Engine:
        return self.player.engine

    def find_due(self) -> None:
        """Finds out when it next has something to do: after each message, and after each turn."""
        self.due = self._due()

    def _due(self) -> float:
        if self.suspended:
            return NOW if self.inbox and not self.holds else FOREVER
        if (
            self.inbox
            or self.steps
            or self.midway
            or (self.playing and self.epochs_per_second is None)
            or self._looks_back
            or self.jobs
        ):
            return NOW
        show = self.screen.next_frame if self._may_show else FOREVER
        if not self.playing:
            return show if self.stale else FOREVER
        # Epochs between two frames are trained at once, just before they are shown.
        train = max(self.next_epoch, min(show, self.next_epoch + _LAZY))
        return min(train, show) if self.stale else train

    @property
    def rank(self) -> tuple[bool, float]:
        """The least is served first."""
        return self.left, self.used

    @property
    def _may_show(self) -> bool:
        """The newest state. One frame is left for the epoch that is looked at."""
        return self.screen.credits >= (1 if self.viewed is None else CREDITS)

    @property
    def target(self) -> int:
        """The epoch that is looked at."""
        return self.engine.epoch if self.viewed is None else min(self.viewed, self.engine.epoch)

    @property
    def _looks_back(self) -> bool:
        """Something can be done to show the epoch that is looked at."""
        return self.unseen and (self.screen.credits > 0 or self.view is None or self.view.engine.epoch != self.target)

    # --- commands -----------------------------------------------------------------------------------------------------

    def carry_out(self, message: Command) -> None:
        """Its values were checked at the edge."""
        _CARRY_OUT[type(message)](self, message)
        self.stale = self.stale or type(message) in _SHOWN

    def _open(self, message: Open) -> None:
        self.generation, self.epochs_per_second = message.generation, message.epochs_per_second
        self.screen = Screen(self.session, self.send, message.frame_interval, selected=message.selected)
        self.player = Player(message.recording)
        if message.snapshot:
            self.player.restore(message.snapshot)
        if message.playing:
            self._start()
        self._set_out(message.goal)

    def _watch(self, message: Watch) -> None:
        self.screen.watch(message)
        self.screen.draw(self.engine, self.generation)

    def _unwatch(self, _message: Unwatch) -> None:
        self.screen.unwatch()

    def _suspend(self, _message: Suspend) -> None:
        if self.playing:
            self.playing = False
            self._send_status("disconnected")

    def _credit(self, _message: Credit) -> None:
        self.screen.take_one_more()

    def _configure(self, message: Configure) -> None:
        self._adopt(message.config)

    def _rebuild(self, message: Rebuild) -> None:
        self.player.begin(message.recording)
        self._renew(message.generation)
        if message.holds:
            self.player.seek(message.goal)
        self._set_out(message.goal)
        self.holds = message.holds and self.steps > 0
        self.screen.draw(self.engine, self.generation)

    def _reset(self, message: Reset) -> None:
        self.player.reset()
        self._renew(message.generation)

    def _restore(self, message: Restore) -> None:
        self.player.adopt(message.snapshot)
        self._renew(message.generation)

    def _renew(self, generation: int) -> None:
        """The network was replaced: the session is paused, and shown at once."""
        self._look_at(None)
        self.generation = generation
        self.screen.before = None  # frames of the generation before are not passed on
        self.playing = self.diverged = False
        self._drop_steps()
        self.screen.next_frame = 0
        self._send_status()

    def _new_data(self, message: NewData) -> None:
        self.generation = message.generation
        self.screen.before = None
        self._adopt(message.config)
        self.screen.next_frame = 0
        # A status of the generation before, which may be on its way, will not count.
        self._send_status("diverged" if self.diverged else None)
        self.screen.draw(self.engine, self.generation)

    def _play(self, _message: Play) -> None:
        self._start()

    def _set_rules(self, message: SetRules) -> None:
        if message.rules != self.stopping.rules:
            self._watch_for(message.rules)

    def _watch_for(self, rules: Rules) -> None:
        """Training pauses by these rules from here on."""
        self.stopping.rules = rules
        if rules.need_loss:
            self.stopping.start(self.engine.epoch, self.engine.scores().test_loss)

    def _start(self) -> None:
        self._leave_goal()
        self.playing = not self.diverged
        self._watch_for(self.stopping.rules)
        self.next_epoch = self.clock()
        self._send_status("diverged" if self.diverged else None)

    def _pause(self, _message: Pause) -> None:
        self._rest()

    def _rest(self) -> None:
        self.playing = False
        self._leave_goal()
        self._drop_steps()
        self._send_status("diverged" if self.diverged else None)

    def _set_out(self, goal: int) -> None:
        """Trains to the epoch `goal` first."""
        self.steps = max(0, goal - self.engine.epoch)
        if self.steps:
            self.goal = goal
            self._note_scores()

    def _drop_steps(self) -> None:
        self.steps = self.goal = 0
        self.curve.clear()

    def _note_scores(self) -> None:
        """Scores of the way to a goal, one a stretch: frames are too few where an epoch takes microseconds."""
        epoch = self.engine.epoch
        if epoch == 0 or stretch(epoch, self.goal, _CURVE) > stretch(epoch - 1, self.goal, _CURVE):
            self.curve.append((epoch, self.engine.scores()))

    def _send_curve(self, is_there: bool) -> None:
        self.send(Curve(self.session, self.generation, tuple(self.curve), is_there))
        self.curve.clear()

    def _step(self, message: Step) -> None:
        self._rest()
        self.steps = 0 if self.diverged else message.epochs
        self.screen.next_frame = 0

    def _select(self, message: Select) -> None:
        self.screen.selected = message.selected
        self.screen.next_frame = 0
        self.unseen = self.viewed is not None

    def _write_code(self, message: WriteCode) -> None:
        self.jobs[message.form] = message.number, jobs.write_code(message.there, message.form)

    def _draw_strip(self, message: DrawStrip) -> None:
        player = self.player
        epoch = min(message.epoch, player.engine.epoch)
        self.jobs["strip"] = message.number, jobs.draw_strip(player.recording, player.keyframes, epoch)

    def _animate(self, message: Animate) -> None:
        player = self.player
        epoch = min(message.epoch, player.engine.epoch)
        self.jobs["animation"] = message.number, jobs.animate(player.recording, player.keyframes, epoch)

    def _end_animation(self, _message: EndAnimation) -> None:
        self.jobs.pop("animation", None)

    def _begin_study(self, message: BeginStudy) -> None:
        self.jobs["study"] = message.number, jobs.study_seeds(message.plan)

    def _end_study(self, _message: EndStudy) -> None:
        self.jobs.pop("study", None)

    def _view(self, message: View) -> None:
        self._look_at(message.epoch)
        if message.epoch is None:
            self.stale = True
            self.screen.next_frame = 0

    def _look_at(self, epoch: int | None) -> None:
        self.viewed = epoch
        self.unseen = epoch is not None
        if epoch is None:
            self.view = None

    def _set_weight(self, message: SetWeight) -> None:
        self._edit(Weight(message.layer, message.node, message.source, message.value))
        self._heal()

    def _set_bias(self, message: SetBias) -> None:
        self._edit(Bias(message.layer, message.node, message.value))
        self._heal()

    def _adopt(self, config: Config) -> None:
        """Makes the edits that lead to `config`, which differs in its learning rate, its seed, points of its own data
        and what a page alone is concerned with."""
        if self.goal:  # whether or not one is left of several that were merged
            self._rest()
        data = self.engine.config.data
        for edit in leading(self.engine.config, config):
            self._edit(edit)
        if self.engine.config.data != data:  # who draws watches the boundary follow: with the next epoch, or at once
            self.screen.next_frame = min(self.screen.next_frame, self.next_epoch if self.playing else NOW)

    def _edit(self, edit: Edit) -> None:
        if self.goal:
            self._rest()
        stamped = self.player.edit(edit)
        self.send(Edited(self.session, self.generation, *stamped))

    def _leave_goal(self) -> None:
        """It goes no further on its way to the epoch of a link: what the link would have changed later is dropped."""
        if not self.goal:
            return
        self._send_curve(is_there=True)
        self._drop_steps()
        self.player.end_here()
        self.send(Cut(self.session, self.generation, self.engine.epoch))

    def _heal(self) -> None:
        self.screen.next_frame = 0
        if self.diverged and self.engine.finite:
            self.diverged = False
            self._send_status()

    def _set_speed(self, message: SetSpeed) -> None:
        self.epochs_per_second = message.epochs_per_second
        self.next_epoch = self.clock()

    def _set_frame_interval(self, message: SetFrameInterval) -> None:
        self.screen.interval = message.seconds

    # --- work ---------------------------------------------------------------------------------------------------------

    def serve(self, now: float) -> None:
        """Carries out what waits for it, then trains and shows it."""
        end = now + SLICE
        if self.midway:
            before = self.engine.epoch
            self._go_on(end)
            self._note_epochs(before)
            if self.clock() >= end:
                return
        while self.inbox and not self.holds:
            self.carry_out(self.inbox.pop())
            now = self.clock()
            if now >= end:
                return
        if self.suspended:
            return
        if self.unseen:
            self._look_back(end)
        if self.jobs:
            self._work_for((now + end) / 2)
        if self.overdue:
            self._send_frame_if_due()
            if self.clock() >= end:
                return
        self._train(self.clock(), end)
        if self.clock() < end:
            self._send_frame_if_due()
        else:  # in a turn of its own: of a large network it takes as long as several epochs, and others wait
            self.overdue = True

    def _send_frame_if_due(self) -> None:
        self.overdue = False
        if self.stale and self._may_show and self.screen.next_frame <= self.clock():
            self._send_frame()

    def _look_back(self, end: float) -> None:
        """Goes on to the epoch that is looked at, and shows it when it is there."""
        if self.view is None:
            self.view = Player(self.player.recording, self.player.keyframes)
        view = self.view
        while view.engine.is_midway:
            if self.clock() >= end:
                return
            view.train_part()
        view.follow(self.player.recording)
        view.seek(self.target)
        while view.engine.epoch < self.target and self.clock() < end:
            view.train_part()
        if view.engine.epoch == self.target and self.screen.credits:
            self._show(view.engine, view.engine.scores())
            self.unseen = False

    def _work_for(self, end: float) -> None:
        """Goes on with its jobs, a step of each in turn."""
        while self.jobs and self.clock() < end:
            kind = next(iter(self.jobs))
            number, job = self.jobs.pop(kind)
            try:
                told = next(job)
            except StopIteration:
                continue
            except Exception:  # the training is well
                told = {"error": traceback.format_exc()}
            else:
                self.jobs[kind] = number, job  # behind the others
            if told:
                self.send(Told(self.session, kind, number, told))

    def _train(self, now: float, end: float) -> None:
        before = self.engine.epoch
        if self.playing and self.epochs_per_second is not None and now - self.next_epoch > _BACKLOG:
            self.next_epoch = now
        while now < end and self._begins_epoch(now):
            self._go_on(end)
            now = self.clock()
        self._note_epochs(before)

    def _go_on(self, end: float) -> None:
        """Trains until the epoch is complete, or the time is up."""
        while not self.player.train_part():
            if self.clock() >= end:
                return
        if self.goal:
            self._note_scores()
        if self.playing:
            self._mind_rules()

    def _note_epochs(self, before: int) -> None:
        """What there is to do and to tell once a turn, where epochs were trained from `before` on."""
        self.midway = self.engine.is_midway
        self.stale = self.stale or self.engine.epoch != before
        if self.midway:
            return
        if self.goal and not self.steps:
            self._send_curve(is_there=True)
            self.goal = 0
        self.holds = self.holds and self.steps > 0
        if self.engine.epoch != before and not self.engine.finite:
            self._diverge()

    def _begins_epoch(self, now: float) -> bool:
        """It is time for an epoch, which is counted from here on."""
        if self.steps:
            self.steps -= 1
        elif not self.playing:
            return False
        elif self.epochs_per_second is not None:
            if self.next_epoch > now:
                return False
            self.next_epoch += 1 / self.epochs_per_second
        return True

    def _mind_rules(self) -> None:
        rules = self.stopping.rules
        loss = self.engine.scores().test_loss if rules.need_loss else None
        rule = self.stopping.after(self.engine.epoch, loss)
        if rule:
            self.playing = False
            self.screen.next_frame = 0
            self._send_status(rule)

    def _diverge(self) -> None:
        self.diverged = True
        self.screen.next_frame = 0
        self._rest()

    # --- answers ------------------------------------------------------------------------------------------------------

    def _send_frame(self) -> None:
        now = self.clock()
        scores = self.engine.scores()
        if not self.diverged and not scores.are_numbers:
            self._diverge()
        if self.curve:
            self._send_curve(is_there=False)
        self._show(self.engine, scores)
        self.stale = False
        interval = self.screen.interval if self.viewed is None else max(self.screen.interval, _BESIDE)
        self.screen.keep_beat(now, interval)

    def _show(self, engine: Engine, scores: Scores) -> None:
        """Sends a frame of `engine`: of what trains, or of the epoch that is looked at."""
        is_newest = engine is self.engine
        if self.screen.drawn != engine.config.data and (self.viewed is None or not is_newest):
            self.screen.draw(engine, self.generation)
        flags = (wire.PLAYING if self.playing else 0) | (wire.DIVERGED if self.diverged and is_newest else 0)
        flags |= 0 if is_newest else wire.VIEWED
        self.screen.show(engine, scores, self.generation, flags, is_newest)

    def _send_status(self, reason: str | None = None) -> None:
        self.send(Status(self.session, self.generation, self.engine.epoch, self.playing, reason))


_CARRY_OUT: dict[type, Callable[[Seat, Any], None]] = {
    Open: Seat._open,
    Watch: Seat._watch,
    Unwatch: Seat._unwatch,
    Suspend: Seat._suspend,
    Credit: Seat._credit,
    Configure: Seat._configure,
    Rebuild: Seat._rebuild,
    Reset: Seat._reset,
    Restore: Seat._restore,
    NewData: Seat._new_data,
    Play: Seat._play,
    Pause: Seat._pause,
    Step: Seat._step,
    Select: Seat._select,
    View: Seat._view,
    WriteCode: Seat._write_code,
    DrawStrip: Seat._draw_strip,
    Animate: Seat._animate,
    EndAnimation: Seat._end_animation,
    BeginStudy: Seat._begin_study,
    EndStudy: Seat._end_study,
    SetWeight: Seat._set_weight,
    SetBias: Seat._set_bias,
    SetRules: Seat._set_rules,
    SetSpeed: Seat._set_speed,
    SetFrameInterval: Seat._set_frame_interval,
}

# After which there is something new to show.
_SHOWN = {Watch, Configure, Rebuild, Reset, Restore, NewData, Play, Pause, Step, Select, SetWeight, SetBias}
