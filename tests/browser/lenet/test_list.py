"""The list by pages: what is on later ones is found, and what cannot be read is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import BrowserContext, Page, Route, expect

from core.visitors import BROWSER_COOKIE, public_name
from support.lenet_folders import store_run
from support.lenet_page import Lenet, Visitor, serve
from support.long import examples, parametrize
from support.processes import free_port, wait_until

SWEEP = {"id": "20250101-000000-aaaaaa", "size": 8, "search": "grid", "axes": {"seed": {"values": list(range(8))}}}
SINGLES = 150
OTHER_PRESET = "20260101-000120-abcdef"
MINE, MY_SECRET = "20240101-000000-abcdef", "a" * 32


@pytest.fixture(scope="module")
def many(mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with 150 single runs, before them a sweep of eight and a run of mine, and a folder that is none."""
    folder = tmp_path_factory.mktemp("many")
    experiments = folder / "experiments"
    for number in range(8):
        name = f"20250101-0000{number:02}-abcdef"
        store_run(experiments, name, created=1e9 + number, sweep=SWEEP | {"number": number + 1})
    for number in range(SINGLES):
        name = f"20260101-{number:06}-abcdef"
        store_run(experiments, name, created=1.7e9 + number, preset="best" if name == OTHER_PRESET else "fast")
    store_run(experiments, MINE, owner=public_name(MY_SECRET))
    (experiments / "20260201-000000-abcdef").mkdir()
    (experiments / "20260201-000000-abcdef" / "run.json").write_text("5")
    process = serve(mnist, folder, free_port())
    wait_until(lambda: not Visitor(process.url).ask("runs")["reading"], 30, "all runs to be read")
    yield process.url
    process.stop()


@pytest.fixture
def lenet(many: str, page: Page) -> Lenet:
    return Lenet(page, many)


@pytest.fixture
def blank(many: str, page: Page) -> Page:
    """A page of the server's that may load its modules, and is quickly there."""
    page.goto(f"{many}/static/js/base/dom.js")
    return page


def test_more_of_the_list_comes_with_the_button_and_a_folder_that_is_no_run_is_named(lenet: Lenet):
    lenet.open()
    rows = lenet.page.get_by_test_id("run-row")
    expect(rows).to_have_count(100)
    expect(lenet.get("more-runs")).to_have_text("More runs (100 of 159 are shown)")
    lenet.click("more-runs")
    expect(rows).to_have_count(SINGLES + 1)
    expect(lenet.get("more-runs")).to_be_hidden()
    expect(lenet.get("sweep-row")).to_have_count(1)
    expect(lenet.get("sweep-done")).to_contain_text("8/8")
    expect(lenet.get("unreadable")).to_contain_text("20260201-000000-abcdef")


def test_a_folder_of_runs_that_cannot_be_used_is_told_in_a_sentence(lenet: Lenet):
    def with_fault(route: Route) -> None:
        answer = route.fetch()
        fault = {"run": "experiments", "reason": "Not a directory: experiments"}
        route.fulfill(response=answer, json=answer.json() | {"unreadable": [fault]})

    lenet.page.route("**/api/lenet/runs?*", with_fault)
    lenet.page.route("**/api/lenet/runs", with_fault)
    lenet.open()
    expect(lenet.get("unreadable")).to_contain_text("folder of runs cannot be used")
    expect(lenet.get("unreadable")).to_contain_text("Not a directory")


def test_a_link_to_a_run_and_to_a_sweep_of_a_later_page_opens_them(lenet: Lenet):
    lenet.open("#run=20260101-000000-abcdef")
    expect(lenet.get("run-view")).to_be_visible()
    expect(lenet.get("epoch-title")).to_contain_text("1")
    lenet.open("#run=20250101-000003-abcdef")
    expect(lenet.get("run-view")).to_be_visible()
    expect(lenet.get("sweep-done")).to_contain_text("8/8")  # with its sisters, though the page has one of them
    lenet.open(f"#sweep={SWEEP['id']}")
    expect(lenet.get("sweep-view")).to_be_visible()
    lenet.open("#run=20260101-999999-abcdef")
    expect(lenet.page.locator("#missing")).to_be_visible()


def test_my_runs_are_found_wherever_they_stand(many: str, new_context: Callable[..., BrowserContext]):
    context = new_context()
    context.add_cookies([{"name": BROWSER_COOKIE, "value": MY_SECRET, "url": many}])
    lenet = Lenet(context.new_page(), many).open()
    expect(lenet.row(MINE)).to_have_count(0)
    lenet.get("only-mine").check()
    expect(lenet.row(MINE)).to_be_visible()
    expect(lenet.page.get_by_test_id("run-row")).to_have_count(1)
    expect(lenet.get("more-runs")).to_be_hidden()


def test_a_run_of_the_list_keeps_the_focus_when_it_gets_another_place(lenet: Lenet):
    lenet.open()
    box = lenet.row(OTHER_PRESET).get_by_test_id("choose-run")
    box.focus()
    lenet.get("sort-runs").evaluate("sort => { sort.value = 'preset'; sort.dispatchEvent(new Event('change')); }")
    first = lenet.page.get_by_test_id("run-row").first
    expect(first).to_have_attribute("data-run", OTHER_PRESET)
    expect(box).to_be_focused()


ARRANGED = """async (steps) => {
  const { arrange, h } = await import("/static/js/base/dom.js");
  const host = h("div");
  document.body.append(host);
  const fields = new Map([..."abcdefg"].map((value) => [value, h("input", { value: `${value} and more` })]));
  const seen = steps.map(([order, focus]) => {
    const focused = fields.get(focus);
    focused?.focus();
    focused?.setSelectionRange(2, 4);
    const isKept = focused?.isConnected && order.includes(focus);
    arrange(host, [...order].map((name) => fields.get(name)));
    const still = document.activeElement === focused && focused.selectionStart === 2 && focused.selectionEnd === 4;
    return [[...host.children].map(({ value }) => value[0]).join(""), !isKept || still];
  });
  host.remove();
  return seen;
}"""
ORDERS = st.tuples(st.permutations("abcdefg"), st.integers(0, 7)).map(lambda drawn: "".join(drawn[0][: drawn[1]]))


@given(st.lists(st.tuples(ORDERS, st.sampled_from(["", *"abcdefg"])), max_size=12))
@settings(max_examples=examples(15, of=50), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_has_the_focus_keeps_it_and_its_selection_however_elements_are_arranged(blank: Page, steps):
    assert blank.evaluate(ARRANGED, steps) == [[order, True] for order, _ in steps]


@parametrize("locale", ["en", "zh-CN"], short=1)
def test_on_a_laptop_the_first_run_of_the_list_is_seen_whole_below_the_form(visit, many, locale):
    lenet = visit(many, locale=locale, viewport={"width": 1366, "height": 768}).open()
    expect(lenet.page.locator(".run-row").first).to_be_in_viewport(ratio=1)
    expect(lenet.get("start")).to_be_in_viewport(ratio=1)
