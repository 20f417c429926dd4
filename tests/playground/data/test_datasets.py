import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.config import ANY_CLASSES, FIELDS, MEASURED, OWN_DATA, TWO_CLASSES, Config
from playground.data import datasets
from playground.original import generators
from playground.original.prng import SeedRandom
from playground.point_set import measured
from playground.recording.edits import edited
from support.strategies import configs, point_sets, strokes

OTHERS = [name for name in datasets.DATASETS if name not in generators.DATASETS]
DRAWN = ["xor", "checkerboard"]  # whose classes are by chance

seeds = st.integers(0, 99999).map(lambda number: f"{number / 1e5:.5f}")


def made(name, noise, seed):
    points, _ = datasets.make.__wrapped__(name, noise, seed, 3 if name in ANY_CLASSES else 1)
    return points


def config_of(name, **settings):
    problem, attribute = ("regression", "reg_dataset") if name.startswith("reg-") else ("classification", "dataset")
    return Config(problem=problem, **{attribute: name}, **settings)


def test_the_table_holds_just_the_names_a_config_allows_the_originals_first():
    assert list(datasets.DATASETS)[:6] == list(generators.DATASETS)
    for key in ("dataset", "regDataset"):
        names = tuple(name for name in FIELDS[key].kind.values if name not in (*MEASURED, OWN_DATA))
        assert names == tuple(name for name in datasets.DATASETS if name in names)
    names = {*FIELDS["dataset"].kind.values, *FIELDS["regDataset"].kind.values}
    assert set(datasets.DATASETS) == names - {*MEASURED, OWN_DATA}


@settings(max_examples=60)
@given(st.sampled_from(list(datasets.DATASETS)), seeds, st.floats(0, 80))
def test_points_are_as_many_as_said_and_labels_are_classes_or_numbers(name, seed, noise):
    points = made(name, noise, seed)
    assert points.shape == (datasets.DATASETS[name].n, 3)
    assert np.isfinite(points).all()
    labels = points[:, 2]
    if name in ANY_CLASSES:
        assert set(labels) == {0.0, 1.0, 2.0}
    elif name in FIELDS["dataset"].kind.values:
        assert set(labels) == {-1.0, 1.0}
    elif name in OTHERS:
        assert (abs(labels) <= 1).all()  # the original's plane goes beyond


@settings(max_examples=40)
@given(st.sampled_from(OTHERS), seeds)
def test_without_noise_all_points_are_on_the_plane(name, seed):
    points = made(name, 0, seed)
    assert (abs(points[:, :2]) <= 6).all()


@pytest.mark.parametrize("name", TWO_CLASSES)
def test_classification_is_half_and_half_without_noise(name):
    points, _ = datasets.make(name, 0, "0.2")
    assert abs(points[:, 2].sum()) < (60 if name in DRAWN else 1)


@pytest.mark.parametrize("name", datasets.DATASETS)
def test_noise_keeps_the_underlying_draws(name):
    """Positions do not depend on the noise where it only blurs the labels; elsewhere they move by a multiple of it."""
    clear, little, much = (made(name, noise, "0.1") for noise in (0, 10, 20))
    if name == "gauss":  # the noise widens the bells: the same directions from the centres
        centre = 2 * clear[:, 2:]
        near, far = clear[:, :2] - centre, little[:, :2] - centre
        assert np.allclose(far / near, math.sqrt((0.5 + 0.7) / 0.5))
    elif name == "blobs":
        angle = clear[:, 2] * 2 * math.pi / 3
        centre = 3.2 * np.stack([np.sin(angle), np.cos(angle)], axis=1)
        assert np.allclose((little[:, :2] - centre) / (clear[:, :2] - centre), math.sqrt((0.25 + 0.4) / 0.25))
    else:
        assert np.allclose(much[:, :2] - clear[:, :2], 2 * (little[:, :2] - clear[:, :2]), atol=1e-12)


@pytest.mark.parametrize("name", datasets.DATASETS)
def test_noise_moves_points_or_labels(name):
    clear, noisy = made(name, 0, "0.1"), made(name, 50, "0.1")
    moved = not np.array_equal(clear[:, :2], noisy[:, :2])
    assert moved == (name in ("gauss", "spiral", "moons", *ANY_CLASSES))
    assert moved == np.array_equal(clear[:, 2], noisy[:, 2])


@settings(max_examples=50)
@given(configs())
def test_train_and_test_points_are_all_points_once(config):
    train, test = datasets.split(config)
    points, _ = datasets.make(*config.data)
    assert np.array_equal(np.concatenate([train, test]), points)
    assert len(train) == math.floor(len(points) * config.perc_train_data / 100)
    assert np.isfinite(points).all()


def test_cached_points_cannot_be_changed():
    train, _ = datasets.split(Config())
    with pytest.raises(ValueError, match="read-only"):
        train[0, 0] = 1


# The first points of seed 0.31415 with 10 % noise. They are in links: whoever has to change a number here breaks them.
GOLDEN = {
    "moons": [
        [1.1321874769716214, 1.1906971057536095, 1.0],
        [-4.8495458116830905, 0.8844984476587661, 1.0],
        [4.074097308252625, -1.4761916770990315, -1.0],
    ],
    "rings": [
        [1.012454005564961, -2.480654138386582, -1.0],
        [0.6245931000042928, 2.0467957937332693, -1.0],
        [-0.5728126431560551, 0.05377709420742607, 1.0],
    ],
    "checkerboard": [
        [2.0213867339476366, -0.8920621980158501, -1.0],
        [-4.3562477133053665, -5.247469048157769, 1.0],
        [1.023182109067092, 3.4430227096670762, -1.0],
    ],
    "sine": [
        [2.1517334174345457, 0.9120290679377927, -1.0],
        [-4.320309641631708, 2.154502959251762, -1.0],
        [0.903977636333865, 4.769625231625478, 1.0],
    ],
    "cubic": [
        [2.1517334174345457, -3.332449197033366, -1.0],
        [-4.320309641631708, 0.342508655815688, -1.0],
        [0.903977636333865, 1.5390473792052282, 1.0],
    ],
    "absolute": [
        [2.1517334174345457, -2.4440837184988267, -1.0],
        [-4.320309641631708, 0.70246303958946, -1.0],
        [0.903977636333865, 0.3162231336429997, 1.0],
    ],
    "reg-wave": [
        [-4.73476025545653, -3.6368933629502243, 0.7957300002998838],
        [-2.1557149490408762, 1.1583907375919296, -0.9001526009036601],
        [-5.626201202672426, -5.6087272321080315, 0.11539682242684288],
    ],
    "reg-saddle": [
        [-4.73476025545653, -3.6368933629502243, 0.22758467632853938],
        [-2.1557149490408762, 1.1583907375919296, 0.158590002468631],
        [-5.626201202672426, -5.6087272321080315, 0.21186502838978497],
    ],
    "blobs": [
        [-1.3067986858619134, 2.1440138453969793, 0.0],
        [1.265444897046771, 2.8918278267654474, 0.0],
        [-2.1787938446437587, -0.8449894380025494, 2.0],
    ],
    "arms": [
        [-2.3205703548955605, -1.5459568520466005, 0.0],
        [-2.801276654111997, -0.990930525440213, 0.0],
        [1.0588195832844582, -1.430608551457022, 0.0],
    ],
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_link_gives_the_same_points_for_ever(name):
    train, _ = datasets.split(config_of(name, noise=10, seed="0.31415"))
    assert train[:3].tolist() == GOLDEN[name]


# --- points that nobody generates -------------------------------------------------------------------------------------


def placed(own, seed="0.3", noise=0.0):
    points, stream = datasets.make.__wrapped__("own", noise, seed, 1, own)
    return points, stream


@given(point_sets(st.sampled_from([0, 3])), seeds)
def test_points_that_nobody_generates_are_all_there_in_an_order_of_the_seed(own, seed):
    points, stream = placed(own, seed)
    assert sorted(map(tuple, points.tolist())) == sorted(own.points)
    assert np.array_equal(points, placed(own, seed)[0])
    assert stream.draws(1) == SeedRandom(seed).draws(1)  # so that the weights are the first of the seed


def test_their_order_is_another_with_another_seed():
    orders = {tuple(map(tuple, placed(measured("penguins"), f"0.{seed}")[0])) for seed in range(1, 9)}
    assert len(orders) == 8


@given(point_sets(st.just(3)), st.data(), seeds)
def test_points_that_come_and_go_leave_the_others_in_their_order(own, data, seed):
    edit = data.draw(strokes(own))
    before, after = (placed(one, seed)[0].tolist() for one in (own, edited(own, [edit])))
    both = [point for point in after if point in before]
    assert both == [point for point in before if point in after]


def test_noise_moves_each_of_them_evenly_by_up_to_two():
    own = measured("penguins")
    by_label = placed(own, noise=50)[0]
    plain = placed(own)[0]
    assert np.array_equal(by_label[:, 2], plain[:, 2])  # noise changes no order
    moved = (by_label - plain)[:, :2]
    assert np.abs(moved).max() <= datasets.REACH / 2
    assert np.abs(moved).max() > 0.95 * datasets.REACH / 2
    assert np.abs(moved.mean(axis=0)).max() < 0.1
    assert abs(np.corrcoef(moved.T)[0, 1]) < 0.2
