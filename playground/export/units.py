"""What the columns and classes of measured and own points are called, and how their units lie in the plane."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from playground.config import Config
from playground.point_set import Axis

# What a spreadsheet would compute, also one in Chinese; and one whose decimals have a comma begins a cell behind each
# semicolon.
_FORMULAS = re.compile(r"(^|[;\t])(?=\s*[=+\-@＝＋－＠])")


@dataclass(frozen=True)
class Units:
    """axes: of x, y and the label. class_names: one for each class; of one that has no name its number."""

    axes: tuple[Axis, Axis, Axis]
    class_names: tuple[str, ...]

    @property
    def heads(self) -> list[str]:
        """The names of the columns in a table."""
        return [safe(axis.name or own) for axis, own in zip(self.axes, ("own x", "own y", "own label"), strict=True)]

    def row(self, x: float, y: float, label: float) -> list[float | str]:
        """A point of the plane in its own units."""
        columns = zip(self.axes, (x, y, label), strict=True)
        place = [_shortest(axis.centre + axis.step * value) for axis, value in columns]
        return [*place[:2], safe(self.class_names[int(label)]) if self.class_names else place[2]]


def of(config: Config) -> Units | None:
    """Those of the data set in use; None: all is in the units of the plane, and has no name."""
    points = config.points
    if points is None or not (points.class_names or any(axis != Axis() for axis in points.axes)):
        return None
    names = points.class_names or ("",) * points.classes
    return Units(points.axes, tuple(name or str(label) for label, name in enumerate(names)))


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula, wherever it parts cells."""
    return _FORMULAS.sub(r"\1'", text)


def _shortest(value: float) -> float:
    """The number with the fewest digits that is the same in float32, as the points are kept."""
    return float(str(np.float32(value)))
