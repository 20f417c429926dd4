import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import link
from playground.stopping import Rules, Stopping


def stopped(rules, losses, start=0):
    """After which epoch training pauses and by which rule. losses: those after each epoch from `start` on."""
    stopping = Stopping(rules)
    stopping.start(start, losses[0])
    for epoch, loss in enumerate(losses[1:], start + 1):
        rule = stopping.after(epoch, loss if rules.need_loss else None)
        if rule:
            return epoch, rule
    return None


FALLING = [0.5, 0.4, 0.3, 0.2, 0.1]


@pytest.mark.parametrize(
    ("rules", "losses", "expected"),
    [
        (Rules(), FALLING, None),
        (Rules(epoch=3), FALLING, (3, "stop_epoch")),
        (Rules(loss=0.25), FALLING, (3, "stop_loss")),
        (Rules(loss=0.05), FALLING, None),
        (Rules(patience=2), FALLING, None),
        (Rules(patience=2), [0.5, 0.4, 0.4, 0.5, 0.3], (3, "stop_patience")),
        (Rules(patience=2), [0.5, 0.6, 0.4, 0.5, 0.3, 0.4], None),
        (Rules(epoch=3, loss=0.35, patience=1), FALLING, (2, "stop_loss")),
        (Rules(loss=0.45), [0.4, 0.3, 0.2], None),  # it was below when training was started
        (Rules(loss=0.45), [0.4, 0.5, 0.4], (2, "stop_loss")),
    ],
)
def test_the_first_rule_that_comes_true_stops_it(rules, losses, expected):
    assert stopped(rules, losses) == expected


def test_a_training_that_is_started_again_after_a_rule_goes_on():
    assert stopped(Rules(epoch=3), FALLING, start=3) is None
    assert stopped(Rules(loss=0.45), FALLING[1:], start=1) is None


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40), st.integers(1, 5))
def test_patience_ends_at_the_first_epoch_that_is_so_far_behind_the_best(losses, patience):
    late = [
        epoch
        for epoch in range(1, len(losses))
        if epoch - min(range(epoch + 1), key=lambda at: (losses[at], at)) >= patience
    ]
    expected = (late[0], "stop_patience") if late else None
    assert stopped(Rules(patience=patience), losses) == expected


def test_a_loss_that_is_no_number_is_never_below_and_never_better():
    assert stopped(Rules(loss=0.5, patience=3), [0.9, math.nan, math.nan, math.nan]) == (3, "stop_patience")


def test_a_link_has_the_rules():
    config = link.parse("stopEpoch=100&stopLoss=0.05&stopPatience=20")
    assert Rules.of(config) == (100, 0.05, 20)
    assert link.parse(link.write(config)) == config
