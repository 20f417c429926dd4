"""A notebook as the page gets it: cells with what is made of them, numbered; pins without their numbers. No IO."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from notebook import reading, slots
from notebook.cells import Heading, Pinned, Slot, Text
from notebook.contents import Contents, Held, HeldPin
from notebook.figures import Table
from notebook.pins import Language
from notebook.rendered import Rendered
from notebook.shapes import CellState, NotebookContent, PinState

MOST_S = 1.0  # of the processor, that one request makes texts


def content(
    read: Contents,
    language: Language,
    rendered: Rendered,
    charge: Callable[[float], object],
    lost: Collection[str] = (),
) -> NotebookContent:
    """As `GET /api/notebook/notebooks/ID` answers it. language: of what makes itself. charge: told the seconds that it
    took to make what is shown. lost: pins whose own data are not here."""
    cells = read.cells if read.changed is None else affected(read.cells, read.changed, read.gone)
    shown = {held.cell.pin for held in cells if isinstance(held.cell, Pinned)}
    shown |= {name for held in cells for name in _fitting(held, read.pins)}
    pins = {name: _pin(held, name in lost) for name, held in read.pins.items() if read.changed is None or name in shown}
    return NotebookContent(
        summary=read.summary, revision=read.revision, all=read.changed is None,
        cells=states(read, cells, language, rendered, charge), gone=read.gone, pins=pins,
    )  # fmt: skip


def affected(cells: Iterable[Held], changed: set[str], gone: Iterable[str]) -> list[Held]:
    """The cells that changed, and those whose numbers, tables or pins may be others with them."""
    held = list(cells)
    is_prose = all(isinstance(one.cell, Heading | Text) for one in held if one.id in changed)
    if is_prose and not gone:
        return [one for one in held if one.id in changed]
    return [one for one in held if one.id in changed or not isinstance(one.cell, Heading | Text)]


def states(
    read: Contents, cells: Iterable[Held], language: Language, rendered: Rendered, charge: Callable[[float], object]
) -> list[CellState]:
    """Some of its cells. Texts beyond `MOST_S` of making come as they were typed, until they are asked for again."""
    spent = 0.0

    def counted(seconds: float) -> None:
        nonlocal spent
        spent += seconds
        charge(seconds)

    pins = {name: held.pin for name, held in read.pins.items()}
    document = reading.document(read.summary.title, language, [(held.id, held.cell) for held in read.cells], pins)
    blocks = {block.cell: block for block in document.blocks}
    made = []
    for held in cells:
        block: Any = blocks[held.id]
        figure = block.number if isinstance(block, reading.Figure | reading.Picture) else None
        table = block.number if isinstance(block, reading.Table) else None
        made.append(
            CellState(
                id=held.id,
                place=held.place,
                version=held.version,
                cell=held.cell,
                html=rendered.html(block, counted, is_late=spent >= MOST_S),
                figure=figure,
                table=table,
                fits=_fitting(held, read.pins),
            )
        )
    return made


def _fitting(held: Held, pins: dict[str, HeldPin]) -> list[str]:
    if not isinstance(held.cell, Slot):
        return []
    return slots.fitting(held.cell, {name: one.pin for name, one in pins.items()})


def _pin(held: HeldPin, lost: bool) -> PinState:
    pin = held.pin
    fields = {name: getattr(pin, name) for name in pin.__struct_fields__ if name not in ("figure", "tables")}
    table = pin.figure if isinstance(pin.figure, Table) else None
    return PinState(**fields, form=held.form, at=held.at, width=held.width, height=held.height, table=table, lost=lost)
