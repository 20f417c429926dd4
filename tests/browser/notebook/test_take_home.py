"""A notebook is taken home in each format, printed, and brought to another browser."""

from __future__ import annotations

import zipfile

import pytest
from playwright.sync_api import expect

from support.paper import Pdf
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


def test_an_archive_that_is_too_large_is_refused_before_it_is_sent_with_the_limit(visit, tmp_path):
    other, asked = visit().open(), []
    other.page.on("request", lambda request: asked.append(request.url))
    with (tmp_path / "large.zip").open("wb") as file:
        file.truncate(60 * 2**20 + 1)
    other.get("import-file").set_input_files(tmp_path / "large.zip")
    expect(other.page.get_by_text("This file has 60.1 MB. A notebook’s own file has at most 60 MB")).to_be_visible()
    assert not [url for url in asked if url.endswith("/import")]


def test_the_printed_page_has_every_figure_though_none_was_drawn_and_whose_it_is(visit, tmp_path):
    notebook = visit().open()
    notebook.page.context.add_init_script("window.print = () => (document.documentElement.dataset.printed = '')")
    notebook.page.route("**/picture.png*", lambda route: route.abort())  # nothing has been drawn before
    notebook.create({"type": "text", "text": "圆形 needs **one** layer."})
    for number in range(8):
        notebook.pin(pin(f"pin-{number:05}"))
    notebook.page.reload()
    expect(notebook.cells).to_have_count(9)
    notebook.page.locator("#export-card summary").click()
    notebook.get("export-name").fill("王小明")
    notebook.get("export-number").fill("2026012345")
    notebook.get("export-format").select_option("pdf")
    with notebook.page.context.expect_page() as opened:
        notebook.click("export")
    page = opened.value
    expect(page.locator("html")).to_have_attribute("data-printed", "", timeout=60_000)
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    pdf = Pdf(tmp_path / "report.pdf")
    figures = [image for image in pdf.images if image.width >= 1600]
    assert len(figures) == 8
    for number, image in enumerate(figures, 1):
        assert f"Figure{number}:Captionofpin-{number - 1:05}" in pdf.text(image.page)
    assert "王小明" in pdf.text(1)
    assert "2026012345" in pdf.text(1)


def test_a_report_that_cannot_be_printed_says_why(report):
    report.page.context.route(
        "**/export",
        lambda route: route.fulfill(status=422, json={"error": "No.", "code": "export-too-large", "values": {}}),
    )
    report.get("export-format").select_option("pdf")
    with report.page.context.expect_page() as opened:
        report.click("export")
    expect(opened.value.get_by_test_id("print-said")).to_have_text(
        "The report is too large. Please leave some pictures or long tables out, or make two notebooks of it."
    )
    expect(opened.value.get_by_role("progressbar")).to_be_hidden()


def test_the_printed_page_waits_for_its_turn(report):
    asked = []

    def export(route):
        asked.append(route.request.post_data_json)
        if len(asked) > 2:
            route.continue_()
        else:
            route.fulfill(status=429, json={"error": "Busy.", "code": "too-many-exports", "values": {"most": 2}})

    report.page.context.route("**/export", export)
    report.get("export-format").select_option("pdf")
    with report.page.context.expect_page() as opened:
        report.click("export")
    expect(opened.value.locator("figure img")).to_have_count(1, timeout=60_000)
    assert len(asked) == 3
