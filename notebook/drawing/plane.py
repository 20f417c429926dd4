"""What a network says everywhere in the plane, with points on it, axes in their units, and what the colours mean."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from core import colors as hues
from notebook.drawing import colors, fonts, legend, shapes, ticks
from notebook.drawing.colors import LINE
from notebook.drawing.fonts import PT
from notebook.drawing.paper import MARGIN, NORMAL, SMALL, WIDTH, Box, BrokenError, Paper
from notebook.figures import Axis, Plane, Points

SIDE = 1040  # of the map
EDGE = 6  # of the plane
RADIUS = 0.0094  # of a point, in the map's side
AWAY, TICK = 20, 10
BESIDE = 52  # from the map to the legend
TRAIN_EDGE, TEST_EDGE = "#ffffff", "#000000"
BAR = (40, 330)


def draw(plane: Plane) -> bytes:
    if len(plane.cells) != plane.side**2:
        raise BrokenError("as many cells as side * side")
    y_ticks, x_ticks = _ticks(plane.y, 7), _ticks(plane.x, 7)
    numbers = max(fonts.width(text, NORMAL) for _, text in y_ticks)
    left = MARGIN + (1.4 * NORMAL * PT if plane.y.label else 0) + numbers + AWAY
    below = AWAY + 1.1 * NORMAL * PT + (1.4 * NORMAL * PT if plane.x.label else 0)
    side = min(SIDE, WIDTH - left - BESIDE - 330)
    box = Box(round(left), MARGIN + 8, round(side), round(side))
    beside = Box(box.right + BESIDE, box.top, WIDTH - box.right - BESIDE - MARGIN, box.height)
    entries = _entries(plane)
    scale = 0 if plane.classes else BAR[1] + 70
    needed = scale + legend.column_height(entries, beside.width)
    paper = Paper(max(box.bottom + below, box.top + needed) + MARGIN / 2)
    paper.image(box.left, box.top, cells(plane.cells, plane.side, round(side), len(plane.classes), plane.discrete))
    _axes(paper, box, plane, x_ticks, y_ticks)
    for points in plane.points:
        _points(paper, box, points, plane)
    paper.box(box, edge=LINE, width=0.8)
    top = beside.top + 8
    if not plane.classes:
        top = _scale(paper, beside.left, top, beside.width, plane)
    legend.draw_column(paper, entries, beside.left, top, beside.width)
    return paper.png()


def cells(data: bytes, side: int, pixels: int, classes: int, discrete: bool) -> np.ndarray:
    """Map cells as a picture: as smooth as what they were taken from."""
    if not classes:
        return shaded(data, side, pixels, colors.STEPS if discrete else colors.MAP)
    values = np.frombuffer(data, dtype=np.int8).reshape(side, side)
    which, sure = np.divmod(values.astype(int) + 128, colors.SURE)
    most, larger = np.full((pixels, pixels), -1, np.float32), np.zeros((pixels, pixels), np.uint8)
    for number in range(classes):  # argmax takes ten times as long along that axis
        region = _larger(_rounded((which == number).astype(np.float32)), pixels)
        larger[region > most] = number
        np.maximum(most, region, out=most)
    if discrete:
        return colors.CLASS_STEPS[larger * colors.SURE]
    shades = np.rint(_larger(sure.astype(np.float32), pixels))
    return colors.CLASS_MAP[larger * colors.SURE + np.clip(shades, 0, colors.SURE - 1).astype(np.uint8)]


def shaded(data: bytes, side: int, pixels: int, table: np.ndarray) -> np.ndarray:
    """The same in the colours of a table."""
    values = np.frombuffer(data, dtype=np.int8).reshape(side, side).astype(np.float32)
    larger = np.floor(_larger(values + 0.5, pixels)) + 128
    return table.take(np.clip(larger, 0, 255).astype(np.uint8), axis=0)


def _rounded(region: np.ndarray) -> np.ndarray:
    """Each cell with those around it, so that an edge across the cells has no steps."""
    for axis in (0, 1, 0, 1):
        before, after = (np.roll(region, shift, axis) for shift in (1, -1))
        first, last = ([slice(None)] * 2 for _ in range(2))
        first[axis], last[axis] = slice(0, 1), slice(-1, None)
        before[tuple(first)], after[tuple(last)] = region[tuple(first)], region[tuple(last)]
        region = (before + 2 * region + after) / 4
    return region


def _larger(values: np.ndarray, pixels: int) -> np.ndarray:
    return np.asarray(Image.fromarray(values).resize((pixels, pixels), Image.Resampling.BILINEAR))


def _share(value: Any, side: int) -> Any:
    """A coordinate's place as a share of the map: the centre of the outermost cells is at -6 and 6."""
    return ((value + EDGE) / (2 * EDGE) * (side - 1) + 0.5) / side if side > 1 else (value + EDGE) / (2 * EDGE)


def _ticks(axis: Axis, most: int) -> list[tuple[float, str]]:
    """Places in the plane, with the values there."""
    if axis.step == 0:
        return [(0.0, ticks.single(axis.centre))]
    ends = sorted((axis.centre - EDGE * axis.step, axis.centre + EDGE * axis.step))
    values = ticks.linear(ends[0], ends[1], most)
    return [
        ((value - axis.centre) / axis.step, text) for value, text in zip(values, ticks.written(values), strict=True)
    ]


def _axes(
    paper: Paper, box: Box, plane: Plane, x_ticks: list[tuple[float, str]], y_ticks: list[tuple[float, str]]
) -> None:
    while len(x_ticks) > 3 and sum(fonts.width(text, NORMAL) + 30 for _, text in x_ticks) > box.width:
        x_ticks = x_ticks[::2]
    for place, text in x_ticks:
        x = box.left + _share(place, plane.side) * box.width
        paper.line([x, x], [box.bottom, box.bottom + TICK], LINE, 0.8)
        paper.text(x, box.bottom + AWAY + 0.5 * NORMAL * PT, text, across="center")
    for place, text in y_ticks:
        y = box.bottom - _share(place, plane.side) * box.height
        paper.line([box.left - TICK, box.left], [y, y], LINE, 0.8)
        paper.text(box.left - AWAY, y, text, across="right")
    if plane.x.label:
        label = fonts.cut(plane.x.label, NORMAL, box.width)
        paper.text(box.middle[0], box.bottom + AWAY + 1.9 * NORMAL * PT, label, across="center")
    if plane.y.label:
        label = fonts.cut(plane.y.label, NORMAL, box.height)
        paper.text(MARGIN + 0.5 * NORMAL * PT, box.middle[1], label, across="center", upright=True)


def _points(paper: Paper, box: Box, points: Points, plane: Plane) -> None:
    xy = _floats(points.xy)
    if len(xy) % 2:
        raise BrokenError(f"{points.name}: x and y in turn")
    x, y = xy[::2], xy[1::2]
    edge = TEST_EDGE if points.hollow else TRAIN_EDGE
    fill: Any
    if points.label is not None:
        fill, shape = hues.CLASSES[points.label], shapes.CLASSES[points.label]
    elif not points.values:
        fill, shape = colors.MUTED, shapes.CIRCLE
    else:
        values = _floats(points.values)
        if len(values) != len(x):
            raise BrokenError(f"{points.name}: as many values as points")
        index = np.clip(np.floor(128 * np.nan_to_num(values)), -128, 127).astype(int) + 128
        fill, shape = colors.FULL[index] / 255, shapes.CIRCLE
    seen = np.isfinite(x) & np.isfinite(y)
    if not seen.any():
        return
    fill = fill[seen] if isinstance(fill, np.ndarray) else fill
    across = box.left + _share(x[seen], plane.side) * box.width
    height = box.bottom - _share(y[seen], plane.side) * box.height
    paper.marks(across, height, shape, RADIUS * box.width, fill, edge, 0.55, box)


def _floats(data: bytes) -> np.ndarray:
    if len(data) % 4:
        raise BrokenError("float32, four bytes each")
    return np.frombuffer(data, dtype="<f4").astype(float)


def _entries(plane: Plane) -> list[legend.Entry]:
    """The classes, and the points that are not called as their class."""
    made = [legend.Entry(name, partial(_class_sample, label), 44) for label, name in enumerate(plane.classes)]
    for points in plane.points:
        is_told = not points.hollow and points.label is not None and points.name in plane.classes[points.label :][:1]
        if points.name and not is_told:
            made.append(legend.Entry(points.name, partial(_points_sample, points), 44))
    return made


def _class_sample(label: int, paper: Paper, left: float, middle: float) -> None:
    paper.box(Box(left, middle - 22, 44, 44), fill=colors.css(colors.CLASS_STEPS[label * colors.SURE]))
    paper.marks([left + 22], [middle], shapes.CLASSES[label], 13, hues.CLASSES[label], TRAIN_EDGE, 0.55)


def _points_sample(points: Points, paper: Paper, left: float, middle: float) -> None:
    edge = TEST_EDGE if points.hollow else TRAIN_EDGE
    if points.label is not None:
        paper.marks([left + 22], [middle], shapes.CLASSES[points.label], 13, hues.CLASSES[points.label], edge, 0.6)
        return
    for at, color in ((10, hues.SCALE[0]), (34, hues.SCALE[2])):
        paper.marks([left + at], [middle], shapes.CIRCLE, 11, color, edge, 0.6)


def _scale(paper: Paper, left: float, top: float, room: float, plane: Plane) -> float:
    """What the colours of the map mean. Returns where it ends."""
    wide, high = BAR
    low, upper = legend.names_of_ends(plane.ends)
    if plane.discrete:
        for name, color in ((upper, colors.MAP[255]), (low, colors.MAP[0])):
            paper.box(Box(left, top, 44, 44), fill=colors.css(color), edge=LINE)
            paper.text(left + 60, top + 22, fonts.cut(name, SMALL, room - 60), SMALL)
            top += 66
        return top + 30
    box = Box(left, top + 14, wide, high)
    legend.bar(paper, box, colors.MAP)
    names = [(upper, box.top)] + ([("0", box.middle[1])] if len(plane.ends) != 2 else []) + [(low, box.bottom)]
    for name, at in names:
        paper.line([box.right, box.right + TICK], [at, at], LINE, 0.8)
        paper.text(box.right + 20, at, fonts.cut(name, SMALL, room - wide - 20), SMALL)
    return box.bottom + 60
