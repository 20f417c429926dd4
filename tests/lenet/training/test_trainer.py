from __future__ import annotations

import dataclasses
import json
import math
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import filelock
import pytest
import torch
from torch import nn

from lenet.config import TrainConfig, setting_arguments
from lenet.data import datasets
from lenet.data.augment import AFFINE
from lenet.network.model import build
from lenet.questions.answerer import load_model
from lenet.training.evaluate import evaluate
from lenet.training.folder import RunFolder, new_run_id
from lenet.training.progress import epochs_that_hold
from lenet.training.trainer import SCHEDULES, Trainer, learning_rate, train
from support.lenet_runs import QUICK, SHIFTED
from support.long import parametrize
from support.processes import ROOT, wait_until

# Long enough that a signal hits it in the middle of its second epoch.
RESUMED = TrainConfig().updated(QUICK | SHIFTED | {"epochs": 6, "elastic": 0.5})
EPOCHS, EPOCH = RESUMED.epochs, 30  # steps


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path, new_run_id())


def quick(**changes: Any) -> TrainConfig:
    return TrainConfig().updated(QUICK | changes)


def losses(folder: RunFolder) -> list[float]:
    """The loss of every batch, the last word on each."""
    by_step: dict[int, float] = {}
    for record in folder.records():
        if record["kind"] == "batches":
            by_step.update(enumerate(record["loss"], record["step"]))
    return [by_step[step] for step in sorted(by_step)]


def weights(folder: RunFolder) -> dict[str, torch.Tensor]:
    """The weights after the last epoch."""
    return torch.load(folder.path / epochs_that_hold(folder.records())[-1]["checkpoint"], weights_only=True)


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


# --- against PyTorch as a beginner writes it --------------------------------------------------------------------------


def test_it_trains_as_the_exercises_loop_does(mnist: Path, folder: RunFolder):
    config = quick(shuffle=False, output_relu=True, epochs=1)
    train(config, folder, mnist, "exercise-code")

    torch.manual_seed(config.seed)
    model = build(config)
    split = datasets.load("mnist", mnist, "train")[: config.train_images]
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    expected = []
    for first in range(0, len(split), config.batch_size):
        sgd.zero_grad()
        batch = slice(first, first + config.batch_size)
        loss = nn.CrossEntropyLoss()(model(split.images[batch]), split.labels[batch])
        loss.backward()
        sgd.step()
        expected.append(loss.item())
    assert losses(folder) == pytest.approx(expected, abs=1e-5)
    for key, value in weights(folder).items():
        assert torch.allclose(value, model.state_dict()[key], atol=1e-5)


def test_the_optimizers_leave_biases_undecayed(mnist: Path, folder: RunFolder):
    frozen = quick(learning_rate=0.0, weight_decay=0.5, optimizer="adamw", momentum=0.9, epochs=1)
    train(frozen, folder, mnist, "fast")
    torch.manual_seed(0)
    assert same(weights(folder), build(frozen).state_dict())  # no rate, no decay: both scale with it


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_rate_rises_to_its_peak_and_falls_as_scheduled(schedule: str):
    config = TrainConfig(schedule=schedule, warmup=0.25, learning_rate=2.0)
    rates = [learning_rate(config, step / 100) for step in range(100)]
    assert rates[0] == 0
    assert rates[:25] == sorted(rates[:25])
    assert rates[25] == max(rates) == 2.0
    end = {"constant": 2.0, "cosine": 1 + math.cos(math.pi * 74 / 75), "linear": 2 / 75}[schedule]
    assert rates[-1] == pytest.approx(end)


# --- what it leaves ---------------------------------------------------------------------------------------------------


def test_the_records_say_what_the_checkpoints_are(trained: RunFolder, mnist: Path):
    about = trained.read_json("config.json")
    config = TrainConfig().updated(about["config"])
    assert about["preset"] == "fast"
    assert about["versions"]["torch"] == torch.__version__
    assert about["device"].startswith("CPU")
    test, train_part = (
        datasets.load("mnist", mnist, "test"),
        datasets.load("mnist", mnist, "train")[: config.train_images],
    )
    for record in epochs_that_hold(trained.records()):
        model = load_model(config, trained.path / record["checkpoint"])
        assert record["checkpoint"].startswith(f"lenet_mnist_{record['test']['accuracy']:.3f}")
        for found, split in ((record["test"], test), (record["train"], train_part)):
            assert found == pytest.approx(evaluate(model, split), rel=1e-5)
        rows = (record["epoch"] - 1) * len(test)
        predicted = torch.tensor(list(trained.predictions.read_bytes()[rows : rows + len(test)]))
        assert (predicted == test.labels).float().mean().item() == pytest.approx(record["test"]["accuracy"])
        assert sum(record["confusion"][digit][digit] for digit in range(10)) == round(record["test"]["accuracy"] * 1e4)
        assert record["worst"]


def test_the_seconds_left_and_the_speed_count_the_tests(mnist: Path, folder: RunFolder, monkeypatch):
    """By a clock of its own: a step takes 0.1 s, a test 5 s."""
    config = quick(epochs=3)
    trainer = Trainer(config, folder, mnist)
    now, step, tested = [0.0], Trainer._train_step, Trainer.tested

    def taking(seconds, work):
        def timed(*arguments):
            now[0] += seconds
            return work(*arguments)

        return timed

    monkeypatch.setattr(Trainer, "_train_step", taking(0.1, step))
    monkeypatch.setattr(Trainer, "tested", taking(5, tested))
    monkeypatch.setattr("lenet.training.trainer.time.perf_counter", lambda: now[0])
    folder.make()
    trainer.run()
    trainer.close()
    steps, images = trainer.steps_per_epoch, len(trainer.train)
    batches = [record for record in folder.records() if record["kind"] == "batches"]
    untested = [record for record in batches if record["epoch"] == 1]
    assert {record["images_per_s"] for record in untested} == {None}
    guessed = (20_000 + min(images, 10_000) - 10_000) / images / 3 * 0.1 * steps
    for record in batches:
        if record["left_s"] is None:
            assert record["train_s"] < 1.2
            continue
        to_come = config.epochs + 1 - record["epoch"]
        a_test = guessed if record in untested else 5
        trained = (trainer.steps - record["step"] - len(record["loss"])) * 0.1
        assert record["left_s"] == pytest.approx(trained + to_come * a_test, abs=0.1)
        if record not in untested:
            assert record["images_per_s"] == pytest.approx(images / (0.1 * steps + 5), abs=1)
    assert batches[-1]["train_s"] + batches[-1]["left_s"] == pytest.approx(trainer.train_s, abs=0.1)


def test_the_result_is_the_last_record(trained: RunFolder):
    end, epochs = trained.records()[-1], epochs_that_hold(trained.records())
    assert (end["status"], end["epochs"]) == ("finished", 2)
    assert end["accuracy"] == epochs[-1]["test"]["accuracy"] > 0.75
    assert (trained.path / end["checkpoint"]).is_file()
    assert str(trained.path) not in json.dumps(trained.records())
    assert end["train_s"] == pytest.approx(sum(epoch["seconds"] for epoch in epochs), abs=0.01)


def test_two_epochs_of_one_accuracy_keep_a_checkpoint_each(mnist: Path, folder: RunFolder):
    train(quick(learning_rate=0.0, train_images=100), folder, mnist, "fast")
    names = [record["checkpoint"] for record in epochs_that_hold(folder.records())]
    assert len(set(names)) == 2
    assert names[1] == names[0].replace(".pt", "_epoch2.pt")
    assert all((folder.path / name).exists() for name in names)


def test_held_out_images_are_scored_and_not_trained_on(mnist: Path, folder: RunFolder):
    train(quick(holdout=500, epochs=1, shuffle=False), folder, mnist, "fast")
    record = epochs_that_hold(folder.records())[0]
    assert (record["train"]["images"], record["holdout"]["images"], record["step"]) == (1000, 500, 20)
    other = RunFolder(folder.path.parent, new_run_id())
    train(quick(train_images=1000, epochs=1, shuffle=False), other, mnist, "fast")
    assert same(weights(folder), weights(other))


@pytest.mark.parametrize(("rule", "epochs"), [({"stop_change": 1.0}, 1), ({"stop_accuracy": 0.05}, 1), ({}, 2)])
def test_the_stop_rules_end_a_run_early(mnist: Path, folder: RunFolder, rule: dict[str, float], epochs: int):
    result = train(quick(train_images=100, learning_rate=0.0, **rule), folder, mnist, "fast")
    assert (result["status"], result["epochs"]) == ("finished", epochs)


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(
    mnist: Path, trained: RunFolder, folder: RunFolder
):
    train(quick(**SHIFTED), folder, mnist, "fast")
    assert same(weights(trained), weights(folder))
    other = RunFolder(folder.path.parent, new_run_id())
    train(quick(**SHIFTED, seed=1), other, mnist, "fast")
    assert not same(weights(trained), weights(other))


def test_a_batch_shared_among_cores_gives_the_same_gradients(mnist: Path, tmp_path: Path):
    one, three = (
        Trainer(quick(threads=threads, **SHIFTED), RunFolder(tmp_path / f"{threads}", new_run_id()), mnist)
        for threads in (1, 3)
    )
    draws = torch.rand(50, AFFINE, generator=torch.Generator().manual_seed(0)) * 2 - 1
    batch = (one.train.images[:50], one.train.labels[:50], draws)  # parts of 17, 17 and 16 images
    assert one._train_step(*batch).item() == pytest.approx(three._train_step(*batch).item(), rel=1e-5)
    for mine, yours in zip(one.parameters, three.parameters, strict=True):
        assert torch.allclose(mine.grad, yours.grad, atol=1e-6)
    one.close()
    three.close()


def test_cores_that_share_give_the_same_weights_again_and_leave_no_thread(mnist: Path, tmp_path: Path):
    folders = [RunFolder(tmp_path / name, new_run_id()) for name in ("first", "second")]
    for folder in folders:
        assert train(quick(threads=2, epochs=1), folder, mnist, "fast")["status"] == "finished"
    assert same(*map(weights, folders))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("share")]


def test_the_1998_network_learns(mnist: Path, folder: RunFolder):
    result = train(
        quick(model="lecun1998", learning_rate=0.003, optimizer="adamw", momentum=0.9), folder, mnist, "lecun-1998"
    )
    assert result["accuracy"] > 0.7


# --- failure is a state of its own ------------------------------------------------------------------------------------


def test_a_loss_that_is_no_number_fails_the_run(mnist: Path, folder: RunFolder):
    result = train(quick(learning_rate=10.0, weight_decay=1.0), folder, mnist, "fast")
    assert result["status"] == "failed"
    assert "no longer a number" in result["reason"]
    assert result["why"] == {"code": "not-a-number", "values": {"when": "in", "epoch": 1}}
    assert folder.records()[-1]["why"] == result["why"]
    assert folder.status() == ("failed", result["reason"])


def test_no_gpu_fails_a_run_that_wants_one(mnist: Path, folder: RunFolder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    result = train(dataclasses.replace(quick(), device="cuda"), folder, mnist, "fast")
    assert (result["status"], result["reason"]) == ("failed", "this machine has no CUDA device that PyTorch can use")
    assert result["why"] == {"code": "no-gpu", "values": {}}


def test_a_full_gpu_fails_the_run_with_its_reason(mnist: Path, folder: RunFolder, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB\nmore")

    monkeypatch.setattr("lenet.training.trainer.all_logits", full)
    result = train(quick(), folder, mnist, "fast")
    assert result["status"] == "failed"
    assert result["reason"] == "the GPU's memory is full: CUDA out of memory. Tried to allocate 2 GiB"


def test_missing_data_fails_the_run_and_says_what_to_do(folder: RunFolder, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(datasets, "SOURCES", {})
    result = train(quick(), folder, tmp_path / "nothing", "fast")
    assert result["status"] == "failed"
    assert "Put these four files, unpacked, into" in result["reason"]
    told = folder.records()[-1]
    assert told["why"]["code"] == "no-data"
    assert told["why"]["values"]["place"] == "MNIST/raw"
    assert all(told["why"]["values"][name] in told["reason"] for name in ("tried", "place", "data", "files"))
    assert str(tmp_path) not in json.dumps(told)


def test_a_run_that_is_to_pause_while_it_fetches_is_paused_and_leaves_nothing(folder: RunFolder, tmp_path, monkeypatch):
    def slow(_dataset: datasets.Dataset, _folder: Path, tell: datasets.Tell) -> Path:
        folder.request("pause")
        while True:
            tell(1)

    monkeypatch.setattr(datasets, "SOURCES", {"slow": slow})
    result = train(quick(), folder, tmp_path / "nothing", "fast")
    assert (result["status"], folder.status()[0]) == ("paused", "paused")
    assert not list(tmp_path.rglob(".download-*"))


def test_a_second_trainer_in_the_same_folder_is_refused(mnist: Path, folder: RunFolder, monkeypatch):
    folder.path.mkdir()
    monkeypatch.setattr("lenet.training.trainer.LOCK_WAIT_S", 0.1)
    with folder.lock(), pytest.raises(filelock.Timeout):
        train(quick(), folder, mnist, "fast")


# --- as a process -----------------------------------------------------------------------------------------------------


def start(config: TrainConfig, folder: RunFolder, mnist: Path, **options: Any) -> subprocess.Popen[str]:
    settings = [] if (folder.path / "config.json").exists() else setting_arguments("fast", config)
    folders = ["--experiments", str(folder.path.parent), "--data", str(mnist)]
    command = [sys.executable, "-m", "lenet", "train", "--run", folder.id, *settings, *folders]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, **options)


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, _ = process.communicate(timeout=60)
    return json.loads(output.splitlines()[-1])


def is_in_second_epoch(folder: RunFolder) -> bool:
    steps = [record["step"] for record in folder.records() if record["kind"] == "batches"]
    return bool(steps) and steps[-1] > EPOCH


@pytest.fixture(scope="module")
def uninterrupted(mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = RunFolder(tmp_path_factory.mktemp("whole"), new_run_id())
    assert train(RESUMED, folder, mnist, "fast")["status"] == "finished"
    return folder


@pytest.mark.long("tests/lenet/training/test_restore.py::test_what_can_be_made_again_is_and_the_run_ends_bit_for_bit")
def test_a_killed_run_goes_on_and_ends_with_the_same_weights(mnist: Path, folder: RunFolder, uninterrupted: RunFolder):
    process = start(RESUMED, folder, mnist)
    wait_until(lambda: is_in_second_epoch(folder), 60, "the second epoch")
    process.kill()
    process.communicate()
    assert folder.status()[0] == "interrupted"
    result = train(RESUMED, folder, mnist, "fast")
    assert (result["status"], result["epochs"]) == ("finished", EPOCHS)
    assert same(weights(folder), weights(uninterrupted))
    assert losses(folder) == losses(uninterrupted)


@pytest.mark.long("tests/lenet/queue/test_launcher.py::test_a_trainer_hears_signals_though_the_nursery_ignores_them")
def test_ctrl_c_stops_a_run(mnist: Path, folder: RunFolder):
    process = start(RESUMED, folder, mnist)
    wait_until(lambda: any(record["kind"] == "batches" for record in folder.records()), 60, "the first batch")
    process.send_signal(signal.SIGINT)
    assert finish(process)["status"] == "stopped"
    assert process.returncode == 0
    assert folder.status() == ("stopped", None)


@parametrize("signals", [[signal.SIGTERM], [signal.SIGTERM, signal.SIGHUP]], short=1, ids=["one", "two"])
def test_a_signal_saves_the_step_and_the_run_goes_on_from_it(
    mnist: Path, folder: RunFolder, uninterrupted: RunFolder, signals: list[signal.Signals]
):
    """Whatever else asks a process to end: first a service manager, then, when it goes on, a closed terminal."""
    left_at = [0]
    for sent in signals:
        process = start(RESUMED, folder, mnist)
        # One step past its first epoch, or past where it went on.
        wait_until(lambda: len(losses(folder)) > max(EPOCH, left_at[-1]), 60, "its training")
        process.send_signal(sent)
        result = finish(process)
        assert result["status"] == "paused"
        assert 1 <= result["epochs"] < EPOCHS  # a quick machine is further before the signal arrives
        assert folder.status() == ("paused", None)
        left_at.append(len(losses(folder)))
        assert max(EPOCH, left_at[-2]) < left_at[-1] < EPOCHS * EPOCH
    assert train(RESUMED, folder, mnist, "fast")["status"] == "finished"
    assert [record["step"] for record in folder.records() if record["kind"] == "start"] == left_at
    assert same(weights(folder), weights(uninterrupted))


def test_a_full_disk_fails_the_run_and_no_epoch_is_lost(mnist: Path, folder: RunFolder, trained: RunFolder):
    def limit() -> None:
        """No file over 200 kB: the checkpoint (182 kB) fits, Adam's state (540 kB) does not."""
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    config = quick(**SHIFTED)  # as of `trained`
    process = start(config, folder, mnist, preexec_fn=limit)
    result = finish(process)
    assert process.returncode == 2
    assert result["status"] == "failed"
    assert result["reason"] == f"the disk: {result['why']['values']['error']}"
    assert result["why"]["code"] == "disk"
    assert folder.status()[0] == "failed"
    assert not list(folder.path.glob(".*.new"))
    assert train(config, folder, mnist, "fast")["status"] == "finished"  # there is room again
    assert same(weights(folder), weights(trained))
