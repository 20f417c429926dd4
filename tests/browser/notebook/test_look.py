"""Everyone can use the notebook: axe finds nothing serious, a phone does not scroll sideways, many cells are quick."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from notebook.figures import Table
from support.pins import lenet_pin, pin

SERIOUS = ("serious", "critical")
RUN_AXE = """async () => (await axe.run({resultTypes: ["violations"]})).violations
  .map(({id, impact, nodes}) => ({id, impact, where: nodes.map(({target}) => target.join(" ")).slice(0, 5)}))"""
WIDER = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .filter((one) => !one.closest(".scrolling, .hidden-visually, pre"))
  .map((one) => one.outerHTML.slice(0, 100))"""

LINES = """(cell) => {
  const words = document.createRange();
  words.selectNodeContents(cell);
  return words.getClientRects().length;
}"""
UNFOLD = "() => { for (const one of document.querySelectorAll('.side details')) one.open = true; }"


def text(words):
    return {"type": "text", "text": words}


def everything(notebook):
    notebook.create(
        {"type": "heading", "text": "Chapter", "level": 1},
        text("With **bold** words, `code` and $x^2$.\n\n- one\n- two"),
        {"type": "text", "text": "", "hint": "What did you see?"},
        {"type": "slot", "view": "playground.map", "hint": "A map"},
        {"type": "derived", "of": "runs"},
        {"type": "derived", "of": "accuracy"},
    )
    notebook.pin(pin(learningRate=0.1))
    notebook.pin(lenet_pin())
    notebook.page.reload()
    expect(notebook.cells.last).to_be_visible()
    return notebook


def test_axe_finds_nothing_serious_in_any_theme_language_or_palette(notebook, axe):
    notebook.page.evaluate(axe)
    found = {"welcome": notebook.page.evaluate(RUN_AXE)}
    everything(notebook)
    notebook.page.evaluate(axe)
    notebook.page.evaluate(UNFOLD)
    notebook.page.locator(".sheet-end").get_by_test_id("add-pin").click()
    for switch in (None, "theme-switch", "palette-switch", "lang-switch", "theme-switch"):
        if switch:
            notebook.click(switch)
        found[switch] = notebook.page.evaluate(RUN_AXE)
    notebook.edit(notebook.cells.nth(1))
    found["writing"] = notebook.page.evaluate(RUN_AXE)
    serious = {name: [one for one in each if one["impact"] in SERIOUS] for name, each in found.items()}
    assert not any(serious.values()), serious


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_a_phone_does_not_scroll_sideways(visit, width, locale):
    phone = visit(viewport={"width": width, "height": 844}, locale=locale).open()
    everything(phone)
    phone.page.evaluate(UNFOLD)
    phone.page.locator(".sheet-end").get_by_test_id("add-slot").click()
    phone.cells.nth(1).focus()
    assert phone.page.evaluate("document.documentElement.scrollWidth") == width
    assert phone.page.evaluate(WIDER) == []
    for tab in ("tab-playground", "tab-lenet"):
        phone.page.goto(phone.url + phone.get(tab).get_attribute("href"))
        assert phone.page.evaluate("document.querySelector('header').scrollWidth") <= width


@pytest.mark.parametrize(
    ("locale", "does"),
    [
        ("en-GB", "Output: ten logits, one for each class; softmax makes them probabilities."),
        ("zh-CN", "卷积层：由前面的特征图的 5×5 区域得到 16 张图，再经过激活函数。"),
    ],
)
def test_a_table_with_sentences_in_it_is_seen_whole_and_no_value_is_broken(visit, locale, does):
    notebook = visit(viewport={"width": 1366, "height": 768}, locale=locale).open()
    name = notebook.create({"type": "derived", "of": "layers"})
    row = ["conv2", does, "16×8×8", "16 × (6×5×5 + 1)", 2416]
    one = lenet_pin(view="lenet.layers")
    one.figure = Table(columns=["Layer", "What it does", "Output", "How they are counted", "n"], rows=[row])
    one.tables["layers"] = one.figure
    notebook.pin(one)
    notebook.see(name)
    expect(notebook.cells).to_have_count(2)
    for cell in notebook.cells.all():
        box = cell.locator(".scrolling")
        expect(box.locator("td").nth(1)).to_have_text(does)
        assert box.evaluate("box => box.scrollWidth - box.clientWidth") == 0
        assert [box.locator("td").nth(at).evaluate(LINES) for at in (0, 2, 3, 4)] == [1, 1, 1, 1]


def test_the_keyboard_alone_writes_a_notebook(visit):
    notebook = visit().open()
    keys = notebook.page.keyboard
    notebook.get("begin").focus()
    keys.press("Enter")
    expect(notebook.cells.first).to_be_focused()
    keys.press("ArrowDown")
    expect(notebook.cells.nth(1)).to_be_focused()
    keys.press("Enter")
    keys.type("Typed. ")
    keys.press("Escape")
    expect(notebook.cells.nth(1)).to_contain_text("Typed.")
    reached = []
    for _ in range(8):
        keys.press("Tab")
        reached.append(notebook.page.evaluate("document.activeElement.dataset.testid"))
    assert {"cell-up", "cell-down", "cell-remove", "cell-add"} <= set(reached)
