"""What Playlab showed of a run, for a file that trains it again to be compared with."""

from __future__ import annotations

import itertools
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from playground.recording.moment import Moment
from playground.recording.player import Player

EVERY = 10  # epochs between two lines that a file prints
TOLERANCE = 1e-9
NUDGE = 1e-14  # what a weight is moved by, to see whether the run is chaotic


@dataclass(frozen=True)
class Shown:
    """Losses that Playlab has at some epochs. reliable: up to which of them another machine's may be compared."""

    losses: dict[int, tuple[float, float]]
    reliable: int


def measuring(there: Moment) -> Generator[None, None, Shown]:
    """The losses of the epochs that the file prints, step by step.

    The file adds in another order than the kernel: where a weight moved by 1e-14 changes a loss by more than the
    tolerance, the run is chaotic, and no comparison says anything from there on.
    """
    epochs = sorted({*range(0, there.epoch, EVERY), there.epoch})
    ours = Player(there.recording)
    yield  # to make one takes as long as some epochs
    moved = Player(there.recording)
    moved.engine.parameters[:] += NUDGE
    found: dict[int, tuple[float, float]] = {}
    reliable, is_reliable = 0, True
    for before, epoch in itertools.pairwise([0, *epochs]):
        for _ in range(epoch - before):
            for player in (ours, moved):
                while not player.train_part():
                    yield
                yield
        scores, others = ours.engine.scores(), moved.engine.scores()
        found[epoch] = scores.train_loss, scores.test_loss
        # np.max, unlike max, is NaN where one of them is.
        apart = np.max([_apart(scores.train_loss, others.train_loss), _apart(scores.test_loss, others.test_loss)])
        is_reliable = is_reliable and bool(apart <= TOLERANCE)
        reliable = epoch if is_reliable else reliable
    return Shown(found, reliable)


def _apart(one: float, other: float) -> float:
    """How far two losses are apart; of a large one, relative to it."""
    return abs(one - other) / max(1.0, abs(other))
