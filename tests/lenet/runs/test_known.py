"""The runs that the server knows, and the steps they take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.refused import RefusedError
from lenet.reasons import because
from lenet.run import Run
from lenet.runs.board import Board
from lenet.runs.known import KnownRuns
from lenet.runs.removal import Removal
from lenet.states import STATES, StepError
from lenet.training.folder import RunFolder
from support.lenet_folders import changed, odd_run


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def known(board: Board, tmp_path: Path) -> Iterator[KnownRuns]:
    removal = Removal(tmp_path)
    yield KnownRuns(board, removal)
    removal.close()


def put(known: KnownRuns, folder: RunFolder, **fields: Any) -> Run:
    path = folder.path / "run.json"
    changed(**fields)(path)
    run = Run.of(folder, folder.load_json("run.json"))
    known.add(run)
    return run


def test_a_step_is_on_the_board_at_once_and_decides_who_is_active(known: KnownRuns, board: Board, tmp_path: Path):
    run = put(known, odd_run(tmp_path))
    assert known.active == []
    for status in ("queued", "starting", "running", "failed"):
        known.step(run, status, because("closed"))
        assert board.summary(run.id)["status"] == status
        assert board.summary(run.id)["reason"] == "the server was closed"
        assert known.active == ([run] if STATES[status].is_active else [])


def test_a_step_that_no_run_takes_changes_nothing(known: KnownRuns, board: Board, tmp_path: Path):
    run = put(known, odd_run(tmp_path))
    known.correct(run, "finished")
    with pytest.raises(StepError):
        known.step(run, "running")
    assert (run.status, known.active, board.summary(run.id)["status"]) == ("finished", [], "finished")


def test_what_a_run_is_found_to_be_needs_no_step(known: KnownRuns, board: Board, tmp_path: Path):
    run = put(known, odd_run(tmp_path))
    known.correct(run, "finished")
    known.correct(run, "running")
    assert (known.active, board.summary(run.id)["status"]) == ([run], "running")


def test_a_deleted_run_is_gone_everywhere_and_told(known: KnownRuns, board: Board, tmp_path: Path):
    run = put(known, odd_run(tmp_path))
    known.step(run, "queued")
    heard: list[tuple[str, dict[str, Any]]] = []
    board.subscribe(lambda event, payload: heard.append((event, payload)))
    known.delete(run, "teacher")
    assert heard == [("run", {"run": run.id, "deleted": True, "by": "teacher"})]
    assert (known.find(run.id), known.active, run.id in board, run.folder.path.exists()) == (None, [], False, False)
    board.note_all_read()
    with pytest.raises(RefusedError, match="no run"):
        known.get(run.id)


def test_a_run_whose_folder_cannot_be_taken_away_stays(known: KnownRuns, board: Board, tmp_path: Path, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    run = put(known, odd_run(tmp_path))
    known.step(run, "stopped")
    monkeypatch.setattr(Removal, "take", refuse)
    with pytest.raises(RefusedError, match="Read-only") as refused:
        known.delete(run)
    assert (refused.value.status, refused.value.code) == (409, "in-use")
    assert (known.get(run.id), board.summary(run.id)["status"]) == (run, "stopped")


def test_a_sweeps_trials_are_in_the_order_of_their_numbers(known: KnownRuns, board: Board, tmp_path: Path):
    about = {"id": "20260101-000000-aaaaaa", "size": 3, "search": "grid", "axes": {"seed": {"values": [1, 2, 3]}}}
    for number in (2, 3, 1):
        put(known, odd_run(tmp_path, f"20260101-000000-00000{number}"), sweep=about | {"number": number})
    put(known, odd_run(tmp_path))
    assert [run.sweep["number"] for run in known.trials(about["id"])] == [1, 2, 3]
    board.note_all_read()
    with pytest.raises(RefusedError, match="no sweep"):
        known.trials("20260101-000000-bbbbbb")
