"""Lines over one x axis, with a second y axis at the right where some are measured in something else."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np

from notebook.drawing import fonts, legend, ticks
from notebook.drawing.colors import GRID, LINE, MUTED, RUNS
from notebook.drawing.fonts import PT
from notebook.drawing.paper import DASH, DOTS, MARGIN, NORMAL, SMALL, WIDTH, Box, BrokenError, Paper
from notebook.drawing.shapes import CIRCLE
from notebook.figures import Axis, Chart, Mark, Series

HEIGHT = 820  # of the part with the lines
LARGE = 1e30  # no axis can be drawn for more
TINY = 1 / LARGE  # nor one with a logarithm for less
THICK, THIN = 1.5, 1.0  # points; of one of few lines, of one of many
FEW = 8
DOT = 9.0  # radius
BESIDE = 0.25  # of the distance of two names, beside the first and the last
TICK, AWAY = 10, 22  # a tick's length; from the axis to its numbers
LABEL = round(1.25 * SMALL * PT)  # a row of marks' labels
MOST_ROWS = 4
MOST_POINTS, LEAST_POINTS = 16_000, 160  # of all lines, of one: a chart is that many pixels wide some times over
PATTERNS = (None, DASH, DOTS)


class Scale:
    """From the values of an axis to pixels."""

    def __init__(self, axis: Axis, low: float, high: float, start: float, end: float):
        self.axis, self.start, self.end = axis, start, end
        self.low, self.high = low, high
        if axis.log:
            self._low, self._high = math.log10(low), math.log10(high)
        else:
            self._low, self._high = low, high

    def places(self, values: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            values = np.log10(np.where(values > 0, values, np.nan)) if self.axis.log else values
        return self.start + (values - self._low) / (self._high - self._low) * (self.end - self.start)

    def ticks(self, most: int, whole: bool = False) -> list[tuple[float, str]]:
        if self.axis.names:
            return [(float(self.places(np.array(float(at)))), text) for at, text in enumerate(self.axis.names)]
        if self.axis.log:
            values = ticks.logarithmic(self.low, self.high, most)
            return [(float(self.places(np.array(value))), ticks.single(value)) for value in values]
        values = ticks.linear(self.low, self.high, most, whole)
        return [
            (float(self.places(np.array(value))), text)
            for value, text in zip(values, ticks.written(values), strict=True)
        ]


def draw(chart: Chart) -> bytes:
    lines = [*chart.series, *chart.right]
    looks = _looks(lines)
    values = [_Values(one, chart.x, chart.y) for one in chart.series]
    values += [_Values(one, chart.x, chart.y_right or Axis()) for one in chart.right]
    split = len(chart.series)
    left_values, right_values = values[:split], values[split:]
    named = [(one, look) for one, look in zip(lines, looks, strict=True) if one.name]
    entries = [legend.Entry(one.name, partial(_sample, one, look)) for one, look in named]

    y_low, y_high = _range(chart.y, (v for one in left_values for v in one.spans))
    right_axis = chart.y_right or Axis()
    r_low, r_high = _range(right_axis, (v for one in right_values for v in one.spans))
    numbers = max((fonts.width(text, NORMAL) for _, text in Scale(chart.y, y_low, y_high, 1, 0).ticks(6)), default=0)
    left = MARGIN + (1.35 * NORMAL * PT if chart.y.label else 0) + numbers + AWAY
    right: float = MARGIN + 30
    if chart.right:
        others = [fonts.width(text, NORMAL) for _, text in Scale(right_axis, r_low, r_high, 1, 0).ticks(6)]
        right = MARGIN + (1.35 * NORMAL * PT if right_axis.label else 0) + max(others, default=0) + AWAY
    wide = WIDTH - left - right

    laid = legend.rows(entries, wide)
    x_low, x_high = _width(chart.x, [one.x for one in values], [mark.x for mark in chart.marks])
    x = Scale(chart.x, x_low, x_high, left, left + wide)
    flags = _flags(chart.marks, x, left, left + wide)
    flag_rows = max((flag.row for flag in flags), default=-1) + 1
    top = MARGIN + len(laid) * legend.ROW + (14 if laid else 0) + flag_rows * LABEL + (8 if flag_rows else 0)
    box = Box(left, top, wide, HEIGHT)
    below = AWAY + 1.15 * NORMAL * PT + (1.35 * NORMAL * PT if chart.x.label else 0)
    paper = Paper(box.bottom + below + MARGIN / 2)
    legend.draw_rows(paper, laid, left, MARGIN)

    y = Scale(chart.y, y_low, y_high, box.bottom, box.top)
    _axes(paper, box, chart, x, y, all(one.is_whole for one in values))
    for flag in flags:
        middle = box.top - 8 - (flag.row + 0.5) * LABEL
        paper.line([flag.place] * 2, [middle + 0.45 * LABEL if flag.text else box.top, box.bottom], MUTED, 0.8, DASH)
        paper.text(flag.left, middle, flag.text, SMALL, color=MUTED)
    for one, look in zip(left_values, looks[:split], strict=True):
        _line(paper, box, one, look, x, y, len(lines))
    if chart.right:
        y_right = Scale(right_axis, r_low, r_high, box.bottom, box.top)
        _right_axis(paper, box, right_axis, y_right)
        for one, look in zip(right_values, looks[split:], strict=True):
            _line(paper, box, one, look, x, y_right, len(lines))
    paper.box(box, edge=LINE, width=0.8)
    return paper.png()


class _Values:
    """A series as numbers that can be drawn, in its axes' units."""

    def __init__(self, series: Series, x: Axis, y: Axis):
        if len(series.x) != len(series.y) or any(
            len(part) not in (0, len(series.y)) for part in (series.low, series.high)
        ):
            raise BrokenError(f"{series.name}: as many x as y, and as many of its band")
        self.series = series
        self.x = _numbers(series.x, x)
        self.y = _numbers(series.y, y)
        self.low, self.high = (_numbers(part, y) for part in (series.low, series.high))
        self.spans = [self.y, self.low, self.high]

    @property
    def is_whole(self) -> bool:
        seen = self.x[np.isfinite(self.x)]
        return bool(np.all(seen == np.round(seen)))


def _numbers(values: Iterable[float | None], axis: Axis) -> np.ndarray:
    numbers = np.array([math.nan if value is None else value for value in values], dtype=float)
    numbers = axis.centre + axis.step * numbers
    return np.where(np.abs(numbers) < LARGE, numbers, math.nan)


@dataclass(frozen=True)
class Look:
    """thick: points."""

    color: str
    thick: float
    dash: tuple[float, float] | None


def _looks(lines: list[Series]) -> list[Look]:
    """Of each. Where the colours begin anew, the lines have another pattern."""
    thick = THICK if len(lines) <= FEW else THIN
    made: list[Look] = []
    taken = 0
    for one in lines:
        dash = DASH if one.dashed else None
        color = one.color
        if color is None:
            color = RUNS[taken % len(RUNS)]
            dash = dash or PATTERNS[taken // len(RUNS) % len(PATTERNS)]
            taken += 1
        made.append(Look(color, thick, dash))
    return made


def _seen(parts: Iterable[np.ndarray], axis: Axis) -> np.ndarray:
    values = np.concatenate([np.zeros(0), *parts])
    values = values[np.isfinite(values)]
    return values[values > TINY] if axis.log else values


def _range(axis: Axis, parts: Iterable[np.ndarray]) -> tuple[float, float]:
    """Of a y axis: from 0 where that is not far from what there is."""
    values = _seen(parts, axis)
    if len(values) == 0:
        return (0.1, 1.0) if axis.log else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if axis.log:
        room = max(1.1, (high / low) ** 0.04)
        return low / room, high * room
    if low >= 0 and low <= 0.5 * high:
        return 0.0, high * 1.04 or 1.0
    room = 0.06 * (high - low) or 0.1 * abs(high) or 1.0
    return low - room, high + room


def _width(axis: Axis, parts: list[np.ndarray], marks: list[float]) -> tuple[float, float]:
    if axis.names:
        return -BESIDE, len(axis.names) - 1 + BESIDE
    values = _seen([*parts, _numbers(marks, axis)], axis)
    if len(values) == 0:
        return (0.1, 1.0) if axis.log else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if low < high:
        return low, high
    room = max(1.0, 0.1 * abs(low))
    if axis.log:
        return low / 2, high * 2
    return low - room if low < 0 else max(0.0, low - room), high + room  # no epoch is below 0


@dataclass(frozen=True)
class Flag:
    """A mark with its label, which begins at its line. row: above the lowest; the line ends there."""

    place: float
    text: str
    left: float
    row: int


def _flags(marks: list[Mark], x: Scale, left: float, right: float) -> list[Flag]:
    """No label lies on another, or on the line of another mark. One that has no room is left out."""
    made: list[Flag] = []
    places = x.places(_numbers([mark.x for mark in marks], x.axis))
    seen = [
        (float(place), mark.label) for place, mark in zip(places, marks, strict=True) if left - 1 <= place <= right + 1
    ]
    for place, label in sorted(seen, key=lambda one: -one[0]):
        text = fonts.cut(label, SMALL, right - left)
        wide = fonts.width(text, SMALL)
        start = place - 4 if place + wide <= WIDTH - MARGIN else place + 4 - wide  # at its left where there is no room
        start = max(start, MARGIN)
        near = [
            one for one in made if one.text and one.left < start + wide + 16 and start < one.left + wide_of(one) + 16
        ]
        crossed = [one for one in made if start - 8 < one.place < start + wide + 16 and one.place != place]
        row = max([-1, *(one.row for one in (*near, *crossed))]) + 1 if text else 0
        made.append(Flag(place, text, start, row) if row < MOST_ROWS else Flag(place, "", start, 0))
    if not any(flag.text for flag in made):
        return [Flag(flag.place, "", flag.left, -1) for flag in made]
    return made


def wide_of(flag: Flag) -> float:
    return fonts.width(flag.text, SMALL)


def _axes(paper: Paper, box: Box, chart: Chart, x: Scale, y: Scale, whole: bool) -> None:
    seen = y.ticks(6)
    for at, text in seen:
        paper.line([box.left, box.right], [at, at], GRID, 0.7)
        paper.text(box.left - AWAY, at, text, across="right")
    _x_ticks(paper, box, x, whole)
    if chart.y.label:
        label = fonts.cut(chart.y.label, NORMAL, box.height)
        paper.text(MARGIN + 0.5 * NORMAL * PT, box.middle[1], label, across="center", upright=True)
    if chart.x.label:
        label = fonts.cut(chart.x.label, NORMAL, box.width)
        paper.text(box.middle[0], box.bottom + AWAY + 1.9 * NORMAL * PT, label, across="center")


def _x_ticks(paper: Paper, box: Box, x: Scale, whole: bool) -> None:
    for most in (8, 6, 5, 4, 3):
        seen = x.ticks(most, whole)
        widths = [fonts.width(text, NORMAL) for _, text in seen]
        if all(
            b[0] - a[0] > 24 + (wa + wb) / 2 for a, b, wa, wb in zip(seen, seen[1:], widths, widths[1:], strict=False)
        ):
            break
    for at, text in seen:
        paper.line([at, at], [box.bottom, box.bottom + TICK], LINE, 0.8)
        paper.text(at, box.bottom + AWAY + 0.5 * NORMAL * PT, text, across="center")


def _right_axis(paper: Paper, box: Box, axis: Axis, y: Scale) -> None:
    for at, text in y.ticks(6):
        paper.line([box.right, box.right + TICK], [at, at], LINE, 0.8)
        paper.text(box.right + AWAY, at, text)
    if axis.label:
        label = fonts.cut(axis.label, NORMAL, box.height)
        paper.text(WIDTH - MARGIN - 0.4 * NORMAL * PT, box.middle[1], label, across="center", upright=True)


def _line(paper: Paper, box: Box, values: _Values, look: Look, x: Scale, y: Scale, lines: int) -> None:
    """lines: how many the chart has."""
    color, thick = look.color, look.thick
    at, height = x.places(values.x), y.places(values.y)
    room = max(LEAST_POINTS, MOST_POINTS // lines)
    if len(values.low) and len(values.high):
        low, high = y.places(values.low), y.places(values.high)
        held = np.isfinite(at) & np.isfinite(low) & np.isfinite(high)
        if held.any():
            below, above = (_thinned(at[held], part[held], room) for part in (low, high))
            corners = np.concatenate([np.column_stack(below), np.column_stack(above)[::-1]])
            paper.area(corners, color, 0.18, box)
    shown = np.isfinite(at) & np.isfinite(height)
    if values.series.dots:
        paper.marks(*_apart(at[shown], height[shown], room), CIRCLE, DOT, color)
        return
    paper.line(*_thinned(at, height, room), color, thick, look.dash, box)
    alone = shown & ~np.roll(shown, 1) & ~np.roll(shown, -1) if len(shown) > 1 else shown
    if alone.any():  # one point alone makes no line
        paper.marks(*_apart(at[alone], height[alone], room), CIRCLE, DOT, color)


def _thinned(at: np.ndarray, height: np.ndarray, room: int) -> tuple[np.ndarray, np.ndarray]:
    """As many points as `room`, so that no eye sees it: of each run of them the first, the lowest, the highest, the
    last, and a gap."""
    if len(at) <= room:
        return at, height
    kept: set[int] = set()
    for run in np.array_split(np.arange(len(at)), room // 5):
        there = np.isfinite(at[run]) & np.isfinite(height[run])
        seen = run[there]
        if len(seen) == 0:
            kept.add(int(run[0]))
            continue
        ends = {int(seen[0]), int(seen[-1]), int(seen[height[seen].argmin()]), int(seen[height[seen].argmax()])}
        kept |= ends | set(map(int, run[~there][:1]))
    which = sorted(kept)
    return at[which], height[which]


def _apart(at: np.ndarray, height: np.ndarray, room: int) -> tuple[np.ndarray, np.ndarray]:
    """Of points that lie on each other one, so that there are no more than `room`."""
    for side in (1, 2, 4, 8, 16, 32):
        if len(at) <= room:
            break
        cells = np.column_stack([at, height]) // side
        which = np.sort(np.unique(cells, axis=0, return_index=True)[1])
        at, height = at[which], height[which]
    return at[:room], height[:room]


def _sample(series: Series, look: Look, paper: Paper, left: float, middle: float) -> None:
    color, thick = look.color, look.thick
    if len(series.low) and len(series.high):
        paper.box(Box(left, middle - 12, legend.SAMPLE, 24), fill=color, alpha=0.18)
    if series.dots:
        paper.marks([left + legend.SAMPLE / 2], [middle], CIRCLE, DOT, color)
    else:
        paper.line(
            [left, left + legend.SAMPLE], [middle, middle], color, max(thick, 1.3), DASH if series.dashed else None
        )
