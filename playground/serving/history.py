"""The loss curve of a session so far, thinned so that it stays small however long the training."""

from __future__ import annotations

from typing import Any

from playground.snapshot import Scores

LIMIT = 1000


class History:
    """Scores by epoch. Whenever there are `LIMIT` of them, every other one is dropped."""

    def __init__(self) -> None:
        self._points: list[tuple[int, Scores]] = []

    def add(self, epoch: int, scores: Scores) -> None:
        """Notes the scores after `epoch`. An earlier epoch than the last starts the curve anew."""
        if self._points and epoch < self._points[-1][0]:
            self._points.clear()
        if self._points and epoch == self._points[-1][0]:
            self._points.pop()
        self._points.append((epoch, scores))
        if len(self._points) >= LIMIT:
            del self._points[1::2]

    def to_json(self) -> dict[str, list[Any]]:
        """Columns: epochs, trainLoss, testLoss, trainAccuracy, testAccuracy. What is not finite is null."""
        scores = [point[1] for point in self._points]
        return {
            "epochs": [point[0] for point in self._points],
            "trainLoss": [_finite(s.train_loss) for s in scores],
            "testLoss": [_finite(s.test_loss) for s in scores],
            "trainAccuracy": [_finite(s.train_accuracy) for s in scores],
            "testAccuracy": [_finite(s.test_accuracy) for s in scores],
        }


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
