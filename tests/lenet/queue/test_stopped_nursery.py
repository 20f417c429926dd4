"""A nursery that is stopped, not dead: it is replaced, and the runs are started, go on and end as if nothing were."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest

from lenet.queue.launcher import Launcher
from lenet.queue.this_machine import LocalBackend
from lenet.runs.registry import Runs
from support.lenet_runs import ALICE, has_epoch, records_of, start
from support.processes import wait_until

pytestmark = pytest.mark.usefixtures("as_the_server_starts_them")

SECONDS = 90
SHORT: dict[str, Any] = {"epochs": 1, "train_images": 500}
ENDLESS: dict[str, Any] = {"epochs": 1000, "train_images": 500}
OBEY = "lenet.queue.this_machine.OBEY_S"

Ended = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.pulse.LOST_BEATS", 3)


@pytest.fixture(scope="module")
def own() -> Iterator[Launcher]:
    """The nursery's, for this module alone: what replaced a stopped one is the next test's."""
    with closing(Launcher()) as launcher:
        yield launcher


@pytest.fixture
def runs(own: Launcher, mnist: Path, tmp_path: Path) -> Iterator[Runs]:
    """With a nursery that is ready; one trainer at a time."""
    own.close = lambda: None
    runs = Runs(mnist, tmp_path, LocalBackend(mnist, ["cpu"], own, trainers_each=1))
    with closing(runs):
        assert runs.board.wait_until_read(20)
        runs.backend.prepare()
        wait_until(lambda: own._is_ready, SECONDS, "the nursery")
        yield runs
    vars(own).pop("close", None)


def launcher(runs: Runs) -> Launcher:
    return runs.backend._launcher


def stop(runs: Runs) -> int:
    """Stops its nursery, which it returns."""
    pid = launcher(runs).pid
    os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED, 5, "it is stopped")
    return pid


def logged(caplog: pytest.LogCaptureFixture, text: str) -> int:
    return sum(text in record.getMessage() for record in caplog.records)


def test_what_a_stopped_nursery_was_asked_the_next_one_does_and_a_killed_trainer_gives_its_place_away(
    runs: Runs, caplog: pytest.LogCaptureFixture, ended: Ended
):
    restarts = launcher(runs).restarts
    first = start(runs, **ENDLESS)
    wait_until(lambda: has_epoch(runs, first), SECONDS, "a first epoch")
    before = stop(runs)
    os.kill(runs.backend._training[first].process.pid, signal.SIGKILL)
    second = start(runs, **SHORT)
    assert ended(first, SECONDS)["status"] == "interrupted"
    assert ended(second, SECONDS)["status"] == "finished"
    assert launcher(runs).pid != before
    assert not psutil.pid_exists(before)
    assert logged(caplog, "lenet-nursery does not answer") == 1
    assert launcher(runs).restarts == restarts + 1


def test_a_nursery_that_is_stopped_while_it_starts_is_replaced_too(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, ended: Ended
):
    monkeypatch.setattr("core.pulse.IDLE_START_BEATS", 3)
    restarts = launcher(runs).restarts
    launcher(runs).kill()
    wait_until(lambda: launcher(runs).restarts == restarts + 1, 10, "the next one")
    first = stop(runs)
    assert not launcher(runs)._is_ready
    run_id = start(runs, **SHORT)
    assert ended(run_id, SECONDS)["status"] == "finished"
    assert launcher(runs).pid != first


def test_live_trainers_go_on_and_nobody_is_told(runs: Runs, caplog: pytest.LogCaptureFixture):
    run_id = start(runs, **ENDLESS)
    wait_until(lambda: has_epoch(runs, run_id), SECONDS, "a first epoch")
    before = stop(runs)
    wait_until(lambda: launcher(runs).pid != before and launcher(runs)._is_ready, SECONDS, "the next nursery")
    seen = runs.show(run_id)["epoch"]
    wait_until(lambda: runs.show(run_id)["epoch"] > seen, SECONDS, "it goes on")
    assert runs.show(run_id)["status"] == "running"
    runs.request(ALICE, run_id, "stop")
    wait_until(lambda: runs.show(run_id)["status"] == "stopped", 10, "it obeys")
    assert not logged(caplog, "killed")


def test_a_run_that_is_stopped_before_a_stopped_nursery_began_it_ends_and_is_never_begun(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, ended: Ended
):
    """Nor is its end told to the log more than once."""
    monkeypatch.setattr(OBEY, 0.3)
    monkeypatch.setattr("core.pulse.LOST_BEATS", 6)  # it is to be killed before the nursery is
    before = stop(runs)
    run_id = start(runs, **ENDLESS)
    wait_until(lambda: runs.show(run_id)["status"] == "starting", 10, "the order")
    runs.request(ALICE, run_id, "stop")
    shown = ended(run_id, 30)
    assert (shown["status"], shown["reason"]) == ("stopped", "it did not answer and was killed")
    assert logged(caplog, "did not stop") == 1
    wait_until(lambda: launcher(runs).pid != before and launcher(runs)._is_ready, SECONDS, "the next nursery")
    later = start(runs, **SHORT)
    assert ended(later, SECONDS)["status"] == "finished"
    assert not (runs.experiments_dir / run_id / "resume.pt").exists()
    assert [record["kind"] for record in records_of(runs, run_id)] == ["end"]


def test_the_thread_of_the_runs_waits_for_no_trainer_that_does_not_end(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, ended: Ended
):
    monkeypatch.setattr(OBEY, 0.3)
    monkeypatch.setattr("core.pulse.LOST_BEATS", 1000)
    before = stop(runs)
    run_id = start(runs, **ENDLESS)
    wait_until(lambda: runs.show(run_id)["status"] == "starting", 10, "the order")
    monkeypatch.setattr("lenet.owner.PATIENCE_S", 1.0)  # KILLED_S is longer
    runs.request(ALICE, run_id, "stop")
    wait_until(lambda: runs.backend._training[run_id].killed_at, 10, "it is killed")
    runs.rename(ALICE, run_id, "a name")
    os.kill(before, signal.SIGCONT)
    ended(run_id, SECONDS)


def test_at_the_end_a_stopped_trainer_of_a_stopped_nursery_is_killed_before_it_has_its_lock(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("lenet.queue.this_machine.CLOSE_S", 0.2)
    monkeypatch.setattr("lenet.queue.this_machine.CLOSE_KILLED_S", 0.2)
    monkeypatch.setattr("core.pulse.LOST_BEATS", 1000)
    run_id = start(runs, **ENDLESS)
    wait_until(lambda: run_id in runs.backend._training, 10, "the order")
    training = runs.backend._training[run_id]
    wait_until(lambda: training.process.pid, SECONDS, "its trainer")
    trainer = psutil.Process(training.process.pid)
    trainer.suspend()
    monkeypatch.setattr(training.run.folder, "kill", lambda: None)  # however far it has come
    stop(runs)
    vars(launcher(runs)).pop("close")  # the last test: the nursery ends too
    runs.close()
    wait_until(lambda: not trainer.is_running() or trainer.status() == psutil.STATUS_ZOMBIE, 10, "its end")
