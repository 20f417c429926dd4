"""Data sets of any number of classes, numbered from 0. No torch.

Class by class and point by point x and y are drawn: of a blob the place itself, of an arm the noise, also where there
is none. Nothing else is drawn.
"""

from __future__ import annotations

import math

from playground.original import libm
from playground.original.generators import Point
from playground.original.prng import SeedRandom

RADIUS = 3.2  # of the circle that the blobs stand on
VARIANCE = (0.25, 4.0)  # of a blob: without noise, and by how much it grows with each whole of noise
TURNS = 3.5  # of an arm, shared among the arms: they lie as far apart as the original's two, however many


def blobs(n: int, noise: float, rng: SeedRandom, classes: int) -> list[Point]:
    """A normal distribution for each class, side by side on a circle, the first at the top. Noise widens them."""
    variance = VARIANCE[0] + VARIANCE[1] * noise
    points = []
    for label in range(classes):
        angle = 2 * math.pi * label / classes
        x, y = RADIUS * libm.sin(angle), RADIUS * libm.cos(angle)
        points += [(rng.normal(x, variance), rng.normal(y, variance), float(label)) for _ in range(n // classes)]
    return points


def arms(n: int, noise: float, rng: SeedRandom, classes: int) -> list[Point]:
    """A spiral with an arm for each class; with two, the original's. Noise moves the points."""
    each = n // classes
    points = []
    for label in range(classes):
        for i in range(each):
            r = i / each * 5
            t = TURNS / classes * i / each * 2 * math.pi + 2 * math.pi * label / classes
            x = r * libm.sin(t) + rng.uniform(-1, 1) * noise
            y = r * libm.cos(t) + rng.uniform(-1, 1) * noise
            points.append((x, y, float(label)))
    return points
