"""The losses of a run, and the run at its end, for whoever lists or draws them."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

from playground.recording.moment import Moment
from playground.recording.player import Player
from playground.snapshot import Scores


@dataclass
class Curve:
    """scores: by epoch. player: at the last of them."""

    player: Player
    scores: dict[int, Scores] = field(default_factory=dict)


def recording(there: Moment, every: int = 1) -> Generator[None, None, Curve]:
    """The curve up to a moment, of epoch 0, of `every` epochs from there on, and of the last; step by step."""
    curve = Curve(Player(there.recording))
    engine = curve.player.engine
    while True:
        if engine.epoch % every == 0 or engine.epoch == there.epoch:
            curve.scores[engine.epoch] = engine.scores()
        if engine.epoch == there.epoch:
            return curve
        while not curve.player.train_part():
            yield
        yield
