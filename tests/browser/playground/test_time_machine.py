"""Going back in a run: with the slider, with undo and redo, and to the runs that branched."""

import pytest
from playwright.sync_api import expect

from playground.recording import moment
from playground.recording.player import Player
from support.playground_page import PLAIN, loss_text


def look(playground, epoch):
    """Drags the slider to `epoch`."""
    drag = "(slider, epoch) => { slider.value = epoch; slider.dispatchEvent(new Event('input', {bubbles: true})); }"
    playground.get("time-slider").evaluate(drag, epoch)
    expect(playground.get("epoch")).to_have_text(f"{epoch:07,d}")


def losses(link, epoch):
    player = Player(moment.parse(link).recording)
    while player.engine.epoch < epoch:
        player.train()
    return player.engine.scores()


def test_the_slider_shows_any_epoch_with_its_losses_and_settings(playground):
    playground.step(12)
    playground.choose("learningRate", "0.3")
    playground.step(8)
    look(playground, 7)
    scores = losses(PLAIN, 7)
    expect(playground.get("loss-train")).to_have_text(loss_text(scores.train_loss))
    expect(playground.get("loss-test")).to_have_text(loss_text(scores.test_loss))
    expect(playground.get("setting-learningRate")).to_have_value("0.03")
    playground.click("time-now")
    expect(playground.get("epoch")).to_have_text("000,020")
    expect(playground.get("setting-learningRate")).to_have_value("0.3")
    expect(playground.get("time-now")).to_be_hidden()


def test_an_epoch_before_any_edit_is_not_said_to_be_edited(playground):
    playground.step(6)
    playground.click("node-0-0")
    playground.get("edit-bias-0-0").fill("2")
    playground.get("edit-bias-0-0").press("Enter")
    expect(playground.get("edited")).to_contain_text("Edited by hand")
    playground.step(3)
    look(playground, 2)
    expect(playground.get("edited")).to_be_hidden()
    look(playground, 7)
    expect(playground.get("edited")).to_be_visible()
    look(playground, 2)
    expect(playground.get("edited")).to_be_hidden()
    playground.click("time-now")
    expect(playground.get("edited")).to_be_visible()


def test_the_keyboard_moves_it(playground):
    playground.step(30)
    slider = playground.get("time-slider")
    slider.focus()
    for key, epoch in [
        ("ArrowLeft", 29),
        ("ArrowLeft", 28),
        ("Home", 0),
        ("ArrowRight", 1),
        ("PageUp", 4),
        ("End", 30),
    ]:
        slider.press(key)
        expect(playground.get("epoch")).to_have_text(f"{epoch:07,d}")
    expect(slider).to_have_attribute("aria-valuetext", "Epoch 30 of 30")


def test_the_charts_pointer_and_the_slider_are_one(playground):
    playground.visit(f"{PLAIN}&epoch=40")
    playground.expect_epoch(40)
    playground.wait_for_chart(40)
    chart, slider = playground.get("losschart"), playground.get("time-slider")
    chart.scroll_into_view_if_needed()

    def place(epoch):
        """Where an epoch of the chart is on the screen."""
        box = chart.locator(".nsewdrag").first.bounding_box()
        first, last = playground.chart()["x-range"]
        return box["x"] + box["width"] * (epoch - first) / (last - first), box["y"] + box["height"] / 2

    def wait_until_all_show(low, high):
        marked = "plot => plot.layout.shapes?.[0]?.x0 ?? null"
        playground.wait(
            lambda: (
                low <= int(slider.input_value()) <= high
                and playground.epoch == int(slider.input_value()) == chart.evaluate(marked)
            ),
            f"an epoch from {low} to {high} everywhere",
        )

    playground.page.mouse.move(*place(20))
    expect(playground.get("chart-point")).not_to_be_empty()
    playground.page.mouse.down()
    playground.page.mouse.up()
    wait_until_all_show(15, 25)
    playground.page.mouse.move(*place(30))  # without a press it only tells what is there
    expect(playground.get("chart-point")).to_contain_text("3")
    wait_until_all_show(15, 25)
    playground.page.mouse.down()
    playground.page.mouse.move(*place(12), steps=5)
    playground.page.mouse.move(*place(8), steps=5)
    wait_until_all_show(4, 12)
    playground.page.mouse.up()
    slider.press("Home")
    wait_until_all_show(0, 0)
    playground.click("time-now")
    playground.expect_epoch(40)


def thumb_and_chart(playground, epoch):
    """Where an epoch is in the slider, by the middle of its thumb, and in the chart above it."""
    slider = playground.get("time-slider")
    track, area = slider.bounding_box(), playground.get("losschart").locator(".nsewdrag").first.bounding_box()
    first, last = playground.chart()["x-range"]
    share = epoch / float(slider.get_attribute("max"))
    thumb = 16  # static/css/parts/controls.css
    return (
        track["x"] + thumb / 2 + share * (track["width"] - thumb),
        area["x"] + area["width"] * (epoch - first) / (last - first),
    )


@pytest.mark.parametrize("width", [1366, 1250, 1000, 700, 390])
def test_an_epoch_is_at_one_place_in_the_chart_and_in_the_slider(visit, width):
    page = visit(f"{PLAIN}&epoch=40", viewport={"width": width, "height": 768})
    page.get("losschart").scroll_into_view_if_needed()
    page.expect_epoch(40)
    page.wait_for_chart(40)

    def expect_at_one_place():
        for epoch in (0, 15, 40):
            thumb, chart = thumb_and_chart(page, epoch)
            assert thumb == pytest.approx(chart, abs=1)

    expect_at_one_place()
    before = page.get("time-slider").bounding_box()
    look(page, 15)
    expect(page.get("time-now")).to_be_visible()
    assert page.get("time-slider").bounding_box() == before
    now = page.get("time-now").bounding_box()
    assert now["x"] >= before["x"] + before["width"]
    assert (
        now["x"] + now["width"]
        <= page.get("losschart").bounding_box()["x"] + 1 + (page.get("losschart").bounding_box()["width"])
    )
    expect_at_one_place()


def test_where_another_run_went_farther_the_slider_is_as_long_as_the_chart_and_stops_at_the_newest(playground):
    playground.step(8)
    look(playground, 4)
    playground.click("step")
    playground.expect_epoch(5)
    slider = playground.get("time-slider")
    expect(slider).to_have_attribute("max", "8")
    playground.wait(lambda: playground.chart()["x-range"] == [0, 8], "both runs in the chart")
    thumb, chart = thumb_and_chart(playground, 5)
    assert thumb == pytest.approx(chart, abs=1)
    slider.press("End")
    expect(slider).to_have_value("5")
    expect(playground.get("time-now")).to_be_hidden()


def test_the_untrained_networks_losses_are_points(playground):
    shown = """plot => [...plot.querySelectorAll(".scatterlayer .points path")].map(path => {
        const box = path.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2];
    })"""
    chart = playground.get("losschart")
    chart.scroll_into_view_if_needed()
    playground.wait(lambda: len(chart.evaluate(shown)) == 2, "a point for each loss")
    area = chart.locator(".nsewdrag").first.bounding_box()
    for x, y in chart.evaluate(shown):
        assert x == pytest.approx(area["x"], abs=1)
        assert area["y"] < y < area["y"] + area["height"]
    playground.step(2)
    playground.wait(lambda: chart.evaluate(shown) == [], "lines and no points")


def test_on_a_phone_the_slider_the_strip_and_the_tray_are_used_by_touch(visit):
    phone = visit(f"{PLAIN}&epoch=40", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone.expect_epoch(40)
    slider = phone.get("time-slider")

    def fits(locator):
        """It is seen in its whole width, and nothing makes the page wider than the screen."""
        locator.scroll_into_view_if_needed()
        box = locator.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert phone.page.evaluate("document.scrollingElement.scrollWidth") <= 390
        return box

    box = fits(slider)
    assert box["width"] >= 200
    slider.tap(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(phone.get("time-now")).to_be_visible()
    phone.wait(lambda: 15 <= phone.epoch <= 25, "an epoch in the middle")
    fits(phone.get("time-now"))
    phone.get("time-now").tap()
    phone.expect_epoch(40)
    phone.get("tools").tap()
    fits(phone.get("drawer"))
    phone.get("look-strip").tap()
    expect(phone.get("strip").locator("button")).to_have_count(7)
    fits(phone.get("strip"))
    phone.get("strip-10").tap()
    phone.expect_epoch(10)
    if not phone.get("drawer").is_visible():  # it makes room for what is chosen in it
        phone.get("tools").tap()
    phone.get("look-kept").tap()
    phone.get("keep").tap()
    expect(phone.get("kept-said")).to_have_text("Kept: 1 of 8.")
    fits(phone.get("keep"))
    phone.get("beside-1").check()
    fits(phone.get("kept-maps").locator("canvas"))
    phone.get("drawer-close").tap()
    expect(phone.get("drawer")).to_be_hidden()


def test_training_goes_on_while_an_epoch_that_has_passed_is_shown(playground):
    playground.train(20)
    playground.click("play")
    look(playground, 5)
    newest = int(playground.get("time-slider").get_attribute("max"))
    playground.wait(lambda: int(playground.get("time-slider").get_attribute("max")) > newest + 20, "training goes on")
    expect(playground.get("epoch")).to_have_text("000,005")
    playground.click("time-now")
    playground.wait(lambda: playground.epoch > newest + 20, "the newest epoch")
    playground.click("play")
    playground.expect_state("paused")


def test_play_from_an_epoch_that_has_passed_branches_and_both_runs_can_be_taken_up(playground):
    playground.train(40)
    end = playground.epoch
    look(playground, 10)
    playground.click("play")
    expect(playground.get("time-runs")).to_be_visible()
    playground.wait(lambda: playground.epoch > 12, "training goes on from there")
    playground.pause()
    other = playground.epoch
    playground.click("take-1")
    playground.expect_epoch(end)
    playground.click("take-2")
    expect(playground.get("epoch")).to_have_text(f"{other:07,d}")
    names = lambda: set(playground.get("losschart").evaluate("plot => plot.data.map(({name}) => name)"))  # noqa: E731
    playground.wait(lambda: names() == {"Run 1", "Test", "Training"}, "a pale curve of the other run")


def test_undo_and_redo_by_button_and_by_key(visit):
    playground = visit(PLAIN)
    expect(playground.get("undo")).to_be_hidden()
    playground.step(25)
    playground.choose("activation", "relu")
    playground.expect_epoch(0)
    playground.step(5)
    playground.click("undo")
    expect(playground.get("setting-activation")).to_have_value("tanh")
    expect(playground.get("epoch")).to_have_text("000,025")
    expect(playground.get("undo")).to_be_disabled()
    playground.page.keyboard.press("Control+Shift+z")
    expect(playground.get("setting-activation")).to_have_value("relu")
    expect(playground.get("epoch")).to_have_text("000,005")
    playground.page.keyboard.press("Control+z")
    expect(playground.get("epoch")).to_have_text("000,025")


def test_undo_of_a_change_at_an_epoch_that_has_passed_leads_to_the_run_before_and_redo_into_the_branch(visit):
    playground = visit(PLAIN)
    playground.train(40)
    end = playground.epoch
    look(playground, 10)
    playground.choose("learningRate", "0.3")
    expect(playground.get("take-1")).to_be_visible()
    playground.page.keyboard.press("Control+z")
    playground.expect_epoch(end)
    expect(playground.get("setting-learningRate")).to_have_value("0.03")
    expect(playground.get("time-runs")).to_be_hidden()
    expect(playground.get("time-now")).to_be_hidden()
    expect(playground.get("undo")).to_be_disabled()
    playground.page.keyboard.press("Control+Shift+z")
    expect(playground.get("take-1")).to_be_visible()
    playground.expect_epoch(10)
    expect(playground.get("setting-learningRate")).to_have_value("0.3")


def test_branches_survive_a_reload(visit):
    playground = visit(PLAIN)
    playground.train(40)
    end = playground.epoch
    look(playground, 10)
    playground.step()
    expect(playground.get("epoch")).to_have_text("000,011")
    playground.page.reload()
    playground.wait_until_ready()
    expect(playground.get("epoch")).to_have_text("000,011")
    expect(playground.get("take-1")).to_have_text("Run 1")
    playground.click("lang-switch")
    expect(playground.get("take-1")).to_have_text("训练 1")
    playground.click("undo")  # the branch
    playground.expect_epoch(end)
