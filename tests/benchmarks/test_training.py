"""The baselines do the same work as the engine, so that to be faster than they are means something."""

from __future__ import annotations

import pytest

from benchmarks import training
from benchmarks.baselines import PlainPyTorch, Playlab
from benchmarks.training import CASES, SETTINGS, TOLERANCE
from playground import link
from support.long import parametrize


@parametrize("case", CASES, short=1)
def test_the_baselines_compute_what_the_engine_does(case: str) -> None:
    with training.contenders(link.parse(CASES[case])) as running:
        assert len(running) == 3
        assert training.disagreement(running, epochs=3) <= TOLERANCE


def test_a_baseline_that_computes_something_else_is_noticed() -> None:
    config = link.parse(CASES["2-4-2-1"])
    other = config.updated({"learningRate": 0.1})
    assert training.disagreement({training.OURS: Playlab(config), "other": PlainPyTorch(other)}, epochs=2) > 1e-4


def test_a_short_run_prints_every_case_in_both_tables(capsys: pytest.CaptureFixture[str]) -> None:
    training.main(["--rounds", "1", "--seconds", "0.02"])
    printed = capsys.readouterr().out
    lines = printed.splitlines()
    for case in CASES:
        assert sum(line.startswith(f"| {case} |") for line in lines) >= 3, printed
    assert all(f" {name} |" in printed for name in SETTINGS)
    assert "nan" not in printed


def test_each_setting_that_is_timed_trains_otherwise_than_plain_sgd() -> None:
    address = CASES["2-4-2-1"]
    plain = Playlab(link.parse(address)).losses(1)
    for name, setting in SETTINGS.items():
        assert Playlab(link.parse(f"{address}&{setting}")).losses(1) != plain, name
