"""Which signals end a process, and what it does instead of ending at once."""

import os
import signal
import subprocess
import sys

import pytest

from core.signals import ENDING, calling, heeded

HEEDED = "from core.signals import heeded; print(*(number.name for number in heeded()))"


@pytest.mark.parametrize("command", [[], ["nohup"]])
def test_after_nohup_a_closed_terminal_means_others(command):
    done = subprocess.run([*command, sys.executable, "-c", HEEDED], capture_output=True, text=True, timeout=30)
    assert ("SIGHUP" in done.stdout) is not bool(command)
    assert {"SIGINT", "SIGTERM", "SIGQUIT"} <= {*done.stdout.split()}


def test_a_handler_stands_in_for_what_was_there_and_no_longer_than_asked():
    got: list[signal.Signals] = []
    before = signal.getsignal(signal.SIGTERM)
    with calling([signal.SIGTERM], got.append):
        os.kill(os.getpid(), signal.SIGTERM)
    assert got == [signal.SIGTERM]
    assert signal.getsignal(signal.SIGTERM) == before
    assert set(heeded()) <= set(ENDING)
