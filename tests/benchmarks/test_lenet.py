"""The benchmark of LeNet-5 runs from end to end; what it measures in so little work means nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import lenet


@pytest.mark.timeout(300)  # eight processes that load torch, on a machine that may be busy
def test_a_quick_run_prints_every_table(mnist: Path, capsys: pytest.CaptureFixture[str]) -> None:
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
