"""Runs that nobody trained: folders with the records that a run of so many epochs leaves, as long as they are."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lenet.config import TrainConfig
from lenet.training.folder import RunFolder

ODD = "20260101-000000-abcdef"


def store_run(experiments: Path, name: str, *, epochs: int = 1, **fields: Any) -> Path:
    """A finished run's folder. fields: of its run.json, to have otherwise; of `config` those that are no default."""
    folder = experiments / name
    folder.mkdir(parents=True)
    stored = {"owner": "somebody", "created": 0.0, "preset": "fast", "queued": False} | fields
    config = TrainConfig().to_json() | fields.get("config", {"epochs": epochs})
    (folder / "run.json").write_text(json.dumps(stored | {"config": config}))
    (folder / "metrics.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records(epochs)))
    (folder / "lock").touch()
    return folder


def records(epochs: int, batches: int = 470, reports: int = 20) -> list[dict[str, Any]]:
    """As `python -m lenet train` writes them. reports: lines of losses an epoch."""
    rng = random.Random(epochs)
    layers = [{"name": name, "shape": [6, 24, 24], "parameters": 156} for name in ("input", "conv1", "pool1", "fc3")]
    found: list[dict[str, Any]] = [
        {"kind": "start", "epoch": 0, "step": 0, "steps": batches * epochs, "steps_per_epoch": batches,
         "epochs": epochs, "device": "CPU, 2 threads", "images": 60_000, "layers": layers},
    ]  # fmt: skip
    for epoch in range(1, epochs + 1):
        for report in range(reports):
            step = (epoch - 1) * batches + report * batches // reports
            losses = [rng.random() for _ in range(batches // reports)]
            found.append({"kind": "batches", "epoch": epoch, "step": step, "loss": losses,
                          "images_per_s": 20_000, "left_s": 5.0})  # fmt: skip
        accuracy = 0.9 + epoch / 1000
        score = {"loss": rng.random(), "accuracy": accuracy, "images": 10_000}
        found.append({
            "kind": "epoch", "epoch": epoch, "step": epoch * batches, "seconds": 2.0, "train_s": 2.0 * epoch,
            "train": score, "holdout": None, "test": score, "checkpoint": f"lenet_mnist_{accuracy:.3f}.pt",
            "confusion": [[rng.randrange(1000) for _ in range(10)] for _ in range(10)],
            "worst": [{"image": rng.randrange(10_000), "label": 1, "predicted": 2, "probability": rng.random()}
                      for _ in range(40)],
        })  # fmt: skip
    end = {"kind": "end", "run": "x", "status": "finished", "epochs": epochs, "accuracy": 0.9, "train_s": 2.0 * epochs}
    return [*found, end | {"checkpoint": "lenet_mnist_0.900.pt"}]


def odd_run(experiments: Path, name: str = ODD) -> RunFolder:
    """The folder of a run that can be read and never began."""
    folder = RunFolder(experiments, name)
    folder.path.mkdir()
    changed()(folder.path / "run.json")
    return folder


def changed(**fields: Any) -> Callable[[Path], Any]:
    """run.json with other fields; of `config` those that are no default."""

    def change(path: Path) -> None:
        stored = {"config": {"epochs": 1}, "preset": "fast", "created": 1.0, "owner": "alice", "queued": False} | fields
        if isinstance(stored["config"], dict):
            stored["config"] = TrainConfig().to_json() | stored["config"]
        path.write_text(json.dumps(stored))

    return change
