"""What the notebook's part of the HTTP API is sent and answers, as types: its OpenAPI description is made from them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from notebook.cells import MOST_TEXT, AnyCell, Prose
from notebook.contents import Conflict, NotebookSummary
from notebook.export.bundle import MOST_BYTES as MOST_ARCHIVE
from notebook.figures import END, Table, Whole, Word
from notebook.merging import Change
from notebook.pins import Fact, Id, Language, Pin
from notebook.room import MOST_BYTES, MOST_CELLS, MOST_CHANGES, MOST_NOTEBOOKS, MOST_PICTURE, MOST_PINS, MOST_WRITTEN

Format = Literal["docx", "html", "zip", "ipynb"]
Hash = Annotated[str, Meta(pattern=f"^[0-9a-f]{{64}}{END}")]


class Shape(Struct, forbid_unknown_fields=True, kw_only=True):
    """Has these fields and no others."""


# --- the list ---------------------------------------------------------------------------------------------------------


class NotebookTemplate(Shape):
    """name: of one that comes with the program, or the id of a notebook that a teacher offers."""

    name: str
    title: str
    about: str
    language: Language
    by: Literal["playlab", "teacher"]


class NotebookLimits(Shape):
    """text: characters of a cell; all_text: bytes of a notebook's cells. picture_bytes: of a picture that is sent.
    archive_bytes: of a notebook that is brought back. bytes: of all that a browser keeps."""

    notebooks: int = MOST_NOTEBOOKS
    cells: int = MOST_CELLS
    pins: int = MOST_PINS
    text: int = MOST_TEXT
    all_text: int = MOST_WRITTEN
    picture_bytes: int = MOST_PICTURE
    archive_bytes: int = MOST_ARCHIVE
    bytes: int = MOST_BYTES


class NotebookRecovery(Shape):
    made: bool


class NotebookList(Shape):
    notebooks: list[NotebookSummary]
    templates: list[NotebookTemplate]
    recovery: NotebookRecovery
    limits: NotebookLimits
    teacher: bool


class NewNotebook(Shape):
    template: Annotated[str, Meta(max_length=40)]
    language: Language
    title: Word = ""


class NotebookEdit(Shape):
    """offered: by a teacher alone."""

    title: Word | UnsetType = UNSET
    current: bool | UnsetType = UNSET
    fills: bool | UnsetType = UNSET
    offered: bool | UnsetType = UNSET


# --- one notebook -----------------------------------------------------------------------------------------------------


class CellState(Shape):
    """html: what the server made of a text, a note, a table or a sentence. figure, table: its number. fits: pins that
    go into a slot, newest first."""

    id: str
    place: str
    version: int
    cell: AnyCell
    html: str
    figure: int | None
    table: int | None
    fits: list[str]


class PinState(Shape):
    """A pin without its numbers. form: of its figure. at: seconds since 1970. width, height: of its picture; 0: nobody
    has asked for it yet. table: where the figure is one. lost: own data that its link names are not here."""

    id: str
    view: str
    place: str
    run: str
    language: Language
    title: str
    caption: str
    facts: list[Fact]
    form: str
    at: int
    width: int
    height: int
    table: Table | None
    lost: bool


class NotebookContent(Shape):
    """all: these are all cells; otherwise those that are new since the revision that was asked for, those whose numbers
    or tables may be new with them, and the pins in them."""

    summary: NotebookSummary
    revision: int
    all: bool
    cells: list[CellState]
    gone: list[str]
    pins: dict[str, PinState]


class NotebookChanges(Shape):
    """by: the tab that sends them, where it says so: a cell that it alone has changed is no conflict to it. language:
    of what makes itself in the answer, by default the notebook's."""

    changes: Annotated[list[Change], Meta(max_length=MOST_CHANGES)]
    by: Annotated[str, Meta(pattern=f"^([A-Za-z0-9_-]{{8,40}})?{END}")] = ""
    language: Language | None = None


class NotebookChanged(Shape):
    revision: int
    cells: list[CellState]
    gone: list[str]
    conflicts: list[Conflict]


# --- pins and pictures ------------------------------------------------------------------------------------------------


class NewPin(Shape):
    """notebook: by default the current one."""

    pin: Pin
    note: Prose = ""
    notebook: Id | None = None


class PinNote(Shape):
    note: Prose


class BroughtPicture(Shape):
    picture: Hash
    width: Whole
    height: Whole


# --- taken home, brought back, opened elsewhere -----------------------------------------------------------------------


class NewExport(Shape):
    """name, number: of the student; they are in the file alone."""

    format: Format
    language: Language
    name: Word = ""
    number: Word = ""


class ExportJob(Shape):
    job: str


class ExportProgress(Shape):
    """error: a code of a refusal."""

    done: int
    of: int
    ready: bool
    error: str | None


class RecoveryCode(Shape):
    code: Annotated[str, Meta(max_length=60)]


class Recovered(Shape):
    notebooks: int
