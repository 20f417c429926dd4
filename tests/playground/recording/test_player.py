import dataclasses
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from playground.config import Config
from playground.engine import Engine
from playground.recording.edits import Add, Bias, Data, Drop, LearningRate, Weight, edited
from playground.recording.keyframes import Keyframes
from playground.recording.player import Player
from playground.recording.recording import Recording
from support import strategies
from support.long import examples

LAST = 30


def bits(engine):
    """All of a state, to the last bit: NaN too."""
    return engine.snapshot(), engine.train_points.tobytes(), engine.config.learning_rate


def by_hand(recording, last):
    """The oracle: an engine for itself, with the edits made between its epochs. Returns its states by epoch."""
    engine, states = Engine(recording.config), []
    for epoch in range(last + 1):
        if epoch:
            engine.train()
        for at, edit in recording.edits:
            if at != epoch:
                continue
            match edit:
                case LearningRate(rate):
                    engine.configure(dataclasses.replace(engine.config, learning_rate=rate))
                case Weight(layer, node, source, value):
                    engine.set_weight(layer, node, source, value)
                case Bias(layer, node, value):
                    engine.set_bias(layer, node, value)
                case Data(seed):
                    engine.new_data(dataclasses.replace(engine.config, seed=seed, weights_draw=0))
                case Add() | Drop():
                    own = edited(engine.config.own_data, [edit])
                    engine.new_data(dataclasses.replace(engine.config, own_data=own))
        states.append(bits(engine))
    return states


def to(player, epoch):
    player.seek(epoch)
    while player.engine.epoch < epoch:
        player.train()
    assert player.engine.epoch == epoch
    return bits(player.engine)


@settings(max_examples=examples(15, of=60), deadline=None)
@given(strategies.recordings(LAST), st.lists(st.integers(0, LAST), min_size=1, max_size=8))
def test_any_epoch_comes_again_to_the_last_bit_in_any_order(recording, epochs):
    states = by_hand(recording, LAST)
    player = Player(recording, Keyframes(most=12))
    for epoch in epochs:
        assert to(player, epoch) == states[epoch], epoch
    assert player.keyframes.before(LAST).epoch <= max(epochs)


@settings(max_examples=examples(15, of=40), deadline=None)
@given(st.data())
def test_what_was_edited_while_it_trained_is_the_recording_of_it(data):
    player, states = Player(Recording(data.draw(strategies.configs()))), []
    for epoch in range(LAST + 1):
        if epoch:
            player.train()
        for _ in range(data.draw(st.sampled_from((0, 0, 0, 1, 3)))):
            edit = data.draw(strategies.edits(player.engine.config))
            stamped = player.edit(edit)
            assert stamped == (epoch, edit)
        states.append(bits(player.engine))
    assert by_hand(player.recording, LAST) == states
    again = Player(player.recording)
    assert [to(again, epoch) for epoch in range(LAST + 1)] == states


@settings(max_examples=examples(15, of=40), deadline=None)
@given(strategies.recordings(LAST), st.integers(0, LAST), st.booleans())
def test_another_goes_on_from_a_state_before_or_after_the_edits_of_its_epoch(recording, epoch, after):
    """As after a worker's death, from the last frame."""
    states = by_hand(recording, LAST)
    snapshot = states[epoch][0] if after else by_hand(recording.until(epoch - 1), epoch)[epoch][0]
    heir = Player(recording)
    heir.restore(snapshot)
    assert bits(heir.engine) == states[epoch]
    assert to(heir, LAST) == states[LAST]
    assert to(heir, 0) == states[0]


def test_an_edit_in_the_past_makes_another_future():
    player = Player(Recording(Config(seed="0.2")).with_edit(8, Bias(0, 0, 3)))
    to(player, 20)
    to(player, 5)
    player.edit(Weight(0, 0, 0, 1.0))
    assert [epoch for epoch, _ in player.recording.edits] == [5]
    assert player.keyframes.epochs == [*range(6)]
    assert to(player, 20) == by_hand(Recording(Config(seed="0.2")).with_edit(5, Weight(0, 0, 0, 1.0)), 20)[20]


def test_after_a_reset_only_the_settings_stay_of_what_was_edited():
    player = Player(Recording(Config(seed="0.2")))
    to(player, 5)
    for edit in (Data("0.7"), LearningRate(0.3), Weight(0, 0, 0, 2.0)):
        player.edit(edit)
    to(player, 9)
    player.reset()
    assert player.recording == Recording(Config(seed="0.7", learning_rate=0.3))
    assert player.keyframes.epochs == [0]
    assert to(player, 20) == by_hand(player.recording, 20)[20]


def test_another_run_begins_with_nothing_of_the_one_before():
    player = Player(Recording(Config(seed="0.2")).with_edit(3, Bias(0, 0, 3)))
    to(player, 9)
    other = Recording(Config(seed="0.3", network_shape=(5,))).with_edit(4, LearningRate(0.3))
    player.begin(other)
    assert player.keyframes.epochs == [0]
    assert to(player, 20) == by_hand(other, 20)[20]


def test_to_record_costs_little():
    """Training is what an epoch's time goes into."""
    config = Config(seed="0.2")

    def seconds(trainer):
        begun = time.perf_counter()
        for _ in range(2000):
            trainer.train()
        return time.perf_counter() - begun

    ratios = sorted(seconds(Player(Recording(config))) / seconds(Engine(config)) for _ in range(7))
    assert ratios[0] < 1.3
