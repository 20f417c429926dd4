"""Trains runs on this machine: a queue in memory, one trainer on each device, each a process of its own.

What it must know after a restart stands in the runs' folders. No torch.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lenet.backend import News, State
from lenet.cleaned import plain, without_paths
from lenet.config import TrainConfig
from lenet.devices import cuda_visible, devices
from lenet.folder import ENDINGS, open_file
from lenet.launch import Launcher
from lenet.run import Run
from lenet.turns import in_order

log = logging.getLogger("lenet.local")

OBEY_S = 10  # how long a trainer may take to obey a request before it is killed
CLOSE_S = 3  # and when the server closes
MOST_LOG_BYTES = 65_536  # of the end of a trainer's log


@dataclass
class Training:
    """A run that has a device."""

    run: Run
    slot: str
    process: subprocess.Popen[str] | None  # None: an earlier server started it
    deadline: float | None = None  # monotonic; for obeying a request

    @property
    def lives(self) -> bool:
        """Ours by its process, an earlier server's by its lock."""
        if self.process is not None:
            return self.process.poll() is None
        try:
            return self.run.folder.is_alive()
        except OSError:  # its folder was taken away
            return False

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        else:
            self.run.folder.kill()


class LocalBackend:
    """A `RunBackend` of this machine. Owns the trainers and a spare one."""

    def __init__(self, data_dir: Path, slots: list[str] | None = None, launcher: Launcher | None = None):
        """slots: the devices to use; by default every GPU, or the CPU."""
        self.data_dir = Path(data_dir).expanduser().resolve()
        self.slots = slots or [d["id"] for d in devices() if d["id"] != "cpu"] or ["cpu"]
        self._launcher = launcher or Launcher()
        self._queue: list[Run] = []
        self._training: dict[str, Training] = {}
        self._over: dict[str, State] = {}  # of runs that never got a trainer

    def devices(self) -> list[dict[str, Any]]:
        return devices()

    def fitting(self, config: TrainConfig) -> list[str]:
        if config.device == "cpu":
            return ["cpu"]
        gpus = [slot for slot in self.slots if slot != "cpu"]
        return gpus if gpus or config.device == "cuda" else ["cpu"]

    def submit(self, run: Run) -> None:
        run.save(queued=True)
        self._queue.append(run)

    def adopt(self, run: Run, was_queued: bool) -> None:
        if run.folder.is_alive():
            self._training[run.id] = Training(run, run.slot or self.slots[0], None)
        elif was_queued:
            self._queue.append(run)

    def waiting(self) -> list[str]:
        return [run.id for run in in_order(self._queue)]

    def request(self, run: Run, what: str) -> bool:
        if run in self._queue:
            self._queue.remove(run)
            with contextlib.suppress(OSError):
                run.save(queued=False)
            return True
        run.folder.request(what)
        if run.id in self._training:
            self._training[run.id].deadline = time.monotonic() + OBEY_S
        return False

    def note_end(self, run: Run, record: dict[str, Any]) -> None:
        run.folder.mend()
        run.folder.append(record)

    def forget(self, run: Run) -> None:
        """Its folder is all there is."""

    def news(self) -> list[News]:
        return []  # one server, one machine

    def state(self, run: Run) -> State:
        training = self._training.get(run.id)
        if training is None:
            waits = run in self._queue
            return State("waiting") if waits else self._over.pop(run.id, State("over"))
        if training.lives:
            if training.deadline is not None and time.monotonic() > training.deadline:
                log.warning("run %s did not %s in %s s: killed", run.id, run.requested, OBEY_S)
                training.kill()
            return State("training", training.slot)
        del self._training[run.id]
        returncode = training.process.wait() if training.process else None
        if training.deadline is not None:
            status = ENDINGS[run.requested or "stop"]
            return State("over", status=status, reason="it did not answer and was killed")
        if returncode is not None and returncode > 0:
            reason = _last_line(run.folder.path / "log.txt") or f"exit status {returncode}"
            return State("over", status="failed", reason=reason)
        return State("over", reason="the training process was killed")

    def step(self) -> None:
        """Gives free devices to the queue, in its order among those a device fits."""
        started = False
        for run in in_order(self._queue):
            taken = {training.slot for training in self._training.values()}
            slot = next((slot for slot in self.fitting(run.config) if slot not in taken), None)
            if slot is not None:
                self._queue.remove(run)
                self._start(run, slot)
                started = True
        if started:
            self._launcher.prepare()

    def note_pause(self, seconds: float) -> None:
        for training in self._training.values():
            if training.deadline is not None:
                training.deadline += seconds

    def prepare(self) -> None:
        """Loads torch where it will be needed, so that the next run starts at once."""
        self._launcher.prepare()

    def close(self) -> None:
        """Pauses the trainers, each at its next step; one that does not obey is killed."""
        self._launcher.close()
        running = list(self._training.values())
        for training in running:
            with contextlib.suppress(OSError):
                training.run.folder.request("pause")
        deadline = time.monotonic() + CLOSE_S
        while time.monotonic() < deadline and any(training.lives for training in running):
            time.sleep(0.02)
        for training in running:
            training.kill()

    def _start(self, run: Run, slot: str) -> None:
        # The run's own --device stays as it was asked for; what it sees decides what `auto` finds.
        environment = {"CUDA_VISIBLE_DEVICES": cuda_visible(slot)}
        folders = ["--experiments", str(run.folder.path.parent), "--data", str(self.data_dir)]
        run.slot = slot
        try:
            run.folder.clear_request()
            run.save(queued=False)  # first: a server killed here must not find it queued and training
            process = self._launcher.start(run.arguments() + folders, run.folder.path / "log.txt", environment)
        except OSError as error:
            self._over[run.id] = State("over", status="failed", reason=f"cannot start: {plain(error)}")
            return
        self._training[run.id] = Training(run, slot, process)
        log.info("run %s starts on %s", run.id, slot)


def _last_line(path: Path) -> str | None:
    try:
        with open_file(path) as file:
            file.seek(max(0, path.stat().st_size - MOST_LOG_BYTES))
            lines = file.read(MOST_LOG_BYTES).decode(errors="replace").strip().splitlines()
    except OSError:
        return None
    return without_paths(lines[-1])[:300] if lines else None
