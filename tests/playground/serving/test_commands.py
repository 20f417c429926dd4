"""The commands of a page, and what a real worker makes of them."""

import struct
import threading

import pytest

from playground.config import Config, ConfigError
from playground.link import MOST_GIVEN
from playground.point_set import packed
from playground.recording import moment
from playground.recording.edits import Add, Bias, LearningRate, places
from playground.recording.player import Player
from playground.recording.recording import MOST_EDITS, MOST_POINTS, Recording, Stamped
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


# --- the recording ----------------------------------------------------------------------------------------------------


def trained(link, epoch):
    """The parameters that the terminal would come to."""
    player = Player(moment.parse(link).recording)
    while player.engine.epoch < epoch:
        player.train()
    return tuple(player.engine.parameters)


def test_a_link_with_an_epoch_and_edits_opens_trained(sessions, browsers):
    link = "seed=0.1&epoch=1000&edits=100:rate:0.1,200:weight:0:1:0:-0.5,300:data:0.7"
    opened = sessions.open("tab", None, link)
    assert (opened["warnings"], opened["edited"], opened["playing"]) == ([], True, False)
    assert (opened["config"]["learningRate"], opened["config"]["seed"]) == (0.1, "0.7")
    wait_until(lambda: browsers.epoch("tab") == 1000, 20, "the link's epoch")
    assert browsers.weights("tab", 25) == trained(link, 1000)


def test_what_was_trained_and_edited_is_given_again_by_the_link_of_its_moment(sessions, browsers):
    sessions.open("tab", None, "seed=0.1&discretize=true")
    commands = sessions.commands
    commands.change("tab", {"learningRate": 0.1})  # before all training it is a setting
    for epoch, edit in [
        (20, lambda: commands.set_weight("tab", 0, 1, 0, -0.5)),
        (40, lambda: commands.change("tab", {"learningRate": 0.3, "discretize": False})),
        (60, lambda: commands.new_data("tab")),
        (80, lambda: commands.set_bias("tab", 1, 0, 0.25)),
    ]:
        commands.step("tab", 20)
        wait_until(lambda epoch=epoch: browsers.epoch("tab") == epoch)
        edit()
    commands.step("tab", 20)
    wait_until(lambda: browsers.epoch("tab") == 100)
    link = commands.moment("tab", 100)["link"]
    there = moment.parse(link)
    assert (there.epoch, [epoch for epoch, _ in there.recording.edits]) == (100, [20, 40, 60, 80])
    assert (there.recording.config.learning_rate, there.recording.config.discretize) == (0.1, False)
    assert browsers.weights("tab", 25) == trained(link, 100)
    assert [epoch for epoch, _ in moment.parse(commands.moment("tab", 50)["link"]).recording.edits] == [20, 40]
    sessions.open("other", None, link)
    wait_until(lambda: browsers.epoch("other") == 100)
    assert browsers.weights("other", 25) == browsers.weights("tab", 25)


@pytest.mark.parametrize("changes", [{}, {"learningRate": 0.1}, {"noise": 5}, {"discretize": True}])
def test_a_rule_to_pause_holds_whatever_else_is_set_with_it(sessions, browsers, changes):
    sessions.open("tab", None, "seed=0.1")
    sessions.commands.change("tab", {"stopEpoch": 7} | changes)
    sessions.commands.play("tab")
    wait_until(lambda: any(told["reason"] == "stop_epoch" for told in browsers.of("tab", "status")), 20, "a pause")
    assert browsers.of("tab", "status")[-1]["epoch"] == 7


def test_what_begins_anew_is_recorded_anew(sessions, browsers):
    sessions.open("tab", None, "seed=0.1")
    commands = sessions.commands
    for begin in (
        lambda: commands.reset("tab"), lambda: commands.new_weights("tab"),
        lambda: commands.change("tab", {"noise": 5}),
        lambda: commands.follow("tab", moment.parse("seed=0.3&epoch=3&edits=1:rate:0.1")),
    ):  # fmt: skip
        commands.step("tab", 5)
        wait_until(lambda: browsers.epoch("tab") >= 5)
        commands.set_bias("tab", 0, 0, 1.0)
        generation = begin()["generation"]
        wait_until(lambda: struct.unpack_from("<I", browsers.of("tab", "frame")[-1], 4)[0] == generation)  # noqa: B023
        recording = sessions.connections.session_of("tab").recording
    assert recording.edits == ((1, LearningRate(0.1)),)
    wait_until(lambda: browsers.epoch("tab") == 3)


def test_weights_that_come_from_a_page_have_no_link(sessions):
    sessions.open("tab", None, "seed=0.1")
    sessions.commands.restore("tab", [0.5] * 25, 100)
    with pytest.raises(SessionError) as refused:
        sessions.commands.moment("tab", 100)
    assert refused.value.code == "restored"
    assert sessions.commands.change("tab", {"learningRate": 0.1})["restored"]
    assert not sessions.commands.reset("tab")["restored"]
    sessions.commands.moment("tab", 0)


def test_a_moment_whose_link_could_not_be_read_has_none_and_what_is_given_is_read_with_what_a_page_adds(sessions):
    own = packed([[n / 4 for n in range(20)], [0] * 20, [n % 2 for n in range(20)]], 2)
    sessions.open("tab", None, f"dataset=own&seed=0.1&ownData={own.text}")
    session = sessions.connections.session_of("tab")
    biases = [Stamped(n, Bias(0, 0, 0.1234567890123456 + n)) for n in range(900)]
    strokes = [
        Stamped(900 + n, Add(0, places([(40 * n + at) / 733 - 5 for at in range(40)])))
        for n in range(MOST_POINTS // 20)
    ]
    session.recording = Recording(session.config, (*biases, *strokes))
    with pytest.raises(SessionError) as refused:
        sessions.commands.moment("tab", 1000)
    assert (refused.value.code, refused.value.values) == ("link-too-long", {"most": MOST_GIVEN})
    epochs = range(900, 1000)
    last = max(epoch for epoch in epochs if len(moment.write(session.moment(epoch))) <= MOST_GIVEN)
    given = sessions.commands.moment("tab", last)["link"]
    assert 900 < last < 999
    assert moment.parse(f"https://lab.example.org/playground/#{given}&kept=1.{'c' * 3400}") == session.moment(last)
    with pytest.raises(SessionError):
        sessions.commands.moment("tab", last + 1)


def test_one_edit_too_many_is_refused_and_changes_nothing(sessions):
    sessions.open("tab", None, "seed=0.1")
    session = sessions.connections.session_of("tab")
    session.recording = Recording(session.config, tuple(Stamped(1, Bias(0, 0, n)) for n in range(MOST_EDITS)))
    session.epoch = 1
    before = session.settings()
    for edit in (
        lambda: sessions.commands.set_bias("tab", 0, 0, 1.0), lambda: sessions.commands.set_weight("tab", 0, 0, 0, 1.0),
        lambda: sessions.commands.new_data("tab"), lambda: sessions.commands.change("tab", {"learningRate": 0.3}),
    ):  # fmt: skip
        with pytest.raises(ConfigError, match="a reset begins a new one"):
            edit()
    assert session.settings() == before
    sessions.commands.change("tab", {"discretize": True})
