import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.serving.history import LIMIT, History
from playground.snapshot import Scores


def scores(epoch):
    return Scores(1 / (epoch + 1), 2 / (epoch + 1), 0.5, 0.6)


@given(st.lists(st.integers(1, 50), max_size=2500))
def test_it_stays_small_in_order_and_keeps_both_ends(steps):
    history = History()
    epoch = 0
    history.add(epoch, scores(epoch))
    for step in steps:
        epoch += step
        history.add(epoch, scores(epoch))
    columns = history.to_json()
    assert len(columns["epochs"]) <= LIMIT
    assert columns["epochs"] == sorted(set(columns["epochs"]))
    assert columns["epochs"][0] == 0
    assert columns["epochs"][-1] == epoch
    assert columns["trainLoss"] == [scores(e).train_loss for e in columns["epochs"]]


def test_an_epoch_shown_again_replaces_its_point():
    history = History()
    history.add(5, scores(5))
    history.add(5, scores(9))
    assert history.to_json()["testLoss"] == [scores(9).test_loss]


def test_going_back_starts_anew():
    history = History()
    for epoch in range(10):
        history.add(epoch, scores(epoch))
    history.add(0, scores(0))
    assert history.to_json()["epochs"] == [0]


def test_what_is_not_finite_is_null():
    history = History()
    history.add(0, Scores(math.inf, math.nan, math.nan, 1))
    columns = history.to_json()
    assert (columns["trainLoss"], columns["testLoss"], columns["testAccuracy"]) == ([None], [None], [1])


def long(step, last, spike=None):
    history = History()
    for epoch in range(0, last + 1, step):
        loss = 9.0 if epoch == spike else 1 / (epoch + 1)
        history.add(epoch, Scores(loss, loss, 0.5, 0.6))
    return history


@pytest.mark.parametrize(("step", "last"), [(1, 900), (6, 5400), (6, 100_000), (100, 1_000_000)])
def test_a_long_curve_keeps_its_shape_live_and_when_it_is_left(step, last):
    live = long(step, last)
    for history, limit in ((live, LIMIT), (live.until(last, 250), 250), (live.until(last // 2, 250), 250)):
        epochs = history.to_json()["epochs"]
        assert 80 < len(epochs) < limit
        assert epochs[:4] == [0, step, 2 * step, 3 * step]  # where most happens
        assert max(later - before for before, later in itertools.pairwise(epochs)) <= max(step, 0.05 * epochs[-1])


def test_a_spike_stays_however_often_the_curve_is_thinned():
    history = long(6, 60_000, spike=30_000)
    for curve in (history, history.until(60_000, 250), history.until(60_000, 250).until(50_000, 100)):
        columns = curve.to_json()
        assert columns["trainLoss"][columns["epochs"].index(30_000)] == 9
