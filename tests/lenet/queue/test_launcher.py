from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lenet.queue.launcher import NICENESS, Launcher
from support.processes import ROOT


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
    assert process.wait(90) == 0
    assert json.loads((tmp_path / "log.txt").read_text().splitlines()[-1])["dataset"] == "mnist"


def test_a_trainer_goes_last_and_so_does_its_session():
    code = f"""
import os, pathlib
from lenet.__main__ import _yield_to_others
_yield_to_others({NICENESS})
group = pathlib.Path("/proc/self/autogroup")
print(os.nice(0), group.read_text().split()[-1] if group.exists() else {NICENESS})
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, start_new_session=True)
    assert done.stdout.split() == [str(NICENESS)] * 2, done.stderr


def test_a_spare_that_died_is_replaced(launcher: Launcher, mnist: Path, tmp_path: Path):
    launcher.prepare()
    spare = launcher._spare
    os.kill(spare.pid, signal.SIGKILL)
    os.waitid(os.P_PID, spare.pid, os.WEXITED | os.WNOWAIT)
    process = start(launcher, mnist, tmp_path / "log.txt")
    assert process is not spare
    assert process.wait(90) == 0


def test_close_ends_the_spare_and_no_new_one_comes(launcher: Launcher):
    launcher.prepare()
    spare = launcher._spare
    launcher.close()
    assert spare.poll() is not None
    launcher.prepare()
    assert launcher._spare is None
