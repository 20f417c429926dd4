"""What becomes of sessions when their worker dies or speaks of a network that is gone; test_workers.py has more."""

import os
import signal
import struct
import threading
from unittest.mock import MagicMock

import psutil
import pytest

from playground.config import Config
from playground.recording.player import Player
from playground.serving import messages
from playground.serving.answers import Answers
from playground.serving.session import Session
from playground.serving.studied import Studied
from support.processes import wait_until


def test_a_killed_worker_is_replaced_and_its_sessions_go_on_from_their_last_frame(sessions, browsers):
    """What rested is as it was, what played plays on."""
    sessions.open("tab", None, "seed=0.1")
    sessions.commands.step("tab", 30)
    wait_until(lambda: browsers.epoch("tab") == 30)
    sessions.open("playing", None, "seed=0.1")
    sessions.commands.play("playing")
    wait_until(lambda: browsers.epoch("playing") > 20)
    before = browsers.weights("tab", 25)
    first = sessions.workers[0].pid
    n_frames = len(browsers.of("tab", "frame"))
    os.kill(first, signal.SIGKILL)
    at_death = browsers.epoch("playing")
    wait_until(lambda: any(s["reason"] == "worker_restarted" for s in browsers.of("tab", "status")), 30)
    wait_until(lambda: len(browsers.of("tab", "frame")) > n_frames, 60, "a frame of the new worker")
    assert sessions.workers[0].pid != first
    assert browsers.epoch("tab") == 30
    assert browsers.weights("tab", 25) == before
    wait_until(lambda: browsers.epoch("playing") > at_death + 10, 60, "training goes on")
    epochs = [struct.unpack_from("<I", packed, 8)[0] for packed in browsers.of("playing", "frame")]
    assert epochs == sorted(epochs)  # it never starts over


def test_frames_of_a_network_that_is_gone_are_not_shown(sessions, browsers):
    sessions.open("tab", None, None)
    sessions.commands.play("tab")
    wait_until(lambda: browsers.epoch("tab") > 5)
    generation = sessions.commands.reset("tab")["generation"]
    with browsers.lock:
        browsers.events.clear()
    wait_until(lambda: browsers.of("tab", "frame"))
    assert {struct.unpack_from("<I", packed, 4)[0] for packed in browsers.of("tab", "frame")} == {generation}


def test_a_worker_killed_in_the_middle_costs_no_edit_and_no_bit(sessions, browsers):
    sessions.open("tab", None, "seed=0.1")
    sessions.commands.set_speed("tab", 500)
    sessions.commands.play("tab")
    for number in range(2):
        at = browsers.epoch("tab")
        wait_until(lambda at=at: browsers.epoch("tab") > at + 20, 60, "training goes on")
        sessions.commands.set_weight("tab", 0, number, 0, 0.5)
        sessions.commands.change("tab", {"learningRate": 0.01 * (number + 1)})
        wait_until(lambda number=number: len(session_of(sessions).recording.edits) == 2 * number + 2)
        os.kill(sessions.workers[0].pid, signal.SIGKILL)
    wait_until(lambda: session_of(sessions).worker.ready, 60)
    statuses = len(browsers.of("tab", "status"))
    sessions.commands.pause("tab")
    wait_until(lambda: any(not status["playing"] for status in browsers.of("tab", "status")[statuses:]))
    end = session_of(sessions).epoch
    wait_until(lambda: browsers.epoch("tab") == end)
    there = session_of(sessions).moment(end)
    assert len(there.recording.edits) == 4
    player = Player(there.recording)
    while player.engine.epoch < end:
        player.train()
    assert browsers.weights("tab", 25) == tuple(player.engine.parameters)


def test_a_worker_killed_on_the_way_to_a_links_epoch_is_replaced_by_one_that_goes_there(sessions, browsers):
    sessions.open("tab", None, "seed=0.1&epoch=20000&edits=100:rate:0.01,15000:data:0.5")
    wait_until(lambda: browsers.epoch("tab") > 0, 60, "a frame on the way")
    os.kill(sessions.workers[0].pid, signal.SIGKILL)
    assert browsers.epoch("tab") < 20_000
    wait_until(lambda: browsers.epoch("tab") == 20_000, 60, "the link's epoch")
    player = Player(session_of(sessions).recording)
    while player.engine.epoch < 20_000:
        player.train()
    assert browsers.weights("tab", 25) == tuple(player.engine.parameters)


def session_of(sessions):
    return sessions.connections.session_of("tab")


def test_a_setting_that_a_worker_took_to_its_grave_is_in_force_in_the_next(sessions, browsers):
    sessions.open("tab", None, "seed=0.1")
    sessions.commands.step("tab", 20)
    wait_until(lambda: browsers.epoch("tab") == 20)
    worker = psutil.Process(sessions.workers[0].pid)
    worker.suspend()
    sessions.commands.change("tab", {"learningRate": 0.3})
    seed = sessions.commands.new_data("tab")["config"]["seed"]
    worker.kill()
    wait_until(lambda: session_of(sessions).reason == "worker_restarted", 30)
    sessions.commands.step("tab", 10)
    wait_until(lambda: browsers.epoch("tab") == 30, 60, "the next worker")
    there = session_of(sessions).moment(30)
    assert (there.config.learning_rate, there.config.seed) == (0.3, seed)
    player = Player(there.recording)
    while player.engine.epoch < 30:
        player.train()
    assert browsers.weights("tab", 25) == tuple(player.engine.parameters)


@pytest.mark.parametrize(("kind", "event"), [("py", "code"), ("strip", "strip"), ("animation",) * 2, ("study",) * 2])
def test_what_failed_in_a_worker_is_told_by_a_code_and_never_by_its_traceback(kind: str, event: str):
    connections, session = MagicMock(), Session("token", MagicMock(), Config())
    session.asked[kind] = 3
    session.studies.append(Studied(3, MagicMock()))
    failed = messages.Told("token", kind, 3, {"error": "Traceback: /srv/x.py"})
    Answers(threading.RLock(), {"token": session}, connections).receive(session.worker, failed)
    ((_, said, told), _) = connections.tell.call_args
    refusal = {"code": "mistake", "field": None, "values": {}, "error": "the server failed on this"}
    assert (said, told) == (event, refusal | {"number": 3} | ({"format": kind} if event == "code" else {}))
