"""What everybody reads of the runs, and hears."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.refused import RefusedError
from core.visitors import Visitor
from lenet.run import Run
from lenet.runs.board import Board
from support.lenet_folders import changed, odd_run
from support.lenet_runs import ALICE, BOB, TEACHER

PLACE = {"position": 1, "wait_s": 3.5}


def make(tmp_path: Path, name: str = "20260101-000000-abcdef", **fields: Any) -> Run:
    folder = odd_run(tmp_path, name)
    changed(**fields)(folder.path / "run.json")
    return Run.of(folder, folder.load_json("run.json"))


def test_what_was_read_does_not_change_when_the_run_does(tmp_path: Path):
    board, run = Board(), make(tmp_path)
    board.put(run)
    before = board.get(run.id)
    run.status = "running"
    assert (before.summary["status"], board.summary(run.id)["status"]) == ("queued", "queued")
    board.put(run)
    assert (before.summary["status"], board.summary(run.id)["status"]) == ("queued", "running")


def test_only_what_is_queued_has_a_place(tmp_path: Path):
    board, run = Board(), make(tmp_path)
    board.put_places({run.id: PLACE})
    for status, place in (("queued", PLACE), ("running", {"position": None, "wait_s": None})):
        run.status = status
        board.put(run)
        assert {name: board.summary(run.id)[name] for name in PLACE} == place
        assert board.page(9)["runs"] == board.summaries() == [board.summary(run.id)]


@pytest.mark.parametrize(("who", "told"), [(ALICE, "mine"), (TEACHER, "mine"), (BOB, None), (Visitor(None), None)])
def test_a_name_is_told_to_the_owner_and_the_teacher_alone(tmp_path: Path, who: Visitor, told: str | None):
    board, run = Board(), make(tmp_path, name="20260101-000000-abcdef")
    run.name = "mine"
    board.put(run)
    assert "name" not in board.summary(run.id)
    assert board.named(who, board.summary(run.id))["name"] == told


def test_a_run_of_the_command_line_is_nobodys_who_has_no_secret(tmp_path: Path):
    board, run = Board(), make(tmp_path, owner=None)
    run.name = "mine"
    board.put(run)
    assert board.named(Visitor(None), board.summary(run.id))["name"] is None
    assert board.named(TEACHER, board.summary(run.id))["name"] == "mine"


def test_a_page_may_be_of_one_owner_alone(tmp_path: Path):
    board = Board()
    for number, owner in enumerate(["alice", "bob", "alice", None]):
        board.put(make(tmp_path, f"20260101-000000-00000{number}", owner=owner, created=number))
    page = board.page(1, owner="alice")
    assert ([run["owner"] for run in page["runs"]], page["total"]) == (["alice"], 2)
    assert len(board.page(9, page["next"], "alice")["runs"]) == 1
    assert board.page(9)["total"] == 4


def test_what_is_missing_is_still_being_read_or_unreadable_or_not_there():
    board, unreadable = Board(), "20260101-000000-bbbbbb"
    board.put_unreadable(unreadable, "it is odd")
    assert [error.code for error in (board.missing("x"), board.missing(unreadable))] == ["reading", "unreadable"]
    board.note_all_read()
    missing = [board.missing("x"), board.missing("x", is_sweep=True), board.missing(unreadable)]
    assert [error.code for error in missing] == ["no-such-run", "no-such-sweep", "unreadable"]
    for ask in (board.get, board.summary, board.sweep):
        with pytest.raises(RefusedError, match=r"no run|no sweep"):
            ask("x")


def test_a_listener_that_fails_keeps_nothing_from_the_others(tmp_path: Path):
    board, run, heard = Board(), make(tmp_path), []

    def fail(*_: object) -> None:
        raise RuntimeError("a page")

    board.subscribe(fail)
    board.subscribe(lambda event, payload: heard.append((event, payload["run"])))
    board.tell(run)
    board.tell_records(run, 0, [{"kind": "batches"}])
    board.tell_deleted(run.id, "owner")
    assert heard == [("run", run.id), ("records", run.id), ("run", run.id)]
    assert run.id not in board


def test_who_hears_of_records_already_reads_how_many_there_are(tmp_path: Path):
    board, run, read = Board(), make(tmp_path), []
    board.put(run)
    board.subscribe(lambda _event, payload: read.append(board.get(payload["run"]).lines))
    run.progress.lines = 7
    board.tell_records(run, 0, [])
    assert read == [7]
