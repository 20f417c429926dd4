"""What stands in a run's folder is replaced while the server runs: every request is refused by a code, none waits."""

from __future__ import annotations

import os
import socket
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from lenet.runs.registry import Runs

SECONDS = 20
MIB = 2**20
CELL = "epochs/last/images?label=4&predicted=9"
ADDRESSES = [
    "", "/records", f"/{CELL}", "/epochs/last/kernels", "/epochs/last/checkpoint", "/epochs/last/script",
    "/epochs/last/onnx", "/epochs/last/safetensors", "/epochs.csv", "/checkpoints.zip",
]  # fmt: skip


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def listen(path: Path) -> None:
    """A socket has a place in the file system too."""
    here = os.open(path.parent, os.O_RDONLY)  # the whole path may be longer than a socket's may be
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(f"/proc/self/fd/{here}/{path.name}")
    finally:
        os.close(here)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3 * 2**30)


ODD: dict[str, Callable[[Path], Any]] = {
    "folder": Path.mkdir, "pipe": os.mkfifo, "circle": loop, "socket": listen,
    "device": lambda path: path.symlink_to("/dev/zero"), "huge": huge,
}  # fmt: skip


def files(runs: Runs, run_id: str) -> list[Path]:
    folder = runs.board.get(run_id).folder.path
    names = ("run.json", "config.json", "metrics.jsonl", "predictions.u8", "request", "pid", "log.txt", "resume.pt")
    return [*(folder / name for name in names), *folder.glob("lenet_*.pt")]


def put(path: Path, kind: str) -> None:
    path.unlink(missing_ok=True)
    ODD[kind](path)


@pytest.mark.parametrize("kind", ODD)
def test_whatever_a_file_of_a_run_has_become_every_request_is_answered(
    student: FlaskClient, runs: Runs, run_id: str, kind: str
):
    for path in files(runs, run_id):
        put(path, kind)
    answers: list[int] = []

    def ask() -> None:
        answers.extend(student.get(f"/api/lenet/runs/{run_id}{address}").status_code for address in ADDRESSES)

    thread = threading.Thread(target=ask, daemon=True)
    tracemalloc.start()
    try:
        thread.start()
        thread.join(SECONDS)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(answers) == len(ADDRESSES), f"nobody answers {ADDRESSES[len(answers)]}"
    assert all(status in (200, 404, 409) for status in answers), answers
    assert most < 64 * MIB


@pytest.mark.parametrize("kind", ["folder", "pipe", "circle", "socket"])
def test_answers_that_cannot_be_read_are_named(student: FlaskClient, runs: Runs, run_id: str, kind: str):
    put(runs.board.get(run_id).folder.predictions, kind)
    answer = student.get(f"/api/lenet/runs/{run_id}/{CELL}")
    assert (answer.status_code, answer.json["code"]) == (409, "unreadable")
    assert "predictions.u8" in answer.json["error"]


@pytest.mark.parametrize("left", [None, 9_999, 10_001])
def test_answers_that_are_not_there_are_named(student: FlaskClient, runs: Runs, run_id: str, left: int | None):
    path = runs.board.get(run_id).folder.predictions
    if left is None:
        path.unlink()
    else:
        os.truncate(path, left)
    answer = student.get(f"/api/lenet/runs/{run_id}/{CELL}")
    assert (answer.status_code, answer.json["code"]) == (404, "no-file")
