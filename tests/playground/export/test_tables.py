"""Tables have the numbers of the run, to the last digit."""

import csv
import io

import pytest

from playground import point_set
from playground.data import datasets
from playground.export import tables
from playground.export.steps import result
from playground.point_set import Axis, packed
from playground.recording import moment
from playground.recording.player import Player

LINK = "seed=0.1&epoch=25&edits=10:rate:0.1,20:data:0.7"


def read(text):
    return [*csv.DictReader(io.StringIO(text))]


def test_the_losses_are_those_after_every_epoch():
    player = Player(moment.parse(LINK).recording)
    rows = read(result(tables.losses(moment.parse(LINK))))
    assert [int(row["epoch"]) for row in rows] == [*range(26)]
    for row in rows:
        while player.engine.epoch < int(row["epoch"]):
            player.train()
        names = ("trainLoss", "testLoss", "trainAccuracy", "testAccuracy")
        assert tuple(float(row[name]) for name in names) == player.engine.scores()


def test_the_points_are_those_of_the_moment():
    there = moment.parse(LINK)
    rows = read(result(tables.points(there)))
    train, test = datasets.split(there.config)
    assert there.config.seed == "0.7"
    for name, points in (("train", train), ("test", test)):
        found = [[float(row[key]) for key in ("x", "y", "label")] for row in rows if row["set"] == name]
        assert found == points.tolist()


def test_the_columns_are_those_that_the_page_saves():
    assert result(tables.losses(moment.parse(LINK))).startswith(
        "epoch,trainLoss,testLoss,trainAccuracy,testAccuracy\r\n"
    )
    assert result(tables.points(moment.parse(LINK))).startswith("x,y,label,set\r\n")


@pytest.mark.parametrize(
    ("link", "column"),
    [
        ("seed=0.1&problem=regression&epoch=1", "testAccuracy"),
        ("seed=0.3&problem=regression&activation=relu&learningRate=10&networkShape=8,8&epoch=30", "testLoss"),
    ],
)
def test_what_is_no_number_is_empty(link, column):
    assert read(result(tables.losses(moment.parse(link))))[-1][column] == ""


def test_measured_points_stand_there_in_their_own_units_too():
    rows = read(result(tables.points(moment.parse("seed=0.1&dataset=penguins&epoch=1"))))
    named = {"0": "Adelie", "1": "Gentoo", "2": "Chinstrap"}
    assert {(row["label"], row["species"]) for row in rows} == set(named.items())
    measured = point_set.measured("penguins")
    found = sorted((float(row["bill length (mm)"]), float(row["flipper length (mm)"])) for row in rows)
    assert found == sorted((round(x, 1), round(y, 1)) for x, y in zip(*measured.columns[:2], strict=True))
    _, axis, _ = measured.axes
    for row in rows:
        assert float(row["y"]) == pytest.approx((float(row["flipper length (mm)"]) - axis.centre) / axis.step, abs=1e-6)


def test_no_name_of_own_data_is_a_formula_and_what_has_none_is_told_by_its_column():
    axes = (Axis("=cmd", 5), Axis(), Axis("@kind; =1"))
    own = packed([range(10), range(-5, 5), [0, 1] * 5], 2, axes, ("+1", ""))
    there = moment.parse(f"seed=0.1&dataset=own&classes=2&ownData={own.text}&epoch=0")
    rows = read(result(tables.points(there)))
    assert [*rows[0]][4:] == ["'=cmd", "own y", "'@kind;' =1"]  # a cell begins behind a semicolon, elsewhere
    assert {row["'@kind;' =1"] for row in rows} == {"'+1", "1"}
    assert {row["'=cmd"] for row in rows} == {str(x) for x in range(10)}
