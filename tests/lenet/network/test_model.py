from __future__ import annotations

import pytest
import torch
from torch import nn

from lenet.config import TrainConfig
from lenet.network.model import C3_TABLE, LeCun1998, LeNet5, build, layer_table, squash

KEYS = ["conv1", "conv2", "fc1", "fc2", "fc3"]


def parameters(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def images(count: int = 8) -> torch.Tensor:
    return torch.rand(count, 1, 28, 28, generator=torch.Generator().manual_seed(1))


def exercise_network(activation: nn.Module, pooling: type[nn.Module]) -> nn.Sequential:
    """The exercise's list, from PyTorch's own layers."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), activation, pooling(2), nn.Conv2d(6, 16, 5), activation, pooling(2), nn.Flatten(),
        nn.Linear(256, 120), activation, nn.Linear(120, 84), activation, nn.Linear(84, 10),
    )  # fmt: skip


@pytest.mark.parametrize(("padding", "count"), [(0, 44_426), (2, 61_706)])
def test_lenet5_has_the_parameters_of_the_book(padding: int, count: int):
    assert parameters(LeNet5(padding=padding)) == count


def test_the_state_dict_has_the_exercises_names():
    assert list(LeNet5().state_dict()) == [f"{key}.{part}" for key in KEYS for part in ("weight", "bias")]


@pytest.mark.parametrize(("name", "activation"), [("relu", nn.ReLU()), ("sigmoid", nn.Sigmoid()), ("tanh", nn.Tanh())])
@pytest.mark.parametrize(("pooling", "layer"), [("max", nn.MaxPool2d), ("average", nn.AvgPool2d)])
def test_lenet5_is_the_exercises_list_in_values_and_gradients(name: str, activation, pooling: str, layer):
    model, reference = LeNet5(name, pooling), exercise_network(activation, layer)
    reference.load_state_dict(dict(zip(reference.state_dict(), model.state_dict().values(), strict=True)))
    x = images()
    ours, theirs = model(x), reference(x)
    assert torch.allclose(ours, theirs, atol=1e-6)
    labels = torch.arange(8)
    nn.functional.cross_entropy(ours, labels).backward()
    nn.functional.cross_entropy(theirs, labels).backward()
    for mine, yours in zip(model.parameters(), reference.parameters(), strict=True):
        assert torch.allclose(mine.grad, yours.grad, atol=1e-6)


@pytest.mark.parametrize(
    "changes",
    [{}, {"padding": 1}, {"padding": 2}, {"output_relu": True}, {"pooling": "average"}, {"model": "lecun1998"}],
)
def test_the_layers_end_in_the_logits(changes: dict):
    model = build(TrainConfig().updated(changes))
    layers = model.layers(images())
    assert list(layers) == ["input", "conv1", "pool1", "conv2", "pool2", "fc1", "fc2", "fc3"]
    assert torch.allclose(layers["fc3"], model(images()), atol=1e-6)
    assert layers["fc3"].shape == (8, 10)


def test_output_relu_leaves_no_negative_logit():
    plain = LeNet5()
    bent = LeNet5(output_relu=True)
    bent.load_state_dict(plain.state_dict())
    assert (plain(images()) < 0).any()
    assert torch.equal(bent(images()), plain(images()).clamp(min=0))


def test_the_layer_table_is_the_exercises():
    rows = [(row["name"], row["shape"], row["parameters"]) for row in layer_table(LeNet5())]
    assert rows == [
        ("input", [1, 28, 28], 0),
        ("conv1", [6, 24, 24], 156),
        ("pool1", [6, 12, 12], 0),
        ("conv2", [16, 8, 8], 2416),
        ("pool2", [16, 4, 4], 0),
        ("fc1", [120], 30_840),
        ("fc2", [84], 10_164),
        ("fc3", [10], 850),
    ]


def test_lecun1998_has_the_parameters_of_the_paper():
    assert [row["parameters"] for row in layer_table(LeCun1998())] == [0, 156, 12, 1516, 32, 48_120, 10_164, 0]
    assert parameters(LeCun1998()) == 60_000


def test_c3_sees_the_maps_of_the_papers_table():
    assert [len(row) for row in C3_TABLE] == [3] * 6 + [4] * 9 + [6]
    dense = LeCun1998().conv2.dense()
    connected = dense.abs().sum((2, 3)) > 0
    assert connected.sum() == 60
    for out, row in enumerate(C3_TABLE):
        assert connected[out].nonzero().flatten().tolist() == [int(into) for into in row]


def test_the_scaled_tanh_maps_one_to_one():
    assert squash(torch.tensor([-1.0, 0.0, 1.0])).tolist() == pytest.approx([-1, 0, 1], abs=1e-4)


def test_the_digit_pictures_are_different_and_a_perfect_f6_is_certain():
    model = LeCun1998()
    distances = torch.cdist(model.pictures, model.pictures).square()
    assert distances[~torch.eye(10, dtype=torch.bool)].min() >= 4 * 6  # at least six pixels apart
    logits = -(model.pictures[:, None] - model.pictures).square().sum(2)
    assert torch.softmax(logits, 1).diagonal().min() > 0.999


def test_the_same_seed_draws_the_same_weights():
    def weights(seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        return build(TrainConfig(init="xavier")).fc1.weight

    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))


def test_xavier_draws_within_its_bound():
    model = build(TrainConfig(init="xavier"))
    assert model.fc1.weight.abs().max() <= (6 / (256 + 120)) ** 0.5
    assert model.fc1.bias.abs().max() == 0
