"""A TeX formula as a picture, by matplotlib's mathtext, a matrix cell by cell. What that cannot read stays text."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser
from matplotlib.patches import PathPatch
from matplotlib.transforms import Affine2D

from notebook.drawing import fonts
from notebook.export import matrices

MOST_LENGTH = 500  # characters; a hundred fractions take a second
MOST_POINTS = 2000  # in width and height: `\hspace{1e9}` asks for more
_DPI = 300
_FINE = 20  # mathtext measures in whole pixels
_MARGIN = 1.0  # points around it: letters lean over their boxes
_CHINESE = "\u2e80"  # and what comes after it, which mathtext's own fonts lack
_KINDS = ("rm", "it", "bf", "bfit", "sf", "tt", "cal")
_WITH_CHINESE: Any = {f"mathtext.{kind}": fonts.FAMILY[0] for kind in _KINDS} | {"mathtext.fallback": "stix"}

font_manager.fontManager.ttflist.clear()  # no font of this system: formulas are the same everywhere
for _path in (fonts.PATH, fonts.OTHER, *sorted(fonts.OTHER.parent.glob("*.ttf"))):
    if _path in (fonts.PATH, fonts.OTHER) or _path.name.startswith(("STIX", "cm")):
        font_manager.fontManager.addfont(_path)


@dataclass(frozen=True)
class Formula:
    """png: black on nothing. width, height, depth: points; depth is what lies below the line of the text."""

    png: bytes
    width: float
    height: float
    depth: float


def drawn(tex: str, size: float, is_display: bool = False) -> Formula | None:
    """The formula, its letters of `size` points; None where mathtext cannot read it. is_display: it has a line of its
    own."""
    text = " ".join(tex.split())
    if is_display:
        text = text.replace(r"\frac", r"\dfrac")
    if not text or len(text) > MOST_LENGTH or "$" in text.replace("\\$", ""):
        return None
    if max(text) < _CHINESE:
        return _drawn(text, FontProperties(math_fontfamily="stix", size=size))
    with matplotlib.rc_context(_WITH_CHINESE):
        return _drawn(text, FontProperties(math_fontfamily="custom", size=size))


def _drawn(text: str, font: FontProperties) -> Formula | None:
    try:
        laid = matrices.laid(text, font.get_size_in_points(), lambda part: _measured(part, font))
    except (ValueError, RuntimeError, RecursionError):
        return None
    if not (0 < laid.width <= MOST_POINTS and 0 < laid.above + laid.below <= MOST_POINTS):
        return None
    wide, high, below = laid.width + 2 * _MARGIN, laid.above + laid.below + 2 * _MARGIN, laid.below + _MARGIN
    figure = Figure(figsize=(wide / 72, high / 72))
    for x, y, part in laid.texts:
        figure.text((_MARGIN + x) / wide, (below + y) / high, f"${part}$", fontproperties=font)
    for path in laid.fences:
        to_figure = Affine2D().translate(_MARGIN, below).scale(1 / wide, 1 / high)
        figure.add_artist(
            PathPatch(path.transformed(to_figure), fill=False, linewidth=0.06 * font.get_size_in_points())
        )
    file = io.BytesIO()
    figure.savefig(file, dpi=_DPI, format="png", transparent=True, metadata={"Software": None})
    return Formula(file.getvalue(), wide, high, below)


def _measured(text: str, font: FontProperties) -> matrices.Size:
    """Raises what mathtext raises."""
    measured = MathTextParser("path").parse(f"${text}$", dpi=72 * _FINE, prop=font)
    width, height, depth = (float(value) / _FINE for value in measured[:3])
    return matrices.Size(width, height - depth, depth)
