"""Runs trained by real workers over a real Redis: what can go wrong on the way, and that it changes no weight."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
import torch
from redis import Redis

from core.refused import RefusedError
from lenet.config import PRESETS
from lenet.data import datasets
from lenet.queue.remote import RedisBackend
from lenet.run import Run
from lenet.runs.registry import Runs
from lenet.states import ACTIVE
from lenet.training.folder import RunFolder, new_run_id
from support.lenet_runs import ALICE, BOB, QUICK, records_of
from support.long import parametrize
from support.processes import wait_until
from support.redis_server import RedisServer, WorkerProcess

# Some seconds long, of which most go into the test images: long enough to be disturbed in its second and fourth epoch.
LONG = QUICK | {"train_images": 400, "epochs": 8, "stop_change": 0.0, "momentum": 0.5}
ENDLESS = 1000  # epochs of a run that is to be stopped
NOTICED_S = 30  # a killed worker

MakeRuns = Callable[..., Runs]


@pytest.fixture(scope="module")
def workers(
    redis: RedisServer, mnist: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, WorkerProcess]]:
    """Two, which a test may kill if it starts them again."""
    folder = tmp_path_factory.mktemp("workers")
    started = {name: WorkerProcess(redis, name, mnist, folder) for name in ("anna", "bert")}
    client = Redis.from_url(redis.url)
    try:
        wait_until(lambda: len(client.smembers("rq:workers")) == 2, 60, "two workers")
    except BaseException:
        print(*(worker.log.read_text() for worker in started.values()))
        raise
    yield started
    for worker in started.values():
        worker.stop()
        print(worker.log.read_text())


@pytest.fixture
def make_runs(redis: RedisServer, workers: dict[str, WorkerProcess], mnist: Path, tmp_path: Path) -> Iterator[MakeRuns]:
    """A web server's runs, each server with a folder of its own."""
    made = []

    def make(name: str = "web") -> Runs:
        made.append(Runs(mnist, tmp_path / name, RedisBackend(redis.url), most_active=9))
        assert made[-1].board.wait_until_read(20)
        return made[-1]

    yield make
    for runs in made:
        runs.close()


@pytest.fixture(scope="module")
def weights(mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    """What LONG comes to when nothing goes wrong, trained in this process without any of the machinery."""
    from lenet.training.trainer import train

    folder = RunFolder(tmp_path_factory.mktemp("alone"), new_run_id())
    result = train(PRESETS["exercise-code"].config.updated(LONG), folder, mnist, "exercise-code")
    return torch.load(result["checkpoint"], weights_only=True)


def start(runs: Runs, **changes: Any) -> str:
    return runs.create(ALICE, "exercise-code", LONG | changes)["run"]


def wait_epoch(runs: Runs, run_id: str, epoch: int = 2) -> None:
    wait_until(lambda: runs.show(run_id)["epoch"] >= epoch, 60, f"epoch {epoch}")


def wait_end(runs: Runs, run_id: str, seconds: float = 90) -> dict[str, Any]:
    wait_until(lambda: runs.show(run_id)["status"] not in ACTIVE, seconds, f"the end of {run_id}")
    return runs.show(run_id)


def has_weights(runs: Runs, run_id: str, weights: dict[str, torch.Tensor]) -> bool:
    shown = runs.show(run_id)
    assert (shown["status"], shown["epoch"]) == ("finished", LONG["epochs"]), shown
    last = torch.load(runs.experiments_dir / run_id / shown["epochs"][-1]["checkpoint"], weights_only=True)
    return all(torch.equal(value, weights[name]) for name, value in last.items())


def of_run(runs: Runs, run_id: str, workers: dict[str, WorkerProcess]) -> WorkerProcess:
    """Who trains it."""
    return workers[runs.show(run_id)["device"].split("/")[0]]


def test_a_run_is_trained_elsewhere_and_all_of_it_arrives(
    make_runs: MakeRuns, workers: dict[str, WorkerProcess], weights: dict[str, torch.Tensor]
):
    runs = make_runs()
    assert {device["id"] for device in runs.backend.devices()} == {"anna/cpu", "bert/cpu"}
    run_id = start(runs)
    wait_epoch(runs, run_id)
    assert runs.show(run_id)["device"] in ("anna/cpu", "bert/cpu")
    wait_end(runs, run_id)
    assert has_weights(runs, run_id, weights)
    names = {path.name for path in (runs.experiments_dir / run_id).iterdir()}
    assert {epoch["checkpoint"] for epoch in runs.show(run_id)["epochs"]} < names
    assert {"config.json", "metrics.jsonl", "predictions.u8", "resume.pt", "run.json"} < names


def test_two_runs_are_trained_at_once_by_two_workers(make_runs: MakeRuns):
    runs = make_runs()
    ids = [start(runs, epochs=ENDLESS), start(runs, seed=2, epochs=ENDLESS)]
    wait_until(lambda: all(runs.show(run_id)["status"] == "running" for run_id in ids), 60, "both running")
    assert {runs.show(run_id)["device"] for run_id in ids} == {"anna/cpu", "bert/cpu"}
    third = start(runs, seed=3)
    wait_until(lambda: runs.show(third).get("position") == 1, 10, "its place in the queue")
    assert runs.request(ALICE, third, "stop")["status"] == "stopped"
    for run_id in ids:
        runs.request(ALICE, run_id, "stop")
    assert [wait_end(runs, run_id)["status"] for run_id in ids] == ["stopped", "stopped"]


@pytest.mark.long(
    "tests/lenet/queue/test_sharing.py::test_a_device_trains_several_runs_at_once_and_none_comes_out_otherwise"
)
def test_one_machine_trains_several_runs_at_once_and_none_comes_out_otherwise(
    mnist: Path, tmp_path: Path, weights: dict[str, torch.Tensor]
):
    """With a queue of its own: the other two machines would take what it has places for."""
    with ExitStack() as stack:
        queue = RedisServer(tmp_path)
        stack.callback(queue.kill)
        machine = WorkerProcess(queue, "carl", mnist, tmp_path, trainers=2)
        stack.callback(machine.stop)
        runs = stack.enter_context(closing(Runs(mnist, tmp_path / "web", RedisBackend(queue.url))))
        wait_until(lambda: [one["id"] for one in runs.backend.devices()] == ["carl/cpu"], 60, "the machine")
        assert [one["trainers"] for one in runs.backend.devices()] == [2]
        ids = [start(runs), start(runs, seed=2, epochs=ENDLESS)]
        wait_until(lambda: all(runs.show(run_id)["status"] == "running" for run_id in ids), 120, "both running")
        assert [runs.show(run_id)["device"] for run_id in ids] == ["carl/cpu"] * 2
        wait_end(runs, ids[0])
        assert has_weights(runs, ids[0], weights)
        assert runs.request(ALICE, ids[1], "stop")["status"] == "running"  # beside it all the time
        wait_end(runs, ids[1])


def test_a_run_that_redis_loses_in_mid_run_is_interrupted_and_can_go_on(
    make_runs: MakeRuns, redis: RedisServer, weights: dict[str, torch.Tensor], workers: dict[str, WorkerProcess]
):
    runs = make_runs()
    run_id = start(runs)
    wait_epoch(runs, run_id)
    trainer = of_run(runs, run_id, workers).trainers()[0]
    client = Redis.from_url(redis.url)
    client.delete(*client.keys(f"*{run_id}*"))
    shown = wait_end(runs, run_id)
    assert (shown["status"], shown["reason"]) == ("interrupted", "the queue has lost it")
    wait_until(lambda: not trainer.is_running(), 10, "the end of its trainer")
    runs.resume(ALICE, run_id)
    wait_end(runs, run_id)
    assert has_weights(runs, run_id, weights)


def test_a_paused_run_goes_on_where_it_was_and_from_the_web_servers_folder_when_redis_has_forgotten_it(
    make_runs: MakeRuns, redis: RedisServer, weights: dict[str, torch.Tensor]
):
    runs = make_runs()
    run_id = start(runs)
    for epoch, is_forgotten in ((2, False), (4, True)):
        wait_epoch(runs, run_id, epoch)
        runs.request(ALICE, run_id, "pause")
        assert wait_end(runs, run_id)["status"] == "paused"
        if is_forgotten:
            client = Redis.from_url(redis.url)
            client.delete(*client.keys(f"*{run_id}*"))
        runs.resume(ALICE, run_id)
    wait_end(runs, run_id)
    assert [record["epoch"] > 0 for record in starts(runs, run_id)] == [False, True, True]
    assert has_weights(runs, run_id, weights)


def starts(runs: Runs, run_id: str) -> list[dict[str, Any]]:
    return [record for record in records_of(runs, run_id) if record["kind"] == "start"]


@pytest.mark.long("test_a_killed_worker_and_a_dead_machine_are_noticed_and_their_runs_go_on")
def test_a_killed_trainer_is_replaced_at_once(
    make_runs: MakeRuns, workers: dict[str, WorkerProcess], weights: dict[str, torch.Tensor]
):
    runs = make_runs()
    run_id = start(runs)
    wait_epoch(runs, run_id)
    of_run(runs, run_id, workers).trainers()[0].kill()
    wait_end(runs, run_id)
    # From epoch 2, or from 1 where it died between telling of 2 and sending what going on from there needs.
    assert [record["epoch"] >= 1 for record in starts(runs, run_id)] == [False, True]
    assert has_weights(runs, run_id, weights)


def test_a_killed_worker_and_a_dead_machine_are_noticed_and_their_runs_go_on(
    make_runs: MakeRuns, workers: dict[str, WorkerProcess], weights: dict[str, torch.Tensor], redis: RedisServer,
    mnist: Path,
):  # fmt: skip
    runs = make_runs()
    ids = [start(runs), start(runs)]
    trainers = []
    for run_id in ids:
        wait_epoch(runs, run_id)
        trainers += of_run(runs, run_id, workers).trainers()
        trainers[-1].suspend()  # neither is to finish before the other is there
    assert len(trainers) == 2
    machine, other = (of_run(runs, run_id, workers) for run_id in ids)
    assert machine is not other
    before = {run_id: runs.show(run_id)["device"] for run_id in ids}
    machine.kill()
    trainers[1].parent().kill()  # the worker alone: its supervisor starts another, its trainer must not go on
    trainers[1].resume()
    wait_until(lambda: not any(one.is_running() for one in trainers), 10, "the end of the orphaned trainer")

    def is_noticed(run_id: str) -> bool:
        shown = runs.show(run_id)
        is_again = len(starts(runs, run_id)) == 2 or shown["device"] not in (None, before[run_id])
        return is_again or (shown["status"], shown["reason"]) == (
            "queued",
            "its worker was lost: another will go on with it",
        )

    wait_until(lambda: all(is_noticed(run_id) for run_id in ids), NOTICED_S, "the loss of both workers to be noticed")
    workers[machine.name] = WorkerProcess(redis, machine.name, mnist, machine.log.parent)
    for run_id in ids:
        wait_end(runs, run_id)
        assert starts(runs, run_id)[1]["epoch"] >= 1
        assert has_weights(runs, run_id, weights)


def test_redis_may_be_killed_and_started_again_in_mid_run(
    make_runs: MakeRuns, redis: RedisServer, weights: dict[str, torch.Tensor]
):
    runs = make_runs()
    run_id = start(runs)
    wait_epoch(runs, run_id)
    redis.kill()
    try:
        with pytest.raises(RefusedError) as refused:
            start(runs, seed=5)
        assert (refused.value.status, refused.value.code) == (503, "queue-unreachable")
    finally:
        redis.start()
    wait_end(runs, run_id)
    assert has_weights(runs, run_id, weights)
    assert len([record for record in records_of(runs, run_id) if record["kind"] == "start"]) == 1


@parametrize("closes_terminal", [False, True], short=1)
def test_a_worker_that_is_told_to_leave_hands_its_run_on(
    make_runs: MakeRuns, workers: dict[str, WorkerProcess], weights: dict[str, torch.Tensor], redis: RedisServer,
    mnist: Path, closes_terminal: bool,
):  # fmt: skip
    runs = make_runs()
    run_id = start(runs)
    wait_epoch(runs, run_id)
    worker = of_run(runs, run_id, workers)
    worker.stop(closes_terminal)
    wait_until(lambda: runs.show(run_id)["status"] in ("running", "finished"), 20, "the other worker")
    wait_end(runs, run_id)
    assert has_weights(runs, run_id, weights)
    workers[worker.name] = WorkerProcess(redis, worker.name, mnist, worker.log.parent)


def test_a_worker_of_another_version_trains_nothing_it_does_not_understand(
    make_runs: MakeRuns, monkeypatch: pytest.MonkeyPatch
):
    stored = Run.stored
    tomorrow = {"dropout": 0.5}
    monkeypatch.setattr(Run, "stored", lambda run: stored(run) | {"config": run.config.to_json() | tomorrow})
    runs = make_runs()
    shown = wait_end(runs, start(runs))
    assert shown["status"] == "failed"
    assert shown["reason"] == "this machine's version does not know its settings: dropout"


def test_a_trainer_that_does_not_obey_is_killed(
    make_runs: MakeRuns, workers: dict[str, WorkerProcess], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("lenet.queue.remote.OBEY_S", 1.0)
    runs = make_runs()
    run_id = start(runs, epochs=ENDLESS)
    wait_epoch(runs, run_id, 1)
    trainer = of_run(runs, run_id, workers).trainers()[0]
    trainer.send_signal(signal.SIGSTOP)
    runs.request(ALICE, run_id, "stop")
    shown = wait_end(runs, run_id, 30)
    assert (shown["status"], shown["reason"]) == ("stopped", "it did not answer and was killed")


def test_every_web_server_has_every_run(make_runs: MakeRuns, weights: dict[str, torch.Tensor]):
    here, there = make_runs("here"), make_runs("there")
    run_id = start(here)
    wait_until(lambda: run_id in [one["run"] for one in there.board.summaries()], 10, "news of the run")
    wait_epoch(there, run_id)
    with pytest.raises(RefusedError, match="belongs to another browser"):
        there.request(BOB, run_id, "pause")
    there.request(ALICE, run_id, "pause")
    for ended in (wait_end(here, run_id), wait_end(there, run_id)):  # its owner asked, though not both of them
        assert (ended["status"], ended["reason"]) == ("paused", None)
    there.resume(ALICE, run_id)
    wait_until(lambda: here.show(run_id)["status"] == "running", 20, "the other server to see it go on")
    wait_end(here, run_id)
    wait_end(there, run_id)
    assert has_weights(here, run_id, weights)
    assert has_weights(there, run_id, weights)
    assert here.board.get(run_id).records(0) == there.board.get(run_id).records(0)
    there.delete(ALICE, run_id)
    wait_until(lambda: run_id not in [one["run"] for one in here.board.summaries()], 10, "news of its deletion")
    assert not (here.experiments_dir / run_id).exists()


@pytest.mark.long("test_every_web_server_has_every_run")
def test_a_web_server_that_was_away_catches_up(make_runs: MakeRuns, weights: dict[str, torch.Tensor]):
    here, there = make_runs("here"), make_runs("there")
    run_id = start(here)
    wait_epoch(here, run_id)
    wait_until(lambda: run_id in [one["run"] for one in there.board.summaries()], 10, "news of the run")
    there.close()
    wait_end(here, run_id)
    again = make_runs("there")
    wait_until(lambda: again.show(run_id)["status"] == "finished", 20, "what it missed")
    assert has_weights(again, run_id, weights)
    assert here.board.get(run_id).records(0) == again.board.get(run_id).records(0)


def test_a_sweep_is_spread_over_the_workers_and_stops_as_a_whole(make_runs: MakeRuns):
    runs = make_runs()
    axes = {"seed": {"values": [1, 2, 3, 4]}}
    sweep = runs.create_sweep(ALICE, "exercise-code", LONG | {"epochs": ENDLESS}, "grid", axes, None, 0)["sweep"]
    wait_until(lambda: runs.board.sweep(sweep)["counts"].get("running") == 2, 60, "two trials at once")
    runs.request_sweep(ALICE, sweep, "stop")
    wait_until(lambda: runs.board.sweep(sweep)["counts"] == {"stopped": 4}, 30, "the end of all trials")


def test_the_data_set_of_a_run_is_fetched_to_every_web_server(
    redis: RedisServer, workers: dict[str, WorkerProcess], mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def copied(dataset: datasets.Dataset, folder: Path, _tell: object) -> Path:
        return Path(shutil.copytree(dataset.raw(mnist), folder / "raw"))

    monkeypatch.setattr(datasets, "SOURCES", {"copied": copied})
    dataset = datasets.DATASETS["mnist"]
    with ExitStack() as stack:
        here, there = (
            stack.enter_context(closing(Runs(folder / "data", folder, RedisBackend(redis.url, folder / "data"))))
            for folder in (tmp_path / "here", tmp_path / "there")
        )
        run_id = start(here, epochs=1)
        for runs in (here, there):
            wait_until(
                lambda runs=runs: datasets.is_complete(dataset, dataset.raw(runs.data_dir)),
                60,
                "the files on both servers",
            )
            wait_end(runs, run_id)


def test_without_a_redis_the_reason_is_said(tmp_path: Path):
    with pytest.raises(ConnectionError):
        RedisBackend("redis://127.0.0.1:1")


def test_nothing_is_left_of_the_queue_that_was(redis: RedisServer, workers: dict[str, WorkerProcess]):
    """Last in this module: no run waits, none is held by a worker, no trainer lives."""
    client = Redis.from_url(redis.url)
    wait_until(lambda: not client.keys("rq:queue:*") + client.keys("rq:wip:*"), NOTICED_S, "the end of the last lease")
    assert not [one for worker in workers.values() for one in worker.trainers()]
