"""The output: the map is the decision boundary, points lie at their places, the chart has axes and no false points."""

import re

import pytest
from playwright.sync_api import expect

from support.long import parametrize
from support.playground_page import PLAIN

OVERLAY = ".heatmap-points"


def is_blue(pixel):
    return pixel[2] > pixel[0]


def cell(x, y):
    """Where a point of the plane lies in the map: column i at -6 + 12 i / 99, row 0 on top."""
    return round((6 - y) * 99 / 12) * 100 + round((x + 6) * 99 / 12)


def ink(playground):
    """[red, green, blue, alpha] of the points' canvas, and its side in pixels."""
    pixels = playground.pixels(playground.page.locator(OVERLAY))
    return pixels, round(len(pixels) ** 0.5)


@parametrize("dataset", ["circle", "xor", "gauss"], short=1)
def test_the_map_shows_the_decision_boundary(playground, dataset):
    playground.visit(f"dataset={dataset}&networkShape=6,4&seed=0.31415")
    playground.train(2000)
    pixels = playground.map_pixels()
    points = playground.points["train"] + playground.points["test"]
    right = [is_blue(pixels[cell(x, y)]) == (label > 0) for x, y, label in points]
    accuracy = [float(playground.get(f"accuracy-{one}").inner_text().removesuffix(" %")) for one in ("train", "test")]
    assert min(accuracy) > 97
    # A cell may lie on the boundary, on whose other side its point is.
    assert 100 * sum(right) / len(right) == pytest.approx(sum(accuracy) / 2, abs=1)


def test_the_map_follows_the_training(playground):
    before = playground.map_pixels()
    playground.train(100)
    assert playground.map_pixels() != before


@parametrize("bias, color", [(50, (8, 119, 189)), (-50, (245, 147, 34)), (0, (232, 234, 235))], short=1)
def test_the_map_has_the_originals_colours(playground, bias, color):
    """An output of 1, -1 or 0 everywhere: the original's colour for it, at alpha 160/255 on white."""
    playground.visit("initZero=true&networkShape=&seed=0.31415")
    playground.wait(lambda: playground.frame.sizes == (2, 1), "that network")
    playground.click("node-0-0")
    playground.get("edit-bias-0-0").fill(str(bias))
    playground.get("edit-bias-0-0").press("Enter")
    wanted = [255 + (channel - 255) * 160 / 255 for channel in color]

    def is_shown():
        middle = playground.map_pixels()[100 * 50 + 50]
        return all(abs(shown - channel) <= 1.5 for shown, channel in zip(middle, wanted, strict=False))

    playground.wait(is_shown, f"the colour {wanted}")


def test_discretize_leaves_two_colours_with_the_same_boundary(playground):
    playground.train(300)
    smooth = playground.map_pixels()
    assert len({tuple(pixel) for pixel in smooth}) > 20
    playground.get("setting-discretize").check()
    playground.expect_link(discretize="true")
    stepped = playground.map_pixels()
    colours = sorted({tuple(pixel) for pixel in stepped})
    assert len(colours) == 2
    pale = 100  # cells around zero, whose colour is too pale to tell
    assert sum(is_blue(a) != is_blue(b) for a, b in zip(smooth, stepped, strict=True)) < pale
    thumbnail = playground.pixels(playground.get("node-0-0").locator("canvas"))
    assert {tuple(pixel) for pixel in thumbnail} <= set(colours)
    playground.get("setting-discretize").uncheck()
    playground.expect_link(discretize="false")
    assert playground.map_pixels() == smooth


def test_every_training_point_lies_at_its_place_in_its_colour(playground):
    pixels, side = ink(playground)
    for x, y, label in playground.points["train"]:
        column = ((x + 6) / 12 * 99 + 0.5) / 100 * side
        row = (1 - ((y + 6) / 12 * 99 + 0.5) / 100) * side
        pixel = pixels[int(row) * side + int(column)]
        assert pixel[3] > 200, "no ink"
        assert is_blue(pixel) == (label > 0) or sum(pixel[:3]) > 500  # or the rim of a point drawn over it


def test_the_test_points_are_drawn_when_asked_for(playground):
    def inked():
        return sum(pixel[3] > 200 for pixel in ink(playground)[0])

    before = inked()
    playground.get("setting-showTestData").check()
    playground.expect_link(showTestData="true")
    assert inked() > 1.4 * before  # as many again, some of them on others
    pixels, side = ink(playground)
    for x, y, _ in playground.points["test"]:
        column = ((x + 6) / 12 * 99 + 0.5) / 100 * side
        row = (1 - ((y + 6) / 12 * 99 + 0.5) / 100) * side
        assert pixels[int(row) * side + int(column)][3] > 200
    playground.get("setting-showTestData").uncheck()
    playground.expect_link(showTestData="false")
    assert inked() == before


def test_new_data_are_drawn(playground):
    before = ink(playground)[0]
    playground.click("new-data")
    playground.wait(lambda: ink(playground)[0] != before, "other points")


def test_the_palette_for_the_colour_blind_changes_map_and_points(unopened):
    playground = unopened.open()
    map_before, points_before = playground.map_pixels(), ink(playground)[0]
    playground.click("palette-switch")
    expect(playground.get("palette-switch")).to_have_attribute("aria-pressed", "true")
    assert playground.map_pixels() != map_before
    assert ink(playground)[0] != points_before


# --- the chart ---


def test_the_chart_has_axes_and_both_losses(playground):
    playground.train(300)
    playground.wait_for_chart(playground.epoch)
    chart = playground.chart()
    assert chart["x"][0] == 0
    assert chart["x"] == sorted(set(chart["x"]))
    assert (chart["train"][-1], chart["test"][-1]) == playground.frame.losses
    plot = playground.get("losschart")
    for ticks in (".xtick", ".ytick"):
        assert plot.locator(ticks).count() >= 2
    assert f"up to epoch {playground.epoch:,}" in plot.get_attribute("aria-label")


def test_a_chart_of_few_epochs_has_whole_epochs_on_its_axis(playground):
    for epoch in (0, 1):
        playground.wait_for_chart(epoch)
        ticks = playground.page.locator("[data-testid=losschart] .xtick").all_text_contents()
        assert "0" in ticks
        assert all(tick.isdigit() for tick in ticks), ticks
        playground.step()


def test_only_an_epoch_adds_a_point_to_the_chart(playground):
    playground.step(3)
    playground.wait_for_chart(0, 1, 2, 3)
    playground.get("setting-discretize").check()
    playground.get("setting-showTestData").check()
    playground.page.set_viewport_size({"width": 1200, "height": 700})
    playground.page.set_viewport_size({"width": 1366, "height": 768})
    playground.click("node-2-0")
    playground.get("edit-bias-2-0").fill("3")
    playground.get("edit-bias-2-0").press("Enter")
    playground.wait(lambda: playground.frame.bias(2, 0) == 3, "the edit")
    playground.point_at("node-0-0")
    playground.choose("learningRate", "0.1")
    playground.step()
    playground.wait_for_chart(0, 1, 2, 3, 4)


def test_reset_begins_a_new_curve(playground):
    playground.step(3)
    playground.wait_for_chart(0, 1, 2, 3)
    generation = playground.frame.generation
    playground.click("reset")
    playground.expect_new_network(generation)
    playground.wait_for_chart(0)


def test_an_early_spike_does_not_stay_in_the_chart_for_ever(playground):
    playground.visit("problem=regression&networkShape=&seed=0.31415")
    playground.step()
    playground.click("node-0-0")
    playground.get("edit-bias-0-0").fill("1000")
    playground.get("edit-bias-0-0").press("Enter")
    playground.wait(lambda: playground.frame.bias(0, 0) == 1000, "the edit")
    playground.step()
    playground.wait_for_chart(0, 1, 2)
    spike = max(playground.chart()["train"])
    assert spike > 20
    assert playground.chart()["range"][1] > spike  # for the moment it shows
    playground.train(200)
    playground.wait_for_chart(playground.epoch)
    assert max(playground.chart()["train"]) == spike
    assert playground.chart()["range"][1] < spike / 10


def test_the_chart_shows_accuracies_and_a_logarithmic_axis_when_asked(playground):
    playground.train(300)
    playground.wait_for_chart(playground.epoch)
    playground.get("check-log").check()
    playground.wait(lambda: playground.chart()["type"] == "log", "a logarithmic axis")
    playground.get("check-accuracy").check()
    playground.wait(lambda: playground.chart()["type"] == "linear", "accuracies")
    shown = float(playground.get("accuracy-train").inner_text().removesuffix(" %"))
    assert 100 * playground.chart()["train"][-1] == pytest.approx(shown, abs=0.0501)
    playground.get("check-accuracy").uncheck()
    playground.get("check-log").uncheck()
    playground.wait(lambda: playground.chart()["type"] == "linear", "losses again")


def test_what_the_pointer_is_on_in_the_chart_is_told_below_it(playground):
    playground.step(4)
    playground.wait_for_chart(0, 1, 2, 3, 4)
    box = playground.get("losschart").bounding_box()
    playground.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.3)
    point = playground.get("chart-point")
    expect(point).to_contain_text(re.compile(r"Epoch 000,00[1-3]: test 0\.\d{3}, training 0\.\d{3}"))
    assert playground.page.locator(".hoverlayer .hovertext, .hoverlayer .legend").count() == 0  # nothing over the curve
    playground.leave()
    expect(point).to_be_empty()


def test_the_ticks_of_a_chart_keep_their_digits(playground):
    """Of a huge loss too, as a training has that is about to diverge: at this rate after one epoch."""
    playground.visit("problem=regression&activation=relu&learningRate=10&networkShape=8,8&seed=0.31415")
    playground.step()
    assert 1e100 < playground.frame.losses[1] < float("inf")
    ticks = playground.get("losschart").locator(".ytick text")
    playground.wait(lambda: any("e+" in text for text in ticks.all_text_contents()), "ticks of that size")
    inside = """plot => { const {left} = plot.getBoundingClientRect();
      return [...plot.querySelectorAll(".ytick text")].every((tick) => tick.getBoundingClientRect().left >= left); }"""
    assert playground.get("losschart").evaluate(inside)


def test_the_test_loss_is_shown_on_its_side_of_the_one_that_stops_the_training(playground):
    loss, shown = playground.frame.losses[1], playground.loss()
    limit = (loss + shown) / 2  # which three decimals hide
    assert (shown < limit) != (loss < limit)
    playground.visit(f"{PLAIN}&stopLoss={limit:.9f}")
    assert (playground.loss() < limit) == (loss < limit)


def test_a_small_loss_keeps_three_digits(playground):
    playground.visit("dataset=gauss&networkShape=4,2&seed=0.31415")
    playground.train(600)
    loss = playground.frame.losses[1]
    assert loss < 0.001
    assert playground.loss() == pytest.approx(loss, rel=0.005)
