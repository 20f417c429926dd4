"""A report as one web page: what it may hold, and its pages when a browser prints it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook.cells import Derived, Heading, Pinned, Text
from notebook.export import page as pages
from notebook.figures import Table
from support import reports
from support.long import examples
from support.paper import Pdf

EVIL = (
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[x](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    '"><svg onload=alert(1)>',
    "$\\href{javascript:alert(1)}{x}$",
    "<style>*{display:none}</style>",
    "</title></style></main><iframe src=//evil.example>",
)


class Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def of(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def written(report):
    return pages.write(report).decode()


def harmless(text):
    elements = Elements(text)
    for tag, attributes in elements.found:
        assert tag not in ("script", "iframe", "object", "embed", "form", "base")
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "#").startswith(("#", "http://", "https://", "mailto:"))
        assert (attributes.get("src") or "data:image/").startswith("data:image/")
    assert len(elements.of("style")) == len(elements.of("title")) == len(elements.of("main")) == 1


def test_it_is_one_file_without_scripts():
    text = written(reports.whole())
    harmless(text)
    elements = Elements(text)
    assert len(elements.of("img")) == 5
    assert len(elements.of("math")) >= 4
    assert "default-src 'none'" in elements.of("meta")[1]["content"]
    assert not re.search(r"url\(|@import|src=\"http", text)
    assert written(reports.whole()) == text


@pytest.mark.parametrize("evil", EVIL)
def test_markup_in_any_field_stays_text(evil):
    table = Table(columns=[evil, "b"], rows=[[evil, 1.0]])
    pin, kept = reports.pin(0, caption=evil, title=evil), reports.pin(1, view="playground.kept", figure=table)
    cells = [Heading(text=evil), Text(text=evil), Pinned(pin=pin.id, note=evil), Pinned(pin=kept.id, caption=evil)]
    report = reports.report([pin, kept], [*cells, Derived(of="runs", caption=evil)], title=evil, name=evil, number=evil)
    report.versions = [(evil, evil)]
    harmless(written(report))


@settings(max_examples=examples(15, of=200))
@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_is_a_page_without_scripts(text, name):
    pin = reports.pin(0, caption=text, place="/#" + name)
    cells = [Heading(text=name), Text(text=text), Pinned(pin=pin.id, note=text)]
    harmless(written(reports.report([pin], cells, title=name, name=name)))


def test_contents_lead_to_headings_and_figures_have_links_and_codes():
    report = reports.whole()
    text = written(report)
    elements = Elements(text)
    ids = {attributes["id"] for _, attributes in elements.found if "id" in attributes}
    assert {a["href"][1:] for a in elements.of("a") if a["href"].startswith("#")} <= ids
    links = [a["href"] for a in elements.of("a")]
    assert [link for link in links if "seed=" in link] == [
        report.link(pin.place) for pin in list(report.pins.values())[:4]
    ]
    assert len(elements.of("svg")) == 5


def test_a_link_that_is_too_long_for_a_code_says_so():
    pin = reports.pin(0, place="/#seed=" + "7" * 1500)
    text = written(reports.report([pin], [Pinned(pin=pin.id)]))
    assert "<svg" not in text
    assert "网址太长" in text


def test_a_figure_that_cannot_be_drawn_says_so():
    pin = reports.pin(0)
    elements = written(reports.report([pin], [Pinned(pin=pin.id)], pictures={}))
    assert "<figure>\n<p>这幅图无法绘制。</p>\n<figcaption>" in elements


def test_chinese_formulas_and_tables_are_there(page):
    page.set_content(written(reports.whole()))
    assert page.locator("figure").count() == 8
    assert page.locator("thead th.number").count() >= 3
    assert page.locator("math").first.bounding_box()["width"] > 5
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [320, 390, 1366])
def test_it_fits_any_screen(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.set_content(written(reports.whole()))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_browser_prints_no_figure_over_two_pages(page, tmp_path):
    report = reports.report([*(reports.pin(number) for number in range(8)), reports.lenet_pin(8)])
    page.set_content(written(report))
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    pdf = Pdf(tmp_path / "report.pdf")
    figures = [image for image in pdf.images if image.width == 1600]
    assert len(figures) == 9
    for number, image in enumerate(figures, 1):
        assert re.search(rf"图{number}(?!\d)", pdf.text(image.page))
    for number in range(1, 4):  # tables of some rows are on the page of their captions
        (on,) = (at for at in range(1, pdf.pages + 1) if f"表{number}" in pdf.text(at))
        assert {1: "circle", 2: "30840", 3: "lenet_mnist_0.982.pt"}[number] in pdf.text(on)
    for heading in ("二LeNet-5", "实验结果及其分析"):  # the last line of no page
        (on,) = (at for at in range(2, pdf.pages + 1) if heading in pdf.text(at))
        assert not pdf.text(on).endswith(heading)
    assert all(pdf.fonts.values())


def test_the_head_of_a_long_table_is_on_every_page_that_it_goes_over(page, tmp_path):
    table = Table(columns=["number", "square"], rows=[[float(at), float(at * at)] for at in range(150)])
    pin = reports.pin(0, view="playground.kept", figure=table)
    page.set_content(written(reports.report([pin], [Pinned(pin=pin.id)])))
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    pdf = Pdf(tmp_path / "report.pdf")
    on = [sum(f"{at * at}" in pdf.text(number) for at in range(100, 150)) for number in range(1, pdf.pages + 1)]
    assert sum(on) >= 50
    with_rows = [pdf.text(number) for number in range(2, pdf.pages)]
    assert len(with_rows) >= 3
    assert all("square" in text for text in with_rows)
