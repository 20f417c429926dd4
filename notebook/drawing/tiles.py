"""Many small pictures in groups, each with a title and a note, and bars of how sure an answer is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from notebook.drawing import colors, fonts, legend, plane
from notebook.drawing.colors import INK, LINE, MUTED
from notebook.drawing.fonts import PT
from notebook.drawing.paper import MARGIN, NORMAL, SMALL, TINY, WIDTH, Box, BrokenError, Paper, enlarged
from notebook.figures import Group, Tile, Tiles

TALL = 2000  # pixels: as large as they can be below this height
SIDES = range(560, 24, -10)  # of a tile
FEW, LARGE = 3, 370  # more than so many are not larger
STRIP = 4  # times as wide as high: a few such tiles are as wide as their values need to be told apart
VALUE = 24  # pixels of a value of a strip, at most
GAP = 18
ROWS_GAP = 12  # more, where tiles have texts
BETWEEN = 44  # groups
TITLE, NOTE = 1.25 * SMALL * PT, 1.25 * SMALL * PT
HEAD = 1.5 * NORMAL * PT
BARS = 0.42  # of the width
INK_TABLE = np.repeat(255 - np.arange(256)[:, None], 3, axis=1).astype(np.uint8)


@dataclass(frozen=True)
class Laid:
    """A group where it stands. size: of a tile; cell: what it takes, with its texts."""

    group: Group
    left: float
    top: float
    columns: int
    size: tuple[int, int]
    cell: tuple[float, float]
    width: float


def draw(tiles: Tiles) -> bytes:
    for tile in (tile for group in tiles.groups for tile in group.tiles):
        if len(tile.pixels) != tile.width * tile.height:
            raise BrokenError("as many pixels as width * height")
    room = WIDTH - 2 * MARGIN - (BARS * WIDTH if tiles.bars else 0)
    most = SIDES[0] if sum(len(group.tiles) for group in tiles.groups) <= FEW else LARGE
    sides = [side for side in SIDES if side <= most]
    side = next((side for side in sides if _layout(tiles, side, room)[1] <= TALL), sides[-1])
    laid, bottom = _layout(tiles, side, room)
    scale = 74 if tiles.palette == "signed" else 0
    bars = MARGIN + len(tiles.bars) * 1.55 * NORMAL * PT
    paper = Paper(max(bottom, bars) + scale + MARGIN)
    for one in laid:
        _group(paper, one, tiles)
    if tiles.bars:
        _bars(paper, tiles, WIDTH - MARGIN - BARS * WIDTH + 40, MARGIN)
    if scale:
        _scale(paper, paper.height - MARGIN / 2 - 40)
    return paper.png()


def _layout(tiles: Tiles, side: int, room: float) -> tuple[list[Laid], float]:
    """The groups one beside another, as many as there is room for, and where they end."""
    made: list[Laid] = []
    left, top, tallest = float(MARGIN), float(MARGIN), 0.0
    alone = len(tiles.groups) == 1
    for group in tiles.groups:
        titles, notes = any(tile.title for tile in group.tiles), any(tile.note for tile in group.tiles)
        wide_tile, high_tile = _size(group, side, room)
        cell = (wide_tile + GAP, high_tile + GAP + titles * TITLE + notes * NOTE + (titles or notes) * ROWS_GAP)
        fit = max(1, math.floor((room + GAP) / cell[0]))
        columns = min(tiles.columns or len(group.tiles), fit, len(group.tiles))
        if alone and not tiles.columns and len(group.tiles) > fit:  # rows alike
            columns = math.ceil(len(group.tiles) / math.ceil(len(group.tiles) / fit))
        name = fonts.width(fonts.plain(group.label), NORMAL) if group.label else 0
        wide = max(columns * cell[0] - GAP, min(name, room))
        high = (HEAD if group.label else 0) + math.ceil(len(group.tiles) / columns) * cell[1]
        if left > MARGIN and left + wide > MARGIN + room + 0.5:
            left, top, tallest = MARGIN, top + tallest + BETWEEN / 2, 0.0
        made.append(Laid(group, left, top, columns, (wide_tile, high_tile), cell, wide))
        left += wide + BETWEEN
        tallest = max(tallest, high)
    return made, top + tallest


def _size(group: Group, side: int, room: float) -> tuple[int, int]:
    """Of a tile of the group: a square, or a strip."""
    wide, high = max(tile.width for tile in group.tiles), max(tile.height for tile in group.tiles)
    times = min(math.floor(room / wide), VALUE)
    is_strip = wide >= STRIP * high and len(group.tiles) <= FEW and times > 0
    return (times * wide, times * high) if is_strip else (side, side)


def _group(paper: Paper, laid: Laid, tiles: Tiles) -> None:
    top = laid.top
    if laid.group.label:
        paper.text(laid.left, top + 0.45 * HEAD, fonts.cut(laid.group.label, NORMAL, laid.width))
        top += HEAD
    titles = any(tile.title for tile in laid.group.tiles) * TITLE
    for number, tile in enumerate(laid.group.tiles):
        row, column = divmod(number, laid.columns)
        at = (round(laid.left + column * laid.cell[0]), round(top + row * laid.cell[1] + titles))
        box = Box(*at, *laid.size)
        _tile(paper, box, tile, tiles.palette, len(tiles.classes))


def _tile(paper: Paper, box: Box, tile: Tile, palette: str, classes: int) -> None:
    pixels = _pixels(tile, round(box.width), palette, classes)
    high, wide = pixels.shape[:2]
    left, top = round(box.left + (box.width - wide) / 2), round(box.top + (box.height - high) / 2)
    paper.image(left, top, pixels)
    paper.box(Box(left, top, wide, high), edge=LINE, width=0.5)
    for text, at in ((tile.title, top - 0.5 * TITLE), (tile.note, top + high + 0.55 * NOTE)):
        shown, size = fonts.fitting(text, box.width + GAP - 6, (SMALL, 6.0, TINY))
        paper.text(box.middle[0], at, shown, size, "center", INK if text is tile.title else MUTED)


def _pixels(tile: Tile, side: int, palette: str, classes: int) -> np.ndarray:
    """As large as there is room for, each pixel as large as any other; a map of the plane is smooth."""
    values = np.frombuffer(tile.pixels, dtype=np.uint8).reshape(tile.height, tile.width)
    if palette == "cells" and tile.width == tile.height:
        cells = (values.astype(int) - 128).astype(np.int8).tobytes()
        return plane.cells(cells, tile.width, side, classes, False)
    tables = {"ink": INK_TABLE, "signed": colors.FULL, "cells": colors.CLASS_MAP if classes else colors.MAP}
    times = side // max(tile.width, tile.height)
    if times > 0:
        return enlarged(tables[palette][values], times)
    index = [np.arange(side * length // max(values.shape)) * max(values.shape) // side for length in values.shape]
    return tables[palette][values[np.ix_(*index)]]


def _bars(paper: Paper, tiles: Tiles, left: float, top: float) -> None:
    high = 1.55 * NORMAL * PT
    names = min(max(fonts.width(fonts.plain(name), NORMAL) for name, _ in tiles.bars), 260)
    numbers = fonts.width("100.0%", NORMAL)
    start, wide = left + names + 16, WIDTH - MARGIN - numbers - 16 - left - names - 16
    best = max(value for _, value in tiles.bars)
    for number, (name, value) in enumerate(tiles.bars):
        middle = top + (number + 0.5) * high
        share = min(max(value, 0.0), 1.0) if math.isfinite(value) else 0.0
        paper.text(left + names, middle, fonts.cut(name, NORMAL, 260), across="right")
        paper.box(Box(start, middle - 0.3 * high, wide, 0.6 * high), fill="#eef1f4")
        if share:
            fill = colors.css(colors.HIGH) if value == best else "#9fc4de"
            paper.box(Box(start, middle - 0.3 * high, max(wide * share, 3), 0.6 * high), fill=fill)
        paper.text(WIDTH - MARGIN, middle, f"{100 * share:.1f}%", across="right")


def _scale(paper: Paper, top: float) -> None:
    box = Box(MARGIN + 40, top, 320, 30)
    legend.bar(paper, box, colors.FULL, upright=False)
    paper.text(box.left - 14, box.middle[1], "\N{MINUS SIGN}", NORMAL, "right", MUTED)
    paper.text(box.right + 14, box.middle[1], "+", NORMAL, color=MUTED)
    paper.text(box.middle[0], box.top - 4 - 0.4 * SMALL * PT, "0", SMALL, "center", MUTED)
