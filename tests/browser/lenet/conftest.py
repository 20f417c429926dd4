"""Fixtures for the LeNet page: a server with the real MNIST, runs to look at, and pages of it.

    def test_a_run_can_be_watched(lenet, run):
        lenet.see(run)
        expect(lenet.get("run-title")).to_have_text("Fast · MNIST")

`runs` are two finished runs that another browser has started, so that most tests need not train; and the tests of a
module share a page, so that most need not load one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from core.visitors import BROWSER_COOKIE
from support.lenet_page import QUICK, TINY, Lenet, Visitor, serve
from support.processes import free_port

expect.set_options(timeout=20_000)


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
def started(other: Visitor) -> list[str]:
    """The runs below, just started: what needs none of them is tested meanwhile."""
    settings = [QUICK, QUICK | {"epochs": 1, "learning_rate": 0.002}, TINY]
    return [other.start(**changes) for changes in settings]


@pytest.fixture(scope="session")
def runs(other: Visitor, started: list[str]) -> list[dict[str, Any]]:
    """Two finished runs of somebody else: one of two epochs, and one of one epoch at another learning rate."""
    return [other.finished(run) for run in started[:2]]


@pytest.fixture
def run(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return runs[0]


@pytest.fixture(scope="session")
def expendable(other: Visitor, started: list[str]) -> str:
    """A finished run of somebody else that one test may delete."""
    other.finished(started[2])
    return started[2]


@pytest.fixture(scope="module")
def lenet(browser: Browser, browser_context_args: dict[str, Any], lenet_server: str) -> Iterator[Lenet]:
    """A page of a browser of its own, loaded once for all tests of a module: each begins with `home` or `see`."""
    with visitors(browser, browser_context_args) as visit:
        yield visit(lenet_server).open()


@pytest.fixture
def sized(lenet: Lenet) -> Iterator[Callable[..., Lenet]]:
    """`sized(390, 844, "zh-CN")`: that page in a window of this size and in this language; as it was afterwards."""
    before = lenet.page.viewport_size

    def speak(locale: str) -> None:
        html = lenet.page.locator("html")
        if html.get_attribute("lang")[:2] != locale[:2]:
            lenet.click("lang-switch")
        expect(html).to_have_attribute("lang", re.compile(f"^{locale[:2]}"))

    def sized(width: int, height: int, locale: str = "en-GB") -> Lenet:
        lenet.page.set_viewport_size({"width": width, "height": height})
        speak(locale)
        return lenet

    yield sized
    lenet.page.set_viewport_size(before)
    speak("en-GB")


@pytest.fixture
def visit(browser: Browser, browser_context_args: dict[str, Any], lenet_server: str) -> Iterator[Callable[..., Lenet]]:
    """`visit(locale="zh-CN")`: a page in a browser of its own, with what Playwright calls options of a context."""
    with visitors(browser, browser_context_args) as visit:
        yield lambda at=lenet_server, **options: visit(at, **options)


@pytest.fixture
def visit_as(visit: Callable[..., Lenet]) -> Callable[[str, str, str], Lenet]:
    """`visit_as(secret, at, locale)`: the open page of the browser with that secret."""

    def visit_as(secret: str, at: str, locale: str) -> Lenet:
        lenet = visit(at, locale=locale)
        lenet.page.context.add_cookies([{"name": BROWSER_COOKIE, "value": secret, "url": at}])
        return lenet.open()

    return visit_as


@contextmanager
def visitors(browser: Browser, usual: dict[str, Any]) -> Iterator[Callable[..., Lenet]]:
    """Makes pages, each in a browser of its own; at the end none may have thrown or asked another host."""
    errors: list[str] = []
    hosts: set[str | None] = set()
    contexts: list[BrowserContext] = []

    def visit(at: str, **options: Any) -> Lenet:
        contexts.append(browser.new_context(**{**usual, **options}))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
        return Lenet(page, at)

    yield visit
    for context in contexts:
        context.close()
    assert not errors, f"uncaught on the page: {errors}"
    assert hosts <= {"127.0.0.1", None}, f"fetched from another host: {hosts}"
