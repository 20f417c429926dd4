from __future__ import annotations

from typing import Any

from lenet.records import read_record
from lenet.training.folder import RunFolder, line_of
from lenet.training.progress import Progress, epochs_that_hold
from lenet.training.progress import fold as fold_lines


def fold(records: list[dict[str, Any]]) -> Progress:
    return fold_lines(map(line_of, records))


def start(epoch: int, step: int) -> dict[str, Any]:
    return {"kind": "start", "epoch": epoch, "step": step, "steps": 20, "device": "CPU", "layers": []}


def batches(step: int, count: int) -> dict[str, Any]:
    return {"kind": "batches", "step": step, "loss": [1.0] * count, "images_per_s": 100, "left_s": 5.0}


def epoch(number: int, accuracy: float) -> dict[str, Any]:
    scores = {
        "train": {"loss": number / 8, "accuracy": accuracy / 2},
        "test": {"loss": number / 4, "accuracy": accuracy},
    }
    rest = {"step": number * 10, "seconds": 2.0, "holdout": None, "confusion": [[0] * 10] * 10, "worst": []}
    return {"kind": "epoch", "epoch": number, "train_s": number * 2.0, "checkpoint": f"{accuracy}.pt"} | scores | rest


END = {"kind": "end", "status": "finished"}


def test_nothing_yet_is_a_summary_too():
    summary = Progress().summary()
    assert (summary["epoch"], summary["train_s"], summary["checkpoints"]) == (0, 0, [])
    scores = ("train_loss", "train_accuracy", "test_loss", "accuracy", "best_accuracy")
    assert [summary[name] for name in scores] == [None] * 5


def test_the_records_add_up():
    progress = fold([start(0, 0), batches(0, 3), batches(3, 7), epoch(1, 0.9), batches(10, 10), epoch(2, 0.8)])
    summary = progress.summary()
    assert (summary["step"], summary["epoch"], summary["accuracy"], summary["best_accuracy"]) == (20, 2, 0.8, 0.9)
    assert (summary["train_loss"], summary["train_accuracy"], summary["test_loss"]) == (0.25, 0.4, 0.5)
    assert summary["checkpoints"] == ["0.9.pt", "0.8.pt"]
    assert (summary["lines"], summary["left_s"], summary["images_per_s"]) == (6, 5.0, 100)
    progress.add(read_record(line_of(END)))
    assert progress.end.status == "finished"
    assert progress.summary()["left_s"] is None


def test_the_speed_of_training_is_without_the_tests_and_survives_what_is_lost():
    begun = start(0, 0) | {"images": 1000, "steps_per_epoch": 10}
    timed = [batches(0, 10) | {"seconds": 0.5}, epoch(1, 0.9), batches(10, 4) | {"seconds": 0.3}]
    assert fold([begun]).summary()["trained_images_per_s"] is None
    progress = fold([begun, *timed, begun | {"epoch": 1, "step": 10}, batches(10, 10) | {"seconds": 0.4}, END])
    assert progress.summary()["trained_images_per_s"] == 2000
    of_an_earlier_version = fold([begun, batches(0, 10), epoch(1, 0.9), END])
    assert of_an_earlier_version.summary()["trained_images_per_s"] is None


def test_going_on_takes_back_what_came_after():
    progress = fold([start(0, 0), epoch(1, 0.9), epoch(2, 0.95), END, start(1, 10)])
    assert [record.epoch for record in progress.epochs] == [1]
    assert progress.step == 10
    assert progress.summary()["test_loss"] == 0.25
    assert progress.end is None


def test_a_download_is_shown_until_training_starts():
    news = {"kind": "data", "source": "npm", "done": 1, "total": 2}
    assert fold([news]).summary()["download"] == news
    assert fold([news, start(0, 0)]).summary()["download"] is None


def test_an_epoch_that_is_told_twice_holds_once_where_the_start_between_is_odd():
    told = [start(0, 0), epoch(1, 0.7), epoch(2, 0.8), {"kind": "start"}, epoch(2, 0.9)]
    progress = fold(told)
    assert [(done.epoch, done.test.accuracy) for done in progress.epochs] == [(1, 0.7), (2, 0.9)]
    assert (progress.odd.why.code, progress.odd.why.values["line"]) == ("odd-record", 4)
    held = epochs_that_hold([record for record in told if "step" in record])
    assert [(record["epoch"], record["test"]["accuracy"]) for record in held] == [(1, 0.7), (2, 0.9)]


def test_every_record_of_a_real_run_is_understood(trained: RunFolder):
    records = trained.records()
    progress = fold(records)
    assert progress.lines == len(records)
    assert progress.step == progress.steps == 60
    assert [record["kind"] for record in records if record["kind"] != "batches"] == ["start", "epoch", "epoch", "end"]
    assert records[0]["layers"][1] == {"name": "conv1", "shape": [6, 24, 24], "parameters": 156}
