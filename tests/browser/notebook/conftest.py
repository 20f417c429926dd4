"""Fixtures for the notebook's page: a server, and pages of browsers of their own.

def test_a_text_is_kept(notebook):
    notebook.create({"type": "text", "text": "One"})
    expect(notebook.cells).to_have_count(1)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from support.notebook_page import NotebookPage, NotebookServer

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def notebook_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookServer]:
    server = NotebookServer(tmp_path_factory.mktemp("notebook"))
    yield server
    server.stop()


@pytest.fixture
def visit(
    browser: Browser, browser_context_args: dict[str, Any], notebook_server: NotebookServer
) -> Iterator[Callable[..., NotebookPage]]:
    """`visit(locale="zh-CN")`: a page in a browser of its own, with what Playwright calls options of a context."""
    errors: list[str] = []
    hosts: set[str | None] = set()
    contexts: list[BrowserContext] = []

    def visit(at: str = notebook_server.url, **options: Any) -> NotebookPage:
        contexts.append(browser.new_context(**{**browser_context_args, **options}))
        contexts[-1].on("weberror", lambda error: errors.append(str(error.error)))
        contexts[-1].on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        return NotebookPage(page, at)

    yield visit
    for context in contexts:
        context.close()
    assert not errors, f"uncaught on the page: {errors}"
    assert hosts <= {"127.0.0.1", None, ""}, f"fetched from another host: {hosts}"


@pytest.fixture
def notebook(visit: Callable[..., NotebookPage]) -> NotebookPage:
    """A page of a browser that has no notebook yet."""
    return visit().open()
