"""The labels by other forms of the rules, and the draws one by one, in the order of the module's docstring."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.data import datasets
from playground.original.prng import SeedRandom

HALF = datasets.DATASETS["moons"].n // 2
NAMES = ["moons", "rings", "checkerboard", "sine", "cubic", "absolute"]

seeds = st.integers(0, 99999).map(lambda number: f"{number / 1e5:.5f}")


def generated(name, noise, seed):
    dataset = datasets.DATASETS[name]
    return dataset.generate(dataset.n, noise, SeedRandom(seed))


def ring(x, y):
    return -1 if abs(math.hypot(x, y) - 2.5) <= 1 else 1


def square(x, y):
    return math.copysign(1, math.sin(math.pi * x / 3) * math.sin(math.pi * y / 3))


CURVES = {
    "sine": lambda x: 3 * math.sin(x),
    "cubic": lambda x: x**3 / 24 - x,
    "absolute": lambda x: max(x, -x) - 3,
}


def side(name):
    return lambda x, y: 1 if y > CURVES[name](x) else -1


# name -> the label of a place, and how far its noise reaches
RULES = {"rings": (ring, 2), "checkerboard": (square, 3)} | {name: (side(name), 3) for name in CURVES}


def places(name, n, draw):
    """Where the points are, drawn one by one; after each the noise is drawn by whoever asks for the next."""
    if name == "rings":
        for low, high, count in ((0, 1, n // 4), (2, 3, n // 2), (4, 5, n // 4)):
            for _ in range(count):
                r, angle = draw(low, high), draw(0, 2 * math.pi)
                yield r * math.sin(angle), r * math.cos(angle)
    elif name == "checkerboard":
        for _ in range(n):
            both = draw(-6, 6), draw(-6, 6)
            yield tuple(3 * math.floor(one / 3) + 0.3 + 0.8 * (one % 3) for one in both)
    else:
        for sign in (1, -1):
            for _ in range(n // 2):
                x = draw(-6, 6)
                yield x, CURVES[name](x) + sign * draw(0.5, 3)


@settings(max_examples=30)
@given(st.sampled_from(sorted(RULES)), seeds, st.floats(0, 0.8))
def test_a_label_is_that_of_the_place_to_which_the_noise_moves_the_point(name, seed, noise):
    rule, reach = RULES[name]
    draw = SeedRandom(seed).uniform
    found = generated(name, noise, seed)
    for (x, y, label), (px, py) in zip(found, places(name, len(found), draw), strict=True):
        assert (x, y) == pytest.approx((px, py), abs=1e-12)
        moved = px + noise * draw(-reach, reach), py + noise * draw(-reach, reach)
        assert label == rule(*moved)


def from_moon(x, y, label):
    """How far a place is from the nearest of a moon's."""
    x, y = label * x + 1.75, label * y + 0.875  # as the upper moon, around the origin
    return abs(math.hypot(x, y) - 3.5) if y >= 0 else math.hypot(abs(x) - 3.5, y)


@settings(max_examples=20)
@given(seeds, st.floats(0, 0.8))
def test_a_moon_is_half_a_circle_from_which_the_noise_moves_its_points(seed, noise):
    draw = SeedRandom(seed).uniform
    for index, (x, y, label) in enumerate(generated("moons", noise, seed)):
        assert label == (1 if index < HALF else -1)
        angle = draw(0, math.pi)
        place = [label * (3.5 * math.cos(angle) - 1.75), label * (3.5 * math.sin(angle) - 0.875)]
        assert from_moon(*place, label) < 1e-12
        moved = [one + noise * draw(-1.75, 1.75) for one in place]
        assert [x, y] == pytest.approx(moved, abs=1e-12)


@settings(max_examples=40)
@given(st.sampled_from(NAMES), seeds)
def test_without_noise_the_classes_keep_apart_by_the_rule(name, seed):
    for x, y, label in generated(name, 0, seed):
        if name == "moons":
            assert from_moon(x, y, label) < 1e-12
            gap, least = from_moon(x, y, -label), 1.7
        elif name == "rings":
            gap, least = min(abs(math.hypot(x, y) - border) for border in (1.5, 3.5)), 0.5
        elif name == "checkerboard":
            gap, least = min(abs(one - 3 * round(one / 3)) for one in (x, y)), 0.3
        else:
            gap, least = abs(y - CURVES[name](x)), 0.5
        assert gap >= least - 1e-12
        if name in RULES:
            assert label == RULES[name][0](x, y)


@pytest.mark.parametrize("name", RULES)
def test_the_more_noise_the_more_labels_are_mixed(name):
    mixed = []
    for noise in (0, 0.2, 0.5, 0.8):
        labels = [(label, RULES[name][0](x, y)) for x, y, label in generated(name, noise, "0.5")]
        mixed.append(np.mean([label != true for label, true in labels]))
    assert mixed[0] == 0
    assert mixed == sorted(mixed)
    assert 0.15 < mixed[-1] < 0.5
