"""The epochs of a run as a table, CSV: a row an epoch. No torch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

COLUMNS = (
    "epoch", "train_loss", "train_accuracy", "holdout_loss", "holdout_accuracy", "test_loss", "test_accuracy",
    "seconds", "train_s", "checkpoint",
)  # fmt: skip


def written(epochs: Iterable[dict[str, Any]]) -> str:
    """Of epoch records, the first first. Numbers are as Python reads them back; what there is not stays empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(map(_row, epochs))
    return text.getvalue()


def _row(record: dict[str, Any]) -> dict[str, Any]:
    row = {name: record.get(name) for name in ("epoch", "seconds", "train_s", "checkpoint")}
    for part in ("train", "holdout", "test"):
        scores = record.get(part) or {}
        row |= {f"{part}_{score}": scores.get(score) for score in ("loss", "accuracy")}
    return row
