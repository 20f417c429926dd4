import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.config import Config, ConfigError
from playground.recording.edits import Add, Bias, Data, Drop, LearningRate, Weight, place
from playground.recording.recording import MOST_EDITS, Recording, Stamped, changed, shared
from support import strategies

START = Recording(Config(seed="0.1"))


def test_of_two_edits_of_one_place_at_one_epoch_the_later_one_counts():
    run = START
    for value in (0.1, 0.2, 0.3):  # a dragged slider
        run = run.with_edit(5, Weight(0, 0, 1, value)).with_edit(5, Weight(0, 0, 0, value))
    run = run.with_edit(5, LearningRate(0.1)).with_edit(5, LearningRate(0.3))
    assert run.edits == (
        Stamped(5, Weight(0, 0, 1, 0.3)), Stamped(5, Weight(0, 0, 0, 0.3)), Stamped(5, LearningRate(0.3)),
    )  # fmt: skip


def test_at_another_epoch_both_count():
    run = START.with_edit(5, Bias(0, 0, 1)).with_edit(6, Bias(0, 0, 1))
    assert [epoch for epoch, _ in run.edits] == [5, 6]


def test_before_all_training_the_learning_rate_is_a_setting():
    assert START.with_edit(0, LearningRate(0.3)) == Recording(Config(seed="0.1", learning_rate=0.3))


def test_what_is_so_already_is_no_edit():
    run = START.with_edit(5, LearningRate(0.1))
    assert run.with_edit(6, LearningRate(0.1)) == run
    assert run.with_edit(5, LearningRate(0.03)) == START  # there and back, before the next epoch
    assert run.with_edit(6, Data("0.1")) == run
    assert len(run.with_edit(6, LearningRate(0.03)).edits) == 2


def test_the_settings_in_force_follow_the_edits():
    run = START.with_edit(10, LearningRate(1)).with_edit(20, Data("0.5")).with_edit(30, LearningRate(0.1))
    for epoch, rate, seed in [(9, 0.03, "0.1"), (10, 1, "0.1"), (20, 1, "0.5"), (29, 1, "0.5"), (99, 0.1, "0.5")]:
        config = run.settings(epoch)
        assert (config.learning_rate, config.seed) == (rate, seed)


def test_what_led_to_an_epoch_has_its_edits_and_none_after():
    run = START.with_edit(10, LearningRate(1)).with_edit(20, Data("0.5"))
    assert run.until(9).edits == ()
    assert run.until(10).edits == run.until(19).edits == run.edits[:1]
    assert run.until(20) == run


def test_new_points_are_those_of_a_link_with_that_seed_whichever_weights_came_before():
    assert Recording(Config(seed="0.1", weights_draw=3)).with_edit(1, Data("0.2")).settings(1).weights_draw == 0


def test_one_more_than_there_may_be_is_refused():
    run = START
    for epoch in range(MOST_EDITS):
        run.check_room()
        run = run.with_edit(epoch + 1, Bias(0, 0, 1))
    with pytest.raises(ConfigError, match="at most 1000") as refused:
        run.check_room()
    assert (refused.value.field, refused.value.code) == ("edits", "too-many-edits")
    run.with_edit(2000, Bias(0, 0, 2))  # that was on its way


def edited(run, stamped):
    """The oracle of one edit: settings by replaying all of them."""
    epoch, edit = stamped
    before = [one for one in run.edits if one.epoch < epoch]
    now = [one for one in run.edits if one.epoch == epoch and place(one.edit) != place(edit)]
    if epoch == 0 and isinstance(edit, LearningRate | Add | Drop):
        return Recording(changed(run.config, edit), tuple(now))
    settings = functools.reduce(lambda config, one: changed(config, one.edit), [*before, *now], run.config)
    without = Recording(run.config, (*before, *now))
    if isinstance(edit, LearningRate | Data) and changed(settings, edit) == settings:
        return without
    return Recording(run.config, (*without.edits, stamped))


@given(st.data())
def test_many_edits_at_once_are_each_after_the_other(data):
    config = data.draw(strategies.configs())
    epochs = sorted(data.draw(st.lists(st.integers(0, 4), max_size=12)))
    few = st.sampled_from([data.draw(strategies.edits(config)) for _ in range(4)])
    stamped = [Stamped(epoch, data.draw(few)) for epoch in epochs]
    assert Recording(config).with_edits(stamped) == functools.reduce(edited, stamped, Recording(config))
    settings = functools.reduce(lambda now, one: changed(now, one.edit), stamped, config)
    assert Recording(config).with_edits(stamped).settings(4) == settings


def test_two_runs_share_what_comes_before_their_first_difference():
    run = START.with_edit(10, LearningRate(1)).with_edit(20, Bias(0, 0, 0.5))
    assert shared(run, run) > 10**9
    assert shared(run, run.with_edit(30, LearningRate(0.1))) == 30
    assert shared(run, run.until(19)) == 20
    assert shared(run, START.with_edit(10, LearningRate(1)).with_edit(15, Data("0.2"))) == 15
    assert shared(run, Recording(Config(seed="0.1", show_test_data=True), run.edits)) > 10**9  # which trains no other
    assert shared(run, Recording(Config(seed="0.2"), run.edits)) == -1
