from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenet.training.folder import RUN_ID, RunFolder, new_run_id
from support.processes import wait_until


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path, new_run_id())
    folder.path.mkdir()
    return folder


def test_new_ids_fit_the_pattern_and_differ():
    ids = {new_run_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(RUN_ID.fullmatch(run_id) for run_id in ids)


@given(st.text() | st.sampled_from(["..", "a/b", "20260101-000000-abcdef/..", "20260101-000000-abcdef\n"]))
def test_what_is_no_id_gives_no_path(text: str):
    if RUN_ID.fullmatch(text):
        return
    with pytest.raises(ValueError, match="invalid run id"):
        RunFolder(Path("experiments"), text)


def test_records_come_back_in_order_from_any_line(folder: RunFolder):
    assert folder.records() == []
    for number in range(5):
        folder.append({"kind": "batches", "number": number})
    assert [record["number"] for record in folder.records(2)] == [2, 3, 4]
    assert folder.records(5) == []


def test_a_torn_last_line_is_not_read_and_dropped_before_more_is_written(folder: RunFolder):
    folder.append({"number": 1})
    with folder.metrics.open("ab") as file:
        file.write(b'{"numb')
    assert folder.records() == [{"number": 1}]
    folder.mend()
    folder.append({"number": 2})
    assert folder.records() == [{"number": 1}, {"number": 2}]


def test_a_number_that_is_none_is_not_written(folder: RunFolder):
    with pytest.raises(ValueError, match="JSON"):
        folder.append({"loss": float("nan")})
    assert folder.records() == []


def test_small_files_are_whole_or_not_there(folder: RunFolder):
    assert folder.read_json("run.json") is None
    folder.write_json("run.json", {"owner": "alice"})
    assert folder.read_json("run.json") == {"owner": "alice"}
    (folder.path / "run.json").write_text("{half")
    assert folder.read_json("run.json") is None


def test_a_request_is_heard_until_it_is_cleared(folder: RunFolder):
    assert folder.requested() is None
    folder.request("pause")
    assert folder.requested() == "pause"
    folder.clear_request()
    folder.clear_request()
    assert folder.requested() is None


def _hold(path: Path, run_id: str) -> None:
    folder = RunFolder(path, run_id)
    with folder.lock():
        (folder.path / "pid").write_text(str(os.getpid()))
        while True:
            multiprocessing.Event().wait(60)


def test_a_trainer_is_alive_while_it_holds_the_lock_and_can_be_killed(folder: RunFolder):
    assert not folder.is_alive()
    holder = multiprocessing.get_context("fork").Process(target=_hold, args=(folder.path.parent, folder.id))
    holder.start()
    wait_until(lambda: folder.is_alive() and (folder.path / "pid").exists(), 10, "the lock to be held")
    assert folder.status() == ("running", None)
    folder.kill()
    holder.join(10)
    assert holder.exitcode == -9
    assert not folder.is_alive()
    assert folder.status()[0] == "interrupted"


def test_kill_harms_no_stranger_that_has_the_number_now(folder: RunFolder):
    (folder.path / "pid").write_text(str(os.getpid()))
    folder.kill()  # this process lives on


def test_the_status_is_the_last_word_of_the_trainer(folder: RunFolder):
    folder.append({"kind": "end", "status": "failed", "reason": "the disk"})
    assert folder.status() == ("failed", "the disk")
    folder.append({"kind": "start", "epoch": 0, "step": 0, "steps": 9, "device": "CPU"})
    assert folder.status()[0] == "interrupted"


def test_digits_of_other_scripts_make_no_id(tmp_path: Path):
    with pytest.raises(ValueError, match="invalid run id"):
        RunFolder(tmp_path, "٢٠٢٦٠١٠١-000000-abcdef")
