"""One thread works off what others ask, and does what is due in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from core import threads
from lenet.owner import NotDoneError, Owner, UnknownError
from support.processes import wait_until


@pytest.fixture
def owner() -> Iterator[Owner]:
    with closing(started(nothing)) as owner:
        yield owner


def nothing() -> bool:
    return False


def started(step: Callable[[], bool], spare: Callable[[], bool] = nothing) -> Owner:
    owner = Owner("test-owner", step, 0.02, spare)
    owner.start()
    return owner


def block(owner: Owner) -> threading.Event:
    """Keeps the thread at work until the event is set."""
    begun, go_on = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(20)

    threading.Thread(target=lambda: owner.do(work, 20)).start()
    assert begun.wait(10)
    return go_on


def test_work_is_done_in_the_one_thread_and_answered(owner: Owner):
    names = {owner.do(lambda: threading.current_thread().name) for _ in range(5)}
    assert names == {"test-owner"}
    assert owner.do(lambda: owner.do(lambda: 7)) == 7  # from inside at once


def test_what_the_work_raises_is_for_who_asked(owner: Owner):
    with pytest.raises(ZeroDivisionError):
        owner.do(lambda: 1 // 0)
    assert owner.do(lambda: 1) == 1


def test_who_is_not_answered_in_time_may_be_sure_that_nothing_happens(owner: Owner):
    go_on, done = block(owner), []
    start = time.monotonic()
    with pytest.raises(NotDoneError, match="busy"):
        owner.do(lambda: done.append(1), 0.2)
    assert time.monotonic() - start < 2
    go_on.set()
    owner.do(lambda: None)
    assert done == []


def test_what_has_begun_and_is_not_done_in_time_is_said_to_be_unknown(owner: Owner):
    go_on = threading.Event()
    with pytest.raises(UnknownError):
        owner.do(lambda: go_on.wait(20), 0.1)
    go_on.set()


def test_only_so_many_wait(owner: Owner, monkeypatch: pytest.MonkeyPatch):
    go_on = block(owner)
    for _ in range(200):
        with pytest.raises(NotDoneError):
            owner.do(lambda: None, 0)
    start = time.monotonic()
    with pytest.raises(NotDoneError, match="busy"):
        owner.do(lambda: None, 20)
    assert time.monotonic() - start < 5
    go_on.set()
    wait_until(lambda: owner._asked.empty(), 10, "those that gave up to be passed over")
    assert owner.do(lambda: 1) == 1


def test_a_step_that_raises_is_counted_and_the_next_comes_and_so_does_what_can_wait():
    steps: list[int] = []
    before = threads.errors().get("test-owner", 0)
    spare = [3]

    def step() -> bool:
        steps.append(1)
        raise ZeroDivisionError

    def rest() -> bool:
        spare[0] -= 1
        return spare[0] > 0

    with closing(started(step, rest)) as owner:
        wait_until(lambda: len(steps) > 3 and spare[0] == 0, 10, "steps")
        assert owner.do(lambda: 1) == 1
    assert threads.errors()["test-owner"] - before >= 3


def test_closing_ends_the_thread_and_whoever_waits(owner: Owner):
    go_on, told = block(owner), []

    def ask() -> None:
        try:
            owner.do(lambda: None, 20)
        except NotDoneError as error:
            told.append(str(error))

    asker = threading.Thread(target=ask)
    asker.start()
    wait_until(lambda: owner._asked.qsize() == 1, 10, "the question to wait")
    owner._closing.set()
    go_on.set()
    owner.close()
    asker.join(10)
    assert told == ["the server is closing"]
    with pytest.raises(NotDoneError, match="closing"):
        owner.do(lambda: None)
