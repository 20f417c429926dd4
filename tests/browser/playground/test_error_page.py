"""The page in place of one that is not there, as a visitor sees it."""

from __future__ import annotations

from playwright.sync_api import expect

from support.playground_page import Playground


def test_a_wrong_address_is_a_page_in_the_visitors_language_that_leads_back(unopened: Playground):
    page, errors = unopened.page, []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(f"{unopened.url}/nonsense")
    box = page.get_by_test_id("error")
    expect(box).to_contain_text("There is no page at this address")
    page.get_by_test_id("lang-switch").click()
    expect(box).to_contain_text("这个地址没有页面")
    expect(box).not_to_contain_text("There is")
    page.reload()
    expect(box).to_contain_text("这个地址没有页面")
    page.get_by_test_id("theme-switch").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("nav [aria-current]")).to_have_count(0)
    box.get_by_role("link", name="LeNet-5").click()
    expect(page.locator("html[data-ready]")).to_be_attached()
    expect(page.get_by_test_id("start")).to_be_visible()
    assert not errors
