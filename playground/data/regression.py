"""More data sets of regression, in the form of the original's. No torch.

Points, noise and the order of the draws are those of the original's two: x, y, the noise in x, the noise in y.
"""

from __future__ import annotations

import math

from playground.original import libm
from playground.original.generators import regression


def _wave(x: float, y: float) -> float:
    return libm.cos(math.sqrt(x * x + y * y))


def _saddle(x: float, y: float) -> float:
    """From -1 to 1 in [-6, 6] squared, and no more beyond it, where the noise may lead."""
    return max(-1.0, min(1.0, (x * x - y * y) / 36))


wave = regression(_wave)
saddle = regression(_saddle)
