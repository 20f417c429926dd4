"""Fixtures for the LeNet page: a server with the real MNIST, runs to look at, and pages of it.

    def test_a_run_can_be_watched(lenet, run):
        lenet.open_run(run)
        expect(lenet.get("run-title")).to_have_text("Fast · MNIST")

`runs` are two finished runs that another browser has started, so that most tests need not train.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from lenet import data
from lenet_page import QUICK, Lenet, Visitor, serve
from processes import ROOT, free_port

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def mnist() -> Path:
    """A data folder with the real MNIST in it."""
    root = Path(os.environ.get("PLAYLAB_DATA", ROOT / "data"))
    try:
        data.ensure("mnist", root)
    except data.DataMissingError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))
    return root


@pytest.fixture(scope="session")
def lenet_server(mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with the real MNIST and its own folder of experiments."""
    process = serve(mnist, tmp_path_factory.mktemp("lenet"), free_port())
    yield process.url
    process.stop()


@pytest.fixture(scope="session")
def other(lenet_server: str) -> Visitor:
    """Somebody else's browser."""
    return Visitor(lenet_server)


@pytest.fixture(scope="session")
def runs(other: Visitor) -> list[dict[str, Any]]:
    """Two finished runs of somebody else: one of two epochs, and one of one epoch at another learning rate."""
    started = [other.start(**QUICK), other.start(**QUICK | {"epochs": 1, "learning_rate": 0.002})]
    return [other.finished(run) for run in started]


@pytest.fixture
def run(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return runs[0]


@pytest.fixture
def lenet(page: Page, lenet_server: str) -> Lenet:
    """A page that has not been opened yet, of a browser of its own."""
    return Lenet(page, lenet_server)


@pytest.fixture
def visit(browser: Browser, browser_context_args: dict[str, Any], lenet_server: str) -> Iterator[Callable[..., Lenet]]:
    """`visit(locale="zh-CN")`: a page in a browser of its own, with what Playwright calls options of a context."""
    errors: list[str] = []
    contexts: list[BrowserContext] = []

    def visit(at: str = lenet_server, **options: Any) -> Lenet:
        contexts.append(browser.new_context(**{**browser_context_args, **options}))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return Lenet(page, at)

    yield visit
    for context in contexts:
        context.close()
    assert not errors, f"uncaught on the page: {errors}"
