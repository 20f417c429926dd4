"""The optimizers: a row each, from which the settings, the reference, the exported code and the notebook are made. What
a step does is a function of its own in `kernel.optimizers`. Neither torch nor Numba.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Optimizer:
    """title: what it is, in words. means: how many running means it keeps for each parameter: of its gradients, of
    their squares, or of both. torch: its class in torch.optim. arguments: what that takes besides the parameters and
    the learning rate: by its name there, made of the settings that `Config` has under the names of `settings`.
    """

    title: str
    means: int
    torch: str
    settings: tuple[str, ...] = ()
    arguments: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


_ADAM: dict[str, Callable[..., Any]] = {
    "betas": lambda config: (config.beta1, config.beta2),
    "eps": lambda config: config.epsilon,
}
_MOMENTUM: dict[str, Callable[..., Any]] = {"momentum": lambda config: config.momentum}

# Their order is that of the list on the page, and their places are their numbers in the kernel.
OPTIMIZERS = {
    "sgd": Optimizer("Gradient descent", 0, "SGD"),
    "momentum": Optimizer("Gradient descent with momentum", 1, "SGD", ("momentum",), _MOMENTUM),
    "nesterov": Optimizer(
        "Gradient descent with Nesterov's momentum", 1, "SGD", ("momentum",),
        _MOMENTUM | {"nesterov": lambda config: config.momentum > 0},
    ),
    "rmsprop": Optimizer(
        "RMSprop", 1, "RMSprop", ("alpha", "epsilon"),
        {"alpha": lambda config: config.alpha, "eps": lambda config: config.epsilon},
    ),
    "adam": Optimizer("Adam", 2, "Adam", ("beta1", "beta2", "epsilon"), _ADAM),
    "adamw": Optimizer(
        "AdamW", 2, "AdamW", ("beta1", "beta2", "epsilon", "weight_decay"),
        _ADAM | {"weight_decay": lambda config: config.weight_decay},
    ),
}  # fmt: skip
NAMES = tuple(OPTIMIZERS)
COEFFICIENTS = ("momentum", "alpha", "beta1", "beta2", "epsilon", "weight_decay")  # as the kernel takes them


def arguments(config: Any) -> dict[str, Any]:
    """What the torch.optim class of `config` takes besides the parameters and the learning rate."""
    return {name: value(config) for name, value in OPTIMIZERS[config.optimizer].arguments.items()}
