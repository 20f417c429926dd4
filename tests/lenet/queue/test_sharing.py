"""Several trainers a device, and one trainer for all who ask for the same: real trainers, on the CPU."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.refused import RefusedError
from core.visitors import Visitor
from lenet.config import PRESETS, TrainConfig
from lenet.questions.asker import Helper
from lenet.queue import sharing
from lenet.queue.backend import State
from lenet.queue.launcher import Launcher, Trainer
from lenet.queue.sharing import bring
from lenet.queue.this_machine import LocalBackend, Training
from lenet.run import Run
from lenet.runs.registry import Runs
from lenet.states import ACTIVE
from lenet.training.folder import EVENTS, RunFolder, new_run_id
from support.lenet_folders import records
from support.lenet_runs import ALICE, BOB, QUICK, TEACHER, records_of
from support.long import parametrize
from support.processes import ROOT, wait_until

# Some seconds long; what is asked for by everybody.
SAME = QUICK | {"train_images": 300, "epochs": 6, "stop_change": 0.0, "momentum": 0.5}
STEPS = 6  # an epoch
CAROL = Visitor("carol")

Make = Callable[..., Runs]


@pytest.fixture
def make(mnist: Path, tmp_path: Path, warm: tuple[Launcher, Helper]) -> Iterator[Make]:
    """Servers on one folder of experiments, of `trainers_each` trainers, two unless said otherwise."""
    launcher, helper = warm
    with ExitStack() as stack:
        launcher.close = helper.close = lambda: None  # the next test's too

        def make(trainers_each: int = 2) -> Runs:
            backend = LocalBackend(mnist, ["cpu"], launcher, trainers_each)
            runs = stack.enter_context(closing(Runs(mnist, tmp_path, backend, helper=helper)))
            assert runs.board.wait_until_read(20)
            return runs

        yield make
    del launcher.close, helper.close


@pytest.fixture(scope="module")
def weights(mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    """What SAME comes to, trained alone."""
    from lenet.training.trainer import train

    folder = RunFolder(tmp_path_factory.mktemp("alone"), new_run_id())
    result = train(PRESETS["exercise-code"].config.updated(SAME), folder, mnist, "exercise-code")
    return torch.load(result["checkpoint"], weights_only=True)


def start(runs: Runs, visitor: Visitor = ALICE, **changes: Any) -> str:
    return runs.create(visitor, "exercise-code", SAME | changes)["run"]


def wait_epoch(runs: Runs, run_id: str, epoch: int = 1) -> None:
    wait_until(lambda: runs.show(run_id)["epoch"] >= epoch, 120, f"epoch {epoch}")


def wait_end(runs: Runs, *ids: str) -> list[str]:
    wait_until(lambda: all(runs.show(run_id)["status"] not in ACTIVE for run_id in ids), 150, "the end of all")
    return [runs.show(run_id)["status"] for run_id in ids]


def has_weights(runs: Runs, run_id: str, weights: dict[str, torch.Tensor]) -> bool:
    shown = runs.show(run_id)
    assert [record["epoch"] for record in shown["epochs"]] == list(range(1, SAME["epochs"] + 1))
    assert sorted(shown["checkpoints"]) == sorted({record["checkpoint"] for record in shown["epochs"]})
    last = torch.load(runs.experiments_dir / run_id / shown["checkpoints"][-1], weights_only=True)
    return all(torch.equal(value, weights[name]) for name, value in last.items())


def trainers(runs: Runs) -> list[str]:
    """The runs that have a trainer of their own."""
    return list(runs.backend._training)


def starts(runs: Runs, run_id: str) -> list[int]:
    return [record["step"] for record in records_of(runs, run_id) if record["kind"] == "start"]


# --- the same settings ------------------------------------------------------------------------------------------------


def test_what_many_ask_for_is_trained_once_and_each_has_a_run_of_his_own(make: Make, weights):
    runs = make()
    ids = [start(runs, who) for who in (ALICE, BOB)]
    wait_epoch(runs, ids[0])
    ids.append(start(runs, CAROL))  # late, and sees it from the beginning all the same
    wait_until(lambda: runs.show(ids[2])["status"] == "running", 20, "the third to be shown")
    assert trainers(runs) == [ids[0]]
    assert [runs.show(run_id)["owner"] for run_id in ids] == ["alice", "bob", "carol"]
    assert wait_end(runs, *ids) == ["finished"] * 3
    for run_id in ids:
        assert has_weights(runs, run_id, weights)
        folder = RunFolder(runs.experiments_dir, run_id)
        assert folder.read_json("config.json")["run"] == run_id
        assert folder.records()[-1]["run"] == run_id
        assert starts(runs, run_id) == [0]
        assert (folder.path / EVENTS).read_bytes() == (runs.experiments_dir / ids[0] / EVENTS).read_bytes()
        assert folder.predictions.read_bytes() == (runs.experiments_dir / ids[0] / "predictions.u8").read_bytes()
    runs.delete(ALICE, ids[0])
    assert not (runs.experiments_dir / ids[0]).exists()
    assert has_weights(runs, ids[1], weights)
    runs.board.get(ids[2]).epoch(1)


def test_who_stops_the_run_that_trains_stops_his_alone_and_another_goes_on_from_there(make: Make, weights):
    runs = make()
    ids = [start(runs, who) for who in (ALICE, BOB, CAROL)]
    wait_epoch(runs, ids[0])
    runs.request(ALICE, ids[0], "stop")
    assert wait_end(runs, ids[0]) == ["stopped"]
    stopped_at = runs.show(ids[0])["step"]
    runs.delete(ALICE, ids[0])
    wait_until(lambda: len(starts(runs, ids[1])) == 2, 60, "the second to go on")
    assert trainers(runs) == [ids[1]]
    assert starts(runs, ids[1])[1] == stopped_at >= STEPS  # from the very step
    runs.request(BOB, ids[1], "pause")
    assert wait_end(runs, ids[1]) == ["paused"]
    assert wait_end(runs, ids[2]) == ["finished"]
    assert has_weights(runs, ids[2], weights)
    assert len(starts(runs, ids[2])) == 3
    runs.resume(BOB, ids[1])
    assert wait_end(runs, ids[1]) == ["finished"]
    assert has_weights(runs, ids[1], weights)


@pytest.mark.long("test_who_stops_the_run_that_trains_stops_his_alone_and_another_goes_on_from_there")
def test_who_stops_a_run_that_another_trains_leaves_that_one_and_goes_on_by_himself(make: Make, weights):
    runs = make()
    ids = [start(runs, who) for who in (ALICE, BOB)]
    # The trainer saves an epoch's state after it has told of the epoch, and before it trains on.
    wait_until(lambda: runs.show(ids[1])["step"] > STEPS, 120, "the second epoch")
    assert runs.request(BOB, ids[1], "pause")["status"] == "paused"
    assert runs.show(ids[0])["status"] == "running"
    lines = runs.show(ids[1])["lines"]
    wait_epoch(runs, ids[0], 3)
    assert runs.show(ids[1])["lines"] == lines
    first = runs.backend._training[ids[0]].process.pid
    os.kill(first, signal.SIGSTOP)  # or it may have finished by then
    runs.resume(BOB, ids[1])
    wait_until(lambda: len(starts(runs, ids[1])) == 2, 60, "the second to go on")
    assert sorted(trainers(runs)) == sorted(ids)
    os.kill(first, signal.SIGCONT)
    assert starts(runs, ids[1])[1] >= STEPS  # from an epoch that the other trained
    assert wait_end(runs, *ids) == ["finished"] * 2
    assert has_weights(runs, ids[0], weights)
    assert has_weights(runs, ids[1], weights)


@parametrize("epochs", [0, 1], short=[1])
def test_what_is_not_saved_for_a_run_that_another_trains_is_neither_told_nor_shown_as_done(make: Make, epochs: int):
    runs = make()
    ids = [start(runs, who, train_images=60_000 if epochs == 0 else 3_000) for who in (ALICE, BOB)]
    steps = lambda: runs.show(ids[1])["steps"] and runs.show(ids[1])["steps"] // SAME["epochs"]  # noqa: E731
    wait_until(lambda: runs.show(ids[1])["epoch"] >= epochs and steps(), 120, "its epochs")
    trainer = runs.backend._training[ids[0]].process.pid
    done = lambda: (runs.show(ids[1])["epoch"], runs.show(ids[1])["step"])  # noqa: E731
    wait_until(lambda: done()[1] > done()[0] * steps(), 60, "a step of the next epoch")
    os.kill(trainer, signal.SIGSTOP)
    runs.request(BOB, ids[1], "pause")
    os.kill(trainer, signal.SIGCONT)
    shown = runs.show(ids[1])
    epoch, step = shown["epoch"], shown["epoch"] * steps()
    assert (shown["status"], shown["step"]) == ("paused", step)
    assert shown["train_s"] == (shown["epochs"][-1]["train_s"] if epoch else 0)
    assert records_of(runs, ids[1])[-1]["step"] == step
    assert shown["why"] == (
        {"code": "parted", "values": {"epoch": epoch}} if epoch else {"code": "parted-at-once", "values": {}}
    )
    runs.resume(BOB, ids[1])
    wait_until(lambda: len(starts(runs, ids[1])) == 2, 60, "it to go on")
    assert starts(runs, ids[1])[1] == step
    for who, run_id in zip((ALICE, BOB), ids, strict=True):
        runs.request(who, run_id, "stop")
    wait_end(runs, *ids)


def test_a_shared_run_says_so_and_that_it_trains_as_soon_as_it_has_figures(make: Make):
    runs = make()
    ids = [start(runs, ALICE)]
    wait_epoch(runs, ids[0])
    os.kill(runs.backend._training[ids[0]].process.pid, signal.SIGSTOP)  # no news comes any more
    ids.append(start(runs, BOB))
    wait_until(lambda: runs.show(ids[1])["epoch"] >= 1, 20, "its figures")
    wait_until(lambda: runs.show(ids[1])["status"] == "running", 5, "it to be called running")
    assert [runs.show(run_id)["shared"] for run_id in ids] == [False, True]
    os.kill(runs.backend._training[ids[0]].process.pid, signal.SIGCONT)
    wait_end(runs, *ids)
    ids.append(start(runs, CAROL))  # it finished just now
    assert wait_end(runs, ids[2]) == ["finished"]
    assert [runs.show(run_id)["shared"] for run_id in ids] == [False, True, True]
    assert RunFolder(runs.experiments_dir, ids[2]).read_json("run.json")["shared"] is True
    runs.close()
    again = make()
    assert [again.show(run_id)["shared"] for run_id in ids] == [False, True, True]


def test_a_run_that_fails_fails_for_all_who_asked_for_it(make: Make):
    runs = make()
    ids = [start(runs, who, learning_rate=10.0, weight_decay=1.0, output_relu=False) for who in (ALICE, BOB)]
    assert wait_end(runs, *ids) == ["failed"] * 2
    assert "no longer a number" in runs.show(ids[0])["reason"]
    assert runs.show(ids[1])["reason"] == runs.show(ids[0])["reason"]


def test_a_killed_trainer_interrupts_all_who_asked_for_it_and_each_can_go_on(make: Make, weights):
    runs = make()
    ids = [start(runs, who) for who in (ALICE, BOB)]
    wait_until(lambda: ids[1] in runs.backend._shown, 20, "one trainer for both")
    wait_epoch(runs, ids[1])
    runs.backend._training[ids[0]].process.kill()
    assert wait_end(runs, *ids) == ["interrupted"] * 2
    assert [runs.show(run_id)["reason"] for run_id in ids] == ["the training process was killed"] * 2
    runs.resume(BOB, ids[1])
    assert wait_end(runs, ids[1]) == ["finished"]
    assert has_weights(runs, ids[1], weights)


def test_a_trainer_that_does_not_obey_one_is_killed_and_the_other_goes_on(make: Make, weights, monkeypatch):
    monkeypatch.setattr("lenet.queue.this_machine.OBEY_S", 0.3)
    runs = make()
    ids = [start(runs, who) for who in (ALICE, BOB)]
    wait_epoch(runs, ids[1])
    os.kill(runs.backend._training[ids[0]].process.pid, signal.SIGSTOP)
    runs.request(ALICE, ids[0], "stop")
    assert wait_end(runs, *ids) == ["stopped", "finished"]
    assert has_weights(runs, ids[1], weights)


@parametrize("other", [{"seed": 5}, {"threads": 2}, {"epochs": 7}], short=1)
def test_other_settings_are_other_runs(make: Make, other: dict[str, Any]):
    runs = make(4)
    ids = [start(runs, ALICE), start(runs, BOB, **other)]
    wait_until(lambda: sorted(trainers(runs)) == sorted(ids), 20, "a trainer for each")
    for run_id in ids:
        runs.request(TEACHER, run_id, "stop")


def test_the_name_of_the_recipe_makes_no_difference(make: Make):
    runs = make()
    first = start(runs)
    config = {**runs.show(first)["config"]}
    second = runs.create(BOB, "best", config)["run"]
    wait_until(lambda: second in runs.backend._shown, 20, "one trainer for both")
    assert runs.show(second)["preset"] == "best"
    runs.request(TEACHER, first, "stop")
    runs.request(TEACHER, second, "stop")
    assert wait_end(runs, first, second) == ["stopped"] * 2
    assert trainers(runs) == []


def test_what_finished_just_now_is_shown_to_others_at_once_and_trained_again_for_who_saw_it(make: Make, weights):
    runs = make()
    first = start(runs)
    wait_end(runs, first)
    late, again = start(runs, BOB), start(runs, ALICE)
    wait_until(lambda: runs.show(late)["status"] == "finished", 20, "it to be shown")
    assert has_weights(runs, late, weights)
    wait_until(lambda: trainers(runs) == [again], 20, "it to be trained again")
    runs.request(ALICE, again, "stop")


def test_a_shared_run_counts_for_its_owner_as_any_other(make: Make):
    runs = make()
    ids = [start(runs, BOB), *(start(runs, ALICE) for _ in range(3))]
    with pytest.raises(RefusedError, match="3 runs queued or running"):
        start(runs, ALICE)
    with pytest.raises(RefusedError, match="belongs to another browser"):
        runs.request(ALICE, ids[0], "stop")
    for run_id in ids:
        runs.request(TEACHER, run_id, "stop")


def test_those_who_wait_for_the_same_have_one_place_in_the_queue(make: Make):
    runs = make(1)
    first = start(runs, seed=9)
    wait_until(lambda: runs.show(first)["status"] == "running", 60, "the first to run")
    ids = [start(runs, ALICE), start(runs, BOB), start(runs, CAROL, seed=2), start(runs, BOB, seed=3)]
    wait_until(lambda: "position" in runs.show(ids[-1]), 10, "their places")
    places = [runs.show(run_id)["position"] for run_id in ids]
    assert places[0] == places[1]
    assert sorted(set(places)) == [1, 2, 3]
    for run_id in [*reversed(ids), first]:
        runs.request(TEACHER, run_id, "stop")


# --- restarts ---------------------------------------------------------------------------------------------------------


def test_a_killed_servers_runs_are_still_trained_once(make: Make, mnist: Path, tmp_path: Path, weights):
    code = """
import sys, threading, time
from lenet.queue.this_machine import LocalBackend
from core.visitors import Visitor
from lenet.runs.registry import Runs
runs = Runs(sys.argv[1], sys.argv[2], LocalBackend(sys.argv[1], ["cpu"], trainers_each=2))
ids = [runs.create(Visitor(who), "exercise-code", eval(sys.argv[3]))["run"] for who in ("alice", "bob", "carol")]
while not all(runs.show(one)["epoch"] for one in ids):
    time.sleep(0.02)
print(*ids, flush=True)
threading.Event().wait(60)
"""
    changes = repr(SAME | {"epochs": 60})
    command = [sys.executable, "-c", code, str(mnist), str(tmp_path), changes]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        ids = server.stdout.readline().split()
        server.kill()
    runs = make()
    wait_until(lambda: len(runs.backend._shown) == 2, 20, "one trainer for all")
    assert len(trainers(runs)) == 1
    epoch = runs.show(ids[2])["epoch"]
    wait_epoch(runs, ids[2], epoch + 1)
    for run_id in ids:
        assert starts(runs, run_id) == [0]
        runs.request(TEACHER, run_id, "stop")
    assert wait_end(runs, *ids) == ["stopped"] * 3


def test_a_server_that_closes_pauses_the_run_that_trains_and_the_others_go_on_with_the_next_one(make: Make, weights):
    runs = make()
    ids = [start(runs, who) for who in (ALICE, BOB, CAROL)]
    for run_id in ids:
        wait_epoch(runs, run_id)
    runs.close()
    later = make()
    assert later.show(ids[0])["status"] == "paused"
    assert wait_end(later, *ids[1:]) == ["finished"] * 2
    for run_id in ids[1:]:
        assert has_weights(later, run_id, weights)


@parametrize("is_damaged", [True, False], short=1)
def test_nobody_begins_anew_because_anothers_state_is_damaged(make: Make, is_damaged: bool):
    """Two runs of the same settings stopped at the same step; the first to go on has lost its state."""
    runs = make(1)
    ids = [start(runs, who) for who in (ALICE, BOB)]
    wait_epoch(runs, ids[0])
    for who, run_id in zip((BOB, ALICE), reversed(ids), strict=True):
        runs.request(who, run_id, "stop")
    wait_end(runs, *ids)
    ours, theirs = (RunFolder(runs.experiments_dir, run_id) for run_id in ids)
    for path in theirs.path.iterdir():  # as if both had stopped at the same step
        if path.name not in ("run.json", "lock"):
            path.unlink()
    for path in ours.path.iterdir():
        if path.name not in ("run.json", "lock"):
            text = path.read_bytes()
            (theirs.path / path.name).write_bytes(
                text if path.suffix == ".pt" else text.replace(ours.id.encode(), theirs.id.encode())
            )
    if is_damaged:
        for path in [ours.resume_state, *ours.path.glob("lenet_*.pt")]:
            path.write_bytes(path.read_bytes()[:1000])
    runs.close()
    later = make(1)
    for who, run_id in zip((ALICE, BOB), ids, strict=True):
        later.resume(who, run_id)
    assert wait_end(later, *ids) == ["finished"] * 2
    whys = [later.show(run_id)["why"] for run_id in ids]
    assert whys[1] is None
    assert (whys[0] is not None) is is_damaged
    assert len(starts(later, ids[1])) == 2
    assert starts(later, ids[1])[1] > 0


@parametrize(
    "damage", ["run.json lacks it", "config.json lacks it too", "its value is another version's"], short=[1, 2]
)
def test_a_run_whose_settings_are_not_all_known_is_shared_with_nobody(
    make: Make, mnist: Path, tmp_path: Path, damage: str
):
    """Somebody trains 0.03 in a folder; who asks for the default's 0.1 is not shown that."""
    config = TrainConfig().updated(SAME | {"learning_rate": 0.03, "epochs": 60})
    folder = RunFolder(tmp_path, new_run_id())
    Run(folder, "fast", config, "alice", 0.0).save(queued=False)
    command = [sys.executable, "-m", "lenet", "train", "--run", folder.id]
    command += ["--data", str(mnist), "--experiments", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as trainer:
        wait_until(lambda: folder.metrics_size and folder.is_alive(), 60, "its trainer")
        for name in ("run.json", "config.json") if "too" in damage else ("run.json",):
            about = folder.load_json(name)
            rate = about["config"].pop("learning_rate")
            if "version" in damage:
                about["config"]["learning_rate"] = {"of": rate}
            folder.write_json(name, about)
        runs = make(4)
        other = start(runs, BOB, learning_rate=0.1, epochs=60)
        wait_until(lambda: other in trainers(runs), 20, "a trainer of its own")
        assert not runs.backend._shown
        runs.request(BOB, other, "stop")
        if "lacks it too" in damage:
            assert runs.board.unreadable()[0]["run"] == folder.id
        else:
            assert runs.show(folder.id)["status"] == "running"
        trainer.terminate()


def test_a_run_that_goes_on_by_another_config_json_than_the_server_knows_is_shared_with_nobody(make: Make):
    runs = make()
    first = start(runs, ALICE, epochs=60)
    wait_epoch(runs, first)
    runs.request(ALICE, first, "pause")
    wait_end(runs, first)
    folder = RunFolder(runs.experiments_dir, first)
    about = folder.load_json("config.json")
    folder.write_json("config.json", about | {"config": about["config"] | {"learning_rate": 0.03}})
    runs.resume(ALICE, first)
    wait_until(lambda: trainers(runs) == [first], 20, "it to go on")
    other = start(runs, BOB, epochs=60)
    wait_until(lambda: sorted(trainers(runs)) == sorted([first, other]), 20, "a trainer for each")
    for run_id in (first, other):
        runs.request(TEACHER, run_id, "stop")


# --- several trainers -------------------------------------------------------------------------------------------------


def test_a_device_trains_several_runs_at_once_and_none_comes_out_otherwise(make: Make, weights):
    runs = make(2)
    assert [device["trainers"] for device in runs.backend.devices() if device["id"] == "cpu"] == [2]
    ids = [start(runs, ALICE), start(runs, BOB, seed=2), start(runs, CAROL, seed=3)]
    wait_until(lambda: len(trainers(runs)) == 2, 20, "two to be trained")
    assert runs.show(ids[2])["status"] == "queued"
    assert wait_end(runs, *ids) == ["finished"] * 3
    assert has_weights(runs, ids[0], weights)
    assert not has_weights(runs, ids[1], weights)


def test_a_run_of_two_threads_takes_two_places_and_is_not_passed_by_for_ever(make: Make):
    runs = make(2)
    first = start(runs, epochs=60)
    wait_until(lambda: runs.show(first)["status"] == "running", 60, "the first to run")
    wide, narrow = start(runs, BOB, threads=2), start(runs, CAROL, seed=3)
    wait_until(lambda: runs.show(narrow).get("position") == 2, 10, "its place")
    runs.request(ALICE, first, "stop")
    wait_until(lambda: trainers(runs) == [wide], 20, "both places to be taken")
    assert runs.show(narrow)["status"] == "queued"
    for run_id in (narrow, wide):
        runs.request(TEACHER, run_id, "stop")


def test_a_run_of_more_threads_than_there_are_places_is_trained_all_the_same(make: Make):
    runs = make(1)
    run_id = start(runs, threads=3, epochs=1)
    assert wait_end(runs, run_id) == ["finished"]


# --- what is brought --------------------------------------------------------------------------------------------------


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 40_000), max_size=6), with_end=st.booleans())
def test_records_that_come_in_any_pieces_arrive_once_each_and_in_order(tmp_path: Path, cuts: list[int], with_end: bool):
    source, target = (RunFolder(tmp_path, new_run_id()) for _ in range(2))
    for folder in (source, target):
        folder.make()
    whole = [record | ({"run": source.id} if record["kind"] == "end" else {}) for record in records(2, reports=3)]
    other = RunFolder(tmp_path, new_run_id())
    other.make()
    for record in whole:
        other.append(record)
    text = other.metrics.read_bytes()
    for cut in sorted(cuts):
        source.metrics.write_bytes(text[:cut])
        bring(source, target, is_last=False)
        assert target.records() == source.records()[: len(target.records())]
    source.metrics.write_bytes(text)
    bring(source, target, is_last=True, with_end=with_end)
    expected = whole if with_end else whole[:-1]
    assert target.records() == [record | ({"run": target.id} if "run" in record else {}) for record in expected]


def test_what_cannot_be_brought_just_now_is_brought_later_and_loses_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    trained, shown = (Run(RunFolder(tmp_path, new_run_id()), "fast", TrainConfig(), "alice", 0.0) for _ in range(2))
    for run in (trained, shown):
        run.save(queued=True)
    for record in records(1)[:-1]:
        trained.folder.append(record)
    process = SimpleNamespace(lost_at=None, is_over=False, pid=1, said=b"", refused=None, status=0)
    training = Training(trained, "cpu", cast(Trainer, process), others=[shown])
    backend = LocalBackend(tmp_path, ["cpu"])
    backend._training[trained.id] = backend._shown[shown.id] = training
    real, refused = sharing.bring, True

    def refuse(*folders: RunFolder, **how: bool) -> None:
        if refused:
            raise OSError(24, "Too many open files", str(folders[0].metrics))
        real(*folders, **how)

    monkeypatch.setattr("core.retrying.FIRST_S", 0.0)
    monkeypatch.setattr("lenet.queue.this_machine.bring", refuse)
    assert [backend.state(shown) for _ in range(3)] == [State("training", "cpu")] * 3
    assert len([line for line in caplog.messages if "nothing new can be brought just now" in line]) == 1
    refused = False
    assert (backend.state(shown).phase, len(shown.folder.lines())) == ("training", 22)
    refused, process.is_over = True, True
    assert backend.state(shown).phase == "waiting"  # it is trained by itself, from what it has
    assert (backend.waiting(), shown.shared, backend.state(trained).phase) == ([shown.id], False, "over")
