"""The rounds of the thread that changes runs, and what it is asked between them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.refused import RefusedError
from lenet import owner
from lenet.clock import elapsing
from lenet.runs.loop import PAUSE_S, Loop
from support.processes import wait_until


class Parts:
    """Adoption, following, queueing and backend in one: notes who is called, and in which order."""

    def __init__(self) -> None:
        self.called: list[Any] = []
        self.has_whole_queue = False
        self.failing: set[str] = set()
        self.ask_again: Callable[[], object] = lambda: None
        self.has_unread = False

    def _note(self, *what: Any) -> None:
        self.called.append(what if len(what) > 1 else what[0])
        if what[0] in self.failing:
            raise OSError(what[0])

    def read_next(self) -> bool:
        self._note("next")
        return False

    def look_again(self) -> bool:
        self._note("again")
        return self.has_unread

    def news(self) -> list[str]:
        return ["news"]

    def hear(self, _news: str) -> None:
        self._note("hear")

    def prepare(self) -> None:
        self.ask_again()
        self._note("prepare")

    def note_pause(self, seconds: float) -> None:
        self._note("pause", round(seconds))

    def tell_places(self) -> None:
        self._note("places")

    def step(self) -> None:  # of the backend and of following alike
        self._note("step")

    def rounds(self) -> int:
        return self.called.count("places")


@pytest.fixture
def parts() -> Parts:
    return Parts()


@pytest.fixture
def loop(parts: Parts) -> Iterator[Loop]:
    made = Loop(parts, parts, parts, parts)  # type: ignore[arg-type]
    yield made
    made.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "lenet-runs"]


def two_rounds(parts: Parts) -> list[Any]:
    """What is done in the rounds from now on, at least one of them whole."""
    before, from_now = parts.rounds(), len(parts.called)
    wait_until(lambda: parts.rounds() >= before + 2, 10, "two rounds")
    return parts.called[from_now:]


def test_nothing_is_started_while_a_run_that_is_not_read_may_be_before_the_others(parts: Parts, loop: Loop):
    loop.prepare()
    assert "prepare" not in two_rounds(parts)
    assert parts.called.count("step") <= parts.rounds() + 1  # following's alone
    parts.has_whole_queue = True
    wait_until(lambda: "prepare" in parts.called, 10, "what was put off")
    before, rounds = parts.called.count("step"), parts.rounds()
    two_rounds(parts)
    assert parts.called.count("prepare") == 1
    assert parts.called.count("step") - before >= 2 * (parts.rounds() - rounds) - 1


def test_a_round_goes_on_whatever_raises_in_it_each_time(parts: Parts, loop: Loop):
    parts.ask_again = loop.prepare
    parts.failing, parts.has_whole_queue = {"again", "hear", "prepare"}, True
    loop.prepare()
    wait_until(lambda: "prepare" in parts.called, 10, "the failure")
    assert {"again", "hear", "prepare", "step"} <= set(two_rounds(parts))


def test_what_is_found_to_be_read_is_read_between_the_rounds(parts: Parts, loop: Loop):
    assert "next" not in two_rounds(parts)[1:]
    parts.has_unread = True
    two_rounds(parts)
    assert "next" in two_rounds(parts)


def test_only_a_gap_between_rounds_is_told_as_a_pause(parts: Parts, loop: Loop):
    two_rounds(parts)
    assert not any(isinstance(one, tuple) for one in parts.called)
    loop.do(lambda: setattr(loop, "_went_round_at", elapsing() - PAUSE_S - 55))
    wait_until(lambda: any(isinstance(one, tuple) for one in parts.called), 10, "the pause to be told")
    two_rounds(parts)
    assert [one for one in parts.called if isinstance(one, tuple)] == [("pause", round(PAUSE_S) + 55)]


def test_who_asks_is_told_whether_anything_was_changed(parts: Parts, loop: Loop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(owner, "PATIENCE_S", 0.2)
    may_go, done = threading.Event(), threading.Event()

    def take_long() -> None:
        may_go.wait(20)
        done.set()

    with pytest.raises(RefusedError) as begun:
        loop.do(take_long)
    with pytest.raises(RefusedError) as waiting:
        loop.do(lambda: None)
    may_go.set()
    assert (begun.value.status, begun.value.code, begun.value.values["may_be_done"]) == (503, "queue-unreachable", True)
    assert (waiting.value.status, waiting.value.code) == (503, "busy")
    assert done.wait(10)
    assert loop.do(lambda: 7) == 7
