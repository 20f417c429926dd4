"""Measured and own data are read in their own units, with the names of their columns and classes."""

import csv
import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from playground.point_set import Axis, from_text, measured, packed
from support.playground_page import PLAIN

RUN_AXE = """async () => (await axe.run({resultTypes: ["violations"]})).violations
  .filter(({impact}) => ["serious", "critical"].includes(impact))
  .map(({id, nodes}) => ({id, where: nodes.map(({target}) => target.join(" ")).slice(0, 5)}))"""
MARKUP = "<img src=x onerror=alert(1)>"
LONG = "a name of a class that is as long as it g"[:40]
AXES = (Axis("area (m²)", 95, 12.5), Axis("price (€)", 250_000, 40_000), Axis("kind"))
COUNT = 12


def flats(names=(MARKUP, LONG), count=COUNT):
    x = [AXES[0].centre + AXES[0].step * (at % 10 - 5) for at in range(count)]
    y = [AXES[1].centre + AXES[1].step * (at // 10 % 10 - 5) for at in range(count)]
    return packed([x, y, [at % 2 for at in range(count)]], 2, AXES, names)


FLATS = f"{PLAIN}&dataset=own&classes=2&ownData={flats().text}"


@pytest.fixture
def own(playground):
    playground.visit(FLATS)
    expect(playground.get("axis-x")).to_contain_text("area (m²)")
    yield playground
    playground.visit(PLAIN)


def ticks(playground, axis):
    return [float(text.replace("−", "-")) for text in playground.get(axis).locator(".axis-tick").all_inner_texts()]


def linked(playground):
    return from_text(playground.link["ownData"])


def draw(playground):
    if playground.get("datasets-more").get_attribute("aria-expanded") == "false":
        playground.click("datasets-more")
    playground.click("own-draw")


def test_the_axes_of_a_generated_data_set_are_the_planes(visit):
    playground = visit()
    assert ticks(playground, "axis-x") == ticks(playground, "axis-y") == [-6, -4, -2, 0, 2, 4, 6]
    expect(playground.page.locator(".axis-name")).to_have_count(0)
    expect(playground.get("own-save")).to_be_hidden()
    expect(playground.get("dataset-own")).to_be_hidden()


@pytest.mark.parametrize(
    ("link", "names", "classes"),
    [
        (
            "dataset=iris",
            ["petal length (cm)", "petal width (cm)"],
            ["Iris setosa", "Iris versicolor", "Iris virginica"],
        ),
        ("dataset=penguins", ["bill length (mm)", "flipper length (mm)"], ["Adelie", "Gentoo", "Chinstrap"]),
        ("problem=regression&regDataset=cars", ["weight (kg)", "power (hp)"], []),
    ],
)
def test_measured_data_have_round_ticks_at_their_places_and_their_names(playground, link, names, classes):
    playground.visit(f"{PLAIN}&{link}")
    name = link.rsplit("=", 1)[1]
    for at, axis in enumerate(("axis-x", "axis-y")):
        expect(playground.get(axis).locator(".axis-name")).to_have_text(names[at])
    for feature, sign, column in zip(("x", "y"), "₁₂", names, strict=True):
        expect(playground.get(f"feature-{feature}")).to_have_accessible_name(f"Feature X{sign}: {column}")
        expect(playground.get(f"feature-{feature}")).to_have_attribute("title", f"Feature X{sign}: {column}")
    expect(playground.get("feature-xSquared")).to_have_accessible_name("Feature X₁²")
    plane = playground.get("heatmap").bounding_box()  # which the names make smaller
    for at, axis in enumerate(("axis-x", "axis-y")):
        _, centre, step = measured(name).axes[at]
        values = ticks(playground, axis)
        assert len(values) >= 3
        for label, value in zip(playground.get(axis).locator(".axis-tick").all(), values, strict=True):
            box = label.bounding_box()
            share = (((value - centre) / step + 6) / 12 * 99 + 0.5) / 100
            if at == 0:
                assert box["x"] + box["width"] / 2 == pytest.approx(plane["x"] + share * plane["width"], abs=1.5)
            else:
                assert box["y"] + box["height"] / 2 == pytest.approx(
                    plane["y"] + (1 - share) * plane["height"], abs=1.5
                )
    for label, title in enumerate(classes):
        expect(playground.get("legend-classes").locator(".legend-class").nth(label)).to_have_text(title)
        expect(playground.get(f"node-2-{label}")).to_have_accessible_name(f"Output neuron of class {title}")
    if not classes:
        expect(playground.get("legend-scale")).to_have_text("5.026.1")
        expect(playground.get("node-2-0")).to_have_accessible_name("Output neuron: consumption (L/100 km)")
    expect(playground.get("heatmap")).to_have_accessible_name(re.compile(re.escape(names[0])))
    playground.visit(PLAIN)


def test_names_of_measured_data_are_in_the_pages_language_and_a_files_as_they_are(visit):
    playground = visit(f"{PLAIN}&dataset=iris", locale="zh-CN")
    expect(playground.get("axis-x").locator(".axis-name")).to_have_text("花瓣长度 (cm)")
    expect(playground.get("legend-classes")).to_contain_text("山鸢尾")
    playground.click("lang-switch")
    expect(playground.get("axis-x").locator(".axis-name")).to_have_text("petal length (cm)")
    expect(playground.get("legend-classes")).to_contain_text("Iris setosa")
    playground.click("lang-switch")
    playground.visit(FLATS)
    expect(playground.get("axis-x").locator(".axis-name")).to_have_text("area (m²)")


def test_markup_in_a_name_is_text_and_a_long_one_has_the_whole_in_a_title(own):
    marks = own.get("legend-classes").locator(".class-name")
    expect(marks).to_have_text([MARKUP, LONG])
    expect(marks.nth(1)).to_have_attribute("title", LONG)
    own.get("confusion-panel").locator("summary").click()
    expect(own.get("confusion").locator("tbody .class-name")).to_have_text([MARKUP, LONG])
    name = f"points? of class {re.escape(MARKUP)} taken for {LONG}"
    expect(own.get("confusion-0-1")).to_have_accessible_name(re.compile(name))
    own.get("confusion-panel").locator("summary").click()


def test_the_palette_speaks_in_the_units_and_a_set_given_whole_keeps_them(own):
    draw(own)
    own.get("draw-plane").focus()
    own.page.keyboard.press("Shift+ArrowRight")
    expect(own.get("draw-at")).to_have_text("x 108, y 250000")
    expect(own.get("draw-brush-1")).to_have_accessible_name(f"Brush of class {LONG}")
    own.get("draw-place").fill("9, 9")
    own.click("draw-put")
    expect(own.get("draw-wrong")).to_contain_text("the first from 20 to 170, the second from 10000 to 490000")
    own.click("draw-add-class")
    own.get("draw-place").fill("107.5, 290000")
    own.click("draw-put")
    own.wait(lambda: linked(own).classes == 3, "a class more in the address")
    found = linked(own)
    assert (found.axes, found.class_names, found.count) == (AXES, (MARKUP, LONG, ""), COUNT + 1)
    x, y, label = found.columns
    assert (x[-1], y[-1], label[-1]) == (107.5, 290000, 2)
    expect(own.get("legend-classes").locator(".class-name")).to_have_text([MARKUP, LONG, "2"])
    expect(own.get("axis-x")).to_contain_text("area (m²)")
    own.click("draw-done")


def test_points_that_come_while_it_trains_keep_the_axes_of_a_large_set(playground):
    own = flats(("one", "two"), 100)
    playground.visit(f"{PLAIN}&dataset=own&classes=2&ownData={own.text}")
    draw(playground)
    playground.click("draw-size-large")
    for x in range(5):
        playground.get("draw-plane").click(position={"x": 20 + 30 * x, "y": 30})
    for x in range(5):
        playground.get("draw-plane").click(position={"x": 20 + 30 * x, "y": 60})
    playground.wait(lambda: playground.link["ownData"].startswith("sha256-"), "an address")
    playground.click("draw-done")
    expect(playground.get("axis-y").locator(".axis-name")).to_have_text("price (€)")
    playground.click("new-data")
    expect(playground.get("axis-y").locator(".axis-name")).to_have_text("price (€)")
    playground.visit(PLAIN)


def test_own_data_have_a_button_that_leads_back_to_them(own):
    button = own.get("dataset-own")
    expect(button).to_have_accessible_name("Own data")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert len({*own.pixels(button.locator("canvas"))}) > 2
    own.click("dataset-xor")
    expect(button).to_have_attribute("aria-pressed", "false")
    own.choose("problem", "regression")
    expect(button).to_be_hidden()
    own.choose("problem", "classification")
    expect(button).to_be_visible()
    own.page.reload()
    own.click("dataset-own")
    own.expect_link(dataset="own")
    expect(own.get("axis-x")).to_contain_text("area (m²)")


@pytest.mark.parametrize("link", [f"{PLAIN}&dataset=iris", FLATS])
def test_measured_and_own_data_are_saved_as_they_were_given(playground, link):
    playground.visit(link)
    with playground.page.expect_download() as saved:
        playground.click("own-save")
    name = "iris" if "iris" in link else "own"
    assert saved.value.suggested_filename == f"playlab_{name}.csv"
    with saved.value.path().open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    points = measured("iris") if name == "iris" else flats()
    assert head == [axis.name for axis in points.axes]
    x, y, labels = points.columns
    assert [float(row[0]) for row in rows] == pytest.approx(x.tolist())
    assert [float(row[1]) for row in rows] == pytest.approx(y.tolist())
    assert [row[2] for row in rows] == [points.class_names[int(label)] for label in labels]
    playground.visit(PLAIN)


@pytest.mark.parametrize("link", [f"{PLAIN}&dataset=penguins", FLATS])
@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_no_number_lies_on_another_and_nothing_is_wider_than_the_screen(visit, axe, link, width):
    playground = visit(link, viewport={"width": width, "height": 844}, has_touch=True, is_mobile=True)
    expect(playground.page.locator(".axis-name")).to_have_count(2)
    boxes = [label.bounding_box() for label in playground.get("axis-x").locator(".axis-tick").all()]
    for one, following in pairwise(boxes):
        assert one["x"] + one["width"] + 3 < following["x"]
    names = playground.get("axis-y").locator(".axis-name").bounding_box()
    for label in playground.get("axis-y").locator(".axis-tick").all():
        assert names["x"] + names["width"] <= label.bounding_box()["x"] + 1
    assert playground.page.evaluate("document.documentElement.scrollWidth") <= width
    playground.page.evaluate(axe)
    assert playground.page.evaluate(RUN_AXE) == []
