"""A training that diverges: it pauses, the page says why, and each way out leads out."""

import math
import re

import pytest
from playwright.sync_api import expect

DIVERGING = "problem=regression&activation=relu&learningRate=10&networkShape=8,8&seed=0.31415"


@pytest.fixture
def diverged(playground):
    playground.visit(DIVERGING)
    playground.click("play")
    playground.expect_state("diverged")
    return playground


def test_it_pauses_and_the_page_says_why_and_what_helps(diverged):
    expect(diverged.get("notice-diverged")).to_contain_text("smaller learning rate")
    expect(diverged.get("play")).to_have_accessible_name("Play (P)")
    assert diverged.get("loss-test").inner_text() in ("NaN", "∞")
    assert diverged.statuses[-1]["playing"] is False
    diverged.click("diverged-reset")


def test_play_is_refused_and_says_why_again(diverged):
    diverged.get("notice-diverged").get_by_label("Close this message").click()
    epoch = diverged.epoch
    diverged.click("play")
    expect(diverged.get("notice-diverged")).to_be_visible()
    diverged.expect_state("diverged")
    assert diverged.epoch == epoch
    diverged.click("diverged-reset")


def test_the_smaller_learning_rate_offered_starts_again_with_it(diverged):
    diverged.click("diverged-smaller-rate")
    diverged.expect_link(learningRate="1")
    diverged.expect_state("paused")
    diverged.expect_epoch(0)
    expect(diverged.get("notice-diverged")).not_to_be_attached()
    expect(diverged.get("loss-test")).not_to_have_text("NaN")


def test_a_card_shows_what_is_no_number_and_says_what_it_means(diverged):
    diverged.visit("problem=regression&activation=linear&learningRate=10&networkShape=3&seed=0.3")
    diverged.click("step")
    diverged.expect_state("diverged")
    told = []
    diverged.page.on("console", lambda message: told.append(message.text))
    diverged.click("node-0-0")
    field = diverged.get("edit-bias-0-0")
    expect(field).to_have_attribute("placeholder", re.compile("NaN|∞"))
    expect(field).to_have_value("")
    expect(diverged.get("card-note")).to_contain_text("has diverged")
    diverged.page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    diverged.click("diverged-reset")
    diverged.expect_epoch(0)
    diverged.click("node-0-0")
    expect(field).not_to_have_value("")
    expect(diverged.get("card-note")).to_be_hidden()
    assert told == []


def test_reset_leads_out(diverged):
    diverged.click("diverged-reset")
    diverged.expect_state("paused")
    diverged.expect_epoch(0)
    expect(diverged.get("loss-test")).not_to_have_text("NaN")
    diverged.step()  # one epoch goes well even so


def test_another_setting_leads_out(diverged):
    diverged.choose("activation", "tanh")
    diverged.expect_state("paused")
    expect(diverged.get("notice-diverged")).not_to_be_attached()


def test_the_chart_shows_the_losses_before_it(diverged):
    # The last point has no place on any axis: it is not drawn.
    diverged.wait(lambda: len(diverged.chart()["x"]) > 1 and diverged.chart()["x"][-1] is None, "the whole curve")
    chart = diverged.chart()
    assert chart["x"][0] == 0
    assert 0 < chart["train"][0] < 1
    assert math.isfinite(chart["range"][1])
    diverged.click("diverged-reset")
