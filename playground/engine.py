"""One running Playground: a Config, its data, its network and how far it is trained.

No IO, no clock, no Flask, no process. The same Config and the same calls give the same numbers anywhere.
"""

from __future__ import annotations

import functools
import math
import threading
from typing import Any

import numpy as np

from playground import draws, learning_rate, network
from playground.config import Config
from playground.data import datasets
from playground.kernel import general, maps, original
from playground.kernel.codes import ACTIVATION_CODE, LINEAR, LOSS_CODE, OPTIMIZER_CODE, REGULARIZATION_CODE
from playground.loss import LOSSES
from playground.optimizer import COEFFICIENTS, OPTIMIZERS
from playground.snapshot import Scores, Snapshot

SIDE = 100  # pixels of a map
EDGE = 6.0  # the plane is [-EDGE, EDGE] squared
PART = 1 << 19  # points times parameters, some milliseconds: as much of an epoch is trained at once


@functools.cache
def grid(features: tuple[str, ...]) -> np.ndarray:
    """The features of a map's pixels, (features, SIDE * SIDE), row by row from the top."""
    axis = [-EDGE + 2 * EDGE * i / (SIDE - 1) for i in range(SIDE)]
    return network.inputs(features, axis * SIDE, [-y for y in axis for _ in range(SIDE)])


@functools.lru_cache(maxsize=64)
def _sets(data: tuple[Any, ...], features: tuple[str, ...], n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The features of the first n points and of the others, (features, n), and all labels; shared by the engines that
    use them."""
    points, _ = datasets.make(*data)
    x = network.inputs(features, points[:, 0].tolist(), points[:, 1].tolist())
    return np.ascontiguousarray(x[:, :n]), np.ascontiguousarray(x[:, n:]), np.ascontiguousarray(points[:, 2])


class _Room(threading.local):
    """Where maps are drawn: one for all engines of a thread, as each is read before the next is drawn."""

    maps = np.empty((0, SIDE * SIDE))

    def of(self, nodes: int) -> np.ndarray:
        """Room for the maps of so many nodes, in the memory of those before."""
        if len(self.maps) < nodes:
            self.maps = np.empty((nodes, SIDE * SIDE))
        return self.maps[:nodes]


_room = _Room()


class Engine:
    """Trains `config`. `epoch` counts finished epochs; `mlp` is the PyTorch module that is trained."""

    def __init__(self, config: Config):
        self.config = config
        self._load_data()
        self._build()

    def _load_data(self) -> None:
        config = self.config
        self.train_points, self.test_points = datasets.split(config)
        self._key = draws.key_of(config.seed)
        n = len(self.train_points)
        train, test, labels = _sets(config.data, config.features, n)
        self._train, self._test = (train, labels[:n]), (test, labels[n:])
        self._in_turn = self._train

    @property
    def data_bytes(self) -> int:
        """What its points and their features take."""
        arrays = self.train_points, self.test_points, *self._train, *self._test
        return sum(array.nbytes for array in arrays)

    def _build(self) -> None:
        config = self.config
        _, stream = datasets.make(*config.data)
        self.mlp = network.build(config, stream)
        self._initial = self.mlp.flat.clone()
        self._flat = self.mlp.flat.numpy()
        self._sizes = np.array(self.mlp.sizes, dtype=np.int64)
        codes = [ACTIVATION_CODE[name] for name in self.mlp.activations]
        self._map_codes = np.array(codes, dtype=np.int64)
        takes_sums = LOSSES[config.loss_in_use].of_sums
        self._codes = np.array([*codes[:-1], LINEAR] if takes_sums else codes, dtype=np.int64)
        self._loss = LOSS_CODE[config.loss_in_use]
        self._dropout = np.array([*config.dropouts, 0.0])
        self._coefficients = tuple(float(getattr(config, name)) for name in COEFFICIENTS)
        self._gradient = np.zeros_like(self._flat)
        self._means = np.zeros((OPTIMIZERS[config.optimizer].means, self._flat.size))
        self._dead = np.zeros(self._flat.size, dtype=np.bool_)
        self._count = self._steps = 0
        self.epoch = self._point = 0

    def configure(self, config: Config) -> None:
        """Takes over `config`, which differs in live and view fields alone: they enter the training as it is."""
        self.config = config

    def rebuild(self, config: Config) -> None:
        """A new network of `config` at epoch 0, with its data."""
        self.config = config
        self._load_data()
        self._build()

    def new_data(self, config: Config) -> None:
        """Takes over `config`, which differs in its seed or its own data: other points, while the network is kept and
        goes on."""
        self.config = config
        self._load_data()
        _, stream = datasets.make(*config.data)
        self._initial = network.build(config, stream).flat

    def reset(self) -> None:
        """Back to epoch 0 with the initial weights that the config's link gives."""
        self._flat[:] = self._initial.numpy()
        self._gradient[:] = self._means[:] = 0
        self._dead[:] = False
        self._count = self._steps = 0
        self.epoch = self._point = 0

    @property
    def is_midway(self) -> bool:
        """An epoch has begun and is not complete. Nothing may be done then but to go on, or to go somewhere else."""
        return self._point > 0

    def train(self) -> None:
        """One epoch, or what is left of it."""
        while not self.train_part():
            pass

    def train_part(self) -> bool:
        """Some milliseconds of an epoch. Returns whether it is complete."""
        config, n = self.config, self._train[1].size
        batch_size = n if config.full_batch else config.batch_size
        last = min(n, self._point + max(1, PART // self._flat.size))
        rate = learning_rate.rate(config, self.epoch)
        if config.trains_as_the_original:
            self._count, self._point = original.epoch(
                self._flat, self._sizes, self._codes, self._dead, self._gradient, self._count, *self._train,
                self._point, last, batch_size, rate, REGULARIZATION_CODE[config.regularization],
                float(config.regularization_rate),
            )  # fmt: skip
        else:
            if config.shuffle and not self._point:
                order = draws.order(self._key, self.epoch, n)
                x, y = self._train
                self._in_turn = np.ascontiguousarray(x[:, order]), y[order]
            self._count, self._point, self._steps = general.epoch(
                self._flat, self._sizes, self._codes, self._dead, self._gradient, self._count, self._means,
                self._steps, *self._in_turn, self._point, last, batch_size, rate, *config.penalties, self._loss,
                self._dropout, draws.epoch_key(self._key, self.epoch), OPTIMIZER_CODE[config.optimizer],
                self._coefficients,
            )  # fmt: skip
        if self._point < n:
            return False
        self.epoch += 1
        self._point, self._in_turn = 0, self._train
        return True

    def scores(self) -> Scores:
        """The losses and accuracies of the network as it is now."""
        train_loss, train_accuracy = self._evaluate(*self._train)
        test_loss, test_accuracy = self._evaluate(*self._test)
        if self.config.problem == "regression":
            train_accuracy = test_accuracy = math.nan
        return Scores(train_loss, test_loss, train_accuracy, test_accuracy)

    def _evaluate(self, x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
        """Mean loss and accuracy."""
        if self.config.trains_as_the_original:
            return original.evaluate(self._flat, self._sizes, self._codes, x, y)
        return general.evaluate(self._flat, self._sizes, self._codes, x, y, self._loss)

    @property
    def finite(self) -> bool:
        """Whether every parameter is a finite number."""
        return bool(np.isfinite(self._flat).all())

    def maps(self) -> np.ndarray:
        """The output of every node, layer by layer, for each pixel: (nodes, SIDE, SIDE). Those of several classes are
        how likely each is. Reused by the next call in this thread, of any engine."""
        room = _room.of(int(self._sizes[1:].sum()))
        maps.maps(self._flat, self._sizes, self._map_codes, grid(self.config.features), room)
        if self.config.has_classes:
            maps.softmax(room[-self.config.outputs :])
        return room.reshape(-1, SIDE, SIDE)

    def outputs(self) -> np.ndarray:
        """The maps of the network's outputs alone: (outputs, SIDE, SIDE); of the same memory as `maps`."""
        return self.maps()[-self.config.outputs :]

    def classified(self) -> np.ndarray:
        """Which class each of the training points, then of the test points, is taken for: uint8. Empty where labels are
        not classes."""
        out = np.empty(len(self.train_points) + len(self.test_points) if self.config.has_classes else 0, np.uint8)
        if out.size:
            n = len(self.train_points)
            general.classify(self._flat, self._sizes, self._codes, self._train[0], out[:n])
            general.classify(self._flat, self._sizes, self._codes, self._test[0], out[n:])
        return out

    @property
    def parameters(self) -> np.ndarray:
        """All parameters in the order of `MLP.flat`; a view."""
        return self._flat

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of inputs, then the nodes of each computed layer."""
        return self.mlp.sizes

    def set_weight(self, layer: int, node: int, source: int, value: float) -> None:
        """Edits a weight. A dead link comes to life again."""
        weight = self.mlp.weights[layer].data
        weight[node, source] = value
        self._dead[weight.storage_offset() + node * weight.shape[1] + source] = False

    def set_bias(self, layer: int, node: int, value: float) -> None:
        """Edits a bias."""
        self.mlp.biases[layer].data[node] = value

    def snapshot(self) -> Snapshot:
        """What `restore` needs, for an engine of the same config."""
        return Snapshot(
            self.epoch, self._count, self._flat.tobytes(), _brief(self._gradient), _brief(self._dead),
            self._means.tobytes(), self._steps,
        )  # fmt: skip

    def restore(self, snapshot: Snapshot) -> None:
        """Goes on from `snapshot`."""
        self.epoch, self._point = snapshot.epoch, 0
        self._count = snapshot.accumulated
        self._flat[:] = np.frombuffer(snapshot.parameters)
        self._gradient[:] = np.frombuffer(snapshot.gradient) if snapshot.gradient else 0
        self._dead[:] = np.frombuffer(snapshot.dead, dtype=np.bool_) if snapshot.dead else False
        self._means[:] = np.frombuffer(snapshot.means).reshape(self._means.shape) if snapshot.means else 0
        self._steps = snapshot.steps


def _brief(values: np.ndarray) -> bytes:
    """Its bytes; none where all are 0."""
    content = values.tobytes()
    return content if content.strip(b"\0") else b""
