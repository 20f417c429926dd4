"""What every export is made from: the numbered document, its pictures, whose it is, and where its links lead. No IO."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from msgspec import Struct

from notebook import words
from notebook.cells import AnyCell
from notebook.figures import Table as Rows
from notebook.pins import Language, Pin
from notebook.reading import Document, Figure, Picture, Table
from notebook.words import Words

Progress = Callable[[int, int], None]  # so many blocks of so many are done

MOST_COLUMNS = 10  # of a table beside each other; the others come below

PIXELS_OF_CM = 147  # of what is drawn: 1620 are 11 cm, so that two maps are on a page
AREA_CM2 = 85.0
WIDEST_CM, HIGHEST_CM = 15.0, 19.0

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # no XML has them
_NUMBER = re.compile(r"[+\-−]?[\d,]*\.?\d+(e[+-]?\d+)?\s*(%|s)?", re.IGNORECASE)
_OF_ADDRESSES = "/:?#[]@!$&'()*+,;=%-._~"


class Kept(Struct, kw_only=True):
    """A notebook as it is stored: title is empty where it has none, language need not be that of the report."""

    title: str
    language: Language
    cells: list[AnyCell]


class Report(Struct, kw_only=True):
    """pins: by their ids. pictures: PNG or JPEG, of pins by id and of what was uploaded by hash. origin: of this
    server, as `http://192.168.1.7:5000`. date: as `2026-11-27`. versions: of what, and which. code: the program that
    trains the run of a place; of those that have one. late: places for whose program there was no time. kept: the
    notebook, for the archive that opens elsewhere. points: own data by the addresses that links have, for it too.
    lost: ids of pins whose own data are not there."""

    document: Document
    pins: dict[str, Pin]
    pictures: dict[str, bytes]
    origin: str
    name: str = ""
    number: str = ""
    date: str = ""
    versions: list[tuple[str, str]] = []
    code: dict[str, str] = {}
    late: set[str] = set()
    kept: Kept
    points: dict[str, bytes] = {}
    lost: set[str] = set()

    def link(self, place: str) -> str:
        """The address that opens a pin's place again, without what ends an address in a text."""
        return self.origin.rstrip("/") + quote(printable(place), safe=_OF_ADDRESSES)

    @property
    def words(self) -> Words:
        return words.of(self.document.language)

    def numbered(self, block: Figure | Picture | Table) -> str:
        """The whole caption, such as `Figure 3: the spiral, 200 epochs`."""
        said = self.words
        what = said.table if isinstance(block, Table) else said.figure
        return printable(said.numbered.format(what=what, number=block.number, caption=block.caption))

    def doubt(self, block: Figure | Table) -> str:
        """Why its address does not open it as it was; empty where it does."""
        return self.words.lost if block.pin in self.lost else ""

    def picture(self, block: Figure | Picture) -> bytes | None:
        """None where it could not be drawn."""
        return self.pictures.get(block.pin if isinstance(block, Figure) else block.picture)


def shortened(text: str, most: int = 64) -> str:
    """Its beginning and its end."""
    return text if len(text) <= most else f"{text[: most - 16]}…{text[-15:]}"


def wide(pixels: tuple[int, int], is_uploaded: bool) -> float:
    """How many centimetres a picture is wide on paper. What `notebook.drawing` draws is made for one size, in which its
    letters are read; what was uploaded has that of a figure."""
    width, height = max(1, pixels[0]), max(1, pixels[1])
    own = (AREA_CM2 * width / height) ** 0.5 if is_uploaded else width / PIXELS_OF_CM
    return min(own, WIDEST_CM, HIGHEST_CM * width / height)


def is_numeric(table: Rows, column: int) -> bool:
    """Whether a column is one of numbers, which stand at the right."""
    found = [row[column] for row in table.rows if row[column] is not None and row[column] != ""]
    return bool(found) and all(not isinstance(value, str) or _NUMBER.fullmatch(value.strip()) for value in found)


def nobody(_done: int, _of: int) -> None:
    """Where nobody waits for progress."""


def printable(text: str) -> str:
    """`text` without the characters that neither XML nor a printer knows."""
    return _UNPRINTABLE.sub("", text)


def beside(columns: int) -> list[list[int]]:
    """Which columns of a table stand beside each other: all, or parts that each begin with the first one."""
    if columns <= MOST_COLUMNS:
        return [list(range(columns))]
    others = list(range(1, columns))
    return [[0, *others[at : at + MOST_COLUMNS - 1]] for at in range(0, len(others), MOST_COLUMNS - 1)]
