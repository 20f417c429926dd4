"""What a worker tells the web process about a session besides its frame: plain values, no torch."""

from __future__ import annotations

import math
from typing import NamedTuple


class Scores(NamedTuple):
    """Losses and accuracies; an accuracy is NaN for regression."""

    train_loss: float
    test_loss: float
    train_accuracy: float
    test_accuracy: float

    @property
    def are_numbers(self) -> bool:
        """Whether both losses are finite."""
        return math.isfinite(self.train_loss) and math.isfinite(self.test_loss)


class Snapshot(NamedTuple):
    """All that training has changed: enough to go on bit for bit. Empty means zeros: gradient and dead are that most
    of the time."""

    epoch: int
    accumulated: int
    parameters: bytes
    gradient: bytes
    dead: bytes
    means: bytes = b""  # what the optimizer keeps of the gradients before: first and second moments, where it has any
    steps: int = 0  # that the optimizer has made
