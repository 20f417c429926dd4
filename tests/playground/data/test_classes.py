"""Any number of classes: their places by other forms of the rules, and the draws one by one."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.config import ANY_CLASSES
from playground.data import classes, datasets
from playground.original import generators
from playground.original.prng import SeedRandom
from playground.point_set import MOST_CLASSES

N = datasets.DATASETS["blobs"].n
numbers = st.integers(2, MOST_CLASSES)
seeds = st.integers(0, 99999).map(lambda number: f"{number / 1e5:.5f}")


@pytest.mark.parametrize("name", ANY_CLASSES)
@pytest.mark.parametrize("count", range(2, MOST_CLASSES + 1))
def test_there_are_as_many_points_of_each_class_numbered_from_0(name, count):
    points, _ = datasets.make(name, 0, "0.1", count)
    assert np.array_equal(np.bincount(points[:, 2].astype(int)), [N // count] * count)


@settings(max_examples=30)
@given(numbers, seeds, st.floats(0, 0.8))
def test_a_blob_is_a_normal_cloud_whose_variance_grows_with_the_noise(count, seed, noise):
    rng = SeedRandom(seed)
    for index, (x, y, label) in enumerate(classes.blobs(N, noise, SeedRandom(seed), count)):
        assert label == index // (N // count)
        centre = 3.2 * np.exp(1j * (math.pi / 2 - 2 * math.pi * label / count))
        assert x == pytest.approx(rng.normal(centre.real, 0.25 + 4 * noise), abs=1e-12)
        assert y == pytest.approx(rng.normal(centre.imag, 0.25 + 4 * noise), abs=1e-12)


@settings(max_examples=30)
@given(numbers, seeds, st.floats(0, 0.8))
def test_every_arm_is_the_first_one_turned(count, seed, noise):
    draw = SeedRandom(seed).uniform
    each = N // count
    for index, (x, y, label) in enumerate(classes.arms(N, noise, SeedRandom(seed), count)):
        assert label == index // each
        step = index % each
        along = step / each
        place = 5 * along * np.exp(1j * (math.pi / 2 - 2 * math.pi * (3.5 * along + label) / count))
        assert x == pytest.approx(place.real + noise * draw(-1, 1), abs=1e-12)
        assert y == pytest.approx(place.imag + noise * draw(-1, 1), abs=1e-12)


@settings(max_examples=20)
@given(seeds, st.floats(0, 0.8))
def test_two_arms_are_the_originals_spiral(seed, noise):
    ours = classes.arms(500, noise, SeedRandom(seed), 2)
    theirs = generators.spiral(500, noise, SeedRandom(seed))
    assert [(x, y) for x, y, _ in ours] == [(x, y) for x, y, _ in theirs]
    assert [label for *_, label in ours] == [0.0 if label > 0 else 1.0 for *_, label in theirs]
