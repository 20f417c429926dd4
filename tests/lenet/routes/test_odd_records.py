"""A line of metrics.jsonl that is not as Playlab writes it is left out and named, and nothing else is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from lenet.records import read_whole
from lenet.runs.registry import Runs
from lenet.training.folder import RunFolder
from lenet.training.tensorboard import EventFile
from support.lenet_folders import ODD, store_run

SCORE = {"loss": 0.5, "accuracy": 0.5}
ODD_EPOCHS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no holdout": lambda epoch: epoch.pop("holdout"),
    **{
        f"{name} {value!r}": lambda epoch, name=name, value=value: epoch.update({name: value})
        for name, value in [
            ("holdout", 5), ("holdout", {}), ("holdout", SCORE | {"loss": None}),
            ("seconds", "2"), ("step", -1), ("step", 2.5), ("time", None), ("time", "now"),
            ("confusion", []), ("confusion", [[0] * 10] * 9), ("confusion", [["0"] * 10] * 10), ("worst", {}),
            ("worst", [{"image": 1}]), ("train_s", None), ("test", 5), ("checkpoint", "../x.pt"), ("kind", "party"),
        ]
    },
    "bare": lambda epoch: [epoch.pop(name) for name in list(epoch) if name not in ("kind", "epoch")],
}  # fmt: skip


def changed(
    runs: Runs, number: int, change: Callable[[dict[str, Any]], Any], kind: str = "epoch"
) -> tuple[RunFolder, int]:
    """A finished run of three epochs whose record of `kind` with that number is changed, and that record's line."""
    path = store_run(runs.experiments_dir, ODD, epochs=3) / "metrics.jsonl"
    records = [json.loads(line) for line in path.read_text().splitlines()]
    at = [at for at, record in enumerate(records) if record["kind"] == kind][number - 1]
    change(records[at])
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return RunFolder(runs.experiments_dir, ODD), at + 1


@pytest.mark.parametrize("odd", ODD_EPOCHS)
def test_an_odd_epoch_is_left_out_of_comparison_and_table_and_named(
    student: FlaskClient, runs: Runs, run_id: str, odd: str
):
    _, line = changed(runs, 2, ODD_EPOCHS[odd])
    answer = student.get(f"/api/lenet/compare?runs={run_id},{ODD}")
    assert answer.status_code == 200, answer.text
    assert answer.json["missing"] == []
    good, shown = answer.json["runs"]
    assert good["run"] == run_id
    assert (shown["curves"]["epoch"], shown["curves"]["holdout_loss"]) == ([1, 3], [None, None])
    assert (shown["status"], shown["epoch"], len(shown["checkpoints"])) == ("finished", 3, 2)
    assert shown["why"]["code"] == "odd-record"
    assert shown["reason"].startswith(f"line {line} of metrics.jsonl is left out: ")
    table = student.get(f"/api/lenet/runs/{ODD}/epochs.csv")
    assert [row.split(",")[0] for row in table.text.splitlines()] == ["epoch", "1", "3"]
    assert [epoch["epoch"] for epoch in student.get(f"/api/lenet/runs/{ODD}").json["epochs"]] == [1, 3]
    assert student.get(f"/api/lenet/runs/{ODD}/epochs/last/script").status_code == 404  # it has no file
    told = student.get(f"/api/lenet/runs/{ODD}/metrics").json["records"]
    assert [at for at, record in enumerate(told, 1) if record["kind"] == "odd"] == [line]


@pytest.mark.parametrize("change", [{"loss": []}, {"time": None}, {"time": "now"}, {"time": -1}, {"step": "0"}])
def test_odd_batches_are_left_out_of_the_curves(runs: Runs, student: FlaskClient, change: dict[str, Any]):
    folder, line = changed(runs, 1, lambda batches: batches.update({"time": 1.0} | change), "batches")
    shown = student.get(f"/api/lenet/runs/{ODD}").json
    assert (shown["status"], shown["epoch"]) == ("finished", 3)
    assert shown["reason"].startswith(f"line {line} of metrics.jsonl is left out: ")
    EventFile(folder.path, read_whole(folder.lines())).close()


@pytest.mark.parametrize(
    ("kind", "change", "line"), [("start", {"layers": 5}, 1), ("end", {"status": "burnt"}, 65), ("end", {"why": 5}, 65)]
)
def test_a_start_or_an_end_that_is_odd_is_left_out_and_names_its_line(
    runs: Runs, student: FlaskClient, run_id: str, kind: str, change: dict[str, Any], line: int
):
    changed(runs, 1, lambda record: record.update(change), kind)
    answer = student.get(f"/api/lenet/compare?runs={ODD},{run_id}").json
    assert answer["missing"] == []
    shown = answer["runs"][0]
    assert (shown["status"], shown["epoch"], len(shown["checkpoints"])) == ("finished", 3, 3)
    assert shown["reason"].startswith(f"line {line} of metrics.jsonl is left out: ")
    assert (shown["steps"] is None) == (kind == "start")
    details = student.get(f"/api/lenet/runs/{ODD}").json
    assert (len(details["epochs"]), bool(details["layers"])) == (3, kind == "end")
