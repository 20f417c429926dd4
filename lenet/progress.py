"""How far a run is: folds the records of metrics.jsonl, one after another, into what a list of runs shows. No IO."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

NO_SCORE = {"loss": None, "accuracy": None}
BEFORE_FIRST: dict[str, Any] = {"epoch": 0, "train_s": 0.0, "train": NO_SCORE, "test": NO_SCORE}


@dataclass
class Progress:
    """State: what all records so far come to."""

    lines: int = 0
    step: int = 0
    steps: int | None = None
    device: str | None = None
    layers: list[dict[str, Any]] = field(default_factory=list)
    images_per_s: int | None = None
    left_s: float | None = None  # of training, at the last report's speed
    download: dict[str, Any] | None = None
    epochs: list[dict[str, Any]] = field(default_factory=list)  # the epoch records that hold
    end: dict[str, Any] | None = None

    def add(self, record: dict[str, Any]) -> None:
        self.lines += 1
        getattr(self, f"_{record['kind']}")(record)

    def _data(self, record: dict[str, Any]) -> None:
        self.download, self.end = record, None

    def _start(self, record: dict[str, Any]) -> None:
        """A run begins or goes on: what came after the place it goes on from no longer holds."""
        self.epochs = [epoch for epoch in self.epochs if epoch["epoch"] <= record["epoch"]]
        self.step, self.steps, self.device = record["step"], record["steps"], record["device"]
        self.layers = record["layers"]
        self.download = self.end = None

    def _batches(self, record: dict[str, Any]) -> None:
        self.step = record["step"] + len(record["loss"])
        self.images_per_s, self.left_s = record["images_per_s"], record["left_s"]

    def _epoch(self, record: dict[str, Any]) -> None:
        self.epochs.append(record)

    def _end(self, record: dict[str, Any]) -> None:
        self.end, self.left_s = record, None

    def summary(self) -> dict[str, Any]:
        """The fields of a run in the list."""
        last = self.epochs[-1] if self.epochs else BEFORE_FIRST
        return {
            "lines": self.lines,
            "step": self.step,
            "steps": self.steps,
            "epoch": last["epoch"],
            "train_loss": last["train"]["loss"],
            "train_accuracy": last["train"]["accuracy"],
            "test_loss": last["test"]["loss"],
            "accuracy": last["test"]["accuracy"],
            "best_accuracy": max((epoch["test"]["accuracy"] for epoch in self.epochs), default=None),
            "train_s": last["train_s"],
            "device_name": self.device,
            "images_per_s": self.images_per_s,
            "left_s": self.left_s,
            "download": self.download,
            "checkpoints": [epoch["checkpoint"] for epoch in self.epochs],
        }


def fold(records: list[dict[str, Any]]) -> Progress:
    """The progress that `records` come to."""
    progress = Progress()
    for record in records:
        progress.add(record)
    return progress
