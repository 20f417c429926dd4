"""Trains many engines fairly and packs their frames.

No process, no pipe, no thread of its own: `worker_process` lends it those, a test a list and a clock.
"""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.config import Config
from playground.engine import Engine
from playground.recording.edits import Bias, Edit, Weight
from playground.recording.player import Player
from playground.recording.recording import leading
from playground.serving import jobs, wire
from playground.serving.inbox import CREDITS, Inbox
from playground.serving.messages import (
    Animate,
    Answer,
    BeginStudy,
    Close,
    Command,
    Configure,
    Credit,
    Curve,
    Cut,
    DrawStrip,
    Edited,
    EndAnimation,
    EndStudy,
    Failed,
    Frame,
    NewData,
    Open,
    Pause,
    Play,
    Points,
    Rebuild,
    Reset,
    Restore,
    Select,
    SessionCommand,
    SetBias,
    SetFrameInterval,
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
from playground.snapshot import Scores

SLICE = 0.004  # seconds one session trains before the next has its turn
_LAZY = 0.1  # seconds an epoch may wait for a frame to be shown in
_CURVE = 200  # points of the curve of the way to a goal
_BESIDE = 0.25  # seconds between frames of what trains while an epoch that has passed is looked at
_BACKLOG = 0.25  # seconds behind its pace after which a session gives up the epochs it owes

FOREVER = float("inf")


@dataclass
class Seat:
    """A session's place in the worker. Times are seconds of `time.monotonic`.

    `player` is there once the first command, `Open`, has been carried out.
    """

    session: str
    used: float  # seconds of work, as the scheduler counts them
    owner: str | None  # whose it is, as `messages.Open` has it
    left: bool = True  # nobody is connected, whatever else still waits
    suspended: bool = False  # until somebody is again
    inbox: Inbox = field(default_factory=Inbox)
    player: Player = field(init=False, repr=False)
    generation: int = 0
    playing: bool = False
    steps: int = 0  # epochs still to train on command
    holds: bool = False  # commands wait until these are trained
    goal: int = 0  # the epoch of a link to which it is being trained; 0: none
    curve: list[tuple[int, Scores]] = field(default_factory=list)  # of the way there, not told yet
    epochs_per_second: float | None = 60
    next_epoch: float = 0
    frame_interval: float = 1 / 30
    next_frame: float = 0
    selected: tuple[int, int] | None = None
    watched: bool = False
    credits: int = 0
    deflated: bool = False  # frames are sent as differences
    sequence: int = 0  # of the last frame
    before: bytes | None = None  # the last frame, where the next may be sent as the difference to it
    stale: bool = True  # the last frame no longer shows the newest state
    diverged: bool = False
    viewed: int | None = None  # the epoch that is looked at, if it is not the newest
    view: Player | None = None  # of the same recording, at or on the way to that epoch
    unseen: bool = False  # its picture has not been sent
    drawn: str | None = None  # the seed of the points that the page has
    jobs: dict[str, tuple[int, Iterator[jobs.Told | None]]] = field(default_factory=dict)  # by their kind

    @property
    def engine(self) -> Engine:
        return self.player.engine

    def due(self, now: float) -> float:
        """When this seat next has something to do; infinity if only a message can change that."""
        if self.suspended:
            return now if self.inbox and not self.holds else FOREVER
        if (
            self.inbox
            or self.steps
            or (self.playing and self.epochs_per_second is None)
            or self._looks_back
            or self.jobs
        ):
            return now
        show = self.next_frame if self.credits >= self.least_credits else FOREVER
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
    def least_credits(self) -> int:
        """How many a frame of the newest state needs: one is left for the epoch that is looked at."""
        return 1 if self.viewed is None else CREDITS

    @property
    def target(self) -> int:
        """The epoch that is looked at."""
        return self.engine.epoch if self.viewed is None else min(self.viewed, self.engine.epoch)

    @property
    def _looks_back(self) -> bool:
        """Something can be done to show the epoch that is looked at."""
        return self.unseen and (self.credits > 0 or self.view is None or self.view.engine.epoch != self.target)

    @property
    def shown(self) -> tuple[int, int]:
        """Layer and node of the map to send: the one selected if the network still has it, else the output."""
        sizes = self.engine.sizes[1:]
        if self.selected and self.selected[0] < len(sizes) and self.selected[1] < sizes[self.selected[0]]:
            return self.selected
        return len(sizes) - 1, 0


@dataclass
class Worker:
    """Carries out commands and answers with `send`: `playground.serving.messages` has both.

    Seats that somebody watches are served before those that were left. Of them the one that has used the least time is
    first, and time costs as much as its owner has seats that want it: so owners get equal shares, and so do the
    sessions of each, whatever their networks, commands and jobs cost. A seat at which something raises is gone, and
    told as `failed`; the others do not notice.
    """

    send: Callable[[Answer], None]
    seats: dict[str, Seat] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    note: Callable[[str], None] = lambda _session: None  # told which session is served from now on
    _floor: float = 0  # the most that a seat had used when it was served: where a seat that was idle joins
    # How many seats had something to do when one was last served, by whether they were left and by their owner.
    _wanting: Counter[tuple[bool, str | None]] = field(default_factory=Counter)

    # --- messages -----------------------------------------------------------------------------------------------------

    def receive(self, message: SessionCommand) -> None:
        """Takes a command, which waits for its session's turn. One for a session that is gone does nothing."""
        if isinstance(message, Close):  # it costs nothing, and what waits need not be done
            self.seats.pop(message.session, None)
            return
        if isinstance(message, Open):
            # It starts a slice behind. Otherwise a stream of newcomers would always be served first.
            price = max(1, self._wanting[False, message.owner])
            self.seats[message.session] = Seat(message.session, self._floor + SLICE * price, message.owner)
        seat = self.seats.get(message.session)
        if seat is None:
            return
        if isinstance(message, Watch | Unwatch | Suspend):  # at once: what waits before it might never have a turn
            seat.left = not isinstance(message, Watch)
            seat.suspended = isinstance(message, Suspend)
        seat.inbox.put(message)

    def _carry_out(self, seat: Seat, message: Command) -> None:
        _CARRY_OUT[type(message)](self, seat, message)  # its values were checked at the edge
        seat.stale = seat.stale or type(message) in _SHOWN

    def _open(self, seat: Seat, message: Open) -> None:
        seat.generation, seat.selected = message.generation, message.selected
        seat.epochs_per_second, seat.frame_interval = message.epochs_per_second, message.frame_interval
        seat.player = Player(message.recording)
        if message.snapshot:
            seat.player.restore(message.snapshot)
        if message.playing:
            self._start(seat)
        self._set_out(seat, message.goal)

    def _watch(self, seat: Seat, message: Watch) -> None:
        seat.watched = True
        seat.credits = message.frames
        seat.deflated, seat.before = message.deflated, None
        seat.next_frame = 0
        self._send_points(seat)

    def _unwatch(self, seat: Seat, _message: Unwatch) -> None:
        seat.watched = False
        seat.credits = 0

    def _suspend(self, seat: Seat, _message: Suspend) -> None:
        if seat.playing:
            seat.playing = False
            self._send_status(seat, "disconnected")

    def _credit(self, seat: Seat, _message: Credit) -> None:
        if seat.watched:
            seat.credits = min(CREDITS, seat.credits + 1)

    def _configure(self, seat: Seat, message: Configure) -> None:
        self._adopt(seat, message.config)

    def _rebuild(self, seat: Seat, message: Rebuild) -> None:
        seat.player.begin(message.recording)
        self._renew(seat, message.generation)
        if message.holds:
            seat.player.seek(message.goal)
        self._set_out(seat, message.goal)
        seat.holds = message.holds and seat.steps > 0
        self._send_points(seat)

    def _reset(self, seat: Seat, message: Reset) -> None:
        seat.player.reset()
        self._renew(seat, message.generation)

    def _restore(self, seat: Seat, message: Restore) -> None:
        seat.player.adopt(message.snapshot)
        self._renew(seat, message.generation)

    def _renew(self, seat: Seat, generation: int) -> None:
        """The network was replaced: the session is paused, and shown at once."""
        self._look_at(seat, None)
        seat.generation = generation
        seat.before = None  # frames of the generation before are not passed on
        seat.playing = seat.diverged = False
        self._drop_steps(seat)
        seat.next_frame = 0
        self._send_status(seat)

    def _new_data(self, seat: Seat, message: NewData) -> None:
        seat.generation = message.generation
        seat.before = None
        self._adopt(seat, message.config)
        seat.next_frame = 0
        # A status of the generation before, which may be on its way, will not count.
        self._send_status(seat, "diverged" if seat.diverged else None)
        self._send_points(seat)

    def _play(self, seat: Seat, _message: Play) -> None:
        self._start(seat)

    def _start(self, seat: Seat) -> None:
        self._leave_goal(seat)
        seat.playing = not seat.diverged
        seat.next_epoch = self.clock()
        self._send_status(seat, "diverged" if seat.diverged else None)

    def _pause(self, seat: Seat, _message: Pause) -> None:
        self._rest(seat)

    def _rest(self, seat: Seat) -> None:
        seat.playing = False
        self._leave_goal(seat)
        self._drop_steps(seat)
        self._send_status(seat, "diverged" if seat.diverged else None)

    def _set_out(self, seat: Seat, goal: int) -> None:
        """Trains to the epoch `goal` first."""
        seat.steps = max(0, goal - seat.engine.epoch)
        if seat.steps:
            seat.goal = goal
            self._note_scores(seat)

    def _drop_steps(self, seat: Seat) -> None:
        seat.steps = seat.goal = 0
        seat.curve.clear()

    def _note_scores(self, seat: Seat) -> None:
        """Scores of the way to a goal, evenly: frames are too few for a curve where an epoch takes microseconds."""
        if seat.engine.epoch % max(1, seat.goal // _CURVE) == 0:
            seat.curve.append((seat.engine.epoch, seat.engine.scores()))

    def _send_curve(self, seat: Seat, is_there: bool) -> None:
        self.send(Curve(seat.session, seat.generation, tuple(seat.curve), is_there))
        seat.curve.clear()

    def _step(self, seat: Seat, message: Step) -> None:
        self._rest(seat)
        seat.steps = 0 if seat.diverged else message.epochs
        seat.next_frame = 0

    def _select(self, seat: Seat, message: Select) -> None:
        seat.selected = message.selected
        seat.next_frame = 0
        seat.unseen = seat.viewed is not None

    def _write_code(self, seat: Seat, message: WriteCode) -> None:
        seat.jobs[message.form] = message.number, jobs.write_code(message.there, message.form)

    def _draw_strip(self, seat: Seat, message: DrawStrip) -> None:
        player = seat.player
        epoch = min(message.epoch, player.engine.epoch)
        seat.jobs["strip"] = message.number, jobs.draw_strip(player.recording, player.keyframes, epoch)

    def _animate(self, seat: Seat, message: Animate) -> None:
        player = seat.player
        epoch = min(message.epoch, player.engine.epoch)
        seat.jobs["animation"] = message.number, jobs.animate(player.recording, player.keyframes, epoch)

    def _end_animation(self, seat: Seat, _message: EndAnimation) -> None:
        seat.jobs.pop("animation", None)

    def _begin_study(self, seat: Seat, message: BeginStudy) -> None:
        seat.jobs["study"] = message.number, jobs.study_seeds(message.plan)

    def _end_study(self, seat: Seat, _message: EndStudy) -> None:
        seat.jobs.pop("study", None)

    def _view(self, seat: Seat, message: View) -> None:
        self._look_at(seat, message.epoch)
        if message.epoch is None:
            seat.stale = True
            seat.next_frame = 0

    def _look_at(self, seat: Seat, epoch: int | None) -> None:
        seat.viewed = epoch
        seat.unseen = epoch is not None
        if epoch is None:
            seat.view = None

    def _set_weight(self, seat: Seat, message: SetWeight) -> None:
        self._edit(seat, Weight(message.layer, message.node, message.source, message.value))
        self._heal(seat)

    def _set_bias(self, seat: Seat, message: SetBias) -> None:
        self._edit(seat, Bias(message.layer, message.node, message.value))
        self._heal(seat)

    def _adopt(self, seat: Seat, config: Config) -> None:
        """Makes the edits that lead to `config`, which differs in its learning rate, its seed and what a page alone
        is concerned with."""
        if seat.goal:  # whether or not one is left of several that were merged
            self._rest(seat)
        for edit in leading(seat.engine.config, config):
            self._edit(seat, edit)

    def _edit(self, seat: Seat, edit: Edit) -> None:
        if seat.goal:
            self._rest(seat)
        stamped = seat.player.edit(edit)
        self.send(Edited(seat.session, seat.generation, *stamped))

    def _leave_goal(self, seat: Seat) -> None:
        """It goes no further on its way to the epoch of a link: what the link would have changed later is dropped."""
        if not seat.goal:
            return
        self._send_curve(seat, is_there=True)
        self._drop_steps(seat)
        seat.player.end_here()
        self.send(Cut(seat.session, seat.generation, seat.engine.epoch))

    def _heal(self, seat: Seat) -> None:
        seat.next_frame = 0
        if seat.diverged and seat.engine.finite:
            seat.diverged = False
            self._send_status(seat)

    def _set_speed(self, seat: Seat, message: SetSpeed) -> None:
        seat.epochs_per_second = message.epochs_per_second
        seat.next_epoch = self.clock()

    def _set_frame_interval(self, seat: Seat, message: SetFrameInterval) -> None:
        seat.frame_interval = message.seconds

    # --- work ---------------------------------------------------------------------------------------------------------

    def work(self) -> float:
        """Serves the seat whose turn it is, for a slice of time. Returns for how many seconds there is nothing more to
        do; infinity if only a message can change that."""
        now = self.clock()
        turn, earliest = None, FOREVER
        self._wanting.clear()
        for seat in self.seats.values():
            due = seat.due(now)
            if due > now:
                earliest = min(earliest, due)
                continue
            self._wanting[seat.left, seat.owner] += 1
            if turn is None or seat.rank < turn.rank:
                turn = seat
        if turn is None:
            return earliest - now
        # Idle time is not saved up: a seat that comes back is at most a slice ahead of those served meanwhile.
        turn.used = max(turn.used, self._floor - SLICE)
        self._floor = max(turn.used, self._floor)
        self.note(turn.session)
        try:
            self._serve(turn, now)
        except Exception:
            del self.seats[turn.session]
            self.send(Failed(turn.session, turn.generation, traceback.format_exc()))
        turn.used += (self.clock() - now) * self._wanting[turn.left, turn.owner]
        return 0

    def _serve(self, seat: Seat, now: float) -> None:
        """Carries out what waits for it, then trains and shows it."""
        end = now + SLICE
        while seat.inbox and not seat.holds:
            self._carry_out(seat, seat.inbox.pop())
            now = self.clock()
            if now >= end:
                return
        if seat.suspended:
            return
        if seat.unseen:
            self._look_back(seat, end)
        if seat.jobs:
            self._work_for(seat, (now + end) / 2)
        self._train(seat, self.clock(), end)
        if seat.stale and seat.credits >= seat.least_credits and seat.next_frame <= self.clock():
            self._send_frame(seat)

    def _look_back(self, seat: Seat, end: float) -> None:
        """Goes on to the epoch that is looked at, and shows it when it is there."""
        if seat.view is None:
            seat.view = Player(seat.player.recording, seat.player.keyframes)
        view = seat.view
        view.follow(seat.player.recording)
        view.seek(seat.target)
        while view.engine.epoch < seat.target and self.clock() < end:
            view.train()
        if view.engine.epoch == seat.target and seat.credits:
            self._show(seat, view.engine, view.engine.scores())
            seat.unseen = False

    def _work_for(self, seat: Seat, end: float) -> None:
        """Goes on with its jobs, a step of each at a time."""
        while seat.jobs and self.clock() < end:
            for kind, (number, job) in [*seat.jobs.items()]:
                try:
                    told = next(job)
                except StopIteration:
                    del seat.jobs[kind]
                except Exception:  # the training is well
                    del seat.jobs[kind]
                    self.send(Told(seat.session, kind, number, {"error": traceback.format_exc()}))
                else:
                    if told:
                        self.send(Told(seat.session, kind, number, told))

    def _train(self, seat: Seat, now: float, end: float) -> None:
        before = seat.engine.epoch
        if seat.playing and seat.epochs_per_second is not None and now - seat.next_epoch > _BACKLOG:
            seat.next_epoch = now
        while now < end:
            if seat.steps:
                seat.steps -= 1
            elif not seat.playing:
                break
            elif seat.epochs_per_second is not None:
                if seat.next_epoch > now:
                    break
                seat.next_epoch += 1 / seat.epochs_per_second
            seat.player.train()
            if seat.goal:
                self._note_scores(seat)
            now = self.clock()
        if seat.goal and not seat.steps:
            self._send_curve(seat, is_there=True)
            seat.goal = 0
        seat.holds = seat.holds and seat.steps > 0
        if seat.engine.epoch != before:
            seat.stale = True
            if not seat.engine.finite:
                self._diverge(seat)

    def _diverge(self, seat: Seat) -> None:
        seat.diverged = True
        seat.next_frame = 0
        self._rest(seat)

    # --- answers ------------------------------------------------------------------------------------------------------

    def _send_frame(self, seat: Seat) -> None:
        now = self.clock()
        scores = seat.engine.scores()
        if not seat.diverged and not scores.are_numbers:
            self._diverge(seat)
        if seat.curve:
            self._send_curve(seat, is_there=False)
        self._show(seat, seat.engine, scores)
        seat.stale = False
        # Keep to the beat where possible, so that frames come evenly.
        interval = seat.frame_interval if seat.viewed is None else max(seat.frame_interval, _BESIDE)
        seat.next_frame += interval
        if seat.next_frame <= now:
            seat.next_frame = now + interval

    def _show(self, seat: Seat, engine: Engine, scores: Scores) -> None:
        """Sends a frame of `engine`: of what trains, or of the epoch that is looked at."""
        is_newest = engine is seat.engine
        if seat.drawn != engine.config.seed and (seat.viewed is None or not is_newest):
            self._send_points(seat, engine)
        flags = (wire.PLAYING if seat.playing else 0) | (wire.DIVERGED if seat.diverged and is_newest else 0)
        flags |= 0 if is_newest else wire.VIEWED
        packed = wire.pack(engine, scores, seat.generation, flags, seat.shown)
        if seat.deflated:
            seat.sequence += 1
            whole, packed = packed, wire.deflated(packed, seat.sequence, seat.before)
            seat.before = whole
        self.send(Frame(seat.session, packed, seat.generation, (scores, engine.snapshot()) if is_newest else None))
        seat.credits -= 1

    def _send_points(self, seat: Seat, engine: Engine | None = None) -> None:
        engine = engine or seat.engine
        seat.drawn = engine.config.seed
        self.send(Points(seat.session, wire.pack_points(engine, seat.generation)))

    def _send_status(self, seat: Seat, reason: str | None = None) -> None:
        self.send(Status(seat.session, seat.generation, seat.engine.epoch, seat.playing, reason))


_CARRY_OUT: dict[type, Callable[[Worker, Seat, Any], None]] = {
    Open: Worker._open,
    Watch: Worker._watch,
    Unwatch: Worker._unwatch,
    Suspend: Worker._suspend,
    Credit: Worker._credit,
    Configure: Worker._configure,
    Rebuild: Worker._rebuild,
    Reset: Worker._reset,
    Restore: Worker._restore,
    NewData: Worker._new_data,
    Play: Worker._play,
    Pause: Worker._pause,
    Step: Worker._step,
    Select: Worker._select,
    View: Worker._view,
    WriteCode: Worker._write_code,
    DrawStrip: Worker._draw_strip,
    Animate: Worker._animate,
    EndAnimation: Worker._end_animation,
    BeginStudy: Worker._begin_study,
    EndStudy: Worker._end_study,
    SetWeight: Worker._set_weight,
    SetBias: Worker._set_bias,
    SetSpeed: Worker._set_speed,
    SetFrameInterval: Worker._set_frame_interval,
}

# After which there is something new to show.
_SHOWN = {Watch, Configure, Rebuild, Reset, Restore, NewData, Play, Pause, Step, Select, SetWeight, SetBias}
