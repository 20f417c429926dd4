"""The benchmark of LeNet-5 runs from end to end; what it measures in so little work means nothing."""

from __future__ import annotations

import contextlib
import io
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import lenet
from lenet.__main__ import main


def train_here(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
    """As `subprocess.run` of `python -m lenet ...`, without a process that loads torch."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        status = main(command[3:])
    return subprocess.CompletedProcess(command, status, printed.getvalue())


def test_a_quick_run_prints_every_table(
    mnist: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # `test_a_failed_training_is_no_figure` has a process of its own.
    here = SimpleNamespace(run=train_here, Popen=subprocess.Popen, PIPE=subprocess.PIPE)
    monkeypatch.setattr(lenet, "subprocess", here)
    lenet.main(["--quick", "--rounds", "1", "--seeds", "1", "--data", str(mnist)])
    printed = capsys.readouterr().out
    for row in (
        "the exercise's script",
        "Playlab, exercise-code",
        "Playlab, fast",
        "the exercise's files",
        "Playlab, best",
    ):
        assert f"| {row} |" in printed
    assert printed.count("Measured ") == len(lenet.PARTS)
    assert "nan" not in printed


def test_a_failed_training_is_no_figure(mnist: Path) -> None:
    settings = lenet.Settings(mnist, rounds=1, seeds=1, quick=True)
    with pytest.raises(RuntimeError, match="no longer a number"):
        lenet.ours(settings, "fast", "--optimizer", "sgd", "--learning-rate", "10", "--weight-decay", "1")
