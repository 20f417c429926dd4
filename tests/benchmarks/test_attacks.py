"""Every attack, in its short form, beside an honest player."""

import pytest

from benchmarks.attacks import ATTACKS, BACK_SECONDS, Target
from processes import wait_until


@pytest.fixture(scope="module")
def target():
    with Target() as target:
        yield target


PAGE_SECONDS = {"slow_downloads": 15}  # hundreds of transfers at once share one thread; for all others 2


@pytest.mark.parametrize("name", ATTACKS)
def test_an_honest_player_goes_on_under(target, name):
    outcome = target.try_out(name, seconds=1, back_seconds=0)
    # Four of five frames are what a quiet machine gives (docs/security.md); this one is shared with other tests.
    assert outcome.frames_kept > 0.2
    assert outcome.page_seconds < PAGE_SECONDS.get(name, 2)
    assert outcome.log_lines < 60


def test_after_all_of_them_nothing_is_left(target):
    """Runs last. The attackers are gone; what they held must be too."""
    outcomes = []

    def is_back():
        outcomes.append(target.try_out("garbage", seconds=0.1, back_seconds=BACK_SECONDS))
        return outcomes[-1].left_connections == 0 and outcomes[-1].left_threads <= 4

    wait_until(is_back, 2 * BACK_SECONDS, "threads and connections are back")
