"""Point sets that somebody gave: kept by their content, within limits, until nobody uses them."""

import struct
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from core.refused import RefusedError
from core.visitors import PROGRAMS
from db import address as database_address
from db.database import Database
from db.errors import DatabaseError
from playground.data import store
from playground.data.store import DAY_S, PointSets, StoredSet
from playground.point_set import address_of, is_address, unpacked


def points(number=0, count=10):
    places = struct.pack(f"<{2 * count}f", *[number / 1000] * 2 * count)
    return struct.pack("<BBHH", 1, 2, count, 0) + places + bytes(count)


class Clock:
    def __init__(self):
        self.now = 2_000_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def database(database_url):
    made = Database(database_address.parse(database_url), wait_s=1)
    yield made
    made.close()


@pytest.fixture
def sets(database, clock):
    return PointSets(database, unpacked, keep_days=30, clock=clock)


def columns(database, *names):
    with database.read() as session:
        wanted = select(*(getattr(StoredSet, name) for name in names)).order_by(StoredSet.created)
        return [tuple(row) for row in session.execute(wanted)]


def code(action, *arguments):
    with pytest.raises(RefusedError) as refused:
        action(*arguments)
    return refused.value.code


def test_a_set_is_kept_under_its_contents_address(sets):
    packed = points()
    address = sets.put(packed, "ann")
    assert address == address_of(packed)
    assert sets.get(address) == packed


def test_an_address_is_the_first_192_bits_of_the_hash():
    assert address_of(b"abc") == "sha256-ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qc"
    assert is_address(address_of(b"abc"))


def test_the_same_set_is_kept_once_and_counts_for_who_gave_it_first(sets, database):
    assert sets.put(points(), "ann") == sets.put(points(), "bob")
    assert columns(database, "giver") == [("ann",)]


def test_many_who_give_the_same_at_once_have_the_same_address(sets, database):
    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(lambda number: sets.put(points(), f"student {number}"), range(20)))) == 1
    assert len(columns(database, "giver")) == 1


@pytest.mark.parametrize("address", ["", "sha256-", "sha256-" + "a" * 32, "sha256-" + "ä" * 32, "iris", "' OR 1=1 --"])
def test_what_is_not_there_is_none(sets, address):
    assert sets.get(address) is None


def test_what_is_no_point_set_is_refused_by_the_check_that_was_handed_in(sets, database):
    assert code(sets.put, b"a letter", "ann") == "no-points"
    assert code(sets.put, b"", "ann") == "no-points"
    assert code(sets.put, points() + b"1", "ann") == "no-points"
    assert columns(database, "giver") == []


class PointError(ValueError):
    code, values = "few-points", {"low": 10}


def test_what_the_check_says_is_told(database):
    def check(packed):
        raise PointError("too few points")

    with pytest.raises(RefusedError) as refused:
        PointSets(database, check).put(points(), "ann")
    assert (refused.value.status, refused.value.to_json()) == (
        422, {"code": "few-points", "field": None, "values": {"low": 10}, "error": "too few points"}
    )  # fmt: skip


def test_a_set_has_so_many_bytes_at_most(database):
    sets = PointSets(database, len)
    assert sets.get(sets.put(bytes(100_000), "ann")) == bytes(100_000)
    assert code(sets.put, bytes(100_001), "ann") == "data-too-long"


def test_a_browser_gives_so_many_a_day_and_the_same_again_is_none_of_them(sets, clock, monkeypatch):
    monkeypatch.setattr(store, "MOST_OF_ONE", 3)
    for number in range(3):
        sets.put(points(number), "ann")
    with pytest.raises(RefusedError) as refused:
        sets.put(points(3), "ann")
    assert (refused.value.code, refused.value.values, refused.value.status) == ("too-much-data", {"most": 3}, 429)
    sets.put(points(2), "ann")
    sets.put(points(3), "bob")
    sets.put(points(4), PROGRAMS)
    clock.now += DAY_S + 1
    sets.put(points(5), "ann")


def test_all_programs_together_have_a_share_of_their_own(sets, monkeypatch):
    monkeypatch.setattr(store, "MOST_OF_PROGRAMS", 1)
    sets.put(points(0), PROGRAMS)
    assert code(sets.put, points(1), PROGRAMS) == "too-much-data"


@pytest.mark.parametrize(("name", "value"), [("MOST_SETS", 2), ("MOST_TOTAL", 2 * len(points()) + 5)])
def test_there_is_an_end_to_all_of_them_together(sets, name, value, monkeypatch):
    monkeypatch.setattr(store, name, value)
    kept = [sets.put(points(number), f"student {number}") for number in range(2)]
    assert code(sets.put, points(2), "ann") == "data-full"
    assert all(map(sets.get, kept))
    assert sets.put(points(0), "ann") == kept[0]


def test_what_nobody_has_used_for_so_long_is_forgotten_and_nothing_else(sets, clock, database, monkeypatch):
    monkeypatch.setattr(store, "_AT_ONCE", 2)
    old = [sets.put(points(number), "ann") for number in range(5)]
    clock.now += 29 * DAY_S
    assert sets.forget(30) == 0
    young = sets.put(points(9), "ann")
    clock.now += 1.1 * DAY_S
    assert sets.forget(30) == 5
    assert [sets.get(one) for one in old] == [None] * 5
    assert sets.get(young)


def test_a_use_is_written_down_once_a_day_and_keeps_a_set(sets, clock, database):
    address, began = sets.put(points(), "ann"), int(clock.now)
    clock.now += DAY_S - 1
    sets.get(address)
    sets.tend()
    assert columns(database, "used") == [(began,)]
    clock.now += 29 * DAY_S
    sets.get(address)
    used = int(clock.now)
    sets.get(address)
    clock.now += DAY_S  # in a day on which it is to be forgotten
    sets.tend()
    assert columns(database, "used") == [(used,)]
    assert sets.get(address)


def test_giving_it_again_is_a_use(sets, clock, database):
    sets.put(points(), "ann")
    clock.now += 29 * DAY_S
    sets.put(points(), "bob")
    sets.tend()
    assert columns(database, "used") == [(int(clock.now),)]


def test_it_forgets_at_its_first_turn_and_then_once_a_day(sets, clock, monkeypatch):
    forgotten = []
    monkeypatch.setattr(sets, "forget", forgotten.append)
    for _ in range(3):
        sets.tend()
    assert forgotten == [30]
    clock.now += DAY_S
    sets.tend()
    assert forgotten == [30, 30]
    clock.now -= 10 * DAY_S  # a clock that was set right
    sets.tend()
    assert len(forgotten) == 3


def test_reading_goes_on_where_nothing_can_be_written_and_the_use_is_written_down_later(
    sets, clock, database, monkeypatch
):
    address = sets.put(points(), "ann")
    clock.now += 2 * DAY_S

    def refuse():
        raise DatabaseError("database-full", "no room")

    with monkeypatch.context() as patch:
        patch.setattr(database, "write", refuse)
        assert sets.get(address) == points()
        assert sets.put(points(), "ann") == address
        assert code(sets.tend) == "database-full"
        assert code(sets.put, points(1), "ann") == "database-full"
    sets.tend()
    assert columns(database, "used") == [(int(clock.now),)]


def test_what_is_needed_is_kept_though_nobody_uses_it_until_it_is_needed_no_more(database, clock, monkeypatch):
    monkeypatch.setattr(store, "_AT_ONCE", 2)
    needed = set()
    sets = PointSets(database, unpacked, keep_days=30, clock=clock, needed=lambda: needed)
    kept = [sets.put(points(number), "ann") for number in range(5)]
    needed.update(kept[::2])
    clock.now += 31 * DAY_S
    assert sets.forget(30) == 2
    assert sets.there([*kept, "sha256-none"]) == set(kept[::2])
    assert sets.forget(30) == 0
    needed.clear()
    clock.now += 31 * DAY_S
    assert sets.forget(30) == 3
    assert sets.there([]) == set()


def test_points_are_brought_under_their_own_address_and_no_other(sets):
    address = address_of(points(1))
    with pytest.raises(RefusedError) as refused:
        sets.bring(address, points(2), "ann")
    assert (refused.value.status, refused.value.code) == (422, "no-points")
    assert sets.there([address, address_of(points(2))]) == set()
    sets.bring(address, points(1), "ann")
    assert sets.get(address) == points(1)
