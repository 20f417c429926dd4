"""The shapes of points, as static/js/playground/points.js has them, as large as a circle of radius 1."""

from __future__ import annotations

from matplotlib.path import Path

CIRCLE = Path.unit_circle()


def _corners(*numbers: float) -> Path:
    places = list(zip(numbers[::2], numbers[1::2], strict=True))
    return Path([*places, places[0]], closed=True)


_PLUS = (-0.4, 1.2, 0.4, 1.2, 0.4, 0.4, 1.2, 0.4, 1.2, -0.4, 0.4, -0.4)
# Of the classes 0 to 5; y is upward.
CLASSES = (
    CIRCLE,
    _corners(-0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9),
    _corners(0, 1.3, 1.2, -0.9, -1.2, -0.9),
    _corners(0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0),
    _corners(0, -1.3, 1.2, 0.9, -1.2, 0.9),
    _corners(*_PLUS, *(-number for number in _PLUS)),
)
