"""The font of the pictures, how wide a text is in it, and as much of a text as there is room for.

tools/notebook_font.py made it. No font of the system is used: pictures are the same everywhere.
"""

from __future__ import annotations

import functools
import itertools
import unicodedata
from pathlib import Path

from matplotlib import get_data_path
from matplotlib.ft2font import FT2Font
from PIL import ImageFont

PATH = Path(__file__).with_name("PlaylabSans-Regular.otf")
OTHER = Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"  # for signs that it lacks; it comes with matplotlib
FAMILY = ("Playlab Sans", "DejaVu Sans")  # as matplotlib knows them, once it is told of them
DPI = 340
PT = DPI / 72  # pixels

_SIGNS = frozenset(FT2Font(str(PATH)).get_charmap())


@functools.cache
def font(size: float, other: bool = False) -> ImageFont.FreeTypeFont:
    """size: points. other: for signs that the font lacks."""
    return ImageFont.truetype(str(OTHER if other else PATH), size * PT, layout_engine=ImageFont.Layout.BASIC)


def runs(text: str) -> list[tuple[bool, str]]:
    """The text in parts, each with whether it is set in the other font."""
    groups = itertools.groupby(text, lambda sign: ord(sign) not in _SIGNS)
    return [(other, "".join(signs)) for other, signs in groups]


@functools.lru_cache(maxsize=4096)
def width(text: str, size: float) -> float:
    """Pixels."""
    return sum(font(size, other).getlength(part) for other, part in runs(text))


def plain(text: str) -> str:
    """On one line, without what is no sign."""
    return "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)


def cut(text: str, size: float, room: float) -> str:
    """As much of it as there is room for, in pixels."""
    text = plain(text)
    if width(text, size) <= room:
        return text
    low, high = 0, len(text) - 1  # how many signs fit
    while low < high:
        middle = (low + high + 1) // 2
        if width(f"{text[:middle]}…", size) <= room:
            low = middle
        else:
            high = middle - 1
    return f"{text[:low].rstrip()}…" if low else ""


def fitting(text: str, room: float, sizes: tuple[float, ...]) -> tuple[str, float]:
    """The text and the largest of `sizes`, which fall, in which it has room; cut in the last."""
    text = plain(text)
    for size in sizes:
        if width(text, size) <= room:
            return text, size
    return cut(text, sizes[-1], room), sizes[-1]


def lines(text: str, size: float, room: float, most: int) -> list[str]:
    """In as many lines as `most`: broken between words, and anywhere between Chinese signs; the last is cut."""
    text = plain(text).strip()
    made: list[str] = []
    while text and len(made) < most - 1 and width(text, size) > room:
        end = max(1, len(cut(text, size, room)) - 1)
        space = text.rfind(" ", 0, end + 1)
        if text[end - 1].isascii() and text[end].isascii() and space > 0:
            end = space
        if text[end - 1] in "(（“" and end > 1:  # it opens what comes
            end -= 1
        made.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [line for line in [*made, cut(text, size, room)] if line]
