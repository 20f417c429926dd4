"""Whatever the data set, a run can be taken home in every form."""

import csv
import io
import json

import pytest

from playground.config import FIELDS, MEASURED, OWN_DATA
from playground.data import datasets
from playground.export import files
from playground.export.formats import FORMAT
from playground.export.steps import result
from playground.point_set import packed
from playground.recording import moment
from support import exported

NAMES = [*datasets.DATASETS, *MEASURED, OWN_DATA]
REGRESSIONS = FIELDS["regDataset"].kind.values[:-1]
OWN = packed([[i / 7 for i in range(30)], [0.0, 1.0, -2.0] * 10, [0, 1, 2] * 10], 3)


def made(name, form, table="losses"):
    kind = f"problem=regression&regDataset={name}" if name in REGRESSIONS else f"dataset={name}"
    kind += f"&ownData={OWN.text}" if name == OWN_DATA else ""
    stroke = ",3:add:1:0.5:0.25,3:drop:0:0" if name == OWN_DATA else ""
    there = moment.parse(f"{kind}&noise=20&networkShape=3&seed=0.1&epoch=4&edits=2:data:0.7{stroke}")
    return there, result(files.writing(there, form, table))


@pytest.mark.parametrize("name", NAMES)
def test_the_file_of_code_has_the_points_and_trains_them_to_the_same_losses(name):
    there, content = made(name, "py")
    assert f"{name}, 2-3-{there.config.outputs}, 4 epochs" in content.decode()
    status, printed = exported.run(content.decode())
    assert status == 0
    assert json.loads(printed[-1])["largest_difference"] < 1e-12


@pytest.mark.parametrize("name", NAMES)
def test_the_table_of_points_has_those_of_the_data_set(name):
    there, content = made(name, "csv", "points")
    rows = [[float(row[key]) for key in ("x", "y", "label")] for row in csv.DictReader(io.StringIO(content.decode()))]
    train, test = datasets.split(there.config)
    assert rows == [*train.tolist(), *test.tolist()]


@pytest.mark.parametrize("name", NAMES)
def test_every_other_form_is_written(name):
    for form in set(FORMAT.values) - {"py"}:
        assert made(name, form)[1], form
