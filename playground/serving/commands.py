"""The commands of a page to its Playground: train, change a setting, edit the network. Each is checked, noted in the
session, and sent to the session's worker.

What changes a training goes one of two ways: a new network (`_renew`), or an edit of the one that trains (`_edit`).
"""

from __future__ import annotations

import functools
import itertools
import random
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

from playground.config import Config, ConfigError, new_seed
from playground.recording import edits, moment
from playground.recording.edits import Bias, Weight
from playground.recording.moment import Moment
from playground.serving import messages
from playground.serving.connections import Connections
from playground.serving.history import History
from playground.serving.session import Session
from playground.snapshot import Snapshot


class Commands:
    """No state of its own. Every method may be called from any thread, by the name of a connection.

    All raise SessionError where the connection has no session.
    """

    def __init__(self, lock: RLock, connections: Connections):
        self._lock = lock
        self._connections = connections

    # --- training -----------------------------------------------------------------------------------------------------

    def play(self, connection: str) -> None:
        """Starts training. Raises SessionError after a divergence or a failure."""
        with self._session_of(connection) as session:
            session.check_trainable()
            session.goal = 0
            session.playing = True  # its worker may die before its status says so
            session.worker.send(messages.Play(session.token))

    def pause(self, connection: str) -> None:
        """Stops training. Raises SessionError after a failure."""
        with self._session_of(connection) as session:
            session.check_engine()
            session.goal = 0
            session.playing = False
            session.worker.send(messages.Pause(session.token))

    def step(self, connection: str, epochs: int) -> None:
        """Trains so many epochs, then rests. Raises SessionError after a divergence or a failure."""
        with self._session_of(connection) as session:
            session.check_trainable()
            session.goal = 0
            session.playing = False
            session.worker.send(messages.Step(session.token, epochs))

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

    # --- a new network ------------------------------------------------------------------------------------------------

    def follow(self, connection: str, there: Moment) -> dict[str, Any]:
        """Takes over what a link gives: its settings, and if it carries a training that too.

        Returns generation, config, link and edited.
        """
        with self._session_of(connection) as session:
            if there == moment.untrained(there.config):
                return self._configure(session, there.config)
            self._begin(session, there)
            return session.settings()

    def moment(self, connection: str, epoch: int) -> dict[str, Any]:
        """The link of the training as it was at `epoch`. Raises SessionError where no link gives it."""
        with self._session_of(connection) as session:
            return {"link": moment.write(session.moment(epoch)), "epoch": epoch}

    def change(self, connection: str, changes: object) -> dict[str, Any]:
        """Takes over `changes` to the present config. Returns as follow. Raises ConfigError."""
        with self._session_of(connection) as session:
            return self._configure(session, session.config.updated(changes))

    def new_weights(self, connection: str) -> dict[str, Any]:
        """The next initial weights that the seed gives; after the hundredth the first again. Returns as follow."""
        with self._session_of(connection) as session:
            draw = (session.config.weights_draw + 1) % 100
            return self._configure(session, session.config.updated({"weightsDraw": draw}))

    def reset(self, connection: str) -> dict[str, Any]:
        """Back to the initial weights. Returns generation."""
        with self._session_of(connection) as session:
            self._renew(session, lambda: messages.Reset(session.token, session.generation))
            return {"generation": session.generation}

    def restore(self, connection: str, parameters: list[float], epoch: int) -> dict[str, Any]:
        """Goes on, paused, from what a page has kept of a session that is gone. Returns generation and edited.

        parameters: all weights and biases of a network of the present config, in the order of a frame. epoch: how
        many epochs it was trained. Raises ConfigError for another number of parameters.
        """
        with self._session_of(connection) as session:
            count = sum(nodes * (inputs + 1) for inputs, nodes in itertools.pairwise(session.config.sizes))
            if len(parameters) != count:
                raise ConfigError("parameters", parameters, f"{count} numbers, here are {len(parameters)}")
            packed = array("d", parameters).tobytes()
            # What had accumulated for the next update is not in a frame.
            snapshot = Snapshot(epoch, 0, packed, gradient=bytes(len(packed)), dead=bytes(count))
            self._renew(session, lambda: messages.Restore(session.token, snapshot, session.generation), snapshot)
            session.edited = session.restored = True
            return {"generation": session.generation, "edited": True}

    # --- an edit of the network that trains ---------------------------------------------------------------------------

    def new_data(self, connection: str) -> dict[str, Any]:
        """Points from a new seed; the network goes on. Returns as follow."""
        with self._session_of(connection) as session:
            session.recording.check_room()
            seed = new_seed(random.SystemRandom().random)
            session.config = session.config.updated({"seed": seed, "weightsDraw": 0})
            if session.failed:
                self._rebuild(session)
            else:  # the network is still that of the seed before
                session.generation += 1
                self._edit(session, messages.NewData(session.token, session.config, session.generation))
            return session.settings()

    def set_weight(self, connection: str, layer: int, node: int, source: int, value: float) -> None:
        """Edits one weight. source: a node of the layer before. Raises ConfigError; after a failure SessionError."""
        with self._session_of(connection) as session:
            session.check_engine()
            edits.check(Weight(layer, node, source, value), session.config)
            session.recording.check_room()
            self._edit(session, messages.SetWeight(session.token, layer, node, source, value))

    def set_bias(self, connection: str, layer: int, node: int, value: float) -> None:
        """Edits one bias. Raises ConfigError; after a failure SessionError."""
        with self._session_of(connection) as session:
            session.check_engine()
            edits.check(Bias(layer, node, value), session.config)
            session.recording.check_room()
            self._edit(session, messages.SetBias(session.token, layer, node, value))

    # --- inside -------------------------------------------------------------------------------------------------------

    @contextmanager
    def _session_of(self, connection: str) -> Iterator[Session]:
        """The session of a connection, which nobody else changes meanwhile."""
        with self._lock:
            yield self._connections.session_of(connection)

    def _configure(self, session: Session, config: Config) -> dict[str, Any]:
        changed = session.config.changed(config)
        renew = session.failed or "rebuild" in changed
        if "live" in changed and not renew:
            session.recording.check_room()
        session.config = config
        if renew:
            self._rebuild(session)
        elif "live" in changed:
            command = messages.Configure(session.token, config)
            if session.playing or session.epoch > 0:
                self._edit(session, command)
            else:  # a setting like any other
                session.worker.send(command)
        return session.settings()

    def _rebuild(self, session: Session) -> None:
        self._begin(session, moment.untrained(session.config))

    def _begin(self, session: Session, there: Moment) -> None:
        """Another run, which is trained to the epoch of `there`."""
        command = functools.partial(messages.Rebuild, session.token, there.recording, there.epoch)
        self._renew(session, lambda: command(session.generation), there=there)

    def _renew(
        self,
        session: Session,
        command: Callable[[], messages.Command],
        snapshot: Snapshot | None = None,
        there: Moment | None = None,
    ) -> None:
        """Back to epoch 0, or to `snapshot`, under a new generation. there: what is recorded of it already.

        command: makes what the worker is told, when the generation is known. Where the last engine failed the worker
        gets a new one instead.
        """
        session.generation += 1
        session.snapshot = snapshot
        session.playing = False
        session.reason = None
        session.epoch = snapshot.epoch if snapshot else 0
        session.history = History()
        session.begin(there or moment.untrained(session.config))
        if session.failed:
            self._connections.install(session)
        else:
            session.worker.send(command())

    def _edit(self, session: Session, command: messages.Command) -> None:
        """The network that trains is changed: from now on its link alone does not give this training."""
        session.edited = True
        session.worker.send(command)
