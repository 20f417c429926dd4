from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from lenet.launch import NICENESS, Launcher
from processes import wait_until


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    launcher = Launcher()
    yield launcher
    launcher.close()


def start(launcher: Launcher, mnist: Path, log: Path):
    return launcher.start(["data", "mnist", "--data", str(mnist)], log, {"PLAYLAB_MARK": "1"})


def test_a_started_process_runs_the_command_and_writes_its_log(launcher: Launcher, mnist: Path, tmp_path: Path):
    launcher.prepare()
    spare = launcher._spare
    process = start(launcher, mnist, tmp_path / "log.txt")
    assert process is spare
    wait_until(lambda: process.poll() is not None or _niceness(process.pid) >= NICENESS, 30, "the order to be taken")
    assert process.wait(30) == 0
    assert json.loads((tmp_path / "log.txt").read_text().splitlines()[-1])["dataset"] == "mnist"


def _niceness(pid: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, pid)


def test_a_spare_that_died_is_replaced(launcher: Launcher, mnist: Path, tmp_path: Path):
    launcher.prepare()
    spare = launcher._spare
    os.kill(spare.pid, signal.SIGKILL)
    os.waitid(os.P_PID, spare.pid, os.WEXITED | os.WNOWAIT)
    process = start(launcher, mnist, tmp_path / "log.txt")
    assert process is not spare
    assert process.wait(30) == 0


def test_close_ends_the_spare_and_no_new_one_comes(launcher: Launcher):
    launcher.prepare()
    spare = launcher._spare
    launcher.close()
    assert spare.poll() is not None
    launcher.prepare()
    assert launcher._spare is None
