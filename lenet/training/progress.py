"""How far a run is: folds the records of metrics.jsonl, one after another, into what a list of runs shows. No IO."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypedDict

import msgspec

from lenet.lines import DataLine, EpochLine, Line
from lenet.reasons import Reason, because, told_by
from lenet.records import Batches, Data, End, Epoch, Odd, Record, Start, read_record


class Progressed(TypedDict):
    """The fields of a run in the list that its records tell."""

    lines: int
    step: int
    steps: int | None
    epoch: int
    train_loss: float | None
    train_accuracy: float | None
    test_loss: float | None
    accuracy: float | None
    best_accuracy: float | None
    train_s: float
    device_name: str | None
    images_per_s: float | None
    trained_images_per_s: float | None
    left_s: float | None
    download: DataLine | None
    checkpoints: list[str]


@dataclass(slots=True)
class Progress:
    """State: what all records so far come to. Whoever wants whole records reads them from the file."""

    lines: int = 0
    step: int = 0
    saved_step: int = 0  # from which it would go on
    steps: int | None = None
    device: str | None = None
    images: int = 0  # an epoch
    train_s: float = 0.0  # seconds of training and testing
    images_per_s: float | None = None  # with tests. While it trains: over its last epoch; when it is over: over all
    steps_per_epoch: int = 0
    timed_steps: int = 0  # all that were trained, also those that were lost
    timed_s: float = 0.0  # that these took, without tests
    left_s: float | None = None  # of training and testing, if it trains all its epochs; None: too early to say
    download: Data | None = None
    epochs: list[Epoch] = field(default_factory=list)  # those that hold
    end: End | None = None
    note: Reason | None = None  # what could not be restored when the run went on
    odd: Reason | None = None  # the first line that is left out, of those since it began or went on

    def add(self, record: Record) -> None:
        self.lines += 1
        match record:
            case Data():
                self.download, self.end = record, None
            case Start():
                # A run begins or goes on: what came after the place it goes on from no longer holds.
                self.epochs = [done for done in self.epochs if done.epoch <= record.epoch]
                self.step = self.saved_step = record.step
                self.steps, self.device = record.steps, record.device
                self.images, self.steps_per_epoch = record.images, record.steps_per_epoch
                self.train_s = self.epochs[-1].train_s if self.epochs else 0.0
                self.images_per_s = self.left_s = None
                self.note, self.odd = told_by(record), None
                self.download = self.end = None
            case Batches():
                self.step = record.step + len(record.loss)
                self.images_per_s, self.left_s = record.images_per_s, record.left_s
                self.train_s = self.train_s if record.train_s is None else record.train_s
                if record.seconds:
                    self.timed_steps += len(record.loss)
                    self.timed_s += record.seconds
            case Epoch():
                while self.epochs and self.epochs[-1].epoch >= record.epoch:  # the start between is left out as odd
                    self.epochs.pop()
                self.epochs.append(record)
                self.train_s = record.train_s
                self.saved_step = self.step
            case Odd():
                self.odd = self.odd or because("odd-record", line=self.lines, error=record.error)
            case End():
                self.end, self.left_s = record, None
                self.images_per_s = self._mean_speed()
                if record.step is not None:  # what came after it no longer holds
                    self.step = record.step
                    self.train_s = self.epochs[-1].train_s if self.epochs else 0.0
                self.saved_step = self.step

    @property
    def goes_back_to(self) -> int | None:
        """The step from which it would go on, where its last steps are not saved."""
        return self.saved_step if self.step > self.saved_step else None

    def _mean_speed(self) -> float | None:
        """Images a second over all finished epochs, their tests included, so that it agrees with the time they took."""
        last = self.epochs[-1] if self.epochs else None
        return round(self.images * last.epoch / last.train_s) if last and last.train_s > 0 and self.images else None

    def _training_speed(self) -> float | None:
        """Images a second of training alone: runs of few images spend most of their time on tests."""
        if not (self.timed_s and self.steps_per_epoch and self.images):
            return None
        return round(self.images / self.steps_per_epoch * self.timed_steps / self.timed_s)

    def summary(self) -> Progressed:
        """The fields of a run in the list."""
        last = self.epochs[-1] if self.epochs else None
        return {
            "lines": self.lines,
            "step": self.step,
            "steps": self.steps,
            "epoch": last.epoch if last else 0,
            "train_loss": last.train.loss if last else None,
            "train_accuracy": last.train.accuracy if last else None,
            "test_loss": last.test.loss if last else None,
            "accuracy": last.test.accuracy if last else None,
            "best_accuracy": max((done.test.accuracy for done in self.epochs), default=None),
            "train_s": self.train_s,
            "device_name": self.device,
            "images_per_s": self.images_per_s,
            "trained_images_per_s": self._training_speed(),
            "left_s": self.left_s,
            "download": msgspec.to_builtins(self.download) if self.download else None,
            "checkpoints": [done.checkpoint for done in self.epochs],
        }


def fold(lines: Iterable[bytes]) -> Progress:
    """The progress that the lines of metrics.jsonl come to. Raises ValueError for a line that is no record."""
    progress = Progress()
    for line in lines:
        progress.add(read_record(line))
    return progress


def epochs_that_hold(records: Iterable[Line]) -> list[EpochLine]:
    """The epoch records among `records` that no later start, and no later record of the same epoch, has taken back."""
    epochs: list[EpochLine] = []
    for record in records:
        if record["kind"] == "start":
            epochs = [epoch for epoch in epochs if epoch["epoch"] <= record["epoch"]]
        elif record["kind"] == "epoch":
            while epochs and epochs[-1]["epoch"] >= record["epoch"]:  # the start between is left out as odd
                epochs.pop()
            epochs.append(record)
    return epochs
