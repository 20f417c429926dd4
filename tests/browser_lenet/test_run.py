"""From Start to a drawn digit recognised, on real MNIST; and what can be done to a run."""

import re

import pytest
from playwright.sync_api import expect

from lenet_page import LONG, QUICK, TEACHER, TINY

pytestmark = pytest.mark.timeout(300)  # the first test may wait for two trainings, at low priority


def test_from_start_to_a_drawn_digit_recognised(lenet):
    lenet.home()
    expect(lenet.get("welcome")).to_be_visible()
    lenet.start(**QUICK)
    expect(lenet.get("fact-speed")).to_have_text(re.compile(r"^[\d,]+ images/s$"))
    expect(lenet.get("draw-verdict")).to_contain_text(re.compile("first epoch|canvas is empty"))

    lenet.expect_status("finished")
    expect(lenet.get("fact-epoch")).to_have_text("2 of 2")
    expect(lenet.get("epoch-title")).to_have_text("After epoch 2")
    accuracy = float(lenet.get("figure-test-accuracy").inner_text().removesuffix(" %"))
    assert 85 < accuracy < 100
    expect(lenet.get("file")).to_have_count(2)

    for digit in ("7", "1"):
        lenet.draw(digit)
        expect(lenet.get("draw-verdict")).to_have_attribute("data-predicted", digit)
    shown = lenet.page.evaluate("() => [...document.querySelectorAll('.draw .bar-value')].map(e => e.textContent)")
    assert sum(float(text.removesuffix(" %")) for text in shown) == pytest.approx(100, abs=0.6)
    expect(lenet.get("draw-layers").locator("canvas")).to_have_count(8)


def test_an_empty_canvas_gets_no_answer(lenet, run):
    lenet.see(run)
    verdict = lenet.get("draw-verdict")
    expect(verdict).to_contain_text("The canvas is empty")
    lenet.draw("7")
    expect(verdict).to_have_attribute("data-predicted", re.compile(r"\d"))
    lenet.click("pad-clear")
    expect(verdict).to_contain_text("The canvas is empty")
    assert verdict.get_attribute("data-predicted") is None


def test_undo_takes_back_a_stroke(lenet, run):
    lenet.see(run)
    lenet.draw("1")
    drawn = lenet.picture("pad")
    lenet.click("pad-undo")
    expect(lenet.get("draw-verdict")).to_contain_text("The canvas is empty")
    assert lenet.picture("pad") != drawn


def test_a_run_is_paused_resumed_stopped_and_deleted(lenet):
    lenet.home()
    run = lenet.start(**LONG)
    lenet.expect_status("running")
    head = lenet.get("run-view")
    head.get_by_test_id("run-pause").click()
    lenet.expect_status("paused")
    head.get_by_test_id("run-resume").click()
    lenet.expect_status("running")
    head.get_by_test_id("run-stop").click()
    lenet.expect_status("stopped")
    head.get_by_test_id("run-delete").click()
    lenet.click("confirm-no")
    expect(lenet.row(run)).to_be_visible()
    head.get_by_test_id("run-delete").click()
    expect(lenet.get("confirm")).to_contain_text("cannot be undone")
    lenet.click("confirm-yes")
    expect(lenet.row(run)).to_have_count(0)
    expect(lenet.get("welcome")).to_be_visible()


def test_what_another_browser_starts_shows_here_but_is_not_ours_and_ours_waits_for_it(lenet, other):
    lenet.home()
    theirs = other.start(**LONG)
    try:
        row = lenet.row(theirs)
        expect(row.get_by_test_id("row-owner")).to_have_text("other browser")
        expect(row.get_by_role("button")).to_have_count(0)
        lenet.get("only-mine").check()
        expect(row).to_be_hidden()

        ours = lenet.home().start(**TINY)
        lenet.expect_status("queued")
        expect(lenet.get("run-reason")).to_have_text(re.compile(r"Number 1 in the queue; starts in about .+\."))
        expect(lenet.row(ours).get_by_test_id("row-accuracy")).to_have_attribute("hidden", "")
    finally:
        other.stop(theirs)
    lenet.expect_status("finished")
    expect(row.get_by_test_id("run-status")).to_have_attribute("data-status", "stopped")
    expect(lenet.row(ours).get_by_test_id("row-accuracy")).to_have_text(re.compile(r"\d+\.\d\d %"))


def test_the_teacher_may_delete_everyones_runs(visit, expendable):
    lenet = visit().open()
    lenet.click("teacher")
    lenet.get("teacher-token").fill("ferule")
    lenet.click("teacher-send")
    expect(lenet.get("teacher-error")).to_have_text("That is not the teacher's token.")
    lenet.get("teacher-token").fill(TEACHER)
    lenet.click("teacher-send")
    expect(lenet.get("teacher")).to_have_text("You are the teacher")
    lenet.row(expendable).get_by_test_id("run-delete").click()
    lenet.click("confirm-yes")
    expect(lenet.row(expendable)).to_have_count(0)


def test_a_run_that_cannot_go_on_says_why(lenet):
    lenet.home()
    # AdamW then multiplies the weights by 1 - 10 in every step.
    lenet.start(preset="best", **TINY | {"learning_rate": 10, "weight_decay": 1, "epochs": 50})
    lenet.expect_status("failed")
    expect(lenet.get("run-reason")).to_contain_text("A lower learning rate helps")


def test_a_run_that_is_no_more_is_said_to_be_missing(lenet):
    lenet.go("#run=20200101-000000-abcdef")
    expect(lenet.get("missing")).to_be_visible()
