"""How long the runs in the queue wait, by what those before them still have to do. No IO."""

from __future__ import annotations

from collections.abc import Iterable

from lenet.config import TrainConfig
from lenet.queue.backend import GUESSED_IMAGES_PER_S, RunBackend
from lenet.run import Run
from lenet.runs.summaries import Place


class Waiting:
    """State: how quick each kind of device was, when it last trained."""

    def __init__(self, backend: RunBackend):
        self._backend = backend
        self._speeds: dict[str, float] = {}  # images a second, of the last run on a kind of device

    def note_speed(self, run: Run) -> None:
        if run.progress.images_per_s:
            self._speeds[self._kind(run)] = run.progress.images_per_s

    def places(self, active: Iterable[Run], waiting: Iterable[str]) -> dict[str, Place]:
        """Of each run in the queue: `position` from 1, and `wait_s` until it starts, None without a device.

        active: the runs that wait or are trained. waiting: ids in the order in which they will start.
        """
        left: dict[frozenset[str], float] = {}  # of the runs ahead, by the devices that fit them
        places: dict[str, Place] = {}
        order = {run_id: place for place, run_id in enumerate(waiting)}
        alike: dict[TrainConfig, Place | None] = {}  # settings that are trained once, and their place
        active = list(active)
        trained = [run for run in active if run.status != "queued"]
        queued = [run for run in active if run.status == "queued"]
        queued.sort(key=lambda run: order.get(run.id, len(order)))
        count = 0
        place: Place | None
        for run in trained + queued:
            if self._backend.trains_alike_once and run.config in alike:
                place = alike[run.config]
                if run.status == "queued":
                    places[run.id] = place or {"position": 1, "wait_s": 0.0}
                continue
            slots, place = frozenset(self._backend.fitting(run.config)), None
            if run.status == "queued":
                ahead = sum(seconds for others, seconds in left.items() if others & slots)
                wait_s = round(ahead / self._backend.places(run.config), 1) if slots else None
                count += 1
                place = places[run.id] = {"position": count, "wait_s": wait_s}
            alike[run.config] = place
            left[slots] = left.get(slots, 0.0) + self._left_s(run)
        return places

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
        return "cuda" if any("cuda" in slot for slot in self._backend.fitting(run.config)) else "cpu"
