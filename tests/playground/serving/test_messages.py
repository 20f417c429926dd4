"""What goes through a worker's pipe arrives as it was sent, and bytes that are not a message are told."""

import io
import math
import struct
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.messages import MOST_BYTES, packed
from playground.config import Config
from playground.serving import messages
from playground.serving.messages import ANSWERS, COMMANDS
from playground.snapshot import Scores, Snapshot
from support.strategies import configs, edits, recordings

_counts, _bytes = st.integers(0, 2**40), st.binary(max_size=40)
snapshots = st.builds(Snapshot, _counts, _counts, _bytes, _bytes, _bytes, means=_bytes, steps=_counts)


@given(recordings(), st.none() | snapshots, st.none() | st.floats(0, 1e6))
def test_a_command_arrives_as_it_was_sent(recording, snapshot, speed):
    sent = [
        messages.Open("å", recording, 7, 2**33, snapshot, True, speed, 1 / 30, (0, 3)),
        messages.Step("", 10**6),
        messages.SetWeight("a", 0, 1, 2, -1.5),
        messages.Ping(),
    ]
    stream = io.BytesIO(b"".join(map(packed, sent)))
    assert [COMMANDS.read(stream) for _ in sent] == sent
    with pytest.raises(EOFError):
        COMMANDS.read(stream)


@given(st.binary(max_size=100), snapshots)
def test_an_answer_arrives_as_it_was_sent(data, snapshot):
    frame = messages.Frame("a", data, 1, (Scores(0.5, math.inf, 0.25, 1.0), snapshot))
    stream = io.BytesIO(packed(frame) + packed(messages.Pong()) + packed(messages.Ready(None)))
    assert [ANSWERS.read(stream) for _ in range(3)] == [frame, messages.Pong(), messages.Ready(None)]


@given(st.data())
def test_an_edit_arrives_as_it_was_made(data):
    edited = messages.Edited("a", 1, 2**31, data.draw(edits(data.draw(configs()))))
    assert ANSWERS.read(io.BytesIO(packed(edited))) == edited


def test_a_loss_that_is_no_number_stays_one():
    scores = Scores(math.nan, 1.0, math.nan, math.nan)
    frame = messages.Frame("a", b"", 1, (scores, Snapshot(0, 0, b"", b"", b"")))
    assert math.isnan(ANSWERS.read(io.BytesIO(packed(frame))).newest[0].train_loss)


@pytest.mark.parametrize("sent", [b"some text that a library prints", struct.pack("<I", 3) + b"abc",
                                  struct.pack("<I", MOST_BYTES + 1), packed(messages.Pong())])  # fmt: skip
def test_what_is_no_command_is_told(sent):
    with pytest.raises(ValueError, match=r"."):
        COMMANDS.read(io.BytesIO(sent))


@pytest.mark.parametrize("length", range(1, len(packed(messages.Play("a")))))
def test_half_a_message_is_the_end(length):
    with pytest.raises(EOFError):
        COMMANDS.read(io.BytesIO(packed(messages.Play("a"))[:length]))


def test_every_message_has_a_name_of_its_own():
    kinds = [*get_args(messages.Command), *get_args(messages.Answer)]
    assert len({kind.__struct_config__.tag for kind in kinds}) == len(kinds)
    assert Config() == COMMANDS.read(io.BytesIO(packed(messages.Configure("a", Config())))).config
