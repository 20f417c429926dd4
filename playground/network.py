"""The features and the multilayer perceptron: a small PyTorch module in float64.

All parameters are views of one flat tensor, so that the fused kernel, an optimizer and a frame see the same memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core import imports

with imports.uncollected():
    import torch
from torch import Tensor, nn

from playground.config import Config
from playground.original import libm
from playground.original.prng import SeedRandom

INITIAL_BIAS = 0.1

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
}
OUTPUT_ACTIVATION = {"classification": "tanh", "regression": "linear"}


def inputs(features: Sequence[str], xs: Sequence[float], ys: Sequence[float]) -> np.ndarray:
    """The features of the points (xs[i], ys[i]). Returns float64 (features, points)."""
    rows = [[FEATURES[name](x, y) for x, y in zip(xs, ys, strict=True)] for name in features]
    return np.array(rows, dtype=np.float64).reshape(len(features), len(xs))


class MLP(nn.Module):
    """A perceptron with one output.

    sizes: number of inputs, neurons of each hidden layer, 1. `flat` holds all P parameters: layer by layer the weights
    (node by node, input by input), then the biases. `weights[l]` is (nodes, inputs), `biases[l]` is (nodes,).
    """

    def __init__(self, sizes: Sequence[int], activation: str, output_activation: str):
        super().__init__()
        self.sizes = tuple(sizes)
        self.activations = (*[activation] * (len(sizes) - 2), output_activation)
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
    def initialize(self, rng: SeedRandom, *, zero: bool = False) -> None:
        """Draws every weight from [-0.5, 0.5), link by link; biases 0.1. `zero` makes the draws and leaves all at 0."""
        for weight, bias in zip(self.weights, self.biases, strict=True):
            draws = [rng.random() - 0.5 for _ in range(weight.numel())]
            weight.copy_(torch.tensor(draws, dtype=torch.float64).view_as(weight) if not zero else 0.0 * weight)
            bias.fill_(0.0 if zero else INITIAL_BIAS)

    def as_json(self) -> list[list[dict[str, object]]]:
        """[layer][node]{"bias", "weights"}."""
        return [
            [{"bias": b, "weights": w} for w, b in zip(weight.tolist(), bias.tolist(), strict=True)]
            for weight, bias in zip(self.weights, self.biases, strict=True)
        ]


def build(config: Config, rng: SeedRandom) -> MLP:
    """The network of `config` with its initial weights; `rng` stands where the data ended."""
    sizes = (len(config.features), *config.network_shape, 1)
    mlp = MLP(sizes, config.activation, OUTPUT_ACTIVATION[config.problem])
    rng = rng.copy()
    for _ in range(config.weights_draw + 1):
        mlp.initialize(rng, zero=config.init_zero)
    return mlp
