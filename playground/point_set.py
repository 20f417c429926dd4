"""Points that nobody generates: drawn by hand, read from a file, or measured. No NumPy, no IO but the measured ones.

The binary form, little-endian, is the page's too (`static/js/playground/own/point-set.js`); docs/playground.md has it.
"""

from __future__ import annotations

import base64
import binascii
import csv
import functools
import hashlib
import itertools
import json
import math
import re
import struct
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from core.names import is_name
from core.spelling import spelled

FORMAT = 1
FEWEST, MOST = 10, 5000  # points
MOST_CLASSES = 6
MOST_NAME = 40  # characters
MOST_HEADER = 2000  # bytes
INLINE = 150  # from so many points on a link has their address, and not the points
MARKS = ("=sha256-", "against=", "kept=")  # one of them has every link that names an address
EDGE = 6.0  # the plane is [-EDGE, EDGE] squared

Place = tuple[float, float]  # x and y in the plane, as float32 has them

_LAST_FORMAT = 16  # text that is none begins with a larger number
_HEAD = struct.Struct("<BBHH")
_SLACK = 1e-5  # of a place at the edge, which float32 rounds in the plane
_ROUNDING = 2**-23  # of a number in the units of its column, by float32
_TEXT = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_MARK = "sha256-"  # of an address
_ADDRESS = re.compile(rf"{_MARK}[A-Za-z0-9_-]{{32}}", re.ASCII)
_NAMED = re.compile(rf"{_ADDRESS.pattern}(?![A-Za-z0-9_-])", re.ASCII)
_PACKED_LINK = re.compile(r"[A-Za-z0-9_-]{63,}", re.ASCII)  # long enough that an address can be in it
_FOLDER = Path(__file__).parent / "data" / "measured"


Columns = tuple["array[float]", "array[float]", "array[float]"]  # x, y and label of each point


class PointSetError(ValueError):
    """Bytes that are no point set. code: what is wrong; values: what its text fills in; stroke: in which of several."""

    stroke = 0

    def __init__(self, sentence: str, code: str, **values: Any):
        super().__init__(sentence)
        self.code, self.values = code, values


class Axis(NamedTuple):
    """A column. Its value v stands at (v - centre) / step in the plane; a label of a regression too, in [-1, 1].

    name: with the unit, as "petal length (cm)"; empty where it has none.
    """

    name: str = ""
    centre: float = 0.0
    step: float = 1.0


@dataclass(frozen=True)
class PointSet:
    """`FEWEST` to `MOST` points of the plane with their labels. packed: all there is to know, in the binary form.

    From foreign bytes one is made by `unpacked` or `from_text`, which check them.
    """

    packed: bytes

    def __hash__(self) -> int:
        return hash(self.packed)

    @cached_property
    def _parts(self) -> tuple[tuple[Axis, Axis, Axis], tuple[str, ...], Columns]:
        return _read(self.packed)

    @property
    def classes(self) -> int:
        """How many there are; 0 where the labels are values of a regression."""
        return self.packed[1]

    @property
    def count(self) -> int:
        """Of points."""
        return int.from_bytes(self.packed[2:4], "little")

    @property
    def axes(self) -> tuple[Axis, Axis, Axis]:
        """Those of x, of y and of the label."""
        return self._parts[0]

    @property
    def class_names(self) -> tuple[str, ...]:
        """Empty where they have none."""
        return self._parts[1]

    @property
    def columns(self) -> Columns:
        """x, y and label in their own units, each n float32; of a class its number from 0."""
        return self._parts[2]

    @property
    def points(self) -> list[tuple[float, float, float]]:
        """x, y and label of each in the plane. They are not kept, as they take ten times as much room."""
        return _in_plane(self.axes, self.columns)

    @property
    def places(self) -> list[Place]:
        """Where each stands."""
        points = self.points
        return list(zip(_rounded(x for x, _, _ in points), _rounded(y for _, y, _ in points), strict=True))

    @cached_property
    def address(self) -> str:
        """Its name, by its content."""
        return address_of(self.packed)

    @cached_property
    def text(self) -> str:
        """The bytes as a link carries them."""
        return base64.urlsafe_b64encode(self.packed).decode().rstrip("=")

    def to_json(self) -> str:
        """As settings and links name it: a small one by all it has, a larger one by its address."""
        return self.text if self.count < INLINE else self.address

    def with_points(self, label: float, places: Iterable[Place]) -> PointSet:
        """With points more, where none are yet. label: in the plane. Raises PointSetError."""
        return self.after([(label, places)])

    def without_points(self, places: Iterable[Place]) -> PointSet:
        """Without those that stand at these places. Raises PointSetError where too few are left."""
        return self.after([(None, places)])

    def named(self, class_names: Sequence[str]) -> PointSet:
        """The same points, whose classes are called so; of an empty name by its number. Raises PointSetError."""
        if len(class_names) != self.classes or not all(map(_is_name, class_names)):
            want = f"for each of {self.classes} classes a name of up to {MOST_NAME} characters that can be seen"
            raise PointSetError(want, "class-names", most=MOST_NAME)
        *_, length = _HEAD.unpack_from(self.packed)
        body = self.packed[_HEAD.size + length :]
        return PointSet(_head(self.classes, self.count, self.axes, class_names) + body)

    def after(self, strokes: Iterable[tuple[float | None, Iterable[Place]]]) -> PointSet:
        """After one stroke after the other: points more of a label, in the plane, where none are yet; or, where that is
        None, without those that stand at the places.

        However many strokes there are, it takes as long as their points. Raises PointSetError, whose `stroke` is the
        number of the one that cannot be.
        """
        rows = dict(enumerate(zip(*self.columns, strict=True)))
        # A place is known as it was given, and as it is read here: in units of the columns both may round otherwise.
        own: dict[Place, set[int]] = {}
        plane: dict[Place, set[int]] = {}
        for number, (place, (x, y, _)) in enumerate(zip(self.places, rows.values(), strict=True)):
            own.setdefault((x, y), set()).add(number)
            plane.setdefault(place, set()).add(number)
        new = len(rows)
        is_changed = False
        for stroke, (label, where) in enumerate(strokes):
            places = list(where)
            try:
                if label is not None:
                    value = self._label(label)
                    for x, y in self._own(places):
                        if not own.get((x, y)):
                            rows[new] = x, y, value
                            own.setdefault((x, y), set()).add(new)
                            plane.setdefault(self._place(x, y), set()).add(new)
                            new, is_changed = new + 1, True
                else:
                    for given, column in zip(places, self._own(places), strict=True):
                        for number in plane.get(given, set()) | own.get(column, set()):
                            x, y, _ = rows.pop(number)
                            own[x, y].discard(number)
                            plane[self._place(x, y)].discard(number)
                            is_changed = True
                _check_count(len(rows))
            except PointSetError as error:
                error.stroke = stroke
                raise
        return (
            packed(zip(*rows.values(), strict=True), self.classes, self.axes, self.class_names) if is_changed else self
        )

    def _label(self, label: float) -> float:
        """A label of the plane in units of its column."""
        if self.classes and not (0 <= label < self.classes and label == int(label)):
            raise _wrong_label(self.classes)
        _, centre, step = self.axes[2]
        return _rounded([centre + step * label])[0]

    def _place(self, x: float, y: float) -> Place:
        """Where a point stands in the plane. Raises PointSetError where that is outside."""
        (_, centre_x, dx), (_, centre_y, dy), _ = self.axes
        a, b = (x - centre_x) / dx, (y - centre_y) / dy
        if abs(a) > _edge(self.axes[0]) or abs(b) > _edge(self.axes[1]):
            raise _outside()
        return tuple(_rounded([a, b]))  # type: ignore[return-value]

    def _own(self, places: Iterable[Place]) -> list[Place]:
        """Places of the plane in the units of the columns."""
        (_, x, dx), (_, y, dy), _ = self.axes
        places = list(places)
        return list(zip(_rounded(x + dx * a for a, _ in places), _rounded(y + dy * b for _, b in places), strict=True))


def packed(
    columns: Iterable[Iterable[float]],
    classes: int,
    axes: Sequence[Axis] = (Axis(),) * 3,
    class_names: Sequence[str] = (),
) -> PointSet:
    """The point set of these columns, as `PointSet` has them. Raises PointSetError."""
    x, y, labels = map(_rounded, columns)
    _check_count(len(x))
    if classes and not all(0 <= label < 256 and label == int(label) for label in labels):
        raise _wrong_label(classes)
    body = _bytes(x) + _bytes(y) + (bytes(map(int, labels)) if classes else _bytes(labels))
    return unpacked(_head(classes, len(x), axes, class_names) + body)


def _head(classes: int, count: int, axes: Sequence[Axis], class_names: Sequence[str]) -> bytes:
    """What stands before the points."""
    names = list(class_names) if any(class_names) else []
    header = b""
    if names or any(axis != Axis() for axis in axes):
        header = json.dumps([*map(list, axes), names], ensure_ascii=False, separators=(",", ":")).encode()
    return _HEAD.pack(FORMAT, classes, count, len(header)) + header


def unpacked(data: bytes) -> PointSet:
    """The point set that these bytes are. Raises PointSetError."""
    made = PointSet(data)
    made.columns  # noqa: B018 - reads all of it, once
    return made


def from_text(text: str) -> PointSet:
    """The point set of `PointSet.text`. Raises PointSetError; of an address too, which whoever reads a link finds."""
    if text.startswith(_MARK):
        raise PointSetError("points that this server has", "no-data")
    try:
        if not _TEXT.fullmatch(text):
            raise ValueError
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        raise PointSetError("points as text: base64url", "no-points") from None
    return unpacked(data)


def address_of(packed: bytes) -> str:
    """The address of these bytes."""
    return _MARK + base64.urlsafe_b64encode(hashlib.sha256(packed).digest()[:24]).decode()


def is_address(text: str) -> bool:
    """Whether `text` has the form of `PointSet.address`."""
    return bool(_ADDRESS.fullmatch(text))


def addresses_in(text: str) -> set[str]:
    """Those that links in `text` name, also in the links that those have in base64 (`against`, `kept`)."""
    found = set(_NAMED.findall(text))
    for inner in _PACKED_LINK.findall(text):
        whole = inner[:-1] if len(inner) % 4 == 1 else inner  # of which no byte is the last one's
        found.update(_NAMED.findall(base64.urlsafe_b64decode(whole + "=" * (-len(whole) % 4)).decode("latin-1")))
    return found


@functools.cache
def measured(name: str) -> PointSet:
    """One of those that come with the program: `iris`, `penguins`, `cars`."""
    with (_FOLDER / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    x, y = ([float(row[i]) for row in rows] for i in (0, 1))
    is_number = all(row[2].replace(".", "").isdigit() for row in rows)
    if is_number:
        labels = [float(row[2]) for row in rows]
        axes = (_filling(names[0], x), _filling(names[1], y), _filling(names[2], labels, reach=1))
        return packed([x, y, labels], 0, axes)
    kinds = list(dict.fromkeys(row[2] for row in rows))
    labels = [float(kinds.index(row[2])) for row in rows]
    axes = (_filling(names[0], x), _filling(names[1], y), Axis(names[2]))
    return packed([x, y, labels], len(kinds), axes, kinds)


def _filling(name: str, values: Iterable[float], reach: float = 5) -> Axis:
    """The axis on which the values fill the plane from -reach to reach."""
    low, high = min(_rounded(values)), max(_rounded(values))
    return Axis(name, (low + high) / 2, (high - low) / (2 * reach) or 1.0)


def _rounded(values: Iterable[float]) -> array[float]:
    """As float32 has them; -0 is 0."""
    try:
        return array("f", [value + 0.0 for value in array("f", values)])
    except OverflowError:
        raise _too_large() from None


def _bytes(values: array[float]) -> bytes:
    """Little-endian."""
    return _swapped(values).tobytes()


def _floats(data: bytes) -> array[float]:
    return _swapped(array("f", data))


def _swapped(values: array[float]) -> array[float]:
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values


def _too_large() -> PointSetError:
    return PointSetError("finite numbers", "points-finite")


def _wrong_label(classes: int) -> PointSetError:
    return PointSetError(f"labels from 0 to {classes - 1}", "points-classes", most=MOST_CLASSES)


def _outside() -> PointSetError:
    return PointSetError("points in the plane, and labels of a regression from -1 to 1", "points-outside")


def _read(data: bytes) -> tuple[tuple[Axis, Axis, Axis], tuple[str, ...], Columns]:
    """Axes, names of the classes, columns. Raises PointSetError."""
    if len(data) < _HEAD.size:
        raise PointSetError(f"at least {_HEAD.size} bytes", "no-points")
    form, classes, n, length = _HEAD.unpack_from(data)
    if not 0 < form < _LAST_FORMAT:
        raise PointSetError("a point set, which begins with its format", "no-points")
    if form != FORMAT:
        raise PointSetError(f"points of format {FORMAT}, not {form}", "points-format", format=form)
    if classes == 1 or classes > MOST_CLASSES:
        raise PointSetError(f"2 to {MOST_CLASSES} classes, not {classes}", "points-classes", most=MOST_CLASSES)
    _check_count(n)
    if length > MOST_HEADER or len(data) != _HEAD.size + length + n * (9 if classes else 12):
        raise PointSetError("as many bytes as its head says", "no-points")
    axes, names = _header(data[_HEAD.size : _HEAD.size + length], classes)
    start = _HEAD.size + length
    x, y = _floats(data[start : start + 4 * n]), _floats(data[start + 4 * n : start + 8 * n])
    end = data[start + 8 * n :]
    labels = array("f", list(end)) if classes else _floats(end)
    if not all(map(math.isfinite, itertools.chain(x, y, labels))):
        raise _too_large()
    if classes and max(labels) >= classes:
        raise _wrong_label(classes)
    edge_x, edge_y, most = _edge(axes[0]), _edge(axes[1]), math.inf if classes else _edge(axes[2], 1)
    for a, b, label in _in_plane(axes, (x, y, labels)):
        if abs(a) > edge_x or abs(b) > edge_y or abs(label) > most:
            raise _outside()
    return axes, names, (x, y, labels)


def _edge(axis: Axis, reach: float = EDGE) -> float:
    """How far from 0 a place may be that was `reach` before float32 rounded it: years far from 0 have steps of 1e-4."""
    return reach + min(0.1, _SLACK + abs(axis.centre) / axis.step * _ROUNDING)


def _check_count(n: int) -> None:
    if not FEWEST <= n <= MOST:
        raise PointSetError(f"{FEWEST} to {MOST:,} points, not {n:,}", "points-count", low=FEWEST, high=MOST)


def _header(data: bytes, classes: int) -> tuple[tuple[Axis, Axis, Axis], tuple[str, ...]]:
    if not data:
        return (Axis(), Axis(), Axis()), ()
    wrong = PointSetError("a header of three axes and the names of the classes", "no-points")
    try:
        parts = json.loads(data.decode())
    except (ValueError, RecursionError):
        raise wrong from None
    if not isinstance(parts, list) or len(parts) != 4:
        raise wrong
    *columns, names = parts
    if not all(_is_axis(column) for column in columns) or not isinstance(names, list) or len(names) not in (0, classes):
        raise wrong
    try:
        axes = [Axis(name, float(centre), float(step)) for name, centre, step in columns]
    except OverflowError:
        raise wrong from None
    if classes and axes[2][1:] != (0, 1):  # a class is its number
        raise wrong
    for name in (*(axis.name for axis in axes), *names):
        if not _is_name(name):
            want = f"names of up to {MOST_NAME} characters that can be seen, not {spelled(name)}"
            raise PointSetError(want, "no-points")
    if not all(math.isfinite(axis.centre) and 0 < axis.step < math.inf for axis in axes):
        raise wrong
    return (axes[0], axes[1], axes[2]), tuple(names)


def _is_name(name: object) -> bool:
    return isinstance(name, str) and len(name) <= MOST_NAME and (name == "" or is_name(name))


def _is_axis(column: object) -> bool:
    """Whether it is [name, centre, step]."""
    if not isinstance(column, list) or len(column) != 3:
        return False
    name, *numbers = column
    return isinstance(name, str) and all(type(one) is int or type(one) is float for one in numbers)


def _in_plane(axes: Sequence[Axis], columns: Columns) -> list[tuple[float, float, float]]:
    (_, x, dx), (_, y, dy), (_, z, dz) = axes
    return [((a - x) / dx, (b - y) / dy, (label - z) / dz) for a, b, label in zip(*columns, strict=True)]
