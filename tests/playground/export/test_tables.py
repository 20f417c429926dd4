"""Tables have the numbers of the run, to the last digit."""

import csv
import io

import pytest

from playground.data import datasets
from playground.export import tables
from playground.export.steps import result
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
