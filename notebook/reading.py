"""One whole notebook as it is read: its blocks from top to bottom, figures and tables numbered, tables made. No IO.

The page and every export are written from it, so that all of them have the same numbers and the same words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from html import escape

from msgspec import Struct

from notebook import cells as kinds
from notebook import derived, markdown, words
from notebook.cells import AnyCell
from notebook.figures import Table as Rows
from notebook.pins import Language, Pin


class Block(Struct, tag_field="type", kw_only=True):
    """cell: the id of the cell that it is made of."""

    cell: str


class Heading(Block, tag="heading"):
    text: str
    level: int


class Text(Block, tag="text"):
    """text: Markdown (`markdown.to_html`, `markdown.tokens`). hint: the question above an empty one."""

    text: str
    hint: str = ""


class Figure(Block, tag="figure"):
    """A pin that is drawn. note: Markdown. place: what opens it again."""

    number: int
    pin: str
    caption: str
    note: str
    place: str


class Table(Block, tag="table"):
    """A pin that is a table, or one that made itself: then `pin` and `place` are empty. keys: of the columns by which
    it can be sorted, in their order, empty where it cannot. sort: the one that does, with - before it downward."""

    number: int
    table: Rows
    caption: str
    note: str = ""
    pin: str = ""
    place: str = ""
    keys: list[str] = []
    sort: str = ""


class Picture(Block, tag="picture"):
    """One that the student brought. It is numbered among the figures."""

    number: int
    picture: str
    caption: str


class Sentence(Block, tag="sentence"):
    text: str


class Empty(Block, tag="empty"):
    """A slot without a pin, a derived cell without a run, a pin that is gone, a cell of a newer version: text says what
    belongs there. A report leaves it out or shows it as such."""

    text: str


AnyBlock = Heading | Text | Figure | Table | Picture | Sentence | Empty


class Document(Struct, kw_only=True):
    title: str
    language: Language
    blocks: list[AnyBlock]


def document(title: str, language: Language, cells: Iterable[tuple[str, AnyCell]], pins: Mapping[str, Pin]) -> Document:
    """cells: by id, in the order of their places. pins: of the whole notebook, oldest first."""
    ordered = list(cells)
    blocks = [_block(name, cell, pins, language) for name, cell in ordered]
    figures = 0
    for block in blocks:
        if isinstance(block, Figure | Picture):
            figures += 1
            block.number = figures
    shown: dict[str, int | None] = {}  # a pin may be shown twice: it has the number of its first figure
    for (_, cell), block in zip(ordered, blocks, strict=True):
        if isinstance(cell, kinds.Pinned) and cell.pin in pins:
            shown.setdefault(cell.pin, block.number if isinstance(block, Figure) else None)
    filling = {cell.pin for _, cell in ordered if isinstance(cell, kinds.Pinned) and cell.slot is not None}
    tables = 0
    for at, (name, cell) in enumerate(ordered):
        if isinstance(cell, kinds.Derived):
            blocks[at] = _made(name, cell, pins, shown, filling, language)
        block = blocks[at]
        if isinstance(block, Table):
            tables += 1
            block.number = tables
    return Document(title=title or words.of(language).untitled, language=language, blocks=blocks)


def _block(name: str, cell: AnyCell, pins: Mapping[str, Pin], language: Language) -> AnyBlock:
    said = words.of(language)
    match cell:
        case kinds.Heading():
            return Heading(cell=name, text=cell.text, level=cell.level)
        case kinds.Text():
            return Text(cell=name, text=cell.text, hint=cell.hint)
        case kinds.Picture():
            return Picture(cell=name, number=0, picture=cell.picture, caption=cell.caption)
        case kinds.Slot():
            return Empty(cell=name, text=said.wanted.format(hint=cell.hint) if cell.hint else "")
        case kinds.Derived():
            return Empty(cell=name, text=derived.wanted(cell, language))
        case kinds.Unknown():
            return Empty(cell=name, text=said.unknown)
    pin = pins.get(cell.pin)
    if pin is None:
        return Empty(cell=name, text=said.gone)
    caption = cell.caption or pin.caption or pin.title
    if isinstance(pin.figure, Rows):
        return Table(
            cell=name, number=0, table=pin.figure, caption=caption, note=cell.note, pin=cell.pin, place=pin.place
        )
    return Figure(cell=name, number=0, pin=cell.pin, caption=caption, note=cell.note, place=pin.place)


def _made(
    name: str,
    cell: kinds.Derived,
    pins: Mapping[str, Pin],
    shown: Mapping[str, int | None],
    filling: Collection[str],
    language: Language,
) -> AnyBlock:
    made = derived.made(cell, pins, shown, language, filling)
    if made is None:
        return Empty(cell=name, text=derived.wanted(cell, language))
    if isinstance(made, str):
        return Sentence(cell=name, text=made)
    caption = derived.caption(cell, language)
    return Table(cell=name, number=0, table=made.table, caption=caption, keys=made.keys, sort=cell.sort)


def html(block: AnyBlock) -> str:
    """What the page shows of a block besides the pin itself: the text, the note, a table that made itself, the
    sentence; else empty."""
    match block:
        case Text():
            return markdown.to_html(block.text)
        case Table() if not block.pin:
            return table_html(block)
        case Figure() | Table():
            return markdown.to_html(block.note)
        case Sentence() | Empty():
            return f"<p>{escape(block.text)}</p>" if block.text else ""
    return ""


def plain(block: AnyBlock) -> str | None:
    """The same of what is Markdown, as it was typed; None: it is quick to make."""
    match block:
        case Text():
            typed = block.text
        case Figure() | Table() if block.pin:
            typed = block.note
        case _:
            return None
    return f"<p>{escape(typed).replace(chr(10), '<br>')}</p>" if typed else ""


def table_html(block: Table) -> str:
    """Columns that can sort have their key as `data-sort`, and the one that does says so."""
    heads = []
    for key, column in zip(block.keys or [""] * len(block.table.columns), block.table.columns, strict=True):
        order = {key: "ascending", f"-{key}": "descending"}.get(block.sort) if key else None
        sorts = f' data-sort="{escape(key)}"' if key else ""
        sorted_by = f' aria-sort="{order}"' if order else ""
        heads.append(f'<th scope="col"{sorts}{sorted_by}>{escape(column)}</th>')
    rows = ["".join(f"<td>{escape(text_of(value))}</td>" for value in row) for row in block.table.rows]
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{''.join(heads)}</tr></thead><tbody>{body}</tbody></table>"


def text_of(value: str | float | None) -> str:
    """A cell of a table as text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.10g}"
