"""The commands of a page, and what a real worker makes of them."""

import struct
import threading

import pytest

from playground.config import Config, ConfigError
from playground.serving.session import SessionError
from support.processes import wait_until


def test_new_weights_are_the_next_the_seed_gives_and_the_link_says_which(sessions):
    sessions.open("tab", None, "seed=0.1")
    reply = sessions.commands.new_weights("tab")
    assert reply["config"]["weightsDraw"] == 1
    assert "weightsDraw=1" in reply["link"]


def test_new_data_has_a_seed_of_its_own_and_keeps_the_network(sessions, browsers):
    sessions.open("tab", None, "seed=0.1")
    sessions.commands.step("tab", 5)
    wait_until(lambda: browsers.epoch("tab") == 5)
    reply = sessions.commands.new_data("tab")
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
        sessions.commands.select("tab", arguments)
    assert caught.value.field == field
    with pytest.raises(ConfigError):
        sessions.commands.set_bias("tab", *arguments, 0.5)


def test_an_input_that_is_not_there_is_refused(sessions):
    sessions.open("tab", None, None)
    with pytest.raises(ConfigError, match="input"):
        sessions.commands.set_weight("tab", 0, 0, 2, 0.5)
    with pytest.raises(ConfigError, match="input"):
        sessions.commands.set_weight("tab", 1, 0, 4, 0.5)


@pytest.mark.parametrize("is_paused", [False, True])
def test_a_diverged_training_is_never_said_to_train(sessions, browsers, is_paused):
    sessions.open("tab", None, "problem=regression&activation=relu&learningRate=10&networkShape=8,8&seed=0.31415")
    sessions.commands.play("tab")
    wait_until(lambda: browsers.of("tab", "status") and browsers.of("tab", "status")[-1]["reason"] == "diverged")
    before = len(browsers.of("tab", "status"))
    if is_paused:
        sessions.commands.pause("tab")
        wait_until(lambda: len(browsers.of("tab", "status")) > before)
        assert browsers.of("tab", "status")[-1]["reason"] == "diverged"
    for train in (lambda: sessions.commands.play("tab"), lambda: sessions.commands.step("tab", 1)):
        with pytest.raises(SessionError, match="diverged") as caught:
            train()
        assert caught.value.code == "diverged"


def test_the_curve_begins_with_the_network_it_is_of(sessions, browsers):
    token = sessions.open("tab", None, None)["session"]
    wait_until(lambda: browsers.epoch("tab") == 0)
    sessions.commands.restore("tab", [0.0] * 25, 245)
    wait_until(lambda: browsers.epoch("tab") == 245)
    sessions.open("again", token, None)
    assert browsers.of("again", "history")[0]["epochs"] == [245]


def test_changes_made_at_the_same_time_are_all_taken_over(sessions, monkeypatch):
    """Each is to the settings that the one before left: nobody changes them between being read and being written."""
    sessions.open("tab", None, None)
    updated, is_inside, is_done = Config.updated, threading.Event(), threading.Event()

    def slowly(config, changes):
        if changes == {"noise": 35}:
            is_inside.set()
            is_done.wait(0.5)  # where the other one may come between, it does so at once
        return updated(config, changes)

    monkeypatch.setattr(Config, "updated", slowly)
    first = threading.Thread(target=sessions.commands.change, args=("tab", {"noise": 35}))
    first.start()
    assert is_inside.wait(10)
    sessions.commands.change("tab", {"batchSize": 3})
    is_done.set()
    first.join(10)
    config = sessions.connections.session_of("tab").config
    assert (config.noise, config.batch_size) == (35, 3)
