"""Points that are drawn: by mouse, finger and keyboard, before and while the network trains."""

import base64
import struct

import numpy as np
import pytest
from playwright.sync_api import expect

from support.playground_page import PLAIN

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ROW = [(x, 4.0) for x in range(-5, 5)]  # ten points
SERIOUS = ("serious", "critical")
RUN_AXE = """async () => (await axe.run({resultTypes: ["violations"]})).violations
  .filter(({impact}) => ["serious", "critical"].includes(impact))
  .map(({id, nodes}) => ({id, where: nodes.map(({target}) => target.join(" ")).slice(0, 5)}))"""


@pytest.fixture
def drawing(playground):
    begin(playground)
    yield playground
    playground.visit(PLAIN)


def unfold(playground):
    more = playground.get("datasets-more")
    if more.get_attribute("aria-expanded") == "false":
        more.click()


def begin(playground, start="empty"):
    unfold(playground)
    playground.click("own-draw")
    playground.click(f"draw-from-{start}")
    expect(playground.get("draw-palette")).to_be_visible()
    playground.click("draw-size-point")


def pixel(playground, x, y):
    """Where a place of the plane is on the screen: cell i's centre lies at -6 + 12 i / 99."""
    box = playground.get("draw-plane").bounding_box()
    across, up = ((((value + 6) / 12) * 99 + 0.5) / 100 for value in (x, y))
    return box["x"] + across * box["width"], box["y"] + (1 - up) * box["height"]


def put(playground, places):
    for place in places:
        playground.page.mouse.click(*pixel(playground, *place))


def drag(playground, start, end, steps=10):
    mouse = playground.page.mouse
    mouse.move(*pixel(playground, *start))
    mouse.down()
    mouse.move(*pixel(playground, *end), steps=steps)
    mouse.up()


def said(playground, text):
    expect(playground.get("draw-said")).to_have_text(text)


def drawn(playground):
    """How many points there are on the page."""
    playground.page.evaluate("() => new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame))")
    return int(playground.get("draw-said").inner_text().split()[0].replace(",", ""))


def expect_count(playground, count):
    """So many points on the page, and in the training."""
    said(playground, f"{count:,} points")
    expect_trained(playground, count)


def expect_trained(playground, count):
    def trained():
        return sum(map(len, playground.points.values())) == count

    playground.wait(trained, f"{count} points in the training")


def trained(playground):
    """x, y and label of all the training's points, in the order of their places."""
    return np.array(sorted([*playground.points["train"], *playground.points["test"]]))


def linked(playground, count):
    """(classes, x and y and label of each point) of the own data in the address, once it has so many points."""

    def data():
        text = playground.link.get("ownData", "")
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    playground.wait(lambda: data()[2:4] == struct.pack("<H", count), f"{count} points in the address")
    found = data()
    form, classes, n, header = struct.unpack_from("<BBHH", found)
    assert (form, header) == (1, 0)
    x, y = np.frombuffer(found, "<f4", 2 * n, 6).reshape(2, n)
    labels = np.frombuffer(found, np.uint8 if classes else "<f4", n, 6 + 8 * n)
    return classes, np.array([x, y, labels]).T


def test_nothing_of_it_is_seen_before_more_data_sets_are_asked_for(playground):
    for testid in ("own-draw", "draw-start", "draw-palette", "draw-plane"):
        expect(playground.get(testid)).to_be_hidden()
    assert playground.page.locator("#map").evaluate("map => getComputedStyle(map).touchAction") == "auto"


def test_ten_points_are_trained_at_once_and_nine_are_kept_in_the_page(drawing):
    put(drawing, ROW[:9])
    said(drawing, "9 points: 1 more until it can train")
    expect(drawing.page.locator("#map")).to_have_class("heatmap loose")
    assert drawing.link["dataset"] == "circle"
    drawing.click("draw-brush-1")
    put(drawing, ROW[9:])
    drawing.expect_link(dataset="own")
    expect_count(drawing, 10)
    classes, points = linked(drawing, 10)
    assert classes == 2
    assert np.abs(points[:, :2] - ROW).max() < 0.03  # a pixel
    assert points[:, 2].tolist() == [0] * 9 + [1]
    assert drawing.frame.sizes[-1] == 2
    expect(drawing.page.locator("#map")).to_have_class("heatmap")


def test_strokes_go_to_the_training_while_it_goes_on(drawing):
    put(drawing, ROW)
    expect_count(drawing, 10)
    drawing.play()
    drawing.wait(lambda: drawing.epoch > 20)
    generation = drawing.frame.generation
    drawing.click("draw-brush-1")
    drawing.click("draw-size-large")
    drag(drawing, (-4, -4), (4, -4))
    count = drawn(drawing)
    assert count > 30
    expect_count(drawing, count)
    assert np.abs(trained(drawing)[:, 1]).max() <= 6
    drawing.page.keyboard.press("Control+z")
    expect_count(drawing, 10)
    drawing.page.keyboard.press("Control+Shift+z")
    expect_count(drawing, count)
    drawing.wait(lambda: drawing.loss("train") < 0.05, "a network that has learned the stroke")
    assert drawing.frame.generation == generation
    drawing.pause()


def test_the_eraser_takes_points_out_of_the_training(drawing):
    put(drawing, [*ROW, (0, 0), (0.5, 0), (3, -3)])
    expect_count(drawing, 13)
    drawing.click("draw-eraser")
    put(drawing, [(0, 0)])
    expect_count(drawing, 12)
    drawing.click("draw-size-medium")
    put(drawing, [(0.4, 0.2)])
    expect_count(drawing, 11)
    drawing.click("draw-undo")
    drawing.click("draw-undo")
    expect_count(drawing, 13)
    drawing.click("draw-redo")
    expect_count(drawing, 12)


def test_the_first_point_of_another_class_begins_anew_with_an_output_more(drawing):
    put(drawing, ROW)
    expect_count(drawing, 10)
    drawing.click("draw-add-class")
    expect(drawing.get("draw-brush-2")).to_have_attribute("aria-pressed", "true")
    assert drawing.frame.sizes[-1] == 2
    put(drawing, [(0, -3)])
    drawing.wait(lambda: drawing.frame.sizes[-1] == 3, "an output for the class")
    expect_count(drawing, 11)
    expect(drawing.get("draw-anew")).to_contain_text("the training has begun anew, at epoch 0")
    put(drawing, [(1, -3)])
    expect(drawing.get("draw-anew")).to_have_text("")
    drawing.click("draw-undo")
    expect_count(drawing, 11)
    assert linked(drawing, 11)[0] == 3
    for count in (4, 5, 6):
        drawing.click("draw-add-class")
        expect(drawing.page.locator("[data-testid^=draw-brush-]")).to_have_count(count)
    expect(drawing.get("draw-add-class")).to_be_hidden()


def test_after_clear_the_training_keeps_its_points_until_there_are_ten_others(drawing):
    put(drawing, ROW)
    expect_count(drawing, 10)
    generation = drawing.frame.generation
    drawing.click("draw-clear")
    said(drawing, "0 points: 10 more until it can train. Until then the training keeps its last points.")
    below = [(x, -y) for x, y in ROW]
    put(drawing, below[:9])
    said(drawing, "9 points: 1 more until it can train. Until then the training keeps its last points.")
    assert (trained(drawing)[:, 1] > 0).all()
    put(drawing, below[9:])
    said(drawing, "10 points")
    drawing.expect_new_network(generation)
    drawing.wait(lambda: (trained(drawing)[:, 1] < 0).all(), "the new points")


def test_points_that_the_training_gets_from_elsewhere_are_a_stroke_that_can_be_undone(drawing):
    put(drawing, ROW)
    expect_count(drawing, 10)
    linked(drawing, 10)
    before = drawing.page.evaluate("location.hash").removeprefix("#")
    put(drawing, [(0, 0), (1, 1)])
    linked(drawing, 12)
    drawing.visit(before)
    said(drawing, "The training has got other points, which are shown now. Undo brings back yours.")
    expect_trained(drawing, 10)
    drawing.click("draw-undo")
    expect_count(drawing, 12)


def test_another_data_set_ends_the_drawing_which_can_be_gone_on_with(drawing):
    put(drawing, ROW)
    expect_count(drawing, 10)
    drawing.click("dataset-xor")
    expect(drawing.get("draw-palette")).to_be_hidden()
    drawing.expect_link(dataset="xor")
    expect_trained(drawing, 500)
    drawing.click("own-draw")
    expect(drawing.get("draw-from-kept")).to_have_text("Your drawing, 10 points")
    drawing.click("draw-from-kept")
    expect_count(drawing, 10)
    drawing.expect_link(dataset="own")


def test_a_reload_goes_on_with_what_trains(visit):
    playground = visit()
    begin(playground)
    put(playground, ROW)
    expect_count(playground, 10)
    playground.page.reload()
    playground.wait_until_ready()
    playground.click("own-draw")
    expect(playground.get("draw-palette")).to_be_visible()
    put(playground, [(0, 0)])
    expect_count(playground, 11)


def test_a_generators_points_begin_a_drawing_in_their_colours(playground):
    blue, orange = ([int(part) for part in color.split()] for color in ("8 119 189", "245 147 34"))
    begin(playground, "there")
    expect(playground.get("draw-said")).to_contain_text("500 points")
    expect(playground.get("draw-brush-1")).to_be_visible()
    expect(playground.get("draw-brush-2")).to_be_hidden()
    seen = [pixel[:3] for pixel in playground.pixels(playground.page.locator(".heatmap-points")) if pixel[3] == 255]
    assert tuple(blue) in seen
    assert tuple(orange) in seen
    playground.visit(PLAIN)


def test_a_regression_is_drawn_with_the_value_of_the_slider(playground):
    playground.visit(f"problem=regression&{PLAIN}")
    begin(playground)
    expect(playground.get("draw-add-class")).to_be_hidden()
    slider = playground.get("draw-value")
    slider.fill("-1")
    put(playground, ROW[:5])
    slider.fill("0.25")
    put(playground, ROW[5:])
    playground.expect_link(regDataset="own", problem="regression")
    classes, points = linked(playground, 10)
    assert classes == 0
    assert points[:, 2].tolist() == [-1] * 5 + [0.25] * 5
    slider.focus()
    playground.page.keyboard.press("End")
    put(playground, [(0, 0)])
    expect_count(playground, 11)
    assert 1 in trained(playground)[:, 2]
    playground.visit(PLAIN)


@pytest.mark.parametrize("name", ["iris", "penguins"])
def test_the_palette_tells_how_many_of_the_points_there_begin_a_drawing(playground, name):
    """Measured points are not rounded: those become one that lie at the same place."""
    playground.visit(f"dataset={name}&classes=3")
    playground.wait(lambda: sum(map(len, playground.points.values())) > 0, "points")
    points = [point for part in playground.points.values() for point in part]
    count = len(np.unique(np.float32([point[:2] for point in points]), axis=0))
    assert count < len(points)
    unfold(playground)
    playground.click("own-draw")
    expect(playground.get("draw-from-there")).to_have_text(f"The points there now ({count})")
    fewer = f"Of the {len(points)} points there now, {len(points) - count} lie where another one is."
    expect(playground.get("draw-fewer")).to_contain_text(fewer)
    playground.click("draw-from-there")
    expect_count(playground, count)
    playground.visit(PLAIN)


def test_all_of_it_goes_by_keyboard(playground):
    press = playground.page.keyboard.press
    unfold(playground)
    playground.get("own-draw").focus()
    press("Enter")
    expect(playground.get("draw-from-there")).to_be_focused()
    press("Tab")
    press("Enter")
    plane = playground.get("draw-plane")
    expect(plane).to_be_focused()
    for _ in range(10):
        press("ArrowRight")
        press("Space")
    expect(playground.get("draw-cursor")).to_be_visible()
    expect(playground.get("draw-at")).to_have_text("x 2.00, y 0.00")
    expect_count(playground, 10)
    press("Shift+ArrowUp")
    press("Enter")
    expect_count(playground, 11)
    press("Shift+ArrowDown")
    press("Delete")
    expect_count(playground, 10)
    wanted = [*[(0.2 * n, 0, 0) for n in range(1, 10)], (2, 1, 0)]
    playground.wait(lambda: np.allclose(linked(playground, 10)[1], wanted), "its points in the address")
    press("Tab")
    expect(playground.get("draw-brush-0")).to_be_focused()
    press("Tab")
    press("Enter")
    field = playground.get("draw-place")
    field.fill("1.5; −2")
    press("Enter")
    expect_count(playground, 11)
    assert [1.5, -2, 1] in trained(playground).tolist()
    field.fill("7, 0")
    press("Enter")
    expect(playground.get("draw-wrong")).to_have_text("Please type two numbers from −6 to 6, such as 1.5, −2.")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("７，")  # being mended
    expect(playground.get("draw-wrong")).to_have_text("")
    assert field.get_attribute("aria-invalid") is None
    press("Enter")
    expect(playground.get("draw-wrong")).not_to_have_text("")
    put(playground, [(-3, -3)])
    expect(playground.get("draw-wrong")).to_have_text("")
    expect_count(playground, 12)
    field.fill("－１．５，２")
    press("Enter")
    expect_count(playground, 13)
    assert [-1.5, 2, 1] in trained(playground).tolist()
    press("Escape")
    expect(playground.get("draw-palette")).to_be_hidden()
    expect(playground.get("own-draw")).to_be_focused()
    playground.visit(PLAIN)


def test_a_pen_draws_a_stroke_and_erases(drawing):
    devtools = drawing.page.context.new_cdp_session(drawing.page)

    def pen(kind, place, buttons):
        x, y = pixel(drawing, *place)
        button = "left" if buttons or kind == "mouseReleased" else "none"
        values = {"type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1}
        devtools.send("Input.dispatchMouseEvent", {**values, "pointerType": "pen", "force": 0.5})

    def stroke(start, end):
        pen("mouseMoved", start, 0)
        pen("mousePressed", start, 1)
        for step in range(1, 9):
            pen("mouseMoved", tuple(a + (b - a) * step / 8 for a, b in zip(start, end, strict=True)), 1)
        pen("mouseReleased", end, 0)

    drawing.page.evaluate(
        "addEventListener('pointerdown', ({ pointerType }) => (window.pointed = pointerType), { capture: true })"
    )
    stroke((0, -5), (0, 5))
    drawing.wait(lambda: drawing.link["dataset"] == "own", "the stroke in the training")
    assert drawing.page.evaluate("pointed") == "pen"
    count = drawn(drawing)
    assert count > 30
    _, points = linked(drawing, count)
    assert np.abs(points[:, 0]).max() < 0.1
    assert points[:, 1].max() > 4.5
    drawing.click("draw-eraser")
    stroke((0, 2), (0, 5))
    drawing.wait(lambda: 10 <= drawn(drawing) < count - 5, "fewer points")


def test_a_finger_draws_and_the_page_does_not_scroll_under_it(visit):
    phone = visit(**PHONE)
    begin(phone)
    devtools = phone.page.context.new_cdp_session(phone.page)

    def touch(kind, *place):
        points = [dict(zip("xy", place, strict=True))] if place else []
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def swipe(start, end):
        touch("touchStart", *start)
        for step in range(1, 9):
            touch("touchMove", *(a + (b - a) * step / 8 for a, b in zip(start, end, strict=True)))
        touch("touchEnd")

    def of_map():
        """Of the map, as it is seen: what appears above it may move the page."""
        return phone.get("heatmap").bounding_box()["y"]

    before = of_map()
    swipe(pixel(phone, 0, -5), pixel(phone, 0, 5))
    phone.wait(lambda: phone.link["dataset"] == "own", "the stroke in the training")
    assert of_map() == pytest.approx(before, abs=1)
    count = drawn(phone)
    assert count > 30
    _, points = linked(phone, count)
    assert np.abs(points[:, 0]).max() < 0.1
    assert points[:, 1].max() > 4.5
    # Beside the plane a finger scrolls as ever.
    box = phone.get("draw-said").bounding_box()
    swipe((box["x"] + 20, box["y"] + 5), (box["x"] + 20, box["y"] - 200))
    phone.wait(lambda: of_map() < before - 50, "the page to scroll")
    phone.click("draw-done")
    assert phone.page.locator("#map").evaluate("map => getComputedStyle(map).touchAction") == "auto"
    expect(phone.get("draw-plane")).to_be_hidden()


@pytest.mark.parametrize(("width", "locale"), [(390, "zh-CN"), (320, "en")])
def test_the_palette_fits_a_thumb_on_a_phone(visit, width, locale):
    phone = visit(**PHONE | {"viewport": {"width": width, "height": 844}}, locale=locale)
    begin(phone)
    expect(phone.get("draw-plane")).to_be_in_viewport(ratio=0.95)
    for _ in range(4):
        phone.click("draw-add-class")
    assert phone.page.evaluate("document.documentElement.scrollWidth") == width
    bar = phone.page.locator("#run").bounding_box()["y"]
    for button in phone.get("draw-palette").locator("button:visible").all():
        box = button.bounding_box()
        assert box["height"] >= 44, button.inner_html()
        assert box["width"] >= (44 if width > 374 else 33), button.inner_html()
        assert 0 <= box["x"] < box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= bar


@pytest.mark.parametrize("options", [{"locale": "en"}, {"locale": "zh-CN"}, PHONE], ids=["en", "zh", "phone"])
def test_axe_finds_nothing_serious(visit, axe, options):
    playground = visit(**options)
    playground.page.evaluate(axe)
    unfold(playground)
    playground.click("own-draw")
    assert playground.page.evaluate(RUN_AXE) == []
    playground.click("draw-from-empty")
    put(playground, ROW[:2])
    for scheme in ("light", "dark"):
        playground.page.emulate_media(color_scheme=scheme)
        expect(playground.page.locator("html")).to_have_attribute("data-theme", scheme)
        assert playground.page.evaluate(RUN_AXE) == [], scheme


def test_it_is_said_in_chinese_too(visit):
    playground = visit(locale="zh-CN")
    begin(playground)
    put(playground, ROW[:3])
    said(playground, "3 个点：再画 7 个就能训练")
    expect(playground.get("draw-eraser")).to_have_accessible_name("橡皮")
    expect(playground.get("draw-brush-1")).to_have_accessible_name("类别 1 的画笔")


def test_a_class_is_named_and_called_so_everywhere_while_it_trains(drawing):
    put(drawing, ROW[:5])
    drawing.click("draw-brush-1")
    put(drawing, ROW[5:])
    expect_count(drawing, 10)
    drawing.step()
    name = drawing.get("draw-name")
    expect(name).to_have_accessible_name("Name of class 1")
    name.fill(" <b>猫</b>\u202e ")
    drawing.click("draw-brush-0")  # leaving the field is enough, and the brush is taken
    expect(drawing.get("draw-brush-0")).to_have_attribute("aria-pressed", "true")
    expect(drawing.get("draw-brush-1")).to_have_accessible_name("Brush of class <b>猫</b>")
    expect(drawing.get("legend-classes")).to_contain_text("<b>猫</b>")
    expect(drawing.get("confusion")).to_contain_text("<b>猫</b>")
    assert drawing.epoch == 1
    expect(name).to_have_value("")
    name.press_sequentially("dogs")
    name.press("Escape")  # takes back what was typed, and no more
    expect(name).to_have_value("")
    name.press_sequentially("dogs")
    name.press("Enter")
    expect(drawing.get("legend-classes")).to_contain_text("dogs")
    drawing.click("draw-undo")
    expect(drawing.get("legend-classes")).not_to_contain_text("dogs")
    drawing.click("draw-redo")
    expect(drawing.get("legend-classes")).to_contain_text("dogs")
    expect(name).to_have_value("dogs")
    drawing.click("draw-done")
    drawing.page.locator("body").press("Control+z")
    expect(drawing.get("legend-classes")).not_to_contain_text("dogs")
    drawing.page.locator("body").press("Control+Shift+z")
    expect(drawing.get("legend-classes")).to_contain_text("dogs")
    assert drawing.epoch == 1
    drawing.page.reload()
    expect(drawing.get("legend-classes")).to_contain_text("dogs")


def test_names_of_an_input_method_are_its_own_until_they_are_there(drawing):
    name = drawing.get("draw-name")
    name.focus()
    devtools = drawing.page.context.new_cdp_session(drawing.page)
    devtools.send("Input.imeSetComposition", {"text": "mao", "selectionStart": 3, "selectionEnd": 3})
    for key in ("Enter", "Escape"):
        name.dispatch_event("keydown", {"key": key, "isComposing": True, "bubbles": True})
    expect(drawing.get("draw-palette")).to_be_visible()
    expect(drawing.get("draw-brush-0")).to_have_accessible_name("Brush of class 0")
    devtools.send("Input.insertText", {"text": "猫"})
    name.press("Enter")
    expect(drawing.get("draw-brush-0")).to_have_accessible_name("Brush of class 猫")
