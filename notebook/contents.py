"""What the store answers: a notebook in the list, with its cells, or whole, and what became of a change. No IO."""

from __future__ import annotations

from msgspec import Struct

from notebook.cells import AnyCell
from notebook.pins import Language, Pin
from notebook.uploads import Image


class NotebookSummary(Struct, forbid_unknown_fields=True, kw_only=True):
    """A notebook in the list. Times are seconds since 1970. deleted_on: when it will be gone for good."""

    id: str
    title: str
    language: Language
    cells: int
    pins: int
    created: int
    changed: int
    opened: int
    current: bool
    fills: bool
    offered: bool
    deleted_on: int | None
    deleted: bool


class Held(Struct, kw_only=True):
    """A cell at its place."""

    id: str
    place: str
    version: int
    cell: AnyCell


class HeldPin(Struct, kw_only=True):
    """pin: its figure is left out unless it is a table. width, height: of its picture; 0: not drawn yet."""

    pin: Pin
    form: str
    at: int
    width: int
    height: int


class Contents(Struct, kw_only=True):
    """A notebook, in the order of its cells. changed: the cells that are new since it was asked; None: all.
    gone: cells that were removed since. brought: the sizes of its pictures, by their hashes."""

    summary: NotebookSummary
    revision: int
    cells: list[Held]
    pins: dict[str, HeldPin]
    changed: set[str] | None = None
    gone: list[str] = []
    brought: dict[str, tuple[int, int]] = {}


class Conflict(Struct, forbid_unknown_fields=True):
    """A change that was not carried out. copy: the cell that has what was sent; null: nothing was typed."""

    id: str
    copy: str | None


class Outcome(Struct, kw_only=True):
    """changed, gone: ids of cells."""

    revision: int
    changed: set[str]
    gone: set[str]
    conflicts: list[Conflict]


class Put(Struct, forbid_unknown_fields=True, kw_only=True):
    """Where a pin is. slot: whether it has filled one. pins: of the notebook, with this."""

    notebook: NotebookSummary
    cell: str
    slot: bool
    pins: int


class Offered(Struct, kw_only=True):
    """A notebook that a teacher offers as a template."""

    id: str
    title: str
    language: Language


class Whole(Struct, kw_only=True):
    """A notebook with all of its numbers and pictures. drawn: of pins, by their ids."""

    title: str
    language: Language
    cells: list[tuple[str, AnyCell]]
    pins: dict[str, Pin]
    drawn: dict[str, Image]
    brought: dict[str, Image]
