"""The soak, for as long as a test may take; `make soak` takes half an hour."""

import pytest

from benchmarks import soak
from benchmarks.soak import State


def test_after_a_short_soak_the_server_is_as_before(capsys):
    unchanged = soak.soak(minutes=3 / 60, clients=8, rounds=2, stay=(0.3, 1))  # some 50 visits
    printed = capsys.readouterr().out
    assert unchanged, printed
    assert printed.count(" visits and ") == 2
    assert "GROWN" not in printed


@pytest.mark.parametrize(
    "after",
    [State(130_000_000, 20, 30), State(100_000_000, 21, 30), State(100_000_000, 20, 31)],
    ids=["memory", "threads", "files"],
)
def test_growth_is_seen(after):
    before = State(100_000_000, 20, 30)
    assert before.within(before)
    assert not after.within(before)
