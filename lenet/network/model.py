"""LeNet-5: as the exercise lists it, and as LeCun published it. The networks alone: no data, no training, no IO.

Both take images of shape (N, 1, 28, 28) with values in [0, 1] and give logits of shape (N, 10); softmax of the logits
are the probabilities.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from lenet.config import TrainConfig
from lenet.lines import Layer
from lenet.network.digits import C3_TABLE, DIGITS_7X12
from lenet.network.pooling import convolved, max_pooled

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "sigmoid": torch.sigmoid,
    "relu": functional.relu,
    "tanh": torch.tanh,
}
POOLINGS: dict[str, Callable[[Tensor, int], Tensor]] = {"max": functional.max_pool2d, "average": functional.avg_pool2d}


class LeNet5(nn.Module):
    """44,426 parameters; 61,706 with `padding=2`, which makes the image 32x32 as in 1998."""

    def __init__(self, activation: str = "relu", pooling: str = "max", padding: int = 0, output_relu: bool = False):
        super().__init__()
        self.activation, self.pool = ACTIVATIONS[activation], POOLINGS[pooling]
        # Max pooling commutes with a rising activation; pooled first there is a quarter of the values to activate.
        self.pool_first = pooling == "max"
        self.output_relu = output_relu
        self.conv1 = nn.Conv2d(1, 6, 5, padding=padding)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * (4 + padding // 2) ** 2, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)
        self.to(memory_format=torch.channels_last)  # a quarter faster on a CPU: its max pooling vectorises

    def forward(self, x: Tensor) -> Tensor:
        if self.pool_first:
            x = self.activation(max_pooled(self.conv1, x))
            x = self.activation(self.pool(convolved(self.conv2, x), 2).flatten(1))
        else:
            x = self.pool(self.activation(self.conv1(x)), 2)
            x = self.pool(self.activation(self.conv2(x)), 2).flatten(1)
        x = self.activation(self.fc1(x))
        x = self.activation(self.fc2(x))
        x = self.fc3(x)
        return functional.relu(x) if self.output_relu else x

    def layers(self, x: Tensor) -> dict[str, Tensor]:
        """The values of every layer, in the order in which the exercise lists them, by name."""
        maps = {"input": x}
        maps["conv1"] = self.activation(self.conv1(x))
        maps["pool1"] = self.pool(maps["conv1"], 2)
        maps["conv2"] = self.activation(self.conv2(maps["pool1"]))
        maps["pool2"] = self.pool(maps["conv2"], 2)
        maps["fc1"] = self.activation(self.fc1(maps["pool2"].flatten(1)))
        maps["fc2"] = self.activation(self.fc2(maps["fc1"]))
        maps["fc3"] = functional.relu(self.fc3(maps["fc2"])) if self.output_relu else self.fc3(maps["fc2"])
        return maps


def squash(x: Tensor) -> Tensor:
    """The paper's scaled tanh, appendix A: f(+-1) = +-1, steepest there its curvature."""
    return 1.7159 * torch.tanh(2 / 3 * x)


class Subsample(nn.Module):
    """S2, S4: the sum of 2x2 values times a trainable coefficient plus a trainable bias, squashed."""

    def __init__(self, maps: int):
        super().__init__()
        self.weight = nn.Parameter(torch.full((maps, 1, 1), 0.25))
        self.bias = nn.Parameter(torch.zeros(maps, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return squash(4 * functional.avg_pool2d(x, 2) * self.weight + self.bias)


class PartialConv(nn.Module):
    """C3: a 5x5 convolution from 6 to 16 maps in which a map sees those of `C3_TABLE` alone: 60 kernels, 16 biases."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: Tensor  # rows of the kernels in the dense table
        pairs = [6 * out + int(into) for out, row in enumerate(C3_TABLE) for into in row]
        self.register_buffer("pairs", torch.tensor(pairs), persistent=False)
        self.weight = nn.Parameter(torch.empty(len(pairs), 5, 5))
        self.bias = nn.Parameter(torch.zeros(16))

    def dense(self) -> Tensor:
        """The kernels as (16, 6, 5, 5), zero where there is no connection."""
        return self.weight.new_zeros(96, 5, 5).index_copy(0, self.pairs, self.weight).view(16, 6, 5, 5)

    def forward(self, x: Tensor) -> Tensor:
        return functional.conv2d(x, self.dense(), self.bias)


class LeCun1998(nn.Module):
    """The network as published: 32x32 input, C1 S2 C3 S4 C5 F6 and a radial basis output; 60,000 parameters.

    A logit is minus the squared distance of F6 from the digit's picture; cross-entropy of that is the paper's equation
    9 without its constant term.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.pool1 = nn.Conv2d(1, 6, 5), Subsample(6)
        self.conv2, self.pool2 = PartialConv(), Subsample(16)
        self.fc1, self.fc2 = nn.Linear(400, 120), nn.Linear(120, 84)
        self.pictures: Tensor
        rows = [line.split() for line in DIGITS_7X12.split("\n") if line]
        pictures = [[1.0 if pixel == "#" else -1.0 for row in rows for pixel in row[digit]] for digit in range(10)]
        self.register_buffer("pictures", torch.tensor(pictures), persistent=False)
        # Appendix A: uniform within 2.4 / fan-in.
        for name, fan_in in {"conv1": 25, "conv2": 100, "fc1": 400, "fc2": 120}.items():
            nn.init.uniform_(self.get_parameter(f"{name}.weight"), -2.4 / fan_in, 2.4 / fan_in)
            nn.init.zeros_(self.get_parameter(f"{name}.bias"))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)["fc3"]

    def layers(self, x: Tensor) -> dict[str, Tensor]:
        """The values of every layer, by the names that LeNet5 has for them."""
        # The paper's grey levels, white -0.1 and black 1.175, have mean 0 and variance 1 over the pixels.
        maps = {"input": functional.pad(x, (2, 2, 2, 2)) * 1.275 - 0.1}
        maps["conv1"] = squash(self.conv1(maps["input"]))
        maps["pool1"] = self.pool1(maps["conv1"])
        maps["conv2"] = squash(self.conv2(maps["pool1"]))
        maps["pool2"] = self.pool2(maps["conv2"])
        maps["fc1"] = squash(self.fc1(maps["pool2"].flatten(1)))
        maps["fc2"] = squash(self.fc2(maps["fc1"]))
        maps["fc3"] = -(maps["fc2"][:, None] - self.pictures).square().sum(2)
        return maps


def build(config: TrainConfig) -> LeNet5 | LeCun1998:
    """The network of `config`; its initial weights come from torch's global generator."""
    if config.model == "lecun1998":
        return LeCun1998()
    model = LeNet5(config.activation, config.pooling, config.padding, config.output_relu)
    if config.init == "xavier":
        for parameter in model.parameters():
            nn.init.xavier_uniform_(parameter) if parameter.ndim > 1 else nn.init.zeros_(parameter)
    return model


def layer_table(model: LeNet5 | LeCun1998) -> list[Layer]:
    """Name, output shape (without the batch) and number of trainable parameters of every layer."""
    with torch.no_grad():
        maps = model.layers(torch.zeros(1, 1, 28, 28, device=next(model.parameters()).device))
    counts = dict.fromkeys(maps, 0)
    for name, parameter in model.named_parameters():
        counts[name.split(".")[0]] += parameter.numel()
    return [{"name": name, "shape": list(x.shape[1:]), "parameters": counts[name]} for name, x in maps.items()]
