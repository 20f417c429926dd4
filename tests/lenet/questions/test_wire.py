from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenet.questions.wire import read_frame, write_frame

MESSAGES = st.dictionaries(st.text(max_size=5), st.integers() | st.text() | st.lists(st.booleans()), max_size=4)


@given(st.lists(MESSAGES, max_size=4))
def test_messages_come_back_one_by_one_and_then_the_end(messages: list[dict]):
    stream = io.BytesIO()
    for message in messages:
        write_frame(stream, message)
    stream.seek(0)
    assert [read_frame(stream) for _ in messages] == messages
    assert read_frame(stream) is None


@given(MESSAGES, st.data())
def test_a_cut_off_message_is_an_error(message: dict, draw: st.DataObject):
    stream = io.BytesIO()
    write_frame(stream, message)
    whole = stream.getvalue()
    with pytest.raises(EOFError):
        read_frame(io.BytesIO(whole[: draw.draw(st.integers(1, len(whole) - 1))]))


def test_an_absurd_length_is_refused_unread():
    with pytest.raises(ValueError, match="4294967295 bytes"):
        read_frame(io.BytesIO(b"\xff\xff\xff\xff"))
