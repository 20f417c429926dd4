"""All runs of the server: who started them, what has become of them, who may do what, and what is told of them.

What a run is stands in its folder, who trains it is a `RunBackend`'s business; this module follows the files. It reads
the folders again when the server starts, so nothing is lost with it. No Flask, no torch.
"""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lenet import sweeps
from lenet.backend import GUESSED_IMAGES_PER_S, News, RunBackend
from lenet.config import PRESETS, ConfigError, TrainConfig
from lenet.folder import ENDINGS, RESUMABLE, RUN_ID, RunFolder, claim, is_claimed, new_run_id
from lenet.helper import Helper
from lenet.local import LocalBackend
from lenet.progress import fold
from lenet.run import RefusedError, Run, Visitor

log = logging.getLogger("lenet.runs")

POLL_S = 0.1
PLACES_S = 1.0  # the least time between two tellings of everyone's place in the queue
TELL_S = 5.0  # how often a run tells its speed, its place and the time left where nothing else happens

Listener = Callable[[str, dict[str, Any]], None]


class Runs:
    """Owns the runs, the backend, the prediction helper and one thread; `close` ends them all."""

    def __init__(
        self,
        data_dir: Path,
        experiments_dir: Path,
        backend: RunBackend | None = None,
        *,
        helper: Helper | None = None,
        teacher_token: str | None = None,
        most_active: int = 3,
    ):
        """backend: who trains; by default this machine. most_active: runs or sweeps queued or running, a browser."""
        self.data_dir, self.experiments_dir = Path(data_dir).resolve(), Path(experiments_dir).resolve()
        self._claim = claim(self.experiments_dir)
        self._server = Path(self._claim.lock_file).name
        self.backend = backend or LocalBackend(self.data_dir)
        self.helper = helper or Helper()
        self.teacher_token = teacher_token or secrets.token_urlsafe(12)
        self.most_active = most_active
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        self._runs: dict[str, Run] = {}
        self._speeds: dict[str, int] = {}  # images a second, of the last run on a kind of device
        self._told_queue: list[str] = []
        self._told_at = self._told_places_at = time.monotonic()
        self._read_folders()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="lenet-runs", daemon=True)
        self._thread.start()

    def subscribe(self, listener: Listener) -> None:
        """`listener(event, payload)` hears `records` {run, line, records} and `run` (a summary, or {run, deleted})."""
        self._listeners.append(listener)

    def is_teacher(self, token: str | None) -> bool:
        """Compares in constant time."""
        given = (token or "").encode(errors="replace")  # a lone surrogate is no UTF-8, and no token
        return secrets.compare_digest(given, self.teacher_token.encode())

    # --- what is asked ------------------------------------------------------------------------------------------------

    def summaries(self) -> list[dict[str, Any]]:
        """All runs in short, the newest first."""
        with self._lock:
            places = self._places()
            newest_first = sorted(self._runs.values(), key=lambda run: -run.created)
            return [self._summary(run, places) for run in newest_first]

    def show(self, run_id: str) -> dict[str, Any]:
        """The summary, the command that makes the same run, the layers, the epochs, and the versions it ran with."""
        with self._lock:
            run = self._get(run_id)
            shown = self._summary(run) | {"layers": run.progress.layers, "epochs": list(run.progress.epochs)}
        about = run.folder.read_json("config.json") or {}
        return shown | {"command": run.command} | {"versions": about.get("versions"), "threads": about.get("threads")}

    def records(self, run_id: str, first: int) -> list[dict[str, Any]]:
        """The lines of metrics.jsonl from line `first` on."""
        return self._get(run_id).folder.records(first)

    def sweeps(self) -> list[dict[str, Any]]:
        """All sweeps in short, the newest first."""
        groups: dict[str, list[dict[str, Any]]] = {}
        for summary in self.summaries():
            if summary["sweep"]:
                groups.setdefault(summary["sweep"]["id"], []).append(summary)
        return [sweeps.summary(sweep, group) for sweep, group in groups.items()]

    def sweep(self, sweep: str) -> dict[str, Any]:
        """A sweep with the summaries of its `trials`, in the order of their numbers."""
        with self._lock:
            places = self._places()
            trials = [self._summary(run, places) for run in self._trials(sweep)]
        return sweeps.summary(sweep, trials) | {"trials": trials}

    def lines(self, run_id: str) -> int:
        """How many lines of metrics.jsonl have been told so far."""
        with self._lock:
            return self._get(run_id).progress.lines

    def epoch(self, run_id: str, epoch: int | None) -> tuple[Run, dict[str, Any]]:
        """A run and the record of one of its epochs; None: of the last."""
        with self._lock:
            run = self._get(run_id)
            for record in reversed(run.progress.epochs):
                if epoch in (None, record["epoch"]):
                    return run, record
        raise RefusedError(404, f"run {run_id} has no epoch {epoch or 'yet'}", "no-such-epoch")

    # --- what is done -------------------------------------------------------------------------------------------------

    def create(self, visitor: Visitor, preset: str, changes: object) -> dict[str, Any]:
        """Queues a new run of `preset` with `changes`. Raises ConfigError and RefusedError."""
        config = self._config(preset, changes)
        with self._lock:
            self._check_cap(visitor)
            run = Run(RunFolder(self.experiments_dir, new_run_id()), preset, config, visitor.owner, time.time())
            self._add(run)
            return self._summary(run)

    def create_sweep(
        self, visitor: Visitor, preset: str, changes: object, search: str, axes: object, count: int | None, seed: int
    ) -> dict[str, Any]:
        """Queues a run for every trial of `lenet.sweeps.trials`. Raises ConfigError and RefusedError."""
        configs = sweeps.trials(self._config(preset, changes), search, axes, count, seed)
        sweep = new_run_id()
        about = {"id": sweep, "size": len(configs), "search": search, "axes": sweeps.check_axes(axes, search)}
        with self._lock:
            self._check_cap(visitor)
            for number, config in enumerate(configs, 1):
                folder = RunFolder(self.experiments_dir, new_run_id())
                self._add(Run(folder, preset, config, visitor.owner, time.time(), about | {"number": number}))
            return self.sweep(sweep)

    def resume(self, visitor: Visitor, run_id: str) -> dict[str, Any]:
        """Queues a run that did not finish, to go on from its last saved step."""
        with self._lock:
            run = self._may_change(visitor, run_id)
            if run.status not in RESUMABLE:
                want = f"only what is {', '.join(RESUMABLE)} can be resumed"
                raise RefusedError(409, f"run {run_id} is {run.status}: {want}", "not-resumable")
            if run.unknown:
                names = ", ".join(run.unknown)
                raise RefusedError(409, f"run {run_id} has settings this version does not know: {names}", "outdated")
            self._check_device(run.config)
            self._check_cap(visitor)
            self._submit(run)
            return self._summary(run)

    def request(self, visitor: Visitor, run_id: str, what: str) -> dict[str, Any]:
        """Pauses or stops (`what`) a queued or running run."""
        with self._lock:
            run = self._may_change(visitor, run_id)
            if what == "stop" and run.status in ("paused", "interrupted"):
                self._note_end(run, "stopped")
            elif not run.is_active:
                raise RefusedError(409, f"run {run_id} is {run.status}: there is nothing to {what}", "not-active")
            else:
                run.requested = what
                if self._ask_backend(self.backend.request, run, what):
                    self._note_end(run, ENDINGS[what])
                else:
                    self._tell_run(run)
            return self._summary(run)

    def request_sweep(self, visitor: Visitor, sweep: str, what: str) -> dict[str, Any]:
        """`stop`, `pause` or `resume` of every trial that is not finished."""
        with self._lock:
            trials = self._trials(sweep)
            self._may_change(visitor, trials[0].id)
            if what == "resume":
                self._check_cap(visitor)
            for run in sorted(trials, key=lambda run: run.status != "queued"):  # first what has not started
                if what == "resume":
                    if run.status in RESUMABLE and not run.unknown:
                        self._submit(run)
                elif run.is_active or (what == "stop" and run.status in ("paused", "interrupted")):
                    self.request(visitor, run.id, what)
            return self.sweep(sweep)

    def delete(self, visitor: Visitor, run_id: str) -> None:
        """Deletes a run and its files; a running one must be stopped first."""
        with self._lock:
            run = self._may_change(visitor, run_id)
            if run.is_active:
                raise RefusedError(409, f"run {run_id} is {run.status}: stop it first", "active")
            self._ask_backend(self.backend.forget, run)
            self._remove(run)

    def delete_sweep(self, visitor: Visitor, sweep: str) -> None:
        """Deletes all trials of a sweep, none of which may be active."""
        with self._lock:
            trials = self._trials(sweep)
            for run in trials:
                self._may_change(visitor, run.id)
                if run.is_active:
                    raise RefusedError(409, f"run {run.id} of sweep {sweep} is {run.status}: stop it first", "active")
            for run in trials:
                self.delete(visitor, run.id)

    def prepare(self) -> None:
        """Loads torch where it will be needed, so that the next run starts and the next drawing is answered at once."""
        with self._lock:
            self.backend.prepare()
        self.helper.warm_up()

    def close(self) -> None:
        """Ends the thread, the backend and the helper; the runs can go on after a restart."""
        self._closing.set()
        self._thread.join()
        self.backend.close()
        self.helper.close()
        self._claim.release()
        Path(self._claim.lock_file).unlink(missing_ok=True)

    # --- the thread ---------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        while not self._closing.wait(POLL_S):
            with self._lock:
                try:
                    self.backend.step()
                except Exception:  # what one step cannot do, the next may
                    log.exception("a step of the queue")
                for news in self.backend.news():
                    try:
                        self._hear(news)
                    except Exception:  # nor must what is no run hide the others
                        log.exception("news of run %s", news.run)
                for run in list(self._runs.values()):
                    if run.is_active:
                        try:
                            self._follow(run)
                        except Exception:  # one broken run must not end the thread for the others
                            log.exception("following run %s", run.id)
                self._tell_places()

    def _follow(self, run: Run) -> None:
        state = self.backend.state(run)  # asked first: what a dying trainer wrote is then in the file
        self._read_new(run)
        if state.phase == "waiting":
            if run.status != "queued":  # its trainer was lost, another will take it
                run.status, run.reason, run.slot = "queued", state.reason, None
                self._tell_run(run)
            return
        if state.phase == "training":
            if run.status == "queued" or run.slot != state.slot:
                # What it has told before, if it goes on, is known already.
                run.status, run.reason, run.slot = "starting", None, state.slot
                self._tell_run(run)
            return
        run.slot, requested, run.requested = None, run.requested, None
        end = run.progress.end
        if end is not None:
            run.status, run.reason = end["status"], end.get("reason")
            self._tell_run(run)
        else:
            self._note_end(run, ENDINGS.get(requested or "", state.status), state.reason)
        log.info("run %s %s%s", run.id, run.status, f": {run.reason}" if run.reason else "")

    def _hear(self, news: News) -> None:
        """Another web server made, changed or deleted a run."""
        run = self._runs.get(news.run)
        if news.about is None:
            if run is not None:
                self._remove(run)
            return
        if run is None:
            run = self._runs[news.run] = Run.of(RunFolder(self.experiments_dir, news.run), news.about)
            run.server = self._server
            with contextlib.suppress(OSError):  # a full disk: it is then in memory alone
                run.save(queued=True)
        # Whether it waits, trains or is over, following it will tell.
        self.backend.adopt(run, was_queued=True)
        run.status, run.reason, run.requested = "queued", None, None
        self._tell_run(run)

    def _read_new(self, run: Run) -> None:
        try:
            with run.folder.metrics.open("rb") as file:
                file.seek(run.offset)
                text = file.read()
        except OSError:
            return
        text = text[: text.rfind(b"\n") + 1]
        if not text:
            return
        run.offset += len(text)
        records, line = [json.loads(row) for row in text.splitlines()], run.progress.lines
        for record in records:
            run.progress.add(record)
        self._note_speed(run)
        self._tell("records", {"run": run.id, "line": line, "records": records})
        if run.status == "starting":
            run.status = "running"
        if any(record["kind"] != "batches" for record in records):
            self._tell_run(run)

    def _note_speed(self, run: Run) -> None:
        if run.progress.images_per_s:
            self._speeds[self._kind(run)] = run.progress.images_per_s

    def _tell_places(self) -> None:
        """Tells those in the queue where they stand, when it has moved, and everyone's progress now and then."""
        waiting, now = self.backend.waiting(), time.monotonic()
        is_due = now - self._told_at > TELL_S
        # With many in the queue this is much for every page: not at each of its moves.
        if (waiting != self._told_queue and now - self._told_places_at > PLACES_S) or is_due:
            places = self._places()
            for run in self._runs.values():
                if run.status == "queued" or (run.is_active and is_due):
                    self._tell_run(run, places)
            self._told_queue, self._told_places_at = waiting, now
        if is_due:
            self._told_at = now

    # --- inside -------------------------------------------------------------------------------------------------------

    def _read_folders(self) -> None:
        """Takes up what an earlier server, or the command line, left."""
        for path in self.experiments_dir.glob(".deleted-*"):
            shutil.rmtree(path, ignore_errors=True)
        found = []
        for path in sorted(self.experiments_dir.iterdir()):
            if RUN_ID.fullmatch(path.name):
                folder = RunFolder(self.experiments_dir, path.name)
                ours = folder.read_json("run.json")
                if self._is_anothers(folder, ours):
                    continue
                stored = ours or folder.read_json("config.json")
                run = stored and self._read_folder(folder, stored)
                if run:
                    found.append((run, bool(ours and ours.get("queued"))))
        for run, was_queued in sorted(found, key=lambda pair: pair[0].created):
            self.backend.adopt(run, was_queued)
            state = self.backend.state(run)
            if state.phase == "over":
                run.status, run.reason = run.folder.status()
            else:
                run.status = "queued" if state.phase == "waiting" else "running"
                run.slot, run.server = state.slot, self._server
                with contextlib.suppress(OSError):  # a full disk: it is then in memory alone
                    run.save(queued=was_queued)

    def _is_anothers(self, folder: RunFolder, ours: dict[str, Any] | None) -> bool:
        """Whether another process, such as a second server, queues or trains it just now: it is then not shown here."""
        if not ours or not ours.get("server") or not is_claimed(self.experiments_dir, ours["server"]):
            return False
        return bool(ours.get("queued")) or folder.is_alive()

    def _read_folder(self, folder: RunFolder, stored: dict[str, Any]) -> Run | None:
        try:
            run = Run.of(folder, stored)
            if not folder.is_alive():
                folder.drop_torn_line()
            if folder.metrics.exists():
                run.progress = fold(folder.records())
                run.offset = folder.metrics.read_bytes().rfind(b"\n") + 1
        except (ConfigError, AttributeError, KeyError, TypeError, ValueError) as error:
            log.warning("run %s cannot be read: %s", folder.id, error)
            return None
        self._runs[run.id] = run
        self._note_speed(run)
        return run

    def _get(self, run_id: str) -> Run:
        with self._lock:
            if run_id not in self._runs:
                raise RefusedError(404, f"no run {run_id[:60]!r}", "no-such-run")
            return self._runs[run_id]

    def _trials(self, sweep: str) -> list[Run]:
        trials = [run for run in self._runs.values() if run.sweep and run.sweep["id"] == sweep]
        if not trials:
            raise RefusedError(404, f"no sweep {sweep[:60]!r}", "no-such-sweep")
        return sorted(trials, key=lambda run: run.sweep["number"] if run.sweep else 0)

    def _may_change(self, visitor: Visitor, run_id: str) -> Run:
        run = self._get(run_id)
        if not visitor.is_teacher and run.owner != visitor.owner:
            raise RefusedError(403, f"run {run_id} belongs to another browser", "not-yours")
        return run

    def _check_cap(self, visitor: Visitor) -> None:
        """A sweep counts as one."""
        own = [run for run in self._runs.values() if run.is_active and run.owner == visitor.owner]
        active = len({run.sweep["id"] if run.sweep else run.id for run in own})
        if active >= self.most_active and not visitor.is_teacher:
            message = f"you have {active} runs queued or running, the most a browser may have"
            raise RefusedError(429, message, "too-many-runs")

    def _config(self, preset: object, changes: object) -> TrainConfig:
        if not isinstance(preset, str) or preset not in PRESETS:
            raise ConfigError("preset", preset, f"one of {', '.join(PRESETS)}")
        config = PRESETS[preset].config.updated(changes)
        self._check_device(config)
        return config

    def _check_device(self, config: TrainConfig) -> None:
        if not self.backend.devices():
            raise RefusedError(503, "no machine that trains runs is there just now", "no-worker")
        if not self.backend.fitting(config):
            raise ConfigError("device", config.device, "auto or cpu: this server has no GPU")

    def _add(self, run: Run) -> None:
        self._runs[run.id] = run
        try:
            self._submit(run)
        except RefusedError:
            del self._runs[run.id]
            shutil.rmtree(run.folder.path, ignore_errors=True)
            raise

    def _submit(self, run: Run) -> None:
        before = run.status, run.reason
        run.server = self._server
        run.status, run.reason, run.requested, run.progress.end = "queued", None, None, None
        try:
            self._ask_backend(self.backend.submit, run)
        except RefusedError:
            run.status, run.reason = before
            raise
        self._tell_run(run)

    def _ask_backend(self, ask: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return ask(*arguments)
        except ConnectionError as error:
            raise RefusedError(503, f"the queue cannot be reached: {error}", "no-queue") from None
        except OSError as error:
            raise RefusedError(507, f"cannot store the run: {error}", "disk-full") from None

    def _remove(self, run: Run) -> None:
        # Renamed first: half a folder is never taken for a run.
        gone = self.experiments_dir / f".deleted-{run.id}"
        with contextlib.suppress(FileNotFoundError):
            run.folder.path.replace(gone)
        shutil.rmtree(gone, ignore_errors=True)
        del self._runs[run.id]
        self._tell("run", {"run": run.id, "deleted": True})

    def _note_end(self, run: Run, status: str, reason: str | None = None) -> None:
        """Ends a run that no trainer can end itself."""
        run.status, run.reason, run.requested = status, reason, None
        with contextlib.suppress(OSError):  # a full disk: the status is then in memory alone
            self.backend.note_end(run, {"kind": "end", "run": run.id, "status": status, "reason": reason})
            self._read_new(run)
        self._tell_run(run)

    def _left_s(self, run: Run) -> float:
        """Seconds of training left, by its own speed, or that of the last run on such a device, or a guess."""
        if run.progress.left_s is not None and run.status == "running":
            return run.progress.left_s
        kind = self._kind(run)
        images = (run.config.train_images - run.config.holdout) * run.config.epochs
        done = run.progress.step / run.progress.steps if run.progress.steps else 0
        return images * (1 - done) / self._speeds.get(kind, GUESSED_IMAGES_PER_S[kind])

    def _kind(self, run: Run) -> str:
        """Of the device it gets."""
        return "cuda" if any("cuda" in slot for slot in self.backend.fitting(run.config)) else "cpu"

    def _places(self) -> dict[str, dict[str, Any]]:
        """Of each run in the queue: `position` from 1, and `wait_s` until it starts, None without a device."""
        left: dict[frozenset[str], float] = {}  # of the runs ahead, by the devices that fit them
        places: dict[str, dict[str, Any]] = {}
        training = [run for run in self._runs.values() if run.status in ("starting", "running")]
        order = {run_id: place for place, run_id in enumerate(self.backend.waiting())}
        waiting = [run for run in self._runs.values() if run.status == "queued"]
        for run in training + sorted(waiting, key=lambda run: order.get(run.id, len(order))):
            slots = frozenset(self.backend.fitting(run.config))
            if run.status == "queued":
                ahead = sum(seconds for others, seconds in left.items() if others & slots)
                wait_s = round(ahead / len(slots), 1) if slots else None
                places[run.id] = {"position": len(places) + 1, "wait_s": wait_s}
            left[slots] = left.get(slots, 0.0) + self._left_s(run)
        return places

    def _summary(self, run: Run, places: dict[str, dict[str, Any]] | None = None) -> dict[str, Any]:
        summary = {
            "run": run.id,
            "owner": run.owner,
            "preset": run.preset,
            "config": run.config.to_json(),
            "unknown": list(run.unknown),
            "sweep": run.sweep,
            "created": run.created,
            "status": run.status,
            "reason": run.reason,
            "requested": run.requested,
            "device": run.slot,
        } | run.progress.summary()
        if run.status == "queued":
            summary |= (places or self._places()).get(run.id, {})
        return summary

    def _tell_run(self, run: Run, places: dict[str, dict[str, Any]] | None = None) -> None:
        self._tell("run", self._summary(run, places))

    def _tell(self, event: str, payload: dict[str, Any]) -> None:
        for listener in self._listeners:
            listener(event, payload)
