"""Every size of screen: nothing sticks out sideways, and a laptop shows everything to train with at once."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from support.long import parametrize
from support.playground_page import PLAIN, Playground

LARGEST = "networkShape=8,8,8,8,8,8&xSquared=true&ySquared=true&xTimesY=true&sinX=true&sinY=true&seed=0.31415"
WIDEST = LARGEST.replace("8,8,8,8,8,8", ",".join(["16"] * 10))
SIZES = [
    (1280, 720),
    (1366, 768),
    (1440, 900),
    (1024, 768),
    (1920, 1080),
    (768, 1024),
    (390, 844),
    (320, 640),
    (667, 375),
]
SCREENS = [(1366, 768), (1920, 1080)]
MAIN = ["play", "epoch", "dataset-circle", "new-data", "node-2-0", "heatmap", "loss-test", "losschart", "check-log"]

# What is covered at once is looked at again two frames later, by when the small map has given way.
COVERED = """async () => {
  const isCovered = (button) => {
    button.scrollIntoView({block: "center", inline: "center"});
    const {x, y, width, height} = button.getBoundingClientRect();
    const hit = (part) => button.contains(document.elementFromPoint(x + width * part, y + height / 2));
    return ![0.2, 0.5, 0.8].every(hit);
  };
  const covered = [];
  for (const button of document.querySelectorAll(
    ".toolbar button, .toolbar select, .panels button:not(.mini-map)",
  )) {
    if (!button.checkVisibility({visibilityProperty: true}) || button.disabled || !isCovered(button)) continue;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    if (isCovered(button)) covered.push(button.dataset.testid);
  }
  return covered;
}"""


def resize(playground, width, height):
    playground.page.set_viewport_size({"width": width, "height": height})
    playground.wait(lambda: playground.page.evaluate("[innerWidth, innerHeight]") == [width, height], "its new size")
    draw(playground)


def draw(playground):
    playground.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def name(size):
    return "x".join(map(str, size))


@pytest.fixture
def resized(playground):
    """The page's own size again afterwards."""
    yield playground
    resize(playground, 1366, 768)


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def kept_phone(browser, browser_context_args, server):
    """A page on a phone, loaded once for the module."""
    context = browser.new_context(**{**browser_context_args, **PHONE})
    yield Playground(context.new_page(), server).open()
    context.close()


@pytest.fixture
def phone(kept_phone):
    """The page on a phone, untrained, in English, at its top; afterwards a phone of 390x844 again."""
    kept_phone.start_over()
    for y in (kept_phone.get("heatmap").bounding_box()["y"], 0):  # by the large map, or the small one stayed hidden
        kept_phone.page.evaluate("y => scrollTo(0, y)", y)
        draw(kept_phone)
    yield kept_phone
    resize(kept_phone, 390, 844)
    if kept_phone.get("card-close").is_visible():
        kept_phone.get("card-close").tap()
    speak(kept_phone, "en")
    errors, kept_phone.errors = kept_phone.errors, []
    assert not errors, f"uncaught on the page: {errors}"


def speak(playground, locale):
    if not playground.page.evaluate("document.documentElement.lang").startswith(locale):
        playground.click("lang-switch")
    expect(playground.page.locator("html")).to_have_attribute("lang", locale)


@parametrize("sizes", [[(1366, 768), (667, 375), (320, 640)], SIZES], short=1, ids=["three", "all"])
def test_nothing_sticks_out_sideways(resized, sizes):
    resized.visit(LARGEST)
    for language in ("zh", "en"):
        resized.click("lang-switch")
        for size in sizes:
            resize(resized, *size)
            # Plotly takes a moment to follow.
            fits = "document.documentElement.scrollWidth <= innerWidth"
            resized.wait(lambda fits=fits: resized.page.evaluate(fits), f"{language} {name(size)}")


NEURONS = """() => [...document.querySelectorAll(".network .node:not(.feature)")].map((node) => {
  const { x, y, width, height } = node.getBoundingClientRect();
  return { x: Math.round(x), y, width, height };
})"""


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)], ids=name)
def test_ten_layers_of_sixteen_neurons_stand_apart_and_are_reached_by_scrolling_within_the_network(resized, size):
    resize(resized, *size)
    resized.visit(WIDEST)
    fits = "document.documentElement.scrollWidth <= innerWidth"
    resized.wait(lambda: resized.page.evaluate(fits), "nothing that sticks out sideways")
    neurons = resized.page.evaluate(NEURONS)
    assert len(neurons) == 161
    assert min(min(neuron["width"], neuron["height"]) for neuron in neurons) >= 20  # pixels
    columns = {neuron["x"]: [] for neuron in neurons}
    for neuron in neurons:
        columns[neuron["x"]].append(neuron)
    assert len(columns) == 11
    for left, right in pairwise(sorted(columns)):
        assert right - left - columns[left][0]["width"] >= 40  # room for the links
    for column in columns.values():
        for upper, lower in pairwise(sorted(column, key=lambda neuron: neuron["y"])):
            assert lower["y"] - upper["y"] - upper["height"] >= 4
    for testid in ("node-0-0", "node-9-15", "node-10-0"):
        resized.get(testid).scroll_into_view_if_needed()
        expect(resized.get(testid)).to_be_in_viewport(ratio=0.9)
    resized.visit(PLAIN)


def test_everything_to_train_with_is_on_the_first_screen(resized):
    for size in SCREENS:
        resize(resized, *size)
        for testid in MAIN:
            box = resized.get(testid).bounding_box()
            assert box["x"] >= 0, (testid, size)
            assert box["y"] >= 0, (testid, size)
            assert box["x"] + box["width"] <= size[0], (testid, size)
            assert box["y"] + box["height"] <= size[1], (testid, size)


# What is cut in the toolbar, and what leaves the network's panel; the longest choice of a setting included.
CUT = """() => {
  const wide = (select) => {
    const style = getComputedStyle(select);
    const [measured, span] = [document.createElement("div"), document.createElement("span")];
    span.style.font = style.font;
    span.style.whiteSpace = "nowrap";
    span.textContent = select.selectedOptions[0].text;
    document.body.append(measured);
    measured.append(span);
    const width = span.getBoundingClientRect().width + parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
    measured.remove();
    return width > select.clientWidth;
  };
  const panel = document.querySelector(".panel-network").getBoundingClientRect();
  return [
    ...[...document.querySelectorAll(".settings label")].filter((label) => label.scrollWidth > label.clientWidth),
    ...[...document.querySelectorAll(".settings select")].filter(wide),
    ...[...document.querySelectorAll(".panel-network .row button")].filter(
      (button) => button.getBoundingClientRect().right > panel.right,
    ),
  ].map((element) => element.dataset.testid ?? element.textContent);
}"""


@parametrize("locale", ["en", "zh-CN"], short=1)
def test_beside_three_panels_no_word_of_the_toolbar_is_cut_and_no_button_leaves_its_panel(resized, locale):
    speak(resized, locale)
    for width in (1241, 1280, 1320, 1365, 1366, 1440):
        resize(resized, width, 800)
        assert resized.page.evaluate(CUT) == [], width
    speak(resized, "en")


@parametrize("size", [(1280, 720), (1366, 768)], ids=name, short=[1])
@parametrize("locale", ["en", "zh-CN"], short=1)
def test_on_a_laptop_an_edit_by_hand_and_the_run_that_it_left_are_told_in_sight(resized, size, locale):
    resize(resized, *size)
    speak(resized, locale)
    resized.step(2)
    resized.get("time-slider").focus()
    resized.page.keyboard.press("Home")
    resized.expect_epoch(0)
    start = resized.get("play").bounding_box()
    resized.click("node-0-0")
    resized.get("edit-bias-0-0").fill("3")
    resized.get("edit-bias-0-0").press("Enter")
    for told in ("edited", "time-runs", "take-1"):
        expect(resized.get(told)).to_be_in_viewport(ratio=1)
    assert resized.get("play").bounding_box() == start
    options = resized.page.locator(".chart-options")
    assert options.evaluate("(row) => row.scrollWidth <= row.clientWidth")
    texts = options.locator(".check span").evaluate_all("(texts) => texts.map((text) => text.getClientRects().length)")
    assert texts == [1, 1]  # lines of each
    speak(resized, "en")


@parametrize("size", SIZES, ids=name, short=[1, 6])
def test_no_two_buttons_lie_upon_each_other(resized, size):
    """Every button is hit where it is, also where a training has begun and its link was just copied."""
    resize(resized, *size)
    for link in (LARGEST, PLAIN):
        resized.visit(link)
        resized.step()
        resized.click("copy-moment")
        expect(resized.get("link-copied")).to_have_text("Copied.")
        assert not resized.page.evaluate(COVERED), link
    speak(resized, "zh-CN")
    covered = resized.page.evaluate(COVERED)
    speak(resized, "en")
    assert not covered


def test_on_a_phone_the_map_of_a_tapped_neuron_shows_beside_the_network(phone):
    phone.get("node-0-1").tap()
    expect(phone.get("map-title")).to_have_text("Layer 1, neuron 2")
    expect(phone.get("edit-bias-0-1")).to_be_visible()
    expect(phone.get("edit-bias-0-1")).not_to_be_focused()  # the keyboard would come up over the network
    expect(phone.get("heatmap")).not_to_be_in_viewport(ratio=0.5)
    mini = phone.get("mini-map")
    expect(mini).to_be_in_viewport(ratio=1)
    neuron = phone.pixels(mini.locator("canvas"))
    phone.get("card-close").tap()
    expect(phone.get("map-title")).to_have_text("Output of the network")
    phone.wait(lambda: phone.pixels(mini.locator("canvas")) != neuron, "the output's map")
    mini.tap()
    expect(phone.get("heatmap")).to_be_in_viewport(ratio=0.9)
    expect(mini).to_be_hidden()


APART = """(testids) => {
  const seen = (element) => !element.hidden && getComputedStyle(element).visibility === "visible"
    && element.getClientRects().length > 0;
  const rects = testids.map((id) => document.querySelector(`[data-testid="${id}"]`)).filter(seen)
    .map((element) => [element.dataset.testid, (element.closest(".card") ?? element).getBoundingClientRect()]);
  const meet = (one, other) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
    && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1;
  return rects.flatMap(([name, one], i) => rects.slice(i + 1).filter(([, other]) => meet(one, other))
    .map(([other]) => `${name} and ${other}`));
}"""


@parametrize("size", [(390, 844), (320, 568)], ids=str, short=1)
def test_on_a_phone_a_tapped_neurons_weights_cover_neither_it_nor_map_nor_run_bar(phone, size):
    phone.visit(LARGEST)
    resize(phone, *size)
    for node in ("node-0-0", "node-3-7", "node-6-0"):
        phone.page.evaluate("scrollTo(0, 0)")
        phone.get(node).scroll_into_view_if_needed()
        phone.get(node).tap()
        expect(phone.get("card-close")).to_be_visible()
        parts = ["card-close", node, "mini-map", "play", "epoch", "lang-switch"]
        phone.wait(lambda parts=parts: not phone.page.evaluate(APART, parts), "nothing over anything")
        expect(phone.get(node)).to_be_in_viewport(ratio=0.9)
        expect(phone.get("mini-map")).to_be_in_viewport(ratio=1)
        phone.get("card-close").tap()
        expect(phone.get("card-close")).to_be_hidden()


# What is hit at the middle and at four places around it, a third of a neuron's size away: other than the neuron.
HIT = """(nodes) => nodes.flatMap((node) => {
  node.scrollIntoView({ block: "center" });
  const box = node.getBoundingClientRect();
  const places = [[1 / 2, 1 / 2], [1 / 2, 5 / 6], [1 / 6, 1 / 2], [1 / 2, 1 / 6], [5 / 6, 1 / 2]];
  return places.map(([x, y]) => document.elementFromPoint(box.left + x * box.width, box.top + y * box.height))
    .filter((hit) => hit?.closest(".node") !== node).map((hit) => `${hit?.dataset.testid} of ${node.dataset.testid}`);
})"""


@parametrize("shape", ["16,16", "8,8", "3"], short=1)
def test_on_a_phone_a_finger_at_the_middle_of_a_neuron_taps_it_and_not_its_bias(phone, shape):
    phone.visit(f"dataset=xor&seed=0.5&networkShape={shape}")
    resize(phone, 360, 640)
    assert phone.page.locator(".node:not(.feature)").evaluate_all(HIT) == []
    phone.get("node-0-2").tap()
    expect(phone.get("map-title")).to_have_text("Layer 1, neuron 3")


TWO_LAYERS = "networkShape=8,8&xSquared=true&ySquared=true&xTimesY=true&sinX=true&sinY=true&seed=0.31415"


@parametrize("tapped", ["node-1-3", "node-2-0"], short=1)
def test_on_a_phone_the_small_map_covers_no_neuron_where_another_place_is_free(phone, tapped):
    phone.visit(TWO_LAYERS)
    phone.get(tapped).scroll_into_view_if_needed()
    phone.get(tapped).tap()
    expect(phone.get("card-close")).to_be_visible()
    neurons = phone.page.locator(".node:not(.feature)").evaluate_all(
        "nodes => nodes.map((node) => node.dataset.testid)"
    )
    covered = f"(neurons) => neurons.flatMap((neuron) => ({APART})(['mini-map', neuron]))"
    phone.wait(lambda: not phone.page.evaluate(covered, neurons), "no neuron under the map")
    expect(phone.get("mini-map")).to_be_in_viewport(ratio=1)


def test_notices_stand_beside_the_open_drawer(resized):
    resized.visit("dataset=Circle")
    resized.click("tools")
    notice, drawer = resized.get("notice-link"), resized.get("drawer")
    expect(notice).to_be_visible()
    for size in SCREENS:
        resize(resized, *size)
        one, other = notice.bounding_box(), drawer.bounding_box()
        assert one["x"] >= 0
        assert one["x"] + one["width"] <= other["x"]
    resize(resized, 390, 844)
    resized.page.locator(".drawer").evaluate("(drawer) => drawer.scrollTo(0, drawer.scrollHeight)")
    last = resized.page.locator(".drawer [role=tabpanel]:not([hidden])").bounding_box()
    assert last["y"] + last["height"] <= notice.bounding_box()["y"]
    resized.click("drawer-close")


UNREADABLE = """() => [...document.querySelectorAll(".card-edit .card-row")].filter((row) => {
  const [name, field] = ["span", "input"].map((part) => row.querySelector(part).getBoundingClientRect());
  return name.right > field.left + 1 || field.right > innerWidth || name.left < 0 || name.width < 20;
}).length"""


def test_on_a_phone_each_weights_name_stands_beside_its_number(phone):
    phone.visit("networkShape=4,2")
    for locale in ("en", "zh-CN"):
        speak(phone, locale)
        for width in (320, 390, 600):
            resize(phone, width, 844)
            phone.get("node-1-0").scroll_into_view_if_needed()
            phone.get("node-1-0").tap()
            expect(phone.get("card-close")).to_be_visible()
            assert phone.page.locator(".card-edit .card-row").count() == 5
            assert phone.page.evaluate(UNREADABLE) == 0, (width, locale)
            phone.get("card-close").tap()
            expect(phone.get("card-close")).to_be_hidden()


@parametrize("size", [(683, 384), (320, 568), (768, 500)], ids=str, short=1)
def test_the_small_map_covers_no_setting_however_the_page_is_scrolled(resized, size):
    resized.visit(LARGEST)
    resize(resized, *size)
    for setting in ("percTrainData", "noise", "batchSize", "learningRate", "regularizationRate", "problem"):
        control = resized.page.locator(f"#setting-{setting}")
        for block in ("start", "end"):
            control.evaluate("(element, block) => element.scrollIntoView({block})", block)
            parts = ["mini-map", control.get_attribute("data-testid")]
            resized.wait(lambda: not resized.page.evaluate(APART, parts), f"{setting} free, at the {block}")  # noqa: B023


def test_the_small_map_covers_no_setting_that_more_data_sets_have_moved(phone):
    phone.visit("dataset=circle&seed=0.5")
    resize(phone, 390, 844)
    more, slider = phone.get("datasets-more"), "setting-percTrainData"
    phone.page.evaluate("scrollTo(0, 0)")
    phone.wait(lambda: not phone.page.evaluate(APART, ["mini-map", slider]), "the setting free at first")
    for _ in range(2):  # unfolded, and folded again
        more.evaluate("button => button.click()")  # a tap may scroll, after which the map looks for a place anyway
        phone.wait(lambda: not phone.page.evaluate(APART, ["mini-map", slider]), "the setting free")
        expect(phone.get("mini-map")).to_be_in_viewport(ratio=1)


UNDER_THE_SMALL_MAP = """async () => {
  const map = document.querySelector(".mini-map");
  const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const meet = (one, other) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
    && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1;
  const controls = [...document.querySelectorAll("button:not(.mini-map), input, select, .check, .feature-symbol")]
    .filter((control) => !control.matches(".node:not(.feature), .bias") && control.checkVisibility());
  const covered = new Set();
  let seen = 0;
  for (let y = 0; y < document.body.scrollHeight - innerHeight; y += 40) {
    scrollTo(0, y);
    dispatchEvent(new Event("scroll"));
    await drawn();
    if (!map.checkVisibility({visibilityProperty: true})) continue;
    seen++;
    const own = map.getBoundingClientRect();
    for (const control of controls) {
      const name = control.dataset.testid ?? control.className;
      if (meet(own, control.getBoundingClientRect())) covered.add(`${name} at ${y}`);
    }
  }
  return {covered: [...covered], seen};
}"""


@parametrize(
    "link, size",
    [
        *((LARGEST, size) for size in [(320, 568), (360, 640), (375, 667), (390, 844)]),
        *(("seed=0.31415", size) for size in [(320, 568), (390, 844)]),
    ],
    ids=lambda given: name(given) if isinstance(given, tuple) else "largest" if given == LARGEST else "plain",
    short=1,
)
def test_on_a_phone_the_small_map_leaves_every_button_free_but_the_neurons(phone, size, link):
    phone.visit(link)
    resize(phone, *size)
    found = phone.page.evaluate(UNDER_THE_SMALL_MAP)
    assert found["covered"] == []
    assert found["seen"] > 3  # it is not simply hidden


@parametrize("size", [(667, 375), (768, 1024)], ids=name, short=1)
def test_the_small_map_leaves_the_settings_that_are_unfolded_free(phone, size):
    phone.visit("optimizer=adamw&schedule=step&regularization=both&networkShape=4,2&seed=0.31415")
    resize(phone, *size)
    phone.get("more").tap()
    expect(phone.get("more-settings")).to_be_visible()
    found = phone.page.evaluate(UNDER_THE_SMALL_MAP)
    phone.get("more").tap()
    assert found["covered"] == []
    assert found["seen"] > 3


TEXTS_UNDER_IT = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const own = document.querySelector(".mini-map").getBoundingClientRect();
  return [...document.querySelectorAll(".panels h2, .neuron-count")]
    .filter((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      const [width, height] = [
        Math.min(own.right, right) - Math.max(own.left, left), Math.min(own.bottom, bottom) - Math.max(own.top, top)
      ];
      return width > 0 && height > 0;
    })
    .map((text) => text.textContent);
}"""


@pytest.mark.parametrize("size", [(360, 640), (375, 667)], ids=str)
def test_on_a_phone_the_small_map_leaves_headings_and_counts_readable_where_the_network_begins(phone, size):
    phone.visit("dataset=spiral&networkShape=8,6,4&seed=0.3")
    resize(phone, *size)
    phone.page.evaluate("scrollBy(0, document.querySelector('#network-title').getBoundingClientRect().top - 100)")
    assert phone.page.evaluate(TEXTS_UNDER_IT) == []


def test_on_a_phone_the_table_of_kept_runs_scrolls_in_its_box_and_breaks_no_chinese_word(visit):
    phone = visit(**PHONE, locale="zh-CN")
    phone.get("tools").tap()
    phone.get("look-kept").tap()
    phone.get("keep").tap()
    expect(phone.get("kept-said")).to_contain_text("1")
    for key, value in (("activation", "relu"), ("learningRate", "0.1"), ("regularization", "L2")):
        phone.choose(key, value)
    phone.get("keep").tap()
    expect(phone.get("kept-said")).to_contain_text("2")
    lines = """cells => cells.map((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return new Set([...range.getClientRects()].map(({top}) => Math.round(top))).size;
    })"""
    assert set(phone.get("kept-table").locator("thead th").evaluate_all(lines)) == {1}
    assert phone.page.evaluate("document.scrollingElement.scrollWidth") <= 390
    phone.get("forget-2").scroll_into_view_if_needed()
    expect(phone.get("forget-2")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_each_way_to_points_of_ones_own_has_one_line_on_a_laptop(visit, locale):
    playground = visit(locale=locale)
    playground.click("datasets-more")
    for name in ("own-draw", "own-file"):
        assert playground.get(name).bounding_box()["height"] < 36, name  # 32, with two lines 44
    expect(playground.get("new-data")).to_be_in_viewport(ratio=1)


@parametrize("locale", ["en", "zh-CN"], short=1)
def test_on_a_phone_the_epoch_touches_nothing_beside_it(phone, locale):
    speak(phone, locale)
    for width in (320, 360, 375, 390):
        resize(phone, width, 667)
        epoch, speed, button = (phone.get(part).bounding_box() for part in ("epoch", "select-speed", "new-weights"))
        assert epoch["x"] >= button["x"] + button["width"] + 4, width
        assert speed["x"] >= epoch["x"] + phone.get("epoch").evaluate("(element) => element.scrollWidth") + 4, width
        assert speed["x"] + speed["width"] <= width


def test_on_a_phone_the_run_controls_stay_on_the_screen(phone):
    phone.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    for testid in ("play", "step", "reset", "epoch"):
        expect(phone.get(testid)).to_be_in_viewport(ratio=1)
    phone.get("play").tap()
    phone.expect_state("running")
    phone.get("play").tap()
    phone.expect_state("paused")


def test_on_a_laptop_there_is_one_map_alone(playground):
    expect(playground.get("heatmap")).to_be_in_viewport()
    expect(playground.get("mini-map")).to_be_hidden()


def test_a_dashed_line_ties_the_output_neuron_to_the_large_map(resized):
    tie, neuron = resized.get("map-tie"), resized.get("node-2-0").bounding_box()
    line, large = tie.locator("> path").bounding_box(), resized.get("heatmap").bounding_box()
    assert line["x"] == pytest.approx(neuron["x"] + neuron["width"], abs=5)
    assert line["x"] + line["width"] == pytest.approx(large["x"], abs=32)  # the axis stands between
    assert line["y"] + line["height"] == pytest.approx(neuron["y"] + neuron["height"] / 2, abs=5)
    assert large["y"] < line["y"] < large["y"] + large["height"]
    resize(resized, 390, 844)  # the map is below the network
    expect(tie).to_be_hidden()


def test_what_grew_with_the_window_shrinks_with_it(resized):
    def heights():
        parts = ["main > .panels", ".stage", ".chart-plot svg"]
        return [resized.page.locator(part).first.bounding_box()["height"] for part in parts]

    resized.wait_for_chart(0)
    before = heights()
    resize(resized, 1920, 1080)
    resized.wait(lambda: all(new > old for new, old in zip(heights(), before, strict=True)), "a larger page")
    resize(resized, 1366, 768)
    resized.wait(lambda: heights() == before, "the page as it was")


IDLE = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(() => setTimeout(done)))))"""


def test_on_a_phone_plotly_is_fetched_when_the_chart_is_scrolled_to(visit):
    phone = visit(**PHONE)
    phone.page.evaluate(IDLE)
    assert not phone.page.evaluate("Boolean(document.querySelector('script[src*=plotly]'))")
    phone.get("losschart").scroll_into_view_if_needed()
    expect(phone.get("losschart").locator(".main-svg").first).to_be_visible()
