"""The one table of data sets, and the points of a run. No torch.

A new row stands below the others: its points are in links, so neither a row nor its draws change ever again.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from playground import draws
from playground.config import ANY_CLASSES, Config
from playground.data.classes import arms, blobs
from playground.data.classification import absolute, checkerboard, cubic, moons, rings, sine
from playground.data.regression import saddle, wave
from playground.original import generators
from playground.original.generators import Dataset
from playground.original.prng import SeedRandom
from playground.point_set import PointSet

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


REACH = 2.0  # how far the noise moves points that nobody generates
_ORDER, _NOISE_X, _NOISE_Y = range(2**32, 2**32 + 3)  # keys of their numbers, which no epoch has


@functools.lru_cache(maxsize=128)
def make(
    name: str, noise: float, seed: str, outputs: int = 1, own: PointSet | None = None
) -> tuple[np.ndarray, SeedRandom]:
    """The points (n, 3) of a data set after the shuffle, and the stream that goes on with the initial weights.

    noise: percent. outputs: of the network, which is how many classes there are where each has one. own: the points,
    where nobody generates them. Points and stream are shared by every session with the same data: copy the stream, do
    not draw from it.
    """
    rng = SeedRandom(seed)
    if own:
        return _shuffled(own, noise / 100, draws.key_of(seed)), rng
    dataset = DATASETS[name]
    points = dataset.generate(dataset.n, noise / 100, rng, *([outputs] if name in ANY_CLASSES else []))
    rng.shuffle(points)
    array = np.array(points)
    array.flags.writeable = False
    return array, rng


def _shuffled(own: PointSet, noise: float, key: int) -> np.ndarray:
    """Points that nobody generates. What is drawn for a point depends on the seed and its place alone: where others
    are added or taken away, it stays where it was among the rest, in the training data or in the test data."""
    x, y = np.array(own.places, np.float32).view(np.uint32).astype(np.uint64).T
    places = (x << np.uint64(32)) | y
    points = np.array(own.points)
    for column, numbers in enumerate((_NOISE_X, _NOISE_Y)):
        points[:, column] += (draws.numbers(key, numbers, places) * 2 - 1) * REACH * noise
    points = points[np.argsort(draws.numbers(key, _ORDER, places), kind="stable")]
    points.flags.writeable = False
    return points


def split(config: Config) -> tuple[np.ndarray, np.ndarray]:
    """The training and the test points of `config`, each (n, 3)."""
    points, _ = make(*config.data)
    n_train = math.floor(len(points) * config.perc_train_data / 100)
    return points[:n_train], points[n_train:]
