import struct
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.config import Config
from playground.engine import Engine
from playground.serving import wire
from support.strategies import configs


@settings(max_examples=30, deadline=None)
@given(configs(), st.data())
def test_a_frame_is_laid_out_as_the_protocol_says(config, data):
    engine = Engine(config)
    engine.train()
    sizes = engine.sizes
    layer = data.draw(st.integers(0, len(sizes) - 2))
    node = data.draw(st.integers(0, sizes[layer + 1] - 1))
    scores = engine.scores()
    packed = wire.pack(engine, scores, 7, wire.PLAYING, (layer, node))

    assert struct.unpack_from("<3I2H", packed) == (0x31464C50, 7, 1, len(sizes) - 1, 1)
    assert np.array_equal(struct.unpack_from("<4d", packed, 16), scores, equal_nan=True)
    room, head = (8, 64) if len(sizes) <= 8 else (12, 72)
    assert struct.unpack_from(f"<{room}H", packed, 48) == (*sizes, *[0] * (room - len(sizes)))
    n_parameters = sum(a * b + b for a, b in pairwise(sizes))
    parameters = np.frombuffer(packed, "<f8", n_parameters, head)
    assert np.array_equal(parameters, engine.parameters, equal_nan=True)
    n_nodes = sum(sizes[1:])
    at = head + 8 * n_parameters + 100 * n_nodes
    assert struct.unpack_from("<2H", packed, at) == (layer, node)
    assert len(packed) == at + 4 + 10_000 + (
        len(engine.train_points) + len(engine.test_points) if config.has_classes else 0
    )


@settings(max_examples=30, deadline=None)
@given(configs())
def test_maps_and_thumbnails_are_the_engines_to_a_128th(config):
    engine = Engine(config)
    engine.train()
    if not engine.finite:
        return
    packed = wire.pack(engine, engine.scores(), 1, 0, (0, 0))
    maps = engine.maps()
    if wire.whole(engine) == (0, 0):  # no hidden layer
        assert not config.has_classes
    packed = packed[: len(packed) - engine.classified().size]
    picture = np.frombuffer(packed, np.int8, 10_000, len(packed) - 10_000).reshape(100, 100)
    assert np.array_equal(picture >= 0, maps[0] >= 0)
    assert np.array_equal(picture, np.clip(np.floor(maps[0] * 128), -128, 127))
    n_nodes = len(maps)
    thumbnails = np.frombuffer(packed, np.int8, 100 * n_nodes, len(packed) - 10_004 - 100 * n_nodes)
    means = maps.reshape(n_nodes, 10, 10, 10, 10).mean(axis=(2, 4)).ravel()
    assert np.abs(thumbnails - np.clip(np.floor(means * 128), -128, 127)).max() <= 1  # a mean on the edge of a step


def test_not_a_number_is_sent_as_zero():
    engine = Engine(Config())
    engine.set_weight(0, 0, 0, float("nan"))
    packed = wire.pack(engine, engine.scores(), 1, wire.DIVERGED, (2, 0))
    assert set(packed[-10_000:]) == {0}


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 6), st.sampled_from([100, 50, 25]), st.integers(0, 9999))
def test_the_picture_of_several_classes_has_the_likeliest_of_each_cell_and_how_sure_it_is(classes, side, seed):
    weights = np.random.default_rng(seed).random((classes, 100, 100))
    likely = weights / weights.sum(axis=0)
    codes = wire.outcome(likely, side).astype(int) + 128
    cell = 100 // side
    means = likely.reshape(classes, side, cell, side, cell).mean(axis=(2, 4)).reshape(classes, -1)
    assert np.array_equal(codes // wire.LEVELS, means.argmax(axis=0))
    sure = (classes * means.max(axis=0) - 1) / (classes - 1)
    assert (abs(codes % wire.LEVELS - np.floor(sure * wire.LEVELS)) <= 1).all()
    assert (codes % wire.LEVELS <= sure * wire.LEVELS + 1e-9).all()


def test_a_class_that_is_certain_and_one_that_is_not_fit_their_levels():
    certain, even = np.zeros((6, 100, 100)), np.full((6, 100, 100), 1 / 6)
    certain[5] = 1
    assert set(wire.outcome(certain)) == {5 * 42 + 41 - 128}
    assert set(wire.outcome(even)) <= {42 * label - 128 for label in range(6)}
    assert set(wire.outcome(np.full((6, 100, 100), np.nan))) == {-128}


def test_a_frame_of_the_default_net_has_10968_bytes():
    engine = Engine(Config())
    assert len(wire.pack(engine, engine.scores(), 1, 0, (2, 0))) == 10_968


@pytest.mark.parametrize("config", [Config(), Config(problem="regression", perc_train_data=90)])
def test_points_are_sent_exactly(config):
    engine = Engine(config)
    packed = wire.pack_points(engine, 3)
    magic, generation, n_train, n_test = struct.unpack_from("<4I", packed)
    assert (magic, generation) == (0x31504C50, 3)
    values = np.frombuffer(packed, "<f8", offset=16).reshape(-1, 3)
    assert np.array_equal(values[:n_train], engine.train_points)
    assert np.array_equal(values[n_train:], engine.test_points)
    assert n_train + n_test == len(values)
