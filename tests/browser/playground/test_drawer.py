"""What is one click away: the run as code, and its settings with many seeds."""

import json
import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from playground.recording import moment
from playground.recording.player import Player
from support.playground_page import PLAIN


@pytest.fixture
def opened(playground):
    playground.step(12)
    playground.click("tools")
    yield playground
    playground.click("drawer-close")


def test_the_code_that_is_saved_trains_the_same_numbers(opened, tmp_path):
    expect(opened.get("code-said")).to_have_text("Up to epoch 12.")
    with opened.page.expect_download() as saved:
        opened.click("code-save")
    saved.value.save_as(tmp_path / "run.py")
    ran = subprocess.run([sys.executable, tmp_path / "run.py"], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    player = Player(moment.parse(PLAIN).recording)
    while player.engine.epoch < 12:
        player.train()
    assert told["epoch"] == 12
    assert told["test"] == pytest.approx(player.engine.scores().test_loss, abs=1e-9)


def test_a_changed_setting_marks_the_lines_that_it_changed(opened):
    expect(opened.get("code-said")).to_have_text("Up to epoch 12.")
    opened.choose("regularization", "L2")
    marked = opened.get("code").locator("mark")
    expect(marked.filter(has_text="L2").or_(marked.filter(has_text="weight_decay")).first).to_be_attached()
    unmarked = opened.get("code").locator("span", has_text="import torch").first
    expect(unmarked).to_be_attached()


def test_many_seeds_are_told_as_they_come_and_each_can_be_opened(opened):
    opened.click("look-seeds")
    opened.get("seeds-count").fill("6")
    opened.get("seeds-epochs").fill("60")
    opened.click("seeds-begin")
    expect(opened.get("seeds-said")).to_have_text(re.compile(r"^Solved [0-6] of 6$"))
    expect(opened.get("seeds-end")).to_be_hidden()
    losses = [float(one) for one in opened.get("seeds-maps").locator(".seeds-loss").all_inner_texts()]
    assert losses == sorted(losses)
    opened.get("seeds-threshold").fill("100")
    expect(opened.get("seeds-said")).to_have_text("Solved 6 of 6")
    opened.click("seeds-run-3")
    opened.expect_epoch(60)
    assert "seed=0.31415&" not in opened.page.url
    opened.page.keyboard.press("Control+z")
    opened.expect_epoch(12)


def test_a_study_is_cancelled_at_once(opened):
    opened.click("look-seeds")
    opened.get("seeds-count").fill("100")
    opened.get("seeds-epochs").fill("10000")
    opened.click("seeds-begin")
    opened.click("seeds-end")
    expect(opened.get("seeds-end")).to_be_hidden()
    opened.get("seeds-epochs").fill("10")
    opened.get("seeds-count").fill("5")
    opened.click("seeds-begin")
    expect(opened.get("seeds-said")).to_contain_text("of 5")
