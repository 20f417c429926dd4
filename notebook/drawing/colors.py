"""From a map cell to a colour, as static/js/base/color.js has it for the light classic theme: look-up tables."""

from __future__ import annotations

import math

import numpy as np

from core import colors

Channels = np.ndarray  # of red, green and blue, 0 to 255

WHITE = np.full(3, 255.0)
INK, MUTED, LINE, GRID = "#1d2733", "#566472", "#8a97a5", "#e3e8ed"
AGAINST = "#9aa5b1"  # of a weight that speaks against a class
RUNS = ("#0877bd", "#c45a00", "#1c7a45", "#8b3fb0", "#a3231f", "#5b6b7a")  # of a chart's lines, in turn
SURE = 42  # levels of a class in a map of several


def parsed(color: str) -> Channels:
    return np.array([int(color[start : start + 2], 16) for start in (1, 3, 5)], dtype=float)


def mixed(start: Channels, end: Channels, share: float | np.ndarray) -> np.ndarray:
    return start + (end - start) * share


LOW, MIDDLE, HIGH = map(parsed, colors.SCALE)
CLASSES = [parsed(color) for color in colors.CLASSES]


def _full() -> np.ndarray:
    values = (np.arange(256)[:, None] - 128 + 0.5) / 128
    return np.where(values < 0, mixed(MIDDLE, LOW, -values), mixed(MIDDLE, HIGH, values))


def _pixels(values: np.ndarray) -> np.ndarray:
    return np.rint(values).astype(np.uint8)


FULL = _pixels(_full())  # of a weight or a point, by cell + 128
MAP = _pixels(mixed(WHITE, _full(), colors.OPACITY))  # of a map, by cell + 128
STEPS = np.where(np.arange(256)[:, None] < 128, MAP[0], MAP[255])  # which knows only the two ends


def _classes(*, discrete: bool) -> np.ndarray:
    cells = np.arange(256)
    sure = (cells % SURE + 0.5) / SURE if not discrete else np.ones(256)
    which = np.array([*CLASSES, WHITE])[np.minimum(cells // SURE, len(CLASSES))]
    return _pixels(mixed(WHITE, which, (sure * colors.OPACITY)[:, None]))


CLASS_MAP, CLASS_STEPS = _classes(discrete=False), _classes(discrete=True)
# Of how likely each class is, by cell + 128.
OUTPUTS = [
    _pixels(mixed(WHITE, color, (np.maximum(0, np.arange(256) - 128) / 127 * colors.OPACITY)[:, None]))
    for color in CLASSES
]


def cell_of(value: float) -> int:
    """A number as the index of its colour: floor(128 v) + 128, limited; 128 for NaN."""
    return 128 if math.isnan(value) else math.floor(128 * min(max(value, -1.0), 127 / 128)) + 128


def css(channels: Channels) -> str:
    return "#" + "".join(f"{round(channel):02x}" for channel in channels)


_NAMES = [css(color) for color in FULL]


def of_value(value: float) -> str:
    return _NAMES[cell_of(value)]
