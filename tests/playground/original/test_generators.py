import math

import numpy as np
import pytest

from playground import link
from playground.data import datasets
from playground.original import generators
from support import golden


@pytest.mark.parametrize("run", golden.RUNS, ids=golden.name)
def test_points_are_the_originals_to_the_last_bit(run):
    train, test = datasets.split(link.parse(run["hash"]))
    assert len(train) == run["n_train"]
    assert len(test) == run["n_test"]
    assert train[:5].tolist() == run["train_points"]
    assert test[:3].tolist() == run["test_points"]
    sums = np.concatenate([train, test]).sum(axis=0)
    assert np.allclose(sums, [run["sum_x"], run["sum_y"], run["sum_label"]], rtol=0, atol=1e-9)


def test_they_are_the_originals_six():
    assert list(generators.DATASETS) == ["circle", "xor", "gauss", "spiral", "reg-plane", "reg-gauss"]


def test_labels_of_the_plane_are_a_tenth_of_x_plus_y():
    points, _ = datasets.make("reg-plane", 0, "0.3")
    assert np.allclose(points[:, 2], points[:, :2].sum(axis=1) / 10)


def test_labels_of_the_cones_are_1_at_their_tops_and_0_beyond_their_feet():
    points, _ = datasets.make("reg-gauss", 0, "0.4")
    for x, y, label in points:
        cx, cy, sign = min(generators.CONES, key=lambda cone: math.hypot(x - cone[0], y - cone[1]))
        distance = math.hypot(x - cx, y - cy)
        assert label == pytest.approx(sign * max(0, 1 - distance / 2), abs=1e-12)
