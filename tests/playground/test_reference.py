import copy
import dataclasses

import pytest
import torch

from playground import network
from playground.config import Config
from playground.data import datasets
from playground.reference import Trainer, loss

PLAIN = Config(seed="0.7")


@pytest.fixture
def problem():
    config = PLAIN
    points, _ = datasets.split(config)
    _, stream = datasets.make(*config.data)
    mlp = network.build(config, stream)
    x = torch.from_numpy(network.inputs(config.features, points[:, 0].tolist(), points[:, 1].tolist()))
    return mlp, x, torch.tensor(points[:, 2])


def test_an_epoch_is_one_of_torchs_sgd(problem):
    mlp, x, y = problem
    twin = copy.deepcopy(mlp)
    optimizer = torch.optim.SGD(twin.parameters(), lr=0.03)
    for start in range(0, y.numel(), 10):
        optimizer.zero_grad()
        (0.5 * (twin(x[:, start : start + 10])[-1][0] - y[start : start + 10]) ** 2).mean().backward()
        optimizer.step()
    Trainer(mlp, PLAIN).epoch(x, y)
    for ours, theirs in zip(mlp.parameters(), twin.parameters(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-14)


def test_training_lowers_the_loss(problem):
    mlp, x, y = problem
    before = loss(mlp, PLAIN, x, y)
    trainer = Trainer(mlp, PLAIN)
    for _ in range(100):
        trainer.epoch(x, y)
    assert loss(mlp, PLAIN, x, y) < before / 2


def test_l2_is_weight_decay_and_spares_the_biases(problem):
    mlp, x, y = problem
    twin = copy.deepcopy(mlp)
    Trainer(mlp, PLAIN).epoch(x[:, :10], y[:10])
    strong = dataclasses.replace(PLAIN, regularization="L2", regularization_rate=0.5)
    Trainer(twin, strong).epoch(x[:, :10], y[:10])
    _, stream = datasets.make("circle", 0, "0.7")
    start = network.build(Config(seed="0.7"), stream)
    for plain, decayed, before in zip(mlp.weights, twin.weights, start.weights, strict=True):
        assert torch.allclose(decayed, plain - 0.03 * 0.5 * before)
    for plain, decayed in zip(mlp.biases, twin.biases, strict=True):
        assert torch.equal(plain, decayed)


def test_dead_links_stay_at_zero(problem):
    mlp, x, y = problem
    trainer = Trainer(mlp, dataclasses.replace(PLAIN, regularization="L1", regularization_rate=1))
    for _ in range(5):
        trainer.epoch(x, y)
    dead = [mask.clone() for mask in trainer.dead]
    assert any(mask.any() for mask in dead)
    for _ in range(5):
        trainer.epoch(x, y)
    for weight, mask in zip(mlp.weights, dead, strict=True):
        assert not weight[mask].any()
