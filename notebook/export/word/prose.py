"""Markdown in a Word document: each of its tokens as Word has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from markdown_it.token import Token

from notebook import markdown
from notebook.export import formulas
from notebook.export.report import printable
from notebook.export.word import parts
from notebook.export.word.styles import BODY_POINTS, DEEPEST, TEXT_CM, new_list
from notebook.pins import Language

MOST_FORMULAS = 500  # as pictures; the others stay text
_HIGHEST_CM = 20.0
_POINTS_OF_CM = 72 / 2.54
_ALIGNED = {"right": WD_ALIGN_PARAGRAPH.RIGHT, "center": WD_ALIGN_PARAGRAPH.CENTER}


@dataclass
class _Marks:
    """What runs look like at this place of a line."""

    bold: int = 0
    italic: int = 0
    struck: int = 0
    links: list[Any] = field(default_factory=list)  # the open ones; None: one without an address that Word takes

    def note(self, name: str, change: int) -> None:
        match name:
            case "strong":
                self.bold += change
            case "em":
                self.italic += change
            case "s":
                self.struck += change


@dataclass
class _Level:
    """A list that is open. fresh: its present item has no paragraph yet."""

    number: int
    fresh: bool = False


class Prose:
    """Writes to the end of `document`. State: how many formulas were drawn."""

    def __init__(self, document: Document, language: Language):
        self._document = document
        self._points = BODY_POINTS[language]
        self._drawn: dict[tuple[str, float], formulas.Formula | None] = {}

    def write(self, text: str) -> None:
        tokens = iter(markdown.tokens(text))
        self._lists: list[_Level] = []
        self._quotes = 0
        for token in tokens:
            self._block(token, tokens)

    def _block(self, token: Token, rest: Iterator[Token]) -> None:
        match token.type:
            case "heading_open":
                paragraph = parts.paragraph_of(self._document, f"Heading{token.tag[1]}")
                self._line(paragraph, next(rest).children or [])
            case "paragraph_open":
                self._line(self._paragraph(), next(rest).children or [])
            case "bullet_list_open" | "ordered_list_open":
                start = int(token.attrGet("start") or 1)
                number = new_list(self._document, token.type == "ordered_list_open", min(max(start, 0), 32767))
                self._lists.append(_Level(number))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._lists[-1].fresh = True
            case "blockquote_open":
                self._quotes += 1
            case "blockquote_close":
                self._quotes -= 1
            case "fence" | "code_block":
                self._code(token.content)
            case "math_block":
                self._formula(parts.paragraph_of(self._document, "Formula"), token.content, is_display=True)
            case "table_open":
                self._table(rest)
            case "hr":
                parts.say(parts.paragraph_of(self._document, "Formula"), "⁂")
            case "html_block":
                self._paragraph().add_run(printable(token.content))

    def _paragraph(self) -> Paragraph:
        """The next one, in the list and the quotation that are open."""
        if self._lists:
            paragraph = parts.paragraph_of(self._document, "ListParagraph")
            depth = min(len(self._lists), DEEPEST) - 1
            level = self._lists[-1]
            if level.fresh:
                parts.number(paragraph, depth, level.number)
                level.fresh = False
            else:
                paragraph.paragraph_format.left_indent = Pt(21 * (depth + 1))
            return paragraph
        if self._quotes:
            paragraph = parts.paragraph_of(self._document, "Quote")
            if self._quotes > 1:
                paragraph.paragraph_format.left_indent = Cm(0.8 * min(self._quotes, 8))
            return paragraph
        return parts.paragraph_of(self._document, "BodyText")

    def _code(self, content: str) -> None:
        paragraph = parts.paragraph_of(self._document, "Code")
        if self._lists:
            paragraph.paragraph_format.left_indent = Pt(21 * min(len(self._lists), DEEPEST))
            self._lists[-1].fresh = False
        for at, line in enumerate(content.rstrip("\n").split("\n")):
            run = parts.say(paragraph, "")
            if at:
                run.add_break()
            run.add_text(printable(line).replace("\t", "    "))

    # --- a line -------------------------------------------------------------------------------------------------------

    def _line(self, paragraph: Paragraph, tokens: Sequence[Token]) -> None:
        marks = _Marks()
        for token in tokens:
            name, _, end = token.type.rpartition("_")
            match token.type:
                case "text" | "html_inline":
                    self._say(paragraph, marks, token.content)
                case "code_inline":
                    self._say(paragraph, marks, token.content, "CodeInline")
                case "softbreak":
                    self._say(paragraph, marks, " ")
                case "hardbreak":
                    paragraph.add_run().add_break()
                case "link_open":
                    marks.links.append(parts.open_link(self._document, paragraph, str(token.attrGet("href") or "")))
                case "link_close":
                    marks.links.pop()
                case "math_inline" | "math_inline_double":
                    self._formula(paragraph, token.content, token.type == "math_inline_double", marks)
                case _ if end in ("open", "close"):
                    marks.note(name, 1 if end == "open" else -1)

    def _say(self, paragraph: Paragraph, marks: _Marks, text: str, style: str | None = None) -> Run:
        link = marks.links[-1] if marks.links else None
        run = parts.say(paragraph, text, style or ("Hyperlink" if link is not None else None))
        run.bold, run.italic = bool(marks.bold) or None, bool(marks.italic) or None
        run.font.strike = bool(marks.struck) or None
        if link is not None:
            parts.move(run, link)
        return run

    def _formula(self, paragraph: Paragraph, tex: str, is_display: bool, marks: _Marks | None = None) -> None:
        made = self._made(tex, is_display)
        if made is None:
            self._say(paragraph, marks or _Marks(), tex.strip(), "CodeInline")
            return
        shrunk = min(1.0, TEXT_CM * _POINTS_OF_CM / made.width, _HIGHEST_CM * _POINTS_OF_CM / made.height)
        run = parts.picture(paragraph, made.png, Pt(made.width * shrunk), Pt(made.height * shrunk), tex)
        if not is_display:
            parts.lower(run, made.depth * shrunk)

    def _made(self, tex: str, is_display: bool) -> formulas.Formula | None:
        key = (tex, is_display)
        if key not in self._drawn:
            is_one_more = len(self._drawn) < MOST_FORMULAS
            self._drawn[key] = formulas.drawn(tex, self._points, is_display) if is_one_more else None
        return self._drawn[key]

    # --- a table ------------------------------------------------------------------------------------------------------

    def _table(self, rest: Iterator[Token]) -> None:
        rows: list[list[tuple[str, list[Token]]]] = []
        for token in rest:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                rows[-1].append((str(token.attrGet("align") or ""), next(rest).children or []))
        columns = len(rows[0])
        wide = [TEXT_CM / columns] * columns
        table = parts.table(self._document, wide, "ReportTable")
        for at, row in enumerate(rows):
            made = table.add_row()
            parts.keep_row(made, is_head=at == 0)
            parts.widths(made, wide)
            for cell, (align, content) in zip(made.cells, row, strict=True):
                paragraph = parts.only(cell, "TableText")
                if align in _ALIGNED:
                    paragraph.alignment = _ALIGNED[align]
                self._line(paragraph, content)
        parts.paragraph_of(self._document, "FigureLink")
