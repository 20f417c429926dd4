"""Several classes: the map, the legend, the output neurons and the count of what is taken for what."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from playground import link, network
from support.playground_page import PLAIN

SIX = f"{PLAIN}&dataset=blobs&classes=6&noise=40"
PIXEL = """([x, y]) => {
  const canvas = document.querySelector(".heatmap-cells");
  return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].slice(0, 3);
}"""
RINGS = """() => {
  const canvas = document.querySelector(".heatmap-points");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let black = 0;
  for (let at = 0; at < data.length; at += 4)
    black += data[at + 3] > 200 && data[at] + data[at + 1] + data[at + 2] < 30;
  return black;
}"""


@pytest.fixture
def six(playground):
    playground.visit(SIX)
    playground.train(30)
    yield playground
    playground.visit(PLAIN)


def taken(playground):
    """(labels, what they are taken for) of the test points, by the weights that the page shows."""
    points = np.array(playground.points["test"])
    config = link.parse(playground.page.url)
    values = network.inputs(config.features, points[:, 0].tolist(), points[:, 1].tolist())
    for layer, (weight, bias) in enumerate(zip(*layers(playground.frame), strict=True)):
        values = weight @ values + bias[:, None]
        values = values if layer == len(config.network_shape) else np.tanh(values)
    return points[:, 2].astype(int), values.argmax(axis=0)


def layers(frame):
    sizes = frame.sizes
    weights, biases = [], []
    for layer in range(len(sizes) - 1):
        rows = range(sizes[layer + 1])
        weights.append(np.array([[frame.weight(layer, j, i) for i in range(sizes[layer])] for j in rows]))
        biases.append(np.array([frame.bias(layer, j) for j in rows]))
    return weights, biases


def test_each_class_has_an_output_a_colour_and_a_shape_in_the_legend(six):
    assert six.frame.sizes[-1] == 6
    marks = six.get("legend-classes").locator("svg")
    expect(marks).to_have_count(6)
    looks = {(mark.locator("*").first.get_attribute("fill"), mark.inner_html()) for mark in marks.all()}
    assert len({fill for fill, _ in looks}) == len(looks) == 6
    for label in range(6):
        expect(six.get(f"node-2-{label}")).to_have_accessible_name(f"Output neuron of class {label}")


def test_where_no_data_set_has_classes_nothing_of_them_is_seen(playground):
    for testid in ("legend-classes", "confusion-panel", "setting-classes"):
        expect(playground.get(testid)).to_be_hidden()


def test_their_number_is_a_setting_of_the_data_that_the_link_has(playground):
    playground.visit(f"{PLAIN}&dataset=arms")
    expect(playground.get("setting-classes")).to_have_value("3")
    generation = playground.frame.generation
    playground.get("setting-classes").focus()
    playground.page.keyboard.press("ArrowRight")
    playground.expect_link(dataset="arms", classes="4")
    playground.expect_new_network(generation)
    assert playground.frame.sizes[-1] == 4
    playground.visit(PLAIN)
    assert playground.frame.sizes[-1] == 1


def test_the_map_has_the_colour_of_the_likeliest_and_of_one_class_where_its_neuron_is_pointed_at(six):
    top, side = [50, 20], [85, 68]  # in the blobs of the classes 0 and 2
    blue, purple = six.page.evaluate(PIXEL, top), six.page.evaluate(PIXEL, side)
    assert blue[2] > blue[0] + 40
    assert purple[0] > purple[1] + 40
    six.point_at("node-2-2")
    expect(six.get("map-title")).to_have_text("How likely class 2 is")
    six.wait(lambda: min(six.page.evaluate(PIXEL, top)) > 230, "white where it is unlikely")
    assert six.page.evaluate(PIXEL, side)[0] > six.page.evaluate(PIXEL, side)[1] + 40


def test_what_is_taken_for_what_is_counted_from_the_weights_that_are_shown(six):
    six.get("confusion-panel").locator("summary").click()
    labels, found = taken(six)
    for label in range(6):
        row = six.get("confusion").locator("tbody tr").nth(label)
        for other in range(6):
            count = int(((labels == label) & (found == other)).sum())
            expect(six.get(f"confusion-{label}-{other}")).to_have_text(str(count))
        right = (found[labels == label] == label).mean()
        expect(row.locator("td").last).to_have_text(f"{100 * right:.1f} %")
    expect(six.get("accuracy-test")).to_have_text(f"{100 * (labels == found).mean():.1f} %")
    six.get("confusion-train").check()
    total = sum(int(six.get(f"confusion-0-{other}").inner_text()) for other in range(6))
    assert total == sum(label == 0 for _, _, label in six.points["train"])
    six.get("confusion-panel").locator("summary").click()


def test_the_counts_of_six_classes_are_seen_whole_and_fade_where_they_are_not(six):
    size = six.page.viewport_size
    six.page.set_viewport_size({"width": 1366, "height": 768})
    six.get("confusion-panel").locator("summary").click()
    expect(six.get("confusion-5-5")).to_have_text(re.compile("[0-9]"))
    box = six.get("confusion").locator("..")
    assert box.evaluate("box => box.scrollWidth - box.clientWidth") == 0
    box.evaluate("box => box.style.width = '10rem'")
    expect(box).to_have_class(re.compile("more-right"))
    box.evaluate("box => box.style.width = ''")
    six.get("confusion-panel").locator("summary").click()
    six.page.set_viewport_size(size)


def test_a_cell_marks_its_points_until_it_is_pressed_again(six):
    six.get("confusion-panel").locator("summary").click()
    before = six.page.evaluate(RINGS)
    cell = six.get("confusion-0-0")
    cell.focus()
    six.page.keyboard.press("Enter")
    expect(cell).to_have_attribute("aria-pressed", "true")
    six.wait(lambda: six.page.evaluate(RINGS) > before + 200, "rings")
    cell.press("Enter")
    expect(cell).to_have_attribute("aria-pressed", "false")
    six.wait(lambda: six.page.evaluate(RINGS) == before, "no rings")
    six.get("confusion-panel").locator("summary").click()


def test_it_is_said_in_chinese_too(visit):
    page = visit("dataset=arms&seed=0.31415", locale="zh-CN")
    expect(page.get("legend-classes")).to_contain_text("类别")
    page.get("confusion-panel").locator("summary").click()
    expect(page.get("confusion-0-0")).to_have_accessible_name(re.compile("^类别 0 中有 \\d+ 个点被认成类别 0"))
    expect(page.get("node-2-1")).to_have_accessible_name("类别 1 的输出神经元")


def test_the_time_machine_shows_the_classes_of_an_epoch_that_has_passed(six):
    top = [50, 20]
    sure = six.page.evaluate(PIXEL, top)
    six.get("time-slider").focus()
    six.page.keyboard.press("Home")
    expect(six.get("epoch")).to_have_text("000,000")
    six.wait(lambda: six.page.evaluate(PIXEL, top) != sure, "the map of the beginning")
    six.page.keyboard.press("End")
    six.wait(lambda: six.page.evaluate(PIXEL, top) == sure, "the map of the end")
