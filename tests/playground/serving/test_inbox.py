"""Merging, held against carrying out every command one after the other."""

import copy
import itertools
import math
from array import array
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.config import Config
from playground.recording.moment import Moment
from playground.recording.recording import Recording
from playground.serving import messages, wire
from playground.serving.inbox import CREDITS, MOST_PLAIN, Inbox, Mailbox
from playground.serving.worker import Worker
from playground.snapshot import Snapshot
from support.long import examples

SHAPES = [(), (2,), (3, 2)]
EDITED = [(0, 0), (0, 1)]  # layer and source of edits; node 0 is there in every shape


@pytest.fixture(scope="module", autouse=True)
def compiled():
    wire.warm_up()


class Page:
    """Sends commands as `Sessions` does: with the whole config and a rising generation."""

    def __init__(self):
        self.config, self.generation = Config(), 1

    def message(self, kind, value):
        name = "a"
        if kind == "rebuild":
            self.config = self.config.updated({"networkShape": list(SHAPES[value % 3]), "noise": value % 5})
        elif kind == "configure":
            self.config = self.config.updated({"learningRate": 0.1 * (1 + value % 4)})
        elif kind == "new_data":
            self.config = self.config.updated({"seed": f"0.{value}", "weightsDraw": 0})
        self.generation += kind in ("rebuild", "reset", "restore", "new_data")
        arguments = {
            "rebuild": (Recording(self.config), value % 2, self.generation),
            "configure": (self.config,), "reset": (self.generation,),
            "restore": (self.snapshot(value), self.generation),
            "new_data": (self.config, self.generation), "step": (value + 1,), "select": ((0, value % 4),),
            "set_weight": (0, 0, value % 2, float(value)), "set_bias": (0, 0, float(value)),
            "set_speed": (None if value % 2 else float(value + 1),), "set_frame_interval": (1 / (1 + value),),
            "view": (value if value % 2 else None,),
            "watch": (value % (CREDITS + 1),),
        }  # fmt: skip
        return KINDS[kind](name, *arguments.get(kind, ()))

    def snapshot(self, value):
        """Of a network that a page has kept: another for each value."""
        sizes = (len(self.config.features), *self.config.network_shape, 1)
        count = sum(nodes * (inputs + 1) for inputs, nodes in itertools.pairwise(sizes))
        parameters = array("d", [value / 10] * count).tobytes()
        return Snapshot(value, 0, parameters, gradient=bytes(8 * count), dead=bytes(count))


KINDS = {
    "rebuild": messages.Rebuild, "configure": messages.Configure, "reset": messages.Reset, "restore": messages.Restore,
    "new_data": messages.NewData, "play": messages.Play, "pause": messages.Pause, "step": messages.Step,
    "select": messages.Select, "set_weight": messages.SetWeight, "set_bias": messages.SetBias,
    "set_speed": messages.SetSpeed, "set_frame_interval": messages.SetFrameInterval, "watch": messages.Watch,
    "unwatch": messages.Unwatch, "suspend": messages.Suspend, "view": messages.View, "credit": messages.Credit,
}  # fmt: skip
OPEN = messages.Open("a", Recording(Config()), 0, 1, None, False, None, 1 / 30, None)
sequences = st.lists(st.tuples(st.sampled_from(list(KINDS)), st.integers(0, 7)), max_size=30)


def opened(diverged):
    """A worker whose one session has trained a little; and the list of what it sends."""
    sent = []
    bench = Worker(sent.append, clock=lambda: 100.0)
    bench.receive(messages.Open("a", Recording(Config()), 0, 1, None, True, None, 1 / 30, None))
    carry_out(bench)
    seat = bench.seats["a"]
    for _ in range(3):
        seat.engine.train()
    if diverged:
        seat.engine.set_weight(0, 0, 0, math.nan)
        seat._diverge()
    sent.clear()
    return bench, sent


def carry_out(bench):
    seat = bench.seats["a"]
    while seat.inbox:
        seat.carry_out(seat.inbox.pop())


def state(bench, is_recorded):
    """All that decides what the session does next, when it has come where it was told to go."""
    seat = bench.seats["a"]
    while seat.steps:  # from wherever it was soonest there
        seat.steps -= 1
        seat.player.train()
    engine = seat.engine
    kept = {**vars(seat), **vars(seat.screen)}
    for name in ("player", "inbox", "used", "due", "stale", "screen", "send", "clock"):
        del kept[name]
    # Without a credit nothing is shown, and the next `watch` shows all the same.
    kept["stale"] = seat.stale if seat.screen.credits else None
    kept["goal"] = kept["curve"] = None  # which say what is told of the way there
    kept["drawn"] = seat.screen.drawn if seat.screen.watched else None
    arrays = (engine.parameters, engine._initial, engine._gradient, engine._dead, engine.train_points)
    recording = seat.player.recording
    if is_recorded:
        kept["recording"] = recording.config, sorted(recording.edits, key=repr)
    return kept, engine.config, engine.epoch, engine._count, [str(one.tolist()) for one in arrays]


def last(sent, event):
    return next((message for message in reversed(sent) if isinstance(message, event)), None)


def status(sent, is_suspended):
    """The last, without why it pauses where a suspension may be the reason."""
    told = last(sent, messages.Status)
    return msgspec.structs.replace(told, reason=None) if told and is_suspended else told


def counted(sent):
    """How much is told; but that the way to a link's epoch was left, a reset that comes before new data may hide."""
    return sum(not isinstance(message, messages.Curve | messages.Cut) for message in sent)


def points(message):
    """Without their generation, which a reset raises without sending them again."""
    return message and message.packed[8:]


@settings(deadline=None, max_examples=examples(80, of=400))
@given(sequences, st.booleans())
def test_merged_commands_end_as_all_of_them_would(sequence, diverged):
    page = Page()
    commands = [page.message(*one) for one in sequence]
    one_by_one, sent_each = opened(diverged)
    for message in commands:
        one_by_one.receive(message)
        carry_out(one_by_one)
    merged, sent_merged = opened(diverged)
    for message in commands:
        merged.receive(message)
    carry_out(merged)
    is_recorded = "restore" not in dict(sequence)  # else no recording leads to what there is
    assert state(merged, is_recorded) == state(one_by_one, is_recorded)
    is_suspended = "suspend" in dict(sequence)  # the last stands for all, so that more may be told before it, or less
    assert status(sent_merged, is_suspended) == status(sent_each, is_suspended)
    if merged.seats["a"].screen.watched:
        assert points(last(sent_merged, messages.Points)) == points(last(sent_each, messages.Points))
    assert counted(sent_merged) <= counted(sent_each)


@settings(deadline=None, max_examples=examples(60, of=200))
@given(sequences, st.integers(0, 30))
def test_merging_in_two_places_is_merging(sequence, cut):
    """The web process merges what has not been written; the worker merges what was read."""
    page = Page()
    commands = [page.message(*one) for one in sequence]
    both, _ = opened(diverged=False)
    box = Mailbox()
    for part in (commands[:cut], commands[cut:]):
        for message in part:
            box.put(message)
        for message in box.take():
            both.receive(message)
    carry_out(both)
    plain, _ = opened(diverged=False)
    for message in commands:
        plain.receive(message)
        carry_out(plain)
    is_recorded = "restore" not in dict(sequence)
    assert state(both, is_recorded) == state(plain, is_recorded)


edits = st.tuples(st.just("set_weight"), st.integers(0, 5), st.integers(0, 7), st.integers(0, 7), st.floats(-1, 1))
anything = st.one_of(
    edits,
    st.tuples(st.sampled_from(list(KINDS)), st.integers(0, 7)).filter(lambda one: one[0] != "set_weight"),
    st.tuples(st.sampled_from([OPEN, messages.Close("a"), messages.Ping()])),
)


@settings(deadline=None)
@given(st.lists(anything, max_size=200))
def test_what_waits_is_bounded_whatever_comes(sequence):
    inbox, page = Inbox(), Page()
    edited = set()
    for kind, *rest in sequence:
        if kind == "set_weight":
            edited.add(tuple(rest[:-1]))
            inbox.put(messages.SetWeight("a", *rest))
        else:
            inbox.put(page.message(kind, *rest) if rest else kind)
        assert len(inbox) <= MOST_PLAIN + len(edited) + 2  # the bias, and Ping


def test_a_drag_of_a_thousand_steps_is_one_command():
    inbox = Inbox()
    for value in range(1000):
        inbox.put(messages.SetWeight("a", 0, 1, 0, value / 1000))
        inbox.put(messages.Configure("a", Config(learning_rate=0.1)))
    assert len(inbox) == 2
    assert inbox.pop() == messages.SetWeight("a", 0, 1, 0, 0.999)


def test_credits_add_up_to_as_many_as_there_are():
    inbox = Inbox()
    for _ in range(10):
        inbox.put(messages.Credit("a"))
    assert len(inbox) == CREDITS


def test_credits_after_watch_add_to_those_that_it_gives():
    inbox = Inbox()
    for message in [messages.Credit("a"), messages.Watch("a", 0), messages.Credit("a")]:
        inbox.put(message)
    assert [inbox.pop(), len(inbox)] == [messages.Watch("a", 1), 0]


def test_a_session_that_ends_before_it_was_opened_leaves_nothing():
    inbox = Inbox()
    for message in [OPEN, messages.Play("a"), messages.Close("a")]:
        inbox.put(message)
    assert len(inbox) == 0


def test_a_session_that_ends_is_told_whatever_else_waits():
    inbox = Inbox()
    for message in [messages.Play("a"), messages.Close("a")]:
        inbox.put(message)
    assert inbox.pop() == messages.Close("a")
    assert len(inbox) == 0
    with pytest.raises(IndexError):
        inbox.pop()


def test_what_waits_is_carried_out_after_the_session_is_opened_anew():
    """A worker was replaced: the new one knows nothing."""
    inbox = Inbox()
    for message in [messages.Play("a"), messages.SetBias("a", 0, 0, 1.0), OPEN]:
        inbox.put(message)
    assert [type(inbox.pop()) for _ in range(3)] == [messages.Open, messages.Play, messages.SetBias]


# --- between threads --------------------------------------------------------------------------------------------------


def test_nothing_is_lost_between_threads():
    box, taken = Mailbox(), []

    def put(sender):
        for number in range(500):
            box.put(messages.Select(f"{sender}", (0, number)))

    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(put, sender) for sender in range(8)]
        while not all(one.done() for one in done) or len(box):
            taken += box.take()
    for sender in range(8):
        numbers = [message.selected[1] for message in taken if message.session == f"{sender}"]
        assert numbers == sorted(numbers)
        assert numbers[-1] == 499


def test_what_is_held_stays_and_comes_after_what_was_put_for_the_new_worker():
    box = Mailbox()
    box.hold(True)
    box.put(messages.Play("a"))
    assert not box.is_waiting
    assert box.take() == []
    box.put(OPEN)
    box.hold(False)
    assert [type(message) for message in box.take()] == [messages.Open, messages.Play]


def test_a_file_takes_the_place_of_one_of_its_own_format_alone():
    inbox = Inbox()
    there = Moment(Recording(Config()), 1)
    asked = [messages.WriteCode("a", number, there, form) for number, form in enumerate(("py", "onnx", "py", "ipynb"))]
    for message in asked:
        inbox.put(message)
    assert [inbox.pop() for _ in range(len(inbox))] == [asked[1], asked[2], asked[3]]


def test_a_flood_takes_no_memory():
    box = Mailbox()
    page = Page()
    for number, kind in zip(range(5000), itertools.cycle(KINDS), strict=False):
        box.put(copy.copy(page.message(kind, number % 8)))
    assert len(box) <= MOST_PLAIN + 3
