"""The sessions, as the web process knows them: who has which, on which worker, and what to tell it after a restart.

No Flask, no Socket.IO, no torch. What a browser is to hear goes out through `emit`.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import random
import secrets
import threading
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.refused import RefusedError
from core.threads import Repeating, guarded
from playground import link
from playground.config import Config, ConfigError, new_seed
from playground.serving import messages
from playground.serving.history import History
from playground.serving.inbox import CREDITS
from playground.serving.workers import Died, Health, WorkerProcess
from playground.snapshot import Snapshot

log = logging.getLogger(__name__)

MAX_SESSIONS = 400
MAX_PER_BROWSER = 10
MAX_WITHOUT_BROWSER = MAX_SESSIONS // 2  # of programs, all together
# In beats of the web process' own loop, one a second: when that is paused too, or the machine sleeps, none passes.
TRAIN_ALONE_BEATS = 10  # how long a session trains on without a connection
KEEP_BEATS = 300  # how long it is kept
_DEATHS = 2  # of workers that were serving it, without progress in between, after which a session is not opened again
_FEW = 8  # connections up to which frames may come at more than 30 a second
_FRAMES_PER_SECOND = 30
_USABLE = ("ready", "starting", "silent", "failed")  # workers, for a new session


class SessionError(RefusedError):
    """A command that cannot be carried out as things stand; `code` and `values` say why to a program."""

    def __init__(self, message: str, code: str, values: dict[str, Any] | None = None):
        super().__init__(message, code, values=values)


class Emit(Protocol):
    """Sends an event to one connection; `acknowledged` is called when the browser acknowledges it."""

    def __call__(
        self, connection: str, event: str, payload: Any, acknowledged: Callable[[], None] | None = None
    ) -> None: ...


@dataclass
class Session:
    """One Playground and who watches it. `connection` is None while nobody does, since `left`."""

    token: str
    worker: WorkerProcess
    config: Config
    browser: str | None = None  # who opened it; None: a program that is no browser
    connection: str | None = None
    left: float = 0
    alone: int = 0  # beats since it was left
    cut: bool = False  # by the server: its page may only have been slow, and come back in a moment
    generation: int = 1
    epoch: int = 0
    playing: bool = False
    reason: str | None = None
    epochs_per_second: float | None = 60
    frames_per_second: float = _FRAMES_PER_SECOND
    selected: tuple[int, int] | None = None
    snapshot: Snapshot | None = None
    history: History = field(default_factory=History)
    missed: bool = False  # a frame, for which there was no room on the way
    edited: bool = False  # by hand, so that its link alone no longer gives this training
    framed: float | None = None  # when the last frame was sent, if it was training
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

    def describe(self) -> dict[str, Any]:
        """What a browser needs to draw the controls."""
        return {
            "session": self.token,
            "generation": self.generation,
            "config": self.config.to_json(),
            "link": link.write(self.config),
            "playing": self.playing,
            "epochsPerSecond": self.epochs_per_second,
            "framesPerSecond": self.frames_per_second,
            "selected": {"layer": self.selected[0], "node": self.selected[1]} if self.selected else None,
            "edited": self.edited,
            "ready": self.worker.ready,
            "reason": self.status()["reason"],
        }

    def status(self) -> dict[str, Any]:
        return {
            "generation": self.generation,
            "epoch": self.epoch,
            "playing": self.playing,
            "ready": self.worker.ready,
            "reason": _OF_THE_WORKER.get(self.worker.health.state) or self.reason,
        }


_OF_THE_WORKER = {"silent": "worker_silent", "failed": "worker_failed"}  # reasons that come before a session's own


class Sessions:
    """All sessions and the workers they run on. Every method may be called from any thread."""

    def __init__(
        self,
        emit: Emit,
        workers: int,
        clock: Callable[[], float] = time.monotonic,
        note_frame: Callable[[float | None], None] = lambda _gap: None,
    ):
        """note_frame: told of every frame sent, and the seconds since the one before if it trained in between."""
        self._emit = emit
        self._clock = clock
        self._note_frame = note_frame
        self._lock = threading.RLock()
        self._sessions: dict[str, Session] = {}  # by token
        self._by_connection: dict[str, Session] = {}
        self._browsers: dict[str, str | None] = {}  # whose each connection is
        self._in_flight: Counter[str | None] = Counter()  # frames that each connection has not acknowledged
        self._workers = [WorkerProcess(self._receive, number) for number in range(workers)]
        self._told = dict.fromkeys(range(workers), "starting")  # the health of each worker that its students know of
        self._heart = Repeating("session-janitor", self.beat, 1)

    def let_go(self) -> None:
        """The server begins to end: a worker that ends from now on is not replaced."""
        for worker in self._workers:
            worker.let_go()

    def close(self) -> None:
        """Ends the workers and the threads."""
        self._heart.close()
        for worker in self._workers:
            worker.close()

    # --- connections --------------------------------------------------------------------------------------------------

    def join(self, connection: str, browser: str | None) -> None:
        """A connection is there; `browser` is None for a program."""
        with self._lock:
            self._browsers[connection] = browser

    def open(self, connection: str, token: str | None, address: str | None) -> dict[str, Any]:
        """Gives `connection` the session of `token`, or a new one set from the link `address`."""
        with self._lock:
            session = self._sessions.get(token) if token else None
            resumed = session is not None
            warnings: list[link.Warning] = []
            if session is None:
                session, warnings = self._new(address, connection)
            self._unwatch(connection)  # not before: where there is no room for a new one it keeps what it has
            if session.connection is not None:
                self._emit(session.connection, "superseded", {})
                del self._by_connection[session.connection]
            session.connection, session.alone = connection, 0
            self._by_connection[connection] = session
            self._watch(session)
            self._pace_frames()
            if resumed:
                if session.reason in ("disconnected", "worker_restarted"):  # it goes on, and has been told
                    session.reason = None
                self._emit(connection, "history", {"generation": session.generation, **session.history.to_json()})
            log.info("session resumed" if resumed else "session opened", extra=session.label)
            return {**session.describe(), "resumed": resumed, "warnings": [warning.to_json() for warning in warnings]}

    def _new(self, address: str | None, connection: str) -> tuple[Session, list[link.Warning]]:
        browser = self._browsers.get(connection)
        owned = [session for session in self._sessions.values() if session.browser == browser]
        most = MAX_PER_BROWSER if browser else MAX_WITHOUT_BROWSER
        if len(owned) >= most:
            whose = "this browser has" if browser else "programs that are no browser have"
            message = f"{whose} {most} sessions in use, the most allowed: close one first"
            self._make_room(owned, connection, SessionError(message, "full", {"most": most}))
        elif len(self._sessions) >= MAX_SESSIONS:
            message = f"the server is full: it holds {MAX_SESSIONS} sessions"
            self._make_room(self._sessions.values(), connection, SessionError(message, "full"))
        config, warnings = link.parse_leniently(address or "")
        load = Counter(session.worker.number for session in self._sessions.values())
        states = {worker.number: worker.health.state for worker in self._workers}
        worker = min(self._workers, key=lambda worker: (_USABLE.index(states[worker.number]), load[worker.number]))
        session = Session(secrets.token_hex(16), worker, config, browser)
        self._sessions[session.token] = session
        self._install(session)
        return session, warnings

    def _make_room(self, sessions: Iterable[Session], connection: str, refusal: SessionError) -> None:
        """Forgets the one that was left longest ago, the one that `connection` leaves now included. Raises `refusal`
        where all are in use, or were until a moment ago and were cut off."""
        unwatched = [
            session for session in sessions if session.connection in (None, connection) and not session.awaited
        ]
        if not unwatched:
            raise refusal
        self._unwatch(connection)
        self._forget(min(unwatched, key=lambda session: session.left))

    def _install(self, session: Session) -> None:
        """Tells the session's worker, which does not have it, all about it."""
        session.failed = False
        session.worker.send(messages.Open(
            session.token, session.config, session.generation, session.snapshot, session.playing,
            session.epochs_per_second, self._frame_interval(session), session.selected,
        ))  # fmt: skip
        if session.connection:
            self._watch(session)

    def _watch(self, session: Session) -> None:
        """The session's worker may send as many frames as there is room for on the way to its connection."""
        session.missed = False
        session.worker.send(messages.Watch(session.token, CREDITS - self._in_flight[session.connection]))

    def leave(self, connection: str, cut: bool = False) -> None:
        """The connection is gone; its session waits for another. cut: by this server, for it did not answer."""
        with self._lock:
            self._browsers.pop(connection, None)
            self._in_flight.pop(connection, None)
            self._unwatch(connection, cut)

    def _unwatch(self, connection: str, cut: bool = False) -> None:
        session = self._by_connection.pop(connection, None)
        if session:
            session.connection, session.cut = None, cut
            session.left, session.alone = self._clock(), 0
            session.worker.send(messages.Unwatch(session.token))
            self._pace_frames()

    def end(self, connection: str) -> None:
        """Forgets the session of this connection."""
        with self._lock:
            session = self.of(connection)
            del self._by_connection[connection]
            self._forget(session)

    def _forget(self, session: Session) -> None:
        session.worker.send(messages.Close(session.token))
        del self._sessions[session.token]
        log.info("session ended", extra=session.label)

    def beat(self) -> None:
        """Called every second: looks after the workers and sweeps."""
        for worker in self._workers:
            with guarded("session-janitor"):
                worker.beat()
                if self._told[worker.number] != worker.health.state:
                    with self._lock:
                        self._tell_status(worker)
        self.sweep()

    def sweep(self) -> None:
        """A beat more for sessions that nobody watches: pauses them after a while and forgets them after long."""
        with self._lock:
            for session in [one for one in self._sessions.values() if one.connection is None]:
                session.alone += 1
                if session.alone >= KEEP_BEATS:
                    self._forget(session)
                elif session.playing and session.alone >= TRAIN_ALONE_BEATS:
                    session.worker.send(messages.Pause(session.token, "disconnected"))

    # --- for whoever watches over the server --------------------------------------------------------------------------

    def states(self) -> dict[str, int]:
        """How many sessions train, are watched at rest, and are left."""
        with self._lock:
            watched = [session for session in self._sessions.values() if session.connection]
            playing = sum(session.playing for session in watched)
            return {
                "playing": playing,
                "resting": len(watched) - playing,
                "left": len(self._sessions) - len(watched),
            }

    @property
    def workers(self) -> tuple[WorkerProcess, ...]:
        return tuple(self._workers)

    def health(self) -> dict[str, Health]:
        """How each worker is, by its number."""
        return {str(worker.number): worker.health for worker in self._workers}

    def by_worker(self) -> dict[str, int]:
        """How many sessions each worker has, by its number."""
        with self._lock:
            counts = Counter(session.worker.number for session in self._sessions.values())
        return {str(worker.number): counts[worker.number] for worker in self._workers}

    # --- commands -----------------------------------------------------------------------------------------------------

    def of(self, connection: str) -> Session:
        """The session of a connection. Raises SessionError where it has none."""
        session = self._by_connection.get(connection)
        if session is None:
            raise SessionError("no session on this connection: send open first", "no-session")
        return session

    def play(self, connection: str) -> None:
        """Starts training. Raises SessionError after a divergence or a failure."""
        with self._lock:
            session = self._trainable(connection)
            session.playing = True
            session.worker.send(messages.Play(session.token))

    def pause(self, connection: str) -> None:
        """Stops training. Raises SessionError after a failure."""
        with self._lock:
            session = self.of(connection)
            self._check_engine(session)
            session.playing = False
            session.worker.send(messages.Pause(session.token))

    def step(self, connection: str, epochs: int) -> None:
        """Trains so many epochs, then rests. Raises SessionError after a divergence or a failure."""
        with self._lock:
            session = self._trainable(connection)
            session.playing = False
            session.worker.send(messages.Step(session.token, epochs))

    def _trainable(self, connection: str) -> Session:
        """Raises SessionError after a divergence or a failure. Whether it plays is noted here, as its worker may die
        before its status says so."""
        session = self.of(connection)
        self._check_engine(session)
        if session.reason == "diverged":
            message = "training has diverged: reset, change a setting or edit the weights first"
            raise SessionError(message, "diverged")
        return session

    @staticmethod
    def _check_engine(session: Session) -> None:
        if session.failed:
            raise SessionError("training has failed: reset or change a setting first", "failed")

    def configure(self, connection: str, config: Config) -> dict[str, Any]:
        """Takes over `config`. Returns generation, config and link."""
        with self._lock:
            session = self.of(connection)
            changed = session.config.changed(config)
            rebuild = session.failed or "rebuild" in changed
            if not rebuild and "live" in changed and (session.playing or session.epoch > 0):
                session.edited = True
            session.config = config
            if rebuild:
                self._rebuild(session)
            else:
                session.worker.send(messages.Configure(session.token, config))
            return self._settings(session)

    def reset(self, connection: str) -> dict[str, Any]:
        """Back to the initial weights. Returns generation."""
        with self._lock:
            session = self.of(connection)
            self._renew(session, lambda: messages.Reset(session.token, session.generation))
            return {"generation": session.generation}

    def new_weights(self, connection: str) -> dict[str, Any]:
        """The next initial weights that the seed gives; after the hundredth the first again."""
        session = self.of(connection)
        draw = (session.config.weights_draw + 1) % 100
        return self.configure(connection, session.config.updated({"weightsDraw": draw}))

    def new_data(self, connection: str) -> dict[str, Any]:
        """Points from a new seed; the network goes on."""
        with self._lock:
            session = self.of(connection)
            seed = new_seed(random.SystemRandom().random)
            session.config = session.config.updated({"seed": seed, "weightsDraw": 0})
            if session.failed:
                self._rebuild(session)
            else:
                session.edited = True  # the network is still that of the seed before
                session.generation += 1
                session.worker.send(messages.NewData(session.token, session.config, session.generation))
            return self._settings(session)

    def _rebuild(self, session: Session) -> None:
        self._renew(session, lambda: messages.Rebuild(session.token, session.config, session.generation))

    def _renew(
        self, session: Session, command: Callable[[], messages.Command], snapshot: Snapshot | None = None
    ) -> None:
        """Back to epoch 0, or to `snapshot`, under a new generation: by a command to the worker, made when that is
        known, or by a new engine where the last one failed."""
        session.generation += 1
        session.snapshot = snapshot
        session.playing = False
        session.reason = None
        session.epoch = snapshot.epoch if snapshot else 0
        session.history = History()
        session.edited = False
        if session.failed:
            self._install(session)
        else:
            session.worker.send(command())

    def _settings(self, session: Session) -> dict[str, Any]:
        return {
            "generation": session.generation,
            "config": session.config.to_json(),
            "link": link.write(session.config),
            "edited": session.edited,
        }

    def restore(self, connection: str, parameters: list[float], epoch: int) -> dict[str, Any]:
        """Goes on, paused, from what a page has kept of a session that is gone: all `parameters` of a network of the
        present config, in the order of a frame, after `epoch` epochs. Returns generation and edited."""
        with self._lock:
            session = self.of(connection)
            sizes = self._sizes(session)
            count = sum(nodes * (inputs + 1) for inputs, nodes in itertools.pairwise(sizes))
            if len(parameters) != count:
                raise ConfigError("parameters", parameters, f"{count} numbers, here are {len(parameters)}")
            packed = array("d", parameters).tobytes()
            # What had accumulated for the next update is not in a frame.
            snapshot = Snapshot(epoch, 0, packed, gradient=bytes(len(packed)), dead=bytes(count))
            self._renew(
                session, lambda: messages.Restore(session.token, snapshot, session.generation), snapshot=snapshot
            )
            session.edited = True
            return {"generation": session.generation, "edited": True}

    def select(self, connection: str, node: tuple[int, int] | None) -> None:
        """Chooses whose map the frames carry; None: the output's."""
        with self._lock:
            session = self.of(connection)
            if node:
                self.check_node(session, *node)
            session.selected = node
            session.worker.send(messages.Select(session.token, node))

    def set_weight(self, connection: str, layer: int, node: int, source: int, value: float) -> None:
        """Edits one weight."""
        with self._lock:
            session = self.of(connection)
            self._check_engine(session)
            sizes = self.check_node(session, layer, node)
            if source >= sizes[layer]:
                raise ConfigError("input", source, f"below {sizes[layer]}")
            session.edited = True
            session.worker.send(messages.SetWeight(session.token, layer, node, source, value))

    def set_bias(self, connection: str, layer: int, node: int, value: float) -> None:
        """Edits one bias."""
        with self._lock:
            session = self.of(connection)
            self._check_engine(session)
            self.check_node(session, layer, node)
            session.edited = True
            session.worker.send(messages.SetBias(session.token, layer, node, value))

    @staticmethod
    def _sizes(session: Session) -> tuple[int, ...]:
        """The sizes of all layers, the inputs first."""
        return (len(session.config.features), *session.config.network_shape, 1)

    def check_node(self, session: Session, layer: int, node: int) -> tuple[int, ...]:
        """The sizes of all layers, the inputs first. Raises ConfigError for a node that is not there."""
        sizes = self._sizes(session)
        if layer >= len(sizes) - 1:
            raise ConfigError("layer", layer, f"below {len(sizes) - 1}")
        if node >= sizes[layer + 1]:
            raise ConfigError("node", node, f"below {sizes[layer + 1]}")
        return sizes

    def set_speed(self, connection: str, epochs_per_second: float | None) -> None:
        """Sets the pace of training; None: as fast as it goes."""
        with self._lock:
            session = self.of(connection)
            session.epochs_per_second = epochs_per_second
            session.worker.send(messages.SetSpeed(session.token, epochs_per_second))

    def set_frame_rate(self, connection: str, frames_per_second: float) -> None:
        """Sets the upper bound of frames a second."""
        with self._lock:
            session = self.of(connection)
            session.frames_per_second = frames_per_second
            session.worker.send(messages.SetFrameInterval(session.token, self._frame_interval(session)))

    def _frame_interval(self, session: Session) -> float:
        fast = len(self._by_connection) <= _FEW
        return 1 / (session.frames_per_second if fast else min(session.frames_per_second, _FRAMES_PER_SECOND))

    def _pace_frames(self) -> None:
        """Few connections may have more frames each: tells those who asked when that changes."""
        for session in self._by_connection.values():
            if session.frames_per_second > _FRAMES_PER_SECOND:
                session.worker.send(messages.SetFrameInterval(session.token, self._frame_interval(session)))

    # --- what workers say ---------------------------------------------------------------------------------------------

    def _receive(self, worker: WorkerProcess, message: messages.Answer | Died) -> None:
        with self._lock:
            match message:
                case Died(served):
                    self._restore(worker, served)
                case messages.Ready() | messages.Unable():
                    self._tell_status(worker)
                case messages.Message(session=token) if token in self._sessions:
                    self._note(self._sessions[token], message)

    def _note(self, session: Session, message: messages.Message) -> None:
        match message:
            case messages.Frame():
                try:
                    self._note_frame_of(session, message)
                except Exception:
                    self._credit(session)  # or it would wait for ever for an acknowledgement
                    raise
            case messages.Points():
                if session.connection:
                    self._emit(session.connection, "points", message.packed)
            case messages.Status():
                self._note_status(session, message)
            case messages.Failed():
                self._note_failure(session, message)

    def _tell_status(self, worker: WorkerProcess) -> None:
        self._told[worker.number] = worker.health.state
        for session in self._sessions.values():
            if session.worker is worker and session.connection:
                with guarded("worker-listener"):  # the others are told all the same
                    self._emit(session.connection, "status", session.status())

    def _restore(self, worker: WorkerProcess, served: str | None) -> None:
        """A new process knows nothing: tells it all that the last frames told. `served`: who was at it when it died."""
        for session in self._sessions.values():
            if session.worker is not worker or session.failed:
                continue
            with guarded("worker-listener"):
                session.deaths += session.token == served
                if session.deaths >= _DEATHS:
                    self._fail(session, f"{session.deaths} workers died while they served it")
                else:
                    session.reason = "worker_restarted"
                    self._install(session)
        self._tell_status(worker)

    def _fail(self, session: Session, cause: str) -> None:
        """Its worker does not have it any more. The next reset or setting gives it a new engine."""
        session.failed, session.playing, session.reason = True, False, "failed"
        session.snapshot, session.deaths = None, 0
        session.failures += 1
        if session.failures == 1:  # a student may reset it as often as the limits let through
            log.error("session failed", extra={**session.label, "cause": cause})

    def _note_failure(self, session: Session, message: messages.Failed) -> None:
        self._fail(session, message.cause)
        if message.generation != session.generation:  # it was renewed meanwhile, which its worker could not be told
            session.reason = None
            self._install(session)
        if session.connection:
            self._emit(session.connection, "status", session.status())

    def _note_frame_of(self, session: Session, message: messages.Frame) -> None:
        snapshot = message.snapshot
        if message.generation != session.generation:  # of a network that is gone
            self._credit(session)
            return
        if snapshot.epoch > session.epoch:
            session.deaths = 0
        session.snapshot = snapshot
        session.epoch = snapshot.epoch
        session.history.add(snapshot.epoch, message.scores)
        connection = session.connection
        if connection and self._in_flight[connection] >= CREDITS:  # some were of a session that it had before
            session.missed = True
        elif connection:
            self._in_flight[connection] += 1
            try:
                self._emit(connection, "frame", message.packed, lambda: self._acknowledged(connection))
            except Exception:
                self._in_flight[connection] -= 1
                raise
            now = self._clock()
            self._note_frame(now - session.framed if session.framed is not None else None)
            session.framed = now if session.playing else None

    def _acknowledged(self, connection: str) -> None:
        with self._lock:
            if connection not in self._in_flight:  # it has left
                return
            self._in_flight[connection] -= 1
            session = self._by_connection.get(connection)
            if session and session.missed:
                self._watch(session)
            elif session:
                self._credit(session)

    def _credit(self, session: Session) -> None:
        session.worker.send(messages.Credit(session.token))

    def _note_status(self, session: Session, message: messages.Status) -> None:
        if message.generation == session.generation:
            session.epoch, session.playing, session.reason = message.epoch, message.playing, message.reason
            if session.connection:
                self._emit(session.connection, "status", session.status())
