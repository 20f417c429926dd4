"""The run's curves as TensorBoard's event files, written from the same records as metrics.jsonl."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tensorboardX import SummaryWriter


class EventFile:
    """Event files in a run's folder. `close` writes what is left."""

    def __init__(self, folder: Path):
        self._writer = SummaryWriter(str(folder))

    def epoch(self, record: dict[str, Any], losses: list[float]) -> None:
        """An epoch's record, and the losses of its batches."""
        first = record["step"] - len(losses)
        for step, loss in enumerate(losses, first):
            self._writer.add_scalar("loss/batch", loss, step)
        for part in ("train", "holdout", "test"):
            if record[part] is not None:
                self._writer.add_scalar(f"loss/{part}", record[part]["loss"], record["step"])
                self._writer.add_scalar(f"accuracy/{part}", record[part]["accuracy"], record["step"])
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()
