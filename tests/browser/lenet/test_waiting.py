"""What stands beside a drawing or an image while the network has not answered."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

SLOW = "no answer for 10 seconds"


@pytest.fixture
def page(visit, run):
    """Whose clock the test can put forward."""
    page = visit()
    page.page.clock.install()
    return page.open_run(run)


def hold(page, what: str):
    """Holds back what is asked from now on; what it returns lets that and all later questions through."""
    held: list = []
    is_open = False

    def handle(route) -> None:
        route.continue_() if is_open else held.append(route)

    def let_go() -> None:
        nonlocal is_open
        is_open = True
        for route in held:
            route.continue_()

    page.page.route(f"**/{what}", handle)
    return let_go


def test_who_has_drawn_is_told_that_the_network_is_asked_and_that_it_does_not_answer(page):
    verdict = page.get("draw-verdict")
    expect(verdict).to_contain_text("The canvas is empty")
    let_go = hold(page, "predict")
    page.draw("7")
    expect(verdict).to_have_text("The network is being asked …")
    page.page.clock.fast_forward(2_000)  # it runs by itself too, and a busy machine takes seconds
    expect(verdict).to_have_text("The network is being asked …")
    page.page.clock.fast_forward(8_500)
    expect(verdict).to_contain_text(SLOW)
    page.click("lang-switch")
    expect(verdict).to_contain_text("10 秒没有得到回答")
    page.click("lang-switch")
    let_go()  # it is shown though it is late
    expect(verdict).to_have_attribute("data-predicted", "7")
    page.page.clock.fast_forward(20_000)
    expect(verdict).to_have_attribute("data-predicted", "7")
    expect(verdict).not_to_contain_text(SLOW)


def test_an_answer_to_what_was_drawn_before_does_not_stay_for_ever(page):
    verdict = page.get("draw-verdict")
    page.draw("7")
    expect(verdict).to_have_attribute("data-predicted", "7")
    hold(page, "predict")
    page.click("pad-clear")
    expect(verdict).to_contain_text("The canvas is empty")
    page.page.clock.fast_forward(20_000)
    expect(verdict).to_contain_text("The canvas is empty")
    page.draw("1")
    expect(verdict).to_have_text("The network is being asked …")
    page.click("lang-switch")
    page.click("lang-switch")
    page.page.clock.fast_forward(10_500)
    expect(verdict).to_contain_text(SLOW)
    page.get("pad").click()
    expect(verdict).to_have_text("The network is being asked …")


def test_who_has_chosen_an_image_is_told_the_same(page):
    let_go = hold(page, "maps?*")
    page.click("look-maps")
    verdict = page.get("maps-verdict")
    expect(verdict).to_have_text("The network is being asked …")
    page.page.clock.fast_forward(10_500)
    expect(verdict).to_contain_text(SLOW)
    let_go()
    expect(verdict).to_have_attribute("data-predicted", re.compile(r"\d"))
