"""The connections: whose each is, which session it watches, and how many frames are on their way to it.

Credits keep a slow browser from queueing: a worker sends a frame for each that a browser has acknowledged.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

from playground.serving import messages
from playground.serving.inbox import CREDITS
from playground.serving.session import FRAMES_PER_SECOND, TRAIN_ALONE_BEATS, Session, SessionError

_FEW = 8  # connections up to which frames may come at more than 30 a second


class Emit(Protocol):
    """Sends an event to one connection; `acknowledged` is called when the browser acknowledges it."""

    def __call__(
        self, connection: str, event: str, payload: Any, acknowledged: Callable[[], None] | None = None
    ) -> None: ...


class Connections:
    """State: the connections. `join` and `leave` may be called from any thread, all else by who holds `lock`."""

    def __init__(
        self,
        lock: threading.RLock,
        emit: Emit,
        clock: Callable[[], float],
        note_frame: Callable[[float | None], None],
    ):
        """note_frame: told of every frame sent, and the seconds since the one before if it trained in between."""
        self._lock = lock
        self._emit = emit
        self._clock = clock
        self._note_frame = note_frame
        self._browsers: dict[str, str | None] = {}  # whose each connection is
        self._deflated: set[str] = set()  # those that take frames as differences
        self._watched: dict[str, Session] = {}
        self._in_flight: Counter[str | None] = Counter()  # frames that each connection has not acknowledged

    def join(self, connection: str, browser: str | None) -> None:
        """A connection is there; `browser` is None for a program."""
        with self._lock:
            self._browsers[connection] = browser

    def leave(self, connection: str, cut: bool = False) -> None:
        """The connection is gone; its session waits for another. cut: by this server, for it did not answer."""
        with self._lock:
            self._browsers.pop(connection, None)
            self._in_flight.pop(connection, None)
            self._deflated.discard(connection)
            self.unwatch(connection, cut)

    def browser_of(self, connection: str) -> str | None:
        return self._browsers.get(connection)

    # --- who watches what ---------------------------------------------------------------------------------------------

    def session_of(self, connection: str) -> Session:
        """Raises SessionError where it has none."""
        session = self._watched.get(connection)
        if session is None:
            raise SessionError("no session on this connection: send open first", "no-session")
        return session

    def watch(self, connection: str, session: Session, deflated: bool = False) -> None:
        """The connection takes over the session; another one that watches it is told, and what it watched is left.

        deflated: frames come as differences."""
        self.unwatch(connection)
        if deflated:
            self._deflated.add(connection)
        else:
            self._deflated.discard(connection)
        if session.connection is not None:
            self.tell(session, "superseded", {})
            del self._watched[session.connection]
        session.connection, session.alone = connection, 0
        self._watched[connection] = session
        self.give_credits(session)
        self._pace()

    def unwatch(self, connection: str, cut: bool = False) -> None:
        """The session that the connection watches, if any, waits for another one."""
        session = self._watched.pop(connection, None)
        if session:
            session.connection, session.cut = None, cut
            session.left, session.alone = self._clock(), 0
            session.worker.send(messages.Unwatch(session.token))
            self._pace()

    def forget(self, connection: str) -> None:
        """The session that the connection watches ends."""
        del self._watched[connection]

    def tell(self, session: Session, event: str, payload: Any) -> None:
        """Sends an event to who watches the session, if anybody does."""
        if session.connection:
            self._emit(session.connection, event, payload)

    # --- frames -------------------------------------------------------------------------------------------------------

    def install(self, session: Session) -> None:
        """Tells the session's worker, which does not have it, all about it."""
        session.failed = session.holds = False
        session.worker.send(messages.Open(
            session.token, session.recording, session.goal, session.generation, session.snapshot, session.playing,
            session.epochs_per_second, self.frame_interval(session), session.selected, session.browser,
        ))  # fmt: skip
        session.send_rules()
        if session.viewed is not None:
            session.worker.send(messages.View(session.token, session.viewed))
        for job in session.jobs.values():  # from its beginning
            session.worker.send(job)
        if session.connection:
            self.give_credits(session)
        elif session.alone >= TRAIN_ALONE_BEATS:
            session.worker.send(messages.Suspend(session.token))

    def give_credits(self, session: Session) -> None:
        """The session's worker may send as many frames as there is room for on the way to its connection."""
        session.missed = False
        room = CREDITS - self._in_flight[session.connection]
        session.worker.send(messages.Watch(session.token, room, session.connection in self._deflated))

    def give_credit(self, session: Session) -> None:
        """The session's worker may send one more frame."""
        session.worker.hand(messages.Credit(session.token))

    def send_frame(self, session: Session, packed: bytes) -> None:
        """Sends a frame to who watches the session, or notes that there was no room for it."""
        connection = session.connection
        if not connection:
            return
        if self._in_flight[connection] >= CREDITS:  # some were of a session that it had before
            session.missed = True
            return
        self._in_flight[connection] += 1
        now = self._clock()  # before it is sent: who has it may ask at once how many there were
        self._note_frame(now - session.framed if session.framed is not None else None)
        session.framed = now if session.playing else None
        try:
            self._emit(connection, "frame", packed, lambda: self._acknowledged(connection))
        except Exception:
            self._in_flight[connection] -= 1
            raise

    def _acknowledged(self, connection: str) -> None:
        with self._lock:
            if connection not in self._in_flight:  # it has left
                return
            self._in_flight[connection] -= 1
            session = self._watched.get(connection)
            if session and session.missed:
                self.give_credits(session)
            elif session:
                self.give_credit(session)

    # --- pace ---------------------------------------------------------------------------------------------------------

    def set_frame_rate(self, session: Session, frames_per_second: float) -> None:
        """Sets how many frames a second the session's page wants at most."""
        session.frames_per_second = frames_per_second
        session.worker.send(messages.SetFrameInterval(session.token, self.frame_interval(session)))

    def frame_interval(self, session: Session) -> float:
        """Seconds from one frame to the next: what its page wants, but while there are many connections 1/30."""
        few = len(self._watched) <= _FEW
        return 1 / (session.frames_per_second if few else min(session.frames_per_second, FRAMES_PER_SECOND))

    def _pace(self) -> None:
        """Few connections may have more frames each: tells the workers of those who asked when that changes."""
        for session in self._watched.values():
            if session.frames_per_second > FRAMES_PER_SECOND:
                session.worker.send(messages.SetFrameInterval(session.token, self.frame_interval(session)))
