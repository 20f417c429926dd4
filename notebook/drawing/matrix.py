"""How often each row was taken for each column: counts, shares of the row, and colours for both."""

from __future__ import annotations

import math

from notebook.drawing import colors, fonts
from notebook.drawing.colors import INK, MUTED, WHITE, css, mixed
from notebook.drawing.fonts import PT
from notebook.drawing.paper import MARGIN, NORMAL, SMALL, TINY, WIDTH, Box, BrokenError, Paper
from notebook.figures import Matrix

MOST = 176  # pixels of a cell
LABEL_ROOM = 330  # for the names of the rows
SHARES_FROM = 104  # pixels of a cell in which a share has room below the count
PALE = 0.12


def draw(matrix: Matrix) -> bytes:
    if len(matrix.counts) != len(matrix.rows) or any(len(row) != len(matrix.columns) for row in matrix.counts):
        raise BrokenError("a count for each row and column")
    is_square = matrix.rows == matrix.columns
    names = max(fonts.width(fonts.plain(name), NORMAL) for name in matrix.rows)
    left = MARGIN + (1.5 * NORMAL * PT if matrix.row_label else 0) + min(names, LABEL_ROOM) + 18
    shares = fonts.width("100.0%", SMALL) + 24 if is_square else 0  # how many of a row were right
    cell = math.floor(min(MOST, (WIDTH - left - shares - MARGIN) / len(matrix.columns)))
    left = round(left + max(0, (WIDTH - left - shares - MARGIN - cell * len(matrix.columns)) / 2))
    upright = any(fonts.width(fonts.plain(name), NORMAL) > cell - 8 for name in matrix.columns)
    longest = max(fonts.width(fonts.plain(name), NORMAL) for name in matrix.columns)
    heads = min(longest, LABEL_ROOM) + 12 if upright else 1.3 * NORMAL * PT
    top = round(MARGIN + (1.45 * NORMAL * PT if matrix.column_label else 0) + heads + 10)
    paper = Paper(top + cell * len(matrix.rows) + MARGIN)
    _heads(paper, matrix, left, top, cell, upright)
    worst = max(
        [1, *(n for r, row in enumerate(matrix.counts) for c, n in enumerate(row) if not (is_square and r == c))]
    )
    for r, row in enumerate(matrix.counts):
        total = sum(row)
        for c, count in enumerate(row):
            box = Box(left + c * cell, top + r * cell, cell, cell)
            _cell(paper, box, count, total, worst, is_square and r == c)
        if is_square and total:
            text = _percent(row[r], total)
            paper.text(left + cell * len(matrix.columns) + 20, top + (r + 0.5) * cell, text, SMALL, color=MUTED)
    return paper.png()


def _heads(paper: Paper, matrix: Matrix, left: float, top: float, cell: float, upright: bool) -> None:
    across, down = cell * len(matrix.columns), cell * len(matrix.rows)
    for number, name in enumerate(matrix.columns):
        middle = left + (number + 0.5) * cell
        if upright:
            paper.text(middle, top - 14, fonts.cut(name, NORMAL, LABEL_ROOM), upright=True)
        else:
            paper.text(middle, top - 0.75 * NORMAL * PT, fonts.plain(name), across="center")
    for number, name in enumerate(matrix.rows):
        text = fonts.cut(name, NORMAL, LABEL_ROOM)
        paper.text(left - 18, top + (number + 0.5) * cell, text, across="right")
    if matrix.column_label:
        text = fonts.cut(matrix.column_label, NORMAL, across)
        paper.text(left + across / 2, MARGIN + 0.6 * NORMAL * PT, text, across="center", color=MUTED)
    if matrix.row_label:
        names = min(max(fonts.width(fonts.plain(name), NORMAL) for name in matrix.rows), LABEL_ROOM)
        text = fonts.cut(matrix.row_label, NORMAL, down)
        paper.text(left - names - 18 - 1.1 * NORMAL * PT, top + down / 2, text, NORMAL, "center", MUTED, upright=True)


def _cell(paper: Paper, box: Box, count: int, total: int, worst: int, is_right: bool) -> None:
    strength = (count / total if total else 0) if is_right else math.sqrt(count / worst)
    hue = colors.HIGH if is_right else colors.LOW
    share = PALE + (1 - PALE) * strength if is_right else 0.85 * strength
    fill = mixed(WHITE, hue, share if count else 0)
    paper.box(box, fill=css(fill), edge="#d4dbe2", width=0.5)
    if count == 0:
        paper.text(*box.middle, "·", NORMAL, "center", MUTED)
        return
    dark = fill @ (0.299, 0.587, 0.114) < 150
    color = "#ffffff" if dark else INK
    shown = f"{count:,}" if box.width >= SHARES_FROM else str(count)
    text, size = fonts.fitting(shown, box.width - 10, (NORMAL, SMALL, 6.0, TINY, 5.0, 4.5))
    x, y = box.middle
    if box.width < SHARES_FROM or not total:
        paper.text(x, y, text, size, "center", color)
        return
    paper.text(x, y - 0.5 * size * PT, text, size, "center", color)
    share_text, small = fonts.fitting(_percent(count, total), box.width - 8, (6.0, TINY, 5.0))
    paper.text(x, y + 0.75 * size * PT, share_text, small, "center", color)


def _percent(count: int, total: int) -> str:
    return f"{100 * count / total:.1f}%"
