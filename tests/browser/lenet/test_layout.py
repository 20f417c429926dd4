"""Where things stand on the LeNet page: nothing touches what it does not belong to, and nothing leaves a hole."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from support.lenet_page import LONG, TINY, Visitor
from support.long import parametrize


def box(locator) -> dict[str, float]:
    found = locator.bounding_box()
    assert found
    return found | {"right": found["x"] + found["width"], "bottom": found["y"] + found["height"]}


@pytest.fixture(scope="module")
def exercise(lenet_server):
    """A finished run with a long title, of somebody who has no others: of one browser only so many wait."""
    other = Visitor(lenet_server)
    run = other.start(preset="exercise-code", **TINY)
    other.finished(run)
    return run


@parametrize("width", [360, 1366, 1920], short=2)
@parametrize("locale", ["en-GB", "zh-CN"], short=1)
def test_whose_a_run_is_stands_beside_a_title_of_one_line_or_below_it(sized, exercise, width, locale):
    row = sized(width, 900, locale).home().row(exercise)
    expect(row.get_by_test_id("row-accuracy")).to_be_visible()
    title, owner, accuracy = (
        box(part)
        for part in (row.locator(".row-title"), row.get_by_test_id("row-owner"), row.get_by_test_id("row-accuracy"))
    )
    line = float(row.locator(".row-title").evaluate("title => parseFloat(getComputedStyle(title).lineHeight)"))
    is_below = owner["y"] >= title["bottom"] - 1
    assert is_below or title["height"] < 1.5 * line
    assert title["right"] <= accuracy["x"]
    assert owner["right"] <= accuracy["x"] or is_below


def test_what_says_that_there_is_no_such_run_is_apart_from_what_follows(lenet):
    lenet.go("#run=20200101-000000-abcdef")
    missing = lenet.get("missing")
    expect(missing).to_be_visible()
    below = box(lenet.get("welcome").locator(".surface").first)
    assert below["y"] - box(missing)["bottom"] >= 8
    lenet.go("#")


def test_in_the_teachers_dialog_the_label_is_apart_from_the_text_above(lenet):
    lenet.home()
    lenet.click("teacher")
    dialog = lenet.page.get_by_role("dialog")
    label = box(dialog.locator("label"))
    assert label["y"] - box(dialog.locator("p").first)["bottom"] >= 8
    lenet.page.keyboard.press("Escape")


def share(page) -> str:
    return page.get("epoch-slider").evaluate("slider => slider.style.getPropertyValue('--share')")


def test_the_slider_of_a_run_with_one_epoch_is_empty_and_that_of_two_is_full(lenet, runs):
    lenet.see(runs[1])
    expect(lenet.get("epoch-slider")).to_be_disabled()
    assert share(lenet) == "0%"
    lenet.see(runs[0])
    assert share(lenet) == "100%"


def test_a_run_that_just_begins_has_an_empty_slider_and_no_duration_of_nothing(lenet):
    lenet.home()
    lenet.page.evaluate(
        """() => {
          window.told = [];
          new MutationObserver(() => {
            const time = document.querySelector('[data-testid="fact-time"]');
            if (time) window.told.push(time.textContent);
          }).observe(document.body, { subtree: true, childList: true, characterData: true });
        }"""
    )
    lenet.start(**LONG | {"batch_size": 2})  # its first epoch takes long
    expect(lenet.get("fact-time")).to_have_text(re.compile(r"^[1-9]"))
    assert not [text for text in lenet.page.evaluate("window.told") if text.startswith("0.0")]
    expect(lenet.get("epoch-title")).to_have_text("The first epoch is not done yet")
    assert share(lenet) == "0%"
    lenet.get("run-view").get_by_test_id("run-stop").click()
    lenet.expect_status("stopped")


PHONE = (360, 740)


@parametrize("language", ["en-GB", "zh-CN"], short=1)
@parametrize("width", [390, 320], short=[1])
def test_on_a_phone_the_table_of_layers_is_in_sight_whole(sized, run, width, language):
    phone = sized(width, 640, language).see(run)
    assert phone.get("layers").evaluate("({ parentElement: box }) => box.scrollWidth - box.clientWidth") == 0
    expect(phone.get("parameter-sum")).to_have_text("44,426")


def test_no_row_of_mistakes_is_cropped(lenet, run):
    lenet.see(run)
    lenet.click("look-mistakes")
    grid = lenet.get("mistake-images")
    expect(grid.locator("button")).not_to_have_count(0)
    assert grid.evaluate("grid => grid.scrollHeight - grid.clientHeight") == 0


def test_a_matrix_wider_than_a_phone_shows_on_which_side_there_is_more_of_it(sized, run):
    lenet = sized(*PHONE).see(run)
    lenet.click("look-mistakes")
    matrix = lenet.page.locator(".confusion-box")
    expect(matrix).to_have_class(re.compile("more-right"))
    assert "linear-gradient" in matrix.evaluate("box => getComputedStyle(box).maskImage")
    expect(matrix).not_to_have_class(re.compile("more-left"))
    matrix.evaluate("box => { box.scrollLeft = box.scrollWidth; }")
    expect(matrix).to_have_class(re.compile("more-left"))
    expect(matrix).not_to_have_class(re.compile("more-right"))
    lenet.page.set_viewport_size({"width": 1366, "height": 768})  # there is room for all of it
    expect(matrix).not_to_have_class(re.compile("more-"))
    assert matrix.evaluate("box => getComputedStyle(box).maskImage") == "none"


def test_a_table_of_runs_fades_where_it_is_cut(sized, runs):
    lenet = sized(*PHONE).go(f"#compare={runs[0]['run']},{runs[1]['run']}")
    region = lenet.get("compare-table").locator("..")
    expect(region).to_have_class(re.compile("more-right"))
    lenet.page.set_viewport_size({"width": 1920, "height": 900})
    expect(region).not_to_have_class(re.compile("more-"))
    lenet.get("all-columns").check()  # more columns come into the table that is there
    expect(region).to_have_class(re.compile("more-right"))
    lenet.get("all-columns").uncheck()


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_what_sets_compared_runs_apart_is_seen_without_scrolling(sized, runs, locale):
    lenet = sized(1366, 768, locale=locale).go(f"#compare={runs[0]['run']},{runs[1]['run']}")
    lenet.get("all-columns").check()
    table = lenet.get("compare-table")
    end = table.locator("..").evaluate("region => region.getBoundingClientRect().right")
    marked = table.locator("th.marked")
    expect(marked).to_have_count(2)
    assert max(head.bounding_box()["x"] + head.bounding_box()["width"] for head in marked.all()) <= end


FOCUSED = """() => {
  const foot = document.querySelector(".launch-foot").getBoundingClientRect();
  const focused = document.activeElement;
  const { top, bottom, left, right } = (focused.closest("label, .field") ?? focused).getBoundingClientRect();
  return { name: focused.dataset.testid ?? focused.textContent, isFoot: focused.closest(".launch-foot") !== null,
           isInForm: focused.closest(".launch") !== null, hidden: Math.round(Math.min(bottom, foot.bottom) - foot.top),
           isBeside: right <= foot.left || left >= foot.right || top >= foot.bottom };
}"""


@parametrize("keys", ["Tab", "Shift+Tab"], short=1)
def test_start_covers_nothing_that_has_the_focus(sized, keys: str):
    lenet = sized(*PHONE).home().show_all_settings()
    if not lenet.get("sweep-search").is_visible():
        lenet.click("sweep-open")
    lenet.get("preset-fast").focus() if keys == "Tab" else lenet.get("start").focus()
    met, covered = 0, []
    for _ in range(90):
        lenet.page.keyboard.press(keys)
        focused = lenet.page.evaluate(FOCUSED)
        if not focused["isInForm"]:
            break
        met += 1
        if not focused["isFoot"] and not focused["isBeside"] and focused["hidden"] > 0:
            covered.append((focused["name"], focused["hidden"]))
    assert met > 25
    assert not covered
