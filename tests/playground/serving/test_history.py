import math

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
