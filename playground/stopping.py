"""When training pauses by itself. No clock, no IO, no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

from playground.config import Config

EPOCH, LOSS, PATIENCE = "stop_epoch", "stop_loss", "stop_patience"  # which rule it was


class Rules(NamedTuple):
    """epoch: after so many. loss: once the test loss is below it. patience: after so many epochs in which the test loss
    was never below its least before. 0: no such rule."""

    epoch: int = 0
    loss: float = 0
    patience: int = 0

    @classmethod
    def of(cls, config: Config) -> Rules:
        return cls(config.stop_epoch, config.stop_loss, config.stop_patience)

    @property
    def need_loss(self) -> bool:
        """Whether they ask for the test loss of every epoch."""
        return bool(self.loss or self.patience)


@dataclass
class Stopping:
    """Watches a training from where somebody started it: what held there already stops nothing."""

    rules: Rules = field(default_factory=Rules)
    _was_below: bool = False
    _least: float = math.inf
    _least_at: int = 0

    def start(self, epoch: int, test_loss: float) -> None:
        self._was_below = test_loss < self.rules.loss
        self._least, self._least_at = test_loss, epoch

    def after(self, epoch: int, test_loss: float | None) -> str | None:
        """Which rule pauses the training after this epoch. test_loss: None where no rule needs it."""
        if epoch == self.rules.epoch:
            return EPOCH
        if test_loss is None:
            return None
        is_below = test_loss < self.rules.loss
        if is_below and not self._was_below:
            return LOSS
        self._was_below = is_below
        if test_loss < self._least:
            self._least, self._least_at = test_loss, epoch
        if self.rules.patience and epoch - self._least_at >= self.rules.patience:
            return PATIENCE
        return None
