"""Follows the active runs: reads what their trainers write, asks the queue what it knows, and tells what is new.

Only the thread of `Runs` comes here.
"""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass, field

from core.retrying import Retrying
from core.threads import guarded
from lenet.lines import JsonObject
from lenet.queue.backend import RunBackend, State
from lenet.reasons import Reason, because, end_record, told_by
from lenet.run import Run
from lenet.runs import reading
from lenet.runs.board import Board
from lenet.runs.known import KnownRuns
from lenet.runs.refusals import stored
from lenet.runs.waiting import Waiting
from lenet.states import ENDINGS

log = logging.getLogger(__name__)

UNREAD_S = 30.0  # for so long records that cannot be read keep a run from its end

BY_TEACHER, CLOSED, SIGNALLED = because("by-teacher"), because("closed"), because("signalled")


@dataclass
class Unread:
    """A run whose records the system does not let us read just now."""

    run: Run
    error: str
    retrying: Retrying = field(default_factory=Retrying)
    over: State | None = None  # what its trainer's end was, where there is none any more
    is_told: bool = False  # that it failed, as its records could not be read for too long


class Following:
    """State: the runs that cannot be read just now. How far the records of any are read stands in the run."""

    def __init__(self, known: KnownRuns, board: Board, backend: RunBackend, waiting: Waiting):
        self._known = known
        self._board = board
        self._backend = backend
        self._waiting = waiting
        self._unread: dict[str, Unread] = {}

    def step(self) -> None:
        for run in self._known.active:
            with guarded("lenet-runs"):
                self._follow(run)
        for unread in list(self._unread.values()):
            if not unread.run.is_active:
                with guarded("lenet-runs"):
                    self._read_late(unread)

    def end(self, run: Run, status: str, reason: Reason | None = None, must_tell: bool = False) -> None:
        """Ends a run that no trainer can end itself.

        must_tell: whether it counts only where others can hear of it; then it raises RefusedError where they cannot.
        """
        self._read_new(run)
        record = end_record(run.id, status, reason, run.progress.goes_back_to)
        if must_tell:
            stored(self._backend.note_end, run, record)
        else:
            with contextlib.suppress(OSError, ValueError):  # a full disk: the status is then in memory alone
                self._backend.note_end(run, record)
        self._known.step(run, status, reason)
        run.requested = None
        self._read_new(run)
        self._board.tell(run)

    def withdraw(self, run: Run, status: str, reason: Reason | None) -> None:
        """Ends a run without a trainer of its own: it waits, or shows what the trainer of another does.

        What that has done of an epoch is not saved for this one, which is the reason where there is no other.
        """
        self._read_new(run)
        if reason is None and run.progress.goes_back_to is not None:
            epoch = len(run.progress.epochs)
            reason = because("parted", epoch=epoch) if epoch else because("parted-at-once")
        self.end(run, status, reason)

    def note_closing(self) -> None:
        """Writes into the records of runs that were paused because the server closes that it was so."""
        for run in self._known.active:
            with contextlib.suppress(OSError, ValueError):
                self._read_new(run)
                end = run.progress.end
                if end and end.status == "paused" and not end.reason and run.requested is None:
                    run.folder.append(end_record(run.id, "paused", CLOSED))

    def _follow(self, run: Run) -> None:
        unread = self._unread.get(run.id)
        if unread is not None and unread.is_told:  # it goes on since
            unread.over, unread.is_told = None, False
        # Asked first: what a dying trainer wrote is then in the file.
        state = unread.over if unread is not None and unread.over is not None else self._backend.state(run)
        is_new = self._read_new(run)
        if state.phase == "waiting":
            if run.status != "queued":  # its trainer was lost, another will take it
                run.slot = None
                self._known.step(run, "queued", state.reason)
                self._board.tell(run)
            return
        if state.phase == "training":
            if run.status == "queued" or run.slot != state.slot:
                # What it has told before, if it goes on, is known already.
                run.slot = state.slot
                self._known.step(run, "starting")
                if is_new:
                    self._known.step(run, "running")
                self._board.tell(run)
            return
        unread = self._unread.get(run.id)
        if unread is None:
            self._tell_end(run, state)
            return
        unread.over = state
        if unread.retrying.seconds > UNREAD_S:
            unread.is_told = True
            run.slot = None
            self._known.step(run, "failed", because("records", error=unread.error))
            self._board.tell(run)
            log.info("run %s %s: %s", run.id, run.status, run.reason)

    def _read_late(self, unread: Unread) -> None:
        """Of a run that is over: what its records say, as soon as they can be read, holds."""
        run = unread.run
        if self._known.find(run.id) is not run:
            del self._unread[run.id]
            return
        self._read_new(run)
        if run.id not in self._unread and unread.over is not None:
            self._known.correct(run, "running")
            self._tell_end(run, unread.over)

    def _tell_end(self, run: Run, state: State) -> None:
        """Its trainer is gone, and all that it wrote is read."""
        run.slot, requested, run.requested = None, run.requested or state.requested, None
        end = run.progress.end
        if run.fault is not None:
            self._known.step(run, "failed", because("records", error=run.fault))
            self._board.tell(run)
        elif end is not None:
            reason = None if end.reason else _reason(end.status, requested, run.asked_by_teacher)
            if reason is None:
                self._known.step(run, end.status, told_by(end))
                self._board.tell(run)
            else:
                self.end(run, end.status, reason)
        else:
            by_teacher = BY_TEACHER if requested and run.asked_by_teacher else None
            self.end(run, ENDINGS.get(requested or "", state.status), state.reason or by_teacher)
        log.info("run %s %s%s", run.id, run.status, f": {run.reason}" if run.reason else "")

    def _read_new(self, run: Run) -> bool:
        """Whether there was something new."""
        unread = self._unread.get(run.id)
        if run.fault is not None or (unread is not None and not unread.retrying.is_due):
            return False
        line = run.progress.lines
        records: list[JsonObject] = []
        try:
            reading.read_new(run, records)
        except OSError as error:
            if unread is None:
                unread = self._unread[run.id] = Unread(run, reading.why(error))
                log.warning("run %s: its records cannot be read just now: %s", run.id, unread.error)
            unread.error = reading.why(error)
            unread.retrying.note_failure()
        except ValueError as error:
            run.fault = reading.why(error)
            log.error("run %s is followed no further: %s", run.id, run.fault)
            self._unread.pop(run.id, None)
        else:
            if self._unread.pop(run.id, None) is not None:
                log.info("run %s: its records are read again", run.id)
        if not records:
            return False
        self._waiting.note_speed(run)
        if run.status == "starting":
            self._known.step(run, "running", run.reason)
        self._board.tell_records(run, line, records)
        if any(record["kind"] != "batches" for record in records):
            self._board.tell(run)
        return True


def _reason(status: str, requested: str | None, by_teacher: bool) -> Reason | None:
    """Why a run ended whose trainer only did as it was told; None where its owner asked."""
    if requested:
        return BY_TEACHER if by_teacher else None
    return SIGNALLED if status == "paused" else None
