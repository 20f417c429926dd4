"""The queue as its visitors see it: places and times until a run starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lenet.runs.registry import Runs
from support.lenet_runs import ALICE, BOB, TEACHER, has_epoch, records_of, start
from support.processes import wait_until

Ended = Callable[..., dict[str, Any]]
Status = Callable[[str], str]


def test_runs_wait_for_the_device_in_turn(runs: Runs, ended: Ended, status: Status):
    first = start(runs)
    wait_until(lambda: status(first) == "running", 60, "the first to run")
    second, third = start(runs, epochs=1), start(runs, epochs=1)
    waiting = runs.show(third)
    assert (waiting["status"], waiting["position"]) == ("queued", 2)
    assert waiting["wait_s"] > runs.show(second)["wait_s"] > 0
    assert runs.request(ALICE, third, "pause")["status"] == "paused"
    runs.request(ALICE, first, "stop")
    assert ended(second)["status"] == "finished"
    assert status(third) == "paused"  # nobody resumed it


def test_a_queued_run_is_stopped_without_having_started(runs: Runs, status: Status):
    first, second = start(runs), start(runs)
    assert runs.request(ALICE, second, "stop")["status"] == "stopped"
    assert [record["kind"] for record in records_of(runs, second)] == ["end"]
    runs.request(ALICE, first, "stop")


def test_another_students_queue_does_not_push_a_run_back(runs: Runs, monkeypatch: pytest.MonkeyPatch):
    ids = [start(runs, ALICE) for _ in range(3)]
    wait_until(lambda: runs.show(ids[0])["status"] != "queued", 30, "the first to start")
    mine = start(runs, BOB)
    assert runs.show(mine)["position"] == 1
    assert [runs.show(run_id).get("position") for run_id in ids] == [None, 2, 3]
    assert runs.show(mine)["wait_s"] < runs.show(ids[1])["wait_s"]
    for run_id in (*reversed(ids), mine):
        runs.request(TEACHER, run_id, "stop")


def test_a_resumed_run_that_cannot_start_does_not_end_as_it_did_before(runs: Runs, ended: Ended, monkeypatch):
    run_id = start(runs)
    wait_until(lambda: has_epoch(runs, run_id), 60, "a first epoch")
    runs.request(ALICE, run_id, "pause")
    assert ended(run_id)["status"] == "paused"

    def refuse(*_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(runs.backend._launcher, "start", refuse)
    runs.resume(ALICE, run_id)
    shown = ended(run_id)
    assert (shown["status"], shown["reason"]) == ("failed", "cannot start: no more processes")
