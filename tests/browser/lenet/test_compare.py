"""Runs compared: no two are named alike, nor two columns, and one that is deleted meanwhile is named as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.visitors import public_name
from support.lenet_folders import store_run
from support.lenet_page import Lenet, Visitor, serve
from support.long import parametrize
from support.processes import free_port, wait_until

SECRET = "d" * 32
TWINS = ["20260101-000000-abcdef", "20260101-000001-abcdef"]  # of the same settings, begun in one minute
LATER, NAMED = "20260101-010000-abcdef", "20260101-020000-abcdef"
SWEEP = {"id": "20250101-000000-aaaaaa", "size": 3, "search": "grid", "axes": {"seed": {"values": [0, 1, 2]}}}


@pytest.fixture(scope="module")
def server(mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Four runs of mine, of the same settings, and a sweep that was stopped."""
    folder = tmp_path_factory.mktemp("compare")
    mine = {"owner": public_name(SECRET)}
    for name, created in zip([*TWINS, LATER, NAMED], (1.79e9, 1.79e9 + 1, 1.79e9 + 3600, 1.79e9 + 7200), strict=True):
        store_run(folder / "experiments", name, created=created, epochs=2, **mine)
    stored = folder / "experiments" / NAMED / "run.json"
    stored.write_text(json.dumps(json.loads(stored.read_text()) | {"name": "my own"}))
    for number in range(3):
        trial = store_run(folder / "experiments", f"20250101-00000{number}-abcdef", created=1e9 + number,
                          sweep=SWEEP | {"number": number + 1}, **mine)  # fmt: skip
        records = trial / "metrics.jsonl"
        records.write_text(records.read_text().replace("finished", "stopped"))
    process = serve(mnist, folder, free_port())
    wait_until(lambda: not Visitor(process.url).ask("runs")["reading"], 30, "all runs to be read")
    yield process.url
    process.stop()


@pytest.fixture
def visit(visit_as: Callable[[str, str, str], Lenet], server: str) -> Callable[[str], Lenet]:
    return lambda locale: visit_as(SECRET, server, locale)


@parametrize("locale", ["en-GB", "zh-CN"], short=1)
def test_runs_of_the_same_settings_and_columns_are_told_apart(visit, locale: str):
    lenet = visit(locale)
    lenet.go(f"#compare={','.join([*TWINS, LATER, NAMED])}")
    legends = lenet.get("chart-compare").locator(".legendtext")
    expect(legends).to_have_count(4)
    named = legends.all_text_contents()
    assert len(set(named)) == 4, named
    assert all(re.search(r"\d\d:\d\d:\d\d", text) for text in named[:2]), named  # to the second, where they need it
    assert named[3].startswith("my own")
    names = lenet.get("compare-table").locator("tbody th").all_inner_texts()
    assert len(set(names)) == 4, names
    lenet.get("all-columns").check()
    columns = [text.strip(" ↓↑") for text in lenet.get("compare-table").locator("thead th").all_inner_texts()]
    assert len(set(columns)) == len(columns) > 25, columns
    speed, time = {
        "en-GB": ("Speed, without tests", "Trained and tested for"),
        "zh-CN": ("速度（不含测试）", "训练和测试用时"),
    }[locale]
    assert {speed, time} <= set(columns), columns
    never = {"en-GB": "never", "zh-CN": "不停止"}[locale]
    expect(lenet.get("compare-table").get_by_text(never)).to_have_count(8)  # two stop rules of four runs
    expect(lenet.get("compare-table").get_by_text("60,000").first).to_be_visible()


def test_flat_curves_have_axes_of_whole_epochs_and_of_what_an_accuracy_can_be(visit):
    lenet = visit("en-GB")
    lenet.go(f"#compare={TWINS[0]},{TWINS[1]}")
    chart = lenet.get("chart-compare")
    expect(chart.locator(".legendtext")).to_have_count(2)
    for score in ("train_accuracy", "test_accuracy", "test_loss"):
        lenet.get("compare-score").select_option(score)
        expect(chart.locator(".ytitle")).to_have_text(lenet.get("compare-score").locator("option:checked").inner_text())
        epochs = chart.locator(".xtick").all_text_contents()
        assert epochs == ["0", "1", "2"], epochs
        ticks = chart.locator(".ytick").all_text_contents()
        values = [float(text.rstrip("%").replace("\u2212", "-")) for text in ticks]
        assert len(values) > 1
        assert min(values) >= 0
        assert max(values) <= 100


@parametrize(
    "locale, best, done", [("en-GB", "best", "0/3 runs done"), ("zh-CN", "最高", "已完成 0/3 次训练")], short=1
)
def test_the_list_says_what_its_numbers_are(visit, locale: str, best: str, done: str):
    lenet = visit(locale)
    accuracy = lenet.row(LATER).get_by_test_id("row-accuracy")
    expect(accuracy).to_have_text(f"{best} 90.20 %")
    for name in ("aria-label", "title"):
        expect(accuracy).to_have_attribute(name, re.compile("(Best test accuracy|测试准确率).*90.20 %"))
    expect(lenet.get("sweep-done")).to_contain_text(done)
    expect(lenet.get("sweep-row").get_by_test_id("row-accuracy").first).to_have_text(f"{best} 90.10 %")


def test_of_a_comparison_of_more_runs_than_there_may_be_the_first_are_shown(visit):
    lenet = visit("zh-CN")
    others = [f"20200101-000000-{number:06x}" for number in range(22)]
    lenet.go(f"#compare={TWINS[0]},{LATER},{','.join(others)}")
    expect(lenet.get("notice-beyond")).to_contain_text("一次最多比较 20 次训练，其余 4 次已略去。")
    expect(lenet.get("compare-table").locator("tbody tr")).to_have_count(2)
    expect(lenet.get("compare-missing")).to_contain_text(f"{others[17]}：没有这次训练")
    assert lenet.page.url.count(",") == 19


def test_a_run_that_is_deleted_meanwhile_is_named_as_it_was_shown(visit):
    lenet, elsewhere = visit("zh-CN"), visit("en-GB")
    lenet.go(f"#compare={TWINS[0]},{LATER}")
    expect(lenet.get("compare-table").locator("tbody tr")).to_have_count(2)
    color = "row => getComputedStyle(row.querySelector('.swatch')).backgroundColor"
    later = lenet.get("compare-table").locator(f'[data-run="{LATER}"]').evaluate(color)
    shown = lenet.get("chart-compare").locator(".legendtext").first.text_content()
    elsewhere.row(TWINS[0]).get_by_test_id("run-delete").click()
    elsewhere.click("confirm-yes")
    expect(lenet.get("compare-missing")).to_contain_text(f"{shown}：没有这次训练")
    expect(lenet.get("compare-missing")).not_to_contain_text(TWINS[0])
    expect(lenet.get("compare-table").locator("tbody tr")).to_have_count(1)
    assert lenet.get("compare-table").locator(f'[data-run="{LATER}"]').evaluate(color) == later
    lenet.click("lang-switch")
    expect(lenet.get("compare-missing")).to_contain_text(re.compile(r"\nFast · .*: There is no such run"))
