"""Who watches which session, and the frames on their way."""

import pytest

from playground.serving import connections
from playground.serving.session import SessionError
from support.processes import wait_until


def test_a_connection_has_two_frames_in_flight_whatever_it_opens_and_the_newest_when_there_is_room(sessions, browsers):
    browsers.deaf = ["tab"]
    token = sessions.open("tab", None, "seed=0.1")["session"]
    sessions.commands.play("tab")
    wait_until(lambda: len(browsers.of("tab", "frame")) == 2)
    for _ in range(4):
        sessions.open("tab", token, None)
    sessions.end("tab")
    sessions.open("tab", None, "seed=0.2&networkShape=2")
    sessions.commands.step("tab", 7)
    sessions.open("other", None, None)
    sessions.commands.step("other", 100)
    wait_until(lambda: browsers.epoch("other") == 100)
    assert len(browsers.of("tab", "frame")) == 2
    browsers.deaf = []
    for acknowledged in browsers.unacknowledged:
        acknowledged()
    wait_until(lambda: browsers.epoch("tab") == 7)


def test_a_second_connection_takes_over_and_the_first_is_told(sessions, browsers):
    token = sessions.open("one", None, None)["session"]
    sessions.open("two", token, None)
    assert browsers.of("one", "superseded") == [{}]
    with pytest.raises(SessionError, match="open first"):
        sessions.commands.play("one")
    sessions.commands.play("two")


def test_leaving_late_does_not_harm_who_took_over(sessions):
    token = sessions.open("one", None, None)["session"]
    sessions.open("two", token, None)
    sessions.connections.leave("one")
    assert sessions.connections.session_of("two").connection == "two"


def test_more_than_30_frames_a_second_only_while_few_are_connected(sessions):
    sessions.open("tab", None, None)
    sessions.commands.set_frame_rate("tab", 60)
    session = sessions.connections.session_of("tab")
    assert sessions.connections.frame_interval(session) == pytest.approx(1 / 60)
    for number in range(connections._FEW):
        sessions.open(f"other {number}", None, None)
    assert sessions.connections.frame_interval(session) == pytest.approx(1 / 30)
