"""Pins in the database: what a pin says of itself as JSON, its numbers packed."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.refused import RefusedError
from notebook import checks, merging, room
from notebook.cells import Pinned, Unknown
from notebook.contents import Held, HeldPin
from notebook.figures import Figure, Matrix, Table
from notebook.pins import VIEWS, Pin
from notebook.sent import SentError
from notebook.tables import PinRow, note_damaged

_NO_FIGURE = Matrix(rows=[""], columns=[""], counts=[[0]])  # in place of what is packed


def pins(session: Session, notebook: str) -> tuple[dict[str, HeldPin], set[str]]:
    """Those that a cell shows, in the order in which they came, and the ids of those that a newer version wrote and
    this one does not know."""
    columns = select(PinRow.id, PinRow.about, PinRow.form, PinRow.at, PinRow.width, PinRow.height)
    wanted = columns.where(PinRow.notebook == notebook, PinRow.loose.is_(None)).order_by(PinRow.at, PinRow.id)
    known, unknown = dict[str, HeldPin](), set[str]()
    for row in session.execute(wanted):
        if (pin := _named(row.about, row.id)) is None:
            unknown.add(row.id)
        else:
            known[row.id] = HeldPin(pin=pin, form=row.form, at=row.at, width=row.width, height=row.height)
    return known, unknown


def readable(held: Iterable[Held], unknown: Collection[str]) -> list[Held]:
    """Cells as this version shows them: one with a pin that it does not know is `Unknown` itself."""
    return [
        msgspec.structs.replace(one, cell=Unknown(content=merging.encoded(one.cell) or ""))
        if isinstance(one.cell, Pinned) and one.cell.pin in unknown
        else one
        for one in held
    ]


def packed(pin: Pin) -> tuple[str, bytes, str]:
    """What it says of itself, its numbers, and the form of its figure. Raises RefusedError."""
    if pin.view not in VIEWS:
        raise SentError("view", pin.view, f"one of {', '.join(VIEWS)}")
    for figure in (pin.figure, *pin.tables.values()):
        if place := checks.fault(figure):
            raise RefusedError(422, f"invalid figure: {place} does not fit", "notebook-invalid", place)
    form = str(type(pin.figure).__struct_config__.tag)
    is_table = isinstance(pin.figure, Table)
    about = msgspec.json.encode(pin if is_table else msgspec.structs.replace(pin, figure=_NO_FIGURE)).decode()
    if room.size(about) > room.MOST_ABOUT:
        raise RefusedError(413, "a pin says too much of itself", "pin-too-large", most=room.MOST_ABOUT)
    return about, b"" if is_table else zlib.compress(msgspec.json.encode(pin.figure)), form


def row(notebook: str, name: str, at: int, about: str, packed: bytes, form: str, written: str = "") -> PinRow:
    return PinRow(
        notebook=notebook, id=name, at=at, loose=None, shown=room.size(about),
        size=room.size(about) + len(packed) + room.size(written),
        form=form, picture=None, small=None, width=0, height=0, written=written, about=about, packed=packed,
    )  # fmt: skip


def whole(row: PinRow) -> Pin | None:
    """With its numbers; None: a newer version wrote it, and this one does not know it, or it is damaged."""
    pin = _named(row.about, row.id)
    if pin is not None and row.packed:
        try:
            pin.figure = msgspec.json.decode(zlib.decompress(row.packed), type=Figure)
        except msgspec.ValidationError:
            return None
        except (msgspec.DecodeError, zlib.error):
            note_damaged("figure", row.id)
            return None
    return pin


def _named(about: str, name: str) -> Pin | None:
    """A pin as it is stored, by the name that it has here; None: this version cannot read it."""
    try:
        pin = msgspec.json.decode(about, type=Pin)
    except msgspec.ValidationError:
        return None
    except msgspec.DecodeError:
        note_damaged("pin", name)
        return None
    pin.id = name
    return pin
