"""Small, quick training settings, visitors and an edge that the LeNet tests share."""

from __future__ import annotations

from typing import Any

from flask import Flask

from core.visitors import Visitor, Visitors
from web.edge import readable
from web.hosts import Hosts, guard
from web.refusals import Refusals
from web.visitors import identify

# Two epochs of a second: one thread, so that tests beside each other do not wait for each other's cores.
QUICK: dict[str, Any] = {"train_images": 1500, "epochs": 2, "batch_size": 50, "threads": 1, "device": "cpu"}
SHIFTED = {"shift": 1.0, "rotate": 5.0, "optimizer": "adamw", "learning_rate": 0.003, "momentum": 0.9}

ALICE, BOB, TEACHER = Visitor("alice"), Visitor("bob"), Visitor("teacher", is_teacher=True)


def put_behind_the_edge(app: Flask, visitors: Visitors) -> None:
    """The part of the edge that tells who asks, and from where."""
    told = identify(app.wsgi_app, visitors)
    app.wsgi_app = readable(guard(told, Hosts("localhost"), Refusals()))  # type: ignore[method-assign]
