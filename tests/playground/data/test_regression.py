"""The labels by other forms of the rules, and the draws one by one, in the order of the module's docstring."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.data import datasets
from playground.original.prng import SeedRandom

LABELS = {
    "reg-wave": lambda x, y: math.cos(math.hypot(x, y)),
    "reg-saddle": lambda x, y: sorted((-1, (x + y) * (x - y) / 36, 1))[1],
}


@settings(max_examples=20)
@given(st.sampled_from(sorted(LABELS)), st.integers(0, 99999), st.floats(0, 0.8))
def test_a_label_is_the_height_at_the_place_to_which_the_noise_moves_the_point(name, number, noise):
    seed, dataset = f"{number / 1e5:.5f}", datasets.DATASETS[name]
    draw = SeedRandom(seed).uniform
    for x, y, label in dataset.generate(dataset.n, noise, SeedRandom(seed)):
        place = draw(-6, 6), draw(-6, 6)
        assert (x, y) == place
        moved = [one + noise * draw(-6, 6) for one in place]
        assert label == pytest.approx(LABELS[name](*moved), abs=1e-12)


@pytest.mark.parametrize("name", LABELS)
def test_without_noise_labels_reach_both_ends_of_the_scale(name):
    labels = [label for _, _, label in datasets.DATASETS[name].generate(1200, 0, SeedRandom("0.5"))]
    assert min(labels) < -0.9
    assert max(labels) > 0.9
