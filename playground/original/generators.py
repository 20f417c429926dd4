"""The six data sets of the original, point for point.

A generator takes the number of points, the noise (0 to 0.8) and a stream of draws and returns a list of (x, y, label).
The order of the draws and of the operations is the original's: it decides every digit. No torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from playground.original import libm
from playground.original.prng import SeedRandom

Point = tuple[float, float, float]
Generator = Callable[[int, float, SeedRandom], list[Point]]


def _linear_scale(value: float, domain: tuple[float, float], target: tuple[float, float]) -> float:
    """d3's linear scale (version 3): the same operations in the same order."""
    t = (value - domain[0]) / (domain[1] - domain[0])
    return target[0] * (1 - t) + target[1] * t


def circle(n: int, noise: float, rng: SeedRandom) -> list[Point]:
    radius = 5.0
    points = []
    for low, high in ((0.0, radius * 0.5), (radius * 0.7, radius)):
        for _ in range(n // 2):
            r = rng.uniform(low, high)
            angle = rng.uniform(0, 2 * math.pi)
            x, y = r * libm.sin(angle), r * libm.cos(angle)
            dx = x + rng.uniform(-radius, radius) * noise
            dy = y + rng.uniform(-radius, radius) * noise
            points.append((x, y, 1.0 if math.sqrt(dx * dx + dy * dy) < radius * 0.5 else -1.0))
    return points


def xor(n: int, noise: float, rng: SeedRandom) -> list[Point]:
    def padded() -> float:
        value = rng.uniform(-5, 5)
        return value + (0.3 if value > 0 else -0.3)

    points = []
    for _ in range(n):
        x, y = padded(), padded()
        noise_x = rng.uniform(-5, 5) * noise
        noise_y = rng.uniform(-5, 5) * noise
        points.append((x, y, 1.0 if (x + noise_x) * (y + noise_y) >= 0 else -1.0))
    return points


def gauss(n: int, noise: float, rng: SeedRandom) -> list[Point]:
    variance = _linear_scale(noise, (0, 0.5), (0.5, 4))
    return [
        (rng.normal(centre, variance), rng.normal(centre, variance), label)
        for centre, label in ((2, 1.0), (-2, -1.0))
        for _ in range(n // 2)
    ]


def spiral(n: int, noise: float, rng: SeedRandom) -> list[Point]:
    half = n / 2
    points = []
    for delta, label in ((0.0, 1.0), (math.pi, -1.0)):
        for i in range(n // 2):
            r = i / half * 5
            t = 1.75 * i / half * 2 * math.pi + delta
            x = r * libm.sin(t) + rng.uniform(-1, 1) * noise
            y = r * libm.cos(t) + rng.uniform(-1, 1) * noise
            points.append((x, y, label))
    return points


def regression(label: Callable[[float, float], float]) -> Generator:
    """Points spread evenly over [-6, 6] squared, labelled at their noisy position."""

    def generate(n: int, noise: float, rng: SeedRandom) -> list[Point]:
        points = []
        for _ in range(n):
            x, y = rng.uniform(-6, 6), rng.uniform(-6, 6)
            noise_x = rng.uniform(-6, 6) * noise
            noise_y = rng.uniform(-6, 6) * noise
            points.append((x, y, label(x + noise_x, y + noise_y)))
        return points

    return generate


def _plane(x: float, y: float) -> float:
    return _linear_scale(x + y, (-10, 10), (-1, 1))


CONES = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))  # x, y, sign of height


def _cones(x: float, y: float) -> float:
    """The cone that is highest or lowest at (x, y), the first on a tie; radius 2, height 1."""
    label = 0.0
    for cx, cy, sign in CONES:
        dx, dy = x - cx, y - cy
        t = min(1.0, max(0.0, math.sqrt(dx * dx + dy * dy) / 2))
        height = sign * (1 - t)
        if abs(height) > abs(label):
            label = height
    return label


@dataclass(frozen=True)
class Dataset:
    """A row of the registry: how many points, and what makes them."""

    n: int
    generate: Callable[..., list[Point]]  # a Generator; of one with any number of classes, that number comes last


DATASETS = {
    "circle": Dataset(500, circle),
    "xor": Dataset(500, xor),
    "gauss": Dataset(500, gauss),
    "spiral": Dataset(500, spiral),
    "reg-plane": Dataset(1200, regression(_plane)),
    "reg-gauss": Dataset(1200, regression(_cones)),
}
