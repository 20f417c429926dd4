"""A notebook as an archive, which any editor reads and another server opens, and such a one read back.

    report.md           what a person reads, in Markdown
    figures/1.png       the pictures of pins in it, by the numbers of the figures
    codes/figure-1.png  the QR codes in it, of figures and tables
    pictures/HASH.png   what the student uploaded, by its hash, shown in it too; or .jpg
    notebook.json       the notebook itself: {"format": 1, title, language, cells}
    pins/1.json         its pins, in their order, each by itself
    points/ADDRESS.bin  own data that the pins' links have only the address of

What is written is read again by any server: what would be too large for that is refused before it is taken home.
Nothing in one that comes back is trusted: no name, no size, no number. It is read in pieces, so that others have their
turn in between. No IO, and no library that is slow to load.
"""

from __future__ import annotations

import hashlib
import io
import re
import secrets
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from core.refused import RefusedError
from notebook import checks, sent
from notebook.cells import AnyCell, Picture, Pinned
from notebook.export.pixels import JPEG, MOST_KEPT, PNG, ending
from notebook.export.report import Progress, Report, nobody
from notebook.figures import Whole, Word
from notebook.pins import VIEWS, Language, Pin

FORMAT = 1
MOST_BYTES = 60 * 2**20  # of the archive: a server lets no larger body arrive
MOST_UNPACKED = 256 * 2**20
MOST_PIECE = 4 * 2**20  # of notebook.json
MOST_PIN = 6 * 2**20  # written anew it is larger than it was sent: it has all fields, and 1.0 in place of 1
MOST_ALL_PINS = 64 * 2**20
MOST_ENTRIES = 1500
MOST_CELLS = 400
MOST_PINS = 200
MOST_SETS = 400  # of own data: a browser gives 500 a day
MOST_SET = 100_000  # bytes of one

_REPORT, _NOTEBOOK = "report.md", "notebook.json"
_FIGURE = re.compile(r"figures/[0-9]{1,4}\.(png|jpg)")
_PIN = re.compile(r"pins/([1-9][0-9]{0,2})\.json")
_PICTURE = re.compile(r"pictures/([0-9a-f]{64})\.(png|jpg)")
_POINTS = re.compile(r"points/(sha256-[A-Za-z0-9_-]{32})\.bin")
_CODE = re.compile(r"codes/(figure|table)-[0-9]{1,4}\.png")
_FOLDERS = ("figures/", "codes/", "pictures/", "pins/", "points/")  # which some programs list too
_OF_SYSTEMS = re.compile(r"(^|/)(__MACOSX/.*|\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)$", re.DOTALL)
_BEGINNINGS = {"png": PNG, "jpg": JPEG}
_WHEN = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can say: the same notebook has the same bytes
_ENCRYPTED = 1
_END = struct.Struct("<4s4H2LH")  # the record at the end: how many entries, and how long their list is
_END_MARK, _END64_MARK, _END64 = b"PK\5\6", b"PK\6\7", 20
_MOST_LISTED = 400  # bytes of an entry in that list


Kind = TypeVar("Kind")


class Bundle(Struct, kw_only=True):
    """A notebook, as it is taken to another server. packed: its pins as JSON, by their new names. pictures: the
    uploaded ones by their hashes. points: own data by the addresses that are said of them."""

    title: str
    language: Language
    cells: list[AnyCell]
    packed: dict[str, bytes]
    pictures: dict[str, bytes] = {}
    points: dict[str, bytes] = {}

    def pins(self) -> Iterator[Pin]:
        """One after another: all their numbers at once would be a gigabyte."""
        for name, content in self.packed.items():
            yield msgspec.structs.replace(sent.decoded(content, Pin), id=name)


class _Version(Struct):
    format: Whole


class _File(Struct, forbid_unknown_fields=True, kw_only=True):
    format: Whole
    title: Word
    language: Language
    cells: Annotated[list[AnyCell], Meta(max_length=MOST_CELLS)]


def write(report: Report, progress: Progress = nobody) -> bytes:
    """The archive. The report's pins are the notebook's, in their order. Raises RefusedError: `export-too-large`."""
    from notebook.export.text import markdown  # which makes QR codes

    kept, file = report.kept, io.BytesIO()
    whole = _File(format=FORMAT, title=kept.title, language=kept.language, cells=kept.cells)
    text, pictures = markdown(report, progress)
    uploaded = {cell.picture for cell in kept.cells if isinstance(cell, Picture)} & report.pictures.keys()
    pictures |= {
        f"pictures/{name}.{ending(content)}": content for name in sorted(uploaded) if (content := report.pictures[name])
    }
    pins = [msgspec.json.encode(pin) for pin in report.pins.values()]
    with zipfile.ZipFile(file, "w") as archive:
        _add(archive, _REPORT, text.encode(), zipfile.ZIP_DEFLATED)
        for name, content in pictures.items():
            _add(archive, name, content, zipfile.ZIP_STORED)
        _add(archive, _NOTEBOOK, msgspec.json.format(msgspec.json.encode(whole), indent=1), zipfile.ZIP_DEFLATED)
        for number, pin in enumerate(pins, 1):
            _add(archive, f"pins/{number}.json", pin, zipfile.ZIP_DEFLATED)
        for address, points in report.points.items():
            _add(archive, f"points/{address}.bin", points, zipfile.ZIP_DEFLATED)
        unpacked = sum(entry.file_size for entry in archive.infolist())
    is_too_large = file.tell() > MOST_BYTES or unpacked > MOST_UNPACKED or sum(map(len, pins)) > MOST_ALL_PINS
    if is_too_large or max(map(len, pins), default=0) > MOST_PIN or len(report.points) > MOST_SETS:
        raise RefusedError(422, "the notebook is too large for one archive", "export-too-large")
    return file.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes, how: int) -> None:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content, how)


# --- back again -------------------------------------------------------------------------------------------------------


def read(content: bytes, new_id: Callable[[], str] = lambda: secrets.token_urlsafe(12)) -> Bundle:
    """The notebook of an archive, whose pins are new ones. Raises RefusedError."""
    if len(content) > MOST_BYTES:
        raise _refused("archive-size", "the archive is too large", most=MOST_BYTES)
    _check_end(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = _entries(archive)
            if _NOTEBOOK not in entries:
                raise _refused("archive-missing", f"the archive has no {_NOTEBOOK}", name=_NOTEBOOK)
            file = _notebook(_content(archive, entries[_NOTEBOOK], MOST_PIECE))
            pins = _pins(archive, entries)
            pictures = {
                found[1]: _picture(archive, entry, found[1], found[2])
                for name, entry in entries.items()
                if (found := _PICTURE.fullmatch(name))
            }
            points = _points(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OverflowError) as error:
        raise _refused("archive-damaged", f"no archive, or a damaged one: {error}") from None
    if needed := _missing(file.cells, pins, pictures):
        raise _refused("archive-missing", f"the archive has no {needed}", name=needed)
    made = _renewed(file, pins, pictures, new_id)
    made.points = points
    return made


def other_points(address: str) -> RefusedError:
    """Of an archive whose points of this address are none, or others."""
    return _refused("archive-points", f"no points, or others: {address}", name=address)


def _refused(code: str, sentence: str, **values: Any) -> RefusedError:
    return RefusedError(413 if code == "archive-size" else 422, sentence, code, "archive", **values)


def _check_end(content: bytes) -> None:
    """What the end says of how many entries there are: zipfile reads all that are listed, however many."""
    at = content.rfind(_END_MARK, -(_END.size + 2**16))
    if at < 0 or len(content) - at < _END.size:
        raise _refused("archive-damaged", "no archive, or its end is missing")
    _, _, _, here, entries, listed, _, _ = _END.unpack_from(content, at)
    if content[max(0, at - _END64) : at].startswith(_END64_MARK) or here != entries:
        raise _refused("archive-damaged", "an archive of several parts, or of a form for larger ones")
    if entries > MOST_ENTRIES or listed > MOST_ENTRIES * _MOST_LISTED:
        raise _refused("archive-entries", "the archive has too many files", most=MOST_ENTRIES)


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """What is in the archive, by names that are known, without the folder that all of it may be in, and without what a
    system adds where somebody unpacks an archive and packs it again. All is judged by what it says of itself, before it
    is opened."""
    listed = archive.infolist()
    if len(listed) > MOST_ENTRIES:
        raise _refused("archive-entries", "the archive has too many files", most=MOST_ENTRIES)
    if sum(entry.file_size for entry in listed) > MOST_UNPACKED:
        raise _refused("archive-size", "the archive is too large when unpacked", most=MOST_UNPACKED)
    mine = [entry for entry in listed if not _OF_SYSTEMS.search(entry.filename)]
    folder = _folder([entry.filename for entry in mine])
    named = [(entry.filename.removeprefix(folder), entry) for entry in mine if entry.filename != folder]
    for name, times in Counter(name for name, _ in named).items():
        is_known = name in (_REPORT, _NOTEBOOK, *_FOLDERS) or _FIGURE.fullmatch(name)
        is_known = is_known or _CODE.fullmatch(name) or _PIN.fullmatch(name) or _PICTURE.fullmatch(name)
        is_known = is_known or _POINTS.fullmatch(name)
        if not is_known or times > 1:
            raise _refused("archive-entry", f"no file of a notebook: {name[:100]!r}", name=name[:100])
    for _, entry in named:
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refused("archive-entry", f"cannot be read: {entry.filename!r}", name=entry.filename)
    return dict(named)


def _folder(names: Sequence[str]) -> str:
    """In which all is, with its slash; empty where there is none."""
    first, slash, _ = (names or [""])[0].partition("/")
    folder = first + slash
    return folder if slash and first != ".." and all(name.startswith(folder) for name in names) else ""


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """What is really in an entry: no more of it is unpacked than it says, which is `most` at most."""
    if entry.file_size > most:
        raise _refused("archive-size", f"too large: {entry.filename}", name=entry.filename, most=most)
    with archive.open(entry) as file:
        content = file.read(entry.file_size + 1)  # zipfile unpacks as much as it is asked for, whatever the entry says
    if len(content) != entry.file_size:
        raise _refused("archive-damaged", f"not as large as it says: {entry.filename}")
    return content


def _picture(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, picture: str, form: str) -> bytes:
    content = _content(archive, entry, MOST_KEPT)
    if hashlib.sha256(content).hexdigest() != picture or not content.startswith(_BEGINNINGS[form]):
        raise _refused("archive-picture", f"no picture, or another one: {entry.filename}", name=entry.filename)
    return content


def _notebook(content: bytes) -> _File:
    version = _read(content, _Version, _NOTEBOOK).format
    if version != FORMAT:
        raise _refused("archive-format", f"a notebook of format {version}", format=version, known=FORMAT)
    return _read(content, _File, _NOTEBOOK)


def _read(content: bytes, kind: type[Kind], name: str) -> Kind:
    try:
        return sent.decoded(content, kind)
    except msgspec.ValidationError as error:
        reason = f"{name}: {sent.refused(content, error, kind)}"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = f"{name}: {error}"
    raise _refused("archive-notebook", reason, reason=reason[:200])


def _pins(archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo]) -> dict[str, bytes]:
    """As JSON, by their ids, in their order. All of each has been looked at."""
    named = {int(found[1]): entry for name, entry in entries.items() if (found := _PIN.fullmatch(name))}
    if len(named) > MOST_PINS:
        raise _refused("archive-pins", f"the notebook has more than {MOST_PINS} pins", most=MOST_PINS)
    if sum(entry.file_size for entry in named.values()) > MOST_ALL_PINS:
        raise _refused("archive-size", "the pins are too large", most=MOST_ALL_PINS)
    made = {}
    for _, entry in sorted(named.items()):
        content = _content(archive, entry, MOST_PIN)
        pin = _read(content, Pin, entry.filename)
        if pin.view not in VIEWS:
            raise _refused("archive-view", f"pin {pin.id}: no view {pin.view!r} is known", pin=pin.id, view=pin.view)
        if pin.id in made:
            raise _refused("archive-notebook", f"pin {pin.id} is there twice", reason=f"pin {pin.id} is there twice")
        for figure in (pin.figure, *pin.tables.values()):
            if place := checks.fault(figure):
                raise _refused("archive-figure", f"pin {pin.id}: {place} does not fit", pin=pin.id, place=place)
        made[pin.id] = content
    return made


def _points(archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo]) -> dict[str, bytes]:
    """By their addresses. Whoever takes them in looks whether they are what they are said to be."""
    named = {found[1]: entry for name, entry in entries.items() if (found := _POINTS.fullmatch(name))}
    if len(named) > MOST_SETS:
        raise _refused("archive-sets", f"more than {MOST_SETS} point sets", most=MOST_SETS)
    return {address: _content(archive, entry, MOST_SET) for address, entry in named.items()}


def _missing(cells: Iterable[AnyCell], ids: Iterable[str], pictures: Iterable[str]) -> str:
    there = {*ids, *pictures}
    asked = (
        cell.pin if isinstance(cell, Pinned) else cell.picture for cell in cells if isinstance(cell, Pinned | Picture)
    )
    return next((name for name in asked if name not in there), "")


def _renewed(file: _File, pins: Mapping[str, bytes], pictures: dict[str, bytes], new_id: Callable[[], str]) -> Bundle:
    ids = {pin: new_id() for pin in pins}
    cells = [
        msgspec.structs.replace(cell, pin=ids[cell.pin]) if isinstance(cell, Pinned) else cell for cell in file.cells
    ]
    packed = {ids[pin]: content for pin, content in pins.items()}
    return Bundle(title=file.title, language=file.language, cells=cells, packed=packed, pictures=pictures)
