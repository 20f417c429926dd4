"""The initial weights: a row each, from which the settings and the network are made. Neither torch nor Numba."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Initialization:
    """bound: how far from 0 a weight may be drawn, for a layer of so many inputs and outputs; every one scales the same
    draws. bias: where the biases begin."""

    bound: Callable[[int, int], float]
    bias: float = 0.0


# Their order is that of the list on the page.
INITIALIZATIONS = {
    "uniform": Initialization(lambda _inputs, _outputs: 0.5, 0.1),  # the original's
    # Glorot and Bengio, AISTATS 2010
    "xavier": Initialization(lambda inputs, outputs: math.sqrt(6 / (inputs + outputs))),
    # He et al., arXiv:1502.01852, for ReLU
    "he": Initialization(lambda inputs, _outputs: math.sqrt(6 / max(1, inputs))),
    "large": Initialization(lambda _inputs, _outputs: 5.0, 0.1),
    "zero": Initialization(lambda _inputs, _outputs: 0.0),
}
