"""Whoever sends waits for nothing, and what was meant for a reader that is gone does not reach the next."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import pytest

from core.messages import Reader, Tagged
from core.outgoing import SMALL, Outgoing, Queue
from support.processes import wait_until


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


@pytest.fixture
def writers(outgoing: Outgoing[Word], monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """Who has written into the pipe."""
    noted: list[threading.Thread] = []
    put_through = outgoing._put_through

    def note(data: bytes) -> None:
        noted.append(threading.current_thread())
        put_through(data)

    monkeypatch.setattr(outgoing, "_put_through", note)
    return noted


def test_what_is_handed_over_is_written_by_who_has_it_where_nothing_waits(outgoing: Outgoing[Word], writers):
    with attached(outgoing) as pipe:

        def is_written_here() -> bool:
            outgoing.hand(Word("hello"))
            assert WORDS.read(pipe).text == "hello"
            return writers[-1] is threading.current_thread()

        wait_until(is_written_here, 5, "the thread to have done what it had to")
        assert all(is_written_here() for _ in range(5))


def test_what_is_handed_over_comes_after_all_that_was_sent_before(outgoing: Outgoing[Word]):
    with attached(outgoing) as pipe:
        for number in range(300):
            outgoing.send(Word(f"{number} " + "x" * 10 * number))
            outgoing.hand(Word(f"{number} handed"))
        texts = [WORDS.read(pipe).text.split()[0] for _ in range(600)]
        assert texts == [str(number) for number in range(300) for _ in range(2)]


def test_handing_over_waits_for_nothing_where_the_pipe_is_full(outgoing: Outgoing[Word]):
    with attached(outgoing) as pipe:
        began = time.monotonic()
        for number in range(20_000):
            outgoing.hand(Word(f"{number}"))
        assert time.monotonic() - began < 5
        assert [WORDS.read(pipe).text for _ in range(20_000)] == list(map(str, range(20_000)))


def test_what_is_large_is_not_written_by_who_hands_it_over(outgoing: Outgoing[Word], writers):
    with attached(outgoing) as pipe:
        for _ in range(5):
            outgoing.hand(Word("x" * SMALL))
            assert len(WORDS.read(pipe).text) == SMALL
    assert threading.current_thread() not in writers


def test_between_two_readers_what_is_handed_over_waits_too(outgoing: Outgoing[Word]):
    with attached(outgoing):
        pass
    outgoing.hand(Word("for nobody"))
    outgoing.detach()
    outgoing.hand(Word("for the second"))
    with attached(outgoing) as pipe:
        assert WORDS.read(pipe).text == "for the second"


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
