"""Deleted runs and their folders."""

from __future__ import annotations

import shutil
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lenet.queue.this_machine import LocalBackend
from lenet.runs.registry import Runs
from support.lenet_runs import ALICE, start
from support.processes import wait_until

Ended = Callable[..., dict[str, Any]]
Status = Callable[[str], str]


def test_deleting_removes_the_files_and_tells(runs: Runs, experiments: Path):
    (run_id,) = [summary["run"] for summary in runs.board.summaries()]
    news: list[dict[str, Any]] = []
    runs.board.subscribe(lambda _event, payload: news.append(payload))
    runs.delete(ALICE, run_id)
    assert runs.board.summaries() == []
    assert list(experiments.glob("[!.]*")) == []
    assert news == [{"run": run_id, "deleted": True, "by": "owner"}]


def test_a_run_of_many_files_is_out_of_the_way_at_once(runs: Runs, experiments: Path, monkeypatch: pytest.MonkeyPatch):
    """Nobody waits for its files to go, however long that takes."""
    (run_id,) = [summary["run"] for summary in runs.board.summaries()]
    for number in range(10_000):
        (experiments / run_id / f"{number}.pt").touch()
    going, may_go, remove = threading.Event(), threading.Event(), shutil.rmtree

    def remove_later(*arguments: Any, **options: Any) -> None:
        going.set()
        may_go.wait(30)
        remove(*arguments, **options)

    monkeypatch.setattr(shutil, "rmtree", remove_later)
    took = [seconds(lambda: runs.delete(ALICE, run_id))]
    assert not (experiments / run_id).exists()
    assert going.wait(10)
    other = start(runs)
    took += [seconds(lambda: runs.rename(ALICE, other, "other")) for _ in range(9)]
    runs.request(ALICE, other, "stop")
    assert statistics.median(took) < 0.3
    assert took[0] < 1.5
    may_go.set()
    wait_until(lambda: list(experiments.glob(".deleted-*")) == [], 30, "its files to be gone")


def seconds(act: Callable[[], object]) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


def test_a_run_whose_folder_cannot_be_renamed_is_deleted_all_the_same(
    runs: Runs, experiments: Path, monkeypatch: pytest.MonkeyPatch, mnist: Path
):
    """As on Windows while somebody downloads a checkpoint; until then no server takes what is left for a run."""
    (run_id,) = [summary["run"] for summary in runs.board.summaries()]
    rename, remove = Path.replace, shutil.rmtree

    def in_use(path: Path, *_: object) -> Path:
        if path.name == run_id:
            raise PermissionError(13, "The process cannot access the file")
        return rename(path, *_)

    monkeypatch.setattr(Path, "replace", in_use)
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    monkeypatch.setattr("lenet.runs.removal.AGAIN_S", 0.4)
    runs.delete(ALICE, run_id)
    assert runs.board.summaries() == []
    second = Runs(mnist, experiments, LocalBackend(mnist, ["cpu"], trainers_each=1))
    assert second.board.wait_until_read(20)
    assert (second.board.summaries(), second.board.unreadable()) == ([], [])
    second.close()
    monkeypatch.setattr(shutil, "rmtree", remove)
    wait_until(lambda: not (experiments / run_id).exists(), 10, "it to be removed when the file is free")
