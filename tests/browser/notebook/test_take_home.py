"""A notebook is taken home in each format, printed, and brought to another browser."""

from __future__ import annotations

import zipfile

import pytest
from playwright.sync_api import expect

from support.pins import pin


def export(notebook, form):
    notebook.get("export-format").select_option(form)
    with notebook.page.expect_download(timeout=60_000) as download:
        notebook.click("export")
    expect(notebook.get("export-said")).to_have_text("The report is ready.")
    return download.value


@pytest.fixture
def report(notebook):
    notebook.create({"type": "text", "text": "圆形 needs **one** layer."})
    notebook.pin(pin())
    notebook.page.reload()
    expect(notebook.cells).to_have_count(2)
    notebook.page.locator("#export-card summary").click()
    notebook.get("export-name").fill("王小明")
    return notebook


def test_each_format_is_downloaded_with_what_was_just_typed(report):
    report.edit(report.cells.first)
    report.page.keyboard.type(" Typed last.")
    report.page.keyboard.press("Escape")
    assert report.page.evaluate("localStorage['playlab-report']") == '{"name":"王小明","number":""}'
    docx = export(report, "docx")
    assert docx.suggested_filename.endswith(".docx")
    words = zipfile.ZipFile(docx.path()).read("word/document.xml").decode()
    assert "Typed last." in words
    assert "王小明" in words
    for form, says in (("html", "<!doctype html>"), ("ipynb", '"nbformat"')):
        assert says in export(report, form).path().read_text().lower()


def test_a_title_that_is_being_typed_and_a_pin_that_waits_are_in_the_report(report):
    report.leave(pin("pin-0002", caption="The last pin"))
    report.click("title-pen")
    report.get("title-field").fill("Typed last of all")
    page = export(report, "html").path().read_text()
    assert "Typed last of all" in page
    assert "The last pin" in page


def test_without_a_connection_for_the_title_there_is_no_report(report):
    report.page.route("**/api/notebook/notebooks/*", lambda route: route.abort())
    report.click("title-pen")
    report.get("title-field").fill("Not there yet")
    report.click("export")
    expect(report.get("export-said")).to_contain_text("what was typed last is not on the server yet")


def test_what_is_not_in_the_report_is_said(report):
    report.page.route("**/api/notebook/pins", lambda route: route.fulfill(status=503, json={"error": "busy"}))
    report.leave(pin("pin-0002"))
    with report.page.expect_download(timeout=60_000):
        report.get("export-format").select_option("html")
        report.click("export")
    expect(report.get("export-said")).to_have_text("The report is ready. 1 pin is not in it: it waits to be sent.")


def test_a_bar_shows_how_far_the_report_is(report):
    asked = []

    def half(route):
        asked.append(route.request.url)
        route.fulfill(json={"done": 1, "of": 3, "ready": False, "error": None})

    bar = report.get("export-progress")
    expect(bar).to_be_hidden()
    report.page.route("**/api/notebook/exports/*", half)
    report.get("export-format").select_option("html")
    with report.page.expect_download(timeout=60_000):
        report.click("export")
        expect(bar).to_be_visible()
        expect(bar).to_have_attribute("value", "1")
        expect(bar).to_have_attribute("max", "3")
        expect(report.get("export-said")).to_have_text("1 of 3")
        report.page.unroute("**/api/notebook/exports/*")
    expect(bar).to_be_hidden()
    assert asked


def test_an_archive_opens_in_another_browser(report, visit, tmp_path):
    export(report, "zip").save_as(tmp_path / "notebook.zip")
    other = visit().open()
    other.click("elsewhere")
    other.get("import-file").set_input_files(tmp_path / "notebook.zip")
    expect(other.cells).to_have_count(2)
    expect(other.cells.first.locator("strong")).to_have_text("one")
    expect(other.cells.last).to_contain_text("Caption of pin-0001")
    expect(other.get("notebook-row")).to_have_count(1)


def test_the_page_for_the_browsers_print_opens_beside_this_one(report):
    report.get("export-format").select_option("pdf")
    with report.page.context.expect_page() as opened:
        report.click("export")
    opened.value.wait_for_url("**/print")
    expect(opened.value.locator("body")).to_contain_text("Caption of pin-0001")
