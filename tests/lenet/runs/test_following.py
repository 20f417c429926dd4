"""What is told of runs that are trained, and how they end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
import torch

from lenet.runs.registry import Runs
from support.lenet_runs import ALICE, has_epoch, records_of, start
from support.processes import wait_until

Ended = Callable[..., dict[str, Any]]
Status = Callable[[str], str]


def without_clock(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in ("seconds", "train_s", "time")}


def test_a_run_trains_and_its_news_are_its_file(runs: Runs, ended: Ended):
    news: list[tuple[str, dict[str, Any]]] = []
    runs.board.subscribe(lambda event, payload: news.append((event, payload)))
    run_id = start(runs, epochs=2)
    shown = ended(run_id)
    assert (shown["status"], shown["epoch"], shown["owner"]) == ("finished", 2, "alice")
    assert [record["epoch"] for record in shown["epochs"]] == [1, 2]
    assert shown["layers"][1]["name"] == "conv1"
    assert shown["versions"]["torch"] == torch.__version__
    told = [payload for event, payload in news if event == "records" and payload["run"] == run_id]
    assert [record for payload in told for record in payload["records"]] == records_of(runs, run_id)
    assert [payload["line"] for payload in told] == [sum(len(p["records"]) for p in told[:i]) for i in range(len(told))]
    statuses = [payload["status"] for event, payload in news if event == "run" and payload["run"] == run_id]
    assert list(dict.fromkeys(statuses)) == ["queued", "starting", "running", "finished"]


def test_a_failed_run_says_why(runs: Runs, ended: Ended):
    shown = ended(start(runs, learning_rate=10.0, weight_decay=1.0, output_relu=False))
    assert shown["status"] == "failed"
    assert "no longer a number" in shown["reason"]


def test_a_killed_trainer_is_noticed_and_the_run_goes_on_from_its_last_epoch(runs: Runs, ended: Ended):
    run_id = start(runs)
    wait_until(lambda: has_epoch(runs, run_id), 60, "a first epoch")
    os.kill(runs.backend._training[run_id].process.pid, signal.SIGKILL)
    dead = ended(run_id, 5)
    assert (dead["status"], dead["reason"]) == ("interrupted", "the training process was killed")
    runs.resume(ALICE, run_id)
    wait_until(lambda: len(runs.show(run_id)["epochs"]) > len(dead["epochs"]), 60, "a further epoch")
    epochs = runs.show(run_id)["epochs"][: len(dead["epochs"])]
    # One that was told and not yet saved was trained again.
    assert [without_clock(epoch) for epoch in epochs] == [without_clock(epoch) for epoch in dead["epochs"]]
    runs.request(ALICE, run_id, "stop")


def test_a_trainer_that_does_not_obey_is_killed(runs: Runs, ended: Ended, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lenet.queue.this_machine.OBEY_S", 0.3)
    run_id = start(runs)
    wait_until(lambda: runs.show(run_id)["step"], 60, "a first batch")
    os.kill(runs.backend._training[run_id].process.pid, signal.SIGSTOP)
    runs.request(ALICE, run_id, "stop")
    shown = ended(run_id, 10)
    assert (shown["status"], shown["reason"]) == ("stopped", "it did not answer and was killed")


def test_a_trainer_that_cannot_start_fails_with_its_last_words(runs: Runs, ended: Ended, monkeypatch):
    monkeypatch.setattr("lenet.run.Run.arguments", lambda self: ["train", "--no-such-option", "--run", self.id])
    shown = ended(start(runs))
    assert shown["status"] == "failed"
    assert "unrecognized arguments: --no-such-option" in shown["reason"]


def test_a_record_that_is_none_ends_the_run_as_failed_and_frees_its_device(runs: Runs):
    run_id = runs.create(ALICE, "exercise-code", {"train_images": 5000, "epochs": 100, "threads": 1})["run"]
    wait_until(lambda: runs.show(run_id)["step"], 60, "a first batch")
    with (runs.experiments_dir / run_id / "metrics.jsonl").open("ab") as file:
        file.write(b'{"kind":"end"}\n')
    wait_until(lambda: runs._known.get(run_id).fault, 10, "the faulty line to be met")
    runs.request(ALICE, run_id, "stop")
    wait_until(lambda: runs.board.counts()["failed"] == 1, 20, "its end")
    (shown,) = [one for one in runs.board.summaries() if one["run"] == run_id]
    assert "its records cannot be read: metrics.jsonl, line " in shown["reason"]
    assert shown["why"]["code"] == "records"
    assert runs.backend._training == {}
