"""Sessions on a real worker process, without Flask or Socket.IO: a connection is a name, events go to a list."""

import os
import signal
import struct
import threading

import psutil
import pytest

from playground.config import ConfigError
from playground.serving import sessions as module
from playground.serving.sessions import SessionError, Sessions
from support.processes import wait_until


class Browsers:
    """Collects what connections are sent. Acknowledges frames unless told not to, of all or of those that are deaf."""

    def __init__(self):
        self.events = []
        self.acknowledge = True
        self.deaf = []
        self.unacknowledged = []
        self.lock = threading.Lock()

    def __call__(self, connection, event, payload, acknowledged=None):
        with self.lock:
            self.events.append((connection, event, payload))
        if acknowledged and connection in self.deaf:
            self.unacknowledged.append(acknowledged)
        elif acknowledged and self.acknowledge:
            acknowledged()

    def of(self, connection, event):
        with self.lock:
            return [payload for one, name, payload in self.events if (one, name) == (connection, event)]

    def epoch(self, connection):
        frames = self.of(connection, "frame")
        return struct.unpack_from("<I", frames[-1], 8)[0] if frames else -1

    def weights(self, connection, size):
        return struct.unpack_from(f"<{size}d", self.of(connection, "frame")[-1], 64)


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture(scope="module")
def everything():
    """One `Sessions` with one worker for the module; when it is closed, no process or thread of it is left."""
    browsers, clock = Browsers(), Clock()
    made = Sessions(browsers, workers=1, clock=clock)
    wait_until(lambda: made._workers[0].ready, 60, "the worker is ready")
    process = psutil.Process(made._workers[0].pid)
    yield made, browsers, clock
    made.close()
    assert not process.is_running()
    assert not any(thread.name in ("worker-listener", "session-janitor") for thread in threading.enumerate())


@pytest.fixture
def sessions(everything):
    made, browsers, _ = everything
    yield made
    for session in list(made._sessions.values()):
        made._forget(session)
    made._by_connection.clear()
    browsers.events.clear()


@pytest.fixture
def browsers(everything):
    return everything[1]


@pytest.fixture
def clock(everything):
    return everything[2]


def test_a_session_trains_and_shows_it(sessions, browsers):
    reply = sessions.open("tab", None, "seed=0.1")
    assert reply["resumed"] is False
    assert reply["config"]["seed"] == "0.1"
    sessions.play("tab")
    wait_until(lambda: browsers.epoch("tab") > 10)
    assert browsers.of("tab", "status")[-1]["playing"] is True


def test_a_resumed_session_is_as_it_was(sessions, browsers):
    token = sessions.open("old", None, "seed=0.1&networkShape=3")["session"]
    sessions.step("old", 25)
    wait_until(lambda: browsers.epoch("old") == 25)
    sessions.set_speed("old", 10)
    sessions.leave("old")
    reply = sessions.open("new", token, "seed=0.9")
    assert reply["resumed"] is True
    assert reply["config"]["networkShape"] == [3]
    assert reply["epochsPerSecond"] == 10
    wait_until(lambda: browsers.epoch("new") == 25)
    assert browsers.weights("new", 13) == browsers.weights("old", 13)
    history = browsers.of("new", "history")[0]
    assert history["epochs"][-1] == 25
    assert len(browsers.of("new", "points")) == 1


def test_a_connection_has_two_frames_in_flight_whatever_it_opens_and_the_newest_when_there_is_room(sessions, browsers):
    browsers.deaf = ["tab"]
    token = sessions.open("tab", None, "seed=0.1")["session"]
    sessions.play("tab")
    wait_until(lambda: len(browsers.of("tab", "frame")) == 2)
    for _ in range(4):
        sessions.open("tab", token, None)
    sessions.end("tab")
    sessions.open("tab", None, "seed=0.2&networkShape=2")
    sessions.step("tab", 7)
    sessions.open("other", None, None)
    sessions.step("other", 100)
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
        sessions.play("one")
    sessions.play("two")


def test_leaving_late_does_not_harm_who_took_over(sessions):
    token = sessions.open("one", None, None)["session"]
    sessions.open("two", token, None)
    sessions.leave("one")
    assert sessions.of("two").connection == "two"


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
    sessions.play("tab")
    wait_until(lambda: browsers.epoch("tab") > 2)
    sessions.leave("tab")
    for _ in range(module.TRAIN_ALONE_BEATS - 1):
        by_hand()
    assert sessions._sessions[token].playing
    by_hand()
    wait_until(lambda: not sessions._sessions[token].playing)
    assert sessions._sessions[token].reason == "disconnected"
    for _ in range(module.KEEP_BEATS - module.TRAIN_ALONE_BEATS - 1):
        by_hand()
    assert sessions.open("back", token, None)["resumed"] is True
    sessions.leave("back")
    for _ in range(module.KEEP_BEATS - 1):
        by_hand()
    assert token in sessions._sessions
    by_hand()
    assert token not in sessions._sessions


def test_time_in_which_the_server_did_not_run_does_not_count(sessions, browsers, clock, by_hand):
    """A paused container, a laptop asleep: whatever the clocks say afterwards, one beat has passed."""
    token = sessions.open("tab", None, None)["session"]
    sessions.play("tab")
    wait_until(lambda: browsers.epoch("tab") > 2)
    sessions.leave("tab")
    clock.now += 3600
    by_hand()
    assert sessions._sessions[token].playing
    assert sessions.open("back", token, None)["resumed"] is True


def test_a_killed_worker_is_replaced_and_its_sessions_go_on_from_their_last_frame(sessions, browsers):
    sessions.open("tab", None, "seed=0.1")
    sessions.step("tab", 30)
    wait_until(lambda: browsers.epoch("tab") == 30)
    before = browsers.weights("tab", 25)
    first = sessions._workers[0].pid
    n_frames = len(browsers.of("tab", "frame"))
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: any(s["reason"] == "worker_restarted" for s in browsers.of("tab", "status")), 30)
    wait_until(lambda: len(browsers.of("tab", "frame")) > n_frames, 60, "a frame of the new worker")
    assert sessions._workers[0].pid != first
    assert browsers.epoch("tab") == 30
    assert browsers.weights("tab", 25) == before


def test_a_session_that_was_playing_plays_on_after_its_worker_was_killed(sessions, browsers):
    sessions.open("tab", None, "seed=0.1")
    sessions.play("tab")
    wait_until(lambda: browsers.epoch("tab") > 20)
    os.kill(sessions._workers[0].pid, signal.SIGKILL)
    at_death = browsers.epoch("tab")
    wait_until(lambda: browsers.epoch("tab") > at_death + 10, 60, "training goes on")
    epochs = [struct.unpack_from("<I", packed, 8)[0] for packed in browsers.of("tab", "frame")]
    assert epochs == sorted(epochs)  # it never starts over


def test_frames_of_a_network_that_is_gone_are_not_shown(sessions, browsers):
    sessions.open("tab", None, None)
    sessions.play("tab")
    wait_until(lambda: browsers.epoch("tab") > 5)
    generation = sessions.reset("tab")["generation"]
    with browsers.lock:
        browsers.events.clear()
    wait_until(lambda: browsers.of("tab", "frame"))
    assert {struct.unpack_from("<I", packed, 4)[0] for packed in browsers.of("tab", "frame")} == {generation}


def test_new_weights_are_the_next_the_seed_gives_and_the_link_says_which(sessions):
    sessions.open("tab", None, "seed=0.1")
    reply = sessions.new_weights("tab")
    assert reply["config"]["weightsDraw"] == 1
    assert "weightsDraw=1" in reply["link"]


def test_new_data_has_a_seed_of_its_own_and_keeps_the_network(sessions, browsers):
    sessions.open("tab", None, "seed=0.1")
    sessions.step("tab", 5)
    wait_until(lambda: browsers.epoch("tab") == 5)
    reply = sessions.new_data("tab")
    assert reply["config"]["seed"] != "0.1"
    wait_until(lambda: len(browsers.of("tab", "points")) == 2)
    one, two = browsers.of("tab", "points")
    assert one[16:] != two[16:]
    wait_until(lambda: struct.unpack_from("<I", browsers.of("tab", "frame")[-1], 4)[0] == reply["generation"])
    assert browsers.epoch("tab") == 5


@pytest.mark.parametrize(
    ("arguments", "field"), [((3, 0), "layer"), ((0, 4), "node"), ((2, 1), "node"), ((6, 0), "layer")]
)
def test_a_node_that_is_not_there_is_refused(sessions, arguments, field):
    sessions.open("tab", None, "seed=0.1")
    with pytest.raises(ConfigError) as caught:
        sessions.select("tab", arguments)
    assert caught.value.field == field
    with pytest.raises(ConfigError):
        sessions.set_bias("tab", *arguments, 0.5)


def test_an_input_that_is_not_there_is_refused(sessions):
    sessions.open("tab", None, None)
    with pytest.raises(ConfigError, match="input"):
        sessions.set_weight("tab", 0, 0, 2, 0.5)
    with pytest.raises(ConfigError, match="input"):
        sessions.set_weight("tab", 1, 0, 4, 0.5)


def test_a_full_server_says_so_and_serves_those_it_has(sessions, monkeypatch):
    monkeypatch.setattr(module, "MAX_SESSIONS", 2)
    sessions.open("a", None, None)
    sessions.open("b", None, None)
    with pytest.raises(SessionError, match="full") as caught:
        sessions.open("c", None, None)
    assert (caught.value.code, caught.value.values) == ("full", {})
    sessions.play("a")
    sessions.end("b")
    sessions.open("c", None, None)


def test_an_open_that_fails_leaves_the_connection_the_session_it_has(sessions, monkeypatch):
    monkeypatch.setattr(module, "MAX_SESSIONS", 2)
    monkeypatch.setattr(module, "MAX_WITHOUT_BROWSER", 1)
    token = sessions.open("a", None, None)["session"]
    sessions._browsers["b"] = "somebody"
    sessions.open("b", None, None)
    for _ in range(2):  # of programs there may be one: the one that is left for it makes room
        second = sessions.open("a", None, None)["session"]
        assert second != token
        assert sessions.states() == {"playing": 0, "resting": 2, "left": 0}
        token = second
    monkeypatch.setattr(module, "MAX_PER_BROWSER", 1)
    sessions._browsers["c"] = "somebody"
    with pytest.raises(SessionError, match="close one first") as caught:
        sessions.open("c", None, None)
    assert (caught.value.code, caught.value.values) == ("full", {"most": 1})
    sessions.leave("a")
    with pytest.raises(SessionError, match="close one first"):  # a session of the browser, watched elsewhere
        sessions.open("c", None, None)
    third = sessions.open("c", token, None)  # somebody else's, by its token
    assert third["resumed"]
    with pytest.raises(SessionError, match="close one first"):
        sessions.open("c", None, None)
    assert sessions.of("c").token == token
    sessions.play("c")


def test_a_session_that_was_cut_off_keeps_its_place_for_a_while(sessions, monkeypatch):
    """A page that was too busy to answer comes back in a moment, and would find its training gone."""
    monkeypatch.setattr(module, "MAX_PER_BROWSER", 1)
    for connection in "abc":
        sessions.join(connection, "somebody")
    token = sessions.open("a", None, None)["session"]
    sessions.leave("a", cut=True)
    with pytest.raises(SessionError, match="close one first"):
        sessions.open("b", None, None)
    assert sessions.open("a", token, None)["resumed"]
    sessions.leave("a")  # by itself
    token = sessions.open("b", None, None)["session"]
    sessions.leave("b", cut=True)
    for _ in range(module.TRAIN_ALONE_BEATS):
        sessions.sweep()
    assert sessions.open("c", None, None)["session"] != token


@pytest.mark.parametrize("is_paused", [False, True])
def test_a_diverged_training_is_never_said_to_train(sessions, browsers, is_paused):
    sessions.open("tab", None, "problem=regression&activation=relu&learningRate=10&networkShape=8,8&seed=0.31415")
    sessions.play("tab")
    wait_until(lambda: browsers.of("tab", "status") and browsers.of("tab", "status")[-1]["reason"] == "diverged")
    before = len(browsers.of("tab", "status"))
    if is_paused:
        sessions.pause("tab")
        wait_until(lambda: len(browsers.of("tab", "status")) > before)
        assert browsers.of("tab", "status")[-1]["reason"] == "diverged"
    for train in (lambda: sessions.play("tab"), lambda: sessions.step("tab", 1)):
        with pytest.raises(SessionError, match="diverged") as caught:
            train()
        assert caught.value.code == "diverged"


def test_the_curve_begins_with_the_network_it_is_of(sessions, browsers):
    token = sessions.open("tab", None, None)["session"]
    wait_until(lambda: browsers.epoch("tab") == 0)
    sessions.restore("tab", [0.0] * 25, 245)
    wait_until(lambda: browsers.epoch("tab") == 245)
    sessions.open("again", token, None)
    assert browsers.of("again", "history")[0]["epochs"] == [245]


def test_more_than_30_frames_a_second_only_while_few_are_connected(sessions):
    sessions.open("tab", None, None)
    sessions.set_frame_rate("tab", 60)
    session = sessions.of("tab")
    assert sessions._frame_interval(session) == pytest.approx(1 / 60)
    for number in range(module._FEW):
        sessions.open(f"other {number}", None, None)
    assert sessions._frame_interval(session) == pytest.approx(1 / 30)
