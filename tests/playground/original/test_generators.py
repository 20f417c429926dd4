import math

import numpy as np
import pytest
from hypothesis import given, settings

from playground import link
from playground.config import FIELDS, Config
from playground.original import generators
from support import golden
from support.strategies import configs


@pytest.mark.parametrize("run", golden.RUNS, ids=golden.name)
def test_points_are_the_originals_to_the_last_bit(run):
    train, test = generators.split(link.parse(run["hash"]))
    assert len(train) == run["n_train"]
    assert len(test) == run["n_test"]
    assert train[:5].tolist() == run["train_points"]
    assert test[:3].tolist() == run["test_points"]
    sums = np.concatenate([train, test]).sum(axis=0)
    assert np.allclose(sums, [run["sum_x"], run["sum_y"], run["sum_label"]], rtol=0, atol=1e-9)


def test_the_registry_holds_just_the_names_a_config_allows():
    assert set(generators.DATASETS) == {*FIELDS["dataset"].kind.values, *FIELDS["regDataset"].kind.values}


@pytest.mark.parametrize("name", generators.DATASETS)
def test_noise_keeps_the_underlying_draws(name):
    """Positions do not depend on the noise where it only blurs the labels; elsewhere they move by a multiple of it."""
    clear, _ = generators.make(name, 0, "0.1")
    little, _ = generators.make(name, 10, "0.1")
    much, _ = generators.make(name, 20, "0.1")
    if name == "gauss":  # the noise widens the bells: the same directions from the centres
        centre = 2 * clear[:, 2:]
        near, far = clear[:, :2] - centre, little[:, :2] - centre
        assert np.allclose(far / near, math.sqrt((0.5 + 0.7) / 0.5))
    else:
        assert np.allclose(much[:, :2] - clear[:, :2], 2 * (little[:, :2] - clear[:, :2]), atol=1e-12)


@settings(max_examples=50)
@given(configs())
def test_train_and_test_points_are_all_points_once(config):
    train, test = generators.split(config)
    points, _ = generators.make(config.data_name, config.noise, config.seed)
    assert np.array_equal(np.concatenate([train, test]), points)
    assert len(train) == math.floor(len(points) * config.perc_train_data / 100)
    assert np.isfinite(points).all()


@pytest.mark.parametrize("name", FIELDS["dataset"].kind.values)
def test_classification_is_half_and_half_without_noise(name):
    points, _ = generators.make(name, 0, "0.2")
    assert set(points[:, 2]) == {-1.0, 1.0}
    assert abs(points[:, 2].sum()) < (60 if name == "xor" else 1)  # xor draws its quadrants


def test_labels_of_the_plane_are_a_tenth_of_x_plus_y():
    points, _ = generators.make("reg-plane", 0, "0.3")
    assert np.allclose(points[:, 2], points[:, :2].sum(axis=1) / 10)


def test_labels_of_the_cones_are_1_at_their_tops_and_0_beyond_their_feet():
    points, _ = generators.make("reg-gauss", 0, "0.4")
    for x, y, label in points:
        cx, cy, sign = min(generators.CONES, key=lambda cone: math.hypot(x - cone[0], y - cone[1]))
        distance = math.hypot(x - cx, y - cy)
        assert label == pytest.approx(sign * max(0, 1 - distance / 2), abs=1e-12)


def test_cached_points_cannot_be_changed():
    train, _ = generators.split(Config())
    with pytest.raises(ValueError, match="read-only"):
        train[0, 0] = 1
