"""What lines, marks and colours mean: samples with their names, in rows or one below another."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from notebook.drawing import fonts
from notebook.drawing.colors import LINE
from notebook.drawing.fonts import PT
from notebook.drawing.paper import NORMAL, SMALL, Box, Paper

SAMPLE = 84  # pixels of a sample in a row
GAP, BETWEEN = 16, 44  # from a sample to its name; to the next sample
ROW = round(1.45 * NORMAL * PT)
ROW_SMALL = round(1.3 * SMALL * PT)


@dataclass(frozen=True)
class Entry:
    """sample: draws what stands before the name, given its left and its middle."""

    name: str
    sample: Callable[[Paper, float, float], None]
    wide: float = SAMPLE


def rows(entries: list[Entry], room: float) -> list[list[tuple[float, Entry, str]]]:
    """Entries in one row, or below each other in as many columns as there is room for: where each begins, and its name
    as it fits."""
    names = [fonts.cut(entry.name, NORMAL, room - entry.wide - GAP) for entry in entries]
    wide = [entry.wide + GAP + fonts.width(name, NORMAL) for entry, name in zip(entries, names, strict=True)]
    if not entries:
        return []
    if sum(wide) + BETWEEN * (len(wide) - 1) <= room:
        starts = itertools.accumulate(wide[:-1], lambda at, one: at + one + BETWEEN, initial=0.0)
        return [list(zip(starts, entries, names, strict=True))]
    column = max(wide) + BETWEEN
    count = max(1, math.floor((room + BETWEEN) / column))
    count = math.ceil(len(entries) / math.ceil(len(entries) / count))  # rows alike
    placed = [(number % count * column, *one) for number, one in enumerate(zip(entries, names, strict=True))]
    return [placed[start : start + count] for start in range(0, len(placed), count)]


def draw_rows(paper: Paper, laid: list[list[tuple[float, Entry, str]]], left: float, top: float) -> None:
    for number, row in enumerate(laid):
        middle = top + (number + 0.5) * ROW
        for at, entry, name in row:
            entry.sample(paper, left + at, middle)
            paper.text(left + at + entry.wide + GAP, middle, name)


def draw_column(paper: Paper, entries: list[Entry], left: float, top: float, room: float) -> float:
    """One below another, each in two lines at most. Returns where it ends."""
    for entry in entries:
        said = fonts.lines(entry.name, SMALL, room - entry.wide - GAP, 2) or [""]
        entry.sample(paper, left, top + ROW_SMALL / 2)
        for number, line in enumerate(said):
            paper.text(left + entry.wide + GAP, top + (number + 0.5) * ROW_SMALL, line, SMALL)
        top += len(said) * ROW_SMALL + 0.45 * ROW_SMALL
    return top


def column_height(entries: list[Entry], room: float) -> float:
    counts = [max(1, len(fonts.lines(entry.name, SMALL, room - entry.wide - GAP, 2))) for entry in entries]
    return (sum(counts) + 0.45 * len(counts)) * ROW_SMALL


def bar(paper: Paper, box: Box, table: np.ndarray, upright: bool = True) -> None:
    """A scale of colours, from low to high: upward, or to the right."""
    along = round(box.height if upright else box.width)
    places = np.minimum((np.arange(along) + 0.5) / along * len(table), len(table) - 1).astype(int)
    colors = table[places]
    pixels = (
        np.broadcast_to(colors[::-1, None], (along, round(box.width), 3))
        if upright
        else np.broadcast_to(colors[None], (round(box.height), along, 3))
    )
    paper.image(box.left, box.top, np.ascontiguousarray(pixels))
    paper.box(box, edge=LINE)


def names_of_ends(ends: list[str]) -> list[str]:
    """What -1 and 1 are called."""
    return ends if len(ends) == 2 else ["\N{MINUS SIGN}1", "1"]
