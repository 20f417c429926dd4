"""The scheduler: a clock that the test moves, and a list of what was sent."""

import math
from functools import partial

import msgspec
import pytest

from playground import engine
from playground.config import Config
from playground.engine import Engine
from playground.recording.moment import Moment
from playground.recording.recording import Recording
from playground.serving import jobs, messages
from playground.serving.inbox import CREDITS
from playground.serving.seat import SLICE, Seat
from playground.serving.worker import Worker
from playground.studies.plan import Plan
from support.long import parametrize
from support.worker_bench import failing, frames, run, seat


@pytest.mark.parametrize("cost", [0.003, 3 * SLICE])
def test_sessions_get_equal_shares_of_time(bench, still, cost):
    """One with the largest net at full speed and two small ones: a third of the time each, whatever an epoch costs,
    though it takes longer than a turn."""
    costs = {"large": cost, "small": 0.0001, "other": 0.0002}
    seats = {name: seat(bench, name, epochs_per_second=None, cost=one, watched=False) for name, one in costs.items()}
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


def test_a_credit_takes_no_turn_unless_something_waits_before_it(bench, sent):
    one = seat(bench)
    one.screen.credits = 0
    bench.receive(messages.Credit("a"))
    assert (one.screen.credits, len(one.inbox)) == (1, 0)
    bench.receive(messages.Pause("a"))
    bench.receive(messages.Credit("a"))
    assert (one.screen.credits, len(one.inbox)) == (1, 2)


@pytest.fixture
def costly(still, monkeypatch):
    """Every epoch of every engine takes 2 ms by the clock, those of jobs included, or a part of one that is divided; it
    is counted."""
    train_part, trained = Engine.train_part, []

    def timed(engine):
        still.now += EPOCH
        trained.append(engine)
        return train_part(engine)

    monkeypatch.setattr(Engine, "train_part", timed)
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
    "files": (*(messages.WriteCode("", 1, CODE.there, form) for form in ("py", "ipynb", "onnx")), STRIP),
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


@parametrize("work", WORKS, short=2)
def test_a_hundred_sessions_that_were_left_take_nothing_of_one_that_is_watched(bench, sent, costly, work):
    join(bench, "player", messages.Play(""))
    for number in range(100):
        join(bench, f"left {number}", *WORKS[work], is_left=True)
    assert frames_a_second(bench, sent) > 0.9 * 30


@parametrize("work", WORKS, short=3)
def test_many_sessions_of_one_owner_have_the_share_of_one(bench, costly, work):
    """Of a browser, or of programs: a watched session has half the time whatever twenty of another owner do."""
    for number in range(20):
        join(bench, f"many {number}", *WORKS[work])
    join(bench, "one", *FASTEST, owner="browser")
    run(bench, 2)
    before, ours = bench.clock.now, bench.seats["one"].engine
    costly.clear()
    run(bench, 3)
    own = sum(one is ours for one in costly)
    assert own * EPOCH / (bench.clock.now - before) == pytest.approx(0.5, abs=0.05)


def test_sessions_of_one_owner_have_equal_shares_of_its_part(bench, costly):
    for name in "abc":
        join(bench, name, *FASTEST)
    join(bench, "other", *FASTEST, owner="browser")
    run(bench, 6)
    costs = [bench.seats[name].engine.epoch * EPOCH for name in ("a", "b", "c", "other")]
    assert costs == pytest.approx([1, 1, 1, 3], rel=0.1)


@pytest.mark.parametrize("divided", [False, True])
@pytest.mark.parametrize("work", WORKS)
def test_a_turn_is_a_slice_of_time_whatever_it_is_used_for(bench, still, costly, monkeypatch, work, divided):
    """It ends with the epoch in which the slice does, or with the part of one that takes long."""
    if divided:
        monkeypatch.setattr(engine, "PART", 1)  # each epoch has ten, of a batch
    join(bench, "a", *WORKS[work])
    longest = 0.0
    while still.now < 102:
        before = still.now
        idle = bench.work()
        longest = max(longest, still.now - before)
        still.now += idle if idle < 1 else 1
    assert longest <= SLICE + EPOCH + 1e-9
    assert costly


def test_a_frame_that_takes_long_has_a_turn_of_its_own(bench, sent, still):
    """Of a large network it takes as long as several epochs: whoever waits waits for the one or for the others."""
    large = seat(bench, "large", epochs_per_second=None, cost=0.003, frame_interval=0.02)
    other = seat(bench, "other", epochs_per_second=None, cost=0.0001)
    show = large.screen.show

    def take_long(*about):
        still.now += 0.011
        show(*about)

    large.screen.show = take_long
    for name in ("large", "other"):
        bench.handle(messages.Play(name))
    turns, until = [], still.now + 3
    while still.now < until:
        before = still.now, large.used
        bench.work()
        if large.used > before[1]:
            turns.append(still.now - before[0])
        if len(frames(sent, "large")) and not large.screen.credits:
            bench.receive(messages.Credit("large"))
    assert len(frames(sent, "large")) > 40
    assert max(turns) < 0.0115
    assert large.engine.epoch > 100
    assert other.engine.epoch > 1000


@parametrize("work", WORKS, short=3)
def test_a_suspended_session_does_nothing_and_goes_on_where_it_was(bench, sent, still, costly, work):
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
    assert bench.seats["a"].engine.epoch > epoch or work in ("study", "code", "files", "all")
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


def test_a_closed_session_leaves_nothing(bench):
    seat(bench)
    bench.handle(messages.Close("a"))
    assert bench.seats == {}
    bench.handle(messages.Play("a"))  # late messages do no harm
    assert bench.work() == math.inf


COST = 0.003


@pytest.fixture
def slow(bench, still, monkeypatch):
    """A worker to which every command costs `COST` seconds, but for the acknowledgement of a frame."""
    carry_out = Seat.carry_out

    def slowly(seat, message):
        if not isinstance(message, messages.Credit):
            still.now += COST
        carry_out(seat, message)

    monkeypatch.setattr(Seat, "carry_out", slowly)
    return bench


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
def test_a_flood_of_commands_leaves_a_player_its_frames(slow, sent, still, command):
    """Ten sessions with a command or two waiting at any time, 3 ms each: 333 a second are all that can be done."""
    for name in "0123456789":
        opened(slow, name)
    opened(slow, "player")
    slow.receive(messages.Play("player"))
    run(slow, 0.5)
    sent.clear()
    slow.receive(messages.Watch("player", CREDITS))
    start, seen, before = still.now, 0, 0
    while still.now < start + 4:
        if still.now < start + 1:  # until it has paid for its own commands
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
    assert slow.seats["a"].used - before["a"] >= COST
    assert slow.seats["b"].used == before["b"]


def test_a_stream_of_newcomers_is_not_served_before_everybody(slow, sent, still):
    """Sessions are opened and left as fast as the worker goes: each is new, and none has used any time."""
    opened(slow, "player")
    slow.receive(messages.Play("player"))
    run(slow, 0.5)
    sent.clear()
    slow.receive(messages.Watch("player", CREDITS))
    end, seen, number = still.now + 3, 0, 0
    while still.now < end:
        for _ in range(3):
            number += 1
            opened(slow, f"new {number}")
        seen = acknowledge(slow, sent, seen)
        run(slow, 0.004)
    assert len(frames(sent, "player")) > 0.9 * 90


@pytest.mark.parametrize("part", ["train_part", "scores", "maps", "snapshot", "set_weight", "rebuild"])
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


def test_a_session_that_cannot_be_opened_fails_alone(bench, sent, monkeypatch):
    monkeypatch.setattr("playground.serving.seat.Player", failing)
    opened(bench, "broken")
    run(bench, 0.1)
    assert bench.seats == {}
    assert (sent[-1].session, sent[-1].generation) == ("broken", 1)
    assert isinstance(sent[-1], messages.Failed)


def test_a_failed_session_may_be_opened_again(bench, sent, monkeypatch):
    broken = seat(bench, "a")
    broken.engine.train_part = failing
    bench.receive(messages.Play("a"))
    run(bench, 0.1)
    bench.receive(messages.Open("a", Recording(Config()), 0, 2, None, True, 60, 1 / 30, None))
    run(bench, 1)
    assert bench.seats["a"].engine.epoch > 40


def test_who_is_served_is_noted_before(sent, still):
    noted = []
    bench = Worker(sent.append, clock=still, note=noted.append)
    opened(bench, "a")
    opened(bench, "b")
    run(bench, 0.01)
    assert set(noted) == {"a", "b"}
