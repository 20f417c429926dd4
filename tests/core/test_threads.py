"""Threads that outlive what is raised in them."""

import logging
import threading
from types import SimpleNamespace

import pytest

from core import threads
from core.refused import RefusedError
from support.processes import wait_until


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """Neither counts nor log lines of another test."""
    monkeypatch.setattr(threads, "_errors", type(threads._errors)())
    monkeypatch.setattr(threads, "_logged", {})


def test_an_exception_ends_its_block_and_nothing_else(caplog):
    done = []
    for number in range(3):
        with threads.guarded("reader"):
            done.append(number)
            raise KeyError(number)
    assert done == [0, 1, 2]
    assert threads.errors() == {"reader": 3}
    assert caplog.records[0].exc_info[0] is KeyError
    assert caplog.records[0].thread_name == "reader"


def test_what_is_no_error_is_let_through():
    with pytest.raises(SystemExit), threads.guarded("reader"):
        raise SystemExit
    assert threads.errors() == {}


def test_a_flood_of_one_kind_is_a_line_a_second_and_every_one_is_counted(caplog, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(threads, "time", SimpleNamespace(monotonic=lambda: now[0]))
    for _ in range(1000):
        threads.note("reader", KeyError())
    threads.note("reader", ValueError())
    threads.note("writer", KeyError())
    assert [(record.thread_name, record.count) for record in caplog.records] == [
        ("reader", 1), ("reader", 1), ("writer", 1)]  # fmt: skip
    now[0] += 1
    threads.note("reader", KeyError())
    assert caplog.records[-1].count == 1000  # those since the last line
    assert threads.errors() == {"reader": 1002, "writer": 1}


def test_a_repeating_thread_goes_on_after_an_exception_and_ends_when_closed(caplog):
    caplog.set_level(logging.CRITICAL)
    calls = []

    def step():
        calls.append(threading.current_thread())
        raise RuntimeError("no")

    repeating = threads.Repeating("sweeper", step, 0.001)
    wait_until(lambda: len(calls) > 3)
    repeating.close()
    assert not calls[0].is_alive()
    assert threads.errors()["sweeper"] == len(calls)


def test_what_a_repeating_thread_is_refused_is_no_error_of_the_thread(caplog):
    calls = []

    def step():
        calls.append(1)
        raise RefusedError(503, "the database cannot be reached", "database-gone")

    repeating = threads.Repeating("sweeper", step, 0.001)
    wait_until(lambda: len(calls) > 3)
    repeating.close()
    assert (threads.errors(), caplog.records) == ({}, [])


def test_a_repeating_thread_may_close_itself():
    made, ended = threading.Event(), threading.Event()

    def step():
        made.wait()
        repeating.close()
        ended.set()

    repeating = threads.Repeating("sweeper", step, 0.001)
    made.set()
    assert ended.wait(5)
    wait_until(lambda: not repeating._thread.is_alive())
    assert threads.errors() == {}


def test_a_thread_that_ends_by_an_exception_is_counted_too(monkeypatch):
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    threads.note_uncaught()

    def fall():
        raise OSError

    thread = threading.Thread(target=fall, name="of a library")
    thread.start()
    thread.join()
    assert threads.errors() == {"of a library": 1}
