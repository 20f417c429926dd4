import itertools
import math
import statistics
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.config import Config
from playground.recording.recording import Recording
from playground.snapshot import Scores
from playground.studies.pairs import compare, sign_test
from playground.studies.plan import Plan
from playground.studies.seeds import Run, Study
from support import strategies
from support.processes import ROOT

FAILED = math.nan
losses = st.one_of(st.sampled_from([0.0, 0.1, 0.5, FAILED, math.inf]), st.floats(0, 10))
pairs = st.lists(st.tuples(losses, losses), min_size=1, max_size=100)


def made(test):
    """A run with this test loss."""
    return Run(Recording(Config()), [(0.1, test)], Scores(0.1, test, 1, 1), np.zeros((1, 1)))


def compared(drawn):
    return compare([made(one) for one, _ in drawn], [made(other) for _, other in drawn])


def test_the_sign_test_counts_all_splits_that_are_as_uneven():
    for count in range(1, 13):
        for more in range(count + 1):
            ways = itertools.product((0, 1), repeat=count)
            uneven = sum(abs(2 * sum(one) - count) >= abs(2 * more - count) for one in ways)
            assert sign_test(more, count - more) == pytest.approx(uneven / 2**count, abs=1e-12)
    for more in range(101):  # too many to be enumerated
        fewer = min(more, 100 - more)
        tail = Fraction(sum(math.comb(100, one) for one in range(fewer + 1)), 2**100)
        assert sign_test(more, 100 - more) == pytest.approx(float(min(1, 2 * tail)), rel=1e-9)
    assert sign_test(0, 0) == 1


@given(pairs)
def test_pairs_are_counted_as_one_would_by_hand(drawn):
    came = compared(drawn)
    first = second = 0
    for one, other in drawn:
        if math.isfinite(one) and (not math.isfinite(other) or one < other):
            first += 1
        elif math.isfinite(other) and (not math.isfinite(one) or other < one):
            second += 1
    assert (came["first_better"], came["second_better"]) == (first, second)
    assert came["pairs"] == first + second + came["ties"] == len(drawn)
    assert came["first_failed"] == sum(not math.isfinite(one) for one, _ in drawn)
    assert came["second_failed"] == sum(not math.isfinite(other) for _, other in drawn)
    assert came["chance"] == sign_test(first, second)


@given(pairs)
def test_it_does_not_matter_which_is_called_the_first(drawn):
    came, turned = compared(drawn), compared([(other, one) for one, other in drawn])
    assert (turned["first_better"], turned["second_better"]) == (came["second_better"], came["first_better"])
    assert turned["chance"] == came["chance"]
    assert turned["difference"] == (None if came["difference"] is None else -came["difference"])


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)), min_size=1, max_size=30))
def test_without_failures_the_difference_is_the_median_of_the_differences(drawn):
    assert compared(drawn)["difference"] == statistics.median(other - one for one, other in drawn)


def test_a_failed_run_is_worse_and_two_of_them_tie():
    came = compared([(0.1, FAILED), (FAILED, 5.0), (FAILED, FAILED), (0.2, 0.2)])
    assert (came["first_better"], came["second_better"], came["ties"]) == (1, 1, 2)
    assert came["difference"] == 0
    assert compared([(0.1, FAILED)] * 5)["difference"] is None
    assert compared([(0.1, FAILED)] * 5)["chance"] == 2 / 2**5


@settings(max_examples=10)
@given(strategies.configs(), strategies.configs(), st.sampled_from(["both", "weights", "data"]))
def test_two_settings_are_trained_with_the_same_seeds(config, other, vary):
    plan = Plan(config=config, seeds=6, epochs=2, vary=vary)
    against = plan.against(other)
    assert (against.seeds, against.epochs, against.vary) == (6, 2, vary)
    for one, two in zip(plan.runs(), against.runs(), strict=True):
        assert (one.config.seed, one.config.weights_draw, one.edits) == (
            two.config.seed, two.config.weights_draw, two.edits,
        )  # fmt: skip
    differing = plan.differing(against)
    assert not {"seed", "weightsDraw", "showTestData"} & differing.keys()
    again = config.updated({key: two for key, (_, two) in differing.items()})
    assert Study.finished(Plan(config=again, seeds=5, epochs=1, vary=vary))[0].scores == pytest.approx(
        Study.finished(Plan(config=against.config, seeds=5, epochs=1, vary=vary))[0].scores, nan_ok=True
    )


def test_what_takes_long_to_load_is_loaded_for_the_test_alone():
    script = "import sys, playground.studies.pairs; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
