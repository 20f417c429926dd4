"""Templates: what a new notebook begins with. Each is a file in `templates/`, NAME.LANGUAGE.md, to be read and edited.

    title: Before and after
    about: One line for the list of templates.

    # A heading, of level 1 to 3 by its number of #
    Text: Markdown with formulas, until the next heading or the next line that begins with @. A new line stays one.
    @ask A question. The student answers it in a text of its own, and sees it until there is an answer
    @pin playground.map data=circle | what to pin here
    @table runs tab=playground sort=-testLoss | a caption, or nothing
    @sentence accuracy

`@pin` is a slot: a view of `pins.VIEWS`, then the facts that a pin must have to fill it, KEY=VALUE. VALUE is what the
pin's fact has as `value`, in any language: `true` or `false`, a number (`epoch=0`, also where the pin has its text:
`layers=3`), else a text without spaces (`activation=tanh`, `layers=4-2`); nothing, `KEY=`, where there is none
(`layers=`, no hidden layer). `@table` is one of runs, layers, settings and files, `@sentence` the accuracy: they make
themselves. Lines of a fenced block (```) are text
whatever they begin with. What a report should not say, as what to click, belongs into @ask and @pin: both are gone once
they are filled.

A teacher's template is a notebook: `from_cells` makes one of what somebody has worked on.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from notebook.cells import AnyCell, Derived, Pinned, Slot, Text
from notebook.cells import Picture as PictureCell
from notebook.pins import VIEWS, Language, Pin

FOLDER = Path(__file__).with_suffix("")
NAMES = ("exercise", "smallest", "epochs", "before-after", "one-setting", "repeated", "empty")  # in this order
ASKED_OF = ("data",)  # facts that a slot asks for where a teacher's notebook had a pin


class TemplateError(ValueError):
    """A file that is no template: which line, and why."""


class Known(Struct, kw_only=True):
    """A row of the list of templates. title: of the notebook too that is made of it."""

    name: str
    title: str
    about: str
    language: Language


def known(language: Language) -> list[Known]:
    return [_read(name, language)[0] for name in NAMES]


def cells(name: str, language: Language) -> list[AnyCell]:
    """Raises KeyError where there is no such template."""
    if name not in NAMES:
        raise KeyError(name)
    return list(_read(name, language)[1])


def from_cells(cells: Sequence[AnyCell], pins: Mapping[str, Pin]) -> list[AnyCell]:
    """A notebook as a template: pins are slots again, tables are of the newest run, texts stay. Pictures do not, as
    they are their owner's."""
    return [made for cell in cells for made in _as_template(cell, pins)]


def _as_template(cell: AnyCell, pins: Mapping[str, Pin]) -> Iterator[AnyCell]:
    match cell:
        case Pinned():
            if slot := cell.slot or _slot_of(cell, pins):
                yield slot
            if cell.note:
                yield Text(text=cell.note)
        case Derived():
            yield msgspec.structs.replace(cell, run="")
        case PictureCell():
            pass
        case _:
            yield cell


def _slot_of(cell: Pinned, pins: Mapping[str, Pin]) -> Slot | None:
    if (pin := pins.get(cell.pin)) is None:
        return None
    where = {fact.key: fact.value for fact in pin.facts if fact.key in ASKED_OF}
    return Slot(view=pin.view, where=where, hint=cell.caption or pin.title)


# --- reading a file ---------------------------------------------------------------------------------------------------


@functools.cache
def _read(name: str, language: Language) -> tuple[Known, tuple[AnyCell, ...]]:
    head, made = parse((FOLDER / f"{name}.{language}.md").read_text(encoding="utf-8"))
    return Known(name=name, language=language, **head), tuple(made)


def parse(text: str) -> tuple[dict[str, str], list[AnyCell]]:
    """The title and the line about it, and the cells. Raises TemplateError."""
    lines = text.splitlines()
    head = dict(re.findall(r"^(title|about): (\S.*)$", "\n".join(lines[:2]), re.MULTILINE))
    if head.keys() != {"title", "about"}:
        raise TemplateError("line 1: want `title: ...`, then `about: ...`")
    made: list[AnyCell] = []
    prose: list[str] = []
    is_fenced = False
    for number, line in enumerate([*lines[2:], ""], 3):
        is_fenced ^= line.startswith("```")
        cell = None if is_fenced else _cell(line, number)
        if cell is None:
            prose.append(line)
        if (cell or number == len(lines) + 1) and (words := "\n".join(prose).strip()):
            made.append(Text(text=words))
        if cell:
            made.append(cell)
            prose = []
    if is_fenced:
        raise TemplateError("the last fenced block does not end")
    return head, made


def _cell(line: str, number: int) -> AnyCell | None:
    """What a line begins; None: it is text."""
    heading = re.fullmatch(r"(#{1,3}) (\S.*)", line)
    if not heading and not line.startswith("@"):
        return None
    kind, _, rest = line.partition(" ")
    what, _, words = (part.strip() for part in rest.partition("|"))
    first, *pairs = what.split() or [""]
    are_pairs = all("=" in pair for pair in pairs)
    values = dict(pair.partition("=")[::2] for pair in pairs)
    fields: dict[str, Any]
    match kind:
        case "@ask":
            fields = {"type": "text", "hint": rest.strip()}
        case "@pin" if first in VIEWS and are_pairs:
            fields = {"type": "slot", "view": first, "hint": words}
            fields["where"] = {key: _value(value) for key, value in values.items()}
        case "@table" | "@sentence" if are_pairs and (first == "accuracy") == (kind == "@sentence"):
            fields = {"type": "derived", "of": first, "caption": words, **values}
        case _ if heading:
            fields = {"type": "heading", "text": heading[2], "level": len(heading[1])}
        case _:
            raise TemplateError(f"line {number}: {line}")
    try:
        return msgspec.convert(fields, type=AnyCell)
    except msgspec.ValidationError as error:
        raise TemplateError(f"line {number}: {line}: {error}") from error


def _value(text: str) -> float | bool | str | None:
    if text in ("", "true", "false"):
        return text == "true" if text else None
    try:
        return float(text)
    except ValueError:
        return text
