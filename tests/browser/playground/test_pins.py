"""What the Playground shows is pinned by one click, which interrupts nothing, and is never lost on its way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from playwright.sync_api import Page, Response, Route, expect

from notebook.pins import VIEWS, Pin
from support.playground_page import Playground

ROOT = Path(__file__).parents[3]
PINS = "**/api/notebook/pins*"
MINE = [view for view in VIEWS if view.startswith("playground.")]


def press(page: Page, view: str) -> Pin:
    """Presses a view's button. Gives the pin that the server has taken, read as it reads one."""
    with page.expect_response(lambda response: is_of(response, view)) as answered:
        page.get_by_test_id(f"pin-{view}").click()
    assert answered.value.status == 201, answered.value.text()
    return sent(answered.value.request.post_data)


def is_of(response: Response, view: str) -> bool:
    """Whether it answers to a pin of the view: a page also sends what the one before it has left."""
    is_pin = response.url.endswith("/api/notebook/pins") and response.request.post_data
    return bool(is_pin) and json.loads(response.request.post_data or "")["pin"]["view"] == view


def sent(body: str | None) -> Pin:
    return msgspec.json.decode(msgspec.json.encode(json.loads(body or "")["pin"]), type=Pin)


def notebook(page: Page) -> dict[str, Any]:
    """The notebook of this browser, as the server has it."""
    ask = "async (path) => (await fetch(path)).json()"
    [summary] = page.evaluate(ask, "/api/notebook")["notebooks"]
    found: dict[str, Any] = page.evaluate(ask, f"/api/notebook/notebooks/{summary['id']}")
    return found


def facts(pin: Pin) -> dict[str, Any]:
    return {fact.key: fact.value for fact in pin.facts}


def test_every_view_has_a_button_and_every_button_a_view() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "static/js").rglob("*.js"))
    buttons = set(re.findall(r'pinButton\(\s*"([\w.]+)"', source))
    assert buttons == set(VIEWS)


def note_by_keyboard(playground: Playground, ends: str) -> None:
    """Pins the map and types its note, which the key `ends` ends: it is in the notebook."""
    page = playground.page
    pin = press(page, "playground.map")
    page.keyboard.press("Tab")
    expect(playground.get("pin-note-text")).to_be_focused()
    page.keyboard.type("one line divides them")
    with page.expect_response(f"**/api/notebook/pins/{pin.id}") as answered:
        page.keyboard.press(ends)
    assert answered.value.ok
    expect(playground.get("pin-note")).to_be_hidden()
    cells = [one["cell"] for one in notebook(page)["cells"] if one["cell"].get("pin") == pin.id]
    assert [cell["note"] for cell in cells] == ["one line divides them"]


class TestOnePin:
    def test_holds_what_is_shown(self, playground: Playground) -> None:
        playground.step()
        page = playground.page
        pin = press(page, "playground.map")
        frame = playground.frame
        assert pin.figure.cells == frame.data[-10_000:]  # type: ignore[union-attr]
        shown = [(x, y) for x, y, _ in playground.points["train"]]
        assert np.frombuffer(pin.figure.points[0].xy, "<f4").reshape(-1, 2) == pytest.approx(np.array(shown), abs=1e-6)  # type: ignore[union-attr]
        assert facts(pin)["epoch"] == frame.epoch == 1
        assert (facts(pin)["trainLoss"], facts(pin)["testLoss"]) == frame.losses
        assert pin.run.startswith("/#")
        assert pin.place == f"{pin.run}&epoch=1"

    def test_can_be_opened_again(self, playground: Playground) -> None:
        for _ in range(3):
            playground.step()
        pin = press(playground.page, "playground.network")
        playground.open(pin.place.removeprefix("/#"))
        playground.expect_epoch(3)
        assert facts(press(playground.page, "playground.network")) == facts(pin)

    def test_neither_takes_the_focus_nor_stops_the_training(self, playground: Playground) -> None:
        page = playground.page
        playground.play()
        playground.get("setting-noise").focus()
        press(page, "playground.loss")
        expect(playground.get("setting-noise")).to_be_focused()
        expect(playground.get("pin-note")).to_be_visible()
        expect(playground.get("pin-said")).not_to_be_empty()
        before = playground.epoch
        playground.wait(lambda: playground.epoch > before + 5, "epochs after the pin")
        playground.pause()

    def test_is_given_a_note_by_the_keyboard(self, playground: Playground) -> None:
        note_by_keyboard(playground, "Enter")

    def test_keeps_the_note_that_escape_ends(self, playground: Playground) -> None:
        note_by_keyboard(playground, "Escape")
        expect(playground.get("pin-said")).to_have_text("The note is kept.")

    def test_waits_longer_for_the_note_of_who_has_been_in_its_field(self, visit: Callable[..., Playground]) -> None:
        playground = visit()
        page = playground.page
        page.clock.install()
        press(page, "playground.map")
        page.clock.run_for(9_000)
        expect(playground.get("pin-note")).to_be_hidden()
        press(page, "playground.map")
        playground.click("pin-note-text")
        playground.get("setting-noise").focus()
        page.clock.run_for(20_000)
        expect(playground.get("pin-note")).to_be_visible()
        page.clock.run_for(11_000)
        expect(playground.get("pin-note")).to_be_hidden()


def test_the_views_of_the_drawer_are_pinned(visit: Callable[..., Playground]) -> None:
    playground = visit("seed=0.5&dataset=iris&epoch=5")
    page = playground.page
    playground.expect_epoch(5)
    playground.get("confusion-panel").locator("summary").click()
    shown = {view: press(page, view) for view in ("playground.confusion",)}
    rows = page.locator("[data-testid=confusion] tbody tr").all()
    counts = [[int(cell.inner_text()) for cell in row.locator(".confusion-cell").all()] for row in rows]
    playground.click("tools")
    playground.click("look-kept")
    playground.click("keep")
    expect(playground.get("kept-1")).to_be_visible()
    playground.get("beside-1").check()
    shown |= {view: press(page, view) for view in ("playground.compared", "playground.kept")}
    playground.click("look-strip")
    expect(playground.get("strip-5")).to_be_visible()
    shown["playground.strip"] = press(page, "playground.strip")
    playground.click("look-seeds")
    playground.get("seeds-count").fill("5")
    playground.get("seeds-epochs").fill("5")
    playground.click("seeds-begin")
    expect(playground.get("seeds-said")).to_have_text(re.compile("of 5$"))
    shown["playground.seeds"] = press(page, "playground.seeds")
    playground.choose("activation", "relu")
    playground.click("pairs-compare")
    expect(playground.get("pairs-counts")).to_have_text(re.compile("of 5 seeds"))
    expect(playground.get("pairs-words")).to_contain_text("What counts is the test loss at the end.")
    shown["playground.pairs"] = press(page, "playground.pairs")
    assert shown["playground.confusion"].figure.counts == counts  # type: ignore[union-attr]
    assert len(shown["playground.strip"].figure.groups[0].tiles) == 4  # type: ignore[union-attr]
    assert {*shown, "playground.map", "playground.network", "playground.loss"} == set(MINE)
    assert len(notebook(page)["pins"]) == len(shown)


class TestOpenedAgain:
    """What a pin shows besides the run of its link is there again, in a browser that never saw it."""

    def again(self, visit: Callable[..., Playground], pin: Pin) -> Playground:
        return visit(pin.place.removeprefix("/#"))

    def test_a_study_and_what_is_compared_with_it(self, visit: Callable[..., Playground]) -> None:
        playground = visit("seed=0.5&dataset=xor&learningRate=0.1")
        page = playground.page
        playground.click("tools")
        playground.click("look-seeds")
        playground.get("seeds-count").fill("6")
        playground.get("seeds-epochs").fill("8")
        playground.get("seeds-vary").select_option("weights")
        playground.click("seeds-begin")
        expect(playground.get("pairs")).to_be_visible()
        playground.get("seeds-threshold").fill("0.4")
        alone = press(page, "playground.seeds")
        playground.choose("activation", "linear")
        playground.click("pairs-compare")
        expect(playground.get("pairs-words")).to_contain_text("What counts is the test loss at the end.")
        counts = playground.get("pairs-counts").inner_text()
        pairs = press(page, "playground.pairs")
        assert "B: activation Linear. " + counts in pairs.caption

        other = self.again(visit, alone)
        expect(other.get("drawer")).to_be_visible()
        expect(other.get("seeds-said")).to_have_text(re.compile("of 6$"))
        fields = [other.get(f"seeds-{name}").input_value() for name in ("count", "epochs", "vary", "threshold")]
        assert fields == ["6", "8", "weights", "0.4"]
        expect(other.get("pairs")).to_be_visible()
        expect(other.get("pairs-counts")).to_be_hidden()
        assert facts(press(other.page, "playground.seeds")) == facts(alone)
        assert "study" not in other.page.evaluate("location.hash")  # a reload does not train it once more

        other = self.again(visit, pairs)
        expect(other.get("pairs-counts")).to_have_text(counts)
        expect(other.get("pairs-words")).to_contain_text("What counts is the test loss at the end.")
        assert press(other.page, "playground.pairs").figure == pairs.figure
        expect(other.get("pairs-hint")).to_have_text("To compare A with something else, change a setting first.")

    def test_the_runs_of_a_comparison(self, visit: Callable[..., Playground]) -> None:
        playground = visit("seed=0.5&dataset=xor&epoch=4")
        playground.expect_epoch(4)
        playground.click("tools")
        playground.click("look-kept")
        playground.click("keep")
        expect(playground.get("kept-1")).to_be_visible()
        playground.choose("activation", "relu")
        playground.expect_epoch(0)
        playground.click("keep")
        expect(playground.get("kept-2")).to_be_visible()
        pin = press(playground.page, "playground.compared")
        playground.click("drawer-close")
        playground.visit(pin.place.removeprefix("/#"))
        expect(playground.get("kept-1")).to_be_visible()
        expect(playground.get("kept-offered")).to_be_hidden()  # both stand in the table

        other = self.again(visit, pin)
        other.expect_epoch(4 if "epoch=4" in pin.place.partition("&kept=")[0] else 0)
        expect(other.get("kept-offered")).to_be_visible()
        expect(other.get("kept-table").locator("tbody tr")).to_have_count(0)  # what somebody keeps stays theirs
        for number, epoch, activation in ((2, 0, "relu"), (1, 4, "tanh")):
            if not other.get("drawer").is_visible():  # it makes room for the run where it would cover that
                other.click("tools")
            other.click(f"kept-offered-{number}")
            expect(other.get("setting-activation")).to_have_value(activation)
            other.expect_epoch(epoch)

    def test_what_cannot_be_read_is_said_and_the_run_opens(self, visit: Callable[..., Playground]) -> None:
        playground = visit("seed=0.5&dataset=xor&study=30,x,both,0.05&kept=1", locale="zh-CN")
        notice = playground.get("notice-link")
        expect(notice).to_contain_text("链接中的“study”无法读取，已略去。")
        expect(notice).to_contain_text("链接中的“kept”无法读取，已略去。")
        expect(playground.get("drawer")).to_be_hidden()
        assert "seed=0.5" in playground.page.evaluate("location.hash")


class TestOnTheWay:
    def test_nothing_is_lost_without_the_server(self, visit: Callable[..., Playground]) -> None:
        playground = visit()
        page = playground.page
        page.route(PINS, lambda route: route.abort())
        for view in ("playground.map", "playground.network"):
            with page.expect_request("**/api/notebook/pins"):
                playground.click(f"pin-{view}")
        expect(playground.get("notice-pins-waiting")).to_contain_text("2 pins")
        page.goto("about:blank")
        page.unroute(PINS)
        with page.expect_response("**/api/notebook/pins"):
            playground.open()  # the next page sends what the last one has left
        expect(playground.get("notice-pins-waiting")).to_have_count(0)
        playground.wait(lambda: len(notebook(page)["pins"]) == 2, "both pins in the notebook")

    def test_what_the_server_never_takes_is_told_and_holds_up_nothing(self, visit: Callable[..., Playground]) -> None:
        playground = visit(locale="zh-CN")
        page = playground.page
        answers = [(422, "notebook-invalid"), (409, "too-many-pins"), (413, "pin-too-large")]

        def refuse(route: Route) -> None:
            status, code = answers.pop(0)
            route.fulfill(status=status, json={"error": "no", "code": code})

        page.route("**/api/notebook/pins", refuse, times=len(answers))
        for view in ("playground.map", "playground.network", "playground.loss"):
            with page.expect_response("**/api/notebook/pins"):
                playground.click(f"pin-{view}")
        expect(page.locator(".notice-error")).to_have_count(3)
        for text in ("服务器没有接受", "实验记录已满", "内容太大"):
            expect(page.locator(".notice-error", has_text=text)).to_have_count(1)
        press(page, "playground.map")

    def test_a_browser_without_a_database_pins_too(self, visit: Callable[..., Playground]) -> None:
        playground = visit("seed=0.1")
        page = playground.page
        page.add_init_script("delete window.indexedDB; Object.defineProperty(window, 'indexedDB', {value: null})")
        page.reload()
        playground.wait_until_ready()
        press(page, "playground.network")


class TestTheButton:
    @pytest.mark.parametrize("view", ["playground.map", "playground.network", "playground.loss"])
    def test_is_large_enough_and_covers_nothing(self, playground: Playground, view: str) -> None:
        button = playground.get(f"pin-{view}")
        expect(button).to_have_attribute("aria-label", "Pin to the notebook")
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
        for other in ("heatmap", "losschart"):
            covered = playground.get(other).bounding_box()
            assert covered is not None
            apart = box["y"] + box["height"] <= covered["y"] or covered["y"] + covered["height"] <= box["y"]
            beside = box["x"] + box["width"] <= covered["x"] or covered["x"] + covered["width"] <= box["x"]
            assert apart or beside

    def test_a_link_can_hide_it(self, playground: Playground) -> None:
        playground.open("notebook_hide=true")
        for view in ("playground.map", "playground.network", "playground.loss"):
            expect(playground.get(f"pin-{view}")).to_be_hidden()
        playground.open()
        expect(playground.get("pin-playground.map")).to_be_visible()

    def test_without_motion_the_tab_pulses_and_nothing_flies(self, visit: Callable[..., Playground]) -> None:
        for motion, flies in (("reduce", 0), ("no-preference", 1)):
            playground = visit(reduced_motion=motion)
            playground.page.evaluate(
                "() => new MutationObserver((changes) => {"
                " const added = changes.flatMap((one) => [...one.addedNodes]);"
                " const flown = added.filter((node) => node.classList?.contains('pin-flight'));"
                " window.flown = (window.flown ?? 0) + flown.length;"
                " })"
                ".observe(document.body, {childList: true})"
            )
            press(playground.page, "playground.network")
            assert playground.page.evaluate("window.flown ?? 0") == flies
