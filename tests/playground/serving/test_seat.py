"""What commands do to a session, and what it tells."""

import math
import struct
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground import engine
from playground.config import Config
from playground.point_set import packed
from playground.recording.edits import Add, Bias, Data, LearningRate, Weight, places
from playground.recording.moment import Moment
from playground.recording.player import Player
from playground.recording.recording import Recording, changed
from playground.serving import jobs, messages, wire
from playground.serving.inbox import CREDITS
from playground.serving.seat import _CARRY_OUT, _SHOWN, SLICE
from support.strategies import recordings
from support.worker_bench import Bench, StillClock, acknowledged, epoch_of, failing, frames, run, seat


def test_the_pace_is_kept(bench):
    paced = seat(bench)
    bench.handle(messages.Play("a"))
    run(bench, 2)
    assert paced.engine.epoch == pytest.approx(120, abs=7)  # up to a tenth of a second waits for a frame


@pytest.mark.parametrize("pace", [1, 10, 60, None])
def test_the_result_does_not_depend_on_the_speed(bench, pace):
    fast = seat(bench, epochs_per_second=pace, cost=0.001)
    bench.handle(messages.Play("a"))
    while fast.engine.epoch < 30:
        run(bench, 0.01)
    plain = seat(bench, "b")
    for _ in range(fast.engine.epoch):
        plain.engine.train()
    assert np.array_equal(fast.engine.parameters, plain.engine.parameters)


def test_training_goes_on_for_a_browser_that_does_not_acknowledge(bench):
    slow = seat(bench)
    bench.handle(messages.Play("a"))
    run(bench, 5)
    assert slow.engine.epoch == pytest.approx(300, abs=7)


def test_a_session_too_slow_for_its_pace_owes_nothing(bench, still):
    slow = seat(bench, cost=0.1, watched=False)  # 10 epochs a second at best
    bench.handle(messages.Play("a"))
    run(bench, 10)
    assert still.now - slow.next_epoch < 0.5


def test_step_trains_just_so_many_epochs_and_pauses(bench):
    one = seat(bench)
    bench.handle(messages.Play("a"))
    run(bench, 0.5)
    before = one.engine.epoch
    bench.handle(messages.Step("a", 7))
    run(bench, 5)
    assert one.engine.epoch == before + 7
    assert not one.playing


def test_a_live_change_goes_on_and_a_rebuild_pauses_at_epoch_0(bench, sent):
    one = seat(bench)
    bench.handle(messages.Play("a"))
    run(bench, 0.5)
    bench.handle(messages.Configure("a", Config(learning_rate=0.3)))
    assert one.playing
    assert one.engine.epoch > 0
    bench.handle(messages.Rebuild("a", Recording(Config(noise=5)), 0, 2))
    assert not one.playing
    assert one.engine.epoch == 0
    assert sent[-2] == messages.Status("a", 2, 0, False, None)
    assert isinstance(sent[-1], messages.Points)


@pytest.mark.parametrize("plays", [True, False])
def test_points_that_are_drawn_are_shown_with_the_next_epoch_however_long_a_frame_is_not_due(bench, sent, plays):
    own = Config(dataset="own", own_data=packed([range(-5, 5), range(-5, 5), [0, 1] * 5], classes=2))
    one = seat(bench, config=own, frame_interval=10)
    if plays:
        bench.handle(messages.Play("a"))
    run(bench, 1)
    shown, before = len(frames(sent)), one.engine.epoch
    bench.handle(messages.Configure("a", changed(own, Add(1.0, places([0.5, 0.25])))))
    run(bench, 1 / 60)
    (frame,) = frames(sent)[shown:]
    assert (epoch_of(frame) > before) is plays
    assert isinstance(sent[-2], messages.Points)
    run(bench, 1)
    assert len(frames(sent)) == shown + 1  # the pace of the others is as before


def test_divergence_pauses_says_so_and_refuses_play_until_reset(bench, sent):
    wild = Config(activation="linear", learning_rate=10, network_shape=(8, 8), problem="regression")
    one = seat(bench, config=wild)
    bench.handle(messages.Play("a"))
    run(bench, 3)
    assert messages.Status("a", 1, one.engine.epoch, False, "diverged") in sent
    assert struct.unpack_from("<H", frames(sent)[-1].packed, 14)[0] == wire.DIVERGED
    bench.handle(messages.Play("a"))
    assert not one.playing
    assert sent[-1].reason == "diverged"
    bench.handle(messages.Reset("a", 2))
    bench.handle(messages.Play("a"))
    assert one.playing


def test_an_edit_that_heals_a_divergence_is_believed(bench):
    one = seat(bench)
    one.engine.set_weight(0, 0, 0, math.nan)
    bench.handle(messages.Step("a", 1))
    run(bench, 1)
    assert one.diverged
    for layer, (rows, columns) in enumerate([(4, 2), (2, 4), (1, 2)]):
        for node in range(rows):
            bench.handle(messages.SetBias("a", layer, node, 0.1))
            for source in range(columns):
                bench.handle(messages.SetWeight("a", layer, node, source, 0.2))
    assert not one.diverged


def test_a_session_opened_from_a_snapshot_goes_on_bit_for_bit(bench, sent):
    seat(bench)
    bench.handle(messages.Step("a", 20))
    run(bench, 1)
    bench.handle(messages.Credit("a"))
    run(bench, 1)
    snapshot = frames(sent)[-1].newest[1]
    assert snapshot.epoch == 20
    bench.handle(messages.Open("b", Recording(Config()), 0, 1, snapshot, False, 60, 1 / 30, None))
    assert np.array_equal(bench.seats["a"].engine.parameters, bench.seats["b"].engine.parameters)


def test_every_command_of_a_session_is_carried_out():
    assert set(_CARRY_OUT) == set(get_args(messages.SessionCommand)) - {messages.Close}
    assert set(_CARRY_OUT) > _SHOWN


# --- an epoch that takes several turns --------------------------------------------------------------------------------

COMMANDS = st.sampled_from(
    [
        messages.Play("a"),
        messages.Pause("a"),
        messages.Step("a", 3),
        messages.SetSpeed("a", None),
        messages.SetSpeed("a", 5),
        messages.SetWeight("a", 0, 1, 0, 0.5),
        messages.SetBias("a", 1, 0, -0.25),
        messages.Configure("a", Config(learning_rate=0.1)),
        messages.View("a", 1),
        messages.View("a", 1000),
        messages.View("a", None),
        messages.Suspend("a"),
        messages.Watch("a", CREDITS),
        messages.Reset("a", 2),
        messages.Rebuild("a", Recording(Config()).with_edit(2, Bias(2, 0, 0.25)), 4, 3),
        messages.Rebuild("a", Recording(Config()).with_edit(2, Bias(2, 0, 0.25)), 4, 3, holds=True),
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(COMMANDS, st.sampled_from([0.002, 0.03, 0.2])), max_size=12), st.booleans())
def test_whatever_is_said_in_the_middle_of_an_epoch_is_done_when_it_is_complete(said, plays):
    """What is told, shown and recorded is that of whole epochs. Each has 25 parts here, of which one fills a turn."""
    bench = Bench(lambda message: sent.append((message, one.engine.is_midway)), clock=StillClock())
    sent: list[tuple[object, bool]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "PART", 1)
        patch.setattr("playground.serving.seat.Player", costly_player(bench.clock))
        one = SimpleNamespace(engine=SimpleNamespace(is_midway=False))
        bench.receive(messages.Open("a", Recording(Config()), 0, 1, None, plays, None, 1 / 30, None))
        bench.receive(messages.Watch("a", CREDITS))
        bench.work()
        one = bench.seats["a"]
        for message, seconds in said:
            bench.receive(message)
            run(bench, seconds)
        bench.receive(messages.Watch("a", CREDITS))
        bench.receive(messages.View("a", None))
        bench.receive(messages.Pause("a"))
        run(bench, 10)
        assert not one.engine.is_midway
    assert not any(is_midway for _, is_midway in sent)
    oracle = Player(one.player.recording)
    for _ in range(one.engine.epoch):
        oracle.train()
    assert one.engine.snapshot() == oracle.engine.snapshot()


def costly_player(clock):
    class Costly(Player):
        def train_part(self):
            clock.now += SLICE
            return super().train_part()

    return Costly


def test_the_pace_of_epochs_that_take_several_turns_is_kept(bench, monkeypatch):
    monkeypatch.setattr(engine, "PART", 1)
    paced = seat(bench, cost=0.004, epochs_per_second=5)  # 25 parts of 4 ms
    bench.handle(messages.Play("a"))
    run(bench, 10)
    assert paced.engine.epoch == pytest.approx(50, abs=2)


def test_frames_come_however_many_turns_an_epoch_takes(bench, sent, monkeypatch):
    """Each of whole epochs, though there is one to train all the time."""
    monkeypatch.setattr(engine, "PART", 1)
    seat(bench, cost=SLICE, epochs_per_second=None)  # 25 parts: 100 ms an epoch
    bench.handle(messages.Play("a"))
    acknowledged(bench, sent, 10)
    assert len(frames(sent)) == pytest.approx(100, rel=0.1)


# --- an epoch that has passed -----------------------------------------------------------------------------------------


def flags_of(message):
    return struct.unpack_from("<H", message.packed, 14)[0]


def parameters_of(message, count=25):
    is_deep = struct.unpack_from("<H", message.packed, 12)[0] > 7
    return struct.unpack_from(f"<{count}d", message.packed, 72 if is_deep else 64)


def trained(bench, sent, epochs, recording=None):
    """A session that has trained so far, and lies still; and its states, by epoch."""
    recording = recording or Recording(Config())
    bench.handle(messages.Open("a", recording, 0, 1, None, False, None, 1 / 30, None))
    bench.handle(messages.Watch("a", CREDITS))
    bench.handle(messages.Step("a", epochs))
    acknowledged(bench, sent, 1)
    oracle, states = Player(recording), []
    for epoch in range(epochs + 1):
        if epoch:
            oracle.train()
        states.append(tuple(oracle.engine.parameters))
    assert epoch_of(frames(sent)[-1]) == epochs
    return bench.seats["a"], states


def test_any_epoch_that_has_passed_can_be_looked_at(bench, sent):
    _, states = trained(bench, sent, 300)
    for epoch in (7, 299, 0, 150, 149):
        bench.receive(messages.View("a", epoch))
        acknowledged(bench, sent, 0.2)
        shown = frames(sent)[-1]
        assert (epoch_of(shown), flags_of(shown) & wire.VIEWED, shown.newest) == (epoch, wire.VIEWED, None)
        assert parameters_of(shown) == states[epoch]
    bench.receive(messages.View("a", None))
    acknowledged(bench, sent, 0.2)
    assert (epoch_of(frames(sent)[-1]), flags_of(frames(sent)[-1])) == (300, 0)
    assert parameters_of(frames(sent)[-1]) == states[300]


def test_a_picture_that_is_looked_at_is_sent_once(bench, sent):
    trained(bench, sent, 100)
    bench.receive(messages.View("a", 50))
    acknowledged(bench, sent, 1)
    assert [epoch_of(frame) for frame in frames(sent) if flags_of(frame) & wire.VIEWED] == [50]


def test_training_goes_on_while_an_epoch_that_has_passed_is_looked_at(bench, sent):
    looked_at = seat(bench, cost=0.001)
    bench.handle(messages.Play("a"))
    acknowledged(bench, sent, 1)
    bench.receive(messages.View("a", 10))
    before = len(frames(sent))
    acknowledged(bench, sent, 2)
    since = frames(sent)[before:]
    assert looked_at.engine.epoch == pytest.approx(180, abs=12)
    newest = [epoch_of(frame) for frame in since if not flags_of(frame) & wire.VIEWED]
    assert 6 <= len(newest) <= 9  # a few a second, so that the curve grows
    assert newest == sorted(newest)
    assert [epoch_of(frame) for frame in since if flags_of(frame) & wire.VIEWED] == [10]


def test_a_frame_of_what_trains_leaves_room_for_the_one_that_is_looked_at(bench, sent):
    trained(bench, sent, 100)
    bench.receive(messages.View("a", 50))
    acknowledged(bench, sent, 0.1)
    bench.receive(messages.SetSpeed("a", 60))
    bench.receive(messages.Play("a"))
    run(bench, 3)  # nothing is acknowledged
    before = len(frames(sent))
    bench.receive(messages.View("a", 20))
    run(bench, 0.1)
    assert [epoch_of(frame) for frame in frames(sent)[before:]] == [20]


def test_an_epoch_that_is_not_there_yet_is_the_newest(bench, sent):
    _, states = trained(bench, sent, 30)
    bench.receive(messages.View("a", 1_000_000))
    acknowledged(bench, sent, 0.2)
    assert parameters_of(frames(sent)[-1]) == states[30]


@settings(max_examples=30, deadline=None)
@given(recordings(40), st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_an_epoch_is_looked_at_with_its_edits_and_its_points(recording, epochs):
    sent, still = [], StillClock()
    bench = Bench(sent.append, clock=still)
    bench.handle(messages.Open("a", recording, 60, 1, None, False, None, 1 / 30, None))
    bench.handle(messages.Watch("a", CREDITS))
    acknowledged(bench, sent, 1)
    for epoch in epochs:
        bench.receive(messages.View("a", epoch))
        acknowledged(bench, sent, 0.1)
        oracle = Player(recording)
        while oracle.engine.epoch < epoch:
            oracle.train()
        expected = [str(one) for one in oracle.engine.parameters]
        assert [str(one) for one in parameters_of(frames(sent)[-1], len(expected))] == expected
        points = [message for message in sent if isinstance(message, messages.Points)][-1]
        assert points.packed == wire.pack_points(oracle.engine, 1)


def test_a_reset_or_another_run_is_looked_at_where_it_is(bench, sent):
    trained(bench, sent, 50)
    for message in (messages.Reset("a", 2), messages.Rebuild("a", Recording(Config()), 0, 3)):
        bench.receive(messages.View("a", 20))
        acknowledged(bench, sent, 0.1)
        bench.receive(message)
        acknowledged(bench, sent, 0.1)
        assert (epoch_of(frames(sent)[-1]), flags_of(frames(sent)[-1])) == (0, 0)


def test_what_is_said_after_a_run_that_holds_waits_until_it_is_there(bench, sent):
    trained(bench, sent, 400)
    edited = Recording(Config()).with_edit(300, Bias(2, 0, 0.25))
    bench.receive(messages.Rebuild("a", edited, 350, 2, True))
    bench.receive(messages.SetWeight("a", 0, 0, 0, 0.5))
    acknowledged(bench, sent, 0.5)
    told = [message for message in sent if isinstance(message, messages.Edited)]
    assert [(one.epoch, one.edit) for one in told] == [(350, Weight(0, 0, 0, 0.5))]


def test_a_run_that_shares_its_beginning_begins_where_they_part(bench, sent):
    looked_at, _ = trained(bench, sent, 1000)
    counted = []
    train_part = looked_at.player.engine.train_part
    looked_at.player.engine.train_part = lambda: (counted.append(1), train_part())[1]
    edited = Recording(Config()).with_edit(900, LearningRate(0.1))
    bench.receive(messages.Rebuild("a", edited, 950, 2, True))
    acknowledged(bench, sent, 0.5)
    assert looked_at.engine.epoch == 950
    assert len(counted) <= 50 + 8  # keyframes of a thousand epochs are 4 apart


def test_a_job_that_fails_costs_nothing_else(bench, sent, monkeypatch):
    monkeypatch.setattr(jobs, "write_code", lambda _there, _form: map(failing, [None]))
    training = seat(bench)
    bench.receive(messages.WriteCode("a", 7, Moment(Recording(Config()), 10), "onnx"))
    bench.receive(messages.Play("a"))
    run(bench, 1)
    told = [message for message in sent if isinstance(message, messages.Told)]
    assert [(one.kind, one.number) for one in told] == [("onnx", 7)]
    assert "an engine that raises" in told[0].told["error"]
    assert training.engine.epoch > 40


# --- the recording ----------------------------------------------------------------------------------------------------


def edits_told(sent, name="a"):
    return [(one.epoch, one.edit) for one in sent if isinstance(one, messages.Edited) and one.session == name]


def test_an_edit_is_stamped_with_the_epoch_after_which_it_took_effect(bench, sent):
    one = seat(bench, epochs_per_second=None, cost=0.001)
    bench.handle(messages.Play("a"))
    run(bench, 0.05)
    first = one.engine.epoch
    bench.handle(messages.SetWeight("a", 0, 1, 0, 0.5))
    bench.handle(messages.SetBias("a", 1, 0, -0.5))
    run(bench, 0.05)
    second = one.engine.epoch
    bench.handle(messages.Configure("a", Config(learning_rate=0.3, show_test_data=True)))
    bench.handle(messages.NewData("a", Config(learning_rate=0.3, seed="0.9"), 2))
    assert 0 < first < second
    assert edits_told(sent) == [
        (first, Weight(0, 1, 0, 0.5)), (first, Bias(1, 0, -0.5)), (second, LearningRate(0.3)), (second, Data("0.9")),
    ]  # fmt: skip
    told = Recording(Config())
    for epoch, edit in edits_told(sent):
        told = told.with_edit(epoch, edit)
    run(bench, 0.05)
    again = Player(told)
    while again.engine.epoch < one.engine.epoch:
        again.train()
    assert again.engine.snapshot() == one.engine.snapshot()


def test_what_concerns_the_page_alone_is_no_edit(bench, sent):
    seat(bench)
    bench.handle(messages.Configure("a", Config(discretize=True, hide_text=True)))
    assert edits_told(sent) == []


@settings(max_examples=25)
@given(recordings(last=40), st.integers(0, 60))
def test_a_session_opened_from_a_recording_is_trained_to_its_goal_and_rests_there(recording, goal):
    bench = Bench([].append, clock=StillClock())
    for name, message in [
        ("a", messages.Open("a", recording, goal, 1, None, False, 60, 1 / 30, None)),
        ("b", messages.Rebuild("b", recording, goal, 2)),
    ]:
        if name == "b":
            bench.handle(messages.Open("b", Recording(Config()), 0, 1, None, False, 60, 1 / 30, None))
        bench.handle(message)
    run(bench, 1)
    there = Player(recording)
    for _ in range(goal):
        there.train()
    for name in "ab":
        assert bench.seats[name].engine.snapshot() == there.engine.snapshot()
        assert not bench.seats[name].playing


def test_an_heir_comes_to_the_goal_from_where_the_last_one_was(bench):
    """A worker was killed on the way there: of the edits, some had been made and some not."""
    recording = Recording(Config()).with_edit(10, Bias(0, 0, 1)).with_edit(30, Weight(0, 0, 0, 2))
    there = Player(recording)
    for _ in range(20):
        there.train()
    bench.handle(messages.Open("a", recording, 50, 1, there.engine.snapshot(), False, 60, 1 / 30, None))
    run(bench, 1)
    for _ in range(30):
        there.train()
    assert bench.seats["a"].engine.snapshot() == there.engine.snapshot()
