"""What is drawn is kept, and nobody waits for the database but who draws. The library is the test's."""

import struct
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.refused import RefusedError
from playground import sockets
from playground.point_set import PointSet
from playground.sockets import PlaygroundNamespace
from support.processes import wait_until

OWN = PointSet(struct.pack("<BBHH", 1, 2, 200, 0) + struct.pack("<400f", *[0.5] * 400) + bytes(200))


class Slow:
    """A library that waits until it is let, and refuses as often as it is told to."""

    def __init__(self):
        self.let, self.refuses, self.kept, self.asked = threading.Event(), 0, [], 0

    def find(self, _address):
        return None

    def keep(self, own, browser):
        self.asked += 1
        self.let.wait(10)
        if self.refuses:
            self.refuses -= 1
            raise RefusedError(503, "locked", "database-locked")
        self.kept.append((own.address, browser))


@pytest.fixture
def library():
    return Slow()


@pytest.fixture
def namespace(library, monkeypatch):
    """In which everybody has drawn OWN."""
    monkeypatch.setattr(sockets, "_PAUSE", 0.02)
    made = PlaygroundNamespace(0, library=library)
    monkeypatch.setattr(made.sessions.commands, "linked_data", lambda _connection: [OWN, OWN])
    monkeypatch.setattr(made.sessions.commands, "add_points", lambda *_: None)
    yield made
    library.let.set()
    made.close()


def come(namespace, name, browser="one"):
    namespace._welcome(name, browser)


def draw(namespace, name):
    assert namespace.answer(name, "add_points", ({"label": 0, "points": [0.0, 0.0]},))["ok"]


def test_who_leaves_is_waited_for_by_nobody_and_what_he_drew_is_kept(namespace, library, monkeypatch):
    monkeypatch.setattr(sockets, "_PAUSE", 1000)  # nothing but that he leaves has it kept
    come(namespace, "a")
    draw(namespace, "a")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(namespace.trigger_event, "disconnect", "a").result(5)
    assert library.kept == []
    library.let.set()
    wait_until(lambda: library.kept == [(OWN.address, "one")])


def test_what_is_refused_is_tried_again_after_its_connection_has_gone(namespace, library):
    library.let.set()
    library.refuses = 3
    come(namespace, "a")
    namespace._strokes["a"] = float("inf")
    namespace.trigger_event("disconnect", "a")
    wait_until(lambda: library.kept == [(OWN.address, "one")])
    assert library.asked == 4


def test_what_is_refused_for_ever_is_given_up(namespace, library, monkeypatch):
    library.let.set()
    library.refuses = 10**6
    come(namespace, "a")
    namespace._strokes["a"] = float("inf")
    namespace.trigger_event("disconnect", "a")
    wait_until(lambda: not namespace._left and library.asked == sockets._TRIES)


def test_at_the_end_what_waits_is_kept_and_a_database_that_refuses_is_asked_once(namespace, library):
    library.let.set()
    namespace._keeper.close()
    for name in "abc":
        come(namespace, name, browser=name)
        namespace._strokes[name] = float("inf")
        namespace.trigger_event("disconnect", name)
    library.refuses = 1
    namespace.close()
    assert (library.asked, library.kept) == (1, [])
    namespace.close()
    assert {browser for _, browser in library.kept} == {*"abc"}
