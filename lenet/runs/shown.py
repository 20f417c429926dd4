"""One run as everybody may read it, from any thread: a snapshot, which is never changed, only replaced."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.refused import RefusedError
from lenet.config import TrainConfig
from lenet.export import origin
from lenet.export.origin import Origin
from lenet.reasons import Reason, as_json, because
from lenet.records import Epoch
from lenet.run import Run, command_of
from lenet.runs import reading, recorded
from lenet.runs.refusals import check_folder, outdated, unreadable
from lenet.runs.summaries import Details, Summary
from lenet.training.folder import RunFolder

ENDED = ("finished", "failed", "stopped")


@dataclass(frozen=True, slots=True)
class Shown:
    """One run at one moment, and the way to its files."""

    folder: RunFolder
    config: TrainConfig
    epochs: tuple[Epoch, ...]
    summary: Summary
    name: str | None = None  # not in the summary, which everybody gets

    @classmethod
    def of(cls, run: Run) -> Shown:
        reason = run.reason or run.progress.note or run.progress.odd or _stop_rule(run)
        summary: Summary = {
            "run": run.id,
            "owner": run.owner,
            "preset": run.preset,
            "config": run.settings,
            "unknown": list(run.unknown),
            "sweep": run.sweep,
            "created": run.created,
            "status": run.status,
            "reason": reason.sentence if reason else None,
            "why": as_json(reason.why) if reason else None,
            "requested": run.requested,
            "device": run.slot,
            "shared": run.shared,
            **run.progress.summary(),
        }
        return cls(run.folder, run.config, tuple(run.progress.epochs), summary, run.name)

    @property
    def lines(self) -> int:
        """How many lines of metrics.jsonl have been told so far."""
        return self.summary["lines"]

    def epoch(self, number: int | None) -> Epoch:
        """One of its epochs; None: the last. Raises RefusedError."""
        for record in reversed(self.epochs):
            if number in (None, record.epoch):
                return record
        last = len(self.epochs) and self.epochs[-1].epoch
        has = f"it has {last}" if last else "it has none" if self.summary["status"] in ENDED else "it has none yet"
        message = f"run {self.folder.id} has no epoch {'' if number is None else number}".rstrip() + f": {has}"
        raise RefusedError(404, message, "no-such-epoch", last=last)

    def checkpoint(self, epoch: Epoch) -> Path:
        """The file of an epoch's network. Raises RefusedError where somebody has removed it."""
        check_folder(self.folder)
        path = self.folder.path / epoch.checkpoint
        if not path.is_file():
            message = f"the saved network of epoch {epoch.epoch} of run {self.folder.id} was removed from the server"
            raise RefusedError(404, message, "no-files")
        return path

    def records(self, first: int) -> list[bytes]:
        """The lines of metrics.jsonl from line `first` on, at most `recorded.MOST_RECORDS`, each a JSON object.

        Raises RefusedError.
        """
        with self._reading():
            return recorded.lines(self.folder, first)

    def predicted(self, epoch: Epoch, images: int) -> bytes | None:
        """The classes of the test images after an epoch; None where they are not there. Raises RefusedError."""
        with self._reading():
            return self.folder.load_predicted(epoch.epoch, images)

    def details(self) -> Details:
        """The command that makes the same run, its layers and epochs, and what it was trained with.

        Raises RefusedError.
        """
        with self._reading():
            layers, epochs = recorded.layers_and_epochs(self.folder)
        about = self.folder.read_json("config.json") or {}
        return {
            "layers": layers,
            "epochs": epochs,
            "command": command_of(self.summary["preset"], self.config),
            "versions": about.get("versions"),
            "threads": about.get("threads"),
        }

    def origin(self, epoch: Epoch) -> Origin:
        """What is known of an epoch's network, to be taken home. Raises RefusedError."""
        if unknown := self.summary["unknown"]:
            raise outdated(self.folder.id, unknown)
        with self._reading():
            return origin.of_run(self.folder, self.config, self.checkpoint(epoch).name)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """Raises RefusedError where what is read inside cannot be."""
        check_folder(self.folder)
        try:
            yield
        except (OSError, ValueError) as error:
            raise unreadable(self.folder.id, reading.why(error)) from None


def _stop_rule(run: Run) -> Reason | None:
    """Which rule ended a run before its last epoch."""
    last = run.progress.epochs[-1] if run.progress.epochs else None
    if run.status != "finished" or last is None or last.epoch >= run.config.epochs:
        return None
    if run.config.stop_accuracy < 1 and last.test.accuracy >= run.config.stop_accuracy:
        return because("reached", accuracy=run.config.stop_accuracy)
    return because("moved", change=run.config.stop_change)
