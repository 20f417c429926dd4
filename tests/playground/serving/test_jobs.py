"""What is done for a session besides its training, step by step and by a real worker."""

import base64
import json
import struct
import zlib

import numpy as np
import pytest

from playground.config import Config
from playground.export import code, files, steps
from playground.export.formats import BINARY, OF_A_WORKER
from playground.point_set import packed
from playground.recording import moment
from playground.recording.keyframes import Keyframes
from playground.recording.player import Player
from playground.serving import jobs
from playground.serving.session import SessionError
from playground.serving.studied import Studied
from playground.studies.plan import Plan
from playground.studies.seeds import Study
from support.processes import wait_until

LINK = "seed=0.1&epoch=60&edits=20:rate:0.1,30:weight:0:1:0:-0.5"


def runs_of(browsers):
    """The runs of studies that a page was told of."""
    return [told for told in browsers.of("tab", "study") if "run" in told]


@pytest.mark.parametrize("form", OF_A_WORKER.values)
def test_a_file_is_the_one_that_the_terminal_writes(form):
    there = moment.parse(LINK)
    content = steps.result(files.writing(there, form))
    told = [one for one in jobs.write_code(there, form) if one]
    file = {"content": content} if form in BINARY else {"text": content.decode()}
    assert told == [{"epoch": 60, "last": True, **file}]


def test_files_of_all_kinds_come_side_by_side(sessions, browsers):
    sessions.open("tab", None, LINK)
    wait_until(lambda: browsers.epoch("tab") == 60, 30)
    for form in OF_A_WORKER.values:
        assert sessions.commands.write_code("tab", 60, form) == {"number": 1}
    wait_until(lambda: len(browsers.of("tab", "code")) == 3, 60)
    written = {told["format"]: told for told in browsers.of("tab", "code")}
    assert written.keys() == {*OF_A_WORKER.values}
    assert written["py"]["text"] == code.script(moment.parse(LINK))
    assert json.loads(written["ipynb"]["text"])["nbformat"] == 4
    assert isinstance(written["onnx"]["content"], bytes)


def test_each_run_of_a_study_is_told_when_it_is_done_with_what_the_terminal_writes_of_it():
    plan = Plan(config=Config(seed="0.1"), seeds=5, epochs=120, vary="both")
    done = Study.finished(plan)
    steps = list(jobs.study_seeds(plan))
    told = [one for one in steps if one]
    assert len(steps) - len(told) >= 5 * 120 // 10  # it can be left after every ten epochs
    assert [(one["run"], one["of"]) for one in told] == [(number, 5) for number in range(5)]
    for one, run in zip(told, done, strict=True):
        assert (one["link"], one["epochs"]) == (moment.write(moment.Moment(run.recording, 120)), plan.recorded)
        assert one["scores"] == list(run.scores)
        assert np.allclose(one["test"], [test for _, test in run.losses], rtol=1e-3)
        assert np.allclose(one["train"], [train for train, _ in run.losses], rtol=1e-3)
        cells = np.frombuffer(base64.b64decode(one["map"]), dtype=np.int8).reshape(25, 25)
        (output,) = run.maps
        mean = output.reshape(25, 4, 25, 4).mean(axis=(1, 3))
        assert (cells == np.clip(np.floor(mean * 128), -128, 127)).all()


def test_a_run_of_a_study_that_was_told_is_not_kept():
    job = jobs.study_seeds(Plan(config=Config(seed="0.1"), seeds=30, epochs=1))
    study = None
    for told in job:
        study = study or job.gi_frame.f_locals["study"]
        assert len(study.done) <= (1 if told else 0)
    assert not study.done


def test_a_run_that_ends_in_no_numbers_is_told_so():
    config = Config(problem="regression", learning_rate=10, activation="relu", network_shape=(8, 8), seed="0.31415")
    plan = Plan(config=config, seeds=5, epochs=100)
    told = [one for one in jobs.study_seeds(plan) if one]
    failed = [one for one in told if one["failed"]]
    assert failed
    assert all(None in one["scores"] for one in failed)


def test_code_and_a_study_come_while_it_trains(sessions, browsers):
    sessions.open("tab", None, LINK)
    wait_until(lambda: browsers.epoch("tab") == 60, 30)
    sessions.commands.play("tab")
    number = sessions.commands.write_code("tab", 60)["number"]
    study = sessions.commands.begin_study("tab", 5, 50, "weights")["number"]
    wait_until(lambda: browsers.of("tab", "code") and len(runs_of(browsers)) == 5, 30)
    [written] = browsers.of("tab", "code")
    assert (written["number"], written["text"]) == (number, code.script(moment.parse(LINK)))
    assert [one["run"] for one in runs_of(browsers)] == list(range(5))
    assert {one["number"] for one in browsers.of("tab", "study")} == {study}
    epoch = browsers.epoch("tab")
    wait_until(lambda: browsers.epoch("tab") > epoch + 20, 30, "training goes on")


def test_a_study_while_one_runs_is_refused_and_one_that_was_ended_is_silent_and_makes_room_at_once(sessions, browsers):
    sessions.open("tab", None, "seed=0.1&networkShape=8,8,8,8")
    sessions.commands.begin_study("tab", 100, 10_000, "both")
    for more in (100, 5):
        with pytest.raises(SessionError) as refused:
            sessions.commands.begin_study("tab", more, 100, "both")
        assert refused.value.code == "study-runs"
    sessions.commands.end_study("tab")
    other = sessions.commands.begin_study("tab", 100, 100, "both")["number"]
    wait_until(lambda: runs_of(browsers), 30)
    assert {one["number"] for one in runs_of(browsers)} == {other}
    sessions.commands.end_study("tab")
    told = len(browsers.of("tab", "study"))
    sessions.commands.step("tab", 100)
    wait_until(lambda: browsers.epoch("tab") == 100, 30)
    assert len(browsers.of("tab", "study")) == told


def test_a_second_comparison_waits_for_the_first_and_a_study_that_failed_keeps_nobody_waiting(sessions, browsers):
    sessions.open("tab", None, "seed=0.1&networkShape=8,8,8,8")
    sessions.commands.begin_study("tab", 5, 1, "both")
    wait_until(lambda: len(runs_of(browsers)) == 5, 30)
    other = Config(seed="0.5", network_shape=(2,))
    number = sessions.commands.compare("tab", other)["number"]
    session = sessions.connections.session_of("tab")
    wait_until(lambda: session.studies[-1].is_over, 30)
    session.studies[-1] = Studied(number, session.studies[0].plan, against=session.studies[0].number)
    for again in (
        lambda: sessions.commands.compare("tab", other), lambda: sessions.commands.begin_study("tab", 5, 1, "both"),
    ):  # fmt: skip
        with pytest.raises(SessionError) as refused:
            again()
        assert refused.value.code == "study-runs"
    session.studies[-1].note({"error": "failed"})
    assert sessions.commands.compare("tab", other)["number"] == number + 1


def test_a_study_leaves_the_others_their_frames(sessions, browsers):
    sessions.open("other", None, "seed=0.2")
    sessions.open("tab", None, "seed=0.1&networkShape=8,8,8,8,8,8")
    sessions.commands.play("other")
    wait_until(lambda: browsers.epoch("other") > 10, 30)
    sessions.commands.begin_study("tab", 5, 500, "both")
    wait_until(lambda: runs_of(browsers), 60, "a run")
    began = len(browsers.of("other", "frame"))
    first = struct.unpack_from("<I", browsers.of("other", "frame")[-1], 8)[0]
    wait_until(lambda: browsers.epoch("other") >= first + 60, 60, "a second's epochs")
    assert len(browsers.of("other", "frame")) - began >= 15  # of 30, on a machine with others on it
    sessions.commands.end_study("tab")


def test_without_a_recording_there_is_no_code(sessions):
    sessions.open("tab", None, "seed=0.1")
    sessions.commands.restore("tab", [0.5] * 25, 100)
    with pytest.raises(SessionError) as refused:
        sessions.commands.write_code("tab", 100)
    assert refused.value.code == "restored"


@pytest.mark.parametrize(
    ("last", "epochs"),
    [(0, [0]), (1, [0, 1]), (7, [0, 1, 2, 5, 7]), (10, [0, 1, 2, 5, 10]), (120, [0, 1, 2, 5, 10, 20, 50, 100, 120])],
)
def test_a_strip_has_few_epochs_and_both_ends(last, epochs):
    assert jobs.strip_epochs(last) == epochs


@pytest.mark.parametrize("last", [0, 1, 7, 298, 299, 300, 301, 450, 10_000, 200_000])
def test_an_animation_has_each_epoch_or_three_hundred_that_lie_the_further_apart_the_later(last):
    epochs = jobs.animation_epochs(last)
    assert (epochs[0], epochs[-1], len(epochs)) == (0, last, min(last + 1, 300))
    apart = np.diff(epochs)
    assert all(apart >= 1)
    assert all(np.diff(apart) >= -1)  # it is rounded
    if last < 300:
        assert epochs == list(range(last + 1))


def test_an_animation_shows_the_run_as_it_was_with_its_points(sessions, browsers):
    link = "seed=0.1&noise=20&epoch=40&edits=20:rate:0.1,25:data:0.7,30:weight:0:1:0:-0.5"
    sessions.open("tab", None, link)
    wait_until(lambda: browsers.epoch("tab") == 40, 30)
    number = sessions.commands.animate("tab")["number"]
    wait_until(lambda: any(one["last"] for one in browsers.of("tab", "animation")), 30)
    told = browsers.of("tab", "animation")
    assert [(one["number"], one["frame"], one["of"], one["epoch"]) for one in told] == [
        (number, frame, 41, frame) for frame in range(41)
    ]
    player, cells = Player(moment.parse(link).recording), np.zeros(2500, np.uint8)
    for one in told:
        while player.engine.epoch < one["epoch"]:
            player.train()
        assert one["test"] == player.engine.scores().test_loss
        cells = cells + np.frombuffer(zlib.decompress(base64.b64decode(one["map"]), -15), np.uint8)
        mean = player.engine.maps()[-1].reshape(50, 2, 50, 2).mean(axis=(1, 3)).ravel()
        assert (cells.view(np.int8) == np.clip(np.floor(mean * 128), -128, 127)).all()
        if one["epoch"] in (0, 25):
            packed = base64.b64decode(one["points"])[16:]
            assert packed == player.engine.train_points.tobytes() + player.engine.test_points.tobytes()
        else:
            assert "points" not in one


def test_an_animation_shows_the_points_that_were_drawn_from_the_epoch_on_at_which_they_were():
    own = packed([[i / 4 for i in range(10)], [0] * 10, [i % 2 for i in range(10)]], 2)
    there = moment.parse(f"dataset=own&ownData={own.text}&seed=0.1&epoch=9&edits=4:add:1:-1:-1,6:drop:-1:-1")
    shown = {
        one["epoch"]: sum(struct.unpack_from("<2I", base64.b64decode(one["points"]), 8))
        for one in jobs.animate(there.recording, Keyframes(), 9)
        if one and "points" in one
    }
    assert shown == {0: 10, 4: 11, 6: 10}


def test_an_animation_that_was_ended_is_silent_and_training_goes_on(sessions, browsers):
    sessions.open("tab", None, "seed=0.1&networkShape=8,8,8,8,8,8&epoch=3000")
    wait_until(lambda: browsers.epoch("tab") == 3000, 60)
    sessions.commands.animate("tab")
    sessions.commands.end_animation("tab")
    told = len(browsers.of("tab", "animation"))
    sessions.commands.step("tab", 50)
    wait_until(lambda: browsers.epoch("tab") == 3050, 30)
    assert len(browsers.of("tab", "animation")) == told < 300


def test_no_step_of_an_animation_takes_longer_than_some_epochs():
    recording = moment.parse("seed=0.1").recording
    steps = list(jobs.animate(recording, Keyframes(), 5000))
    assert len([one for one in steps if one]) == 300
    assert len(steps) >= 5000 // 10


def test_a_strip_shows_the_run_as_it_was(sessions, browsers):
    sessions.open("tab", None, LINK)
    wait_until(lambda: browsers.epoch("tab") == 60, 30)
    number = sessions.commands.draw_strip("tab")["number"]
    wait_until(lambda: any(one["last"] for one in browsers.of("tab", "strip")), 30)
    told = browsers.of("tab", "strip")
    assert [(one["number"], one["epoch"]) for one in told] == [(number, at) for at in (0, 1, 2, 5, 10, 20, 50, 60)]
    player = Player(moment.parse(LINK).recording)
    for one in told:
        while player.engine.epoch < one["epoch"]:
            player.train()
        scores = player.engine.scores()
        assert (one["train"], one["test"]) == (scores.train_loss, scores.test_loss)
        cells = np.frombuffer(base64.b64decode(one["map"]), dtype=np.int8).reshape(25, 25)
        mean = player.engine.maps()[-1].reshape(25, 4, 25, 4).mean(axis=(1, 3))
        assert (cells == np.clip(np.floor(mean * 128), -128, 127)).all()
