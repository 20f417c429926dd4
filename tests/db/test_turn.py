import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from db.turn import Turn
from support.processes import wait_until


def test_it_comes_in_the_order_in_which_it_was_asked_for():
    turn, order = Turn(), []

    def ask(number):
        with turn.take(10):
            order.append(number)

    with ThreadPoolExecutor(20) as pool, turn.take(0):
        for number in range(20):
            pool.submit(ask, number)
            wait_until(lambda wanted=number + 1: len(turn._waiting) == wanted)
    assert order == [*range(20)]
    with turn.take(0):
        pass


def test_who_has_waited_too_long_is_told_and_the_next_has_it():
    turn = Turn()
    with turn.take(0):
        with pytest.raises(TimeoutError):
            turn.take(0.01).__enter__()
        assert not turn._waiting
    with turn.take(0):
        pass


def test_one_has_it_at_a_time_whoever_gives_up():
    turn, inside, most, given_up = Turn(), 0, 0, 0
    lock = threading.Lock()

    def ask(number):
        nonlocal inside, most, given_up
        try:
            with turn.take(0.0005 * (number % 5)):
                with lock:
                    inside += 1
                    most = max(most, inside)
                with lock:
                    inside -= 1
        except TimeoutError:
            with lock:
                given_up += 1

    with ThreadPoolExecutor(30) as pool:
        list(pool.map(ask, range(3000)))
    assert (most, inside) == (1, 0)
    with turn.take(0):
        pass
