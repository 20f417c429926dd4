"""Everyone can use it: axe finds nothing serious, and the keyboard alone reaches and does everything."""

import pytest
from playwright.sync_api import expect

from support.playground_page import PLAIN

SERIOUS = ("serious", "critical")
RUN_AXE = """async () => (await axe.run({resultTypes: ["violations"]})).violations
  .map(({id, impact, nodes}) => ({id, impact, where: nodes.map(({target}) => target.join(" ")).slice(0, 5)}))"""
REACHED = """() => {
  const {activeElement: element} = document;
  return element.dataset.testid ?? (element.closest("article") ? "article" : element.id || element.className);
}"""


def serious(playground):
    return [found for found in playground.page.evaluate(RUN_AXE) if found["impact"] in SERIOUS]


@pytest.fixture
def checked(unopened, axe):
    playground = unopened.open("seed=0.31415&noise=99")  # with a notice about the noise
    playground.page.evaluate(axe)
    return playground


def test_axe_finds_nothing_serious_in_any_theme_language_or_palette(checked):
    checked.visit("dataset=blobs&classes=6&seed=0.31415")  # with all that a page can have
    expect(checked.get("confusion-panel")).to_be_visible()
    for folded in checked.page.locator("summary").all():
        folded.click()
    found = {}
    for switch in (None, "theme-switch", "palette-switch", "lang-switch", "theme-switch"):
        if switch:
            checked.click(switch)
        found[switch] = serious(checked)
    assert not any(found.values()), found
    # It does find what is wrong: so that finding nothing means something.
    checked.get("play").evaluate("button => { button.removeAttribute('aria-label'); button.removeAttribute('title'); }")
    assert [found["id"] for found in serious(checked)] == ["button-name"]


def test_axe_finds_nothing_serious_in_what_opens(checked):
    checked.click("node-1-0")
    assert not serious(checked)
    checked.page.keyboard.press("Escape")
    checked.click("tools")
    checked.click("look-code")
    expect(checked.get("code-said")).to_have_text("Up to epoch 0.")
    assert not serious(checked)
    checked.page.keyboard.press("Escape")
    checked.visit("problem=regression&activation=relu&learningRate=10&networkShape=8,8&seed=0.31415")
    checked.click("play")
    checked.expect_state("diverged")
    assert not serious(checked)
    checked.click("help")
    assert not serious(checked)


def test_axe_finds_nothing_serious_in_two_settings_compared_and_in_how_it_formed(checked):
    checked.click("tools")
    checked.click("look-seeds")
    checked.get("seeds-count").fill("5")
    checked.get("seeds-epochs").fill("20")
    checked.click("seeds-begin")
    expect(checked.get("pairs")).to_be_visible()
    checked.choose("activation", "relu")
    checked.click("pairs-compare")
    expect(checked.get("pairs-words")).to_contain_text("equally good")
    for switch in (None, "theme-switch"):
        if switch:
            checked.get(switch).dispatch_event("click")  # the drawer lies over it
        assert not serious(checked)
    checked.click("look-strip")
    assert not serious(checked)


def test_axe_finds_nothing_serious_on_a_phone(visit, axe):
    phone = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone.page.evaluate(axe)
    for theme in ("light", "dark"):
        phone.page.emulate_media(color_scheme=theme)
        expect(phone.page.locator("html")).to_have_attribute("data-theme", theme)
        assert not serious(phone), theme


def test_tab_reaches_every_control_once_and_first_what_skips_to_the_content(unopened):
    playground = unopened.open()
    reached = []
    while len(reached) < 150:
        playground.page.keyboard.press("Tab")
        if not reached:
            expect(playground.page.locator(".skip")).to_be_in_viewport()
            expect(playground.page.locator(".skip")).to_be_focused()
        reached.append(playground.page.evaluate(REACHED))
        if reached[-1] == "BODY" or reached.count(reached[0]) > 1:
            break
    wanted = [
        "lang-switch", "palette-switch", "theme-switch", "help",
        "reset", "play", "step", "new-weights", "select-speed",
        "setting-learningRate", "setting-activation", "setting-regularization", "setting-regularizationRate",
        "setting-problem", "dataset-circle", "dataset-xor", "dataset-gauss", "dataset-spiral", "datasets-more",
        "setting-percTrainData", "setting-noise", "setting-batchSize", "new-data",
        "remove-layer", "add-layer", "layer-1-remove", "layer-1-add", "layer-2-remove", "layer-2-add",
        "feature-x",  # the network is one stop, in which the arrow keys move
        "setting-showTestData", "setting-discretize", "check-accuracy", "check-log",
        "recipe-circle", "recipe-spiral",
    ]  # fmt: skip
    assert [name for name in reached if name in wanted] == wanted
    assert not [name for name in reached if name.startswith("node-")]
    playground.page.locator(".skip").focus()
    playground.page.keyboard.press("Enter")
    expect(playground.page.locator("main")).to_be_focused()
    assert playground.link["seed"] == "0.31415"  # the address is the network's still


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
@pytest.mark.parametrize("tab", ["", "lenet", "notebook"])
def test_no_two_elements_of_a_page_have_one_id(browser, browser_context_args, server, tab, locale):
    page = browser.new_context(**{**browser_context_args, "locale": locale}).new_page()
    page.goto(f"{server}/{tab}")
    expect(page.locator("html")).to_have_attribute("data-ready", "")
    ids = page.locator("[id]").evaluate_all("all => all.map(({id}) => id)")
    assert len(ids) > 5
    assert sorted(ids) == sorted(set(ids))
    page.context.close()


def test_a_weight_is_found_and_edited_by_keyboard(playground):
    press = playground.page.keyboard.press
    playground.get("feature-x").focus()  # Tab comes back to where the keyboard was last, in whichever test
    playground.get("layer-2-add").focus()
    press("Tab")
    expect(playground.get("feature-x")).to_be_focused()
    press("ArrowRight")
    expect(playground.get("node-0-0")).to_be_focused()
    expect(playground.get("map-title")).to_have_text("Layer 1, neuron 1")  # as for the pointer
    press("ArrowDown")
    press("ArrowDown")
    expect(playground.get("node-0-2")).to_be_focused()
    press("Enter")
    expect(playground.get("edit-bias-0-2")).to_be_focused()
    press("Tab")
    press("Tab")
    expect(playground.get("edit-link-0-2-1")).to_be_focused()
    playground.page.keyboard.type("-0.75")
    press("Enter")
    expect(playground.get("node-0-2")).to_be_focused()
    playground.wait(lambda: playground.frame.weight(0, 2, 1) == -0.75, "the weight")
    press("Enter")
    press("ArrowUp")  # by a tenth
    playground.wait(lambda: playground.frame.bias(0, 2) == pytest.approx(0.2), "the bias")
    press("Escape")
    expect(playground.get("node-0-2")).to_be_focused()


def test_from_its_ends_a_card_leads_on_from_its_neuron_and_escape_closes_it_wherever_the_focus_is(playground):
    card = playground.page.locator(".card-edit")
    press = playground.page.keyboard.press

    def opened():
        playground.get("node-0-3").focus()
        press("Enter")
        expect(card).to_be_visible()

    opened()
    for _ in range(3):  # from the bias, over two weights
        press("Tab")
    expect(card).to_be_hidden()
    expect(playground.get("tools")).to_be_focused()  # the network is one stop, in which arrow keys move
    opened()
    press("Shift+Tab")
    expect(playground.get("card-close")).to_be_focused()
    press("Shift+Tab")
    expect(card).to_be_hidden()
    expect(playground.get("node-0-3")).to_be_focused()
    opened()
    playground.page.evaluate("document.activeElement.blur()")
    press("Escape")
    expect(card).to_be_hidden()


def test_tab_leads_on_from_the_neuron_whose_bias_was_clicked(playground):
    playground.point_at("bias-0-2")
    playground.page.mouse.down()
    playground.page.mouse.up()
    expect(playground.get("edit-bias-0-2")).to_be_focused()
    playground.page.keyboard.press("Tab")
    expect(playground.page.locator(".card-edit")).to_be_hidden()
    expect(playground.get("tools")).to_be_focused()


def test_escape_closes_a_card_wherever_the_focus_is_and_the_drawer_after_it(playground):
    playground.click("tools")
    playground.click("node-0-2")
    playground.get("edit-bias-0-2").evaluate("field => field.blur()")
    playground.page.keyboard.press("Escape")
    expect(playground.get("card-close")).to_be_hidden()
    expect(playground.get("node-0-2")).to_be_focused()
    expect(playground.get("drawer")).to_be_visible()
    playground.page.keyboard.press("Escape")
    expect(playground.get("drawer")).to_be_hidden()


@pytest.mark.parametrize("width", [1366, 800, 390])
def test_the_buttons_of_the_link_are_reached_in_the_order_in_which_they_are_seen(visit, width):
    playground = visit(viewport={"width": width, "height": 768})
    playground.step()
    expect(playground.get("copy-moment")).to_be_visible()
    playground.get("tools").focus()
    for name in ("copy-moment", "copy-link"):
        before = playground.page.locator(":focus").bounding_box()
        playground.page.keyboard.press("Tab")
        expect(playground.get(name)).to_be_focused()
        assert playground.get(name).bounding_box()["x"] > before["x"]


@pytest.mark.parametrize(
    ("link", "name", "presses"),
    [("", "remove-layer", 3), ("networkShape=4,2", "layer-2-remove", 3), ("networkShape=15", "layer-1-add", 3)],
)
def test_a_layers_button_that_has_nothing_more_to_do_keeps_the_focus_and_does_nothing(playground, link, name, presses):
    playground.visit(f"{link}&seed=0.31415")
    button = playground.get(name)
    button.focus()
    for _ in range(presses):
        playground.page.keyboard.press("Enter")
    expect(button).to_be_disabled()
    expect(button).to_be_focused()
    ends = {"remove-layer": "", "layer-2-remove": "4,1", "layer-1-add": "16"}
    playground.expect_link(networkShape=ends[name])
    button.evaluate("button => button.blur()")
    expect(button).to_have_attribute("disabled", "")


def test_undo_and_redo_keep_the_focus_when_nothing_is_left(visit):
    playground = visit()
    playground.choose("activation", "relu")
    playground.choose("learningRate", "0.1")
    for name, ends in (("undo", "tanh"), ("redo", "relu")):
        playground.get(name).focus()
        for _ in range(3):
            playground.page.keyboard.press("Enter")
        expect(playground.get("setting-activation")).to_have_value(ends)
        expect(playground.get(name)).to_be_disabled()
        expect(playground.get(name)).to_be_focused()


def test_the_focus_stays_in_the_table_of_kept_runs(visit):
    playground = visit()
    playground.click("tools")
    playground.click("look-kept")
    for kept in range(1, 9):
        playground.get("keep").press("Enter")
        expect(playground.get("kept-said")).to_have_text(f"Kept: {kept} of 8.")
    expect(playground.get("keep")).to_be_disabled()
    expect(playground.get("keep")).to_be_focused()
    playground.get("beside-3").press("Space")
    expect(playground.get("beside-3")).to_be_checked()
    expect(playground.get("beside-3")).to_be_focused()
    for number, following in ((3, 4), (8, 7)):  # the last row has none below it
        playground.get(f"forget-{number}").press("Enter")
        expect(playground.get(f"forget-{following}")).to_be_focused()
    for number in (7, 6, 5, 4, 2, 1):
        playground.get(f"forget-{number}").press("Enter")
    expect(playground.get("keep")).to_be_focused()


def test_the_focus_stays_where_an_animation_is_made_and_where_another_run_is_taken_up(visit):
    playground = visit(f"{PLAIN}&epoch=20")
    playground.expect_epoch(20)
    playground.get("time-slider").press("Home")
    playground.expect_epoch(0)
    playground.step()
    playground.get("take-1").press("Enter")
    expect(playground.get("take-2")).to_be_focused()
    playground.click("tools")
    playground.click("look-strip")
    with playground.page.expect_download():
        playground.get("strip-animate").press("Enter")
        expect(playground.get("strip-animate")).to_be_focused()
    expect(playground.get("strip-animate")).to_be_enabled()
    expect(playground.get("strip-animate")).to_be_focused()


def test_a_feature_is_switched_by_keyboard(playground):
    playground.get("feature-x").focus()
    for _ in range(2):
        playground.page.keyboard.press("ArrowDown")
    playground.page.keyboard.press("Enter")
    playground.expect_link(xSquared="true")
    expect(playground.get("feature-xSquared")).to_be_focused()  # although the picture was made anew


def test_every_node_has_a_name_and_says_what_it_opens(playground):
    expect(playground.get("node-0-2")).to_have_accessible_name("Layer 1, neuron 3")
    expect(playground.get("node-2-0")).to_have_accessible_name("Output neuron")
    expect(playground.get("feature-xTimesY")).to_have_accessible_name("Feature X₁X₂")
    playground.click("node-0-2")
    expect(playground.page.get_by_role("dialog", name="Weights and bias: Layer 1, neuron 3")).to_be_visible()
    playground.page.keyboard.press("Escape")


def test_reduced_motion_holds_the_dashes_still(visit):
    playground = visit(reduced_motion="reduce")
    playground.step(2)
    assert playground.page.locator("g.links").get_attribute("stroke-dashoffset") is None


def test_the_theme_follows_the_system_until_the_user_chooses(visit):
    playground = visit(color_scheme="dark")
    html = playground.page.locator("html")
    expect(html).to_have_attribute("data-theme", "dark")
    playground.page.emulate_media(color_scheme="light")
    expect(html).to_have_attribute("data-theme", "light")
    playground.click("theme-switch")
    playground.page.reload()
    playground.wait_until_ready()
    expect(html).to_have_attribute("data-theme", "dark")
