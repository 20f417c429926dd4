"""Pictures of a data set for the page, and which of them a network took for what. Reads files; no torch."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np

from lenet import data


def pictures(dataset: str, root: Path, split: str, rows: list[int]) -> list[dict[str, Any]]:
    """Row, label and 784 grey values (base64 of bytes) of images. Raises FileNotFoundError and IndexError."""
    labels = data.labels(dataset, root, split)
    images = data.pixels(dataset, root, split, rows)
    return [
        {"image": row, "label": int(labels[row]), "pixels": base64.b64encode(image.tobytes()).decode()}
        for row, image in zip(rows, images, strict=True)
    ]


def confusion_cell(predictions: Path, labels: np.ndarray, epoch: int, label: int, predicted: int) -> list[int]:
    """Rows of the test images with `label` that were taken for `predicted` after `epoch`."""
    answers = np.fromfile(predictions, np.uint8, count=len(labels), offset=(epoch - 1) * len(labels))
    return np.flatnonzero((labels == label) & (answers == predicted)).tolist()
