"""Every attack, in its short form, beside an honest player."""

import pytest

from benchmarks.attacks import ATTACKS, BACK_SECONDS, Held, Target


@pytest.fixture(scope="module")
def target():
    with Target() as target:
        yield target


@pytest.fixture(scope="module")
def before(target):
    """What the server holds once it has seen some of everything."""
    target.try_out("odd_requests", seconds=0.3, back_seconds=BACK_SECONDS)
    return Held.by(target.web)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_honest_player_goes_on_under(target, before, name):
    for seconds in (1, 2, 4):  # a second is short where other tests run too
        outcome = target.try_out(name, seconds, back_seconds=0)
        if outcome.frames_kept > KEPT:
            break
    assert outcome.frames_kept > KEPT
    assert outcome.page_seconds < 2
    assert outcome.log_lines < 60
    assert outcome.left_bytes < 160 * 2**20  # in the very moment of its end: bodies of 64 MB may be arriving


KEPT = 0.8  # of the frames of a player nobody disturbs; docs/security.md has those of a longer time


def test_after_all_of_them_nothing_is_left(target, before):
    """Runs last. The attackers are gone; what they held must be too."""
    left = target.wait_until_back(before, 2 * BACK_SECONDS)  # beside other tests
    assert left.connections <= before.connections
    assert left.threads <= before.threads + 4
    assert left.bytes - before.bytes < 64 * 2**20
