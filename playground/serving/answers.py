"""What the workers say, and what then becomes of sessions: frames, statuses, engines that failed, workers that died."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from threading import RLock

from core.refused import RefusedError
from core.threads import guarded
from playground.export.formats import OF_A_WORKER
from playground.recording.edits import Edit, place
from playground.serving import messages
from playground.serving.connections import Connections
from playground.serving.session import Session
from playground.serving.workers import Died, WorkerProcess

log = logging.getLogger(__name__)

_DEATHS = 2  # of workers that were serving it, without progress in between, after which a session is not opened again


class Answers:
    """State: what the pages were told last of each worker's health."""

    def __init__(self, lock: RLock, sessions: Mapping[str, Session], connections: Connections):
        """sessions: by their tokens."""
        self._lock = lock
        self._sessions = sessions
        self._connections = connections
        self._told: dict[int, str] = {}  # the state of each worker, by its number

    def receive(self, worker: WorkerProcess, message: messages.Answer | Died) -> None:
        """Called by the workers' threads with all that they say."""
        with self._lock:
            match message:
                case Died(served):
                    self._restore(worker, served)
                case messages.Ready() | messages.Unable():
                    self._tell_health(worker)
                case messages.Message(session=token) if token in self._sessions:
                    self._note(self._sessions[token], message)

    def note_health(self, worker: WorkerProcess) -> None:
        """Tells the worker's sessions where its health has changed since they were told."""
        if self._told.get(worker.number, "starting") != worker.health.state:
            with self._lock:
                self._tell_health(worker)

    # --- of a worker --------------------------------------------------------------------------------------------------

    def _tell_health(self, worker: WorkerProcess) -> None:
        self._told[worker.number] = worker.health.state
        for session in self._sessions.values():
            if session.worker is worker:
                with guarded("worker-listener"):  # the others are told all the same
                    self._tell_status(session)

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
                    session.settle()
                    self._connections.install(session)
        self._tell_health(worker)

    # --- of one session -----------------------------------------------------------------------------------------------

    def _note(self, session: Session, message: messages.Message) -> None:
        match message:
            case messages.Frame():
                try:
                    self._note_frame(session, message)
                except Exception:
                    self._connections.give_credits(session)  # or it would wait for ever for an acknowledgement
                    raise
            case messages.Points():
                self._connections.tell(session, "points", message.packed)
            case messages.Status():
                self._note_status(session, message)
            case messages.Edited(generation=generation, epoch=epoch, edit=edit):
                if generation >= session.begun:
                    self._note_edit(session, epoch, edit)
            case messages.Curve(generation=generation, scores=scores, is_there=is_there):
                if generation == session.generation:
                    session.history.fill(scores)
                    if is_there:
                        self._connections.tell(session, "history", session.curves())
            case messages.Cut(generation=generation, epoch=epoch):
                if generation >= session.begun:
                    self._note_cut(session, epoch)
            case messages.Told():
                self._note_told(session, message)
            case messages.Failed():
                self._note_failure(session, message)

    def _note_frame(self, session: Session, message: messages.Frame) -> None:
        if message.generation != session.generation:  # of a network that is gone
            self._connections.give_credit(session)
            return
        if message.newest:
            scores, snapshot = message.newest
            if snapshot.epoch > session.epoch:
                session.deaths = 0
            session.snapshot = snapshot
            session.epoch = snapshot.epoch
            if session.is_going:  # its curve may be known already
                session.history.fill([(snapshot.epoch, scores)])
            else:
                session.history.add(snapshot.epoch, scores)
        self._connections.send_frame(session, message.packed)

    def _note_edit(self, session: Session, epoch: int, edit: Edit) -> None:
        if session.pending.get(place(edit)) == edit:
            del session.pending[place(edit)]
        session.note_edit(epoch, edit)
        self._connections.tell(session, "past", session.past.counts)

    def _note_cut(self, session: Session, epoch: int) -> None:
        """It has left the way to a link's epoch: what the link would have changed later is not changed."""
        session.recording = session.recording.until(epoch)
        session.config = session.as_shown(session.recording.settings(epoch))
        session.goal = 0
        session.edited = bool(session.recording.edits)
        self._connections.tell(session, "settings", session.settings())

    def _note_told(self, session: Session, message: messages.Told) -> None:
        if message.number != session.asked[message.kind]:  # another since
            return
        told = {"number": message.number, **message.told}
        if "error" in told:
            log.error("%s failed", message.kind, extra={**session.label, "cause": told["error"]})
            told |= RefusedError(500, "the server failed on this", "mistake").to_json()
        if "error" in told or told["last"]:
            session.jobs.pop(message.kind, None)
        if message.kind in OF_A_WORKER.values:
            self._connections.tell(session, "code", {"format": message.kind, **told})
        elif message.kind == "strip":
            self._connections.tell(session, "strip", told)
        elif message.kind == "animation":
            self._connections.tell(session, "animation", told)
        elif session.studies[-1].note(told):
            self._connections.tell(session, "study", told)

    def _note_status(self, session: Session, message: messages.Status) -> None:
        if message.generation == session.generation:
            session.epoch, session.playing, session.reason = message.epoch, message.playing, message.reason
            self._tell_status(session)

    def _note_failure(self, session: Session, message: messages.Failed) -> None:
        self._fail(session, message.cause)
        if message.generation != session.generation:  # it was renewed meanwhile, which its worker could not be told
            session.reason = None
            self._connections.install(session)
        self._tell_status(session)

    def _fail(self, session: Session, cause: str) -> None:
        """Its worker does not have it any more. The next reset or setting gives it a new engine."""
        session.failed, session.playing, session.reason = True, False, "failed"
        session.snapshot, session.deaths = None, 0
        session.failures += 1
        if session.failures == 1:  # a student may reset it as often as the limits let through
            log.error("session failed", extra={**session.label, "cause": cause})

    def _tell_status(self, session: Session) -> None:
        self._connections.tell(session, "status", session.status())
