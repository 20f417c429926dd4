from __future__ import annotations

import contextlib
import threading
import time

import pytest

from core.places import BusyError, Places
from support.processes import wait_until


def test_places_are_few_for_each_and_for_all_and_come_back():
    places = Places(3, 2)
    with places.take("a"), places.take("a"):
        with pytest.raises(BusyError), places.take("a"):
            pass
        with places.take("b"), pytest.raises(BusyError), places.take("c"):
            pass
    with places.take("a"), places.take("c"), places.take("d"):
        pass


def test_places_in_turn_are_had_one_after_another_and_given_back_whatever_happens():
    places, inside, most = Places(8, 8, in_turn=True), [], []

    def ask(who: str) -> None:
        with places.take(who):
            inside.append(who)
            most.append(len(inside))
            time.sleep(0)  # lets another thread go on
            inside.remove(who)

    asking = [threading.Thread(target=ask, args=(f"{number}",)) for number in range(8)]
    with contextlib.suppress(ZeroDivisionError), places.take("first"):
        for thread in asking[:7]:
            thread.start()
        wait_until(lambda: places._taken.total() == 8)
        with pytest.raises(BusyError), places.take("one too many"):
            pass
        assert not most
        raise ZeroDivisionError
    for thread in asking[:7]:
        thread.join(10)
    assert most == [1] * 7
    assert not places._taken


def test_who_waits_too_long_for_his_turn_is_told_and_gives_back_his_place(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.places.PATIENCE_S", 0.05)
    places = Places(8, 8, in_turn=True)
    with places.take("first"):
        with pytest.raises(BusyError, match="before this one"), places.take("second"):
            pass
        assert places._taken == {"first": 1}
