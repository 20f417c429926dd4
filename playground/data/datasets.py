"""The one table of data sets, and the points of a run. No torch.

A new row stands below the others: its points are in links, so neither a row nor its draws change ever again.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from playground.config import ANY_CLASSES, Config
from playground.data.classes import arms, blobs
from playground.data.classification import absolute, checkerboard, cubic, moons, rings, sine
from playground.data.regression import saddle, wave
from playground.original import generators
from playground.original.generators import Dataset
from playground.original.prng import SeedRandom

DATASETS = generators.DATASETS | {
    "moons": Dataset(500, moons),
    "rings": Dataset(500, rings),
    "checkerboard": Dataset(500, checkerboard),
    "sine": Dataset(500, sine),
    "cubic": Dataset(500, cubic),
    "absolute": Dataset(500, absolute),
    "reg-wave": Dataset(1200, wave),
    "reg-saddle": Dataset(1200, saddle),
    "blobs": Dataset(600, blobs),
    "arms": Dataset(600, arms),
}


@functools.lru_cache(maxsize=256)
def make(name: str, noise: float, seed: str, outputs: int = 1) -> tuple[np.ndarray, SeedRandom]:
    """The points (n, 3) of a data set after the shuffle, and the stream that goes on with the initial weights.

    noise: percent. outputs: of the network, which is how many classes there are where each has one. Points and stream
    are shared by every session with the same data: copy the stream, do not draw from it.
    """
    rng = SeedRandom(seed)
    dataset = DATASETS[name]
    points = dataset.generate(dataset.n, noise / 100, rng, *([outputs] if name in ANY_CLASSES else []))
    rng.shuffle(points)
    array = np.array(points)
    array.flags.writeable = False
    return array, rng


def split(config: Config) -> tuple[np.ndarray, np.ndarray]:
    """The training and the test points of `config`, each (n, 3)."""
    points, _ = make(*config.data)
    n_train = math.floor(len(points) * config.perc_train_data / 100)
    return points[:n_train], points[n_train:]
