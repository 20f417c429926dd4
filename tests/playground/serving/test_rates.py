"""How fast commands are taken, by a clock that the test moves."""

import pytest

from playground.serving import rates
from playground.serving.rates import Rates


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limits(clock):
    return Rates(clock)


def admitted(limits, connection, count, command="play"):
    return sum(limits.admit(connection, command) is None for _ in range(count))


def test_a_page_that_drags_two_sliders_at_once_is_never_refused(limits, clock):
    limits.join("tab", "browser")
    for _ in range(60 * 60):  # a minute, at 60 pictures a second
        assert admitted(limits, "tab", 2) == 2
        clock.now += 1 / 60


def test_who_sends_too_much_at_once_is_refused_until_there_is_room_again(limits, clock):
    limits.join("tab", "browser")
    assert admitted(limits, "tab", 500) == 2 * rates.COMMANDS_PER_SECOND
    assert limits.admit("tab", "play") == "too many commands: at most 200 a second"
    clock.now += 1
    assert 0 < admitted(limits, "tab", 500) <= rates.COMMANDS_PER_SECOND


def test_the_connections_of_a_browser_count_together_and_those_of_programs_too(limits):
    for tab in ("one", "two"):
        limits.join(tab, "browser")
    assert admitted(limits, "one", 300) + admitted(limits, "two", 300) == 400
    for number in range(10):
        limits.join(f"program {number}", None)
    taken = [admitted(limits, f"program {number}", 300) for number in range(10)]
    assert taken[0] == 300
    assert sum(taken) == 2 * rates.COMMANDS_OF_PROGRAMS + 10 * 2 * rates.MODEST_COMMANDS
    assert taken[9] == 2 * rates.MODEST_COMMANDS
    limits.join("other", "another browser")
    assert admitted(limits, "other", 10) == 10


def test_a_browser_that_comes_back_at_once_has_no_more_than_before(limits, clock):
    limits.join("one", "browser")
    admitted(limits, "one", 500)
    limits.leave("one")
    limits.join("two", "browser")
    assert admitted(limits, "two", 10) == 0
    clock.now += 60
    assert admitted(limits, "two", 10) == 10


def test_sessions_are_opened_at_a_lower_rate(limits, clock):
    limits.join("tab", "browser")
    assert admitted(limits, "tab", 100, "open") == 20
    assert limits.admit("tab", "open") == "too many links: at most 5 a second"
    clock.now += 1
    assert limits.admit("tab", "play") is None


def test_a_connection_that_is_gone_is_let_through_to_be_told_so(limits):
    assert limits.admit("gone", "play") is None


def test_a_link_costs_as_much_as_an_open_whichever_command_brings_it(limits):
    limits.join("tab", "browser")
    assert sum(limits.admit("tab", "configure", has_link=True) is None for _ in range(100)) == 20
    assert limits.admit("tab", "open") is not None
    assert limits.admit("tab", "configure") is None
