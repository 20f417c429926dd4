"""Work in steps gives what it gives at once, and holds nobody up."""

import threading

import pytest

from playground.export import steps


def test_what_is_done_beside_lets_others_work_meanwhile():
    begun, may_end = threading.Event(), threading.Event()

    def work():
        begun.set()
        assert may_end.wait(30)
        return "done"

    running = steps.beside(work)
    for _ in range(3):
        assert next(running) is None
    assert begun.wait(30)
    may_end.set()
    assert steps.result(running) == "done"


def test_what_it_raises_is_raised():
    with pytest.raises(ZeroDivisionError):
        steps.result(steps.beside(lambda: 1 / 0))


def test_nobody_waits_for_what_is_not_wanted_any_more():
    may_end = threading.Event()
    running = steps.beside(lambda: may_end.wait(30))
    next(running)
    running.close()  # would wait for ever
    may_end.set()
