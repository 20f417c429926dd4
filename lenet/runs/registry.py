"""All runs of the server: who started them, what has become of them, who may do what, and what is told of them.

What a run is stands in its folder, who trains it is a `RunBackend`'s business; this module follows the files. One
thread alone changes runs and talks to the backend; everybody else reads what it has shown last, and waits for nothing.
It reads the folders again when the server starts, so nothing is lost with it. No Flask, no torch.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from core.files import claim
from core.spelling import spelled
from core.threads import guarded
from core.visitors import Visitor
from lenet.cleaned import plain
from lenet.clock import elapsing
from lenet.config import PRESETS, ConfigError, TrainConfig
from lenet.owner import NotDoneError, Owner, UnknownError
from lenet.questions.asker import Helper
from lenet.queue.backend import News, RunBackend
from lenet.queue.this_machine import LocalBackend
from lenet.queue.turns import next_turn
from lenet.reasons import Reason, as_json, because, end_record, told_by
from lenet.records import Epoch
from lenet.run import RefusedError, Run, checked_name, command_of
from lenet.runs import reading, recorded, sweeps
from lenet.runs.removal import Removal
from lenet.runs.waiting import Waiting
from lenet.states import ENDINGS, RESUMABLE
from lenet.training.folder import RUN_ID, RunFolder, new_run_id

log = logging.getLogger("lenet.runs.registry")

POLL_S = 0.1
PLACES_S = 1.0  # the least time between two tellings of everyone's place in the queue
TELL_S = 5.0  # how often a run tells its speed, its place and the time left where nothing else happens
PAUSE_S = 5.0  # a longer step was none: the process was stopped, or the machine slept

MOST_OF_PROGRAMS = 12  # runs or sweeps queued or running, of all who come without a cookie
MOST_RUNS = 300  # single runs queued or running, of everybody
MOST_TRIALS = 1000  # the same of sweeps' trials
BY_TEACHER, CLOSED, SIGNALLED = because("by-teacher"), because("closed"), because("signalled")
ENDED = ("finished", "failed", "stopped")

T = TypeVar("T")
Listener = Callable[[str, dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """A run as anyone may read it: never changed, only replaced."""

    folder: RunFolder
    config: TrainConfig
    epochs: tuple[Epoch, ...]
    summary: dict[str, Any]
    name: str | None = None  # not in the summary, which everybody gets


class Runs:
    """Owns the runs, the backend, the prediction helper and two threads; `close` ends them all."""

    def __init__(
        self,
        data_dir: Path,
        experiments_dir: Path,
        backend: RunBackend | None = None,
        *,
        helper: Helper | None = None,
        most_active: int = 3,
    ):
        """backend: who trains; by default this machine. most_active: runs or sweeps queued or running, a browser."""
        self.data_dir = Path(data_dir).expanduser().resolve()
        self.experiments_dir = Path(experiments_dir).expanduser().resolve()
        self._claim = claim(self.experiments_dir)
        self._server = Path(self._claim.lock_file).name
        self.backend = backend or LocalBackend(self.data_dir)
        self.helper = helper or Helper()
        self.most_active = most_active
        self._listeners: list[Listener] = []

        # Read by everybody, changed by the one thread: an entry, or the whole, is replaced.
        self._shown: dict[str, Shown] = {}
        self._places: dict[str, dict[str, Any]] = {}
        self._unreadable: dict[str, str] = {}  # folders that are no runs, and why
        self._all_read = threading.Event()

        # Of the one thread.
        self._runs: dict[str, Run] = {}
        self._active: dict[str, Run] = {}
        self._waiting = Waiting(self.backend)
        self._unread: list[str] | None = None  # names of folders, the newest last; None: not looked yet
        self._unread_ended: list[str] = []  # of runs that wait for nothing: they are read after the others
        self._told_queue: list[str] = []
        self._told_at = self._told_places_at = time.monotonic()
        self._stepped_at = elapsing()
        self._is_visited = False

        self._removal = Removal(self.experiments_dir)
        self._owner = Owner("lenet-runs", self._step, POLL_S, self._read_one)
        self._owner.start()

    def subscribe(self, listener: Listener) -> None:
        """`listener(event, payload)` hears `records` {run, line, records} and `run` (a summary, or {run, deleted})."""
        self._listeners.append(listener)

    # --- what is asked: any thread, at once ---------------------------------------------------------------------------

    def summaries(self) -> list[dict[str, Any]]:
        """All runs in short, the newest first."""
        newest_first = sorted(self._all_shown(), key=lambda shown: -shown.summary["created"])
        return [self._with_place(shown.summary) for shown in newest_first]

    def page(self, limit: int, after: str | None = None, owner: str | None = None) -> dict[str, Any]:
        """The newest `limit` runs, a sweep's together and none of them left out, so it may be some more.

        after: `next` of the page before. owner: only whose runs. Returns {runs, next, total, reading, unreadable}:
        next is None on the last page, total counts all pages. Raises ConfigError.
        """
        shown = [one.summary for one in self._all_shown()]
        if owner is not None:
            shown = [summary for summary in shown if summary["owner"] == owner]
        begun: dict[str, float] = {}  # sweeps, by their first trial
        for summary in shown:
            if summary["sweep"]:
                sweep = summary["sweep"]["id"]
                begun[sweep] = min(begun.get(sweep, summary["created"]), summary["created"])

        def place(summary: dict[str, Any]) -> tuple[float, str]:
            sweep = summary["sweep"] and summary["sweep"]["id"]
            return (-begun[sweep], sweep) if sweep else (-summary["created"], summary["run"])

        def number(summary: dict[str, Any]) -> int:
            return summary["sweep"]["number"] if summary["sweep"] else 0

        rows = sorted((*place(summary), number(summary), summary["run"], summary) for summary in shown)
        if after is not None:
            last = _parse_cursor(after)
            rows = [row for row in rows if row[:2] > last]
        end = limit
        while 0 < end < len(rows) and rows[end][:2] == rows[end - 1][:2]:
            end += 1
        page = rows[:end]
        return {
            "runs": [self._with_place(row[-1]) for row in page],
            "next": f"{page[-1][0]!r}~{page[-1][1]}" if end < len(rows) else None,
            "total": len(shown),
            "reading": self.is_reading,
            "unreadable": self.unreadable(),
        }

    def counts(self) -> Counter[str]:
        """How many runs have which status."""
        return Counter(shown.summary["status"] for shown in self._all_shown())

    @property
    def is_reading(self) -> bool:
        """Whether there may be runs that an earlier server left and that are not shown yet."""
        return not self._all_read.is_set()

    def wait_until_read(self, seconds: float | None = None) -> bool:
        """Whether all were read within that time."""
        return self._all_read.wait(seconds)

    def unreadable(self) -> list[dict[str, str]]:
        """What lies where a run should and could not be read: {run, reason}."""
        return [{"run": name, "reason": reason} for name, reason in sorted(self._unreadable.items())]

    def show(self, run_id: str) -> dict[str, Any]:
        """The summary, the command that makes the same run, the layers, the epochs, and the versions it ran with."""
        self._look_for(run_id)
        shown = self._get_shown(run_id)
        _check_folder(shown.folder)
        with _reading(shown.folder):
            layers, epochs = recorded.layers_and_epochs(shown.folder)
        about = shown.folder.read_json("config.json") or {}
        more: dict[str, Any] = {"layers": layers, "epochs": epochs}
        more |= {"command": command_of(shown.summary["preset"], shown.config)}
        more |= {"versions": about.get("versions"), "threads": about.get("threads")}
        return self._with_place(shown.summary) | more

    def records(self, run_id: str, first: int) -> list[bytes]:
        """The lines of metrics.jsonl from line `first` on, at most `recorded.MOST_RECORDS`, each a JSON object."""
        folder = self._get_shown(run_id).folder
        _check_folder(folder)
        with _reading(folder):
            return recorded.lines(folder, first)

    def sweeps(self) -> list[dict[str, Any]]:
        """All sweeps in short, the newest first."""
        groups: dict[str, list[dict[str, Any]]] = {}
        for summary in self.summaries():
            if summary["sweep"]:
                groups.setdefault(summary["sweep"]["id"], []).append(summary)
        return [sweeps.summary(sweep, group) for sweep, group in groups.items()]

    def sweep(self, sweep: str) -> dict[str, Any]:
        """A sweep with the summaries of its `trials`, in the order of their numbers."""
        found = [
            one.summary for one in self._all_shown() if one.summary["sweep"] and one.summary["sweep"]["id"] == sweep
        ]
        if not found:
            raise self._missing(sweep, is_sweep=True)
        trials = [self._with_place(trial) for trial in sorted(found, key=lambda trial: trial["sweep"]["number"])]
        return sweeps.summary(sweep, trials) | {"trials": trials}

    def named(self, visitor: Visitor, summary: dict[str, Any]) -> dict[str, Any]:
        """The summary with the run's `name`, which only its owner and the teacher are told; None for all others."""
        shown = self._shown.get(summary["run"])
        is_told = visitor.is_teacher or (visitor.owner is not None and summary["owner"] == visitor.owner)
        return summary | {"name": shown.name if shown and is_told else None}

    def lines(self, run_id: str) -> int:
        """How many lines of metrics.jsonl have been told so far."""
        return self._get_shown(run_id).summary["lines"]

    def epoch(self, run_id: str, epoch: int | None) -> tuple[Shown, Epoch]:
        """A run and one of its epochs; None: the last."""
        shown = self._get_shown(run_id)
        for record in reversed(shown.epochs):
            if epoch in (None, record.epoch):
                return shown, record
        last = len(shown.epochs) and shown.epochs[-1].epoch
        has = f"it has {last}" if last else "it has none" if shown.summary["status"] in ENDED else "it has none yet"
        message = f"run {run_id} has no epoch {epoch or ''}".rstrip() + f": {has}"
        raise RefusedError(404, message, "no-such-epoch", {"last": last})

    def checkpoint(self, shown: Shown, epoch: Epoch) -> Path:
        """The file of an epoch's network. Raises RefusedError where somebody has removed it."""
        _check_folder(shown.folder)
        path = shown.folder.path / epoch.checkpoint
        if not path.is_file():
            message = f"the saved network of epoch {epoch.epoch} of run {shown.folder.id} was removed from the server"
            raise RefusedError(404, message, "no-files")
        return path

    def _all_shown(self) -> list[Shown]:
        return list(self._shown.values())

    def _get_shown(self, run_id: str) -> Shown:
        shown = self._shown.get(run_id)
        if shown is None:
            raise self._missing(run_id)
        return shown

    def _look_for(self, run_id: str) -> None:
        """A folder that somebody put there, such as a backup, is read as soon as it is asked for."""
        is_known = run_id in self._shown or run_id in self._unreadable or self.is_reading
        if is_known or not RUN_ID.fullmatch(run_id) or not (self.experiments_dir / run_id).is_dir():
            return

        def read() -> None:
            self._read_folder(run_id, is_first_look=False)
            if run_id in self._runs:
                self._tell_run(self._runs[run_id])

        self._do(read)

    def _missing(self, name: str, *, is_sweep: bool = False) -> RefusedError:
        if name in self._unreadable:
            return _unreadable(name, self._unreadable[name])
        if self.is_reading:
            return RefusedError(503, "the server still reads its runs, and this may be one of them", "reading")
        if is_sweep:
            return RefusedError(404, f"no sweep {spelled(name)}", "no-such-sweep")
        return RefusedError(404, f"no run {spelled(name)}", "no-such-run")

    def _with_place(self, summary: dict[str, Any]) -> dict[str, Any]:
        place = self._places.get(summary["run"]) if summary["status"] == "queued" else None
        return summary | (place or {"position": None, "wait_s": None})

    # --- what is done: by the one thread, while who asks waits --------------------------------------------------------

    def create(self, visitor: Visitor, preset: str, changes: object) -> dict[str, Any]:
        """Queues a new run of `preset` with `changes`. Raises ConfigError and RefusedError."""
        config = self._config(preset, changes)
        return self._do(lambda: self._create(visitor, preset, [config], None)[0])

    def create_sweep(
        self, visitor: Visitor, preset: str, changes: object, search: str, axes: object, count: int | None, seed: int
    ) -> dict[str, Any]:
        """Queues a run for every trial of `lenet.runs.sweeps.trials`. Raises ConfigError and RefusedError."""
        configs = sweeps.trials(self._config(preset, changes), search, axes, count, seed)
        sweep = new_run_id()
        about = {"id": sweep, "size": len(configs), "search": search, "axes": sweeps.check_axes(axes, search)}
        self._do(lambda: self._create(visitor, preset, configs, about))
        return self.sweep(sweep)

    def resume(self, visitor: Visitor, run_id: str) -> dict[str, Any]:
        """Queues a run that did not finish, to go on from its last saved step."""

        def resume() -> dict[str, Any]:
            run = self._may_change(visitor, run_id)
            if run.status not in RESUMABLE:
                want = f"only what is {', '.join(RESUMABLE)} can be resumed"
                message = f"run {run_id} is {run.status}: {want}"
                raise RefusedError(409, message, "not-resumable", {"status": run.status})
            if run.unknown:
                names = ", ".join(run.unknown)
                message = f"run {run_id} has settings this version does not know: {names}"
                raise RefusedError(409, message, "outdated", {"names": names})
            _check_folder(run.folder)
            self._check_device(run.config)
            self._check_caps(visitor, [run])
            try:
                reading.mended(run)
            except (OSError, ValueError) as error:
                raise _unreadable(run_id, reading.why(error)) from None
            self._submit(run)
            self._tell_new([run])
            return self._summary(run)

        return self._do(resume)

    def rename(self, visitor: Visitor, run_id: str, name: object) -> dict[str, Any]:
        """Gives a run a name; None or an empty one takes it away. Raises ConfigError and RefusedError."""
        checked = checked_name(name)

        def rename() -> dict[str, Any]:
            run = self._may_change(visitor, run_id)
            _check_folder(run.folder)
            before, run.name = run.name, checked
            try:
                self._ask_backend(run.save_name)
            except (RefusedError, ValueError):
                run.name = before
                raise
            self._publish(run)
            return self._summary(run)

        return self._do(rename)

    def request(self, visitor: Visitor, run_id: str, what: str) -> dict[str, Any]:
        """Pauses or stops (`what`) a queued or running run."""
        return self._do(lambda: self._request(visitor, self._may_change(visitor, run_id), what))

    def request_sweep(self, visitor: Visitor, sweep: str, what: str) -> dict[str, Any]:
        """`stop`, `pause` or `resume` of every trial that is not finished."""

        def request() -> None:
            trials = self._trials(sweep)
            self._may_change(visitor, trials[0].id)
            if what == "resume":
                again = [
                    run for run in trials if run.status in RESUMABLE and not run.unknown and run.folder.path.is_dir()
                ]
                self._check_caps(visitor, again)
                for run in again:
                    self._submit(run)
                self._tell_new(again)
                return
            for run in sorted(trials, key=lambda run: run.status != "queued"):  # first what has not started
                if run.is_active or (what == "stop" and run.status in ("paused", "interrupted")):
                    self._request(visitor, run, what)

        self._do(request)
        return self.sweep(sweep)

    def delete(self, visitor: Visitor, run_id: str) -> None:
        """Deletes a run and its files; a running one must be stopped first."""

        def delete() -> None:
            run = self._may_change(visitor, run_id)
            if run.is_active:
                raise _active(run, f"run {run_id}")
            self._delete(run, visitor)

        self._do(delete)

    def delete_sweep(self, visitor: Visitor, sweep: str) -> None:
        """Deletes all trials of a sweep, none of which may be active."""

        def delete() -> None:
            trials = self._trials(sweep)
            for run in trials:
                self._may_change(visitor, run.id)
                if run.is_active:
                    raise _active(run, f"run {run.id} of sweep {sweep}")
            for run in trials:
                self._delete(run, visitor)

        self._do(delete)

    def prepare(self) -> None:
        """Loads torch where it will be needed, so that the next run starts and the next drawing is answered at once."""
        self._is_visited = True
        self.helper.warm_up()

    def close(self) -> None:
        """Ends the threads, the backend and the helper; the runs can go on after a restart."""
        self._owner.close()
        self._removal.close()
        self.backend.close()
        self._note_closing()
        self.helper.close()
        self._claim.release()
        with contextlib.suppress(OSError):
            Path(self._claim.lock_file).unlink(missing_ok=True)

    def _note_closing(self) -> None:
        """Of the runs that were paused because the server closes, that it was so; the thread has ended."""
        for run in self._active.values():
            with contextlib.suppress(OSError, ValueError):
                self._read_new(run)
                end = run.progress.end
                if end and end.status == "paused" and not end.reason and run.requested is None:
                    run.folder.append(end_record(run.id, "paused", CLOSED))

    def _do(self, work: Callable[[], T]) -> T:
        try:
            return self._owner.do(work)
        except NotDoneError as error:
            raise RefusedError(503, f"nothing was changed: {error}", "busy") from None
        except UnknownError as error:
            message = f"the queue does not answer: {error}"
            raise RefusedError(503, message, "queue-unreachable", {"error": str(error), "may_be_done": True}) from None

    # --- the thread ---------------------------------------------------------------------------------------------------

    def _step(self) -> None:
        self._note_pause()
        for news in self.backend.news():  # before the step, which tells what has become of them
            with guarded("lenet-runs"):
                self._hear(news)
        if self._unread is not None and not self._unread:  # a run that is not read yet may be before the others
            if self._is_visited:
                self._is_visited = False
                with guarded("lenet-runs"):
                    self.backend.prepare()
            with guarded("lenet-runs"):
                self.backend.step()
        for run in list(self._active.values()):
            with guarded("lenet-runs"):
                self._follow(run)
        self._tell_places()

    def _note_pause(self) -> None:
        """Stopped with all its processes, or asleep with its machine, it must not take the others for dead."""
        before, self._stepped_at = self._stepped_at, elapsing()
        gap = self._stepped_at - before
        if gap > PAUSE_S:
            self.backend.note_pause(gap)

    def _follow(self, run: Run) -> None:
        state = self.backend.state(run)  # asked first: what a dying trainer wrote is then in the file
        self._read_new(run)
        if state.phase == "waiting":
            if run.status != "queued":  # its trainer was lost, another will take it
                run.slot = None
                self._change(run, "queued", state.reason)
                self._tell_run(run)
            return
        if state.phase == "training":
            if run.status == "queued" or run.slot != state.slot:
                # What it has told before, if it goes on, is known already.
                run.slot = state.slot
                self._change(run, "starting")
                self._tell_run(run)
            return
        run.slot, requested, run.requested = None, run.requested or state.requested, None
        end = run.progress.end
        if run.fault is not None:
            self._change(run, "failed", because("records", error=run.fault))
            self._tell_run(run)
        elif end is not None:
            reason = None if end.reason else _reason(end.status, requested, run.asked_by_teacher)
            if reason is None:
                self._change(run, end.status, told_by(end))
                self._tell_run(run)
            else:
                self._note_end(run, end.status, reason)
        else:
            by_teacher = BY_TEACHER if requested and run.asked_by_teacher else None
            self._note_end(run, ENDINGS.get(requested or "", state.status), state.reason or by_teacher)
        log.info("run %s %s%s", run.id, run.status, f": {run.reason}" if run.reason else "")

    def _hear(self, news: News) -> None:
        """Another web server made, changed or deleted a run."""
        run = self._runs.get(news.run)
        if news.about is None:
            if run is not None:
                self._remove(run)
            return
        if run is None:
            try:
                run = Run.of(RunFolder(self.experiments_dir, news.run), news.about)
            except ValueError as error:
                self._set_aside(news.run, reading.why(error))
                return
            self._runs[run.id] = run
            run.server = self._server
            with contextlib.suppress(OSError):  # a full disk: it is then in memory alone
                run.save(queued=True)
        # Whether it waits, trains or is over, following it will tell.
        self.backend.adopt(run, was_queued=True)
        run.requested = None
        run.take_for("queued")
        self._change(run, run.status)
        self._tell_run(run)

    def _read_new(self, run: Run) -> None:
        if run.fault is not None:
            return
        line = run.progress.lines
        records: list[dict[str, Any]] = []
        try:
            reading.read_new(run, records)
        except (OSError, ValueError) as error:
            run.fault = reading.why(error)
            log.error("run %s is followed no further: %s", run.id, run.fault)
        if not records:
            return
        self._waiting.note_speed(run)
        if run.status == "starting":
            run.become("running", run.reason)
        self._publish(run)  # first: who follows from now on is told how many lines there are
        self._tell("records", {"run": run.id, "line": line, "records": records})
        if any(record["kind"] != "batches" for record in records):
            self._tell_run(run)

    def _tell_places(self) -> None:
        """Tells those in the queue where they stand, when it has moved, and everyone's progress now and then."""
        waiting, now = self.backend.waiting(), time.monotonic()
        is_due = now - self._told_at > TELL_S
        # With many in the queue this is much for every page: not at each of its moves.
        if (waiting != self._told_queue and now - self._told_places_at > PLACES_S) or is_due:
            self._note_places()
            for run in list(self._active.values()):
                if run.status == "queued" or is_due:
                    self._tell_run(run)
            self._told_queue, self._told_places_at = list(waiting), now
        if is_due:
            self._told_at = now

    # --- reading what an earlier server, or the command line, left ----------------------------------------------------

    def _read_one(self) -> bool:
        """Reads another folder, first those of runs that wait or are trained; False when all are read."""
        if self._unread is None:
            try:
                self._unread = reading.names(self.experiments_dir)[::-1]
            except OSError as error:
                self._unread = []
                self._set_aside("experiments", reading.why(error))
        elif self._unread:
            self._read_folder(self._unread.pop(), is_first_look=True)
        elif self._unread_ended:
            self._read_folder(self._unread_ended.pop(0), is_first_look=False)
        else:
            self._all_read.set()
            return False
        return True

    def _read_folder(self, name: str, is_first_look: bool) -> None:
        if name in self._runs:  # made since
            return
        folder = RunFolder(self.experiments_dir, name)
        try:
            if self._removal.was_taken(folder):
                return
            about = reading.stored(folder)
            if reading.is_anothers(folder, about):
                return
            was_queued, lives = about.get("queued") is True, folder.is_alive()
            if is_first_look and not was_queued and not lives:
                self._unread_ended.append(name)
                return
            self._take_up(reading.read(folder, about), was_queued)
        except (OSError, ValueError) as error:
            self._set_aside(name, reading.why(error))
        except Exception as error:  # whatever else it holds, the others are read
            log.exception("reading %s", name)
            self._set_aside(name, type(error).__name__)

    def _take_up(self, run: Run, was_queued: bool) -> None:
        self.backend.adopt(run, was_queued)
        state = self.backend.state(run)
        self._runs[run.id] = run
        self._waiting.note_speed(run)
        if state.phase == "over":
            run.slot = None
            self._change(run, run.status, run.reason)
            return
        run.slot, run.server = state.slot, self._server
        run.take_for("queued" if state.phase == "waiting" else "running")
        self._change(run, run.status)
        with contextlib.suppress(OSError):  # a full disk: it is then in memory alone
            run.save(queued=was_queued)

    def _set_aside(self, name: str, reason: str) -> None:
        name = name[:64]
        log.warning("%s cannot be read and is set aside: %s", self.experiments_dir / name, reason)
        self._unreadable = self._unreadable | {name: reason}

    # --- inside -------------------------------------------------------------------------------------------------------

    def _get(self, run_id: str) -> Run:
        if run_id not in self._runs:
            raise self._missing(run_id)
        return self._runs[run_id]

    def _trials(self, sweep: str) -> list[Run]:
        trials = [run for run in self._runs.values() if run.sweep and run.sweep["id"] == sweep]
        if not trials:
            raise self._missing(sweep, is_sweep=True)
        return sorted(trials, key=lambda run: run.sweep["number"] if run.sweep else 0)

    def _may_change(self, visitor: Visitor, run_id: str) -> Run:
        run = self._get(run_id)
        if not visitor.is_teacher and run.owner != visitor.owner:
            raise RefusedError(403, f"run {run_id} belongs to another browser", "not-yours")
        return run

    def _check_caps(self, visitor: Visitor, more: Iterable[Run]) -> None:
        """Of a browser, or all programs, in which a sweep counts as one; and of everybody, in which a trial does."""
        if visitor.is_teacher:
            return
        own = [run for run in self._active.values() if run.account == visitor.account]
        active = len({run.sweep["id"] if run.sweep else run.id for run in own})
        if visitor.is_program and active >= MOST_OF_PROGRAMS:
            message = f"programs have {active} runs queued or running, the most that all without a cookie may have"
            raise RefusedError(429, message, "too-many-runs", {"count": active, "of": "programs"})
        if not visitor.is_program and active >= self.most_active:
            message = f"you have {active} runs queued or running, the most a browser may have"
            raise RefusedError(429, message, "too-many-runs", {"count": active, "of": "browser"})
        asked = Counter(run.sweep is not None for run in more)
        have = Counter(run.sweep is not None for run in self._active.values())
        if asked[False] and have[False] + asked[False] > MOST_RUNS:
            message = f"the queue is full: {have[False]} runs wait or are trained, of {MOST_RUNS} at most"
            raise RefusedError(429, message, "queue-full", {"have": have[False], "most": MOST_RUNS})
        if asked[True] and have[True] + asked[True] > MOST_TRIALS:
            message = f"the queue is full: {have[True]} trials of sweeps wait or are trained, of {MOST_TRIALS} at most"
            raise RefusedError(429, message, "queue-full", {"have": have[True], "most": MOST_TRIALS})

    def _config(self, preset: object, changes: object) -> TrainConfig:
        if not isinstance(preset, str) or preset not in PRESETS:
            raise ConfigError("preset", preset, f"one of {', '.join(PRESETS)}", "choice", {"choices": list(PRESETS)})
        config = PRESETS[preset].config.updated(changes)
        self._check_device(config)
        return config

    def _check_device(self, config: TrainConfig) -> None:
        if not self.backend.devices():
            raise RefusedError(503, "no machine that trains runs is there just now", "no-worker")
        if not self.backend.fitting(config):
            raise ConfigError("device", config.device, "auto or cpu: this server has no GPU", "no-gpu")

    def _create(
        self, visitor: Visitor, preset: str, configs: list[TrainConfig], sweep: dict[str, Any] | None
    ) -> list[dict[str, Any]]:
        """All of them or, where one cannot be stored, none."""
        new = []
        for number, config in enumerate(configs, 1):
            folder, place = RunFolder(self.experiments_dir, new_run_id()), sweep and sweep | {"number": number}
            run = Run(folder, preset, config, visitor.owner, time.time(), place, is_program=visitor.is_program)
            new.append(run)
        self._check_caps(visitor, new)
        try:
            for run in new:
                self._runs[run.id] = run
                self._submit(run)
        except RefusedError:
            for run in new:
                if self._runs.pop(run.id, None):
                    self._active.pop(run.id, None)
                    self._shown.pop(run.id, None)
                    with contextlib.suppress(OSError):
                        self.backend.forget(run)
                    with contextlib.suppress(OSError):
                        self._removal.take(run.folder)
            raise
        self._tell_new(new)
        return [self._summary(run) for run in new]

    def _submit(self, run: Run) -> None:
        before = run.progress.end
        run.server, run.requested, run.progress.end = self._server, None, None
        run.turn = next_turn(run.account, run.sweep is not None, self._active.values())
        try:
            self._ask_backend(self.backend.submit, run)
        except RefusedError:
            run.progress.end = before
            raise
        self._change(run, "queued")

    def _tell_new(self, runs: Iterable[Run]) -> None:
        self._note_places()
        for run in runs:
            self._tell_run(run)

    def _request(self, visitor: Visitor, run: Run, what: str) -> dict[str, Any]:
        run.asked_by_teacher = run.owner != visitor.owner
        reason = BY_TEACHER if run.asked_by_teacher else None
        if what == "stop" and run.status in ("paused", "interrupted"):
            self._note_end(run, "stopped", reason, must_tell=True)
        elif not run.is_active:
            message = f"run {run.id} is {run.status}: there is nothing to {what}"
            raise RefusedError(409, message, "not-active", {"status": run.status})
        else:
            before, run.requested = run.requested, what
            try:
                is_withdrawn = self._ask_backend(self.backend.request, run, what)
            except RefusedError:
                run.requested = before
                raise
            if is_withdrawn:
                self._note_end(run, ENDINGS[what], reason)
            else:
                self._tell_run(run)
        return self._summary(run)

    def _ask_backend(self, ask: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return ask(*arguments)
        except ConnectionError as error:
            message = f"the queue cannot be reached: {error}"
            raise RefusedError(503, message, "queue-unreachable", {"error": str(error), "may_be_done": False}) from None
        except OSError as error:
            message = f"cannot store the run: {plain(error)}"
            raise RefusedError(507, message, "disk-full", {"error": plain(error)}) from None

    def _delete(self, run: Run, visitor: Visitor) -> None:
        self._ask_backend(self.backend.forget, run)
        self._remove(run, "owner" if run.owner == visitor.owner else "teacher")

    def _remove(self, run: Run, by: str | None = None) -> None:
        try:
            self._removal.take(run.folder)
        except OSError as error:
            message = f"run {run.id} cannot be deleted: {plain(error)}"
            raise RefusedError(409, message, "in-use", {"error": plain(error)}) from None
        del self._runs[run.id]
        self._active.pop(run.id, None)
        self._shown.pop(run.id, None)
        self._tell("run", {"run": run.id, "deleted": True, "by": by})

    def _note_end(self, run: Run, status: str, reason: Reason | None = None, must_tell: bool = False) -> None:
        """Ends a run that no trainer can end itself. must_tell: whether it counts only where others can hear of it."""
        record = end_record(run.id, status, reason)
        if must_tell:
            self._ask_backend(self.backend.note_end, run, record)
        else:
            with contextlib.suppress(OSError, ValueError):  # a full disk: the status is then in memory alone
                self.backend.note_end(run, record)
        self._change(run, status, reason)
        run.requested = None
        self._read_new(run)
        self._tell_run(run)

    def _change(self, run: Run, status: str, reason: Reason | None = None) -> None:
        run.become(status, reason)
        if run.is_active:
            self._active[run.id] = run
        else:
            self._active.pop(run.id, None)
        self._publish(run)

    def _note_places(self) -> None:
        self._places = self._waiting.places(self._active.values(), self.backend.waiting())

    def _publish(self, run: Run) -> None:
        reason = run.reason or run.progress.note or _stop_rule(run)
        summary = {
            "run": run.id,
            "owner": run.owner,
            "preset": run.preset,
            "config": run.settings,
            "unknown": list(run.unknown),
            "sweep": run.sweep,
            "created": run.created,
            "status": run.status,
            "reason": reason and reason.sentence,
            "why": reason and as_json(reason.why),
            "requested": run.requested,
            "device": run.slot,
        } | run.progress.summary()
        self._shown[run.id] = Shown(run.folder, run.config, tuple(run.progress.epochs), summary, run.name)

    def _summary(self, run: Run) -> dict[str, Any]:
        return self._with_place(self._shown[run.id].summary)

    def _tell_run(self, run: Run) -> None:
        self._publish(run)
        self._tell("run", self._summary(run))

    def _tell(self, event: str, payload: dict[str, Any]) -> None:
        for listener in self._listeners:
            with guarded("lenet-runs"):
                listener(event, payload)


def _reason(status: str, requested: str | None, by_teacher: bool) -> Reason | None:
    """Why a run ended whose trainer only did as it was told; None where its owner asked."""
    if requested:
        return BY_TEACHER if by_teacher else None
    return SIGNALLED if status == "paused" else None


def _stop_rule(run: Run) -> Reason | None:
    """Which rule ended a run before its last epoch."""
    last = run.progress.epochs[-1] if run.progress.epochs else None
    if run.status != "finished" or last is None or last.epoch >= run.config.epochs:
        return None
    if run.config.stop_accuracy < 1 and last.test.accuracy >= run.config.stop_accuracy:
        return because("reached", accuracy=run.config.stop_accuracy)
    return because("moved", change=run.config.stop_change)


@contextlib.contextmanager
def _reading(folder: RunFolder) -> Iterator[None]:
    """Raises RefusedError where what is read inside cannot be."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise _unreadable(folder.id, reading.why(error)) from None


def _unreadable(run_id: str, error: str) -> RefusedError:
    return RefusedError(409, f"run {run_id} cannot be read: {error}", "unreadable", {"error": error})


def _active(run: Run, which: str) -> RefusedError:
    return RefusedError(409, f"{which} is {run.status}: stop it first", "active", {"status": run.status})


def _check_folder(folder: RunFolder) -> None:
    """Raises RefusedError where somebody has removed a run's folder by hand."""
    if not folder.path.is_dir():
        raise RefusedError(404, f"the folder of run {folder.id} was removed from the server", "no-files")


def _parse_cursor(text: str) -> tuple[float, str]:
    created, _, name = text.partition("~")
    try:
        return float(created), name
    except ValueError:
        raise ConfigError("after", text, "what `next` said on the page before") from None
