"""All sessions of the server: opened and found again by their tokens, given to workers, and forgotten.

No Flask, no Socket.IO, no torch. What a browser is to hear goes out through `emit`.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from core.threads import Repeating, guarded
from playground import link
from playground.recording import moment
from playground.recording.moment import Moment
from playground.serving import messages
from playground.serving.answers import Answers
from playground.serving.commands import Commands
from playground.serving.connections import Connections, Emit
from playground.serving.session import TRAIN_ALONE_BEATS, Session, SessionError
from playground.serving.workers import Health, WorkerProcess

log = logging.getLogger(__name__)

MAX_SESSIONS = 400
MAX_PER_BROWSER = 10
MAX_WITHOUT_BROWSER = MAX_SESSIONS // 2  # of programs, all together
KEEP_BEATS = 300  # how long a session without a connection is kept, in beats as TRAIN_ALONE_BEATS
_USABLE = ("ready", "starting", "silent", "failed")  # workers, for a new session


class Sessions:
    """Owns the sessions and the workers they run on; `close` ends them. Every method may be called from any thread.

    One lock is held by whoever reads or changes a session, here and in what shares it: `connections`, `commands` and
    the answers of the workers.
    """

    def __init__(
        self,
        emit: Emit,
        workers: int,
        clock: Callable[[], float] = time.monotonic,
        note_frame: Callable[[float | None], None] = lambda _gap: None,
        find: link.Find = link.nowhere,
    ):
        """workers: how many. note_frame: see `Connections`. find: the own data of links."""
        self.find = find
        self._lock = threading.RLock()
        self._sessions: dict[str, Session] = {}  # by token
        self.connections = Connections(self._lock, emit, clock, note_frame)
        self.commands = Commands(self._lock, self.connections)
        self._answers = Answers(self._lock, self._sessions, self.connections)
        self.workers = tuple(WorkerProcess(self._answers.receive, number) for number in range(workers))
        self._heart = Repeating("session-janitor", self.beat, 1)

    def let_go(self) -> None:
        """The server begins to end: a worker that ends from now on is not replaced."""
        for worker in self.workers:
            worker.let_go()

    def part(self) -> None:
        """Tells the workers to end, all at once."""
        for worker in self.workers:
            worker.part()

    def close(self) -> None:
        """Ends the workers and the threads."""
        self.part()
        self._heart.close()
        for worker in self.workers:
            worker.close()

    # --- opening and ending -------------------------------------------------------------------------------------------

    def open(self, connection: str, token: str | None, address: str | None, deflated: bool = False) -> dict[str, Any]:
        """Gives `connection` the session of `token`, or a new one set from the link `address`. deflated: frames come as
        differences.

        Returns what `Session.describe` says, with `resumed` and `warnings`. Raises SessionError where there is no room.
        """
        begun: tuple[Moment, list[link.Warning]] | None = None
        if token not in self._sessions:  # read before the lock is taken: own data may have to be found
            begun = moment.parse_leniently(address or "", self.find)
        with self._lock:
            session = self._sessions.get(token) if token else None
            resumed = session is not None
            warnings: list[link.Warning] = []
            if session is None:
                there, warnings = begun or moment.parse_leniently(address or "")
                session = self._new(there, connection)
            self.connections.watch(connection, session, deflated)
            if resumed:
                if session.reason in ("disconnected", "worker_restarted"):  # it goes on, and has been told
                    session.reason = None
                self.commands.view(connection, None)
                self.connections.tell(session, "history", session.curves())
                for studied in session.studies:
                    for told in studied.events():
                        self.connections.tell(session, "study", told)
            log.info("session resumed" if resumed else "session opened", extra=session.label)
            return {**session.describe(), "resumed": resumed, "warnings": [warning.to_json() for warning in warnings]}

    def end(self, connection: str) -> None:
        """Forgets the session of this connection. Raises SessionError where it has none."""
        with self._lock:
            session = self.connections.session_of(connection)
            self.connections.forget(connection)
            self._forget(session)

    def _new(self, there: Moment, connection: str) -> Session:
        browser = self.connections.browser_of(connection)
        owned = [session for session in self._sessions.values() if session.browser == browser]
        most = MAX_PER_BROWSER if browser else MAX_WITHOUT_BROWSER
        if len(owned) >= most:
            whose = "this browser has" if browser else "programs that are no browser have"
            message = f"{whose} {most} sessions in use, the most allowed: close one first"
            self._make_room(owned, connection, SessionError(message, "full", {"most": most}))
        elif len(self._sessions) >= MAX_SESSIONS:
            message = f"the server is full: it holds {MAX_SESSIONS} sessions"
            self._make_room(self._sessions.values(), connection, SessionError(message, "full"))
        session = Session(secrets.token_hex(16), self._least_busy_worker(), there.config, browser)
        session.begin(there)
        self._sessions[session.token] = session
        self.connections.install(session)
        return session

    def _make_room(self, sessions: Iterable[Session], connection: str, refusal: SessionError) -> None:
        """Forgets the session that was left longest ago; the one that `connection` leaves now is the last of them.

        Raises `refusal` where all are in use, or were until a moment ago and were cut off.
        """
        unwatched = [
            session for session in sessions if session.connection in (None, connection) and not session.awaited
        ]
        if not unwatched:
            raise refusal
        self.connections.unwatch(connection)
        self._forget(min(unwatched, key=lambda session: session.left))

    def _least_busy_worker(self) -> WorkerProcess:
        load = Counter(session.worker.number for session in self._sessions.values())
        states = {worker.number: worker.health.state for worker in self.workers}
        return min(self.workers, key=lambda worker: (_USABLE.index(states[worker.number]), load[worker.number]))

    def _forget(self, session: Session) -> None:
        session.worker.send(messages.Close(session.token))
        del self._sessions[session.token]
        log.info("session ended", extra=session.label)

    # --- every second -------------------------------------------------------------------------------------------------

    def beat(self) -> None:
        """Looks after the workers, and after the sessions that nobody watches."""
        for worker in self.workers:
            with guarded("session-janitor"):
                worker.beat()
                self._answers.note_health(worker)
        self.sweep()

    def sweep(self) -> None:
        """A beat more for sessions that nobody watches: lets them rest after a while and forgets them after long."""
        with self._lock:
            for session in [one for one in self._sessions.values() if one.connection is None]:
                session.alone += 1
                if session.alone >= KEEP_BEATS:
                    self._forget(session)
                elif session.alone == TRAIN_ALONE_BEATS:
                    session.worker.send(messages.Suspend(session.token))

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

    def health(self) -> dict[str, Health]:
        """How each worker is, by its number."""
        return {str(worker.number): worker.health for worker in self.workers}

    def by_worker(self) -> dict[str, int]:
        """How many sessions each worker has, by its number."""
        with self._lock:
            counts = Counter(session.worker.number for session in self._sessions.values())
        return {str(worker.number): counts[worker.number] for worker in self.workers}
