"""Runs in the queue: puts them in, asks for what is in it to be paused or stopped, and tells everyone's place.

Only the thread of `Runs` comes here.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from core.refused import RefusedError
from lenet.queue.backend import RunBackend
from lenet.queue.turns import next_turn
from lenet.run import Run
from lenet.runs.board import Board
from lenet.runs.known import KnownRuns
from lenet.runs.refusals import stored
from lenet.runs.waiting import Waiting

PLACES_S = 1.0  # the least time between two tellings of everyone's place in the queue
TELL_S = 5.0  # how often a run tells its speed, its place and the time left where nothing else happens


class Queueing:
    """State: which order of the queue was told last, and when."""

    def __init__(self, server: str, known: KnownRuns, board: Board, backend: RunBackend, waiting: Waiting):
        """server: the mark of this process, which the runs that it queues bear."""
        self._server = server
        self._known = known
        self._board = board
        self._backend = backend
        self._waiting = waiting
        self._told_queue: list[str] = []
        self._told_at = self._told_places_at = time.monotonic()

    def submit(self, run: Run) -> None:
        """Puts a run, new or to go on, into the queue. Raises RefusedError, and the run is then as it was."""
        before = run.progress.end
        run.server, run.requested, run.progress.end = self._server, None, None
        run.turn = next_turn(run.account, run.sweep is not None, self._known.active)
        try:
            stored(self._backend.submit, run)
        except RefusedError:
            run.progress.end = before
            raise
        self._known.step(run, "queued")

    def request(self, run: Run, what: str) -> bool:
        """Asks an active run to `pause` or `stop`; True: it waited still, and is withdrawn. Raises RefusedError."""
        before, run.requested = run.requested, what
        try:
            return stored(self._backend.request, run, what)
        except RefusedError:
            run.requested = before
            raise

    def tell_new(self, runs: Iterable[Run]) -> None:
        """Tells of runs that have just come into the queue, each with its place."""
        self._note_places()
        for run in runs:
            self._board.tell(run)

    def tell_places(self) -> None:
        """Tells those in the queue where they stand, when it has moved, and everyone's progress now and then."""
        waiting, now = self._backend.waiting(), time.monotonic()
        is_due = now - self._told_at > TELL_S
        # With many in the queue this is much for every page: not at each of its moves.
        if (waiting != self._told_queue and now - self._told_places_at > PLACES_S) or is_due:
            self._note_places()
            for run in self._known.active:
                if run.status == "queued" or is_due:
                    self._board.tell(run)
            self._told_queue, self._told_places_at = list(waiting), now
        if is_due:
            self._told_at = now

    def _note_places(self) -> None:
        self._board.put_places(self._waiting.places(self._known.active, self._backend.waiting()))
