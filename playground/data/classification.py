"""More data sets of two classes, -1 and 1, in the form of the original's. No torch.

Of each point is drawn, in this order: its place (moons: the angle; rings: the radius, then the angle; checkerboard: x,
then y; the curves: x, then how far from the curve), then the noise in x, then the noise in y, also where there is none.
Nothing else is drawn.

The noise is a share of a distance that each data set has. By up to so much a point moves in x and in y: before it is
labelled, so that the labels near the border are mixed, as in the original's circle; or for good, as in its spiral.
Without noise all points lie in [-6, 6] squared, and the classes keep apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from playground.original import libm
from playground.original.generators import Generator, Point
from playground.original.prng import SeedRandom

MOON = 3.5  # radius; from one moon to the tip of the other it is half as far
RINGS = ((0.0, 1.0, 1.0), (2.0, 3.0, -1.0), (4.0, 5.0, 1.0))  # from which radius to which, and the label
CELL = 3.0  # side of a square of the board
BAND = 3.0  # how far from a curve its points lie, upright


def moons(n: int, noise: float, rng: SeedRandom) -> list[Point]:
    """Two half circles, each with its tip within the other: first the upper one. The noise moves the points."""
    reach = MOON / 2
    points = []
    for label in (1.0, -1.0):
        for _ in range(n // 2):
            angle = rng.uniform(0, math.pi)
            x = label * (MOON * libm.cos(angle) - MOON / 2)
            y = label * (MOON * libm.sin(angle) - MOON / 4)
            x += rng.uniform(-reach, reach) * noise
            y += rng.uniform(-reach, reach) * noise
            points.append((x, y, label))
    return points


def rings(n: int, noise: float, rng: SeedRandom) -> list[Point]:
    """A disc, a ring of the other class with half the points, and a ring of the first; from the inside out."""
    reach = 2.0  # from ring to ring
    points = []
    for low, high, label in RINGS:
        for _ in range(n // 2 if label < 0 else n // 4):
            r = rng.uniform(low, high)
            angle = rng.uniform(0, 2 * math.pi)
            x, y = r * libm.sin(angle), r * libm.cos(angle)
            dx = x + rng.uniform(-reach, reach) * noise
            dy = y + rng.uniform(-reach, reach) * noise
            points.append((x, y, -1.0 if 1.5 <= math.sqrt(dx * dx + dy * dy) < 3.5 else 1.0))
    return points


def checkerboard(n: int, noise: float, rng: SeedRandom) -> list[Point]:
    """Four by four squares, of which those at the origin are coloured as in exclusive or."""

    def place() -> float:
        value = rng.uniform(-6, 6)
        centre = (math.floor(value / CELL) + 0.5) * CELL
        return centre + (value - centre) * 0.8

    points = []
    for _ in range(n):
        x, y = place(), place()
        dx = x + rng.uniform(-CELL, CELL) * noise
        dy = y + rng.uniform(-CELL, CELL) * noise
        points.append((x, y, 1.0 if (math.floor(dx / CELL) + math.floor(dy / CELL)) % 2 == 0 else -1.0))
    return points


def _curve(height: Callable[[float], float]) -> Generator:
    """Points above a curve and points below it, none nearer to it than 0.5 upright: first those above."""

    def generate(n: int, noise: float, rng: SeedRandom) -> list[Point]:
        points = []
        for side in (1.0, -1.0):
            for _ in range(n // 2):
                x = rng.uniform(-6, 6)
                y = height(x) + side * rng.uniform(0.5, BAND)
                dx = x + rng.uniform(-BAND, BAND) * noise
                dy = y + rng.uniform(-BAND, BAND) * noise
                points.append((x, y, 1.0 if dy >= height(dx) else -1.0))
        return points

    return generate


sine = _curve(lambda x: 3 * libm.sin(x))
cubic = _curve(lambda x: x * x * x / 24 - x)
absolute = _curve(lambda x: abs(x) - 3)
