import numpy as np
import pytest
import torch
from hypothesis import given, settings

from playground import link, network
from playground.config import FEATURE_KEYS, Config
from playground.data import datasets
from playground.network import MLP
from playground.original.prng import SeedRandom
from support import golden
from support.strategies import configs


def build(config):
    _, stream = datasets.make(*config.data)
    return network.build(config, stream)


@pytest.mark.parametrize("run", golden.RUNS, ids=golden.name)
def test_initial_weights_are_the_originals_to_the_last_bit(run):
    assert build(link.parse(run["hash"])).as_json() == run["initial_weights"]


@settings(max_examples=50)
@given(configs())
def test_all_parameters_are_views_of_flat(config):
    mlp = build(config)
    assert sum(p.numel() for p in mlp.parameters()) == mlp.flat.numel()
    mlp.flat.copy_(torch.arange(mlp.flat.numel()))
    stacked = [torch.cat([w.flatten(), b]) for w, b in zip(mlp.weights, mlp.biases, strict=True)]
    assert torch.equal(torch.cat(stacked), mlp.flat)


def test_a_forward_pass_is_a_sequential_of_linear_layers():
    mlp = build(Config())
    twin = torch.nn.Sequential(
        torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1),
        torch.nn.Tanh(),
    ).double()  # fmt: skip
    for linear, weight, bias in zip(twin[::2], mlp.weights, mlp.biases, strict=True):
        linear.weight.data.copy_(weight)
        linear.bias.data.copy_(bias)
    x = torch.randn(2, 30, dtype=torch.float64)
    assert torch.allclose(mlp(x)[-1], twin(x.T).T, atol=1e-15)
    assert [tuple(output.shape) for output in mlp(x)] == [(4, 30), (2, 30), (1, 30)]


def test_zero_initialization_makes_the_draws_and_leaves_all_at_zero():
    assert not build(Config(init_zero=True)).flat.any()
    rng, twin = SeedRandom("1"), SeedRandom("1")
    MLP((2, 4, 1), ("tanh", "tanh")).initialize(rng, "zero")
    MLP((2, 4, 1), ("tanh", "tanh")).initialize(twin)
    assert rng.random() == twin.random()


def test_biases_start_at_a_tenth():
    assert all((bias == 0.1).all() for bias in build(Config()).biases)


def test_successive_draws_are_the_originals_successive_networks():
    """The original does not reseed on reset: its second network takes the draws after the first's."""
    _, stream = datasets.make("circle", 0, "0.5")
    stream = stream.copy()
    for draw in range(3):
        weights = [stream.random() - 0.5 for _ in range(18)]
        mlp = build(Config(seed="0.5", weights_draw=draw))
        assert torch.cat([weight.flatten() for weight in mlp.weights]).tolist() == weights


def test_a_network_of_no_inputs_is_its_biases():
    mlp = build(Config(x=False, y=False))
    assert mlp(torch.zeros(0, 5, dtype=torch.float64))[-1].shape == (1, 5)


def test_features_are_the_named_functions():
    x, y = 1.3, -0.7
    values = network.inputs(FEATURE_KEYS, [x], [y])[:, 0]
    assert np.allclose(values, [x, y, x * x, y * y, x * y, np.sin(x), np.sin(y)], rtol=1e-15)
    assert set(network.FEATURES) == set(FEATURE_KEYS)
