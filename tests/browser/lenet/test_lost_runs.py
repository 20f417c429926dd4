"""Runs whose folder somebody has removed by hand: the page says so at once, and offers nothing that cannot be done."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.visitors import public_name
from support.lenet_folders import store_run
from support.lenet_page import Lenet, Visitor, serve
from support.processes import free_port, wait_until

SECRET = "b" * 32
STOPPED, MOVED, EMPTY = "20260101-000000-abcdef", "20260102-000000-abcdef", "20260103-000000-abcdef"
SENTENCES = {"en-GB": "Its files were removed from the server by hand", "zh-CN": "它的文件已被人从服务器上删除"}
NOT_YET = re.compile("not done yet|as soon as|is saved after|还没有结束|结束后")


@pytest.fixture(scope="module")
def experiments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lost") / "experiments"


@pytest.fixture(scope="module")
def server(mnist: Path, experiments: Path) -> Iterator[str]:
    """Three runs of mine: two of one epoch, and one that was stopped before its first was done."""
    mine = {"owner": public_name(SECRET)}
    for name in (STOPPED, MOVED):
        store_run(experiments, name, **mine)
    records = store_run(experiments, EMPTY, **mine) / "metrics.jsonl"
    begin, *_, end = records.read_text().splitlines(keepends=True)
    records.write_text(begin + end.replace("finished", "stopped"))
    for_resuming = experiments / STOPPED / "metrics.jsonl"
    for_resuming.write_text(for_resuming.read_text().replace("finished", "stopped"))
    process = serve(mnist, experiments.parent, free_port())
    wait_until(lambda: not Visitor(process.url).ask("runs")["reading"], 30, "all runs to be read")
    yield process.url
    process.stop()


@pytest.fixture
def visit(visit_as: Callable[[str, str, str], Lenet], server: str) -> Callable[[str], Lenet]:
    return lambda locale: visit_as(SECRET, server, locale)


def test_a_run_without_its_folder_says_so_at_its_top(visit, experiments: Path):
    lenet = visit("en-GB")
    lenet.go(f"#run={STOPPED}")
    expect(lenet.get("rename")).to_be_visible()
    expect(lenet.get("run-view").get_by_test_id("run-resume")).to_be_visible()
    shutil.move(experiments / STOPPED, experiments.parent / STOPPED)
    try:
        lenet.open(f"#run={STOPPED}")
        for sentence in SENTENCES.values():
            expect(lenet.get("run-reason")).to_contain_text(sentence)
            expect(lenet.row(STOPPED)).to_contain_text(sentence)
            expect(lenet.get("rename")).to_be_hidden()
            expect(lenet.row(STOPPED).get_by_test_id("run-resume")).to_be_hidden()
            expect(lenet.get("run-view").get_by_test_id("run-resume")).to_be_hidden()
            expect(lenet.get("run-view").get_by_test_id("run-delete")).to_be_visible()
            for part in ("chart-loss", "epoch-title", "files", "progress", "command"):
                expect(lenet.get(part)).to_be_hidden()
            assert not NOT_YET.search(lenet.get("run-view").inner_text())
            lenet.click("lang-switch")
        shutil.move(experiments.parent / STOPPED, experiments / STOPPED)
        lenet.go("#").go(f"#run={STOPPED}")  # put back by hand it is as it was
        expect(lenet.get("rename")).to_be_visible()
        expect(lenet.get("epoch-title")).to_contain_text("1")
        expect(lenet.get("run-reason")).not_to_contain_text(SENTENCES["en-GB"])
    finally:
        if not (experiments / STOPPED).exists():
            shutil.move(experiments.parent / STOPPED, experiments / STOPPED)


def test_a_folder_that_goes_while_its_run_is_looked_at_is_told_at_the_next_question(visit, experiments: Path):
    lenet = visit("en-GB")
    lenet.go(f"#run={MOVED}")
    expect(lenet.get("epoch-title")).to_have_text("After epoch 1")
    shutil.move(experiments / MOVED, experiments.parent / MOVED)
    lenet.click("look-kernels")
    expect(lenet.get("run-reason")).to_contain_text(SENTENCES["en-GB"])
    expect(lenet.get("rename")).to_be_hidden()
    expect(lenet.get("figure-test-accuracy")).to_have_text(re.compile("%$"))  # what is shown is left


def test_a_run_that_ended_before_its_first_epoch_promises_none(visit):
    lenet = visit("en-GB")
    lenet.go(f"#run={EMPTY}")
    for title, told in (("No epoch to look at", "no saved network"), ("没有可以查看的轮次", "没有保存的网络可以")):
        expect(lenet.get("epoch-title")).to_have_text(re.compile(title))
        for look in ("draw", "mistakes", "kernels", "maps"):
            lenet.click(f"look-{look}")
            expect(lenet.page.locator(".tab-panel:visible").get_by_text(re.compile(told))).to_be_visible()
            assert not NOT_YET.search(lenet.get("run-view").inner_text()), look
        lenet.click("lang-switch")
