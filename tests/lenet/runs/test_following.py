"""What is told of runs that are trained, and how they end."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch

from lenet.config import TrainConfig
from lenet.queue.backend import State
from lenet.run import Run
from lenet.runs.board import Board
from lenet.runs.following import Following
from lenet.runs.known import KnownRuns
from lenet.runs.registry import Runs
from lenet.runs.removal import Removal
from lenet.training.folder import RunFolder, new_run_id
from support.lenet_folders import records
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


class Refusal:
    """The system lets nobody open metrics.jsonl, as where this process has all the files open that it may."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.holds, self.asked = True, 0
        real = RunFolder.lines_from

        def lines_from(folder: RunFolder, offset: int) -> Any:
            if not self.holds:
                return real(folder, offset)
            self.asked += 1
            raise OSError(errno.EMFILE, "Too many open files", str(folder.metrics))

        monkeypatch.setattr(RunFolder, "lines_from", lines_from)


@pytest.fixture
def half(tmp_path: Path) -> Run:
    """A run that is trained by nobody: it has a start and an epoch, and `backend.state` is what a test says."""
    run = Run(RunFolder(tmp_path, new_run_id()), "fast", TrainConfig(), "alice", time.time())
    for record in records(1)[:-1]:
        run.folder.make()
        run.folder.append(record)
    return run


def following(run: Run, states: list[State]) -> tuple[Following, list[str]]:
    """With a backend that says `states`, the last again and again, and the statuses that are told."""
    board = Board()
    known = KnownRuns(board, cast(Removal, None))
    backend = SimpleNamespace(state=lambda _: states.pop(0) if len(states) > 1 else states[0])
    made = Following(known, board, cast(Any, backend), cast(Any, SimpleNamespace(note_speed=lambda _: None)))
    known.add(run)
    known.correct(run, "running")
    told: list[str] = []
    board.subscribe(lambda event, payload: told.append(payload["status"]) if event == "run" else None)
    return made, told


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.retrying.FIRST_S", 0.0)


def test_records_that_cannot_be_read_for_a_while_change_nothing_and_are_read_then(
    half: Run, at_once: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    refusal = Refusal(monkeypatch)
    made, told = following(half, [State("training", "cpu")])
    half.slot = "cpu"
    for _ in range(5):
        made.step()
    assert (half.status, half.fault, told, refusal.asked) == ("running", None, [], 5)
    (line,) = [one.getMessage() for one in caplog.records if "just now" in one.getMessage()]
    assert line.endswith("its records cannot be read just now: Too many open files: metrics.jsonl")
    refusal.holds = False
    made.step()
    assert (half.progress.lines, len(half.progress.epochs)) == (22, 1)


def test_a_run_that_ends_while_its_records_cannot_be_read_ends_as_they_say(
    half: Run, at_once: None, monkeypatch: pytest.MonkeyPatch
):
    refusal = Refusal(monkeypatch)
    made, told = following(half, [State("over"), AssertionError])  # what has become of it is said once
    half.folder.append({"kind": "end", "status": "finished"})
    for _ in range(3):
        made.step()
    assert (half.status, told) == ("running", [])
    refusal.holds = False
    made.step()
    assert (half.status, half.progress.lines, told[-1]) == ("finished", 23, "finished")
    assert "failed" not in told


def test_records_that_could_not_be_read_for_long_are_still_looked_for(
    half: Run, at_once: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("lenet.runs.following.UNREAD_S", 0.0)
    refusal = Refusal(monkeypatch)
    made, told = following(half, [State("over"), AssertionError])
    half.folder.append({"kind": "end", "status": "finished"})
    made.step()
    assert (half.status, str(half.reason)) == (
        "failed", "its records cannot be read: Too many open files: metrics.jsonl")  # fmt: skip
    made.step()
    refusal.holds = False
    made.step()
    assert (half.status, half.progress.lines) == ("finished", 23)
    assert list(dict.fromkeys(told)) == ["failed", "finished"]


def test_a_record_that_is_none_ends_the_run_as_failed_and_frees_its_device(runs: Runs):
    run_id = runs.create(ALICE, "exercise-code", {"train_images": 5000, "epochs": 100, "threads": 1})["run"]
    wait_until(lambda: runs.show(run_id)["step"], 60, "a first batch")
    with (runs.experiments_dir / run_id / "metrics.jsonl").open("ab") as file:
        file.write(b'{"kind":"end","format":2}\n')
    wait_until(lambda: runs._known.get(run_id).fault, 10, "the faulty line to be met")
    runs.request(ALICE, run_id, "stop")
    wait_until(lambda: runs.board.counts()["failed"] == 1, 20, "its end")
    (shown,) = [one for one in runs.board.summaries() if one["run"] == run_id]
    assert "its records cannot be read: metrics.jsonl, line " in shown["reason"]
    assert shown["why"]["code"] == "records"
    assert runs.backend._training == {}
