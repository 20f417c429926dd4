"""Which sessions there are: opened, found again, left alone, forgotten, and refused where there is no room."""

import struct

import psutil
import pytest

from benchmarks.browsers import LARGEST
from playground.serving import sessions as module
from playground.serving.session import SessionError
from support.long import parametrize
from support.processes import wait_until


def test_a_session_trains_and_shows_it(sessions, browsers):
    reply = sessions.open("tab", None, "seed=0.1")
    assert reply["resumed"] is False
    assert reply["config"]["seed"] == "0.1"
    sessions.commands.play("tab")
    wait_until(lambda: browsers.epoch("tab") > 10)
    assert browsers.of("tab", "status")[-1]["playing"] is True


def test_a_resumed_session_is_as_it_was(sessions, browsers):
    token = sessions.open("old", None, "seed=0.1&networkShape=3")["session"]
    sessions.commands.step("old", 25)
    wait_until(lambda: browsers.epoch("old") == 25)
    sessions.commands.set_speed("old", 10)
    sessions.connections.leave("old")
    reply = sessions.open("new", token, "seed=0.9")
    assert reply["resumed"] is True
    assert reply["config"]["networkShape"] == [3]
    assert reply["epochsPerSecond"] == 10
    wait_until(lambda: browsers.epoch("new") == 25)
    assert browsers.weights("new", 13) == browsers.weights("old", 13)
    history = browsers.of("new", "history")[0]
    assert history["epochs"][-1] == 25
    assert len(browsers.of("new", "points")) == 1


def test_an_unknown_token_gives_a_new_session(sessions):
    reply = sessions.open("tab", "f" * 32, None)
    assert reply["resumed"] is False
    assert reply["session"] != "f" * 32


@pytest.fixture
def by_hand(sessions, monkeypatch):
    """The sessions are swept when the test says so."""
    sweep = sessions.sweep
    monkeypatch.setattr(sessions, "sweep", lambda: None)
    return sweep


def test_a_session_left_alone_trains_on_then_pauses_then_is_forgotten(sessions, browsers, by_hand):
    token = sessions.open("tab", None, None)["session"]
    sessions.commands.play("tab")
    wait_until(lambda: browsers.epoch("tab") > 2)
    sessions.connections.leave("tab")
    for _ in range(module.TRAIN_ALONE_BEATS - 1):
        by_hand()
    assert sessions._sessions[token].playing
    by_hand()
    wait_until(lambda: not sessions._sessions[token].playing)
    assert sessions._sessions[token].reason == "disconnected"
    for _ in range(module.KEEP_BEATS - module.TRAIN_ALONE_BEATS - 1):
        by_hand()
    assert sessions.open("back", token, None)["resumed"] is True
    sessions.connections.leave("back")
    for _ in range(module.KEEP_BEATS - 1):
        by_hand()
    assert token in sessions._sessions
    by_hand()
    assert token not in sessions._sessions


LARGE = "seed=0.1&networkShape=8,8,8,8,8,8"


def served(sessions):
    """The session at which the worker is; None while it has nothing to do."""
    return sessions.workers[0]._mark.read()


def runs_of(told):
    """The runs that these events of studies tell of."""
    return [one["run"] for one in told if "run" in one]


@parametrize("work", ["study", "code", "goal", "step"], short=1)
def test_what_a_session_left_alone_has_under_way_rests_and_goes_on_when_somebody_is_back(
    sessions, browsers, by_hand, work
):
    token = sessions.open("tab", None, LARGE + ("&epoch=10000" if work == "goal" else ""))["session"]
    if work == "study":
        sessions.commands.begin_study("tab", 5, 1000, "both")
        wait_until(lambda: runs_of(browsers.of("tab", "study")), 60, "a run")
    elif work == "code":
        sessions.commands.write_code("tab", 5000)
    elif work == "step":
        sessions.commands.step("tab", 10_000)
    wait_until(lambda: browsers.of("tab", "frame") and served(sessions) == token, 30, "it has begun")
    sessions.connections.leave("tab")
    for _ in range(module.TRAIN_ALONE_BEATS):
        by_hand()
    wait_until(lambda: served(sessions) is None, 30, "it rests")
    told = [event for study in sessions._sessions[token].studies for event in study.events()]
    assert len(runs_of(told)) < 5
    sessions.open("back", token, None)
    assert browsers.of("back", "study")[: len(told)] == told  # what there was is told again
    done = {
        "study": lambda: runs_of(browsers.of("back", "study")) == list(range(5)),
        "code": lambda: browsers.of("back", "code"),
        "goal": lambda: browsers.epoch("back") == 10_000,
        "step": lambda: browsers.epoch("back") == 10_000,
    }
    wait_until(done[work], 120, "it goes on to its end")
    if work in ("goal", "step"):
        [first, *_] = browsers.of("back", "frame")
        assert struct.unpack_from("<I", first, 8)[0] < 10_000, "where it was"


def test_a_worker_that_takes_anothers_place_lets_rest_what_nobody_watches(sessions, browsers, by_hand):
    token = sessions.open("tab", None, LARGE)["session"]
    sessions.commands.begin_study("tab", 5, 1000, "both")
    wait_until(lambda: served(sessions) == token, 30, "it has begun")
    sessions.connections.leave("tab")
    for _ in range(module.TRAIN_ALONE_BEATS):
        by_hand()
    psutil.Process(sessions.workers[0].pid).kill()
    wait_until(lambda: sessions._sessions[token].reason == "worker_restarted" and sessions.workers[0].ready, 60)
    sessions.open("other", None, None)
    wait_until(lambda: browsers.of("other", "frame"), 30, "the new one is at work")
    wait_until(lambda: served(sessions) is None, 30, "it rests")
    assert not runs_of(sessions._sessions[token].studies[-1].events())
    sessions.open("back", token, None)
    wait_until(lambda: runs_of(browsers.of("back", "study")) == list(range(5)), 120, "all runs")


def test_time_in_which_the_server_did_not_run_does_not_count(sessions, browsers, clock, by_hand):
    """A paused container, a laptop asleep: whatever the clocks say afterwards, one beat has passed."""
    token = sessions.open("tab", None, None)["session"]
    sessions.commands.play("tab")
    wait_until(lambda: browsers.epoch("tab") > 2)
    sessions.connections.leave("tab")
    clock.now += 3600
    by_hand()
    assert sessions._sessions[token].playing
    assert sessions.open("back", token, None)["resumed"] is True


def test_a_full_server_says_so_and_serves_those_it_has(sessions, monkeypatch):
    monkeypatch.setattr(module, "MAX_SESSIONS", 2)
    sessions.open("a", None, None)
    sessions.open("b", None, None)
    with pytest.raises(SessionError, match="full") as caught:
        sessions.open("c", None, None)
    assert (caught.value.code, caught.value.values) == ("full", {})
    sessions.commands.play("a")
    sessions.end("b")
    sessions.open("c", None, None)


def test_an_open_that_fails_leaves_the_connection_the_session_it_has(sessions, monkeypatch):
    monkeypatch.setattr(module, "MAX_SESSIONS", 2)
    monkeypatch.setattr(module, "MAX_WITHOUT_BROWSER", 1)
    token = sessions.open("a", None, None)["session"]
    sessions.connections._browsers["b"] = "somebody"
    sessions.open("b", None, None)
    for _ in range(2):  # of programs there may be one: the one that is left for it makes room
        second = sessions.open("a", None, None)["session"]
        assert second != token
        assert sessions.states() == {"playing": 0, "resting": 2, "left": 0}
        token = second
    monkeypatch.setattr(module, "MAX_PER_BROWSER", 1)
    sessions.connections._browsers["c"] = "somebody"
    with pytest.raises(SessionError, match="close one first") as caught:
        sessions.open("c", None, None)
    assert (caught.value.code, caught.value.values) == ("full", {"most": 1})
    sessions.connections.leave("a")
    with pytest.raises(SessionError, match="close one first"):  # a session of the browser, watched elsewhere
        sessions.open("c", None, None)
    third = sessions.open("c", token, None)  # somebody else's, by its token
    assert third["resumed"]
    with pytest.raises(SessionError, match="close one first"):
        sessions.open("c", None, None)
    assert sessions.connections.session_of("c").token == token
    sessions.commands.play("c")


def test_a_session_that_was_cut_off_keeps_its_place_for_a_while(sessions, monkeypatch):
    """A page that was too busy to answer comes back in a moment, and would find its training gone."""
    monkeypatch.setattr(module, "MAX_PER_BROWSER", 1)
    for connection in "abc":
        sessions.connections.join(connection, "somebody")
    token = sessions.open("a", None, None)["session"]
    sessions.connections.leave("a", cut=True)
    with pytest.raises(SessionError, match="close one first"):
        sessions.open("b", None, None)
    assert sessions.open("a", token, None)["resumed"]
    sessions.connections.leave("a")  # by itself
    token = sessions.open("b", None, None)["session"]
    sessions.connections.leave("b", cut=True)
    for _ in range(module.TRAIN_ALONE_BEATS):
        sessions.sweep()
    assert sessions.open("c", None, None)["session"] != token


def test_the_largest_session_costs_its_worker_less_than_one_and_a_half_mebibytes_with_its_past(sessions, browsers):
    worker = psutil.Process(sessions.workers[0].pid)

    def use(names):
        for name in names:
            sessions.open(name, None, LARGEST)
            sessions.commands.step(name, 40)
        wait_until(lambda: all(browsers.epoch(name) == 40 for name in names), 60)
        for name in names:
            sessions.commands.draw_strip(name)
        wait_until(lambda: all(browsers.of(name, "strip") for name in names), 60)

    use(["first"])
    before = worker.memory_full_info().uss
    use([f"{number}" for number in range(30)])
    assert worker.memory_full_info().uss - before < 30 * 1.5 * 2**20
