"""What the types of a figure cannot say: that its arrays fit each other, and are not too many. No IO."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from typing import Any

from notebook.figures import (
    MOST_CLASSES,
    MOST_TILES,
    MOST_VALUES,
    Axis,
    Chart,
    Figure,
    Matrix,
    Network,
    Plane,
    Points,
    Series,
    Table,
    Tiles,
)

_LARGE = 1e30  # no axis is drawn for more
_POINT = 8  # bytes of its place: two float32


def fault(figure: Figure) -> str | None:
    """What does not fit, as a place in the figure such as `series[2].y`; None: all does."""
    found = next(_FAULTS[type(figure)](figure), None)
    return found or ("values" if values(figure) > MOST_VALUES else None)


def values(figure: Figure) -> int:
    """How many numbers it has, all its arrays together."""
    match figure:
        case Chart():
            return sum(
                len(part) for one in (*figure.series, *figure.right) for part in (one.x, one.y, one.low, one.high)
            )
        case Plane():
            return len(figure.cells) + sum((len(one.xy) + len(one.values)) // 4 for one in figure.points)
        case Network():
            cells = sum(len(node.cells) for layer in figure.layers for node in layer.nodes)
            return cells + sum(len(row) for layer in figure.layers for row in layer.weights)
        case Matrix():
            return sum(map(len, figure.counts))
        case Tiles():
            return sum(len(tile.pixels) for group in figure.groups for tile in group.tiles)
        case Table():
            return sum(map(len, figure.rows))


def _axes(**axes: Axis | None) -> Iterator[str]:
    """Those that no numbers can be written along."""
    for name, axis in axes.items():
        if axis is None:
            continue
        yield from (f"{name}.{part}" for part in ("centre", "step") if not abs(getattr(axis, part)) < _LARGE)
        if axis.log and axis.names:
            yield f"{name}.log"


def _chart(figure: Chart) -> Iterator[str]:
    yield from _axes(x=figure.x, y=figure.y, y_right=figure.y_right)
    for name, all_series in (("series", figure.series), ("right", figure.right)):
        for at, one in enumerate(all_series):
            yield from (f"{name}[{at}].{part}" for part in _series(one))


def _series(one: Series) -> Iterator[str]:
    if len(one.y) != len(one.x):
        yield "y"
    yield from (name for name in ("low", "high") if len(getattr(one, name)) not in (0, len(one.x)))
    if len(one.low) != len(one.high):
        yield "high"


def _plane(figure: Plane) -> Iterator[str]:
    yield from _axes(x=figure.x, y=figure.y)
    if len(figure.cells) != figure.side**2:
        yield "cells"
    if len(figure.ends) not in (0, 2):
        yield "ends"
    for at, one in enumerate(figure.points):
        yield from (f"points[{at}].{part}" for part in _points(one))


def _points(one: Points) -> Iterator[str]:
    if len(one.xy) % _POINT:
        yield "xy"
    if len(one.values) not in (0, len(one.xy) // 2):
        yield "values"
    yield from (name for name in ("xy", "values") if not _are_finite(getattr(one, name)))


def _are_finite(floats: bytes) -> bool:
    return all(map(math.isfinite, struct.unpack(f"<{len(floats) // 4}f", floats[: len(floats) // 4 * 4])))


def _network(figure: Network) -> Iterator[str]:
    sources = 0
    for number, layer in enumerate(figure.layers):
        rows = len(layer.nodes) if number else 0
        if len(layer.weights) != rows or any(len(row) != sources for row in layer.weights):
            yield f"layers[{number}].weights"
        for at, node in enumerate(layer.nodes):
            if len(node.cells) not in (0, figure.side**2):
                yield f"layers[{number}].nodes[{at}].cells"
        sources = len(layer.nodes)
    if figure.classes and sources > MOST_CLASSES:
        yield f"layers[{len(figure.layers) - 1}].nodes"


def _matrix(figure: Matrix) -> Iterator[str]:
    if len(figure.counts) != len(figure.rows) or any(len(row) != len(figure.columns) for row in figure.counts):
        yield "counts"


def _tiles(figure: Tiles) -> Iterator[str]:
    if sum(len(group.tiles) for group in figure.groups) > MOST_TILES:
        yield "groups"
    for number, group in enumerate(figure.groups):
        for at, tile in enumerate(group.tiles):
            if len(tile.pixels) != tile.width * tile.height:
                yield f"groups[{number}].tiles[{at}].pixels"
            if (tile.width, tile.height) != (group.tiles[0].width, group.tiles[0].height):
                yield f"groups[{number}].tiles[{at}].width"


def _table(figure: Table) -> Iterator[str]:
    yield from (f"rows[{at}]" for at, row in enumerate(figure.rows) if len(row) != len(figure.columns))


_FAULTS: dict[type, Callable[[Any], Iterator[str]]] = {
    Chart: _chart,
    Plane: _plane,
    Network: _network,
    Matrix: _matrix,
    Tiles: _tiles,
    Table: _table,
}
