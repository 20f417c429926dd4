"""Messages on a pipe arrive one by one as they were sent, whatever pieces it gives, and an end inside one is told."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.messages import Reader, Tagged, packed


class Word(Tagged, frozen=True):
    text: str


class Numbers(Tagged, frozen=True):
    values: list[int]


READER: Reader[Word | Numbers] = Reader(Word | Numbers)
MESSAGES = st.builds(Word, st.text(max_size=300)) | st.builds(Numbers, st.lists(st.integers(-(2**60), 2**60)))


class Trickle(io.RawIOBase):
    """A stream that gives a few bytes at a time."""

    def __init__(self, content: bytes, most: int):
        self._content, self._most = io.BytesIO(content), most

    def read(self, size: int = -1) -> bytes:
        return self._content.read(min(size, self._most))


@given(st.lists(MESSAGES, max_size=4), st.integers(1, 10))
def test_messages_come_back_one_by_one_and_then_the_end(messages: list[Word | Numbers], most: int):
    stream = Trickle(b"".join(map(packed, messages)), most)
    assert [READER.read(stream) for _ in messages] == messages
    with pytest.raises(EOFError):
        READER.read(stream)


@given(MESSAGES, st.data())
def test_a_cut_off_message_is_the_end(message: Word | Numbers, draw: st.DataObject):
    whole = packed(message)
    with pytest.raises(EOFError):
        READER.read(io.BytesIO(whole[: draw.draw(st.integers(1, len(whole) - 1))]))


def test_an_absurd_length_is_refused_unread():
    with pytest.raises(ValueError, match="4294967295 bytes"):
        READER.read(io.BytesIO(b"\xff\xff\xff\xff"))
