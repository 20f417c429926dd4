from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest

from lenet.data import datasets
from lenet.data.pictures import BrokenFileError, confusion_cell, pictures
from lenet.training.folder import RunFolder
from lenet.training.progress import epochs_that_hold


def test_pictures_carry_row_label_and_784_grey_values(mnist: Path):
    first, last = pictures("mnist", mnist, "test", [0, 9999])
    split = datasets.load("mnist", mnist, "test")
    for picture in (first, last):
        row = picture["image"]
        assert picture["label"] == split.labels[row]
        values = np.frombuffer(base64.b64decode(picture["pixels"]), np.uint8)
        assert np.array_equal(values, (split.images[row].flatten() * 255).round().numpy())


def test_a_row_that_is_none_is_an_error(mnist: Path):
    with pytest.raises(BrokenFileError):
        pictures("mnist", mnist, "test", [10_000])


def test_the_cells_hold_the_images_that_the_matrix_counts(trained: RunFolder, mnist: Path):
    labels = datasets.labels("mnist", mnist, "test")
    for record in epochs_that_hold(trained.records()):
        found = [
            [
                len(confusion_cell(trained.predicted(record["epoch"], len(labels)), labels, label, predicted))
                for predicted in range(10)
            ]
            for label in range(10)
        ]
        assert found == record["confusion"]


def test_the_worst_mistakes_lie_in_their_cells(trained: RunFolder, mnist: Path):
    labels = datasets.labels("mnist", mnist, "test")
    record = epochs_that_hold(trained.records())[-1]
    answered = trained.predicted(record["epoch"], len(labels))
    for mistake in record["worst"][:10]:
        cell = confusion_cell(answered, labels, mistake["label"], mistake["predicted"])
        assert mistake["image"] in cell
