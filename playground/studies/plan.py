"""What a study trains: the same settings with many seeds. No IO, no torch."""

from __future__ import annotations

import dataclasses
import math
import random
from dataclasses import dataclass
from typing import Any

from core.settings import Choice, Number
from playground.config import FIELDS, Config, new_seed
from playground.recording.edits import Data
from playground.recording.recording import Recording

SEEDS = Number(5, 100, whole=True, slider=(5, 100, 5))
EPOCHS = Number(1, 10_000, whole=True)
VARY = Choice(("both", "weights", "data"))
# The test loss below which a run has solved its data set, by the problem. No constant answer comes below it: on the
# hills of the regression, whose points are mostly near 0, the best of them has a few hundredths.
SOLVED = {"classification": 0.05, "regression": 0.01}
DRAWS = 100  # of initial weights that a seed gives
MOST_LOSSES = 100  # of a run, evenly apart


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which runs a study has. vary: `weights` takes other initial weights, `data` other points, `both` both."""

    config: Config
    seeds: int = 30
    epochs: int = 500
    vary: str = "both"

    @property
    def solved(self) -> float:
        """The test loss below which a run has solved it, where nobody says otherwise."""
        return SOLVED[self.config.problem]

    def runs(self) -> list[Recording]:
        """Each another; the first is that of `config`. The same seed of `config` gives the same others, whatever else
        is set: so that two settings can be compared run by run."""
        config = self.config
        if self.vary == "weights":
            draws = [(config.weights_draw + number) % DRAWS for number in range(self.seeds)]
            return [Recording(dataclasses.replace(config, weights_draw=draw)) for draw in draws]
        generator = random.Random(config.seed)
        others: list[str] = []
        while len(others) < self.seeds - 1:
            seed = new_seed(generator.random)
            if seed != config.seed and seed not in others:
                others.append(seed)
        return [Recording(config), *(self._of(seed) for seed in others)]

    def against(self, config: Config) -> Plan:
        """The same runs with other settings. Of `config` its own seed does not count."""
        own = self.config
        return dataclasses.replace(
            self, config=dataclasses.replace(config, seed=own.seed, weights_draw=own.weights_draw)
        )

    def differing(self, other: Plan) -> dict[str, list[Any]]:
        """The settings of the training, by their keys, that are others in `other`: [here, there]."""
        pairs = zip(self.config.to_json().items(), other.config.to_json().values(), strict=True)
        return {key: [mine, others] for (key, mine), others in pairs if mine != others and FIELDS[key].is_of_training}

    def _of(self, seed: str) -> Recording:
        if self.vary == "data":
            return Recording(self.config).with_edit(0, Data(seed))
        return Recording(dataclasses.replace(self.config, seed=seed, weights_draw=0))

    @property
    def recorded(self) -> list[int]:
        """The epochs whose losses are kept: the first, the last, and evenly apart."""
        apart = math.ceil(self.epochs / MOST_LOSSES)
        return sorted({*range(0, self.epochs, apart), self.epochs})
