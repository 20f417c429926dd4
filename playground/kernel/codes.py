"""The numbers that the kernel has for the names of the settings.

The first four activations and the penalties are the original's.
"""

from __future__ import annotations

from playground.loss import LOSSES
from playground.optimizer import OPTIMIZERS

RELU, TANH, SIGMOID, LINEAR, LEAKY_RELU, ELU, GELU, SILU, SOFTPLUS, SINE = range(10)
ACTIVATION_CODE = {
    "relu": RELU,
    "tanh": TANH,
    "sigmoid": SIGMOID,
    "linear": LINEAR,
    "leakyRelu": LEAKY_RELU,
    "elu": ELU,
    "gelu": GELU,
    "silu": SILU,
    "softplus": SOFTPLUS,
    "sin": SINE,
}
NONE, L1, L2, BOTH = range(4)
REGULARIZATION_CODE = {"none": NONE, "L1": L1, "L2": L2, "both": BOTH}
SQUARED, CROSS_ENTROPY, SOFTMAX = range(len(LOSSES))
LOSS_CODE = {name: place for place, name in enumerate(LOSSES)}
SGD, MOMENTUM, NESTEROV, RMSPROP, ADAM, ADAMW = range(len(OPTIMIZERS))
OPTIMIZER_CODE = {name: place for place, name in enumerate(OPTIMIZERS)}
