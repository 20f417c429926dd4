"""One run as it is shown, with the way to its files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.refused import RefusedError
from lenet.config import TrainConfig
from lenet.run import Run
from lenet.runs import reading, recorded
from lenet.runs.shown import Shown
from lenet.training.folder import RunFolder
from support.lenet_folders import store_run

NAME = "20260101-000000-abcdef"


def show(tmp_path: Path, epochs: int = 3, **fields: object) -> Shown:
    store_run(tmp_path, NAME, epochs=epochs, **fields)
    folder = RunFolder(tmp_path, NAME)
    return Shown.of(reading.read(folder, reading.stored(folder)))


def test_an_epoch_is_found_by_its_number_or_as_the_last(tmp_path: Path):
    run = show(tmp_path)
    assert [run.epoch(number).epoch for number in (1, 3, None)] == [1, 3, 3]
    with pytest.raises(RefusedError, match="has no epoch 4: it has 3") as refused:
        run.epoch(4)
    assert (refused.value.code, refused.value.values) == ("no-such-epoch", {"last": 3})


@pytest.mark.parametrize(("status", "has"), [("failed", "it has none"), ("running", "it has none yet")])
def test_a_run_without_an_epoch_says_whether_one_may_come(tmp_path: Path, status: str, has: str):
    stored = {"config": TrainConfig().to_json(), "preset": "fast", "created": 0.0}
    run = Run.of(RunFolder(tmp_path, NAME), stored)
    run.take_for(status)
    with pytest.raises(RefusedError) as refused:
        Shown.of(run).epoch(None)
    assert str(refused.value) == f"run {NAME} has no epoch: {has}"


def test_an_answer_has_a_bounded_number_of_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    run = show(tmp_path)
    whole = run.records(0)
    assert len(whole) == run.lines
    monkeypatch.setattr(recorded, "MOST_RECORDS", 4)
    assert (run.records(0), run.records(3)) == (whole[:4], whole[3:7])
    assert run.records(len(whole)) == []


def test_what_somebody_has_removed_is_told(tmp_path: Path):
    run = show(tmp_path)
    with pytest.raises(RefusedError, match=r"saved network of epoch 3 .* was removed"):
        run.checkpoint(run.epoch(None))
    path = run.folder.path / run.epoch(None).checkpoint
    path.touch()
    assert run.checkpoint(run.epoch(None)) == path
    shutil.rmtree(run.folder.path)
    for ask in (lambda: run.checkpoint(run.epoch(None)), lambda: run.records(0), run.details):
        with pytest.raises(RefusedError, match=r"the folder of run .* was removed"):
            ask()


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"epochs": 9, "stop_accuracy": 0.903}, "reached"),
        ({"epochs": 9, "stop_accuracy": 0.99}, "moved"),
        ({"epochs": 3}, None),
    ],
)
def test_a_run_that_a_rule_ended_says_which(tmp_path: Path, config: dict, code: str | None):
    why = show(tmp_path, config=config).summary["why"]
    assert (why and why["code"]) == code
