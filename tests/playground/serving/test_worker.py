"""The scheduler without a process: a clock that the test moves, and a list of what was sent."""

import math
import struct
import zlib
from functools import partial
from typing import get_args

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.config import Config
from playground.engine import Engine
from playground.recording.edits import Bias, Data, LearningRate, Weight
from playground.recording.moment import Moment
from playground.recording.player import Player
from playground.recording.recording import Recording
from playground.serving import jobs, messages, wire, worker
from playground.serving.worker import CREDITS, SLICE, Worker
from playground.studies.plan import Plan
from support.strategies import recordings


class Clock:
    """Time stands still until the test or an engine's training moves it."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture(scope="module", autouse=True)
def compiled():
    wire.warm_up()


@pytest.fixture
def sent():
    return []


@pytest.fixture
def clock():
    return Clock()


class Bench(Worker):
    """A worker that carries out a message as soon as it comes, unless it is only to `receive` it."""

    def handle(self, message):
        self.receive(message)
        one = self.seats.get(message.session)
        while one and one.inbox:
            self._carry_out(one, one.inbox.pop())


@pytest.fixture
def bench(sent, clock):
    return Bench(sent.append, clock=clock)


def seat(bench, name="a", config=None, *, watched=True, epochs_per_second=60, cost=0.0, frame_interval=1 / 30):
    """Opens a session. cost: seconds that one of its epochs takes, by the clock."""
    bench.handle(
        messages.Open(name, Recording(config or Config()), 0, 1, None, False, epochs_per_second, frame_interval, None)
    )
    if watched:
        bench.handle(messages.Watch(name, CREDITS))
    engine = bench.seats[name].engine
    train = engine.train

    def timed():
        bench.clock.now += cost
        train()

    engine.train = timed
    return bench.seats[name]


def run(bench, seconds):
    """Lets the worker work until the clock stands `seconds` later."""
    end = bench.clock.now + seconds
    while bench.clock.now < end:
        idle = bench.work()  # which moves the clock
        bench.clock.now = min(end, bench.clock.now + idle)


def frames(sent, name="a"):
    return [message for message in sent if isinstance(message, messages.Frame) and message.session == name]


def epoch_of(message):
    return struct.unpack_from("<I", message.packed, 8)[0]


def test_a_watched_session_gets_its_points_and_one_frame(bench, sent):
    seat(bench)
    run(bench, 1)
    assert [type(message) for message in sent] == [messages.Points, messages.Frame]


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


def test_never_more_than_two_frames_are_in_flight(bench, sent):
    seat(bench)
    bench.handle(messages.Play("a"))
    run(bench, 5)
    assert len(frames(sent)) == CREDITS
    bench.handle(messages.Credit("a"))
    run(bench, 5)
    assert len(frames(sent)) == CREDITS + 1
    assert epoch_of(frames(sent)[-1]) >= 290  # the newest state, not one that waited


def test_training_goes_on_for_a_browser_that_does_not_acknowledge(bench):
    slow = seat(bench)
    bench.handle(messages.Play("a"))
    run(bench, 5)
    assert slow.engine.epoch == pytest.approx(300, abs=7)


def test_frames_come_at_the_rate_asked_for(bench, sent, clock):
    seat(bench, frame_interval=1 / 15)
    bench.handle(messages.Play("a"))
    end = clock.now + 2
    while clock.now < end:
        run(bench, 0.005)
        bench.handle(messages.Credit("a"))
    assert len(frames(sent)) == pytest.approx(30, abs=2)


def test_nothing_new_means_no_frame(bench, sent):
    seat(bench)
    run(bench, 1)
    bench.handle(messages.Credit("a"))
    run(bench, 10)
    assert len(frames(sent)) == 1
    assert bench.work() == math.inf


def test_sessions_get_equal_shares_of_time(bench, clock):
    """One with the largest net at full speed and two small ones: a third of the time each, whatever an epoch costs."""
    seats = {
        "large": seat(bench, "large", epochs_per_second=None, cost=0.003, watched=False),
        "small": seat(bench, "small", epochs_per_second=None, cost=0.0001, watched=False),
        "other": seat(bench, "other", epochs_per_second=None, cost=0.0002, watched=False),
    }
    costs = {"large": 0.003, "small": 0.0001, "other": 0.0002}
    for name in seats:
        bench.handle(messages.Play(name))
    run(bench, 6)
    for name, one in seats.items():
        assert one.engine.epoch * costs[name] == pytest.approx(2, abs=0.05), name


def test_a_paced_session_is_not_slowed_by_hungry_ones(bench):
    for name in "bcd":
        seat(bench, name, epochs_per_second=None, cost=0.003, watched=False)
        bench.handle(messages.Play(name))
    paced = seat(bench, "paced", cost=0.0001)
    bench.handle(messages.Play("paced"))
    run(bench, 3)
    assert paced.engine.epoch == pytest.approx(180, rel=0.05)


@pytest.fixture
def costly(clock, monkeypatch):
    """Every epoch of every engine takes 2 ms by the clock, those of jobs included, and is counted."""
    train, trained = Engine.train, []

    def timed(engine):
        clock.now += EPOCH
        trained.append(engine)
        train(engine)

    monkeypatch.setattr(Engine, "train", timed)
    return trained


EPOCH = 0.002
RECORDING = Recording(Config(seed="0.1"))
STUDY = messages.BeginStudy("", 1, Plan(config=RECORDING.config, seeds=5, epochs=200))
CODE = messages.WriteCode("", 1, Moment(RECORDING, 300), "py")
STRIP = messages.DrawStrip("", 1, 400)
FASTEST = (messages.SetSpeed("", None), messages.Play(""))
WORKS = {
    "play": FASTEST,
    "step": (messages.Step("", 10_000),),
    "study": (STUDY,),
    "code": (CODE,),
    "goal": (messages.Rebuild("", RECORDING, 20_000, 1),),
    "commands that wait for a goal": (messages.Rebuild("", RECORDING, 20_000, 1, holds=True), messages.Play("")),
    "all": (*FASTEST, STUDY, CODE, STRIP, messages.View("", 150)),
}


def join(bench, name, *commands, owner=None, is_left=False):
    """Somebody opens a session and sends commands."""
    bench.receive(messages.Open(name, RECORDING, 0, 1, None, False, 60, 1 / 30, None, owner))
    bench.receive(messages.Watch(name, CREDITS))
    for command in commands:
        bench.receive(msgspec.structs.replace(command, session=name))
    if is_left:
        bench.receive(messages.Unwatch(name))


def frames_a_second(bench, sent, seconds=3):
    """Of the session `player`, which acknowledges them, when all have begun."""
    run(bench, 2)
    bench.receive(messages.Watch("player", CREDITS))
    before = seen = len(frames(sent, "player"))
    end = bench.clock.now + seconds
    while bench.clock.now < end:
        run(bench, 0.002)
        seen = acknowledge(bench, sent, seen)
    return (seen - before) / seconds


@pytest.mark.parametrize("work", WORKS)
def test_a_hundred_sessions_that_were_left_take_nothing_of_one_that_is_watched(bench, sent, costly, work):
    join(bench, "player", messages.Play(""))
    for number in range(100):
        join(bench, f"left {number}", *WORKS[work], is_left=True)
    assert frames_a_second(bench, sent) > 0.9 * 30


@pytest.mark.parametrize("work", WORKS)
def test_many_sessions_of_one_owner_have_the_share_of_one(bench, costly, work):
    """Of a browser, or of programs: a watched session has half the time whatever twenty of another owner do."""
    for number in range(20):
        join(bench, f"many {number}", *WORKS[work])
    join(bench, "one", *FASTEST, owner="browser")
    run(bench, 2)
    before, engine = bench.clock.now, bench.seats["one"].engine
    costly.clear()
    run(bench, 3)
    own = sum(one is engine for one in costly)
    assert own * EPOCH / (bench.clock.now - before) == pytest.approx(0.5, abs=0.05)


def test_sessions_of_one_owner_have_equal_shares_of_its_part(bench, costly):
    for name in "abc":
        join(bench, name, *FASTEST)
    join(bench, "other", *FASTEST, owner="browser")
    run(bench, 6)
    costs = [bench.seats[name].engine.epoch * EPOCH for name in ("a", "b", "c", "other")]
    assert costs == pytest.approx([1, 1, 1, 3], rel=0.1)


@pytest.mark.parametrize("work", WORKS)
def test_a_turn_is_a_slice_of_time_whatever_it_is_used_for(bench, clock, costly, work):
    """It ends with the epoch in which the slice does."""
    join(bench, "a", *WORKS[work])
    longest = 0.0
    while clock.now < 102:
        before = clock.now
        idle = bench.work()
        longest = max(longest, clock.now - before)
        clock.now += idle if idle < 1 else 1
    assert longest <= SLICE + EPOCH + 1e-9


@pytest.mark.parametrize("work", WORKS)
def test_a_suspended_session_does_nothing_and_goes_on_where_it_was(bench, sent, clock, costly, work):
    join(bench, "a", *WORKS[work])
    run(bench, 0.5)
    bench.receive(messages.Unwatch("a"))
    bench.receive(messages.Suspend("a"))
    run(bench, 0.1)
    costly.clear()
    told, epoch = len(sent), bench.seats["a"].engine.epoch
    run(bench, 3600)
    assert (costly, len(sent), bench.seats["a"].engine.epoch) == ([], told, epoch)
    bench.receive(messages.Watch("a", CREDITS))
    if work == "play":
        run(bench, 1)
        assert (costly, bench.seats["a"].engine.epoch) == ([], epoch)  # that waits for its student
        assert [one.reason for one in sent if isinstance(one, messages.Status)][-1] == "disconnected"
        return
    run(bench, 60)
    assert costly
    assert bench.seats["a"].engine.epoch > epoch or work in ("study", "code", "all")
    for job in (one for one in WORKS[work] if one in (STUDY, CODE)):
        kind, whole = (
            ("study", jobs.study_seeds(job.plan)) if job is STUDY else ("py", jobs.write_code(job.there, "py"))
        )
        told = [one.told for one in sent if isinstance(one, messages.Told) and one.kind == kind]
        assert told == [one for one in whole if one]


def test_an_heir_of_a_suspended_session_does_not_begin(bench, sent, costly):
    """A worker was replaced while nobody watched."""
    join(bench, "a", *WORKS["all"], is_left=True)
    bench.receive(messages.Suspend("a"))
    run(bench, 10)
    assert costly == []
    assert not bench.seats["a"].playing


def test_idle_time_is_not_saved_up(bench):
    late = seat(bench, "late", epochs_per_second=None, cost=0.001, watched=False)
    early = seat(bench, "early", epochs_per_second=None, cost=0.001, watched=False)
    bench.handle(messages.Play("early"))
    run(bench, 10)
    bench.handle(messages.Play("late"))
    before = early.engine.epoch
    run(bench, 1)
    assert early.engine.epoch - before == pytest.approx(late.engine.epoch, abs=2 * SLICE / 0.001)


def test_a_session_too_slow_for_its_pace_owes_nothing(bench, clock):
    slow = seat(bench, cost=0.1, watched=False)  # 10 epochs a second at best
    bench.handle(messages.Play("a"))
    run(bench, 10)
    slow.engine.train = lambda: None
    assert clock.now - slow.next_epoch < 0.5


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


def test_the_selected_map_is_sent_as_long_as_the_network_has_it(bench, sent):
    seat(bench)
    bench.handle(messages.Select("a", (0, 3)))
    run(bench, 1)
    assert struct.unpack_from("<2H", frames(sent)[-1].packed, len(frames(sent)[-1].packed) - 10_004) == (0, 3)
    bench.handle(messages.Rebuild("a", Recording(Config(network_shape=(2,))), 0, 2))
    bench.handle(messages.Credit("a"))
    run(bench, 1)
    assert struct.unpack_from("<2H", frames(sent)[-1].packed, len(frames(sent)[-1].packed) - 10_004) == (1, 0)


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


def test_a_closed_session_leaves_nothing(bench):
    seat(bench)
    bench.handle(messages.Close("a"))
    assert bench.seats == {}
    bench.handle(messages.Play("a"))  # late messages do no harm
    assert bench.work() == math.inf


def test_every_command_of_a_session_is_carried_out():
    assert set(worker._CARRY_OUT) == set(get_args(messages.SessionCommand)) - {messages.Close}
    assert set(worker._CARRY_OUT) > worker._SHOWN


# --- commands are work ------------------------------------------------------------------------------------------------


class Slow(Worker):
    """A worker to which every command costs `cost` seconds, but for the acknowledgement of a frame."""

    cost = 0.003

    def _carry_out(self, seat, message):
        if not isinstance(message, messages.Credit):
            self.clock.now += self.cost
        super()._carry_out(seat, message)


@pytest.fixture
def slow(sent, clock):
    return Slow(sent.append, clock=clock)


def acknowledge(bench, sent, seen):
    """Gives a credit back for each frame of the player beyond the `seen` first. Returns how many there are."""
    count = len(frames(sent, "player"))
    for _ in range(count - seen):
        bench.receive(messages.Credit("player"))
    return count


def opened(bench, name):
    bench.receive(messages.Open(name, Recording(Config()), 0, 1, None, False, 60, 1 / 30, None))
    bench.receive(messages.Watch(name, CREDITS))


def test_a_command_waits_for_its_sessions_turn(bench):
    opened(bench, "a")
    assert not hasattr(bench.seats["a"], "engine")
    bench.work()
    assert bench.seats["a"].engine.epoch == 0


@pytest.mark.parametrize(
    "command",
    [
        partial(messages.Rebuild, recording=Recording(Config()), goal=0, generation=1),
        partial(messages.NewData, config=Config(), generation=1),
        partial(messages.Reset, generation=1),
        partial(messages.Select, selected=None),
    ],
    ids=lambda command: command.func.__name__,
)
def test_a_flood_of_commands_leaves_a_player_its_frames(slow, sent, clock, command):
    """Ten sessions with a command or two waiting at any time, 3 ms each: 333 a second are all that can be done."""
    for name in "0123456789":
        opened(slow, name)
    opened(slow, "player")
    slow.receive(messages.Play("player"))
    run(slow, 0.5)
    sent.clear()
    slow.receive(messages.Watch("player", CREDITS))
    start, seen, before = clock.now, 0, 0
    while clock.now < start + 4:
        if clock.now < start + 1:  # until it has paid for its own commands
            before = seen
        for name in "0123456789":
            slow.receive(command(session=name))
            slow.receive(messages.Step(name, 1))
        seen = acknowledge(slow, sent, seen)
        run(slow, 0.004)
    assert seen - before > 0.9 * 90


def test_commands_are_charged_to_their_session(slow):
    for name in "ab":
        opened(slow, name)
    run(slow, 0.1)
    before = {name: slow.seats[name].used for name in "ab"}
    slow.receive(messages.Reset("a", 2))
    run(slow, 0.1)
    assert slow.seats["a"].used - before["a"] >= slow.cost
    assert slow.seats["b"].used == before["b"]


def test_a_stream_of_newcomers_is_not_served_before_everybody(slow, sent, clock):
    """Sessions are opened and left as fast as the worker goes: each is new, and none has used any time."""
    opened(slow, "player")
    slow.receive(messages.Play("player"))
    run(slow, 0.5)
    sent.clear()
    slow.receive(messages.Watch("player", CREDITS))
    end, seen, number = clock.now + 3, 0, 0
    while clock.now < end:
        for _ in range(3):
            number += 1
            opened(slow, f"new {number}")
        seen = acknowledge(slow, sent, seen)
        run(slow, 0.004)
    assert len(frames(sent, "player")) > 0.9 * 90


# --- frames as differences --------------------------------------------------------------------------------------------


def whole(deflated, before):
    """The frame that came so, as docs/protocol.md has it; and its sequence."""
    magic, sequence, to = struct.unpack_from("<3I", deflated)
    assert magic == 0x32464C50
    content = np.frombuffer(zlib.decompress(deflated[12:], -15), np.uint8)
    if to:
        assert (to, len(content)) == (sequence - 1, len(before))
        content = content + np.frombuffer(before, np.uint8)
    return content.tobytes(), sequence


def test_deflated_frames_are_those_of_the_protocol_byte_for_byte(bench, sent, monkeypatch):
    packed = []
    pack = wire.pack
    monkeypatch.setattr(wire, "pack", lambda *arguments: packed.append(pack(*arguments)) or packed[-1])
    seat(bench, watched=False)
    bench.handle(messages.Watch("a", CREDITS, True))
    bench.handle(messages.Play("a"))
    acknowledged(bench, sent, 0.5)
    bench.receive(messages.Select("a", (0, 1)))
    bench.receive(messages.View("a", 3))
    acknowledged(bench, sent, 0.2)
    bench.receive(messages.View("a", None))
    bench.receive(messages.NewData("a", Config(seed="0.7"), 2))
    acknowledged(bench, sent, 0.2)
    bench.receive(messages.Rebuild("a", Recording(Config().updated({"networkShape": [3]})), 20, 3))
    acknowledged(bench, sent, 0.2)
    bench.receive(messages.Watch("a", CREDITS, True))
    acknowledged(bench, sent, 0.2)
    read, before, numbers, wholes = [], b"", [], []
    for frame in frames(sent):
        before, sequence = whole(frame.packed, before)
        read.append(before)
        numbers.append(sequence)
        if not struct.unpack_from("<I", frame.packed, 8)[0]:
            wholes.append(struct.unpack_from("<I", before, 4)[0])
    assert read == packed
    assert numbers == list(range(1, len(packed) + 1))
    assert wholes == [1, 2, 3, 3]  # the first of each generation, and after `watch`


@pytest.mark.parametrize(("shape", "most"), [([4, 2], 2100), ([8, 8], 4500)])
def test_a_class_on_one_wifi_has_small_frames(bench, sent, shape, most):
    """At 60 epochs and 30 frames a second: half a megabit a second for the default network."""
    features = {key: True for key in ("xSquared", "ySquared", "xTimesY", "sinX", "sinY") if shape == [8, 8]}
    for data in ("circle", "xor", "gauss", "spiral"):
        seat(bench, data, Config().updated({"dataset": data, "networkShape": shape, **features}), watched=False)
        bench.handle(messages.Watch(data, CREDITS, True))
        bench.handle(messages.Play(data))
        acknowledged(bench, sent, 10, data)
        bench.handle(messages.Close(data))
    sizes = [message.packed for message in sent if isinstance(message, messages.Frame)]
    assert len(sizes) > 4 * 250
    assert sum(map(len, sizes)) / len(sizes) <= most


# --- an epoch that has passed -----------------------------------------------------------------------------------------


def flags_of(message):
    return struct.unpack_from("<H", message.packed, 14)[0]


def parameters_of(message, count=25):
    return struct.unpack_from(f"<{count}d", message.packed, 64)


def acknowledged(bench, sent, seconds, name="a"):
    """Runs, and gives a credit back for every frame, as a page does."""
    end = bench.clock.now + seconds
    while bench.clock.now < end:
        told = len(frames(sent, name))
        run(bench, 0.004)
        for _ in frames(sent, name)[told:]:
            bench.receive(messages.Credit(name))


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
    sent, clock = [], Clock()
    bench = Bench(sent.append, clock=clock)
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
    train = looked_at.player.engine.train
    looked_at.player.engine.train = lambda: (counted.append(1), train())
    edited = Recording(Config()).with_edit(900, LearningRate(0.1))
    bench.receive(messages.Rebuild("a", edited, 950, 2, True))
    acknowledged(bench, sent, 0.5)
    assert looked_at.engine.epoch == 950
    assert len(counted) <= 50 + 8  # keyframes of a thousand epochs are 4 apart


# --- a seat fails alone -----------------------------------------------------------------------------------------------


def failing(*_):
    raise ZeroDivisionError("an engine that raises")


@pytest.mark.parametrize("part", ["train", "scores", "maps", "snapshot", "set_weight", "rebuild"])
def test_a_session_whose_engine_raises_is_gone_and_told_and_the_others_go_on(bench, sent, part):
    broken = seat(bench, "broken")
    other = seat(bench, "other")
    run(bench, 0.2)
    setattr(broken.engine, part, failing)
    for name in ("broken", "other"):
        bench.receive(messages.Play(name))
        bench.receive(messages.SetWeight(name, 0, 0, 0, 0.5))
    if part == "rebuild":
        bench.receive(messages.Reset("broken", 2))
    bench.receive(messages.Credit("broken"))
    run(bench, 1)
    assert list(bench.seats) == ["other"]
    told = [message for message in sent if isinstance(message, messages.Failed)]
    assert [(message.session, message.generation) for message in told] == [("broken", 1)]
    assert "an engine that raises" in told[0].cause
    assert other.engine.epoch > 40
    bench.receive(messages.Play("broken"))  # late messages do no harm
    run(bench, 0.1)


def test_a_job_that_fails_costs_nothing_else(bench, sent, monkeypatch):
    monkeypatch.setattr(worker.jobs, "write_code", lambda _there, _form: map(failing, [None]))
    training = seat(bench)
    bench.receive(messages.WriteCode("a", 7, Moment(Recording(Config()), 10), "onnx"))
    bench.receive(messages.Play("a"))
    run(bench, 1)
    told = [message for message in sent if isinstance(message, messages.Told)]
    assert [(one.kind, one.number) for one in told] == [("onnx", 7)]
    assert "an engine that raises" in told[0].told["error"]
    assert training.engine.epoch > 40


def test_a_session_that_cannot_be_opened_fails_alone(bench, sent, monkeypatch):
    monkeypatch.setattr(worker, "Player", failing)
    opened(bench, "broken")
    run(bench, 0.1)
    assert bench.seats == {}
    assert (sent[-1].session, sent[-1].generation) == ("broken", 1)
    assert isinstance(sent[-1], messages.Failed)


def test_a_failed_session_may_be_opened_again(bench, sent, monkeypatch):
    broken = seat(bench, "a")
    broken.engine.train = failing
    bench.receive(messages.Play("a"))
    run(bench, 0.1)
    bench.receive(messages.Open("a", Recording(Config()), 0, 2, None, True, 60, 1 / 30, None))
    run(bench, 1)
    assert bench.seats["a"].engine.epoch > 40


def test_who_is_served_is_noted_before(sent, clock):
    noted = []
    bench = Worker(sent.append, clock=clock, note=noted.append)
    opened(bench, "a")
    opened(bench, "b")
    run(bench, 0.01)
    assert set(noted) == {"a", "b"}


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
    bench = Bench([].append, clock=Clock())
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
