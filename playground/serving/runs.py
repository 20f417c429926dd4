"""What a session trains: another run, its run again from an epoch that has passed, one that it left.

Whoever calls holds the lock of the sessions.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import Any

from playground.recording import moment
from playground.recording.moment import Moment
from playground.recording.recording import Recording, shared
from playground.serving import messages
from playground.serving.connections import Connections
from playground.serving.history import History
from playground.serving.past import Left
from playground.serving.session import Session, showing
from playground.snapshot import Snapshot


class Runs:
    """No state of its own."""

    def __init__(self, connections: Connections):
        self._connections = connections

    # --- another run --------------------------------------------------------------------------------------------------

    def rebuild(self, session: Session) -> None:
        """The run of its settings, from the beginning."""
        self.begin(session, moment.untrained(session.config))

    def begin(self, session: Session, there: Moment, holds: bool = False) -> None:
        """Another run, which is trained to the epoch of `there`. holds: the next commands wait until it is there."""
        command = functools.partial(messages.Rebuild, session.token, there.recording, there.epoch)
        self.renew(session, lambda: command(session.generation, holds), there=there, holds=holds)

    def renew(
        self,
        session: Session,
        command: Callable[[], messages.Command],
        snapshot: Snapshot | None = None,
        there: Moment | None = None,
        holds: bool = False,
    ) -> None:
        """Back to epoch 0, or to `snapshot`, under a new generation. there: what is recorded of it already. holds: as
        with `begin`.

        command: makes what the worker is told, when the generation is known. Where the last engine failed the worker
        gets a new one instead.
        """
        session.generation += 1
        session.snapshot = snapshot
        session.viewed = None
        session.playing = False
        session.reason = None
        session.epoch = snapshot.epoch if snapshot else 0
        session.history = History()
        session.begin(there or moment.untrained(session.config), holds)
        if session.failed:
            self._connections.install(session)
        else:
            session.worker.send(command())
            session.send_rules()

    # --- what has been ------------------------------------------------------------------------------------------------

    def note(self, session: Session, what: Hashable, is_shown: bool = False) -> None:
        """`what` is changed now. That can be undone."""
        if not session.restored:
            if not is_shown:
                session.settle()
            session.past.note(lambda: session.present(is_shown), what)

    def from_here(self, session: Session) -> bool:
        """What trains or edits goes on from the epoch that its page looks at. Returns whether that had passed: the run
        has branched."""
        at, session.viewed = session.viewed, None
        if at is None:
            return False
        if at >= session.epoch:
            session.worker.send(messages.View(session.token, None))
            return False
        session.settle()
        there, curve = session.moment(at), session.history.until(at)
        session.past.branch(session.present(), at)
        self._go_on(session, there, curve)
        return True

    def take_up(self, session: Session, left: Left) -> dict[str, Any]:
        """Goes on, paused, where a run was left. Returns its settings."""
        if left.is_shown:
            session.config = showing(session.config, left.config)
            session.call_classes(left.config)
            session.send_rules()
        else:
            config, edited = session.as_shown(left.there.recording.config), left.there.recording.edits
            there = Moment(Recording(config, edited), left.there.epoch)
            self._go_on(session, there, left.curve.until(there.epoch))
        return session.settings()

    def _go_on(self, session: Session, there: Moment, curve: History) -> None:
        """Goes on, paused, from `there`, whose curve so far is `curve`."""
        is_near = shared(session.recording, there.recording) >= 0
        self.begin(session, there, holds=is_near)
        session.history, session.epoch = curve, there.epoch
        self._connections.tell(session, "history", session.curves())
