"""The learning rate of each epoch: what it is multiplied by is a function for each schedule.

Only operations whose last digit is the same on every machine. N is `scheduleEpochs`, F `scheduleFactor`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from playground.config import Config
from playground.original import libm


def _step(epoch: int, epochs: int, factor: float) -> float:
    """Times F every N epochs, as torch's StepLR."""
    return math.prod([factor] * min(epoch // epochs, 2000))  # by then any factor below 1 has come to 0


def _exponential(epoch: int, epochs: int, factor: float) -> float:
    """F^(epoch / N): as much as `step`, evenly; torch's ExponentialLR with F^(1/N)."""
    if factor == 0:
        return float(epoch == 0)
    return float(libm.exp(libm.log(factor) * epoch / epochs))


def _cosine(epoch: int, epochs: int, _factor: float) -> float:
    """Half a cosine from 1 to 0 at epoch N, where it stays; torch's CosineAnnealingLR up to there."""
    return 0.5 * (1.0 + float(libm.cos(math.pi * min(epoch, epochs) / epochs))) if epoch < epochs else 0.0


def _warmup(epoch: int, epochs: int, _factor: float) -> float:
    """Rises evenly to 1 in the N-th epoch: the first trains with 1 / N."""
    return min(1.0, (epoch + 1) / epochs)


FACTORS: dict[str, Callable[[int, int, float], float]] = {
    "constant": lambda _epoch, _epochs, _factor: 1.0,
    "step": _step,
    "exponential": _exponential,
    "cosine": _cosine,
    "warmup": _warmup,
}


def rate(config: Config, epoch: int) -> float:
    """The learning rate of the epoch that follows `epoch` finished ones."""
    if config.schedule == "constant":
        return float(config.learning_rate)
    factor = FACTORS[config.schedule](epoch, config.schedule_epochs, config.schedule_factor)
    return config.learning_rate * factor
