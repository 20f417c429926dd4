"""Trainers that a nursery forks: each is as a person would have started it, and outlives whoever dies."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import torch

from lenet.config import TrainConfig
from lenet.queue import launcher as module
from lenet.queue.launcher import Launcher, Trainer
from lenet.run import Run
from lenet.training.folder import RunFolder, new_run_id
from support.lenet_runs import QUICK
from support.processes import ROOT, wait_until

SECONDS = 90
ENDLESS = QUICK | {"epochs": 1000}

Start = Callable[..., tuple[RunFolder, Trainer]]


@pytest.fixture
def own() -> Iterator[Launcher]:
    """A launcher that the test may harm. Afterwards no process and no thread of it is left."""
    before = set(threading.enumerate())
    launcher = Launcher()
    yield launcher
    launcher.close()
    nursery = launcher.pid
    assert nursery is None or not psutil.pid_exists(nursery)
    launcher.prepare()
    assert launcher.pid == nursery  # no new one comes
    assert set(threading.enumerate()) <= before


@pytest.fixture
def start(request: pytest.FixtureRequest, mnist: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts a run's trainer as the backend does: by the test's own launcher, if it asks for one, else the warm one."""
    launcher = request.getfixturevalue("own" if "own" in request.fixturenames else "launcher")
    started: list[RunFolder] = []

    def start(**changes: object) -> tuple[RunFolder, Trainer]:
        folder = RunFolder(tmp_path, new_run_id())
        run = Run(folder, "fast", TrainConfig().updated(ENDLESS | changes), "alice", 0.0)
        run.save(queued=False)
        started.append(folder)
        words = [*run.arguments(), "--experiments", str(tmp_path), "--data", str(mnist)]
        return folder, launcher.start(words, folder.path / "log.txt", {"CUDA_VISIBLE_DEVICES": ""})

    yield start
    for folder in started:
        folder.kill()
        wait_until(lambda folder=folder: not folder.is_alive(), 10, "the end of its trainer")


def trains(folder: RunFolder) -> bool:
    return folder.is_alive() and len(folder.records()) > 2


def ready(launcher: Launcher) -> int:
    launcher.prepare()
    wait_until(lambda: launcher._is_ready, SECONDS, "the nursery")
    assert launcher.pid
    return launcher.pid


def replace_by(launcher: Launcher, script: str) -> None:
    """Its nursery runs this script, now or the next time."""
    launcher._command = [sys.executable, "-c", script]


# --- what a trainer is ------------------------------------------------------------------------------------------------


def test_a_started_process_runs_the_command_and_writes_its_log(launcher: Launcher, mnist: Path, tmp_path: Path):
    trainer = launcher.start(["data"], tmp_path / "log.txt", {"PLAYLAB_DATA": str(mnist)})
    assert trainer.wait(SECONDS)
    assert trainer.status == 0
    assert json.loads((tmp_path / "log.txt").read_text())["folder"] == str(mnist / "MNIST" / "raw")


def open_files(pid: int) -> dict[str, str]:
    """What a process has open, by the number it has for it."""
    found = {}
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            found[link.name] = str(link.readlink())
    return found


def channels(pid: int) -> set[str]:
    """The pipes and sockets that it has open."""
    return {one for one in open_files(pid).values() if one.startswith(("pipe:", "socket:"))}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_trainer_has_a_session_of_its_own_and_nothing_of_the_nursery(
    launcher: Launcher, start: Start, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "NICENESS", 7)
    folder, trainer = start()
    wait_until(lambda: trains(folder), SECONDS, "the first batches")
    assert os.getsid(trainer.pid) == trainer.pid
    process = psutil.Process(trainer.pid)
    assert process.nice() == 7
    group = Path(f"/proc/{trainer.pid}/autogroup")
    assert not group.exists() or group.read_text().split()[-1] == "7"
    files = open_files(trainer.pid)
    log = str(folder.path / "log.txt")
    assert (files["0"], files["1"], files["2"]) == (os.devnull, log, log)
    # Where there is an NVIDIA driver CUDA opens pipes of its own in the trainer.
    assert not channels(trainer.pid) & (channels(launcher.pid) | channels(os.getpid()))


@pytest.mark.long("tests/lenet/runs/test_registry.py::test_the_command_shown_makes_the_same_run")
def test_the_weights_are_those_of_the_command_as_a_person_types_it(start: Start, mnist: Path, tmp_path: Path):
    settings = {"train_images": 1000, "epochs": 1, "optimizer": "adamw", "rotate": 5.0, "threads": 2}
    folder, trainer = start(**settings)
    assert trainer.wait(SECONDS)
    typed = RunFolder(tmp_path / "typed", folder.id)
    Run(typed, "fast", TrainConfig().updated(ENDLESS | settings), "alice", 0.0).save(queued=False)
    command = [sys.executable, "-m", "lenet", "train", "--run", typed.id, "--experiments", str(typed.path.parent)]
    subprocess.run([*command, "--data", str(mnist)], cwd=ROOT, check=True, capture_output=True, timeout=SECONDS)
    one, other = (torch.load(next(each.path.glob("lenet_*.pt")), weights_only=True) for each in (folder, typed))
    assert all(torch.equal(value, other[name]) for name, value in one.items())


@pytest.mark.parametrize(
    ("sent", "status"), [(signal.SIGTERM, "paused"), (signal.SIGHUP, "paused"), (signal.SIGINT, "stopped")]
)
def test_a_trainer_hears_signals_though_the_nursery_ignores_them(
    launcher: Launcher, start: Start, sent: signal.Signals, status: str
):
    folder, trainer = start()
    wait_until(lambda: trains(folder), SECONDS, "the first batches")
    nursery, restarts = launcher.pid, launcher.restarts
    for pid in (nursery, trainer.pid):
        os.kill(pid, sent)
    assert trainer.wait(10)
    assert folder.status()[0] == status
    assert (launcher.pid, launcher.restarts) == (nursery, restarts)


@pytest.mark.usefixtures("as_the_server_starts_them")
def test_after_nohup_a_closed_terminal_means_no_trainer(own: Launcher, start: Start):
    """The server's own disposition is a trainer's, whatever the nursery does with it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        folder, trainer = start()
        wait_until(lambda: trains(folder), SECONDS, "the first batches")
    finally:
        signal.signal(signal.SIGHUP, before)
    os.kill(trainer.pid, signal.SIGHUP)
    seen = len(folder.records())
    wait_until(lambda: len(folder.records()) > seen + 3, 20, "it goes on")
    assert not trainer.is_over


def test_the_nursery_has_one_thread_and_no_gpu_so_that_it_can_fork():
    code = """
import os
from lenet.queue import nursery
nursery.load()
import torch
assert len(os.listdir("/proc/self/task")) == 1
pid = os.fork()
if not pid:
    os._exit(torch.cuda._is_in_bad_fork())
assert os.waitpid(pid, 0)[1] == 0
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=SECONDS)


# --- who dies ---------------------------------------------------------------------------------------------------------


def test_of_two_killed_nurseries_orders_and_trainers_are_not_lost_and_what_was_taken_back_never_begins(
    own: Launcher, start: Start
):
    os.kill(ready(own), signal.SIGSTOP)
    folder, trainer = start()
    os.kill(own.pid, signal.SIGKILL)
    wait_until(lambda: trains(folder), SECONDS, "it trains, by the next nursery")
    assert len([record for record in folder.records() if record["kind"] == "start"]) == 1
    assert not trainer.is_over

    second = own.pid
    os.kill(second, signal.SIGKILL)
    wait_until(lambda: not own._is_ready, 10, "the end of that nursery")
    withdrawn, never = start()
    never.kill()
    assert never.wait(0)
    later, other = start()
    wait_until(lambda: trains(later), SECONDS, "a trainer of the third nursery")
    assert own.pid != second
    assert not withdrawn.records()
    assert trainer.lost_at is not None
    assert not trainer.is_over
    seen = len(folder.records())
    wait_until(lambda: len(folder.records()) > seen, 20, "the first goes on")

    other.kill()
    assert other.wait(10)
    assert other.status == -signal.SIGKILL


def test_however_many_orders_a_stopped_nursery_has_nobody_waits_and_all_are_done(
    launcher: Launcher, tmp_path: Path, mnist: Path
):
    """More than its pipe holds."""
    os.kill(ready(launcher), signal.SIGSTOP)
    words = ["data", "mnist", "--data", str(mnist), *["--data", str(mnist)] * 1000]
    trainers = [launcher.start(words, tmp_path / "log.txt", {}) for _ in range(5)]
    os.kill(launcher.pid, signal.SIGCONT)
    assert all(trainer.wait(SECONDS) for trainer in trainers)
    assert {trainer.status for trainer in trainers} == {0}


def test_the_end_of_a_server_is_not_that_of_its_trainers(mnist: Path, tmp_path: Path):
    code = """
import sys, threading
from pathlib import Path
from lenet.queue.launcher import Launcher
launcher = Launcher()
launcher.start(sys.argv[1:], Path(sys.argv[-1]), {})
print(launcher.pid, flush=True)
threading.Event().wait()
"""
    folder = RunFolder(tmp_path, new_run_id())
    Run(folder, "fast", TrainConfig().updated(ENDLESS), "alice", 0.0).save(queued=False)
    words = ["train", "--run", folder.id, "--data", str(mnist), "--experiments", str(tmp_path)]
    server = subprocess.Popen(
        [sys.executable, "-c", code.replace("sys.argv[-1]", repr(str(tmp_path / "log.txt"))), *words],
        cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        nursery = int(server.stdout.readline())
        wait_until(lambda: trains(folder), SECONDS, "the first batches")
        os.killpg(server.pid, signal.SIGHUP)  # a closed terminal
        server.communicate()
        wait_until(lambda: not psutil.pid_exists(nursery) or is_zombie(nursery), 10, "the nursery ends by itself")
        seen = len(folder.records())
        wait_until(lambda: len(folder.records()) > seen + 3, 20, "the trainer goes on")
    finally:
        folder.kill()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)


def is_zombie(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True


# --- what cannot start ------------------------------------------------------------------------------------------------


def test_a_nursery_that_cannot_load_torch_ends_the_order_at_once_and_is_there_once_it_can(
    own: Launcher, start: Start, monkeypatch: pytest.MonkeyPatch
):
    good = own._command
    replace_by(own, "import sys; sys.modules['torch'] = None; from lenet.__main__ import main; main(['nursery'])")
    monkeypatch.setattr("core.children._LONGEST_DELAY", 1000)
    own._deaths = 20  # so that after this one the next try is far away
    _, trainer = start()
    assert trainer.wait(SECONDS)
    assert (trainer.status, trainer.refused) == (1, None)
    wait_until(lambda: own._deaths == 22, SECONDS, "the end of the next one, which the order had hurried")
    own._command = good
    folder, _ = start()
    wait_until(lambda: trains(folder), SECONDS, "a trainer, though the next try was far away")


def test_a_process_that_the_system_does_not_let_start_is_refused(
    own: Launcher, start: Start, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    nursery = ready(own)
    with monkeypatch.context() as patched:
        patched.setattr("core.children.subprocess.Popen", full)
        os.kill(nursery, signal.SIGKILL)
        wait_until(lambda: not own._is_ready, 10, "its end")
        _, trainer = start()
        assert trainer.wait(10)
        assert trainer.refused == "Resource temporarily unavailable"
    code = """
import os
def full(): raise BlockingIOError(11, "Resource temporarily unavailable")
os.fork = full
from lenet.__main__ import main
main(["nursery"])
"""
    replace_by(own, code)
    _, trainer = start()
    assert trainer.wait(SECONDS)
    assert trainer.refused == "Resource temporarily unavailable"


def test_the_first_nursery_that_the_system_does_not_let_start_is_an_error_at_once(
    own: Launcher, start: Start, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("core.children.subprocess.Popen", full)
    with pytest.raises(OSError, match="temporarily"):
        start()


def test_a_log_that_cannot_be_opened_ends_the_trainer_and_not_the_nursery(launcher: Launcher, tmp_path: Path):
    nursery, restarts = ready(launcher), launcher.restarts
    trainer = launcher.start(["data"], tmp_path / "nowhere" / "log.txt", {})
    assert trainer.wait(10)
    assert trainer.status == 2
    assert (launcher.pid, launcher.restarts) == (nursery, restarts)


def test_who_waits_for_a_nursery_that_starts_is_told_when_the_server_closes(own: Launcher, start: Start):
    replace_by(own, "import time; time.sleep(1000)")
    _, trainer = start()
    own.close()
    assert trainer.is_over


# --- where nothing can be forked --------------------------------------------------------------------------------------


def test_where_forking_is_not_safe_a_trainer_is_a_new_process(
    own: Launcher, start: Start, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "CAN_FORK", False)
    own.prepare()
    folder, trainer = start()
    wait_until(lambda: trains(folder), SECONDS, "the first batches")
    assert own.pid is None
    assert os.getsid(trainer.pid) == trainer.pid
    trainer.kill()
    assert trainer.wait(10)
    assert trainer.status == -signal.SIGKILL


def test_a_new_process_of_whose_end_nobody_would_hear_is_none(
    own: Launcher, start: Start, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "CAN_FORK", False)

    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    before = {*psutil.Process().children()}
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(OSError, match="no more threads"):
            start()
    assert {*psutil.Process().children()} == before


@pytest.mark.long("test_where_forking_is_not_safe_a_trainer_is_a_new_process")
def test_where_forking_is_not_safe_a_trainer_trains_to_its_end(
    own: Launcher, start: Start, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "CAN_FORK", False)
    folder, trainer = start(epochs=1, train_images=100)
    assert trainer.wait(SECONDS)
    assert trainer.status == 0
    assert '"finished"' in (folder.path / "log.txt").read_text()
