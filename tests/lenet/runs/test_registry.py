from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from core.visitors import Visitor
from lenet.config import ConfigError
from lenet.queue.this_machine import LocalBackend
from lenet.run import RefusedError
from lenet.runs.registry import Runs
from lenet.training.folder import RunFolder
from support.lenet_runs import ALICE, BOB, QUICK, TEACHER
from support.processes import ROOT, wait_until

LONG = QUICK | {"train_images": 5000, "epochs": 40}

Ended = Callable[..., dict[str, Any]]
Status = Callable[[str], str]


SEEDS = itertools.count()


def start(runs: Runs, visitor: Visitor = ALICE, **changes: Any) -> str:
    """A run like no other: those of the same settings would be trained as one."""
    return runs.create(visitor, "exercise-code", LONG | {"stop_change": 0.0, "seed": next(SEEDS)} | changes)["run"]


def without_clock(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in ("seconds", "train_s", "time")}


def has_epoch(runs: Runs, run_id: str) -> bool:
    return bool(runs.show(run_id)["epochs"])


# --- a run's life -----------------------------------------------------------------------------------------------------


def test_a_run_trains_and_its_news_are_its_file(runs: Runs, ended: Ended):
    news: list[tuple[str, dict[str, Any]]] = []
    runs.subscribe(lambda event, payload: news.append((event, payload)))
    run_id = start(runs, epochs=2)
    shown = ended(run_id)
    assert (shown["status"], shown["epoch"], shown["owner"]) == ("finished", 2, "alice")
    assert [record["epoch"] for record in shown["epochs"]] == [1, 2]
    assert shown["layers"][1]["name"] == "conv1"
    assert shown["versions"]["torch"] == torch.__version__
    told = [payload for event, payload in news if event == "records" and payload["run"] == run_id]
    assert [record for payload in told for record in payload["records"]] == runs.records(run_id, 0)
    assert [payload["line"] for payload in told] == [sum(len(p["records"]) for p in told[:i]) for i in range(len(told))]
    statuses = [payload["status"] for event, payload in news if event == "run" and payload["run"] == run_id]
    assert list(dict.fromkeys(statuses)) == ["queued", "starting", "running", "finished"]


def test_the_command_shown_makes_the_same_run(runs: Runs, ended: Ended, tmp_path: Path, mnist: Path):
    run_id = start(runs, train_images=1000, epochs=1)
    command = ended(run_id)["command"].split()
    assert command[:4] == ["python", "-m", "lenet", "train"]
    again = [sys.executable, *command[1:], "--experiments", str(tmp_path), "--data", str(mnist)]
    result = json.loads(subprocess.run(again, cwd=ROOT, capture_output=True, text=True, timeout=60).stdout)
    _, record = runs.epoch(run_id, None)
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
    assert [record["kind"] for record in runs.records(second, 0)] == ["end"]
    runs.request(ALICE, first, "stop")


def test_deleting_removes_the_files_and_tells(runs: Runs, experiments: Path):
    (run_id,) = [summary["run"] for summary in runs.summaries()]
    news: list[dict[str, Any]] = []
    runs.subscribe(lambda _event, payload: news.append(payload))
    runs.delete(ALICE, run_id)
    assert runs.summaries() == []
    assert list(experiments.glob("[!.]*")) == []
    assert news == [{"run": run_id, "deleted": True, "by": "owner"}]


def test_a_run_of_many_files_is_out_of_the_way_at_once(runs: Runs, experiments: Path, monkeypatch: pytest.MonkeyPatch):
    """Nobody waits for its files to go, however long that takes."""
    (run_id,) = [summary["run"] for summary in runs.summaries()]
    for number in range(10_000):
        (experiments / run_id / f"{number}.pt").touch()
    going, may_go, remove = threading.Event(), threading.Event(), shutil.rmtree

    def remove_later(*arguments: Any, **options: Any) -> None:
        going.set()
        may_go.wait(30)
        remove(*arguments, **options)

    monkeypatch.setattr(shutil, "rmtree", remove_later)
    took = [seconds(lambda: runs.delete(ALICE, run_id))]
    assert not (experiments / run_id).exists()
    assert going.wait(10)
    other = start(runs)
    took += [seconds(lambda: runs.rename(ALICE, other, "other")) for _ in range(9)]
    runs.request(ALICE, other, "stop")
    assert statistics.median(took) < 0.1
    assert took[0] < 0.5
    may_go.set()
    wait_until(lambda: list(experiments.glob(".deleted-*")) == [], 30, "its files to be gone")


def seconds(act: Callable[[], object]) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


def test_a_run_whose_folder_cannot_be_renamed_is_deleted_all_the_same(
    runs: Runs, experiments: Path, monkeypatch: pytest.MonkeyPatch, mnist: Path
):
    """As on Windows while somebody downloads a checkpoint; until then no server takes what is left for a run."""
    (run_id,) = [summary["run"] for summary in runs.summaries()]
    rename, remove = Path.replace, shutil.rmtree

    def in_use(path: Path, *_: object) -> Path:
        if path.name == run_id:
            raise PermissionError(13, "The process cannot access the file")
        return rename(path, *_)

    monkeypatch.setattr(Path, "replace", in_use)
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    monkeypatch.setattr("lenet.runs.removal.AGAIN_S", 0.4)
    runs.delete(ALICE, run_id)
    assert runs.summaries() == []
    second = Runs(mnist, experiments, LocalBackend(mnist, ["cpu"], trainers_each=1))
    assert second.wait_until_read(20)
    assert (second.summaries(), second.unreadable()) == ([], [])
    second.close()
    monkeypatch.setattr(shutil, "rmtree", remove)
    wait_until(lambda: not (experiments / run_id).exists(), 10, "it to be removed when the file is free")


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
    run_id = runs.summaries()[0]["run"]
    before = runs.show(run_id)
    with pytest.raises(RefusedError, match="belongs to another browser") as caught:
        act(runs, BOB, run_id)
    assert caught.value.status == 403
    assert runs.show(run_id) == before


def test_the_teacher_may_do_what_the_owner_may(runs: Runs):
    run_id = runs.summaries()[0]["run"]
    runs.delete(TEACHER, run_id)
    assert runs.summaries() == []


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
    monkeypatch.setattr("lenet.runs.registry.MOST_OF_PROGRAMS", 4)
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


def test_a_restarted_server_still_counts_programs_together(runs: Runs, mnist: Path, monkeypatch: pytest.MonkeyPatch):
    for visitor in ANONYMOUS:
        runs.request(visitor, start(runs, visitor), "pause")
    wait_until(lambda: runs.counts()["paused"] == 2, 20, "both to be paused")
    runs.close()
    later = Runs(mnist, runs.experiments_dir, LocalBackend(mnist, ["cpu"], trainers_each=1))
    assert later.wait_until_read(20)
    monkeypatch.setattr("lenet.runs.registry.MOST_OF_PROGRAMS", 1)
    first, second = [one for one in later.summaries() if one["status"] == "paused"]
    owners = {visitor.owner: visitor for visitor in ANONYMOUS}
    later.resume(owners[first["owner"]], first["run"])
    with pytest.raises(RefusedError, match="programs have 1 runs"):
        later.resume(owners[second["owner"]], second["run"])
    later.request(TEACHER, first["run"], "stop")
    later.close()


def test_there_is_a_cap_for_everybody(runs: Runs, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lenet.runs.registry.MOST_RUNS", 2)
    monkeypatch.setattr("lenet.runs.registry.MOST_TRIALS", 5)
    ids = [start(runs, ALICE), start(runs, BOB)]
    with pytest.raises(RefusedError, match="the queue is full: 2 runs") as caught:
        start(runs, BOB)
    assert (caught.value.status, caught.value.code) == (429, "queue-full")

    def sweep(who: Visitor, count: int) -> str:
        axes = {"seed": {"values": list(range(count))}}
        return runs.create_sweep(who, "exercise-code", LONG, "grid", axes, None, 0)["sweep"]

    sweeps = [sweep(ALICE, 3)]
    before = len(runs.summaries())
    with pytest.raises(RefusedError, match="the queue is full: 3 trials of sweeps"):
        sweep(BOB, 3)
    assert len(runs.summaries()) == before
    sweeps.append(sweep(BOB, 2))
    ids.append(start(runs, TEACHER))
    for name in sweeps:
        runs.request_sweep(TEACHER, name, "stop")
    for run_id in reversed(ids):
        runs.request(TEACHER, run_id, "stop")
    monkeypatch.setattr("lenet.runs.registry.MOST_TRIALS", 2)
    with pytest.raises(RefusedError, match="the queue is full: 0 trials"):
        runs.request_sweep(ALICE, sweeps[0], "resume")


def test_another_students_queue_does_not_push_a_run_back(runs: Runs, monkeypatch: pytest.MonkeyPatch):
    ids = [start(runs, ALICE) for _ in range(3)]
    wait_until(lambda: runs.show(ids[0])["status"] != "queued", 30, "the first to start")
    mine = start(runs, BOB)
    assert runs.show(mine)["position"] == 1
    assert [runs.show(run_id).get("position") for run_id in ids] == [None, 2, 3]
    assert runs.show(mine)["wait_s"] < runs.show(ids[1])["wait_s"]
    for run_id in (*reversed(ids), mine):
        runs.request(TEACHER, run_id, "stop")


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
    assert len(runs.summaries()) == 1


def test_what_cannot_be_is_a_conflict(runs: Runs):
    run_id = runs.summaries()[0]["run"]
    for act in (lambda: runs.request(ALICE, run_id, "pause"), lambda: runs.resume(ALICE, run_id)):
        with pytest.raises(RefusedError, match=f"run {run_id} is finished") as caught:
            act()
        assert caught.value.status == 409
    with pytest.raises(RefusedError, match='no run "nope"') as caught:
        runs.show("nope")
    assert caught.value.status == 404


# --- what goes wrong --------------------------------------------------------------------------------------------------


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


# --- restarts ---------------------------------------------------------------------------------------------------------


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
    assert runs.wait_until_read(20)
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
    assert later.wait_until_read(20)
    shown = later.show(run_id)
    assert (shown["status"], shown["reason"]) == ("paused", "the server was closed")
    wait_until(lambda: later.show(waiting)["status"] == "running", 60, "the queue to be taken up again")
    later.close()


def test_a_second_server_leaves_the_firsts_runs_alone(runs: Runs, mnist: Path, ended: Ended):
    trains, waits = start(runs), start(runs)
    wait_until(lambda: has_epoch(runs, trains), 60, "a first epoch")
    second = Runs(mnist, runs.experiments_dir, LocalBackend(mnist, ["cpu"], trainers_each=1))
    assert second.wait_until_read(20)
    assert not {trains, waits} & {one["run"] for one in second.summaries()}
    assert len(second.summaries()) == 1  # the finished one
    second.close()
    assert runs.show(trains)["status"] == "running"
    assert runs.show(waits)["status"] == "queued"
    for run_id in (waits, trains):
        runs.request(ALICE, run_id, "stop")
    ended(trains)


def test_a_killed_server_leaves_the_trainer_and_the_next_one_takes_it_up(mnist: Path, tmp_path: Path, ended):
    code = """
import sys, threading
from lenet.queue.this_machine import LocalBackend
from core.visitors import Visitor
from lenet.runs.registry import Runs
runs = Runs(sys.argv[1], sys.argv[2], LocalBackend(sys.argv[1], ["cpu"], trainers_each=1))
print(runs.create(Visitor("alice"), "exercise-code", eval(sys.argv[3]))["run"], flush=True)
threading.Event().wait(60)
"""
    changes = repr(LONG | {"stop_change": 0.0})
    command = [sys.executable, "-c", code, str(mnist), str(tmp_path), changes]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    run_id = server.stdout.readline().strip()
    folder = RunFolder(tmp_path, run_id)
    wait_until(lambda: len(folder.records()) > 2, 60, "the first batches")
    server.kill()
    server.communicate()

    runs = Runs(mnist, tmp_path, LocalBackend(mnist, ["cpu"], trainers_each=1))
    assert runs.wait_until_read(20)
    try:
        assert runs.show(run_id)["status"] == "running"
        later = start(runs, epochs=1)
        wait_until(lambda: has_epoch(runs, run_id), 60, "an epoch, seen by the second server")
        assert (runs.show(run_id)["device"], runs.show(later)["status"]) == ("cpu", "queued")
        runs.request(ALICE, run_id, "stop")
        wait_until(lambda: runs.show(run_id)["status"] == "stopped", 15, "the trainer to obey the second server")
    finally:
        runs.close()
    assert not folder.is_alive()


def test_folders_of_all_kinds_are_read_at_the_start(mnist: Path, experiments: Path, trained: RunFolder):
    (experiments / "notes").mkdir()
    (experiments / ".deleted-20260101-000000-abcdef").mkdir()
    (experiments / "20260101-000000-abcdef").mkdir()
    (experiments / "20260101-000000-abcdef" / "config.json").write_text('{"config": {"epochs": -3}}')
    (experiments / trained.id / "run.json").unlink()  # then it is one of the command line's
    runs = Runs(mnist, experiments, LocalBackend(mnist, ["cpu"], trainers_each=1))
    assert runs.wait_until_read(20)
    try:
        (summary,) = runs.summaries()
        assert (summary["run"], summary["owner"], summary["status"]) == (trained.id, None, "finished")
        assert summary["accuracy"] == trained.records()[-1]["accuracy"]
        with pytest.raises(RefusedError):
            runs.delete(Visitor("None"), trained.id)
        wait_until(lambda: not (experiments / ".deleted-20260101-000000-abcdef").exists(), 10, "what was deleted")
    finally:
        runs.close()


def test_a_run_with_a_setting_of_another_version_is_shown_and_not_resumed(mnist: Path, experiments: Path, trained):
    folder = RunFolder(experiments, trained.id)
    stored = folder.read_json("run.json")
    folder.write_json("run.json", stored | {"config": stored["config"] | {"colour": "red", "epochs": -3}})
    folder.append({"kind": "end", "run": trained.id, "status": "stopped", "reason": None})
    runs = Runs(mnist, experiments, LocalBackend(mnist, ["cpu"], trainers_each=1))
    assert runs.wait_until_read(20)
    try:
        (summary,) = runs.summaries()
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
