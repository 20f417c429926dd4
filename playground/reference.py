"""The reference trainer: one epoch by autograd, one mini-batch at a time. Slow and plain; the kernel is held to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from playground.network import MLP

PENALTIES: dict[str, Callable[[Tensor], Tensor]] = {
    "none": torch.zeros_like,
    "L1": torch.sign,
    "L2": lambda weight: weight.clone(),
}


@dataclass
class Trainer:
    """Trains `mlp` in place.

    count: points whose gradients are accumulated and not yet applied; they enter the next update, in the next epoch if
    need be. dead: per layer, the links that L1 has driven to 0 for good.
    """

    mlp: MLP
    count: int = 0
    dead: list[Tensor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dead = [torch.zeros_like(weight, dtype=torch.bool) for weight in self.mlp.weights]

    def epoch(
        self, x: Tensor, y: Tensor, *, batch_size: int, learning_rate: float, regularization: str, rate: float
    ) -> None:
        """One pass in order over inputs x (features, n) and labels y (n,)."""
        n = y.numel()
        for start in range(0, n, batch_size):
            batch = slice(start, min(start + batch_size, n))
            output = self.mlp(x[:, batch])[-1][0]
            (0.5 * (output - y[batch]) ** 2).sum().backward()  # gradients add up in .grad
            self.count += batch.stop - batch.start
            if batch.stop - batch.start == batch_size:
                self._update(learning_rate, regularization, rate)

    @torch.no_grad()
    def _update(self, learning_rate: float, regularization: str, rate: float) -> None:
        penalty = PENALTIES[regularization]
        for weight, bias, dead in zip(self.mlp.weights, self.mlp.biases, self.dead, strict=True):
            bias -= learning_rate * bias.grad / self.count
            moved = weight - learning_rate / self.count * weight.grad
            shrunk = moved - learning_rate * rate * penalty(weight)
            if regularization == "L1":
                crossed = (moved * shrunk < 0) & ~dead
                shrunk[crossed] = 0
                dead |= crossed
            weight.copy_(torch.where(dead, weight, shrunk))
            weight[dead] = 0
            weight.grad = bias.grad = None
        self.count = 0


def loss(mlp: MLP, x: Tensor, y: Tensor) -> float:
    """Mean over the points of (output - label)^2 / 2."""
    with torch.no_grad():
        return float((0.5 * (mlp(x)[-1][0] - y) ** 2).mean())
