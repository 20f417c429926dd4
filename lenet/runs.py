"""All runs of the server: starts them, queues them for the devices, follows their files, stops and deletes them.

What a run is stands in its folder, what it does is a process of its own (`lenet.launch`); this module holds the queue
and who may do what. It reads the folders again when the server starts, so nothing is lost with it. No Flask, no torch.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lenet.config import PRESETS, ConfigError, TrainConfig
from lenet.devices import devices
from lenet.folder import RESUMABLE, RUN_ID, RunFolder, new_run_id
from lenet.helper import Helper
from lenet.launch import Launcher, setting_arguments
from lenet.progress import Progress, fold

log = logging.getLogger("lenet.runs")

POLL_S = 0.1
OBEY_S = 10  # how long a trainer may take to obey a request before it is killed
CLOSE_S = 3  # and when the server closes
ACTIVE = ("queued", "starting", "running")
GUESSED_IMAGES_PER_S = {"cpu": 20_000, "cuda": 200_000}  # until a first run has been measured

Listener = Callable[[str, dict[str, Any]], None]


class RefusedError(RuntimeError):
    """A request that cannot be: `status` is the HTTP status that says so."""

    def __init__(self, status: int, message: str):
        self.status = status
        super().__init__(message)


@dataclass(frozen=True)
class Visitor:
    """Who asks: a browser by the hash of its secret cookie, the teacher by the token."""

    owner: str
    is_teacher: bool = False

    @staticmethod
    def of_secret(secret: str, is_teacher: bool = False) -> Visitor:
        return Visitor(hashlib.sha256(secret.encode()).hexdigest()[:16], is_teacher)


@dataclass
class Run:
    """One run as the server knows it. Only the `Runs` that made it changes it, under its lock."""

    folder: RunFolder
    preset: str
    config: TrainConfig
    owner: str | None  # None: started on the command line
    created: float  # seconds since 1970
    status: str = "queued"
    reason: str | None = None
    requested: str | None = None
    slot: str | None = None  # the device it has
    process: subprocess.Popen[str] | None = None  # None too where an earlier server started it
    progress: Progress = field(default_factory=Progress)
    offset: int = 0  # bytes of metrics.jsonl read
    deadline: float | None = None  # monotonic; for obeying `requested`

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    def arguments(self) -> list[str]:
        """What follows `python -m lenet` to train it; the folders are added where it is started."""
        begun = self.folder.read_json("config.json") is not None
        return ["train", "--run", self.folder.id, *([] if begun else setting_arguments(self.preset, self.config))]


class Runs:
    """Owns the runs, the queue, the trainers, the prediction helper and one thread; `close` ends them all."""

    def __init__(
        self,
        data_dir: Path,
        experiments_dir: Path,
        *,
        teacher_token: str | None = None,
        most_active: int = 3,
        slots: list[str] | None = None,
    ):
        """slots: the devices to use; by default every GPU, or the CPU. most_active: queued or running, a browser."""
        self.data_dir, self.experiments_dir = Path(data_dir).resolve(), Path(experiments_dir).resolve()
        self.experiments_dir.mkdir(parents=True, exist_ok=True)
        self.teacher_token = teacher_token or secrets.token_urlsafe(12)
        self.most_active = most_active
        self.slots = slots or [d["id"] for d in devices() if d["id"] != "cpu"] or ["cpu"]
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        self._launcher, self.helper = Launcher(), Helper()
        self._runs: dict[str, Run] = {}
        self._queue: list[str] = []
        self._read_folders()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="lenet-runs", daemon=True)
        self._thread.start()

    def subscribe(self, listener: Listener) -> None:
        """`listener(event, payload)` hears `records` {run, line, records} and `run` (a summary, or {run, deleted})."""
        self._listeners.append(listener)

    def is_teacher(self, token: str | None) -> bool:
        return token is not None and secrets.compare_digest(token.encode(), self.teacher_token.encode())

    # --- what is asked ------------------------------------------------------------------------------------------------

    def summaries(self) -> list[dict[str, Any]]:
        """All runs in short, the newest first."""
        with self._lock:
            return [self._summary(run) for run in sorted(self._runs.values(), key=lambda run: -run.created)]

    def show(self, run_id: str) -> dict[str, Any]:
        """The summary, the command that makes the same run, the layers, the epochs, and the versions it ran with."""
        with self._lock:
            run = self._get(run_id)
            shown = self._summary(run) | {"layers": run.progress.layers, "epochs": list(run.progress.epochs)}
        about = run.folder.read_json("config.json") or {}
        shown["command"] = " ".join(["python -m lenet train", *setting_arguments(run.preset, run.config)])
        return shown | {"versions": about.get("versions"), "threads": about.get("threads")}

    def records(self, run_id: str, first: int) -> list[dict[str, Any]]:
        """The lines of metrics.jsonl from line `first` on."""
        return self._get(run_id).folder.records(first)

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
        raise RefusedError(404, f"run {run_id} has no epoch {epoch or 'yet'}")

    # --- what is done -------------------------------------------------------------------------------------------------

    def create(self, visitor: Visitor, preset: str, changes: object) -> dict[str, Any]:
        """Queues a new run of `preset` with `changes`. Raises ConfigError and RefusedError."""
        if not isinstance(preset, str) or preset not in PRESETS:
            raise ConfigError("preset", preset, f"one of {', '.join(PRESETS)}")
        config = PRESETS[preset].config.updated(changes)
        self._check_device(config)
        with self._lock:
            self._check_cap(visitor)
            run = Run(RunFolder(self.experiments_dir, new_run_id()), preset, config, visitor.owner, time.time())
            self._runs[run.folder.id] = run
            try:
                self._enqueue(run)
            except OSError as error:
                del self._runs[run.folder.id]
                raise RefusedError(507, f"cannot store the run: {error}") from None
            return self._summary(run)

    def resume(self, visitor: Visitor, run_id: str) -> dict[str, Any]:
        """Queues a run that did not finish, to go on from its last saved step."""
        with self._lock:
            run = self._may_change(visitor, run_id)
            if run.status not in RESUMABLE:
                raise RefusedError(
                    409, f"run {run_id} is {run.status}: only what is {', '.join(RESUMABLE)} can be resumed"
                )
            self._check_cap(visitor)
            self._enqueue(run)
            return self._summary(run)

    def request(self, visitor: Visitor, run_id: str, what: str) -> dict[str, Any]:
        """Pauses or stops (`what`) a queued or running run."""
        ending = {"pause": "paused", "stop": "stopped"}[what]
        with self._lock:
            run = self._may_change(visitor, run_id)
            if what == "stop" and run.status in ("paused", "interrupted"):
                self._note_end(run, "stopped")
            elif not run.is_active:
                raise RefusedError(409, f"run {run_id} is {run.status}: there is nothing to {what}")
            elif run.status == "queued":
                self._queue.remove(run_id)
                self._write(run, queued=False)
                self._note_end(run, ending)
            else:
                run.folder.request(what)
                run.requested, run.deadline = what, time.monotonic() + OBEY_S
                self._tell_run(run)
            return self._summary(run)

    def delete(self, visitor: Visitor, run_id: str) -> None:
        """Deletes a run and its files; a running one must be stopped first."""
        with self._lock:
            run = self._may_change(visitor, run_id)
            if run.is_active:
                raise RefusedError(409, f"run {run_id} is {run.status}: stop it first")
            # Renamed first: half a folder is never taken for a run.
            gone = self.experiments_dir / f".deleted-{run_id}"
            run.folder.path.replace(gone)
            shutil.rmtree(gone, ignore_errors=True)
            del self._runs[run_id]
            self._tell("run", {"run": run_id, "deleted": True})

    def prepare(self) -> None:
        """Loads torch where it will be needed, so that the next run starts and the next drawing is answered at once."""
        self._launcher.prepare()
        self.helper.warm_up()

    def close(self) -> None:
        """Pauses the trainers, each at its next step, and ends the thread; the runs can go on after a restart."""
        self._closing.set()
        self._thread.join()
        self._launcher.close()
        self.helper.close()
        with self._lock:
            running = [run for run in self._runs.values() if run.status in ("starting", "running")]
            for run in running:
                with contextlib.suppress(OSError):
                    run.folder.request("pause")
            deadline = time.monotonic() + CLOSE_S
            while time.monotonic() < deadline and any(map(_lives, running)):
                time.sleep(0.02)
            for run in running:
                _kill(run)

    # --- the thread ---------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        while not self._closing.wait(POLL_S):
            with self._lock:
                for run in list(self._runs.values()):
                    if run.status in ("starting", "running"):
                        try:
                            self._follow(run)
                        except Exception:  # one broken run must not end the thread for the others
                            log.exception("following run %s", run.folder.id)
                self._start_next()

    def _follow(self, run: Run) -> None:
        lives = _lives(run)  # asked first: what a dying trainer wrote is then in the file
        self._read_new(run)
        if lives:
            if run.deadline is not None and time.monotonic() > run.deadline:
                log.warning("run %s did not %s in %s s: killed", run.folder.id, run.requested, OBEY_S)
                _kill(run)
            return
        returncode = run.process.wait() if run.process else None
        requested = run.requested
        run.process, run.slot, run.requested, run.deadline = None, None, None, None
        end = run.progress.end
        if end is not None:
            run.status, run.reason = end["status"], end.get("reason")
            self._tell_run(run)
        elif requested:
            self._note_end(run, {"pause": "paused", "stop": "stopped"}[requested], "it did not answer and was killed")
        elif returncode is not None and returncode > 0:
            self._note_end(run, "failed", _last_line(run.folder.path / "log.txt") or f"exit status {returncode}")
        else:
            self._note_end(run, "interrupted", "the training process was killed")
        log.info("run %s %s%s", run.folder.id, run.status, f": {run.reason}" if run.reason else "")

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
        self._tell("records", {"run": run.folder.id, "line": line, "records": records})
        if run.status == "starting":
            run.status = "running"
        if any(record["kind"] != "batches" for record in records):
            self._tell_run(run)

    def _start_next(self) -> None:
        """Gives free devices to the queue, first come first served among those a device fits."""
        started = False
        for run_id in list(self._queue):
            run = self._runs[run_id]
            taken = {other.slot for other in self._runs.values() if other.status in ("starting", "running")}
            slot = next((slot for slot in self._slots_for(run.config) if slot not in taken), None)
            if slot is None:
                continue
            self._queue.remove(run_id)
            self._start(run, slot)
            started = True
        if started:
            for run_id in self._queue:  # their positions have changed
                self._tell_run(self._runs[run_id])

    def _start(self, run: Run, slot: str) -> None:
        kind, _, index = slot.partition(":")
        # The run's own --device stays as it was asked for; what it sees decides what `auto` finds.
        environment = {"CUDA_VISIBLE_DEVICES": index if kind == "cuda" else ""}
        folders = ["--experiments", str(self.experiments_dir), "--data", str(self.data_dir)]
        try:
            run.slot = slot
            run.folder.clear_request()
            self._write(run, queued=False)
            run.process = self._launcher.start(run.arguments() + folders, run.folder.path / "log.txt", environment)
        except OSError as error:
            run.slot = None
            self._note_end(run, "failed", f"cannot start: {error}")
            return
        run.status, run.reason, run.requested, run.deadline = "starting", None, None, None
        log.info("run %s starts on %s", run.folder.id, slot)
        self._tell_run(run)
        if not self._queue:
            self._launcher.prepare()

    # --- inside -------------------------------------------------------------------------------------------------------

    def _read_folders(self) -> None:
        """Takes up what an earlier server, or the command line, left."""
        for path in self.experiments_dir.glob(".deleted-*"):
            shutil.rmtree(path, ignore_errors=True)
        queued = []
        for path in sorted(self.experiments_dir.iterdir()):
            if not RUN_ID.fullmatch(path.name):
                continue
            run = self._read_folder(RunFolder(self.experiments_dir, path.name))
            if run is None:
                continue
            self._runs[run.folder.id] = run
            if run.status == "queued":
                queued.append(run)
        self._queue = [run.folder.id for run in sorted(queued, key=lambda run: run.created)]

    def _read_folder(self, folder: RunFolder) -> Run | None:
        ours, about = folder.read_json("run.json"), folder.read_json("config.json")
        stored = ours or about
        if stored is None:
            return None
        try:
            config = TrainConfig().updated(stored["config"])
            run = Run(folder, stored["preset"], config, stored.get("owner"), stored["created"])
            folder.drop_torn_line() if not folder.is_alive() else None
            if folder.metrics.exists():
                run.progress = fold(folder.records())
                run.offset = folder.metrics.read_bytes().rfind(b"\n") + 1
        except (ConfigError, KeyError, ValueError) as error:
            log.warning("run %s cannot be read: %s", folder.id, error)
            return None
        if ours and ours["queued"]:
            return run
        run.status, run.reason = folder.status()
        if run.status == "running":
            run.slot = (ours and ours.get("slot")) or self.slots[0]
        return run

    def _get(self, run_id: str) -> Run:
        with self._lock:
            if run_id not in self._runs:
                raise RefusedError(404, f"no run {run_id[:60]!r}")
            return self._runs[run_id]

    def _may_change(self, visitor: Visitor, run_id: str) -> Run:
        run = self._get(run_id)
        if not visitor.is_teacher and run.owner != visitor.owner:
            raise RefusedError(403, f"run {run_id} belongs to another browser")
        return run

    def _check_cap(self, visitor: Visitor) -> None:
        active = sum(run.is_active and run.owner == visitor.owner for run in self._runs.values())
        if active >= self.most_active and not visitor.is_teacher:
            raise RefusedError(429, f"you have {active} runs queued or running, the most a browser may have")

    def _slots_for(self, config: TrainConfig) -> list[str]:
        if config.device == "cpu":
            return ["cpu"]
        gpus = [slot for slot in self.slots if slot != "cpu"]
        return gpus if gpus or config.device == "cuda" else ["cpu"]

    def _check_device(self, config: TrainConfig) -> None:
        if not self._slots_for(config):
            raise ConfigError("device", config.device, "auto or cpu: this server has no GPU")

    def _enqueue(self, run: Run) -> None:
        run.status, run.reason = "queued", None
        self._write(run, queued=True)
        self._queue.append(run.folder.id)
        self._tell_run(run)

    def _write(self, run: Run, *, queued: bool) -> None:
        stored = {"owner": run.owner, "created": run.created, "preset": run.preset, "config": run.config.to_json()}
        run.folder.write_json("run.json", stored | {"queued": queued, "slot": run.slot})

    def _note_end(self, run: Run, status: str, reason: str | None = None) -> None:
        """Ends a run that no trainer can end itself."""
        run.status, run.reason, run.requested = status, reason, None
        with contextlib.suppress(OSError):  # a full disk: the status is then in memory alone
            run.folder.drop_torn_line()
            run.folder.append({"kind": "end", "run": run.folder.id, "status": status, "reason": reason})
            self._read_new(run)
        self._tell_run(run)

    def _left_s(self, run: Run) -> float:
        """Seconds of training left, by its own speed, or that of the last run on such a device, or a guess."""
        if run.progress.left_s is not None and run.status == "running":
            return run.progress.left_s
        kind = self._slots_for(run.config)[0].partition(":")[0]
        speeds = [
            other.progress.images_per_s
            for other in self._runs.values()
            if other.progress.images_per_s and self._slots_for(other.config)[0].partition(":")[0] == kind
        ]
        images = (run.config.train_images - run.config.holdout) * run.config.epochs
        done = run.progress.step / run.progress.steps if run.progress.steps else 0
        return images * (1 - done) / (speeds[-1] if speeds else GUESSED_IMAGES_PER_S[kind])

    def _wait_s(self, run: Run) -> float:
        """Seconds until a queued run starts, if all before it take as long as they seem to."""
        slots = self._slots_for(run.config)
        ahead = [other for other in self._runs.values() if other.status in ("starting", "running")]
        ahead += [self._runs[run_id] for run_id in self._queue[: self._queue.index(run.folder.id)]]
        rivals = [other for other in ahead if set(self._slots_for(other.config)) & set(slots)]
        return sum(map(self._left_s, rivals)) / len(slots)

    def _summary(self, run: Run) -> dict[str, Any]:
        summary = {
            "run": run.folder.id,
            "owner": run.owner,
            "preset": run.preset,
            "config": run.config.to_json(),
            "created": run.created,
            "status": run.status,
            "reason": run.reason,
            "requested": run.requested,
            "device": run.slot,
        } | run.progress.summary()
        if run.status == "queued" and run.folder.id in self._queue:
            summary["position"] = self._queue.index(run.folder.id) + 1
            summary["wait_s"] = round(self._wait_s(run), 1)
        return summary

    def _tell_run(self, run: Run) -> None:
        self._tell("run", self._summary(run))

    def _tell(self, event: str, payload: dict[str, Any]) -> None:
        for listener in self._listeners:
            listener(event, payload)


def _lives(run: Run) -> bool:
    """Whether the run's trainer is there: ours by its process, an earlier server's by its lock."""
    return run.process.poll() is None if run.process else run.folder.is_alive()


def _kill(run: Run) -> None:
    if run.process is not None:
        run.process.kill()
        run.process.wait()
    else:
        run.folder.kill()


def _last_line(path: Path) -> str | None:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return None
    return lines[-1][:300] if lines else None
