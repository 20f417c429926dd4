"""Where the parts of a formula with matrices stand: mathtext sets each cell, and knows of no matrix. No IO.

A matrix stands beside what mathtext reads, not within: one in a fraction or in another matrix is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from matplotlib.path import Path

_MATRIX = re.compile(r"\\begin\{(matrix|[pbBvV]matrix|cases)\}(.*?)\\end\{\1\}", re.DOTALL)
_POWER = re.compile(r"\s*\^(\{[^{}]*\}|\\[A-Za-z]+|\w)")  # of a matrix
_FENCES = {
    "matrix": ("", ""), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "Bmatrix": ("{", "}"), "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"), "cases": ("{", ""),
}  # fmt: skip
# In the size of the letters: the middle of a line of text above its base, a row's least height above and below that,
# the distances of rows, columns and from a fence, and how wide a fence is.
_AXIS, _ABOVE, _BELOW, _ROWS, _COLUMNS, _BESIDE, _WIDE = 0.25, 0.7, 0.25, 0.2, 1.0, 0.2, 0.3
# In a square that is as high as the matrix; a right one is the left one's mirror image.
_CURVES: dict[str, list[list[tuple[float, float]]]] = {
    "(": [[(1, 1), (-0.7, 0.5), (1, 0)]],
    "[": [[(1, 1), (0, 1)], [(0, 1), (0, 0)], [(0, 0), (1, 0)]],
    "{": [[(1, 1), (0.5, 1), (0.5, 0.75)], [(0.5, 0.75), (0.5, 0.5), (0, 0.5)],
          [(0, 0.5), (0.5, 0.5), (0.5, 0.25)], [(0.5, 0.25), (0.5, 0), (1, 0)]],
    "|": [[(0.5, 1), (0.5, 0)]],
    "‖": [[(0.3, 1), (0.3, 0)], [(0.7, 1), (0.7, 0)]],
}  # fmt: skip
_MIRRORED = {")": "(", "]": "[", "}": "{"}


class Size(NamedTuple):
    """Points; above and below the line of the text."""

    width: float
    above: float
    below: float


@dataclass
class Laid:
    """Points from the left end of the line of the text, upward. texts: x, y and TeX of each. fences: their lines."""

    width: float = 0.0
    above: float = 0.0
    below: float = 0.0
    texts: list[tuple[float, float, str]] = field(default_factory=list)
    fences: list[Path] = field(default_factory=list)
    top: float = 0.0  # of the last matrix


def laid(tex: str, size: float, measured: Callable[[str], Size]) -> Laid:
    """size: of the letters, in points. measured: how large a part without a matrix is; what it raises is raised."""
    made, at = Laid(), 0
    for found in _MATRIX.finditer(tex):
        _text(made, tex[at : found.start()], measured)
        _matrix(made, found[1], found[2], size, measured)
        at = found.end()
        if power := _POWER.match(tex, at):
            _text(made, f"{{}}^{power[1]}", measured, made.top - _ABOVE * size)
            at = power.end()
    _text(made, tex[at:], measured)
    return made


def _text(made: Laid, tex: str, measured: Callable[[str], Size], y: float = 0.0) -> None:
    if tex.strip():
        width, above, below = measured(tex)
        made.texts.append((made.width, y, tex))
        made.width, made.above, made.below = made.width + width, max(made.above, y + above), max(made.below, below - y)


def _matrix(made: Laid, kind: str, content: str, size: float, measured: Callable[[str], Size]) -> None:
    lines = [re.split(r"(?<!\\)&", line) for line in re.split(r"\\\\", content.strip().removesuffix(r"\\"))]
    count = max(map(len, lines))
    rows = [[cell.strip() for cell in [*line, *[""] * (count - len(line))]] for line in lines]
    sizes = [[measured(cell) if cell else Size(0, 0, 0) for cell in row] for row in rows]
    wide = [max(row[column].width for row in sizes) for column in range(count)]
    above = [max(_ABOVE * size, *(cell.above for cell in row)) for row in sizes]
    below = [max(_BELOW * size, *(cell.below for cell in row)) for row in sizes]
    high = sum(above) + sum(below) + _ROWS * size * (len(rows) - 1)
    top, left = _AXIS * size + high / 2, made.width
    before, after = _FENCES[kind]
    x = left + (_WIDE + _BESIDE) * size * bool(before)
    y = top
    for number, row in enumerate(rows):
        y -= above[number]
        at = x
        for column, cell in enumerate(row):
            spare = 0.0 if kind == "cases" else (wide[column] - sizes[number][column].width) / 2
            if cell:
                made.texts.append((at + spare, y, cell))
            at += wide[column] + _COLUMNS * size
        y -= below[number] + _ROWS * size
    right = x + sum(wide) + _COLUMNS * size * (count - 1) + _BESIDE * size * bool(after)
    for fence, place in ((before, left), (after, right)):
        made.fences += _fence(fence, place, top, high, _WIDE * size)
    made.width, made.top = right + (_WIDE + _BESIDE / 2) * size * bool(after), top
    made.above, made.below = max(made.above, top), max(made.below, high - top)


def _fence(fence: str, left: float, top: float, high: float, wide: float) -> list[Path]:
    curves = _CURVES.get(_MIRRORED.get(fence, fence), [])
    mirrored = fence in _MIRRORED
    kinds = {2: [Path.MOVETO, Path.LINETO], 3: [Path.MOVETO, Path.CURVE3, Path.CURVE3]}
    return [
        Path([(left + wide * (1 - x if mirrored else x), top - high * (1 - y)) for x, y in curve], kinds[len(curve)])
        for curve in curves
    ]
