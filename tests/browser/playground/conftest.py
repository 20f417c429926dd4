"""The Playground's page for its tests.

    def test_a_step_is_one_epoch(playground):
        playground.step()
        assert playground.epoch == 1

`playground` is the page of an untrained network, at `PLAIN`; another link is one `playground.open(...)` away. What a
page can do and show stands in tests/support/playground_page.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from support.playground_page import PATIENCE, PLAIN, Playground

expect.set_options(timeout=1000 * PATIENCE)

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def shared(browser: Browser, browser_context_args: dict[str, Any], server: str) -> Iterator[Playground]:
    """The page that most tests share: loading one takes longer than most of them."""
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    yield Playground(page, server).open()
    context.close()


@pytest.fixture
def playground(shared: Playground, request: pytest.FixtureRequest, output_path: str) -> Iterator[Playground]:
    """The page at `PLAIN`, untrained, at the default speed. After a failed test it is loaded anew."""
    shared.start_over()
    yield shared
    errors, shared.errors = shared.errors, []
    if request.node.stash[FAILED]:
        shared.page.screenshot(path=Path(output_path) / "page.png")
        shared.open()
    assert not errors, f"uncaught on the page: {errors}"


@pytest.fixture
def unopened(page: Page, server: str) -> Playground:
    """A page of its own that has not been anywhere yet."""
    page.set_default_timeout(1000 * PATIENCE)
    return Playground(page, server)


@pytest.fixture(scope="class")
def visit_all(
    browser: Browser, browser_context_args: dict[str, Any], server: str
) -> Iterator[Callable[..., Playground]]:
    """As `visit`, of pages that all tests of a class look at."""
    with visitors(browser, browser_context_args, server) as visit:
        yield visit


@pytest.fixture
def visit(browser: Browser, browser_context_args: dict[str, Any], server: str) -> Iterator[Callable[..., Playground]]:
    """`visit(link, locale="zh-CN")`: a browser of its own, with what Playwright calls options of a context."""
    with visitors(browser, browser_context_args, server) as visit:
        yield visit


@contextmanager
def visitors(browser: Browser, usual: dict[str, Any], server: str) -> Iterator[Callable[..., Playground]]:
    """Makes pages, each in a browser of its own; at the end none may have thrown."""
    visited = []

    def visit(link: str = PLAIN, at: str = server, **options: Any) -> Playground:
        page = browser.new_context(**{**usual, **options}).new_page()
        page.set_default_timeout(1000 * PATIENCE)
        visited.append(Playground(page, at))
        return visited[-1].open(link)

    yield visit
    for playground in visited:
        playground.page.context.close()
    errors = [error for playground in visited for error in playground.errors]
    assert not errors, f"uncaught on the page: {errors}"
