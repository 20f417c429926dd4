"""Whoever sends waits for nothing, and what was meant for a reader that is gone does not reach the next."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import pytest

from core.messages import Reader, Tagged
from core.outgoing import Outgoing, Queue


class Word(Tagged, frozen=True):
    text: str


WORDS: Reader[Word] = Reader(Word)


@pytest.fixture
def outgoing() -> Iterator[Outgoing[Word]]:
    outgoing = Outgoing("test-writer", Queue[Word]())
    yield outgoing
    outgoing.close(5, lambda: None)


def attached(outgoing: Outgoing[Word]):
    reading, writing = os.pipe()
    outgoing.attach(os.fdopen(writing, "wb"))
    outgoing.release()
    return os.fdopen(reading, "rb")


def test_more_than_a_pipe_holds_is_sent_at_once_and_arrives_in_its_order(outgoing: Outgoing[Word]):
    with attached(outgoing) as pipe:
        began = time.monotonic()
        for number in range(300):
            outgoing.send(Word(f"{number} " + "x" * 10 * number))
        assert time.monotonic() - began < 1
        assert [int(WORDS.read(pipe).text.split()[0]) for _ in range(300)] == list(range(300))


def test_between_two_readers_what_is_sent_waits_for_the_second(outgoing: Outgoing[Word]):
    with attached(outgoing) as pipe:
        for _ in range(300):
            outgoing.send(Word("for the first" * 1000))
        assert WORDS.read(pipe)
    outgoing.detach()
    outgoing.send(Word("for the second"))
    with attached(outgoing) as pipe:
        assert WORDS.read(pipe).text == "for the second"


def test_without_a_thread_the_next_pipe_gets_one(outgoing: Outgoing[Word], monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:

        def refuse(_thread: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(OSError, match="no more threads"):
            attached(outgoing)
    with attached(outgoing) as pipe:
        outgoing.send(Word("hello"))
        assert WORDS.read(pipe).text == "hello"


def test_what_waits_for_a_reader_that_ends_is_forgotten():
    queue = Queue[Word]()
    queue.put(Word("for the first"))
    assert queue.is_waiting
    queue.hold(True)
    queue.put(Word("for the second"))
    assert (queue.is_waiting, queue.take()) == (False, [])
    queue.hold(False)
    assert queue.take() == [Word("for the second")]


def test_a_message_that_cannot_be_written_costs_none_of_the_others(outgoing: Outgoing[Word]):
    for text in ("one", "half a character: \ud800", "two"):  # they wait together until there is a pipe
        outgoing.send(Word(text))
    with attached(outgoing) as pipe:
        assert [WORDS.read(pipe).text for _ in range(2)] == ["one", "two"]
