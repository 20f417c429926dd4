"""A report as a Word document: as it is read back, and as another program puts it on paper."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections import Counter
from datetime import datetime
from xml.etree import ElementTree

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from core.refused import RefusedError
from notebook import words
from notebook.cells import Derived, Heading, Pinned, Text
from notebook.export import docx as word
from notebook.export import qr
from notebook.export.word.styles import DEEPEST, TEXT_CM
from notebook.figures import Table
from support import reports
from support.long import examples
from support.paper import as_pdf
from support.processes import ROOT


def opened(report=None, **other):
    return docx.Document(io.BytesIO(word.write(report or reports.whole(), **other)))


def of_text(text, **other):
    return opened(reports.report([], [Text(text=text)], **other))


def texts(document, style):
    return [one.text for one in document.paragraphs if one.style.name == style]


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- on paper ---------------------------------------------------------------------------------------------------------


@pytest.mark.timeout(180)
def test_another_program_puts_it_on_pages_with_its_figures_and_fonts(tmp_path):
    report = reports.whole()
    pdf = as_pdf(word.write(report), tmp_path)
    assert 5 <= pdf.pages <= 9
    assert all(pdf.fonts.values())
    assert any("CJK" in name for name in pdf.fonts)
    figures = [image for image in pdf.images if image.width > 900]
    assert len(figures) == 5
    for number, image in enumerate(figures, 1):  # a caption is below its figure
        assert re.search(rf"图{number}(?!\d)", pdf.text(image.page))
    text = pdf.text()
    order = ["王小明", "图1", "图2", "图3", "图4", "表1", "表2", "图5", "表3", "0.982的准确度", "如何重现"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_the_report_begins_on_a_page_of_its_own_and_none_is_empty(tmp_path):
    chapters = [Heading(text=f"Chapter {at}") for at in range(12)]
    title = "A title that is as long as two lines of the page have room for, or a little longer"
    content = word.write(reports.report([], [*chapters, Text(text="The last.")], title=title))
    pdf = as_pdf(content, tmp_path)
    assert "Chapter0" in pdf.text(2)
    assert all(len(pdf.text(page)) > 2 for page in range(1, pdf.pages + 1))


# --- as it is read back -----------------------------------------------------------------------------------------------


def test_headings_have_words_own_styles_and_the_contents_lead_to_them():
    document = opened()
    assert texts(document, "Heading 1") == ["一 试用 TensorFlow Playground", "二 LeNet-5", "如何重现"]
    assert texts(document, "Heading 2") == ["1 网络结构", "2 实验结果及其分析"]
    links = document.element.findall(f".//{qn('w:hyperlink')}[@{qn('w:anchor')}]")
    marks = {one.get(qn("w:name")): one for one in document.element.iter(qn("w:bookmarkStart"))}
    named = {one.get(qn("w:anchor")): "".join(text.text for text in one.iter(qn("w:t"))) for one in links}
    assert len(named) == 4
    for name, text in named.items():
        assert "".join(one.text for one in marks[name].getparent().iter(qn("w:t"))) == text


def test_figures_and_tables_are_counted_by_fields_that_know_their_numbers():
    document = opened()
    captions = texts(document, "Caption")
    assert [one.split("\u3000")[0] for one in captions if one.startswith("图")] == [f"图 {n}" for n in range(1, 6)]
    assert [one.split("\u3000")[0] for one in captions if one.startswith("表")] == [f"表 {n}" for n in range(1, 4)]
    codes = [one.text.strip() for one in document.element.iter(qn("w:instrText"))]
    assert codes.count(r"SEQ 图 \* ARABIC") == 5
    assert codes.count(r"SEQ 表 \* ARABIC") == 3
    kinds = [one.get(qn("w:fldCharType")) for one in document.element.iter(qn("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end")


def test_a_figure_stays_with_its_caption_and_that_with_its_link():
    document = opened()
    for one in document.paragraphs:
        if one.style.name == "Figure":
            assert one.style.paragraph_format.keep_with_next
            following = one._p.getnext()
            assert following.style == "Caption"
            assert following.find(f".//{qn('w:keepNext')}") is not None
            assert following.getnext().tag == qn("w:tbl")


@pytest.mark.parametrize("rows", [1, 3, 40])
@pytest.mark.parametrize("columns", [2, 25])
def test_a_table_ends_on_a_page_with_its_link(rows, columns):
    table = Table(columns=[f"c{at}" for at in range(columns)], rows=[[1.0] * columns for _ in range(rows)])
    document = opened(of_table(table))
    tables = [one for one in document.tables if one._tblPr.style == "ReportTable"]
    between = tables[-1]._tbl.getnext()
    link = between.getnext()
    assert link.tag == qn("w:tbl")
    assert [*link.iter(qn("wp:inline"))]  # its code
    for kept in (tables[-1].rows[-1]._tr, between):
        assert kept.find(f".//{qn('w:keepNext')}") is not None
    assert all(one.rows[-1]._tr.find(f".//{qn('w:keepNext')}") is None for one in tables[:-1])


def test_a_table_below_a_formula_has_space_above():
    document = of_text("$$x^2$$\n\n| a |\n| - |\n| 1 |")
    (formula,) = (one for one in document.paragraphs if one.style.name == "Formula")
    assert formula._p.getnext().tag == qn("w:tbl")
    assert formula.style.paragraph_format.space_after.pt >= 12


def test_a_figure_has_its_link_and_its_code():
    report = reports.whole()
    document = opened(report)
    links = {one.target_ref for one in document.part.rels.values() if one.is_external}
    places = {report.link(pin.place) for pin in report.pins.values()}
    assert places <= links
    widths = [shape.width.cm for shape in document.inline_shapes]
    assert sum(1 for wide in widths if 2 <= wide < 2.7) >= 5
    assert max(widths) <= 15


@pytest.mark.parametrize(
    ("length", "has_code", "is_link"), [(300, True, True), (1500, False, True), (9000, False, False)]
)
def test_a_long_link_is_shortened_and_one_too_long_for_word_is_text(length, has_code, is_link):
    pin = reports.pin(0, place="/#seed=" + "7" * length)
    report = reports.report([pin], [Pinned(pin=pin.id)])
    document = opened(report)
    url = report.link(pin.place)
    text = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert ("网址太长" in text) != has_code
    assert (qr.png(url) is not None) == has_code
    assert (url in {one.target_ref for one in document.part.rels.values() if one.is_external}) == is_link
    assert url[:40] in text


def test_tables_have_three_lines_a_repeated_head_and_numbers_at_the_right():
    document = opened()
    tables = [table for table in document.tables if table._tblPr.style == "ReportTable"]
    assert len(tables) == 4  # three of the report, one of a text
    for table in tables:
        head = table.rows[0]._tr
        assert head.find(f".//{qn('w:tblHeader')}") is not None
        assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in table.rows)
    layers = next(table for table in tables if table.cell(0, 0).text == "层")
    assert layers.cell(1, 2).text == "156"
    assert layers.cell(1, 2).paragraphs[0].alignment == 2
    assert layers.cell(1, 0).paragraphs[0].alignment is None
    style = document.styles.element.find(f"{qn('w:style')}[@{qn('w:styleId')}='ReportTable']")
    borders = [border.tag.split("}")[1] for border in style.find(f".//{qn('w:tblBorders')}")]
    assert borders == ["top", "bottom"]


def test_a_wide_table_goes_on_below_with_its_first_column():
    table = Table(columns=[f"c{at}" for at in range(25)], rows=[[float(at) for at in range(25)]])
    pin = reports.pin(0, view="playground.kept", figure=table)
    document = opened(reports.report([pin], [Pinned(pin=pin.id)]))
    heads = [[cell.text for cell in one.rows[0].cells] for one in document.tables if one._tblPr.style == "ReportTable"]
    assert [head[0] for head in heads] == ["c0", "c0", "c0"]
    assert sorted({name for head in heads for name in head}) == sorted(table.columns)


def of_table(table):
    pin = reports.pin(0, view="playground.kept", figure=table)
    return reports.report([pin], [Pinned(pin=pin.id)])


def test_the_longest_table_is_soon_written_and_others_come_in_between():
    report = of_table(Table(columns=["c"] * 40, rows=[[1.0] * 40] * 500))
    said = []
    began = time.process_time()
    word.write(report, lambda done, of: said.append((done, of)))
    assert time.process_time() - began < 8
    assert len(said) > 40
    assert said == sorted(said)


def test_what_stands_in_a_long_table_is_what_was_said():
    said = ["<b>&amp;", " of spaces ", "a\tb\nc", "“神经元”", "", "\0\ud800x"]
    document = opened(of_table(Table(columns=["c"] * len(said), rows=[said])))
    table = next(one for one in document.tables if one._tblPr.style == "ReportTable")
    assert [cell.text for cell in table.rows[1].cells] == [*said[:-1], "x"]
    assert 'w:hint="eastAsia"' in table.rows[1].cells[3]._tc.xml


def test_more_cells_than_there_is_memory_for_are_refused(monkeypatch):
    monkeypatch.setattr(word, "MOST_CELLS", 3)
    with pytest.raises(RefusedError) as refused:
        word.write(of_table(Table(columns=["a", "b"], rows=[[1.0, 2.0]] * 2)))
    assert refused.value.code == "export-too-large"


def test_every_style_has_a_chinese_font_and_so_has_the_theme():
    content = word.write(reports.whole())
    document = docx.Document(io.BytesIO(content))
    for name, font in (
        ("Normal", "宋体"),
        ("Body Text", "宋体"),
        ("Heading 1", "黑体"),
        ("Title", "黑体"),
        ("Code", "宋体"),
    ):
        fonts = document.styles[name].element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        assert fonts.get(qn("w:eastAsia")) == font
        assert not [key for key in fonts.attrib if "Theme" in key]
    theme = parts(content)["word/theme/theme1.xml"].decode()
    assert re.findall(r'<a:ea typeface="([^"]*)"', theme)[:2] == ["黑体", "宋体"]


def test_markdown_becomes_what_word_has_for_it():
    document = of_text(reports.PROSE)
    runs = {run.text: run for one in document.paragraphs for run in one.runs}
    assert runs["多分类"].bold
    assert runs["交叉熵"].italic
    assert runs["CrossEntropy"].style.name == "Code Inline"
    assert texts(document, "Code") == ["def forward(self, x):\n    return self.fc3(x)  # 输出层"]
    assert texts(document, "Quote")[0].startswith("与批量梯度下降相比")
    items = [(one.text, one._p.pPr.numPr) for one in document.paragraphs if one.style.name == "List Paragraph"]
    assert [text for text, _ in items] == [
        "输入层：28×28 的灰度图像。",
        "卷积层：",
        "6 个卷积核，大小为 5×5；",
        "步长为 1，“无填充”。",
        "池化层",
    ]
    assert [(one.ilvl.val, one.numId.val) for _, one in items] == [
        (0, items[0][1].numId.val), (0, items[0][1].numId.val), (1, items[2][1].numId.val),
        (1, items[2][1].numId.val), (0, items[0][1].numId.val),
    ]  # fmt: skip
    assert "https://pytorch.org/docs/" in {one.target_ref for one in document.part.rels.values() if one.is_external}
    descriptions = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert r"y_{ic}" in descriptions


def test_two_lists_are_counted_anew():
    document = of_text("1. a\n2. b\n\ntext\n\n1. c\n\ntext\n\n7. d")
    numbers = [one._p.pPr.numPr.numId.val for one in document.paragraphs if one.style.name == "List Paragraph"]
    assert len(set(numbers)) == 3
    assert numbers[0] == numbers[1]
    numbering = document.part.numbering_part.element
    starts = [
        numbering.find(f"{qn('w:num')}[@{qn('w:numId')}='{number}']")
        .find(f".//{qn('w:startOverride')}")
        .get(qn("w:val"))
        for number in (numbers[0], numbers[2], numbers[3])
    ]
    assert starts == ["1", "1", "7"]


@given(st.integers(DEEPEST + 1, 30))
@settings(max_examples=3)
def test_lists_deeper_than_word_counts_are_as_deep_as_it_can(depth):
    document = of_text("\n".join(f"{'  ' * at}- {at}" for at in range(depth)))
    deepest = max(one._p.pPr.numPr.ilvl.val for one in document.paragraphs if one.style.name == "List Paragraph")
    assert deepest == DEEPEST - 1


def test_a_formula_that_cannot_be_drawn_stays_as_it_was_typed():
    document = of_text(r"So $\begin{array}{c}1\end{array}$ and $准确率 = \frac{a}{b}$.")
    (paragraph,) = [one for one in document.paragraphs if one.text.startswith("So ")]
    assert r"\begin{array}{c}1\end{array}" in paragraph.text
    assert len(document.inline_shapes) == 1


@settings(max_examples=examples(15, of=200))
@given(st.text(max_size=300), st.text(max_size=40))
def test_any_text_is_a_document_that_opens(text, name):
    pin = reports.pin(0, caption=text, place="/#" + name)
    cells = [Heading(text=name), Text(text=text), Pinned(pin=pin.id, note=text), Derived(of="runs", caption=name)]
    content = word.write(reports.report([pin], cells, title=name, name=name, number=name))
    for part, xml in parts(content).items():
        if part.endswith((".xml", ".rels")):
            ElementTree.fromstring(xml)  # noqa: S314  our own
    docx.Document(io.BytesIO(content))


# --- the file ---------------------------------------------------------------------------------------------------------


def test_the_same_report_is_the_same_file_which_tells_nothing_of_this_machine():
    content = word.write(reports.whole())
    assert content == word.write(reports.whole())
    about = docx.Document(io.BytesIO(content)).core_properties
    assert (about.title, about.author, about.last_modified_by) == (reports.TITLE, "王小明", "王小明")
    assert about.created.replace(tzinfo=None) == datetime(2026, 11, 27)  # noqa: DTZ001
    told = b"".join(parts(content).values())
    for secret in (str(ROOT), "/tmp", "python-docx"):
        assert secret.encode() not in told
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_report_of_thirty_figures_is_soon_there_and_small():
    """The bound is a multiple of what it takes where nobody else computes."""
    report = reports.report([reports.pin(number) for number in range(30)])
    report.pictures = {f"pin-{number:05}": reports.heavy(number) for number in range(30)}
    assert sum(map(len, report.pictures.values())) > 30 * 100_000
    told = []
    before = time.process_time()
    content = word.write(report, lambda done, of: told.append((done, of)))
    assert time.process_time() - before < 5
    assert len(content) < 8 * 2**20
    blocks = len(report.document.blocks) + 1
    assert told == sorted(told)
    assert set(told) - {(0, blocks)} == {(done, blocks) for done in range(1, blocks + 1)}


def test_a_picture_that_is_none_leaves_its_caption_and_says_so():
    report = reports.whole()
    report.pictures["pin-00002"] = b"no picture"
    del report.pictures["pin-00001"]
    document = opened(report)
    assert Counter(texts(document, "Figure")) == {"": 3, words.of("zh").undrawn: 2}
    assert len([one for one in texts(document, "Caption") if one.startswith("图")]) == 5


def test_an_english_report_has_english_words():
    report = reports.report([reports.pin(0)], [Heading(text="One"), Pinned(pin="pin-00000")])
    report.document.language = "en"
    document = opened(report)
    assert texts(document, "Caption")[0].startswith("Figure 1: ")
    assert "How to reproduce" in texts(document, "Heading 1")
    codes = [one.text.strip() for one in document.element.iter(qn("w:instrText"))]
    assert r"SEQ Figure \* ARABIC" in codes


def test_a_column_of_numbers_has_room_for_the_longest_however_long_the_texts_beside_are():
    numbers, text = ["1×28×28", "0.2025", "1、5、6"], "特征图的说明" * 12
    wide = word._wide([["Output", "loss", "图", "这一层", "说明"], [*numbers, text, text]])
    assert sum(wide) == pytest.approx(TEXT_CM)
    assert all(width >= 0.22 * len(number) + 0.6 for width, number in zip(wide, numbers, strict=False))
    assert min(wide[3:]) > max(wide[:3])
    assert sum(word._wide([["a", "b"], ["1", "2"]])) < 3
    assert sum(word._wide([["x" * 30] * 12])) == pytest.approx(TEXT_CM)
