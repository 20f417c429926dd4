"""What becomes of a run when the server ends while its trainer is only on the way, or does not end."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lenet.queue.launcher import Launcher
from lenet.runs.registry import Runs
from lenet.training.folder import RunFolder
from lenet.training.progress import fold
from support.lenet_runs import ALICE, has_epoch, read_all, start
from support.processes import wait_until

Server = Callable[[], Runs]


@pytest.fixture
def server(mnist: Path, tmp_path: Path) -> Iterator[Server]:
    """Starts servers one after the other over one folder, whose nursery never has torch loaded."""
    made: list[Runs] = []

    def make() -> Runs:
        launcher = Launcher()
        launcher._command = [sys.executable, "-c", "import time; time.sleep(1000)"]
        made.append(read_all(tmp_path, mnist, launcher))
        return made[-1]

    yield make
    for runs in made:
        runs.close()


def is_starting(runs: Runs, run_id: str) -> None:
    wait_until(lambda: runs.show(run_id)["status"] == "starting", 10, "it is to be trained")


def stored(runs: Runs, run_id: str) -> dict[str, Any]:
    return json.loads((runs.experiments_dir / run_id / "run.json").read_text())


def test_a_run_whose_trainer_was_never_started_is_in_the_next_servers_queue(server: Server):
    runs = server()
    run_id = start(runs)
    is_starting(runs, run_id)
    began = time.monotonic()
    runs.close()
    assert time.monotonic() - began < 2.5  # nobody is waited for
    assert not runs.show(run_id)["reason"]
    is_starting(server(), run_id)


def test_a_server_that_is_killed_leaves_it_in_the_queue_too(server: Server):
    """It has no time to write anything: it must have been written."""
    runs = server()
    run_id = start(runs)
    is_starting(runs, run_id)
    assert stored(runs, run_id)["queued"] is True


def test_one_that_is_stopped_before_its_trainer_is_there_ends_at_once_and_stays_so(server: Server):
    runs = server()
    run_id = start(runs)
    is_starting(runs, run_id)
    assert runs.request(ALICE, run_id, "stop")["status"] == "stopped"
    assert not (runs.experiments_dir / run_id / "request").exists()
    runs.close()
    assert server().show(run_id)["status"] == "stopped"


def test_a_run_that_is_trained_is_in_no_queue_on_the_disk(runs: Runs):
    run_id = start(runs)
    wait_until(lambda: has_epoch(runs, run_id), 90, "a first epoch")
    assert stored(runs, run_id)["queued"] is False
    runs.request(ALICE, run_id, "stop")


def test_a_trainer_that_takes_too_long_to_pause_is_killed_and_its_run_is_paused(
    runs: Runs, mnist: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("lenet.queue.this_machine.CLOSE_S", 0.2)
    run_id = start(runs)
    wait_until(lambda: has_epoch(runs, run_id), 90, "a first epoch")
    folder = RunFolder(runs.experiments_dir, run_id)
    wait_until(lambda: fold(folder.lines()).goes_back_to is not None, 90, "steps that are not saved")
    os.kill(runs.backend._training[run_id].process.pid, signal.SIGSTOP)
    runs.close()
    later = read_all(runs.experiments_dir, mnist)
    shown = later.show(run_id)
    later.close()
    assert (shown["status"], shown["reason"]) == ("paused", "the server was closed")
    there = fold(folder.lines())
    assert shown["step"] == there.epochs[-1].epoch * there.steps_per_epoch  # from which it goes on
