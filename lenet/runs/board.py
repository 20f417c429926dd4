"""The board: all runs as everybody may read them, and the listeners that hear when one changes.

Readers come from any thread and wait for none. Nothing here changes a run or asks the queue.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping

from core.refused import RefusedError
from core.spelling import spelled
from core.threads import guarded
from core.visitors import Visitor
from lenet.lines import JsonObject
from lenet.run import Run
from lenet.runs import listing, sweeps
from lenet.runs.refusals import unreadable
from lenet.runs.shown import Shown
from lenet.runs.summaries import Page, Place, Summary, Sweeps, SweepWithTrials, Unreadable

Listener = Callable[[str, Mapping[str, object]], None]


class Board:
    """All runs, each as its last change left it. Only the thread of `Runs` may put, drop and tell."""

    def __init__(self) -> None:
        self._shown: dict[str, Shown] = {}
        self._places: dict[str, Place] = {}  # of the runs in the queue: {position, wait_s}
        self._unreadable: dict[str, str] = {}  # folders that are no runs, and why
        self._all_read = threading.Event()
        self._listeners: list[Listener] = []

    # --- read by any thread -------------------------------------------------------------------------------------------

    def get(self, run_id: str) -> Shown:
        """Raises RefusedError."""
        shown = self._shown.get(run_id)
        if shown is None:
            raise self.missing(run_id)
        return shown

    def __contains__(self, run_id: str) -> bool:
        """Whether it is shown, or shown as unreadable."""
        return run_id in self._shown or run_id in self._unreadable

    def summary(self, run_id: str) -> Summary:
        """A run in short, with its place in the queue. Raises RefusedError."""
        return self.placed(self.get(run_id).summary)

    def placed(self, summary: Summary) -> Summary:
        """The summary with the run's place in the queue: `position` and `wait_s`, None for what is not queued."""
        place = self._places.get(summary["run"]) if summary["status"] == "queued" else None
        return {**summary, **(place or Place(position=None, wait_s=None))}

    def named(self, visitor: Visitor, summary: Summary) -> Summary:
        """The summary with the run's `name`, which only its owner and the teacher are told; None for all others."""
        shown = self._shown.get(summary["run"])
        is_told = visitor.is_teacher or (visitor.owner is not None and summary["owner"] == visitor.owner)
        return {**summary, "name": shown.name if shown and is_told else None}

    def summaries(self) -> list[Summary]:
        """All runs in short, the newest first."""
        return [self.placed(summary) for summary in sorted(self._summaries(), key=lambda one: -one["created"])]

    def page(self, limit: int, after: str | None = None, owner: str | None = None) -> Page:
        """The newest `limit` runs, a sweep's together and none of them left out, so it may be some more.

        after: `next` of the page before. owner: only whose runs. Returns {runs, next, total, reading, unreadable}:
        next is None on the last page, total counts all pages. Raises ConfigError.
        """
        summaries = [summary for summary in self._summaries() if owner is None or summary["owner"] == owner]
        page, following = listing.page(summaries, limit, after)
        return {
            "runs": [self.placed(summary) for summary in page],
            "next": following,
            "total": len(summaries),
            "reading": self.is_reading,
            "unreadable": self.unreadable(),
        }

    def sweeps(self, limit: int, after: str | None = None) -> Sweeps:
        """The newest `limit` sweeps in short: {sweeps, next, reading}, as of `page`. Raises ConfigError."""
        page, following = listing.page_of_sweeps(self._summaries(), limit, after)
        return {
            "sweeps": [sweeps.summary(sweeps.trial_of(trials[0])["id"], trials) for trials in page],
            "next": following,
            "reading": self.is_reading,
        }

    def sweep(self, sweep: str) -> SweepWithTrials:
        """A sweep with the summaries of its `trials`, in the order of their numbers. Raises RefusedError."""
        found = [summary for summary in self._summaries() if summary["sweep"] and summary["sweep"]["id"] == sweep]
        if not found:
            raise self.missing(sweep, is_sweep=True)
        trials = [self.placed(trial) for trial in sorted(found, key=lambda trial: sweeps.trial_of(trial)["number"])]
        return {**sweeps.summary(sweep, trials), "trials": trials}

    def counts(self) -> Counter[str]:
        """How many runs have which status."""
        return Counter(summary["status"] for summary in self._summaries())

    @property
    def is_reading(self) -> bool:
        """Whether there may be runs that an earlier server left and that are not shown yet."""
        return not self._all_read.is_set()

    def wait_until_read(self, seconds: float | None = None) -> bool:
        """Whether all were read within that time."""
        return self._all_read.wait(seconds)

    def unreadable(self) -> list[Unreadable]:
        """What lies where a run should and could not be read: {run, reason}."""
        return [{"run": name, "reason": reason} for name, reason in sorted(self._unreadable.items())]

    def unreadable_for(self, name: str) -> str | None:
        """Why what lies there cannot be read; None where it can, or is not there."""
        return self._unreadable.get(name)

    def missing(self, name: str, *, is_sweep: bool = False) -> RefusedError:
        """Why a run or a sweep is not shown, as the error to raise."""
        if name in self._unreadable:
            return unreadable(name, self._unreadable[name])
        if self.is_reading:
            return RefusedError(503, "the server still reads its runs, and this may be one of them", "reading")
        if is_sweep:
            return RefusedError(404, f"no sweep {spelled(name)}", "no-such-sweep")
        return RefusedError(404, f"no run {spelled(name)}", "no-such-run")

    def _summaries(self) -> list[Summary]:
        return [shown.summary for shown in list(self._shown.values())]

    # --- changed by the thread of `Runs` alone: an entry, or the whole, is replaced -----------------------------------

    def put(self, run: Run) -> None:
        self._shown[run.id] = Shown.of(run)

    def drop(self, run_id: str) -> None:
        self._shown.pop(run_id, None)

    def put_places(self, places: dict[str, Place]) -> None:
        """Of all runs in the queue: {position, wait_s} each."""
        self._places = places

    def put_unreadable(self, name: str, reason: str) -> None:
        self._unreadable = self._unreadable | {name: reason}

    def drop_unreadable(self, name: str) -> None:
        self._unreadable = {other: reason for other, reason in self._unreadable.items() if other != name}

    def note_all_read(self) -> None:
        self._all_read.set()

    # --- told ---------------------------------------------------------------------------------------------------------

    def subscribe(self, listener: Listener) -> None:
        """`listener(event, payload)` hears `records` {run, line, records} and `run` (a summary, or {run, deleted}),
        and `named` {run}: without the name, which only some are told."""
        self._listeners.append(listener)

    def tell(self, run: Run) -> None:
        """Puts the run as it is now, and tells its summary."""
        self.put(run)
        self._tell("run", self.summary(run.id))

    def tell_named(self, run: Run) -> None:
        """Puts the run as it is now, and tells that its name is another: who may know it asks for it."""
        self.put(run)
        self._tell("named", {"run": run.id})

    def tell_records(self, run: Run, line: int, records: list[JsonObject]) -> None:
        """line: how many were told before. The run is put first: who follows it then knows how many lines it has."""
        self.put(run)
        self._tell("records", {"run": run.id, "line": line, "records": records})

    def tell_deleted(self, run_id: str, by: str | None) -> None:
        self.drop(run_id)
        self._tell("run", {"run": run_id, "deleted": True, "by": by})

    def _tell(self, event: str, payload: Mapping[str, object]) -> None:
        for listener in self._listeners:
            with guarded("lenet-runs"):
                listener(event, payload)
