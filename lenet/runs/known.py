"""The runs that the server knows: which there are, which of them are active, and each step that one takes.

Only the thread of `Runs` comes here. What it changes it puts on the board, from which everybody else reads.
"""

from __future__ import annotations

from core.cleaned import plain
from core.refused import RefusedError
from lenet.reasons import Reason
from lenet.run import Run
from lenet.runs.board import Board
from lenet.runs.removal import Removal


class KnownRuns:
    """State: the runs by their ids."""

    def __init__(self, board: Board, removal: Removal):
        self._board = board
        self._removal = removal
        self._runs: dict[str, Run] = {}
        self._active: dict[str, Run] = {}

    @property
    def active(self) -> list[Run]:
        """The runs that wait or are trained."""
        return list(self._active.values())

    def find(self, run_id: str) -> Run | None:
        return self._runs.get(run_id)

    def get(self, run_id: str) -> Run:
        """Raises RefusedError."""
        if run_id not in self._runs:
            raise self._board.missing(run_id)
        return self._runs[run_id]

    def trials(self, sweep: str) -> list[Run]:
        """The runs of a sweep, in the order of their numbers. Raises RefusedError where there are none."""
        trials = [run for run in self._runs.values() if run.sweep and run.sweep["id"] == sweep]
        if not trials:
            raise self._board.missing(sweep, is_sweep=True)
        return sorted(trials, key=lambda run: run.sweep["number"] if run.sweep else 0)

    def add(self, run: Run) -> None:
        """The run is shown when it has taken its first step."""
        self._runs[run.id] = run

    def step(self, run: Run, status: str, reason: Reason | None = None) -> None:
        """A run becomes `status`. Raises StepError where that cannot follow."""
        run.become(status, reason)
        self._note(run)

    def correct(self, run: Run, status: str, reason: Reason | None = None) -> None:
        """A run is found to be `status`, whatever it was taken for."""
        run.take_for(status, reason)
        self._note(run)

    def delete(self, run: Run, by: str | None = None) -> None:
        """Deletes a run with its folder, and tells so. Raises RefusedError where the folder cannot be taken away.

        by: "owner" or "teacher"; None: another web server did it.
        """
        try:
            self._removal.take(run.folder)
        except OSError as error:
            message = f"run {run.id} cannot be deleted: {plain(error)}"
            raise RefusedError(409, message, "in-use", error=plain(error)) from None
        self.drop(run)
        self._board.tell_deleted(run.id, by)

    def drop(self, run: Run) -> None:
        """Forgets a run that nobody was told of, or that is deleted."""
        self._runs.pop(run.id, None)
        self._active.pop(run.id, None)
        self._board.drop(run.id)

    def _note(self, run: Run) -> None:
        if run.is_active:
            self._active[run.id] = run
        else:
            self._active.pop(run.id, None)
        self._board.put(run)
