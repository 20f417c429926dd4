"""Pictures of a data set for the page, and which of them a network took for what. Reads files; no torch."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from lenet.data import datasets

if TYPE_CHECKING:
    import numpy as np


class BrokenFileError(ValueError):
    """A file of a data set or of a run is shorter than it should be."""


class Picture(TypedDict):
    """An image of a data set."""

    image: int  # its row
    label: int
    pixels: str  # base64 of 784 grey values, a byte each


def pictures(dataset: str, root: Path, split: str, rows: list[int]) -> list[Picture]:
    """Raises OSError and BrokenFileError."""
    labels = datasets.labels(dataset, root, split)
    try:
        images = datasets.pixels(dataset, root, split, rows)
    except (ValueError, IndexError):  # numpy raises them for a file that was cut short
        raise BrokenFileError(f"the images of {dataset} on the server are not whole") from None
    if len(labels) <= max(rows, default=-1):
        raise BrokenFileError(f"the labels of {dataset} on the server are not whole")
    return [
        {"image": row, "label": int(labels[row]), "pixels": base64.b64encode(image.tobytes()).decode()}
        for row, image in zip(rows, images, strict=True)
    ]


def confusion_cell(answered: bytes | None, labels: np.ndarray, label: int, predicted: int) -> list[int]:
    """Rows of the test images with `label` that were taken for `predicted`.

    answered: the class of each, a byte. Raises BrokenFileError where that is None, or a class is lost.
    """
    import numpy as np

    answers = np.frombuffer(answered or b"", np.uint8)
    if len(answers) < len(labels) or answers.max(initial=0) > 9:  # 255: lost
        raise BrokenFileError("the predictions of that epoch are not on the server")
    return np.flatnonzero((labels == label) & (answers == predicted)).tolist()
