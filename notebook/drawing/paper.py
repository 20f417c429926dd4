"""What a picture is put on: white, WIDTH pixels wide, with the origin at the top left.

matplotlib's Agg draws lines and shapes, Pillow sets the texts, which lie above all else, and writes the PNG.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox
from PIL import Image, ImageDraw

from notebook.drawing import fonts
from notebook.drawing.colors import INK
from notebook.drawing.fonts import DPI, PT

WIDTH = 1620  # 12 cm, at which a text has its points; reports make them 11
NORMAL, SMALL, TINY = 8.0, 7.0, 5.5  # points
MARGIN = 24
MIDDLE = 0.36  # of a text's size: how far its middle is above its baseline
DASH = (3.2, 1.8)  # in widths of the line
DOTS = (1.0, 1.6)

Across = Literal["left", "center", "right"]
_ANCHORS: dict[Across, str] = {"left": "ls", "center": "ms", "right": "rs"}


class BrokenError(ValueError):
    """The numbers of a figure do not fit each other."""


class Box:
    """A part of the paper."""

    def __init__(self, left: float, top: float, width: float, height: float):
        self.left, self.top, self.width, self.height = left, top, width, height
        self.right, self.bottom = left + width, top + height
        self.middle = (left + width / 2, top + height / 2)


@dataclass(frozen=True)
class _Text:
    x: float
    baseline: float
    text: str
    size: float
    across: Across
    color: str
    upright: bool


class Paper:
    """What is put later lies above. Positions are pixels, downward."""

    def __init__(self, height: float, width: float = WIDTH):
        self.width, self.height = round(width), round(height)
        self._renderer = RendererAgg(self.width, self.height, DPI)
        self._pixels = np.asarray(self._renderer.buffer_rgba())  # which can be written to
        self._pixels[:] = 255
        self._down = Affine2D().scale(1, -1).translate(0, self.height)
        self._texts: list[_Text] = []

    def text(
        self,
        x: float,
        middle: float,
        text: str,
        size: float = NORMAL,
        across: Across = "left",
        color: str = INK,
        upright: bool = False,
    ) -> None:
        """middle: where half of its height is; with `upright`, which is read from below, where half of its width is,
        and x where half of its height is."""
        if text:
            shift = MIDDLE * size * PT
            x, y = (x + shift, middle) if upright else (x, middle + shift)
            self._texts.append(_Text(x, y, text, size, across, color, upright))

    def line(
        self,
        x: Sequence[float] | np.ndarray,
        y: Sequence[float] | np.ndarray,
        color: str = INK,
        width: float = 1.0,
        dash: tuple[float, float] | None = None,
        within: Box | None = None,
    ) -> None:
        """width: points. Where a number is none, the line has a gap."""
        pen = self._pen(color, width, within)
        pen.set_joinstyle("round")
        pen.set_capstyle("butt" if dash else "round")
        if dash:
            pen.set_dashes(0, [part * width for part in dash])
        path = Path(np.column_stack([x, y]))
        self._renderer.draw_path(pen, path, self._down)

    def curves(self, paths: Sequence[Path], colors: Sequence[str], widths: Sequence[float]) -> None:
        """widths: points."""
        pen = self._pen(INK, 1.0)
        for path, color, width in zip(paths, colors, widths, strict=True):
            pen.set_foreground(to_rgba(color), isRGBA=True)
            pen.set_linewidth(width)
            self._renderer.draw_path(pen, path, self._down)

    def area(self, corners: np.ndarray, color: str, alpha: float, within: Box | None = None) -> None:
        self._renderer.draw_path(self._pen(color, 0, within), Path(corners), self._down, to_rgba(color, alpha))

    def box(
        self, box: Box, fill: str | None = None, edge: str | None = None, width: float = 0.6, alpha: float = 1.0
    ) -> None:
        """width: of the edge, in points."""
        pen = self._pen(edge or INK, width if edge else 0)
        pen.set_joinstyle("miter")
        left, top, right, bottom = box.left, box.top, box.right, box.bottom
        path = Path([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], closed=True)
        self._renderer.draw_path(pen, path, self._down, to_rgba(fill, alpha) if fill else None)

    def marks(
        self,
        x: Any,
        y: Any,
        shape: Path,
        radius: float,
        fill: Any,
        edge: str = "#ffffff",
        width: float = 0.5,
        within: Box | None = None,
    ) -> None:
        """fill: a colour, or red, green and blue of each. width: of the edge, in points."""
        x, y = np.atleast_1d(x), np.atleast_1d(y)
        pen = self._pen(edge, width, within)
        one = None if isinstance(fill, np.ndarray) else to_rgba(fill)
        for number in range(len(x)):
            place = Affine2D().scale(radius).translate(x[number], self.height - y[number])
            self._renderer.draw_path(pen, shape, place, one or (*fill[number], 1.0))

    def image(self, left: float, top: float, pixels: np.ndarray) -> None:
        """Each pixel is one of the picture's."""
        left, top = round(left), round(top)
        self._pixels[top : top + pixels.shape[0], left : left + pixels.shape[1], :3] = pixels

    def png(self) -> bytes:
        image = Image.frombuffer("RGBA", (self.width, self.height), self._pixels, "raw", "RGBA", 0, 1)
        image.readonly = 0  # Pillow sets the texts into the pixels of Agg: the copies took a sixth of the time
        draw = ImageDraw.Draw(image)
        for text in self._texts:
            _set(image, draw, text)
        return encoded(self._pixels)

    def _pen(self, color: str, width: float, within: Box | None = None) -> Any:
        pen = self._renderer.new_gc()
        pen.set_foreground(to_rgba(color), isRGBA=True)
        pen.set_linewidth(width)
        if within is not None:
            bounds = Bbox([[within.left, self.height - within.bottom], [within.right, self.height - within.top]])
            pen.set_clip_rectangle(bounds)
        return pen


def _set(image: Image.Image, draw: ImageDraw.ImageDraw, text: _Text) -> None:
    parts = fonts.runs(text.text)
    if text.upright:
        _set_upright(image, text)
    elif len(parts) == 1:
        anchor = _ANCHORS[text.across]
        draw.text((text.x, text.baseline), text.text, text.color, fonts.font(text.size, parts[0][0]), anchor)
    else:
        at = text.x - {"left": 0.0, "center": 0.5, "right": 1.0}[text.across] * fonts.width(text.text, text.size)
        for other, part in parts:
            font = fonts.font(text.size, other)
            draw.text((at, text.baseline), part, text.color, font, "ls")
            at += font.getlength(part)


def _set_upright(image: Image.Image, text: _Text) -> None:
    """Set on a strip, which is turned."""
    wide, size = round(fonts.width(text.text, text.size)) + 2, text.size * PT
    above, below = round(1.2 * size), round(0.4 * size)
    strip = Image.new("L", (wide, above + below))
    line = _Text(1, above, text.text, text.size, "left", "white", False)
    _set(strip, ImageDraw.Draw(strip), line)
    turned = strip.transpose(Image.Transpose.ROTATE_90)
    top = text.baseline - {"left": 1.0, "center": 0.5, "right": 0.0}[text.across] * wide
    image.paste(text.color, (round(text.x) - above, round(top)), turned)


def encoded(pixels: np.ndarray) -> bytes:
    """As a PNG of 256 colours: a fourth of the bytes, and no eye sees it on paper. pixels: height x width x 4 bytes."""
    height, width, _ = pixels.shape
    keys = _keys(np.frombuffer(pixels, "<u4")).astype(np.intp)  # as counting and looking up want them
    counts = np.bincount(keys, minlength=_BOXES)
    there = np.flatnonzero(counts)
    colors = _middles(there).astype(np.float32)
    palette = _palette(colors, counts[there])
    table = np.zeros(_BOXES, np.uint8)
    table[there] = (_squares(palette) - 2 * colors @ palette.T).argmin(axis=1)
    made = Image.frombytes("P", (width, height), table.take(keys).tobytes())
    made.putpalette(palette.astype(np.uint8).tobytes())
    file = io.BytesIO()
    made.save(file, "PNG", dpi=(DPI, DPI), compress_level=4)
    return file.getvalue()


def _palette(colors: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """256 of them: half are there most often, and then each is what would be most wrong without it. Numbers are whole:
    the same on every machine."""
    order = np.argsort(counts, kind="stable")[::-1]
    if len(colors) <= 256:
        return colors[order]
    chosen = list(order[:128])
    few = colors[chosen]
    squares = _squares(colors)
    wrong = (_squares(few) - 2 * colors @ few.T).min(axis=1) + squares
    for _ in range(128):
        worst = int(np.argmax(wrong * counts))
        chosen.append(worst)
        wrong = np.minimum(wrong, squares - 2 * colors @ colors[worst] + squares[worst])
    return colors[chosen]


def _squares(colors: np.ndarray) -> np.ndarray:
    return np.asarray(np.einsum("ij,ij->i", colors, colors))


_BITS = 6  # of red, green and blue, by which colours are the same
_BOXES = 2 ** (3 * _BITS)


def _keys(pixels: np.ndarray) -> np.ndarray:
    """The box of each pixel, which is red, green, blue and alpha from the lowest byte on."""
    keys = np.zeros_like(pixels)
    part = np.empty_like(pixels)  # the one that all have: fresh memory takes longer than what is computed
    for mask, shift in ((0xFC, 2), (0xFC00, 4), (0xFC0000, 6)):
        np.bitwise_and(pixels, mask, out=part)
        np.right_shift(part, shift, out=part)
        np.bitwise_or(keys, part, out=keys)
    return keys


def _middles(keys: np.ndarray) -> np.ndarray:
    """A colour of each box: white and black are themselves."""
    most = 2**_BITS - 1
    channels = np.column_stack([keys & most, (keys >> _BITS) & most, keys >> 2 * _BITS])
    return np.rint(channels * 255 / most).astype(np.int32)


def enlarged(pixels: np.ndarray, times: int) -> np.ndarray:
    return pixels.repeat(times, axis=0).repeat(times, axis=1)
