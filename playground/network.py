"""The features and the multilayer perceptron: a small PyTorch module in float64.

All parameters are views of one flat tensor, so that the fused kernel, an optimizer and a frame see the same memory.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np

from core import imports

with imports.uncollected():
    import torch

    from playground.original import libm  # with Numba
from torch import Tensor, nn

from playground.config import Config
from playground.initialization import INITIALIZATIONS
from playground.original.prng import SeedRandom

Feature = Callable[[float, float], float]
FEATURES: dict[str, Feature] = {
    "x": lambda x, _: x,
    "y": lambda _, y: y,
    "xSquared": lambda x, _: x * x,
    "ySquared": lambda _, y: y * y,
    "xTimesY": lambda x, y: x * y,
    "sinX": lambda x, _: libm.sin(x),
    "sinY": lambda _, y: libm.sin(y),
}

Activation = Callable[[Tensor], Tensor]
ACTIVATIONS: dict[str, Activation] = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "linear": lambda total: total,
    "leakyRelu": nn.functional.leaky_relu,
    "elu": nn.functional.elu,
    "gelu": functools.partial(nn.functional.gelu, approximate="tanh"),
    "silu": nn.functional.silu,
    "softplus": functools.partial(nn.functional.softplus, threshold=40),  # beyond its own, 20, it is off by 2e-9
    "sin": torch.sin,
}


def inputs(features: Sequence[str], xs: Sequence[float], ys: Sequence[float]) -> np.ndarray:
    """The features of the points (xs[i], ys[i]). Returns float64 (features, points)."""
    rows = [[FEATURES[name](x, y) for x, y in zip(xs, ys, strict=True)] for name in features]
    return np.array(rows, dtype=np.float64).reshape(len(features), len(xs))


class MLP(nn.Module):
    """A perceptron.

    sizes: number of inputs, neurons of each hidden layer, outputs. `flat` holds all P parameters: layer by layer the
    weights (node by node, input by input), then the biases. `weights[l]` is (nodes, inputs), `biases[l]` is (nodes,).
    """

    def __init__(self, sizes: Sequence[int], activations: Sequence[str]):
        """activations: of each layer that computes."""
        super().__init__()
        self.sizes = tuple(sizes)
        self.activations = tuple(activations)
        shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
        self.flat = torch.zeros(sum(rows * columns + rows for rows, columns in shapes), dtype=torch.float64)
        self.weights = nn.ParameterList()
        self.biases = nn.ParameterList()
        start = 0
        for rows, columns in shapes:
            end = start + rows * columns
            self.weights.append(nn.Parameter(self.flat[start:end].view(rows, columns)))
            self.biases.append(nn.Parameter(self.flat[end : end + rows]))
            start = end + rows

    def forward(self, x: Tensor) -> list[Tensor]:
        """Outputs of every layer, each (nodes, points), for inputs (features, points)."""
        outputs = []
        for weight, bias, activation in zip(self.weights, self.biases, self.activations, strict=True):
            x = ACTIVATIONS[activation](torch.addmm(bias[:, None], weight, x))
            outputs.append(x)
        return outputs

    @torch.no_grad()
    def initialize(self, rng: SeedRandom, how: str = "uniform") -> None:
        """Draws every weight, link by link: the same draws whatever `how` scales them. `uniform`, the original's, are
        from [-0.5, 0.5), with biases of 0.1."""
        initialization = INITIALIZATIONS[how]
        for weight, bias in zip(self.weights, self.biases, strict=True):
            draws = torch.from_numpy(rng.draws(weight.numel()) - 0.5)
            bound = initialization.bound(weight.shape[1], weight.shape[0])
            weight.copy_(2 * bound * draws.view_as(weight))
            bias.fill_(initialization.bias)

    def as_json(self) -> list[list[dict[str, object]]]:
        """[layer][node]{"bias", "weights"}."""
        return [
            [{"bias": b, "weights": w} for w, b in zip(weight.tolist(), bias.tolist(), strict=True)]
            for weight, bias in zip(self.weights, self.biases, strict=True)
        ]


def output_activation(config: Config) -> str:
    """That of the last layer. Of several classes it is none: the outputs are what the softmax is taken of."""
    return "tanh" if config.problem == "classification" and not config.has_classes else "linear"


def build(config: Config, rng: SeedRandom) -> MLP:
    """The network of `config` with its initial weights; `rng` stands where the data ended."""
    mlp = MLP(config.sizes, (*config.activations, output_activation(config)))
    rng = rng.copy()
    rng.draws(config.weights_draw * sum(weight.numel() for weight in mlp.weights))  # those of the networks before
    mlp.initialize(rng, "zero" if config.init_zero else config.initial_weights)
    return mlp
