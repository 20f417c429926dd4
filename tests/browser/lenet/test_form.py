"""The form of a new run. Nothing is started here, and nothing waited for: the runs that other tests look at are trained
meanwhile."""

import pytest
from playwright.sync_api import expect

from support.long import parametrize

pytestmark = pytest.mark.usefixtures("started")


@parametrize(
    "name, value, message",
    [
        ("epochs", 0, "“0” is not a whole number from 1 to 1,000."),
        ("batch_size", "many", "is not a whole number from 1 to 10,000."),
        ("learning_rate", "", "A number from 0 to 10"),
        ("train_images", 10, "is too many: there are 10 images to train on."),
    ],
    short=2,
)
def test_a_wrong_setting_is_told_at_its_field(lenet, name, value, message):
    lenet.home()
    lenet.set(name, value)
    lenet.click("start")
    at = "batch_size" if name == "train_images" else name
    expect(lenet.get(f"error-{at}")).to_contain_text(message)
    expect(lenet.get(f"setting-{at}")).to_be_focused()
    expect(lenet.get("welcome")).to_be_visible()


@parametrize("language", ["en", "zh"], short=1)
def test_all_wrong_settings_are_told_at_once(sized, language):
    lenet = sized(1366, 768, language).home()
    for name, value in (("epochs", 0), ("learning_rate", 1e9), ("batch_size", "many"), ("seed", 1.5)):
        lenet.set(name, value)
    lenet.click("start")
    no_number, no_whole = {"en": ("is not a number", "is not a whole number"), "zh": ("的数", "的整数")}[language]
    for name in ("epochs", "batch_size", "seed"):
        expect(lenet.get(f"error-{name}")).to_contain_text(no_whole)
    expect(lenet.get("error-learning_rate")).to_contain_text(no_number)
    expect(lenet.page.locator("[aria-invalid]")).to_have_count(4)
    lenet.set("learning_rate", 0.01)  # what is mended is told no longer
    expect(lenet.page.locator("[aria-invalid]")).to_have_count(3)


def test_changed_settings_are_counted_and_reset(lenet, other):
    rate = other.ask("schema")["presets"]["fast"]["config"]["learning_rate"]
    lenet.home()
    changed = lenet.get("settings-changed")
    expect(changed).to_have_text("as the preset")
    lenet.set("learning_rate", "0.5")
    lenet.get("setting-pooling").select_option("average")
    expect(changed).to_have_text("2 changed")
    lenet.click("settings-reset")
    expect(changed).to_have_text("as the preset")
    expect(lenet.get("setting-learning_rate")).to_have_value(str(rate))


def test_what_is_said_of_a_preset_fits_what_is_chosen(lenet):
    lenet.home()
    purpose, intro = lenet.get("purpose-fast"), lenet.get("welcome")
    expect(purpose).to_contain_text("Past 98.2 %")  # a run ends with more
    expect(intro).to_contain_text("handwritten digits")
    lenet.get("setting-dataset").select_option("fashion")
    expect(lenet.get("settings-changed")).to_have_text("1 changed")
    expect(lenet.page.locator(".presets")).not_to_contain_text("98.2 %")
    expect(intro).to_contain_text("Fashion-MNIST")
    expect(intro).not_to_contain_text("digit")
    lenet.get("setting-dataset").select_option("mnist")
    expect(purpose).to_contain_text("98.2 %")
    expect(intro).to_contain_text("handwritten digits")
    lenet.set("train_images", 100)
    expect(purpose).not_to_contain_text("98.2 %")
    lenet.click("settings-reset")
    expect(purpose).to_contain_text("98.2 %")
    lenet.click("sweep-open")
    expect(purpose).not_to_contain_text("98.2 %")
    lenet.click("sweep-open")
    expect(purpose).to_contain_text("98.2 %")


def test_a_stop_rule_that_never_holds_is_said_not_to(lenet):
    lenet.home().show_all_settings()
    for name, never, other in (("stop_change", "0", "0.01"), ("stop_accuracy", "1", "0.99")):
        field = lenet.get(f"setting-{name}")
        expect(field).to_have_value(never)
        note = lenet.page.locator(f"#note-{name}")
        expect(note).to_have_text("never")
        assert f"note-{name}" in field.get_attribute("aria-describedby").split()
        field.fill(other)
        expect(note).to_have_text("")
        field.fill(never)
        expect(note).to_have_text("never")


def test_every_preset_fills_the_form_with_its_own_settings(lenet, other):
    presets = other.ask("schema")["presets"]
    lenet.home()
    lenet.show_all_settings()
    assert len(presets) == 5
    for name, preset in presets.items():
        lenet.get(f"preset-{name}").check()
        for field in ("epochs", "batch_size", "learning_rate", "activation"):
            shown = lenet.get(f"setting-{field}").input_value()
            assert shown.removesuffix(".0") == str(preset["config"][field]).removesuffix(".0"), (name, field)


def test_on_a_laptop_start_is_on_the_first_screen(lenet):
    lenet.home()
    expect(lenet.get("start")).to_be_in_viewport(ratio=1)
    lenet.show_all_settings()
    lenet.get("setting-seed").scroll_into_view_if_needed()
    expect(lenet.get("start")).to_be_in_viewport(ratio=1)


def test_every_setting_is_explained_on_focus_and_under_the_mouse(lenet):
    lenet.home().show_all_settings()
    hint = lenet.get("hint")
    told = set()
    for setting in lenet.page.locator("[data-testid^='setting-']:enabled").all():
        setting.focus()
        expect(hint).to_be_visible()
        told.add(hint.inner_text())
        assert "hint" in setting.get_attribute("aria-describedby").split()  # so a screen reader reads it
        assert "error-" in setting.get_attribute("aria-describedby")
        lenet.page.keyboard.press("Escape")
        expect(hint).to_be_hidden()
    assert len(told) > 20
    lenet.get("setting-epochs").evaluate("element => element.blur()")
    lenet.get("setting-epochs").hover()
    expect(hint).to_have_text("Passes over the train set, at most (1 – 1,000)")
    lenet.page.mouse.move(1, 1)
    expect(hint).to_be_hidden()


COVERED = """() => {
  const box = document.getElementById("hint").getBoundingClientRect();
  const all = document.querySelectorAll(".launch [data-hint], .launch :is(button, summary, .preset)");
  return [...all].filter((other) => {
    const { left, top, right, bottom } = other.getBoundingClientRect();
    return left < box.right && box.left < right && top < box.bottom && box.top < bottom;
  }).map((other) => other.textContent);
}"""


@parametrize("language", ["en-GB", "zh-CN"], short=1)
def test_on_a_laptop_an_explanation_covers_nothing_of_the_form(sized, language):
    lenet = sized(1366, 768, language).home()
    for all_shown in (False, True):
        lenet.show_all_settings(all_shown)
        for setting in lenet.page.locator("[data-testid^='setting-']:enabled:visible").all():
            setting.focus()
            expect(lenet.get("hint")).to_be_visible()
            expect(lenet.get("hint")).to_be_in_viewport(ratio=1)
            assert lenet.page.evaluate(COVERED) == []


def test_on_a_phone_an_explanation_comes_with_a_touch_and_leaves_start_and_what_is_below_free(visit):
    phone = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).open()
    for width in (320, 390):
        phone.page.set_viewport_size({"width": width, "height": 844})
        for name in ("epochs", "dataset"):
            phone.get(f"setting-{name}").focus()
            expect(phone.get("hint")).to_be_visible()
            covered = phone.page.evaluate(COVERED)
            assert not any("Start" in text or "settings" in text for text in covered), covered
    phone.get("setting-epochs").tap()
    expect(phone.get("hint")).to_contain_text("Passes over the train set")
    phone.page.locator("h2").first.tap()
    expect(phone.get("hint")).to_be_hidden()


def test_the_explanation_of_what_has_the_focus_comes_though_the_mouse_rests_on_another_setting(lenet):
    lenet.home().show_all_settings()
    lenet.get("setting-train_images").focus()
    hint = lenet.get("hint")
    lenet.get("setting-holdout").hover()
    expect(hint).to_have_text("Images taken out of the train set, to choose settings on (0 – 10,000)")
    for _ in range(20):  # far down, so that other settings come to be where the mouse is
        lenet.page.keyboard.press("Tab")
        focused = lenet.page.evaluate("document.activeElement.closest('[data-hint]')?.dataset.hint ?? null")
        if focused is None:
            continue
        lenet.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        described = lenet.page.evaluate("document.activeElement.getAttribute('aria-describedby')")
        assert "hint" in described.split(), focused
    lenet.page.mouse.move(1, 1)


def test_a_wrong_setting_moves_none_out_of_its_column(lenet):
    lenet.home().show_all_settings()
    columns = """() => [...document.querySelectorAll(".setting")].map((setting) => {
      const { left, width } = setting.getBoundingClientRect();
      return [left, width];
    })"""
    before = lenet.page.evaluate(columns)
    lenet.set("learning_rate", 99)
    lenet.click("start")
    expect(lenet.get("error-learning_rate")).not_to_be_empty()
    assert lenet.page.evaluate(columns) == before


@parametrize("width", [1366, 390, 320], short=[0, 2])
def test_what_is_wrong_is_above_the_bar_of_start_and_nothing_is_below_it(sized, width):
    lenet = sized(width, 640).home().show_all_settings()
    seed, bar = lenet.get("setting-seed"), lenet.page.locator(".launch-foot")
    seed.fill("abcdefgh")
    # Its control just above the bar, where it has the focus already.
    seed.evaluate("""input => {
      const side = document.querySelector(".side"), bar = document.querySelector(".launch-foot");
      const box = getComputedStyle(side).overflowY === "auto" ? side : document.scrollingElement;
      box.scrollTop += input.getBoundingClientRect().bottom - bar.getBoundingClientRect().top + 4;
    }""")
    seed.press("Enter")
    expect(lenet.get("error-seed")).not_to_be_empty()
    lenet.page.wait_for_function(
        """() => document.getElementById("error-seed").getBoundingClientRect().bottom
          <= document.querySelector(".launch-foot").getBoundingClientRect().top"""
    )
    below = bar.evaluate(
        """bar => {
          const { bottom } = bar.getBoundingClientRect();
          const side = document.querySelector(".side").getBoundingClientRect();
          return Math.min(innerHeight, side.bottom) - bottom;
        }"""
    )
    assert below <= 0


@parametrize("language", ["en-GB", "zh-CN"], short=1)
@pytest.mark.parametrize("width", [1366, 320])
def test_a_box_and_its_name_stand_beside_a_field_stand_in_line_with_its_control(sized, width, language):
    lenet = sized(width, 768, language).home().show_all_settings()
    rows = """() => [...document.querySelectorAll(".check-setting .check")].map((check) => {
      const [box, text] = [...check.children].map((part) => part.getBoundingClientRect());
      const next = check.closest(".setting").nextElementSibling?.querySelector("input, select");
      const beside = next?.getBoundingClientRect();
      const middle = ({ top, height }) => top + height / 2;
      return {
        isWhole: text.right <= check.parentElement.getBoundingClientRect().right + 1,
        isInLine: innerWidth < 400 || text.height < 1.6 * box.height,
        isBeside: !beside || Math.abs(middle(box) - middle(beside)) < 1.5,
      };
    })"""
    found = lenet.page.evaluate(rows)
    assert len(found) == 2
    assert all(all(row.values()) for row in found), found
