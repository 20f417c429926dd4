"""The commands of a page to its Playground: train, change a setting, edit the network. Each is checked, noted in the
session, and sent to the session's worker.

What changes a training goes one of two ways: a new network (`Runs`), or an edit of the one that trains (`_edit`).
"""

from __future__ import annotations

import dataclasses
import functools
import random
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

from playground.config import FIELDS, Config, ConfigError, count_parameters, new_seed
from playground.export.formats import BINARY
from playground.link import MOST_GIVEN
from playground.point_set import PointSet, PointSetError
from playground.recording import edits, moment
from playground.recording.edits import Add, Bias, Data, Drop, Edit, LearningRate, Weight, place
from playground.recording.moment import Moment
from playground.recording.recording import changed
from playground.serving import messages
from playground.serving.connections import Connections
from playground.serving.runs import Runs
from playground.serving.session import Session, SessionError, showing
from playground.serving.studied import Studied
from playground.snapshot import Snapshot
from playground.studies.plan import Plan

MOST_REDRAWN = 10  # times that the points of a run written as a file were drawn anew: a text has all of them


class Commands:
    """No state of its own. Every method may be called from any thread, by the name of a connection.

    All raise SessionError where the connection has no session.
    """

    def __init__(self, lock: RLock, connections: Connections):
        self._lock = lock
        self._connections = connections
        self._runs = Runs(connections)

    # --- training -----------------------------------------------------------------------------------------------------

    def play(self, connection: str) -> dict[str, Any]:
        """Starts training. Returns as follow. Raises SessionError after a divergence or a failure."""
        with self._session_of(connection) as session:
            if not self._runs.from_here(session):
                session.check_trainable()
                session.stop_going()
            session.playing = True  # its worker may die before its status says so
            session.worker.send(messages.Play(session.token))
            return session.settings()

    def pause(self, connection: str) -> dict[str, Any]:
        """Stops training. Returns as follow. Raises SessionError after a failure."""
        with self._session_of(connection) as session:
            session.check_engine()
            session.stop_going()
            session.playing = False
            session.worker.send(messages.Pause(session.token))
            return session.settings()

    def step(self, connection: str, epochs: int) -> dict[str, Any]:
        """Trains so many epochs, then rests. Returns as follow. Raises SessionError after a divergence or a failure."""
        with self._session_of(connection) as session:
            if not self._runs.from_here(session):
                session.check_trainable()
                session.stop_going()
            session.playing = False
            session.worker.send(messages.Step(session.token, epochs))
            return session.settings()

    def set_speed(self, connection: str, epochs_per_second: float | None) -> None:
        """Sets the pace of training; None: as fast as it goes."""
        with self._session_of(connection) as session:
            session.epochs_per_second = epochs_per_second
            session.worker.send(messages.SetSpeed(session.token, epochs_per_second))

    # --- what the page sees -------------------------------------------------------------------------------------------

    def select(self, connection: str, node: tuple[int, int] | None) -> None:
        """Chooses the layer and node whose map the frames carry; None: the output's. Raises ConfigError."""
        with self._session_of(connection) as session:
            if node:
                edits.check_node(*node, session.config)
            session.selected = node
            session.worker.send(messages.Select(session.token, node))

    def set_frame_rate(self, connection: str, frames_per_second: float) -> None:
        """Sets the upper bound of frames a second."""
        with self._session_of(connection) as session:
            self._connections.set_frame_rate(session, frames_per_second)

    def view(self, connection: str, epoch: int | None) -> dict[str, Any]:
        """Frames show the run as it was after `epoch`, while it trains on; None: as it is. Returns epoch, config and
        edited as they were then. Raises SessionError where no recording leads there."""
        with self._session_of(connection) as session:
            if epoch is not None:
                session.check_engine()
                session.check_recorded()
            if epoch != session.viewed:
                session.viewed = epoch
                session.worker.send(messages.View(session.token, epoch))
            config, edited = session.viewed_config.to_json(), session.viewed_edited
            return {"epoch": epoch, "config": config, "edited": edited}

    def send_whole(self, connection: str) -> None:
        """The next frame is no difference: the page has missed the one before it."""
        with self._session_of(connection) as session:
            self._connections.give_credits(session)

    # --- besides the training -----------------------------------------------------------------------------------------

    def write_code(self, connection: str, epoch: int, form: str = "py") -> dict[str, Any]:
        """Has the run up to `epoch` written as a file. Returns number, which the event `code` of this format has.
        Raises SessionError where no recording leads there."""
        with self._session_of(connection) as session:
            session.check_engine()
            there = session.moment(epoch)
            redrawn = len({epoch for epoch, edit in there.recording.edits if isinstance(edit, Data | Add | Drop)})
            if redrawn > MOST_REDRAWN and form not in BINARY:  # a text has them all
                message = f"its points were drawn anew {redrawn} times, and a file has at most {MOST_REDRAWN}"
                raise SessionError(message, "too-large", {"most": MOST_REDRAWN})
            return self._ask(session, form, functools.partial(messages.WriteCode, there=there, form=form))

    def draw_strip(self, connection: str) -> dict[str, Any]:
        """Has it shown how the output formed. Returns number, which events `strip` have. Raises SessionError."""
        with self._session_of(connection) as session:
            session.check_engine()
            session.check_recorded()
            return self._ask(session, "strip", functools.partial(messages.DrawStrip, epoch=session.epoch))

    def animate(self, connection: str) -> dict[str, Any]:
        """Has the frames shown of how the output formed. Returns number, which events `animation` have. Raises
        SessionError."""
        with self._session_of(connection) as session:
            session.check_engine()
            session.check_recorded()
            return self._ask(session, "animation", functools.partial(messages.Animate, epoch=session.epoch))

    def end_animation(self, connection: str) -> None:
        """No more of its frames are shown, at once."""
        with self._session_of(connection) as session:
            self._end(session, "animation", messages.EndAnimation(session.token))

    def begin_study(self, connection: str, seeds: int, epochs: int, vary: str) -> dict[str, Any]:
        """Repeats the settings with many seeds. Returns number, which events `study` have. Raises SessionError after a
        failure and while a study runs."""
        with self._session_of(connection) as session:
            session.check_engine()
            session.check_unstudied()
            plan = Plan(config=session.viewed_config, seeds=seeds, epochs=epochs, vary=vary)
            return self._study(session, plan)

    def compare(self, connection: str, other: Config | None) -> dict[str, Any]:
        """Repeats other settings, None: the present ones, with the seeds of the study that is there. Returns number, as
        `begin_study`. Raises SessionError where there is none that has ended, and while another is compared with it."""
        with self._session_of(connection) as session:
            session.check_engine()
            first = session.studies[0] if session.studies else None
            if first is None or not first.is_over:
                raise SessionError("no study that has ended, to be compared with: let one end first", "no-study")
            session.check_unstudied()
            return self._study(session, first.plan.against(other or session.viewed_config), first)

    def end_study(self, connection: str) -> None:
        """Ends what was begun last, at once. A study with which it was compared stays."""
        with self._session_of(connection) as session:
            session.studies = session.studies[:-1]
            self._end(session, "study", messages.EndStudy(session.token))

    def _study(self, session: Session, plan: Plan, first: Studied | None = None) -> dict[str, Any]:
        """first: the study that is compared with it, which stays."""
        reply = self._ask(session, "study", functools.partial(messages.BeginStudy, plan=plan))
        studied = Studied(reply["number"], plan, first.number if first else None)
        session.studies = [first, studied] if first else [studied]
        self._connections.tell(session, "study", studied.begun())
        return reply

    def _end(self, session: Session, kind: str, message: messages.EndStudy | messages.EndAnimation) -> None:
        session.asked[kind] += 1  # what its worker still tells is not asked for any more
        session.jobs.pop(kind, None)
        session.worker.send(message)

    def _ask(
        self,
        session: Session,
        kind: str,
        job: Callable[..., messages.Job],
    ) -> dict[str, Any]:
        """Gives the session's worker a job, in the place of another of its kind."""
        session.asked[kind] += 1
        session.jobs[kind] = job(session.token, session.asked[kind])
        session.worker.send(session.jobs[kind])
        return {"number": session.asked[kind]}

    # --- what has been ------------------------------------------------------------------------------------------------

    def undo(self, connection: str) -> dict[str, Any]:
        """Back to the settings and the training before the last change. Returns as follow. Raises SessionError."""
        with self._session_of(connection) as session:
            session.settle()
            if not session.past.counts["undo"]:
                raise SessionError("nothing to undo", "no-change")
            return self._runs.take_up(session, session.past.undo(session.present))

    def redo(self, connection: str) -> dict[str, Any]:
        """Back to before the last undo. Returns as follow. Raises SessionError."""
        with self._session_of(connection) as session:
            session.settle()
            if not session.past.counts["redo"]:
                raise SessionError("nothing was undone", "no-change")
            return self._runs.take_up(session, session.past.redo(session.present))

    def take(self, connection: str, number: int) -> dict[str, Any]:
        """Takes up another run of the present settings, where it was left. Returns as follow. Raises ConfigError."""
        with self._session_of(connection) as session:
            numbers = sorted(left.number for left in session.past.runs)
            if number not in numbers:
                if not numbers:
                    raise ConfigError("number", number, "no run, for there is no other")
                raise ConfigError("number", number, f"one of {numbers}", "choice", {"choices": numbers})
            session.settle()
            before = session.config
            self._runs.take_up(session, session.past.take(number, session.present()))
            session.call_classes(before)
            return session.settings()

    # --- a new network ------------------------------------------------------------------------------------------------

    def follow(self, connection: str, there: Moment) -> dict[str, Any]:
        """Takes over what a link gives: its settings, and if it carries a training that too.

        Returns generation, config, link and edited.
        """
        with self._session_of(connection) as session:
            if there == moment.untrained(there.config):
                return self._configure(session, there.config)
            self._runs.note(session, object())
            self._runs.begin(session, there)
            session.past.begin()
            return session.settings()

    def moment(self, connection: str, epoch: int) -> dict[str, Any]:
        """The link of the training as it was at `epoch`. Raises SessionError where no link gives it."""
        with self._session_of(connection) as session:
            text = moment.write(session.moment(epoch))
            if len(text) > MOST_GIVEN:
                message = f"its link would have {len(text)} characters, and one has at most {MOST_GIVEN}"
                raise SessionError(message, "link-too-long", {"most": MOST_GIVEN})
            return {"link": text, "epoch": epoch}

    def change(self, connection: str, changes: object) -> dict[str, Any]:
        """Takes over `changes` to the present config. Returns as follow. Raises ConfigError."""
        with self._session_of(connection) as session:
            return self._configure(session, session.viewed_config.updated(changes))

    def new_weights(self, connection: str) -> dict[str, Any]:
        """The next initial weights that the seed gives; after the hundredth the first again. Returns as follow."""
        with self._session_of(connection) as session:
            config = session.viewed_config
            return self._configure(session, config.updated({"weightsDraw": (config.weights_draw + 1) % 100}))

    def reset(self, connection: str) -> dict[str, Any]:
        """Back to the initial weights. Returns as follow."""
        with self._session_of(connection) as session:
            self._runs.note(session, "reset")
            if session.is_going:  # what is in force there its worker alone knows exactly
                session.config = session.viewed_config
                self._runs.rebuild(session)
            else:
                self._runs.renew(session, lambda: messages.Reset(session.token, session.generation))
            session.past.begin()
            return session.settings()

    def restore(self, connection: str, parameters: list[float], epoch: int) -> dict[str, Any]:
        """Goes on, paused, from what a page has kept of a session that is gone. Returns as follow.

        parameters: all weights and biases of a network of the present config, in the order of a frame. epoch: how
        many epochs it was trained. Raises ConfigError for another number of parameters.
        """
        with self._session_of(connection) as session:
            count = count_parameters(session.config.sizes)
            if len(parameters) != count:
                raise ConfigError("parameters", parameters, f"{count} numbers, here are {len(parameters)}")
            packed = array("d", parameters).tobytes()
            # What had accumulated for the next update is not in a frame.
            snapshot = Snapshot(epoch, 0, packed, gradient=b"", dead=b"")
            self._runs.renew(session, lambda: messages.Restore(session.token, snapshot, session.generation), snapshot)
            session.edited = session.restored = True
            session.past.forget()
            return session.settings()

    # --- an edit of the network that trains ---------------------------------------------------------------------------

    def new_data(self, connection: str) -> dict[str, Any]:
        """Points from a new seed; the network goes on. Returns as follow."""
        with self._session_of(connection) as session:
            seed = new_seed(random.SystemRandom().random)
            session.check_room(Data(seed))
            self._go_on_here(session)
            session.config = session.config.updated({"seed": seed, "weightsDraw": 0})
            if session.failed:
                self._runs.rebuild(session)
            else:  # the network is still that of the seed before
                session.generation += 1
                self._edit(session, messages.NewData(session.token, session.config, session.generation), Data(seed))
            return session.settings()

    def set_weight(self, connection: str, layer: int, node: int, source: int, value: float) -> dict[str, Any]:
        """Edits one weight. source: a node of the layer before. Returns as follow. Raises ConfigError; after a failure
        SessionError."""
        with self._session_of(connection) as session:
            session.check_engine()
            edit = Weight(layer, node, source, value)
            edits.check(edit, session.config)
            session.check_room(edit)
            self._go_on_here(session)
            self._edit(session, messages.SetWeight(session.token, layer, node, source, value), edit)
            return session.settings()

    def set_bias(self, connection: str, layer: int, node: int, value: float) -> dict[str, Any]:
        """Edits one bias. Returns as follow. Raises ConfigError; after a failure SessionError."""
        with self._session_of(connection) as session:
            session.check_engine()
            edit = Bias(layer, node, value)
            edits.check(edit, session.config)
            session.check_room(edit)
            self._go_on_here(session)
            self._edit(session, messages.SetBias(session.token, layer, node, value), edit)
            return session.settings()

    def add_points(self, connection: str, label: float, places: bytes) -> dict[str, Any]:
        """Adds points to the own data; see `edits.Add`. Returns as follow. Raises ConfigError; after a failure
        SessionError."""
        return self._edit_points(connection, Add(label, places))

    def drop_points(self, connection: str, places: bytes) -> dict[str, Any]:
        """Takes points of the own data away; see `edits.Drop`. Returns and raises as `add_points`."""
        return self._edit_points(connection, Drop(places))

    def name_classes(self, connection: str, names: list[str]) -> dict[str, Any]:
        """Calls the classes of the own data so; one of an empty name by its number. Returns as follow. Raises
        ConfigError."""
        with self._session_of(connection) as session:
            try:
                own = edits.own_data(session.config).named(names)
            except PointSetError as error:
                raise ConfigError("names", names, str(error), error.code, error.values) from None
            self._runs.note(session, PointSet.named, is_shown=True)
            session.call_classes(dataclasses.replace(session.config, own_data=own))
            return session.settings()

    def own_data(self, connection: str) -> PointSet | None:
        """Those of what the page looks at."""
        with self._session_of(connection) as session:
            return session.viewed_config.own_data

    def linked_data(self, connection: str) -> list[PointSet]:
        """The own data that links name: those of what the page looks at, and those with which its run began."""
        with self._session_of(connection) as session:
            configs = session.viewed_config, session.recording.config
            return [config.own_data for config in configs if config.own_data]

    # --- inside -------------------------------------------------------------------------------------------------------

    @contextmanager
    def _session_of(self, connection: str) -> Iterator[Session]:
        """The session of a connection, which nobody else changes meanwhile."""
        with self._lock:
            yield self._connections.session_of(connection)

    def _configure(self, session: Session, config: Config) -> dict[str, Any]:
        before = session.viewed_config
        kinds = before.changed(config)
        if session.failed or "rebuild" in kinds:
            self._runs.note(session, _names(before, config))
            session.config = config
            self._runs.rebuild(session)
            session.past.begin()
        elif "live" in kinds:
            rate = LearningRate(config.learning_rate)
            session.check_room(rate)
            self._go_on_here(session)
            session.config = config
            is_setting = not session.playing and session.epoch == 0  # like any other
            self._edit(session, messages.Configure(session.token, config), rate, is_setting)
            session.send_rules()
        elif kinds:
            self._runs.note(session, _names(before, config), is_shown=True)
            session.config = showing(session.config, config)
            session.send_rules()
        return session.settings()

    def _go_on_here(self, session: Session) -> None:
        """What is edited is what the page shows: an epoch that has passed, or one on the way to that of a link."""
        if not self._runs.from_here(session) and session.is_going:
            session.stop_going()

    def _edit_points(self, connection: str, edit: Add | Drop) -> dict[str, Any]:
        with self._session_of(connection) as session:
            session.check_engine()
            edits.check(edit, session.viewed_config)
            session.check_room(edit)
            self._go_on_here(session)
            session.config = changed(session.config, edit)
            is_setting = not session.playing and session.epoch == 0  # like any other
            # A command that waits for the worker may be replaced by the next, as a Config is whole.
            self._edit(session, messages.Configure(session.token, session.config), edit, is_setting)
            return session.settings()

    def _edit(self, session: Session, command: messages.Command, edit: Edit, is_setting: bool = False) -> None:
        """The network that trains is changed: from now on its link alone does not give this training, unless the edit
        is a setting that the link has."""
        session.edited = session.edited or not is_setting
        if not isinstance(edit, Add | Drop):  # those not told yet are what the settings have and the recording has not
            session.pending[place(edit)] = edit
        session.worker.send(command)


def _names(before: Config, after: Config) -> frozenset[str]:
    """Which settings differ."""
    return frozenset(
        name for name in FIELDS if getattr(before, FIELDS[name].attribute) != getattr(after, FIELDS[name].attribute)
    )
