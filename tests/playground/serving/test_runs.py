"""Going back: looking at an epoch, branching there, undoing; on a real worker."""

import contextlib
import dataclasses
import itertools
import os
import signal
import struct
import sys

import pytest

from playground.config import ConfigError
from playground.point_set import packed
from playground.recording import moment
from playground.recording.edits import LearningRate, Weight
from playground.recording.player import Player
from playground.serving import wire
from playground.serving.session import SessionError
from support.processes import wait_until

LINK = "seed=0.1"


def session_of(sessions, tab="tab"):
    return sessions.connections.session_of(tab)


def head(browsers, tab="tab"):
    """Generation, epoch and flags of the newest frame."""
    frames = browsers.of(tab, "frame")
    if not frames:
        return 0, -1, 0
    generation, epoch, _, flags = struct.unpack_from("<2I 2H", frames[-1], 4)
    return generation, epoch, flags


def parameters(link, epoch):
    player = Player(moment.parse(link).recording)
    while player.engine.epoch < epoch:
        player.train()
    return tuple(player.engine.parameters)


def shows(browsers, generation, epoch, flags=0, tab="tab"):
    wait_until(lambda: head(browsers, tab) == (generation, epoch, flags), 30, f"{(generation, epoch, flags)}")


def step(sessions, browsers, epochs, tab="tab"):
    """Trains so many epochs. Returns the reply, when the frame is there."""
    wait_until(lambda: browsers.of(tab, "frame"), 30, "a first frame")
    session = session_of(sessions, tab)
    start = session.epoch if session.viewed is None else session.viewed
    reply = sessions.commands.step(tab, epochs)
    shows(browsers, reply["generation"], start + epochs, tab=tab)
    return reply


def test_an_epoch_that_has_passed_is_shown_with_the_settings_of_then(sessions, browsers):
    sessions.open("tab", None, LINK)
    step(sessions, browsers, 100)
    sessions.commands.change("tab", {"learningRate": 0.3})
    step(sessions, browsers, 100)
    reply = sessions.commands.view("tab", 60)
    assert (reply["epoch"], reply["config"]["learningRate"]) == (60, 0.03)
    shows(browsers, 1, 60, wire.VIEWED)
    assert browsers.weights("tab", 25) == parameters(LINK, 60)
    assert sessions.commands.view("tab", None)["config"]["learningRate"] == 0.3
    shows(browsers, 1, 200)
    assert session_of(sessions).history.to_json()["epochs"][-1] == 200


def test_an_epoch_before_the_first_edit_is_not_edited(sessions, browsers):
    sessions.open("tab", None, LINK)
    step(sessions, browsers, 20)
    sessions.commands.set_bias("tab", 0, 0, 0.5)
    step(sessions, browsers, 20)
    wait_until(lambda: len(session_of(sessions).recording.edits) == 1)
    assert [sessions.commands.view("tab", epoch)["edited"] for epoch in (0, 19, 20, 30, None)] == [
        False,
        False,
        True,
        True,
        True,
    ]
    sessions.commands.change("tab", {"learningRate": 0.3})
    step(sessions, browsers, 10)
    assert sessions.commands.view("tab", 19)["edited"]  # the link has the other learning rate


BRANCHES = {
    "play": lambda commands: commands.play("tab"),
    "step": lambda commands: commands.step("tab", 10),
    "weight": lambda commands: commands.set_weight("tab", 0, 0, 0, 0.5),
    "bias": lambda commands: commands.set_bias("tab", 0, 0, 0.5),
    "rate": lambda commands: commands.change("tab", {"learningRate": 0.1}),
    "data": lambda commands: commands.new_data("tab"),
}


@pytest.mark.parametrize("how", BRANCHES)
def test_what_trains_or_edits_at_an_epoch_that_has_passed_branches_there(sessions, browsers, how):
    sessions.open("tab", None, LINK)
    step(sessions, browsers, 300)
    sessions.commands.set_weight("tab", 0, 1, 0, -0.5)
    step(sessions, browsers, 100)
    sessions.commands.view("tab", 250)
    shows(browsers, 1, 250, wire.VIEWED)
    reply = BRANCHES[how](sessions.commands)
    assert reply["generation"] >= 2
    wait_until(lambda: head(browsers)[0] == reply["generation"] and head(browsers)[1] >= 250, 30, "the branch")
    curves = browsers.of("tab", "history")[-1]
    assert (curves["number"], [run["number"] for run in curves["runs"]]) == (2, [1])
    assert curves["runs"][0]["epoch"] == 400
    assert (curves["epochs"][0], max(curves["epochs"]) <= 250) == (0, True)
    sessions.commands.pause("tab")
    sessions.commands.step("tab", 50)
    wait_until(lambda: len(session_of(sessions).recording.edits) == (how not in ("play", "step")), 30)
    wait_until(lambda: not session_of(sessions).playing)
    wait_until(lambda: browsers.epoch("tab") == session_of(sessions).epoch >= 300)
    edits = session_of(sessions).recording.edits
    assert {epoch for epoch, _ in edits} <= {250}
    there = session_of(sessions).moment(session_of(sessions).epoch)
    assert browsers.weights("tab", 25) == parameters(moment.write(there), there.epoch)


@pytest.mark.parametrize("how", BRANCHES)
def test_undo_of_what_made_a_branch_leads_to_the_run_before_and_redo_into_the_branch(sessions, browsers, how):
    sessions.open("tab", None, LINK)
    step(sessions, browsers, 300)
    one = browsers.weights("tab", 25)
    sessions.commands.view("tab", 250)
    shows(browsers, 1, 250, wire.VIEWED)
    before = session_of(sessions).past.counts["undo"]
    BRANCHES[how](sessions.commands)
    sessions.commands.pause("tab")
    if how not in ("play", "step"):
        wait_until(lambda: session_of(sessions).recording.edits, 30, "the edit")
    assert session_of(sessions).past.counts["undo"] == before + 1
    there = session_of(sessions).recording
    reply = sessions.commands.undo("tab")
    shows(browsers, reply["generation"], 300)
    assert browsers.weights("tab", 25) == one
    curves = browsers.of("tab", "history")[-1]
    assert (curves["number"], curves["runs"]) == (1, [])
    sessions.commands.redo("tab")
    assert session_of(sessions).recording == there
    assert [left.number for left in session_of(sessions).past.runs] == [1]


def test_a_second_edit_where_a_run_branched_is_a_change_of_its_own(sessions, browsers):
    sessions.open("tab", None, LINK)
    step(sessions, browsers, 30)
    sessions.commands.view("tab", 20)
    sessions.commands.set_weight("tab", 0, 0, 0, 2.0)
    wait_until(lambda: len(session_of(sessions).recording.edits) == 1)
    sessions.commands.set_bias("tab", 0, 0, 1.0)
    wait_until(lambda: len(session_of(sessions).recording.edits) == 2)
    sessions.commands.undo("tab")
    assert (session_of(sessions).past.number, len(session_of(sessions).recording.edits)) == (2, 1)
    sessions.commands.undo("tab")
    assert (session_of(sessions).past.number, session_of(sessions).epoch) == (1, 30)


def test_undo_of_points_drawn_at_an_epoch_that_has_passed_leads_to_the_run_before(sessions, browsers):
    own = packed([range(-5, 5), [0] * 10, [0, 1] * 5], 2)
    sessions.open("tab", None, f"dataset=own&ownData={own.text}&{LINK}")
    step(sessions, browsers, 30)
    sessions.commands.view("tab", 20)
    for x in (1.5, 2.5, 3.5):  # one stroke
        sessions.commands.add_points("tab", 0, struct.pack("<2f", x, 3))
    wait_until(lambda: session_of(sessions).recording.points == 3, 30)
    assert session_of(sessions).past.counts["undo"] == 1
    sessions.commands.undo("tab")
    there = session_of(sessions)
    assert (there.past.number, there.past.runs, there.epoch, there.config.own_data) == (1, (), 30, own)
    drawn = moment.parse(sessions.commands.redo("tab")["link"]).config.own_data
    assert (len(drawn.points), session_of(sessions).epoch) == (13, 20)


def test_undo_of_a_setting_changed_at_an_epoch_that_has_passed_leads_to_the_newest_of_the_run_before(
    sessions, browsers
):
    sessions.open("tab", None, LINK)
    step(sessions, browsers, 30)
    sessions.commands.change("tab", {"learningRate": 0.3})
    step(sessions, browsers, 10)
    sessions.commands.view("tab", 20)
    assert sessions.commands.change("tab", {"regularization": "L1"})["config"]["learningRate"] == 0.03
    config = sessions.commands.undo("tab")["config"]
    assert (config["regularization"], config["learningRate"], session_of(sessions).epoch) == ("none", 0.3, 40)


@contextlib.contextmanager
def on_the_way(sessions, browsers, how):
    """A run has branched at epoch 250. Its worker, not heard meanwhile, is at epoch 100 on the way there."""
    sessions.open("tab", None, LINK)
    step(sessions, browsers, 300)
    with sessions._lock:
        sessions.commands.view("tab", 250)
        BRANCHES[how](sessions.commands)
        session_of(sessions).epoch = 100  # as a frame of the way says
        yield


EDITS = [how for how in BRANCHES if how not in ("play", "step")]


@pytest.mark.parametrize("how", EDITS)
def test_undo_on_the_way_to_a_branch_leads_to_the_run_before_and_redo_makes_the_edit_where_it_was_made(
    sessions, browsers, how
):
    with on_the_way(sessions, browsers, how):
        assert (sessions.commands.undo("tab")["undo"], session_of(sessions).past.number) == (0, 1)
        assert session_of(sessions).epoch == 300
        reply = sessions.commands.redo("tab")
        assert (session_of(sessions).past.number, session_of(sessions).epoch) == (2, 250)
    [(epoch, _)] = session_of(sessions).recording.edits
    assert epoch == 250
    shows(browsers, reply["generation"], 250)
    assert browsers.weights("tab", 25) == parameters(sessions.commands.moment("tab", 250)["link"], 250)


NEXT = {
    "play": lambda commands: commands.play("tab"),
    "pause": lambda commands: commands.pause("tab"),
    "weight": lambda commands: commands.set_weight("tab", 0, 0, 0, 0.5),
}


@pytest.mark.parametrize("what", NEXT)
def test_what_is_asked_on_the_way_to_a_branch_leaves_the_settings_that_made_it(sessions, browsers, what):
    with on_the_way(sessions, browsers, "rate"):
        assert NEXT[what](sessions.commands)["config"]["learningRate"] == 0.1
    wait_until(lambda: LearningRate(0.1) in [edit for _, edit in session_of(sessions).recording.edits], 30)
    assert session_of(sessions).recording.edits[0].epoch == 250
    assert session_of(sessions).config.learning_rate == 0.1
    sessions.commands.pause("tab")


def test_a_worker_killed_on_the_way_to_a_branch_leaves_the_edit_where_it_was_made(sessions, browsers):
    sessions.open("tab", None, LINK)
    step(sessions, browsers, 300)
    os.kill(sessions.workers[0].pid, signal.SIGSTOP)  # it hears no more of what follows
    sessions.commands.view("tab", 250)
    sessions.commands.set_weight("tab", 0, 0, 0, 0.5)
    session_of(sessions).epoch = 100  # as a frame of the way says
    os.kill(sessions.workers[0].pid, signal.SIGKILL)
    wait_until(lambda: session_of(sessions).recording.edits, 60, "what the next worker is told")
    assert session_of(sessions).recording.edits == ((250, Weight(0, 0, 0, 0.5)),)
    shows(browsers, 2, 250)
    assert sessions.commands.undo("tab")["undo"] == 0
    assert (session_of(sessions).past.number, session_of(sessions).epoch) == (1, 300)


def test_both_runs_of_a_branch_can_be_gone_back_to(sessions, browsers):
    sessions.open("tab", None, LINK)
    step(sessions, browsers, 300)
    one = browsers.weights("tab", 25)
    sessions.commands.view("tab", 100)
    sessions.commands.set_weight("tab", 0, 0, 0, 2.0)
    step(sessions, browsers, 50)
    other = browsers.weights("tab", 25)
    assert other != one
    reply = sessions.commands.take("tab", 1)
    shows(browsers, reply["generation"], 300)
    assert browsers.weights("tab", 25) == one
    assert [run["number"] for run in browsers.of("tab", "history")[-1]["runs"]] == [2]
    reply = sessions.commands.take("tab", 2)
    shows(browsers, reply["generation"], 150)
    assert browsers.weights("tab", 25) == other


def test_the_newest_epoch_is_no_branch(sessions, browsers):
    sessions.open("tab", None, LINK)
    step(sessions, browsers, 50)
    sessions.commands.view("tab", 50)
    reply = step(sessions, browsers, 10)
    assert (reply["generation"], session_of(sessions).past.runs) == (1, ())


CHANGES = {
    "setting": lambda commands: commands.change("tab", {"activation": "relu"}),
    "rate": lambda commands: commands.change("tab", {"learningRate": 0.3}),
    "weight": lambda commands: commands.set_weight("tab", 0, 0, 0, 0.5),
    "bias": lambda commands: commands.set_bias("tab", 1, 1, 0.5),
    "data": lambda commands: commands.new_data("tab"),
    "new weights": lambda commands: commands.new_weights("tab"),
    "reset": lambda commands: commands.reset("tab"),
    "link": lambda commands: commands.follow("tab", moment.parse("seed=0.7&epoch=10")),
}


@pytest.mark.parametrize("what", CHANGES)
def test_undo_is_the_settings_and_the_training_before_and_redo_those_after(sessions, browsers, what):
    sessions.open("tab", None, LINK)
    step(sessions, browsers, 80)
    before, weights = session_of(sessions).config, browsers.weights("tab", 25)
    points = browsers.of("tab", "points")[-1][16:]
    CHANGES[what](sessions.commands)
    wait_until(lambda: session_of(sessions).past.counts["undo"] == 1, 30, "the change")
    wait_until(lambda: head(browsers)[0] == session_of(sessions).generation)
    if what == "link":
        wait_until(lambda: browsers.epoch("tab") == 10)
    step(sessions, browsers, 20)
    changed, epoch, after = session_of(sessions).config, browsers.epoch("tab"), browsers.weights("tab", 25)
    reply = sessions.commands.undo("tab")
    shows(browsers, reply["generation"], 80)
    assert (session_of(sessions).config, browsers.weights("tab", 25)) == (before, weights)
    assert browsers.of("tab", "points")[-1][16:] == points
    assert browsers.of("tab", "history")[-1]["epochs"][-1] == 80
    assert (reply["undo"], reply["redo"]) == (0, 1)
    reply = sessions.commands.redo("tab")
    shows(browsers, reply["generation"], epoch)
    assert (session_of(sessions).config, browsers.weights("tab", 25)) == (changed, after)


def test_undoing_what_is_shown_leaves_the_training(sessions, browsers):
    sessions.open("tab", None, LINK)
    sessions.commands.change("tab", {"showTestData": True})
    reply = step(sessions, browsers, 30)
    undone = sessions.commands.undo("tab")
    assert (undone["generation"], undone["config"]["showTestData"]) == (reply["generation"], False)
    assert sessions.commands.redo("tab")["config"]["showTestData"] is True
    assert session_of(sessions).epoch == 30


NAMED = ["cats", "狗"]


def test_naming_a_class_is_undone_and_made_again_and_the_training_goes_on(sessions, browsers):
    own = packed([range(-5, 5), [0] * 10, [0, 1] * 5], 2)
    sessions.open("tab", None, f"dataset=own&ownData={own.text}")
    generation = step(sessions, browsers, 30)["generation"]
    sessions.commands.name_classes("tab", NAMED)
    sessions.commands.set_weight("tab", 0, 0, 0, 0.5)
    wait_until(lambda: session_of(sessions).recording.edits)

    def names():
        link = sessions.commands.moment("tab", 30)["link"]
        assert session_of(sessions).config.own_data == moment.parse(link).config.own_data
        return list(session_of(sessions).config.own_data.class_names)

    assert names() == NAMED
    sessions.commands.undo("tab")
    assert names() == NAMED
    shows(browsers, generation + 1, 30)
    sessions.commands.undo("tab")
    assert names() == []
    sessions.commands.redo("tab")
    assert names() == NAMED
    assert head(browsers)[:2] == (generation + 1, 30)


def test_another_run_of_the_same_points_has_the_names_given_since(sessions, browsers):
    own = packed([range(-5, 5), [0] * 10, [0, 1] * 5], 2)
    sessions.open("tab", None, f"dataset=own&ownData={own.text}")
    step(sessions, browsers, 10)
    sessions.commands.view("tab", 5)
    step(sessions, browsers, 5)
    sessions.commands.name_classes("tab", NAMED)
    reply = sessions.commands.take("tab", 1)
    assert list(moment.parse(reply["link"]).config.own_data.class_names) == NAMED


def test_undoing_other_points_brings_back_their_names(sessions, browsers):
    named = packed([range(-5, 5), [0] * 10, [0, 1] * 5], 2).named(NAMED)
    other = packed([range(-5, 5), [1] * 10, [0, 1] * 5], 2).named(["one", "two"])
    sessions.open("tab", None, f"dataset=own&ownData={named.text}")
    sessions.commands.change("tab", {"ownData": other.text})
    sessions.commands.name_classes("tab", ["1", "2"])
    links = [sessions.commands.undo("tab")["link"] for _ in range(2)]
    assert [list(moment.parse(link).config.own_data.class_names) for link in links] == [["one", "two"], NAMED]


def test_an_undo_leaves_what_is_shown(sessions, browsers):
    sessions.open("tab", None, LINK)
    sessions.commands.change("tab", {"activation": "relu"})
    sessions.commands.change("tab", {"discretize": True})
    sessions.commands.undo("tab")
    sessions.commands.redo("tab")
    sessions.commands.undo("tab")
    undone = sessions.commands.undo("tab")["config"]
    assert (undone["activation"], undone["discretize"]) == ("tanh", False)


def test_where_there_is_nothing_to_undo_it_says_so(sessions):
    sessions.open("tab", None, LINK)
    for way in (sessions.commands.undo, sessions.commands.redo):
        with pytest.raises(SessionError) as refused:
            way("tab")
        assert refused.value.code == "no-change"
    with pytest.raises(ConfigError) as wrong:
        sessions.commands.take("tab", 3)
    assert wrong.value.field == "number"


def test_what_a_page_restored_cannot_be_gone_back_from(sessions):
    sessions.open("tab", None, LINK)
    sessions.commands.reset("tab")
    sessions.commands.restore("tab", [0.5] * 25, 100)
    with pytest.raises(SessionError) as refused:
        sessions.commands.view("tab", 50)
    assert refused.value.code == "restored"
    sessions.commands.change("tab", {"activation": "relu"})
    with pytest.raises(SessionError) as refused:
        sessions.commands.undo("tab")
    assert refused.value.code == "no-change"


def test_branches_and_changes_survive_a_killed_worker_and_a_page_that_comes_back(sessions, browsers):
    sessions.open("tab", None, LINK)
    step(sessions, browsers, 200)
    sessions.commands.view("tab", 100)
    sessions.commands.set_bias("tab", 0, 0, 0.5)
    step(sessions, browsers, 20)
    sessions.commands.view("tab", 70)
    shows(browsers, 2, 70, wire.VIEWED)
    frames = len(browsers.of("tab", "frame"))
    os.kill(sessions.workers[0].pid, signal.SIGKILL)

    def viewed():
        since = browsers.of("tab", "frame")[frames:]
        return [one for one in since if struct.unpack_from("<H", one, 14)[0] & wire.VIEWED]

    wait_until(viewed, 60, "a frame of the next worker, of the epoch that is looked at")
    [shown] = viewed()
    assert struct.unpack_from("<2I", shown, 4) == (2, 70)
    assert struct.unpack_from("<25d", shown, 64) == parameters(LINK, 70)
    token = session_of(sessions).token
    sessions.connections.leave("tab")
    again = sessions.open("again", token, None)
    assert (again["undo"], again["redo"]) == (1, 0)
    curves = browsers.of("again", "history")[-1]
    assert (curves["number"], [run["number"] for run in curves["runs"]]) == (2, [1])
    shows(browsers, 2, 120, tab="again")  # a page begins with what is
    sessions.commands.take("again", 1)
    wait_until(lambda: browsers.epoch("again") == 200, 30)
    assert browsers.weights("again", 25) == parameters(LINK, 200)


def test_a_page_is_told_when_an_edit_can_be_undone(sessions, browsers):
    sessions.open("tab", None, LINK)
    sessions.commands.set_bias("tab", 0, 0, 0.5)
    wait_until(lambda: browsers.of("tab", "past") == [{"undo": 1, "redo": 0}])


def test_a_link_with_an_epoch_brings_the_curve_of_the_way_there(sessions, browsers):
    sessions.open("tab", None, "seed=0.1&epoch=1000&edits=300:rate:0.1")
    wait_until(lambda: browsers.of("tab", "history"), 30, "the curve")
    curve = browsers.of("tab", "history")[-1]
    assert (curve["epochs"][0], curve["epochs"][-1]) == (0, 1000)
    assert curve["epochs"][:5] == [0, 1, 2, 3, 4]  # where most happens
    assert max(later - earlier for earlier, later in itertools.pairwise(curve["epochs"])) <= 10
    player = Player(moment.parse("seed=0.1&epoch=1000&edits=300:rate:0.1").recording)
    losses = {0: player.engine.scores().train_loss}
    while player.engine.epoch < 1000:
        player.train()
        losses[player.engine.epoch] = player.engine.scores().train_loss
    assert curve["trainLoss"] == [losses[epoch] for epoch in curve["epochs"]]


LEAVE = {
    "play": lambda commands: commands.play("tab"),
    "rate": lambda commands: commands.change("tab", {"learningRate": 0.3}),
    "weight": lambda commands: commands.set_weight("tab", 0, 0, 0, 0.5),
    "data": lambda commands: commands.new_data("tab"),
    "pause": lambda commands: commands.pause("tab"),
}


@pytest.mark.parametrize("how", LEAVE)
def test_who_plays_or_edits_on_the_way_to_a_links_epoch_leaves_it(sessions, browsers, how):
    sessions.open("tab", None, f"{LINK}&networkShape=8,8,8,8&epoch=200000")
    wait_until(lambda: browsers.epoch("tab") > 0, 30, "a frame on the way")
    LEAVE[how](sessions.commands)
    assert session_of(sessions).goal == 0
    sessions.commands.set_speed("tab", 0.1)
    wait_until(lambda: any(status["epoch"] > 0 for status in browsers.of("tab", "status")), 30)
    epoch = browsers.of("tab", "status")[-1]["epoch"]
    sessions.commands.select("tab", (0, 0))
    wait_until(lambda: browsers.epoch("tab") >= epoch, 30)
    assert browsers.epoch("tab") <= epoch + 2  # at the pace of its speed


def test_an_edit_on_the_way_leads_to_the_points_that_are_shown(sessions, browsers):
    link = f"{LINK}&epoch=300&edits=100:data:0.7"
    sessions.open("tab", None, link)
    wait_until(lambda: browsers.epoch("tab") == 300, 30)
    player = Player(moment.parse(link).recording)
    while player.engine.epoch < 300:
        player.train()
    assert browsers.of("tab", "points")[-1] == wire.pack_points(player.engine, 1)


def test_an_undo_right_after_an_edit_undoes_the_edit_and_redo_makes_it_again(sessions, browsers):
    sessions.open("tab", None, LINK)
    sessions.commands.change("tab", {"batchSize": 7})
    step(sessions, browsers, 10)
    sessions.commands.set_weight("tab", 0, 0, 0, 2.0)
    undone = sessions.commands.undo("tab")  # its worker has not told of the edit
    assert undone["config"]["batchSize"] == 7
    shows(browsers, undone["generation"], 10)
    without = browsers.weights("tab", 25)
    redone = sessions.commands.redo("tab")
    shows(browsers, redone["generation"], 10)
    assert browsers.weights("tab", 25) == (2.0, *without[1:])
    assert [edit for _, edit in session_of(sessions).recording.edits] == [Weight(0, 0, 0, 2.0)]


STAY = {
    "reset": lambda commands: commands.reset("tab"),
    "pause": lambda commands: commands.pause("tab"),
    "weights": lambda commands: commands.new_weights("tab"),
}


@pytest.mark.parametrize("how", STAY)
def test_what_is_set_on_the_way_to_a_links_epoch_is_what_is_in_force_there(sessions, browsers, how):
    link = "networkShape=8,8,8,8&learningRate=0.3&seed=0.7&epoch=100000&edits=90000:rate:0.05,95000:data:0.9"
    sessions.open("tab", None, link)
    wait_until(lambda: browsers.epoch("tab") > 0, 30, "a frame on the way")
    reply = STAY[how](sessions.commands)
    assert (reply["config"]["learningRate"], reply["config"]["seed"], reply["goal"]) == (0.3, "0.7", 0)
    wait_until(lambda: head(browsers)[0] == reply["generation"], 30)
    sessions.commands.step("tab", 10)
    wait_until(lambda: session_of(sessions).epoch > 0, 30)
    wait_until(lambda: not session_of(sessions).is_going and browsers.epoch("tab") == session_of(sessions).epoch)
    at = session_of(sessions).epoch
    there = session_of(sessions).moment(at)
    assert not there.recording.edits
    assert browsers.weights("tab", 249) == parameters(moment.write(there), at)


def test_an_undo_to_other_settings_brings_the_whole_curve(sessions, browsers):
    sessions.open("tab", None, LINK)
    for _ in range(6):
        step(sessions, browsers, 10)
    before = session_of(sessions).history.to_json()
    sessions.commands.change("tab", {"activation": "relu"})
    reply = sessions.commands.undo("tab")
    shows(browsers, reply["generation"], before["epochs"][-1])
    after = session_of(sessions).history.to_json()
    assert set(before["epochs"]) <= set(after["epochs"])


def test_a_study_is_told_again_to_a_page_that_comes_back(sessions, browsers):
    sessions.open("tab", None, LINK)
    sessions.commands.begin_study("tab", 5, 20, "both")
    wait_until(lambda: len(browsers.of("tab", "study")) == 6, 30)
    token = session_of(sessions).token
    sessions.connections.leave("tab")
    sessions.open("again", token, None)
    assert browsers.of("again", "study") == browsers.of("tab", "study")
    sessions.commands.end_study("again")
    sessions.connections.leave("again")
    sessions.open("third", token, None)
    assert browsers.of("third", "study") == []


def test_two_settings_are_trained_with_the_same_seeds_and_told_again_to_a_page_that_comes_back(sessions, browsers):
    def told(connection, number):
        begun, *runs = [one for one in browsers.of(connection, "study") if one["number"] == number]
        return begun, runs

    sessions.open("tab", None, LINK)
    first = sessions.commands.begin_study("tab", 6, 30, "both")["number"]
    wait_until(lambda: len(told("tab", first)[1]) == 6, 30)
    sessions.commands.change("tab", {"activation": "relu", "seed": "0.7"})
    second = sessions.commands.compare("tab", None)["number"]
    wait_until(lambda: len(told("tab", second)[1]) == 6, 30)
    (begun, runs), (other, others) = told("tab", first), told("tab", second)
    assert (begun["against"], other["against"]) == (None, first)
    assert (other["of"], other["epochs"], other["vary"]) == (6, 30, "both") == (
        begun["of"], begun["epochs"], begun["vary"],
    )  # fmt: skip
    assert begun["config"] | {"activation": "relu"} == other["config"]
    for one, two in zip(runs, others, strict=True):
        mine, other_ones = moment.parse(one["link"]), moment.parse(two["link"])
        assert dataclasses.replace(mine.config, activation="relu") == other_ones.config
        assert one["scores"] != two["scores"]
    token = session_of(sessions).token
    sessions.connections.leave("tab")
    sessions.open("again", token, None)
    assert browsers.of("again", "study") == browsers.of("tab", "study")
    third = sessions.commands.compare("again", moment.parse("seed=0.9&networkShape=7").config)["number"]
    wait_until(lambda: len(told("again", third)[1]) == 6, 30)
    sessions.connections.leave("again")
    sessions.open("third", token, None)
    assert [one["number"] for one in browsers.of("third", "study")] == [first] * 7 + [third] * 7
    sessions.commands.end_study("third")
    sessions.connections.leave("third")
    sessions.open("fourth", token, None)
    assert [one["number"] for one in browsers.of("fourth", "study")] == [first] * 7


def test_there_is_nothing_to_compare_with_before_a_study_has_ended(sessions, browsers):
    sessions.open("tab", None, LINK)
    for begin in (lambda: None, lambda: sessions.commands.begin_study("tab", 100, 10_000, "both")):
        begin()
        with pytest.raises(SessionError) as refused:
            sessions.commands.compare("tab", None)
        assert refused.value.code == "no-study"
    sessions.commands.end_study("tab")


def test_a_worker_that_takes_over_a_study_tells_no_run_twice(sessions, browsers):
    runs = lambda: [told["run"] for told in browsers.of("tab", "study") if "run" in told]  # noqa: E731
    sessions.open("tab", None, f"{LINK}&networkShape=8,8,8,8,8,8")
    sessions.commands.begin_study("tab", 5, 1000, "both")
    wait_until(lambda: runs() == [0, 1], 60)
    os.kill(sessions.workers[0].pid, signal.SIGKILL)
    wait_until(lambda: len(runs()) >= 5, 60)
    assert runs() == list(range(5))


def test_two_studies_of_a_hundred_seeds_take_little_of_a_session(sessions, browsers):
    sessions.open("tab", None, LINK)
    commands = sessions.commands
    for begin in (lambda: commands.begin_study("tab", 100, 100, "both"), lambda: commands.compare("tab", None)):
        before = len(browsers.of("tab", "study"))
        begin()
        wait_until(lambda before=before: len(browsers.of("tab", "study")) == before + 101, 60)
    kept = [one for studied in session_of(sessions).studies for one in studied._runs]
    assert len(kept) == 200
    assert sum(map(sys.getsizeof, kept)) < 550_000


def test_what_a_killed_worker_was_asked_for_the_next_one_does(sessions, browsers):
    sessions.open("tab", None, f"{LINK}&networkShape=8,8,8,8&epoch=3000")
    wait_until(lambda: browsers.epoch("tab") == 3000, 60)
    number = sessions.commands.write_code("tab", 3000)["number"]
    os.kill(sessions.workers[0].pid, signal.SIGKILL)
    wait_until(lambda: browsers.of("tab", "code"), 60, "the file")
    assert browsers.of("tab", "code")[0]["number"] == number


def test_an_animation_begins_anew_with_the_next_worker(sessions, browsers):
    frames = lambda: [told["frame"] for told in browsers.of("tab", "animation")]  # noqa: E731
    sessions.open("tab", None, f"{LINK}&networkShape=8,8,8,8,8,8&epoch=3000")
    wait_until(lambda: browsers.epoch("tab") == 3000, 60)
    sessions.commands.animate("tab")
    wait_until(frames, 30)
    os.kill(sessions.workers[0].pid, signal.SIGKILL)
    wait_until(lambda: frames()[-1:] == [299], 60, "the last frame")
    assert frames()[-300:] == list(range(300))
    assert len({told["number"] for told in browsers.of("tab", "animation")}) == 1


def test_a_file_of_too_many_sets_of_points_is_refused(sessions, browsers):
    edits = ",".join(f"{epoch}:data:0.{epoch}" for epoch in range(1, 13))
    sessions.open("tab", None, f"{LINK}&epoch=20&edits={edits}")
    wait_until(lambda: browsers.epoch("tab") == 20, 30)
    with pytest.raises(SessionError) as refused:
        sessions.commands.write_code("tab", 20)
    assert (refused.value.code, refused.value.values) == ("too-large", {"most": 10})
    sessions.commands.write_code("tab", 10)
