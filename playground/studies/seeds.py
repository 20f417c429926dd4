"""The same settings with many seeds: how often they solve it, and how soon.

No IO, no clock: whoever lends its time calls `advance` until there is nothing more to do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from playground.recording import moment
from playground.recording.moment import Moment
from playground.recording.player import Player
from playground.recording.recording import Recording
from playground.snapshot import Scores
from playground.studies.plan import Plan


@dataclass(frozen=True)
class Run:
    """One of the study's, trained. losses: those of `Plan.recorded`, training and test; fewer where it failed."""

    recording: Recording
    losses: Sequence[tuple[float, float]]
    scores: Scores
    maps: np.ndarray  # of the outputs at the end, (outputs, SIDE, SIDE)

    @property
    def failed(self) -> bool:
        """It ended in numbers that are none."""
        return not self.scores.are_numbers

    def solved_at(self, recorded: Sequence[int], threshold: float) -> int | None:
        """The first recorded epoch whose test loss is below `threshold`; None if it is not below at the end."""
        if self.failed or not self.scores.test_loss < threshold:
            return None
        return next(epoch for epoch, (_, test) in zip(recorded, self.losses, strict=False) if test < threshold)


@dataclass
class Study:
    """Trains the runs of `plan` one after another."""

    plan: Plan
    done: list[Run] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._recorded = self.plan.recorded
        self._waiting = self.plan.runs()[::-1]
        self._begin()

    def _begin(self) -> None:
        self._losses: list[tuple[float, float]] = []
        if self._waiting:
            self._engine = Player(self._waiting[-1]).engine  # its edits are those of epoch 0
            self._note()

    @classmethod
    def finished(cls, plan: Plan) -> list[Run]:
        """Its runs, all trained now."""
        study = cls(plan)
        while not study.is_over:
            study.advance()
        return study.done

    @property
    def is_over(self) -> bool:
        return not self._waiting

    def advance(self) -> None:
        """Trains an epoch, or as much of it as takes some milliseconds."""
        if self._engine.train_part() and self._engine.epoch == self._recorded[len(self._losses)]:
            self._note()

    def _note(self) -> None:
        """Keeps the losses; a run that is done or has failed makes room for the next."""
        scores = self._engine.scores()
        self._losses.append((scores.train_loss, scores.test_loss))
        if not scores.are_numbers or len(self._losses) == len(self._recorded):
            self.done.append(Run(self._waiting.pop(), self._losses, scores, self._engine.outputs().copy()))
            self._begin()


def summary(plan: Plan, runs: Sequence[Run], threshold: float | None = None) -> dict[str, Any]:
    """What the runs come to, as JSON values: how many are solved and have failed, and the quartiles of the final test
    losses and of the epochs it took. Runs that failed have the greatest loss there is."""
    recorded, threshold = plan.recorded, plan.solved if threshold is None else threshold
    took = [epoch for run in runs if (epoch := run.solved_at(recorded, threshold)) is not None]
    losses = [math.inf if run.failed else run.scores.test_loss for run in runs]
    return {
        "threshold": threshold,
        "runs": len(runs),
        "solved": len(took),
        "failed": sum(run.failed for run in runs),
        "test_loss": _quartiles(losses),
        "epochs_to_solve": _quartiles(took),
    }


def _quartiles(values: Sequence[float]) -> dict[str, float] | None:
    """By the inverse of the distribution function, so that each is one of the values; None where there are none."""
    if not values:
        return None
    ordered = sorted(values)
    return {
        name: ordered[max(0, math.ceil(share * len(ordered)) - 1)]
        for name, share in (("lower", 0.25), ("median", 0.5), ("upper", 0.75))
    }


def to_json(plan: Plan, runs: Sequence[Run]) -> dict[str, Any]:
    """The study as JSON values, but for infinities and NaN."""
    recorded = plan.recorded
    return {
        "link": moment.write(Moment(Recording(plan.config))),
        "seeds": plan.seeds,
        "epochs": plan.epochs,
        "vary": plan.vary,
        "summary": summary(plan, runs),
        "runs": [
            {
                "link": moment.write(Moment(run.recording, plan.epochs)),
                "losses": {str(epoch): [*losses] for epoch, losses in zip(recorded, run.losses, strict=False)},
                **run.scores._asdict(),
                "failed": run.failed,
                "solved_at": run.solved_at(recorded, plan.solved),
            }
            for run in runs
        ],
    }
