"""Who may change a run, and how many there may be; test_registry.py holds the requests to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.refused import RefusedError
from core.visitors import Visitor
from lenet.config import TrainConfig
from lenet.run import Run
from lenet.runs import rights
from lenet.training.folder import RunFolder
from support.lenet_runs import ALICE, BOB, TEACHER

PROGRAM, OTHER_PROGRAM = Visitor("first", is_program=True), Visitor("second", is_program=True)


def run_of(visitor: Visitor, number: int = 0, sweep: str | None = None) -> Run:
    folder = RunFolder(Path("experiments"), f"20260101-000000-{number:06x}")
    trial = {"id": sweep, "number": number} if sweep else None
    return Run(folder, "fast", TrainConfig(), visitor.owner, 0.0, trial, is_program=visitor.is_program)


def refused(visitor: Visitor, more: list[Run], active: list[Run], most: int = 3) -> RefusedError | None:
    try:
        rights.check_caps(visitor, more, active, most)
    except RefusedError as error:
        return error
    return None


@pytest.mark.parametrize(("who", "may"), [(ALICE, True), (TEACHER, True), (BOB, False), (Visitor(None), False)])
def test_a_run_is_changed_by_its_owner_and_the_teacher(who: Visitor, may: bool):
    if may:
        rights.check_change(who, run_of(ALICE))
        return
    with pytest.raises(RefusedError) as caught:
        rights.check_change(who, run_of(ALICE))
    assert (caught.value.status, caught.value.code) == (403, "not-yours")


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 4), st.integers(1, 6))
def test_a_browser_has_so_many_runs_and_sweeps_whatever_their_trials_and_the_others(single, sweeps, others, most):
    active = [run_of(ALICE, number) for number in range(single)]
    active += [run_of(ALICE, number, f"sweep {sweep}") for sweep in range(sweeps) for number in range(4)]
    active += [run_of(BOB, number) for number in range(others)]
    error = refused(ALICE, [run_of(ALICE)], active, most)
    if single + sweeps < most:
        assert error is None
    else:
        assert (error.status, error.code) == (429, "too-many-runs")
        assert error.values == {"count": single + sweeps, "of": "browser"}
    assert refused(TEACHER, [run_of(TEACHER)], active, most) is None


@given(st.integers(0, 8), st.integers(0, 8))
def test_programs_count_together(first: int, second: int):
    programs = [PROGRAM] * first + [OTHER_PROGRAM] * second
    active = [run_of(program, number) for number, program in enumerate(programs)]
    for program in (PROGRAM, OTHER_PROGRAM):
        error = refused(program, [run_of(program)], active)
        assert (error is not None) == (first + second >= rights.MOST_OF_PROGRAMS)
        if error:
            assert error.values == {"count": first + second, "of": "programs"}
    assert refused(ALICE, [run_of(ALICE)], active) is None


@pytest.mark.parametrize(("sweep", "most"), [(None, rights.MOST_RUNS), ("trials", rights.MOST_TRIALS)])
def test_runs_and_trials_have_a_cap_each_for_everybody(sweep: str | None, most: int):
    other = "theirs" if sweep is None else None
    active = [run_of(BOB, 0, sweep)] * (most - 2) + [run_of(BOB, 0, other)] * 50
    more = [run_of(ALICE, 0, sweep)] * 3
    assert refused(ALICE, more[:2], active) is None
    error = refused(ALICE, more, active)
    assert (error.status, error.code, error.values) == (429, "queue-full", {"have": most - 2, "most": most})
    assert refused(ALICE, [run_of(ALICE, 0, other)], active) is None
    assert refused(TEACHER, more, active) is None
