"""Pieces of a Word document for which python-docx has no words: fields, links, bookmarks, pictures beside text.

The one module that uses private parts of python-docx; tests/test_libraries.py tells when they changed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Length
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from notebook.export.report import printable
from notebook.export.word.styles import CHINESE

_NAMESPACE = nsdecls("w")
_BREAKS = {"\t": "<w:tab/>", "\n": "<w:br/>", "\r": "<w:br/>"}

MOST_LINK = 2000  # characters: Word does not open a document with a longer one


def paragraph_of(document: Document, style: str) -> Paragraph:
    """A new one at the end. style: by its id, as python-docx looks for a name among all, which takes longer than the
    rest."""
    paragraph = document.add_paragraph()
    paragraph._p.style = style
    return paragraph


def say(paragraph: Paragraph, text: str, style: str | None = None) -> Run:
    """A run of text. Quotation marks and dashes beside Chinese are Chinese ones. style: by its id."""
    run = paragraph.add_run(printable(text))
    if style:
        run._r.style = style
    if CHINESE.search(text):
        _fonts_of(run).set(qn("w:hint"), "eastAsia")
    return run


def _fonts_of(run: Run) -> Any:
    return run._element.get_or_add_rPr().get_or_add_rFonts()


def field(paragraph: Paragraph, code: str, shown: str) -> None:
    """A field that has been counted already: Word shows `shown` until it counts again."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", shown), ("end", "")):
        run = paragraph.add_run(text if kind == "text" else "")
        if kind == "":
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {code} "
            run._element.append(instruction)
        elif kind != "text":
            run._element.append(_mark(kind))


def begin_field(paragraph: Paragraph, code: str) -> None:
    """A field whose end, `end_field`, is in another paragraph."""
    paragraph.add_run()._element.append(_mark("begin"))
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    paragraph.add_run()._element.append(instruction)
    paragraph.add_run()._element.append(_mark("separate"))


def end_field(paragraph: Paragraph) -> None:
    paragraph.add_run()._element.append(_mark("end"))


def _mark(kind: str) -> Any:
    element = OxmlElement("w:fldChar")
    element.set(qn("w:fldCharType"), kind)
    return element


def bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    """Names all that the paragraph has so far."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (start, end):
        element.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    properties = paragraph._element.pPr
    properties.addnext(start) if properties is not None else paragraph._element.insert(0, start)
    paragraph._element.append(end)


def link_within(paragraph: Paragraph, name: str, text: str) -> None:
    """A link to a bookmark."""
    element = OxmlElement("w:hyperlink")
    element.set(qn("w:anchor"), name)
    element.set(qn("w:history"), "1")
    element.append(say(paragraph, text)._element)
    paragraph._element.append(element)


def open_link(document: Document, paragraph: Paragraph, url: str) -> Any:
    """An empty link, to which runs are moved; None where Word could not take the address."""
    if len(url) > MOST_LINK:
        return None
    element = OxmlElement("w:hyperlink")
    element.set(qn("r:id"), document.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    element.set(qn("w:history"), "1")
    paragraph._element.append(element)
    return element


def link(document: Document, paragraph: Paragraph, url: str, text: str) -> None:
    """A link; only its text where Word could not take the address."""
    element = open_link(document, paragraph, url)
    run = say(paragraph, text, "Hyperlink" if element is not None else None)
    if element is not None:
        move(run, element)


def move(run: Run, link: Any) -> None:
    """Into a link."""
    link.append(run._element)


def number(paragraph: Paragraph, depth: int, of: int) -> None:
    """Makes it an item of a list. depth: from 0. of: the number of the list."""
    properties = paragraph._element.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val, properties.get_or_add_numId().val = depth, of


def picture(paragraph: Paragraph, content: bytes, width: Length, height: Length | None = None, about: str = "") -> Any:
    """A picture in the line. about: for who cannot see it."""
    run = paragraph.add_run()
    shape = run.add_picture(io.BytesIO(content), width, height)
    shape._inline.docPr.set("descr", printable(about)[:1000])
    for side in "TBLR":
        shape._inline.set(f"dist{side}", "0")
    return run


def lower(run: Run, points: float) -> None:
    """Puts what is in the line so much lower."""
    element = OxmlElement("w:position")
    element.set(qn("w:val"), str(-round(2 * points)))
    run._element.get_or_add_rPr().append(element)


# --- tables -----------------------------------------------------------------------------------------------------------


def keep_row(row: _Row, is_head: bool = False) -> None:
    """No page ends within the row. A head is repeated on every page."""
    properties = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", *(("w:tblHeader",) if is_head else ())):
        properties.append(OxmlElement(name))


def widths(row: _Row, centimetres: Sequence[float]) -> None:
    """Of a row's cells. The table's grid has them too, which LibreOffice goes by."""
    for cell, wide in zip(row.cells, centimetres, strict=True):
        cell.width = Cm(wide)


def table(document: Document, centimetres: Sequence[float], style: str | None = None) -> Table:
    """A table without rows, in the middle of the page."""
    made = document.add_table(rows=0, cols=len(centimetres))
    made._tblPr.style = style
    made.autofit, made.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for column, wide in zip(made.columns, centimetres, strict=True):
        column.width = Cm(wide)
    return made


def add_row(made: Table, cells: Iterable[str], is_head: bool = False) -> None:
    """A row of a long table, of what `cell` returns: python-docx looks through all of a table for each cell. No page
    ends within it. A head is repeated on every page."""
    head = "<w:tblHeader/>" if is_head else ""
    row = f"<w:tr {_NAMESPACE}><w:trPr><w:cantSplit/>{head}</w:trPr>{''.join(cells)}</w:tr>"
    made._tbl.append(parse_xml(row))


def cell(text: str, wide: Length, is_right: bool = False, is_kept: bool = False, size: Length | None = None) -> str:
    """As XML. is_kept: its row is on a page with the next one."""
    kept, right = "<w:keepNext/>" * is_kept, '<w:jc w:val="right"/>' * is_right
    font = '<w:rFonts w:hint="eastAsia"/>' if CHINESE.search(text) else ""
    font += f'<w:sz w:val="{round(2 * size.pt)}"/>' if size is not None else ""
    said = "".join(
        _BREAKS.get(part) or f'<w:t xml:space="preserve">{escape(part)}</w:t>'
        for part in re.split(r"([\t\n\r])", printable(text))
        if part
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{wide.twips}"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="TableText"/>{kept}{right}</w:pPr>'
        f"<w:r><w:rPr>{font}</w:rPr>{said}</w:r></w:p></w:tc>"
    )


def only(cell: _Cell, style: str) -> Paragraph:
    """The paragraph that every cell has."""
    paragraph = cell.paragraphs[0]
    paragraph._p.style = style
    return paragraph


def underline(cell: _Cell) -> None:
    """For what is filled in by hand where nobody has typed it."""
    borders, line = OxmlElement("w:tcBorders"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    cell._tc.get_or_add_tcPr().insert_element_before(borders, "w:shd", "w:noWrap", "w:tcMar", "w:vAlign")
