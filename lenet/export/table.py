"""The epochs of a run as a table, CSV: a row an epoch. No torch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from lenet.lines import PARTS, SCORES, EpochLine

COLUMNS = (
    "epoch", "train_loss", "train_accuracy", "holdout_loss", "holdout_accuracy", "test_loss", "test_accuracy",
    "seconds", "train_s", "checkpoint",
)  # fmt: skip


def written(epochs: Iterable[EpochLine]) -> str:
    """Of epoch records, the first first. Numbers are as Python reads them back; what there is not stays empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(map(_row, epochs))
    return text.getvalue()


def _row(record: EpochLine) -> dict[str, object]:
    row: dict[str, object] = {name: record.get(name) for name in ("epoch", "seconds", "train_s", "checkpoint")}
    for part in PARTS:
        scores: Mapping[str, object] = record.get(part) or {}
        row |= {f"{part}_{score}": scores.get(score) for score in SCORES}
    return row
