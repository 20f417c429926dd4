"""The loss curve of a run so far, thinned so that it stays small however long the training."""

from __future__ import annotations

import bisect
from array import array
from collections.abc import Iterable
from typing import Any

from playground.snapshot import Scores

LIMIT = 1000


class History:
    """Scores by epoch. Whenever there are `limit` of them, every other one is dropped."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._epochs = array("Q")
        self._scores = tuple(array("d") for _ in Scores._fields)

    def add(self, epoch: int, scores: Scores) -> None:
        """Notes the scores after `epoch`. An earlier epoch than the last starts the curve anew."""
        if self._epochs and epoch < self._epochs[-1]:
            self._cut(0)
        if self._epochs and epoch == self._epochs[-1]:
            self._cut(len(self._epochs) - 1)
        if len(self._epochs) >= self._limit - 1:
            for column in self._columns:
                del column[1::2]
        for column, value in zip(self._columns, (epoch, *scores), strict=True):
            column.append(value)

    def fill(self, points: Iterable[tuple[int, Scores]]) -> None:
        """Notes those that are later than all it has."""
        for epoch, scores in points:
            if not self._epochs or epoch > self._epochs[-1]:
                self.add(epoch, scores)

    def until(self, epoch: int, limit: int = LIMIT) -> History:
        """A copy of what it was at `epoch`, with fewer than `limit` points."""
        copy = History(limit)
        for at in range(bisect.bisect_right(self._epochs, epoch)):
            copy.add(self._epochs[at], Scores(*(column[at] for column in self._scores)))
        return copy

    def to_json(self) -> dict[str, list[Any]]:
        """Columns: epochs, trainLoss, testLoss, trainAccuracy, testAccuracy. What is not finite is null."""
        names = ("trainLoss", "testLoss", "trainAccuracy", "testAccuracy")
        series = {name: list(map(_finite, column)) for name, column in zip(names, self._scores, strict=True)}
        return {"epochs": self._epochs.tolist(), **series}

    @property
    def _columns(self) -> tuple[array[Any], ...]:
        return (self._epochs, *self._scores)

    def _cut(self, length: int) -> None:
        for column in self._columns:
            del column[length:]


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
