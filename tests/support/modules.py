"""The modules that a page has loaded, for scripts that a test runs on it."""

from __future__ import annotations

from playwright.sync_api import Page


def with_modules_of(page: Page, script: str) -> str:
    """`script`, in which `import("/static/js/...")` gives the page's own modules with what they know, not new ones."""
    source = page.locator("script[src$='/js/base/boot.js']").get_attribute("src")
    assert source is not None
    return script.replace("/static/js/", source.removesuffix("base/boot.js"))
