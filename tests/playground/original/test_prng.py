import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.original import prng
from playground.original.prng import SeedRandom
from support import golden


@pytest.mark.parametrize("seed", golden.DRAWS)
def test_draws_1_to_5_and_1001_are_seedrandoms(seed):
    rng = SeedRandom(seed)
    draws = [rng.random() for _ in range(1001)]
    assert [*draws[:5], draws[1000]] == golden.DRAWS[seed]


@given(st.text(max_size=300))
def test_any_string_seeds_a_stream_in_0_to_1(seed):
    rng = SeedRandom(seed)
    draws = [rng.random() for _ in range(20)]
    assert all(0 <= draw < 1 for draw in draws)
    assert len(set(draws)) > 1


def test_compiled_draws_equal_the_interpreted_ones():
    state = prng._schedule(prng._mix_key("0.5"))
    twin = state.copy()
    compiled, interpreted = np.empty(300), np.empty(300)
    prng._fill(state, compiled)
    prng._fill.py_func(twin, interpreted)
    assert compiled.tolist() == interpreted.tolist()


@settings(max_examples=50)
@given(st.lists(st.integers(0, 700), max_size=6))
def test_many_draws_at_once_are_those_one_by_one(counts):
    one, many = SeedRandom("0.3"), SeedRandom("0.3")
    for count in counts:
        assert many.draws(count).tolist() == [one.random() for _ in range(count)]
        assert many.random() == one.random()


def test_a_copy_goes_on_by_itself():
    rng = SeedRandom("1")
    rng.random()
    twin = rng.copy()
    ahead = [twin.random() for _ in range(1000)]
    assert [rng.random() for _ in range(1000)] == ahead


def test_shuffle_is_a_permutation():
    items = list(range(100))
    SeedRandom("2").shuffle(items)
    assert items != list(range(100))
    assert sorted(items) == list(range(100))


def test_normal_draws_have_the_mean_and_variance_asked_for():
    rng = SeedRandom("3")
    draws = np.array([rng.normal(2, 4) for _ in range(20_000)])
    error = 4 * math.sqrt(4 / draws.size)  # four standard errors
    assert abs(draws.mean() - 2) < error
    assert abs(draws.var() - 4) < 4 * 4 * math.sqrt(2 / draws.size)


@given(st.floats(-100, 100), st.floats(0, 100))
def test_uniform_draws_stay_in_their_range(low, width):
    rng = SeedRandom("4")
    assert all(low <= rng.uniform(low, low + width) <= low + width for _ in range(50))
