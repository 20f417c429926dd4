"""A report as a Word document: title page, contents, headings, text, numbered figures and tables, and how it was made.

The same report has the same bytes. Nothing in it names this machine.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile

import docx
from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from core.refused import RefusedError
from notebook.export import pixels, qr
from notebook.export.report import Progress, Report, beside, is_numeric, nobody, printable, shortened, wide
from notebook.export.text import versions
from notebook.export.word import parts, styles
from notebook.export.word.prose import Prose
from notebook.figures import Table as Rows
from notebook.reading import Figure, Heading, Picture, Sentence, Table, Text, text_of

MOST_ADDRESS = 6000  # characters of a link that is printed whole
MOST_TOGETHER = 15  # rows of a table that are kept on one page
MOST_CONTENTS = 40
MOST_CELLS = 200_000  # of all tables together: each takes a kilobyte of memory
SHORT = 8  # signs of what stands on one line in a table: the numbers of three figures
ROWS_AT_ONCE = 50  # after so many rows it says again how far it is
_WHEN = (1980, 1, 1, 0, 0, 0)
_THEME = "word/theme/theme1.xml"


def write(report: Report, progress: Progress = nobody) -> bytes:
    """The document. Raises RefusedError: `export-too-large`."""
    tables = [block.table for block in report.document.blocks if isinstance(block, Table)]
    if sum(len(table.columns) * len(table.rows) for table in tables) > MOST_CELLS:
        raise RefusedError(422, f"a document has {MOST_CELLS} cells of tables at most", "export-too-large")
    return _Writing(report, progress).whole()


class _Writing:
    """State: the document so far, how many bookmarks it has, and how many blocks are done."""

    def __init__(self, report: Report, progress: Progress):
        self._report, self._said, self._progress = report, report.words, progress
        self._document: Document = docx.Document()
        self._prose = Prose(self._document, report.document.language)
        self._bookmarks = 0
        self._done, self._of = 0, len(report.document.blocks) + 1

    def whole(self) -> bytes:
        report, document = self._report, self._document
        styles.set_up(document, report.document.language)
        _describe(document, report)
        self._title_page()
        begun = len(document.paragraphs)
        blocks = report.document.blocks
        for at, block in enumerate(blocks):
            match block:
                case Heading():
                    self._heading(block.text, block.level)
                case Text():
                    self._prose.write(block.text)
                case Sentence():
                    parts.say(parts.paragraph_of(document, "BodyText"), block.text)
                case Figure() | Picture():
                    self._figure(block)
                case Table():
                    self._table(block)
            self._done = at + 1
            self._progress(self._done, self._of)
        self._end()
        # A paragraph that only breaks the page would come to stand on one of its own where the contents fill theirs.
        document.paragraphs[begun].paragraph_format.page_break_before = True
        content = _packed(document)
        self._progress(self._of, self._of)
        return content

    # --- beginning and end --------------------------------------------------------------------------------------------

    def _title_page(self) -> None:
        report, said, document = self._report, self._said, self._document
        parts.say(parts.paragraph_of(document, "Title"), report.document.title)
        table = parts.table(document, [4.0, 6.5])
        for what, value in ((said.name, report.name), (said.number, report.number), (said.date, report.date)):
            row = table.add_row()
            row.height = Cm(1.1)
            parts.widths(row, [4.0, 6.5])
            for cell, text in zip(row.cells, (what, value), strict=True):
                cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
                paragraph = parts.only(cell, "Normal")
                parts.say(paragraph, text).font.size = Pt(14)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            parts.underline(row.cells[1])
        self._contents()
        self._footer()

    def _contents(self) -> None:
        """The headings of two levels, as links. Which page they are on only Word could tell."""
        headings = [block for block in self._report.document.blocks if isinstance(block, Heading) and block.level < 3]
        if not 3 <= len(headings) <= MOST_CONTENTS:
            return
        parts.say(parts.paragraph_of(self._document, "TOCHeading"), self._said.contents)
        counted = [block for block in self._report.document.blocks if isinstance(block, Heading)]
        for at, block in enumerate(headings):
            paragraph = parts.paragraph_of(self._document, f"TOC{block.level}")
            if at == 0:
                parts.begin_field(paragraph, r'TOC \o "1-2" \h \n')
            parts.link_within(paragraph, _bookmark_of(counted.index(block) + 1), block.text)
        parts.end_field(paragraph)

    def _footer(self) -> None:
        section = self._document.sections[0]
        section.different_first_page_header_footer = True
        paragraph = section.footer.paragraphs[0]
        paragraph.style = "Footer"
        parts.field(paragraph, "PAGE", "2")

    def _end(self) -> None:
        said = self._said
        self._heading(said.how, 1)
        parts.say(parts.paragraph_of(self._document, "BodyText"), said.how_text)
        paragraph = parts.paragraph_of(self._document, "BodyText")
        parts.say(paragraph, f"{said.versions}{said.colon}{versions(self._report)}")
        paragraph = parts.paragraph_of(self._document, "BodyText")
        parts.link(self._document, paragraph, self._report.origin, self._report.origin)

    # --- blocks -------------------------------------------------------------------------------------------------------

    def _heading(self, text: str, level: int) -> None:
        paragraph = parts.paragraph_of(self._document, f"Heading{level}")
        parts.say(paragraph, text)
        self._bookmarks += 1
        parts.bookmark(paragraph, _bookmark_of(self._bookmarks), self._bookmarks)

    def _figure(self, block: Figure | Picture) -> None:
        content, caption = self._report.picture(block), self._report.numbered(block)
        if content and (size := pixels.size(content)):
            width = Cm(wide(size, isinstance(block, Picture)))
            parts.picture(parts.paragraph_of(self._document, "Figure"), content, width, about=caption)
        else:
            parts.say(parts.paragraph_of(self._document, "Figure"), self._said.undrawn)
        self._caption(block)
        if isinstance(block, Figure):
            self._link(block)
            self._prose.write(block.note)

    def _caption(self, block: Figure | Picture | Table) -> None:
        """Counted by Word: who adds a figure of their own has the others numbered anew."""
        what = self._said.table if isinstance(block, Table) else self._said.figure
        before, after = self._said.numbered.format(what=what, number="\0", caption=block.caption).split("\0", 1)
        paragraph = parts.paragraph_of(self._document, "Caption")
        paragraph.paragraph_format.keep_with_next = not isinstance(block, Picture)
        parts.say(paragraph, before)
        parts.field(paragraph, rf"SEQ {what} \* ARABIC", str(block.number))
        parts.say(paragraph, after)

    def _link(self, block: Figure | Table) -> None:
        """What opens it again: its QR code, and beside that the address."""
        url = self._report.link(block.place)
        code = qr.png(url)
        sizes = [code[1] + 0.3, 9.0] if code else [styles.TEXT_CM]
        row = parts.table(self._document, sizes).add_row()
        parts.keep_row(row)
        parts.widths(row, sizes)
        for cell in row.cells:
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            paragraph = parts.only(cell, "FigureLink")
        if code:
            parts.picture(row.cells[0].paragraphs[0], code[0], Cm(code[1]), Cm(code[1]), self._said.open_again)
        parts.say(paragraph, self._said.open_again)
        paragraph.add_run().add_break()
        for why in ("" if code else self._said.no_code, self._report.doubt(block)):
            if why:
                parts.say(paragraph, why)
                paragraph.add_run().add_break()
        is_link = len(url) <= parts.MOST_LINK
        parts.link(self._document, paragraph, url, shortened(url) if is_link else shortened(url, MOST_ADDRESS))
        parts.paragraph_of(self._document, "FigureLink")

    def _table(self, block: Table) -> None:
        self._caption(block)
        all_columns = beside(len(block.table.columns))
        for columns in all_columns:
            has_link = bool(block.place) and columns is all_columns[-1]
            self._rows(block.table, columns, is_kept=has_link)
            parts.paragraph_of(self._document, "FigureLink").paragraph_format.keep_with_next = has_link or None
        if block.place:
            self._link(block)
        self._prose.write(block.note)

    def _rows(self, rows: Rows, columns: list[int], is_kept: bool) -> None:
        """is_kept: the last one is on a page with what comes below."""
        lines: list[list[str | float | None]] = [[*rows.columns], *rows.rows]
        texts = [[text_of(line[at]) for at in columns] for line in lines]
        sizes = _wide(texts)
        table = parts.table(self._document, sizes, "ReportTable")
        right = [is_numeric(rows, at) for at in columns]
        together = len(texts) - 1 if len(texts) <= MOST_TOGETHER else 2
        small = Pt(8.5) if len(columns) > 7 else None
        lengths = [Cm(wide) for wide in sizes]
        for number, line in enumerate(texts):
            kept = number < together or (is_kept and line is texts[-1])
            cells = (parts.cell(*one, kept, small) for one in zip(line, lengths, right, strict=True))
            parts.add_row(table, cells, is_head=number == 0)
            if number % ROWS_AT_ONCE == 0:
                self._progress(self._done, self._of)


def _bookmark_of(number: int) -> str:
    return f"_Toc{number:06}"


def _wide(texts: list[list[str]]) -> list[float]:
    """Widths of columns, in centimetres, by what is in them. Where the page is too narrow for all of it each column has
    room for its longest word, as long as that goes: a number that is broken is read as two."""
    columns = [*zip(*texts, strict=True)]
    wanted = [_centimetres(max(map(_signs, column))) for column in columns]
    least = [_centimetres(max(_signs(word) for text in column for word in _words(text))) for column in columns]
    if sum(wanted) <= styles.TEXT_CM:
        return wanted
    if sum(least) >= styles.TEXT_CM:
        return [styles.TEXT_CM * one / sum(least) for one in least]
    share = (styles.TEXT_CM - sum(least)) / (sum(wanted) - sum(least))
    return [one + share * (more - one) for one, more in zip(least, wanted, strict=True)]


def _centimetres(signs: int) -> float:
    return 0.22 * max(2, min(30, signs)) + 0.6


def _words(text: str) -> list[str]:
    """What a line is better not broken in: between Chinese signs it may be, but not in what is short."""
    if _signs(text) <= SHORT and " " not in text:
        return [text]
    return styles.CHINESE.sub(r" \g<0> ", text).split() or [""]


def _signs(text: str) -> int:
    """Chinese signs are twice as wide."""
    return len(text) + len(styles.CHINESE.findall(text))


# --- the file ---------------------------------------------------------------------------------------------------------


def _describe(document: Document, report: Report) -> None:
    """What the file says of itself: whose it is and what it is called, and nothing of this machine."""
    about = document.core_properties
    about.title, about.author = printable(report.document.title)[:255], printable(report.name)[:255]
    about.last_modified_by, about.comments, about.keywords = about.author, "", ""
    about.language = {"en": "en-US", "zh": "zh-CN"}[report.document.language]
    about.revision = 1
    about.created = about.modified = _moment(report.date)
    package = document.part.package
    for name, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):  # of python-docx's own template
            del package.rels[name]


def _moment(date: str) -> datetime.datetime:
    try:
        return datetime.datetime.fromisoformat(date).replace(tzinfo=None)
    except ValueError:
        return datetime.datetime(*_WHEN)  # noqa: DTZ001  Word's are without one


def _packed(document: Document) -> bytes:
    """As python-docx writes it, but for the time of its parts, and the fonts of the theme."""
    written, file = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == _THEME:
                content = _with_fonts(content.decode()).encode()
            is_small = name.endswith((".png", ".jpg", ".jpeg"))
            entry = zipfile.ZipInfo(name, _WHEN)
            target.writestr(entry, content, zipfile.ZIP_STORED if is_small else zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _with_fonts(theme: str) -> str:
    """For what Word takes from the theme: text boxes and drawings that somebody adds."""
    for part, (latin, chinese) in (("major", styles.SANS), ("minor", styles.SERIF)):
        theme = re.sub(
            rf'(<a:{part}Font>\s*<a:latin typeface=")[^"]*("[^>]*>\s*<a:ea typeface=")[^"]*',
            rf"\g<1>{latin}\g<2>{chinese}",
            theme,
        )
    return theme
