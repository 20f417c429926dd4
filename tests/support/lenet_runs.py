"""Small, quick training settings, visitors and an edge that the LeNet tests share."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from core.visitors import Visitor, Visitors
from lenet.queue.launcher import Launcher
from lenet.queue.this_machine import LocalBackend
from lenet.runs.registry import Runs
from web.edge import readable
from web.hosts import Hosts, guard
from web.refusals import Refusals
from web.visitors import identify

# Two epochs of a second: one thread, so that tests beside each other do not wait for each other's cores.
QUICK: dict[str, Any] = {"train_images": 1500, "epochs": 2, "batch_size": 50, "threads": 1, "device": "cpu"}
SMALL = QUICK | {"train_images": 500, "epochs": 1}
LONG = QUICK | {"train_images": 5000, "epochs": 40}
SHIFTED = {"shift": 1.0, "rotate": 5.0, "optimizer": "adamw", "learning_rate": 0.003, "momentum": 0.9}

ALICE, BOB, TEACHER = Visitor("alice"), Visitor("bob"), Visitor("teacher", is_teacher=True)

_seeds = itertools.count()


def put_behind_the_edge(app: Flask, visitors: Visitors) -> None:
    """The part of the edge that tells who asks, and from where."""
    told = identify(app.wsgi_app, visitors)
    app.wsgi_app = readable(guard(told, Hosts("localhost"), Refusals()))  # type: ignore[method-assign]


def start(runs: Runs, visitor: Visitor = ALICE, **changes: Any) -> str:
    """A run like no other: those of the same settings would be trained as one."""
    return runs.create(visitor, "exercise-code", LONG | {"stop_change": 0.0, "seed": next(_seeds)} | changes)["run"]


def has_epoch(runs: Runs, run_id: str) -> bool:
    return bool(runs.show(run_id)["epochs"])


def read_all(experiments: Path, mnist: Path, launcher: Launcher | None = None) -> Runs:
    """Runs over that folder, all of it read. launcher: where something is trained, or it has one that loads torch."""
    runs = Runs(mnist, experiments, LocalBackend(mnist, ["cpu"], launcher))
    assert runs.board.wait_until_read(20)
    return runs


def create(student: FlaskClient, **config: Any) -> str:
    """A new run of a few seconds, by the API."""
    answer = student.post("/api/lenet/runs", json={"preset": "exercise-code", "config": SMALL | config})
    assert answer.status_code == 201, answer.json
    return answer.json["run"]


def rename(student: FlaskClient, run_id: str, body: Any, **headers: str) -> Any:
    return student.patch(f"/api/lenet/runs/{run_id}", json=body, headers=headers)


def records_of(runs: Runs, run_id: str) -> list[dict[str, Any]]:
    """All that a run has recorded so far, as anyone may see it."""
    return [json.loads(line) for line in runs.board.get(run_id).records(0)]
