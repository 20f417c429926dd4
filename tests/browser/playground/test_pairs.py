"""Two settings on the same seeds: what a student sees of them, beside what the terminal says."""

import json
import re

import pytest
from playwright.sync_api import expect

from playground.__main__ import main
from support.playground_page import PLAIN

SEEDS = 7


def studied(page, epochs=60):
    """The page with a study that has ended."""
    page.click("tools")
    page.click("look-seeds")
    page.get("seeds-count").fill(str(SEEDS))
    page.get("seeds-epochs").fill(str(epochs))
    page.click("seeds-begin")
    expect(page.get("pairs")).to_be_visible()
    return page


@pytest.fixture
def opened(playground):
    yield studied(playground)
    if playground.get("seeds-end").is_visible():  # the next test's study would be refused
        playground.click("seeds-end")
        expect(playground.get("seeds-end")).to_be_hidden()
    if playground.get("drawer").is_visible():
        playground.click("drawer-close")


def in_the_terminal(tmp_path, link, epochs=60):
    out = tmp_path / "pairs.json"
    words = ["seeds", PLAIN, "--against", link, "--seeds", str(SEEDS), "--epochs", str(epochs), "--out", str(out)]
    assert main(words) == 0
    return json.loads(out.read_text())["comparison"]


def counts(came):
    return f"A was better with {came['first_better']} of {SEEDS} seeds, B with {came['second_better']}."


def test_what_is_changed_is_trained_with_the_same_seeds_and_compared_in_words(opened, tmp_path):
    expect(opened.get("pairs-compare")).to_be_disabled()
    expect(opened.get("pairs-hint")).to_be_visible()
    opened.choose("activation", "linear")
    opened.click("pairs-compare")
    came = in_the_terminal(tmp_path, "seed=0.9&activation=linear")
    assert came["first_better"] == SEEDS  # a line does not enclose a circle
    expect(opened.get("pairs-counts")).to_have_text(counts(came))
    words = opened.get("pairs-words")
    expect(words).to_contain_text("by chance in about 2 of 100")  # 2 / 2^7
    expect(words).to_contain_text(f"{came['difference']:.2g}, in favour of A.")
    expect(opened.get("pairs-differing").locator("tbody tr")).to_have_text([re.compile("Activation.*Tanh.*Linear")])
    plot = opened.get("pairs-chart")
    opened.wait(lambda: plot.evaluate("plot => plot.data?.map(({name}) => name)") == [f"A better: {SEEDS}"], "a chart")
    expect(plot).to_have_attribute("aria-label", re.compile(f"each of {SEEDS} seeds"))
    low, high = (10**power for power in plot.evaluate("plot => plot.layout.yaxis.range"))
    ticks = [float(text) for text in plot.locator(".ytick text").all_text_contents()]
    assert len(ticks) > 1
    assert all(low <= tick <= high for tick in ticks), (low, ticks, high)


def test_it_is_there_again_after_a_reload_and_the_maps_of_both_can_be_seen(visit):
    page = studied(visit())
    page.choose("activation", "linear")
    page.click("pairs-compare")
    expect(page.get("pairs-words")).to_contain_text("of 100")
    said = page.get("pairs-counts").inner_text()
    page.page.reload()
    page.wait_until_ready()
    page.click("tools")
    page.click("look-seeds")
    expect(page.get("pairs-counts")).to_have_text(said)
    first = page.get("seeds-maps").inner_text()
    page.get("seeds-show-B").check()
    expect(page.get("seeds-maps")).not_to_have_text(first)
    page.get("seeds-begin").click()
    expect(page.get("pairs-counts")).to_be_hidden()
    expect(page.get("pairs")).to_be_visible()


def test_a_kept_run_is_compared_by_its_settings(visit, tmp_path):
    page = visit("seed=0.5&activation=relu&networkShape=3")
    page.click("tools")
    page.click("look-kept")
    page.click("keep")
    page.click("drawer-close")
    page.visit(PLAIN)
    studied(page)
    page.get("pairs-choice").select_option(label="Kept 1")
    page.click("pairs-compare")
    came = in_the_terminal(tmp_path, "seed=0.5&activation=relu&networkShape=3")
    expect(page.get("pairs-counts")).to_have_text(counts(came))
    expect(page.get("pairs-words")).to_contain_text("equally good")
    expect(page.get("pairs-differing").locator("tbody tr")).to_have_count(2)


def test_a_comparison_that_is_cancelled_leaves_the_first_study(opened):
    opened.get("seeds-epochs").fill("4000")
    opened.get("seeds-count").fill("5")
    opened.click("seeds-begin")
    expect(opened.get("seeds-end")).to_be_hidden(timeout=60_000)
    opened.visit(f"{PLAIN}&networkShape=8,8,8,8,8,8")  # so that there is time to cancel
    opened.click("pairs-compare")
    opened.click("seeds-end")
    expect(opened.get("seeds-end")).to_be_hidden()
    expect(opened.get("pairs-counts")).to_be_hidden()
    expect(opened.get("seeds-said")).to_contain_text("of 5")
    expect(opened.get("seeds-note")).to_contain_text(re.compile(r"The comparison was cancelled after \d of 5 pairs\."))
    opened.click("pairs-compare")
    expect(opened.get("pairs-counts")).to_be_visible()
    expect(opened.get("seeds-note")).not_to_contain_text("cancelled")


def test_runs_that_fail_count_as_worse_and_other_data_are_named(opened):
    opened.visit(f"{PLAIN}&problem=regression&activation=relu&learningRate=10&networkShape=8,8")
    opened.click("pairs-compare")
    words = opened.get("pairs-words")
    expect(words).to_contain_text("Runs that failed (not a number) count as the worse of a pair: 0 of A")
    expect(words).to_contain_text("their test points differ too")


def test_a_study_that_begins_while_the_charts_of_another_are_drawn_breaks_none(opened):
    curves = opened.get("seeds-curves")
    opened.wait(lambda: curves.evaluate("plot => Boolean(plot.data)"), "a chart")
    opened.visit(f"{PLAIN}&networkShape=8,8,8,8,8,8")
    opened.get("seeds-epochs").fill("10000")  # so that its first run takes longer than the charts wait
    opened.get("seeds-threshold").fill("0.01")
    opened.click("seeds-begin")
    expect(opened.get("seeds-said")).to_contain_text("of 1, ")
    opened.click("seeds-end")  # the fixture asks whether anything was thrown
