"""What becomes of sessions when their worker dies or speaks of a network that is gone; test_workers.py has more."""

import os
import signal
import struct

from support.processes import wait_until


def test_a_killed_worker_is_replaced_and_its_sessions_go_on_from_their_last_frame(sessions, browsers):
    sessions.open("tab", None, "seed=0.1")
    sessions.commands.step("tab", 30)
    wait_until(lambda: browsers.epoch("tab") == 30)
    before = browsers.weights("tab", 25)
    first = sessions.workers[0].pid
    n_frames = len(browsers.of("tab", "frame"))
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: any(s["reason"] == "worker_restarted" for s in browsers.of("tab", "status")), 30)
    wait_until(lambda: len(browsers.of("tab", "frame")) > n_frames, 60, "a frame of the new worker")
    assert sessions.workers[0].pid != first
    assert browsers.epoch("tab") == 30
    assert browsers.weights("tab", 25) == before


def test_a_session_that_was_playing_plays_on_after_its_worker_was_killed(sessions, browsers):
    sessions.open("tab", None, "seed=0.1")
    sessions.commands.play("tab")
    wait_until(lambda: browsers.epoch("tab") > 20)
    os.kill(sessions.workers[0].pid, signal.SIGKILL)
    at_death = browsers.epoch("tab")
    wait_until(lambda: browsers.epoch("tab") > at_death + 10, 60, "training goes on")
    epochs = [struct.unpack_from("<I", packed, 8)[0] for packed in browsers.of("tab", "frame")]
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
