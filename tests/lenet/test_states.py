"""What may become of a run."""

from typing import get_args

import pytest

from lenet.shapes.runs import Status
from lenet.states import ACTIVE, ENDINGS, RESUMABLE, STATES, StepError, check_step


def test_every_state_is_reached_from_the_queue_and_none_leads_nowhere_known():
    reached, new = set(), {"queued"}
    while new:
        reached |= new
        new = {then for name in new for then in STATES[name].then} - reached
    assert reached == set(STATES) == set(get_args(Status))


def test_what_is_resumable_may_be_queued_again_and_nothing_else_that_has_ended():
    ended = set(STATES) - set(ACTIVE)
    assert {name for name in ended if "queued" in STATES[name].then} == set(RESUMABLE) == ended - {"finished"}
    assert set(ENDINGS.values()) < set(RESUMABLE)


@pytest.mark.parametrize(("before", "after"), [("finished", "queued"), ("paused", "running"), ("stopped", "paused")])
def test_a_step_that_no_run_takes_is_a_mistake(before, after):
    with pytest.raises(StepError, match=f"{before} does not become {after}"):
        check_step(before, after)


@pytest.mark.parametrize("state", STATES)
def test_a_run_may_stay_what_it_is(state):
    check_step(state, state)
