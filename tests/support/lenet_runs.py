"""Small, quick training settings and visitors that the LeNet tests share."""

from __future__ import annotations

from typing import Any

from lenet.run import Visitor

# Two epochs of a second: one thread, so that tests beside each other do not wait for each other's cores.
QUICK: dict[str, Any] = {"train_images": 1500, "epochs": 2, "batch_size": 50, "threads": 1, "device": "cpu"}
SHIFTED = {"shift": 1.0, "rotate": 5.0, "optimizer": "adamw", "learning_rate": 0.003, "momentum": 0.9}

ALICE, BOB, TEACHER = Visitor("alice"), Visitor("bob"), Visitor("teacher", is_teacher=True)
