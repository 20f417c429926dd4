"""What can be gone back to, held against a plain list."""

from hypothesis import given
from hypothesis import strategies as st

from playground.config import Config
from playground.recording.moment import Moment
from playground.recording.recording import Recording
from playground.serving.history import History
from playground.serving.past import MOST_CHANGES, MOST_RUNS, Left, Past


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def left(epoch, past=None, is_shown=False):
    """What is there at `epoch`, which stands for all of it."""
    number, runs = (past.number, past.runs) if past else (1, ())
    return Left(Moment(Recording(Config()), epoch), Config(), History(), number, runs, is_shown)


@given(st.lists(st.sampled_from(("change", "undo", "redo")), max_size=80))
def test_undo_and_redo_are_those_of_a_plain_list(steps):
    clock = Clock()
    past, at = Past(clock), 0
    states, here = [0], 0  # the oracle: all that was, and where in it
    for count, step in enumerate(steps, 1):
        clock.now += 10
        if step == "change":
            past.note(lambda at=at: left(at), "a setting")
            at = count
            states = [*states[: here + 1], count][-MOST_CHANGES - 1 :]
            here = len(states) - 1
        elif past.counts[step]:
            at = getattr(past, step)(lambda is_shown, at=at: left(at, is_shown=is_shown)).there.epoch
            here += 1 if step == "redo" else -1
        assert at == states[here]
        assert past.counts == {"undo": here, "redo": len(states) - 1 - here}


def test_what_a_dragged_slider_sends_is_one_change():
    clock = Clock()
    past = Past(clock)
    for number in range(20):
        past.note(lambda number=number: left(number), "noise")
        clock.now += 0.1
    past.note(lambda: left(20), "batchSize")
    assert past.counts["undo"] == 2
    assert past.undo(lambda _: left(21)).there.epoch == 20
    assert past.undo(lambda _: left(20)).there.epoch == 0


def test_the_same_setting_a_while_later_is_another_change():
    clock = Clock()
    past = Past(clock)
    for number in range(3):
        past.note(lambda number=number: left(number), "noise")
        clock.now += 2
    assert past.counts["undo"] == 3


def test_a_change_after_an_undo_is_a_change_of_its_own_and_ends_what_could_be_made_again():
    past = Past(Clock())
    past.note(lambda: left(1), "noise")
    past.undo(lambda _: left(2))
    past.note(lambda: left(1), "noise")
    assert past.counts == {"undo": 1, "redo": 0}


def test_who_is_asked_what_is_now_is_told_whether_only_what_is_shown_changes():
    past, asked = Past(Clock()), []
    past.note(lambda: left(1, is_shown=True), "showTestData")
    past.undo(lambda is_shown: asked.append(is_shown) or left(1, is_shown=is_shown))
    past.redo(lambda is_shown: asked.append(is_shown) or left(1, is_shown=is_shown))
    assert asked == [True, True]


def test_runs_are_numbered_and_each_can_be_taken_up_again():
    past = Past(Clock())
    past.branch(left(100, past), 50)
    assert (past.number, [run.number for run in past.runs]) == (2, [1])
    past.branch(left(80, past), 50)
    assert (past.number, [run.number for run in past.runs]) == (3, [1, 2])
    assert past.take(1, left(90, past)).there.epoch == 100
    assert (past.number, [(run.number, run.there.epoch) for run in past.runs]) == (1, [(2, 80), (3, 90)])


def test_undoing_a_branch_is_to_be_where_it_began():
    past = Past(Clock())
    past.branch(left(100, past), 50)
    assert past.undo(lambda _: left(70, past)).there.epoch == 100
    assert (past.number, past.runs) == (1, ())
    assert past.redo(lambda _: left(100, past)).there.epoch == 70
    assert (past.number, [run.number for run in past.runs]) == (2, [1])


def test_the_edit_that_made_a_branch_is_one_change_with_it_and_the_next_its_own():
    clock = Clock()
    past = Past(clock)
    past.branch(left(100, past), 50)
    for _ in range(3):  # as a dragged slider sends them
        past.note_edit(lambda: left(50, past), "rate", 50)
    assert past.counts["undo"] == 1
    past.note_edit(lambda: left(50, past), "weight", 50)
    assert past.counts["undo"] == 2
    past.branch(left(100, past), 50)
    past.note_edit(lambda: left(60, past), "weight", 60)  # it trained meanwhile
    assert past.counts["undo"] == 4


def test_other_settings_have_no_runs_but_those_before_come_back_with_an_undo():
    past = Past(Clock())
    past.branch(left(100, past), 50)
    past.note(lambda: left(50, past), "activation")
    past.begin()
    assert (past.number, past.runs) == (1, ())
    past.undo(lambda _: left(0, past))
    assert (past.number, [run.number for run in past.runs]) == (2, [1])


def test_however_much_is_done_little_is_kept():
    past = Past(Clock())
    for epoch in range(200):
        past.branch(left(epoch, past), 50)
    assert past.counts["undo"] == MOST_CHANGES
    assert len(past.runs) == MOST_RUNS
    assert all(not run.runs for run in past.runs)  # or all that ever was would hang on them


def test_what_is_forgotten_cannot_be_gone_back_to():
    past = Past(Clock())
    past.branch(left(1, past), 50)
    past.forget()
    assert (past.counts, past.runs, past.number) == ({"undo": 0, "redo": 0}, (), 1)
