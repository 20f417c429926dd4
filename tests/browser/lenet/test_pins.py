"""What the LeNet page shows of runs is pinned to the notebook, and is opened again as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Response, Route, expect

from notebook.figures import Chart, Matrix, Table, Tiles
from notebook.pins import VIEWS, Pin
from support.lenet_page import TINY, Lenet, Visitor

MINE = [view for view in VIEWS if view.startswith("lenet.")]


def press(lenet: Lenet, view: str, number: int = 0) -> Pin:
    """Presses a view's button, of several the one with this number. Gives the pin that the server has taken."""
    with lenet.page.expect_response(lambda response: is_of(response, view)) as answered:
        lenet.get(f"pin-{view}").nth(number).click()
    assert answered.value.status == 201, answered.value.text()
    body = json.loads(answered.value.request.post_data or "")
    return msgspec.json.decode(msgspec.json.encode(body["pin"]), type=Pin)


def is_of(response: Response, view: str) -> bool:
    """Whether it answers to a pin of the view: a page also sends what the one before it has left."""
    is_pin = response.url.endswith("/api/notebook/pins") and response.request.post_data
    return bool(is_pin) and json.loads(response.request.post_data or "")["pin"]["view"] == view


@pytest.fixture(scope="module")
def sweep(other: Visitor) -> str:
    """A sweep of two runs that are over."""
    axes = {"learning_rate": {"values": [0.01, 0.03]}}
    made = other.ask("sweeps", {"preset": "fast", "config": TINY, "search": "grid", "axes": axes})
    for trial in made["trials"]:
        other.finished(trial["run"])
    return str(made["trials"][0]["sweep"]["id"])


def test_all_views_are_pinned(visit: Callable[..., Lenet], runs: list[dict[str, Any]], sweep: str) -> None:
    lenet = visit().open(f"#run={runs[0]['run']}&epoch=1")
    pins = [press(lenet, "lenet.curves"), press(lenet, "lenet.curves", 1)]
    lenet.click("epochs-open")
    pins.append(press(lenet, "lenet.epochs"))
    lenet.draw("7")
    expect(lenet.get("draw-verdict")).to_have_attribute("data-predicted", "7")
    pins.append(press(lenet, "lenet.digit"))
    lenet.click("look-mistakes")
    expect(lenet.page.locator("[data-testid=mistake-images] canvas").first).to_be_visible()
    pins += [press(lenet, "lenet.confusion"), press(lenet, "lenet.mistakes")]
    lenet.click("look-kernels")
    expect(lenet.get("kernels-conv1")).to_be_visible()
    pins.append(press(lenet, "lenet.kernels"))
    lenet.click("look-maps")
    expect(lenet.page.locator("[data-testid=maps-layers] canvas").first).to_be_visible()
    pins.append(press(lenet, "lenet.maps"))
    pins += [press(lenet, f"lenet.{view}") for view in ("layers", "settings", "files")]
    of_run = len(pins)
    lenet.open("#compare=" + ",".join(run["run"] for run in runs))
    pins += [press(lenet, "lenet.compared", number) for number in (0, 1)]
    lenet.open(f"#sweep={sweep}")
    pins += [press(lenet, "lenet.sweep", number) for number in (0, 1)]

    assert {pin.view for pin in pins} == set(MINE)
    assert {pin.run for pin in pins[:of_run]} == {f"/lenet#run={runs[0]['run']}"}
    for pin in pins[:of_run]:
        facts = {fact.key: fact.value for fact in pin.facts}
        assert facts["epoch"] == 1
        assert facts["learning_rate"] == runs[0]["config"]["learning_rate"]
        assert set(pin.tables) == {"layers", "settings", "files"}
    by_view = {pin.view: pin.figure for pin in pins}
    matrix, digit = by_view["lenet.confusion"], by_view["lenet.digit"]
    assert isinstance(matrix, Matrix)
    assert sum(map(sum, matrix.counts)) == 10_000
    assert isinstance(digit, Tiles)
    assert max(digit.bars, key=lambda bar: bar[1])[0] == "7"
    assert isinstance(by_view["lenet.compared"], Table)
    assert isinstance(pins[of_run].figure, Chart)


@pytest.mark.parametrize("look", ["maps", "kernels", "mistakes"])
def test_a_pin_opens_its_panel_again(lenet: Lenet, run: dict[str, Any], look: str) -> None:
    lenet.open(f"#run={run['run']}&epoch=1&look={look}&image=3")
    expect(lenet.get(f"look-{look}")).to_have_attribute("aria-selected", "true")
    expect(lenet.get("epoch-slider")).to_have_value("1")
    if look == "maps":
        canvas = lenet.page.locator("[data-testid=maps-layers] canvas").first
        expect(canvas).to_be_visible()
        assert press(lenet, "lenet.maps").place.endswith("&look=maps&image=3")
    other = "kernels" if look == "maps" else "maps"
    lenet.click(f"look-{other}")
    assert "look=" not in lenet.page.evaluate("location.hash")


def test_a_drawn_digit_is_drawn_again_as_it_was(visit: Callable[..., Lenet], run: dict[str, Any]) -> None:
    lenet = visit().open(f"#run={run['run']}&epoch=1")
    lenet.draw("7")
    expect(lenet.get("draw-verdict")).to_have_attribute("data-predicted", "7")
    pin = press(lenet, "lenet.digit")

    other = visit().open(pin.place.removeprefix("/lenet"))
    expect(other.get("look-draw")).to_have_attribute("aria-selected", "true")
    expect(other.get("draw-verdict")).to_have_attribute("data-predicted", "7")
    again = press(other, "lenet.digit")
    assert again.figure == pin.figure  # the pixels that were fed, and the answer
    assert again.place == pin.place
    assert "strokes=" in other.page.evaluate("location.hash")
    other.click("pad-clear")
    expect(other.get("draw-verdict")).not_to_have_attribute("data-predicted", "7")
    assert "strokes=" not in other.page.evaluate("location.hash")  # they are others now


def test_a_pin_of_what_is_still_asked_says_that_there_is_nothing_yet(
    visit: Callable[..., Lenet], run: dict[str, Any]
) -> None:
    lenet = visit().open(f"#run={run['run']}&epoch=1")
    held: list[Route] = []
    lenet.page.route("**/predict", lambda route: held.append(route))
    with lenet.page.expect_request("**/predict"):
        lenet.draw("7")
    lenet.click("pin-lenet.digit")
    expect(lenet.get("notice-pins-nothing")).to_be_visible()
    expect(lenet.get("pin-note")).to_be_hidden()
    lenet.page.route("**/predict", lambda route: route.continue_())  # in place of the one before
    for route in held:
        route.continue_()
    expect(lenet.get("draw-verdict")).to_have_attribute("data-predicted", "7")
    press(lenet, "lenet.digit")
    expect(lenet.get("notice-pins-nothing")).to_be_hidden()


def test_strokes_that_cannot_be_read_are_left_out_and_named(lenet: Lenet, run: dict[str, Any]) -> None:
    lenet.open(f"#run={run['run']}&epoch=1&look=draw&strokes=0s12")
    expect(lenet.get("notice-address")).to_contain_text("strokes=0s12")
    expect(lenet.get("look-draw")).to_have_attribute("aria-selected", "true")
    assert lenet.page.evaluate("location.hash").endswith("&look=draw")


def test_a_pin_leaves_a_run_as_it_is_watched(lenet: Lenet, run: dict[str, Any]) -> None:
    lenet.open(f"#run={run['run']}")
    lenet.get("epoch-slider").focus()
    press(lenet, "lenet.files")
    expect(lenet.get("epoch-slider")).to_be_focused()
    expect(lenet.get("follow-newest")).to_be_checked()
    lenet.page.keyboard.press("Tab")
    expect(lenet.get("pin-note-text")).to_be_focused()
    lenet.page.keyboard.press("Escape")
    expect(lenet.get("epoch-slider")).to_be_focused()
