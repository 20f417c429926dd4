"""The reference trainer: one epoch by autograd and torch.optim, one mini-batch at a time. Slow and plain; the kernel is
held to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import torch
from torch import Tensor, nn

from playground import draws, learning_rate
from playground.config import Config
from playground.loss import LOSSES
from playground.network import ACTIVATIONS, MLP
from playground.optimizer import OPTIMIZERS, arguments

PENALTIES: dict[str, Callable[[Tensor, Config], Tensor]] = {
    "none": lambda weight, _: torch.zeros_like(weight),
    "L1": lambda weight, config: config.regularization_rate * torch.sign(weight),
    "L2": lambda weight, config: config.regularization_rate * weight,
    "both": lambda weight, config: config.regularization_rate * torch.sign(weight) + config.l2_rate * weight,
}
# The loss of each point, from the outputs or their sums (n,), of several classes (classes, n), and the labels (n,).
OF_POINTS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "squared": lambda outputs, y: 0.5 * (outputs - y) ** 2,
    "crossEntropy": lambda sums, y: nn.functional.binary_cross_entropy_with_logits(
        2 * sums, (y + 1) / 2, reduction="none"
    ),
    "softmax": lambda sums, y: nn.functional.cross_entropy(sums.T, y.long(), reduction="none"),
}


def optimizer(mlp: nn.Module, config: Config) -> torch.optim.Optimizer:
    """That of the settings, by torch.optim."""
    made = getattr(torch.optim, OPTIMIZERS[config.optimizer].torch)
    return cast(torch.optim.Optimizer, made(mlp.parameters(), lr=config.learning_rate, **arguments(config)))


def losses(mlp: MLP, config: Config, sums: Tensor, y: Tensor) -> Tensor:
    """The loss of each point, by its function in `OF_POINTS`. sums: those of the outputs, (outputs, n)."""
    takes_sums = LOSSES[config.loss_in_use].of_sums
    outputs = sums if takes_sums else ACTIVATIONS[mlp.activations[-1]](sums)
    return OF_POINTS[config.loss_in_use](outputs if config.has_classes else outputs[0], y)


@dataclass
class Trainer:
    """Trains `mlp` in place.

    count: points whose gradients are accumulated and not yet applied; they enter the next update, in the next epoch if
    need be. dead: per layer, the links that L1 has driven to 0 for good.
    """

    mlp: MLP
    config: Config
    count: int = 0
    epochs: int = 0
    dead: list[Tensor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dead = [torch.zeros_like(weight, dtype=torch.bool) for weight in self.mlp.weights]
        self.optimizer = optimizer(self.mlp, self.config)

    def epoch(self, x: Tensor, y: Tensor) -> None:
        """One pass over inputs x (features, n) and labels y (n,)."""
        n, key = y.numel(), draws.key_of(self.config.seed)
        batch_size = n if self.config.full_batch else self.config.batch_size
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate.rate(self.config, self.epochs)
        if self.config.shuffle:
            order = numbers(key, self.epochs, torch.arange(n)).argsort(stable=True)
            x, y = x[:, order], y[order]
        for start in range(0, n, batch_size):
            batch = torch.arange(start, min(start + batch_size, n))
            sums = self._sums(x[:, batch], batch, key)
            losses(self.mlp, self.config, sums, y[batch]).sum().backward()  # gradients add up in .grad
            self.count += len(batch)
            if len(batch) == batch_size:
                self._update()
        self.epochs += 1

    def _sums(self, x: Tensor, positions: Tensor, key: int) -> Tensor:
        """Those of the outputs, (outputs, n), with dropout."""
        mlp = self.mlp
        for layer, share in enumerate((*self.config.dropouts, 0.0), 1):
            sums = torch.addmm(mlp.biases[layer - 1][:, None], mlp.weights[layer - 1], x)
            if layer == len(mlp.weights):
                return sums
            x = ACTIVATIONS[mlp.activations[layer - 1]](sums)
            if share:
                nodes = torch.arange(len(x))[:, None]
                index = (layer * draws.NODES + nodes) * draws.POINTS + positions
                x = x * (numbers(key, self.epochs, index) >= share) / (1 - share)
        raise AssertionError("a network has an output")

    @torch.no_grad()
    def _update(self) -> None:
        before = [weight.clone() for weight in self.mlp.weights]
        for parameter in self.mlp.parameters():
            if parameter.grad is not None:
                parameter.grad /= self.count
        self.optimizer.step()
        rate = self.optimizer.param_groups[0]["lr"]
        if any(self.config.penalties):
            for weight, old, dead in zip(self.mlp.weights, before, self.dead, strict=True):
                shrunk = weight - rate * PENALTIES[self.config.regularization](old, self.config)
                crossed = (weight * shrunk < 0) & ~dead & (self.config.penalties[0] > 0)
                shrunk[crossed] = 0
                weight.copy_(torch.where(dead, old, shrunk))
                dead |= crossed
        self.optimizer.zero_grad()
        self.count = 0


def numbers(key: int, epoch: int, index: Tensor) -> Tensor:
    """The numbers of `draws` in [0, 1), by the arithmetic of 64 bits that torch has."""

    def mixed(z: Tensor) -> Tensor:
        for shift, factor in ((30, draws.FIRST), (27, draws.SECOND), (31, 1)):
            z = (z ^ ((z >> shift) & ((1 << (64 - shift)) - 1))) * draws.signed(factor)
        return z

    stride = draws.signed(draws.STRIDE)
    state = mixed(torch.tensor(draws.signed(key)) + (epoch + 1) * torch.tensor(stride))
    return ((mixed(state + (index + 1) * stride) >> 11) & (2**53 - 1)).double() * 2.0**-53


@torch.no_grad()
def loss(mlp: MLP, config: Config, x: Tensor, y: Tensor) -> float:
    """The mean over the points, without dropout."""
    sums = torch.addmm(mlp.biases[-1][:, None], mlp.weights[-1], mlp(x)[-2] if len(mlp.weights) > 1 else x)
    return float(losses(mlp, config, sums, y).mean())
