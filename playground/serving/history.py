"""The loss curve of a run so far, thinned so that it stays small however long the training, and keeps its shape.

Where there is no more room the curve is cut into stretches, and of each its lowest and its highest point stay. Where a
stretch begins depends on epochs alone, so that nothing is lost by thinning again and again. The page does the same with
its own (static/js/playground/thinned.js).
"""

from __future__ import annotations

import bisect
import itertools
import math
from array import array
from collections.abc import Iterable
from typing import Any

from playground.snapshot import Scores

LIMIT = 1000


def stretch(epoch: int, last: int, count: int) -> int:
    """In which of `count` stretches from epoch 0 to `last` an epoch lies. They are the longer the later, for most
    happens in the beginning, and none is longer than two of `count` equal ones."""
    return int(count / 2 * (epoch / last + math.log1p(epoch) / math.log1p(last))) if epoch else 0


class History:
    """Scores by epoch, fewer than `limit`: whenever there are so many they are thinned."""

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
            self._thin()
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
        length = bisect.bisect_right(self._epochs, epoch)
        for column, own in zip(copy._columns, self._columns, strict=True):
            column.extend(own[:length])
        if length >= limit:
            copy._thin()
        return copy

    def to_json(self) -> dict[str, list[Any]]:
        """Columns: epochs, trainLoss, testLoss, trainAccuracy, testAccuracy. What is not finite is null."""
        names = ("trainLoss", "testLoss", "trainAccuracy", "testAccuracy")
        series = {name: list(map(_finite, column)) for name, column in zip(names, self._scores, strict=True)}
        return {"epochs": self._epochs.tolist(), **series}

    @property
    def _columns(self) -> tuple[array[Any], ...]:
        return (self._epochs, *self._scores)

    def _thin(self) -> None:
        """Keeps of each stretch the lowest and the highest point, besides the first and the newest of all."""
        epochs, (train, test, *_) = self._epochs, self._scores
        kept = {0, len(epochs) - 1}
        count = 3 * self._limit // 8
        for _, points in itertools.groupby(range(len(epochs)), lambda at: stretch(epochs[at], epochs[-1], count)):
            by_loss = sorted(points, key=lambda at: train[at] + test[at])
            kept |= {by_loss[0], by_loss[-1]}
        for column in self._columns:
            column[:] = array(column.typecode, (column[at] for at in sorted(kept)))

    def _cut(self, length: int) -> None:
        for column in self._columns:
            del column[length:]


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
