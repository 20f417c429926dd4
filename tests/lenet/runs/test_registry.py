from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from core.refused import RefusedError
from core.visitors import Visitor
from lenet.config import ConfigError
from lenet.queue.launcher import Launcher
from lenet.queue.this_machine import LocalBackend
from lenet.runs.registry import Runs
from lenet.training.folder import RunFolder
from support.lenet_runs import ALICE, BOB, LONG, TEACHER, has_epoch, start
from support.processes import ROOT, wait_until

Ended = Callable[..., dict[str, Any]]
Status = Callable[[str], str]


# --- a run's life -----------------------------------------------------------------------------------------------------


def test_the_command_shown_makes_the_same_run(runs: Runs, ended: Ended, tmp_path: Path, mnist: Path):
    run_id = start(runs, train_images=1000, epochs=1)
    command = ended(run_id)["command"].split()
    assert command[:4] == ["python", "-m", "lenet", "train"]
    again = [sys.executable, *command[1:], "--experiments", str(tmp_path), "--data", str(mnist)]
    result = json.loads(subprocess.run(again, cwd=ROOT, capture_output=True, text=True, timeout=60).stdout)
    record = runs.board.get(run_id).epoch(None)
    original = torch.load(runs.experiments_dir / run_id / record.checkpoint, weights_only=True)
    assert all(torch.equal(value, original[key]) for key, value in torch.load(result["checkpoint"]).items())


def test_a_run_is_paused_and_goes_on_and_is_stopped(runs: Runs, ended: Ended, status: Status):
    run_id = start(runs)
    wait_until(lambda: has_epoch(runs, run_id), 60, "a first epoch")
    assert runs.request(ALICE, run_id, "pause")["requested"] == "pause"
    paused = ended(run_id)
    assert (paused["status"], paused["requested"]) == ("paused", None)
    assert runs.resume(ALICE, run_id)["status"] == "queued"
    wait_until(lambda: len(runs.show(run_id)["epochs"]) > len(paused["epochs"]), 60, "a further epoch")
    runs.request(ALICE, run_id, "stop")
    stopped = ended(run_id)
    assert stopped["status"] == "stopped"
    assert stopped["epochs"][: len(paused["epochs"])] == paused["epochs"]


# --- who may do what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        lambda runs, who, run_id: runs.request(who, run_id, "stop"),
        lambda runs, who, run_id: runs.request(who, run_id, "pause"),
        lambda runs, who, run_id: runs.resume(who, run_id),
        lambda runs, who, run_id: runs.delete(who, run_id),
    ],
)
def test_another_browser_may_look_and_not_touch(runs: Runs, act):
    run_id = runs.board.summaries()[0]["run"]
    before = runs.show(run_id)
    with pytest.raises(RefusedError, match="belongs to another browser") as caught:
        act(runs, BOB, run_id)
    assert caught.value.status == 403
    assert runs.show(run_id) == before


def test_the_teacher_may_do_what_the_owner_may(runs: Runs):
    run_id = runs.board.summaries()[0]["run"]
    runs.delete(TEACHER, run_id)
    assert runs.board.summaries() == []


def test_a_browser_may_have_three_active_runs(runs: Runs):
    ids = [start(runs) for _ in range(3)]
    with pytest.raises(RefusedError, match="3 runs queued or running") as caught:
        start(runs)
    assert caught.value.status == 429
    ids.append(start(runs, BOB))
    ids.append(start(runs, TEACHER))
    for run_id in reversed(ids):
        runs.request(TEACHER, run_id, "stop")


ANONYMOUS = Visitor("first", is_program=True), Visitor("second", is_program=True)


def test_programs_without_a_cookie_count_together(runs: Runs, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lenet.runs.rights.MOST_OF_PROGRAMS", 4)
    ids = [start(runs, ANONYMOUS[number % 2]) for number in range(4)]
    for visitor in ANONYMOUS:
        with pytest.raises(RefusedError, match="programs have 4 runs queued or running") as caught:
            start(runs, visitor)
        assert (caught.value.status, caught.value.code) == (429, "too-many-runs")
    with pytest.raises(RefusedError, match="belongs to another browser"):
        runs.request(ANONYMOUS[1], ids[0], "stop")
    wait_until(lambda: runs.show(ids[0])["status"] != "queued", 30, "the first to start")
    mine = start(runs)
    assert runs.show(mine)["position"] == 1  # one of theirs trains, and they take turns with Alice
    for run_id in (mine, *reversed(ids)):
        runs.request(TEACHER, run_id, "stop")


def test_a_restarted_server_still_counts_programs_together(
    runs: Runs, mnist: Path, launcher: Launcher, monkeypatch: pytest.MonkeyPatch
):
    for visitor in ANONYMOUS:
        runs.request(visitor, start(runs, visitor), "pause")
    wait_until(lambda: runs.board.counts()["paused"] == 2, 20, "both to be paused")
    runs.close()
    later = Runs(mnist, runs.experiments_dir, LocalBackend(mnist, ["cpu"], launcher, trainers_each=1))
    assert later.board.wait_until_read(20)
    monkeypatch.setattr("lenet.runs.rights.MOST_OF_PROGRAMS", 1)
    first, second = [one for one in later.board.summaries() if one["status"] == "paused"]
    owners = {visitor.owner: visitor for visitor in ANONYMOUS}
    later.resume(owners[first["owner"]], first["run"])
    with pytest.raises(RefusedError, match="programs have 1 runs"):
        later.resume(owners[second["owner"]], second["run"])
    later.request(TEACHER, first["run"], "stop")
    later.close()


def test_there_is_a_cap_for_everybody(runs: Runs, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lenet.runs.rights.MOST_RUNS", 2)
    monkeypatch.setattr("lenet.runs.rights.MOST_TRIALS", 5)
    ids = [start(runs, ALICE), start(runs, BOB)]
    with pytest.raises(RefusedError, match="the queue is full: 2 runs") as caught:
        start(runs, BOB)
    assert (caught.value.status, caught.value.code) == (429, "queue-full")

    def sweep(who: Visitor, count: int) -> str:
        axes = {"seed": {"values": list(range(count))}}
        return runs.create_sweep(who, "exercise-code", LONG, "grid", axes, None, 0)["sweep"]

    sweeps = [sweep(ALICE, 3)]
    before = len(runs.board.summaries())
    with pytest.raises(RefusedError, match="the queue is full: 3 trials of sweeps"):
        sweep(BOB, 3)
    assert len(runs.board.summaries()) == before
    sweeps.append(sweep(BOB, 2))
    ids.append(start(runs, TEACHER))
    for name in sweeps:
        runs.request_sweep(TEACHER, name, "stop")
    for run_id in reversed(ids):
        runs.request(TEACHER, run_id, "stop")
    monkeypatch.setattr("lenet.runs.rights.MOST_TRIALS", 2)
    with pytest.raises(RefusedError, match="the queue is full: 0 trials"):
        runs.request_sweep(ALICE, sweeps[0], "resume")


@pytest.mark.parametrize(
    ("preset", "changes", "field"),
    [
        ("slow", {}, "preset"),
        (None, {}, "preset"),
        ("fast", {"epochs": -1}, "epochs"),
        ("fast", [], "config"),
        ("fast", {"device": "cuda"}, "device"),
    ],
)
def test_wrong_settings_start_nothing(runs: Runs, preset: str, changes: object, field: str):
    with pytest.raises(ConfigError) as caught:
        runs.create(ALICE, preset, changes)
    assert caught.value.field == field
    assert len(runs.board.summaries()) == 1


def test_what_cannot_be_is_a_conflict(runs: Runs):
    run_id = runs.board.summaries()[0]["run"]
    for act in (lambda: runs.request(ALICE, run_id, "pause"), lambda: runs.resume(ALICE, run_id)):
        with pytest.raises(RefusedError, match=f"run {run_id} is finished") as caught:
            act()
        assert caught.value.status == 409
    with pytest.raises(RefusedError, match='no run "nope"') as caught:
        runs.show("nope")
    assert caught.value.status == 404


# --- what goes wrong --------------------------------------------------------------------------------------------------


# --- restarts ---------------------------------------------------------------------------------------------------------


def test_a_run_that_fits_no_device_here_is_not_resumed_to_wait_for_ever(runs: Runs, monkeypatch: pytest.MonkeyPatch):
    run_id = start(runs)
    runs.request(ALICE, run_id, "stop")
    monkeypatch.setattr(runs.backend, "fitting", lambda _config: [])
    with pytest.raises(ConfigError, match="this server has no GPU"):
        runs.resume(ALICE, run_id)
    monkeypatch.setattr(runs.backend, "devices", list)
    with pytest.raises(RefusedError, match="no machine that trains runs is there") as refused:
        runs.resume(ALICE, run_id)
    assert (refused.value.status, refused.value.code) == (503, "no-worker")


def test_closing_pauses_what_trains_and_leaves_nothing_behind(mnist: Path, tmp_path: Path):
    before = set(threading.enumerate())
    runs = Runs(mnist, tmp_path, LocalBackend(mnist, ["cpu"], trainers_each=1))
    assert runs.board.wait_until_read(20)
    runs.prepare()
    run_id = start(runs)
    wait_until(lambda: runs.show(run_id)["step"], 60, "a first batch")
    waiting = start(runs)
    wait_until(lambda: runs.helper.pid, 10, "the helper")
    processes = [runs.backend._training[run_id].process.pid, runs.backend._launcher.pid, runs.helper.pid]
    runs.close()
    assert not any(psutil.pid_exists(pid) for pid in processes)
    assert not [one for one in set(threading.enumerate()) - before if one.name.startswith("lenet-")]

    later = Runs(mnist, tmp_path, LocalBackend(mnist, ["cpu"], trainers_each=1))
    assert later.board.wait_until_read(20)
    shown = later.show(run_id)
    assert (shown["status"], shown["reason"]) == ("paused", "the server was closed")
    wait_until(lambda: later.show(waiting)["status"] == "running", 60, "the queue to be taken up again")
    later.close()


def test_a_run_with_a_setting_of_another_version_is_shown_and_not_resumed(mnist: Path, experiments: Path, trained):
    folder = RunFolder(experiments, trained.id)
    stored = folder.read_json("run.json")
    folder.write_json("run.json", stored | {"config": stored["config"] | {"colour": "red", "epochs": -3}})
    folder.append({"kind": "end", "run": trained.id, "status": "stopped", "reason": None})
    runs = Runs(mnist, experiments, LocalBackend(mnist, ["cpu"], trainers_each=1))
    assert runs.board.wait_until_read(20)
    try:
        (summary,) = runs.board.summaries()
        assert (summary["status"], summary["unknown"]) == ("stopped", ["epochs", "colour"])
        with pytest.raises(RefusedError, match="settings this version does not know: epochs, colour"):
            runs.resume(ALICE, trained.id)
    finally:
        runs.close()


def test_the_server_side_never_loads_torch(mnist: Path, experiments: Path):
    code = """
import sys
import lenet.sockets, lenet.routes
from lenet.runs.registry import Runs
runs = Runs(sys.argv[1], sys.argv[2])
runs.close()
sys.exit("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code, str(mnist), str(experiments)], cwd=ROOT, timeout=60)
    assert done.returncode == 0
