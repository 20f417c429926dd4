"""Runs that somebody else made are taken up: an earlier server's, a second one's, those of folders put there."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.refused import RefusedError
from core.visitors import Visitor
from lenet.queue.launcher import Launcher
from lenet.queue.this_machine import LocalBackend
from lenet.runs import adoption, reading
from lenet.runs.registry import Runs
from lenet.training.folder import RunFolder
from support.lenet_folders import ODD, changed, odd_run, store_run
from support.lenet_runs import ALICE, LONG, has_epoch, read_all, start
from support.processes import ROOT, wait_until

Ended = Callable[..., dict[str, Any]]
Status = Callable[[str], str]


def test_folders_of_all_kinds_are_read_at_the_start(mnist: Path, experiments: Path, trained: RunFolder):
    (experiments / "notes").mkdir()
    (experiments / ".deleted-20260101-000000-abcdef").mkdir()
    (experiments / "20260101-000000-abcdef").mkdir()
    (experiments / "20260101-000000-abcdef" / "config.json").write_text('{"config": {"epochs": -3}}')
    (experiments / trained.id / "run.json").unlink()  # then it is one of the command line's
    runs = Runs(mnist, experiments, LocalBackend(mnist, ["cpu"], trainers_each=1))
    assert runs.board.wait_until_read(20)
    try:
        (summary,) = runs.board.summaries()
        assert (summary["run"], summary["owner"], summary["status"]) == (trained.id, None, "finished")
        assert summary["accuracy"] == trained.records()[-1]["accuracy"]
        with pytest.raises(RefusedError):
            runs.delete(Visitor("None"), trained.id)
        wait_until(lambda: not (experiments / ".deleted-20260101-000000-abcdef").exists(), 10, "what was deleted")
    finally:
        runs.close()


def test_a_second_server_leaves_the_firsts_runs_alone(runs: Runs, mnist: Path, ended: Ended):
    trains, waits = start(runs), start(runs)
    wait_until(lambda: has_epoch(runs, trains), 60, "a first epoch")
    second = Runs(mnist, runs.experiments_dir, LocalBackend(mnist, ["cpu"], trainers_each=1))
    assert second.board.wait_until_read(20)
    assert not {trains, waits} & {one["run"] for one in second.board.summaries()}
    assert len(second.board.summaries()) == 1  # the finished one
    second.close()
    assert runs.show(trains)["status"] == "running"
    assert runs.show(waits)["status"] == "queued"
    for run_id in (waits, trains):
        runs.request(ALICE, run_id, "stop")
    ended(trains)


def test_a_killed_server_leaves_the_trainer_and_the_next_one_takes_it_up(mnist: Path, tmp_path: Path, ended):
    code = """
import sys, threading
from lenet.queue.launcher import Launcher
from lenet.queue.this_machine import LocalBackend
from core.visitors import Visitor
from lenet.runs.registry import Runs
runs = Runs(sys.argv[1], sys.argv[2], LocalBackend(sys.argv[1], ["cpu"], trainers_each=1))
print(runs.create(Visitor("alice"), "exercise-code", eval(sys.argv[3]))["run"], flush=True)
threading.Event().wait(60)
"""
    changes = repr(LONG | {"stop_change": 0.0})
    command = [sys.executable, "-c", code, str(mnist), str(tmp_path), changes]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    run_id = server.stdout.readline().strip()
    folder = RunFolder(tmp_path, run_id)
    wait_until(lambda: len(folder.records()) > 2, 60, "the first batches")
    server.kill()
    server.communicate()

    runs = Runs(mnist, tmp_path, LocalBackend(mnist, ["cpu"], trainers_each=1))
    assert runs.board.wait_until_read(20)
    try:
        assert runs.show(run_id)["status"] == "running"
        later = start(runs, epochs=1)
        wait_until(lambda: has_epoch(runs, run_id), 60, "an epoch, seen by the second server")
        assert (runs.show(run_id)["device"], runs.show(later)["status"]) == ("cpu", "queued")
        runs.request(ALICE, run_id, "stop")
        wait_until(lambda: runs.show(run_id)["status"] == "stopped", 15, "the trainer to obey the second server")
    finally:
        runs.close()
    assert not folder.is_alive()


def test_a_folder_that_is_put_there_later_is_found_when_it_is_asked_for(runs: Runs, tmp_path: Path):
    heard: list[Any] = []
    runs.board.subscribe(lambda event, payload: heard.append((event, payload["run"])))
    with pytest.raises(RefusedError, match="no run"):
        runs.show(ODD)
    store_run(runs.experiments_dir, ODD, epochs=2)
    assert runs.show(ODD)["epoch"] == 2
    assert ("run", ODD) in heard
    (runs.experiments_dir / ODD.replace("abc", "123")).mkdir()
    with pytest.raises(RefusedError, match="cannot be read"):
        runs.show(ODD.replace("abc", "123"))


def test_what_the_folder_holds_may_be_looked_at_before_all_is_read(experiments: Path, mnist: Path, monkeypatch):
    """Runs are shown as they are read, the newest first; of the others the server says that it reads them."""
    for number in range(20):
        odd_run(experiments, f"20260101-0000{number:02}-abcdef")
    read, seen = reading.read, []
    blocked = [True]

    def slowly(*arguments: Any) -> Any:
        while len(seen) >= 5 and blocked[0]:
            time.sleep(0.01)  # until the test has looked
        seen.append(arguments[0].id)
        return read(*arguments)

    monkeypatch.setattr(reading, "read", slowly)
    begun = time.monotonic()
    with closing(Runs(mnist, experiments, LocalBackend(mnist, ["cpu"]))) as runs:
        assert time.monotonic() - begun < 2
        try:
            wait_until(lambda: len(runs.board.summaries()) == 5, 10, "the first five")
            assert seen == sorted(seen, reverse=True)
            assert runs.board.page(100)["reading"] is True
            with pytest.raises(RefusedError, match="still reads its runs") as refused:
                runs.show("20260101-000000-abcdef")
            assert (refused.value.status, refused.value.code) == (503, "reading")
        finally:
            blocked[0] = False
        assert runs.board.wait_until_read(20)
        assert len(runs.board.summaries()) == 21
        assert runs.board.page(100)["reading"] is False


def test_a_run_that_waits_is_taken_up_before_those_that_are_over_are_read(
    experiments: Path, mnist: Path, launcher: Launcher, monkeypatch
):
    odd_run(experiments, "20260201-000000-abcdef")
    waiting = odd_run(experiments)
    changed(queued=True, config={"epochs": 100, "train_images": 5000})(waiting.path / "run.json")
    read, seen = reading.read, []

    def note(*arguments: Any) -> Any:
        seen.append(arguments[0].id)
        return read(*arguments)

    monkeypatch.setattr(reading, "read", note)
    with closing(read_all(experiments, mnist, launcher)) as runs:
        assert seen[0] == waiting.id
        wait_until(lambda: runs.show(waiting.id)["status"] in ("starting", "running"), 30, "it to start")
        runs.request(ALICE, waiting.id, "stop")


def test_what_waits_with_a_setting_of_another_version_is_not_trained_without_it(
    experiments: Path, mnist: Path, launcher: Launcher
):
    waiting = odd_run(experiments)
    changed(queued=True, config={"colour": "red"})(waiting.path / "run.json")
    before = (waiting.path / "run.json").read_text()
    with closing(read_all(experiments, mnist, launcher)) as runs:
        shown = runs.show(waiting.id)
        assert (shown["status"], shown["unknown"]) == ("interrupted", ["colour"])
        assert shown["why"] == {"code": "other-version", "values": {"names": "colour"}}
        assert waiting.id not in runs.backend.waiting()
    assert (waiting.path / "run.json").read_text() == before
    run = reading.read(waiting, reading.stored(waiting))
    assert run.stored()["config"]["colour"] == "red"  # the version that knows it finds it again


def _put_file(experiments: Path) -> None:
    experiments.write_text("no folder")


@pytest.mark.parametrize(
    ("becomes", "reason"), [(lambda _: None, "No such file or directory"), (_put_file, "Not a directory")],
    ids=["removed", "a file"],
)  # fmt: skip
def test_a_folder_of_runs_that_cannot_be_used_any_more_is_told_and_logged_once_until_it_can(
    runs: Runs, monkeypatch, caplog, becomes: Callable[[Path], None], reason: str
):
    monkeypatch.setattr(adoption, "LOOK_S", 0.0)
    away = runs.experiments_dir.with_name("away")
    runs.experiments_dir.rename(away)
    becomes(runs.experiments_dir)
    wait_until(lambda: runs.board.page(1)["unreadable"], 10, "the folder to be missed")
    (told,) = runs.board.page(1)["unreadable"]
    assert told["run"] == "experiments"
    assert reason in told["reason"]
    if becomes is _put_file:
        with pytest.raises(RefusedError) as refused:
            runs.create(ALICE, "fast", {})
        assert (refused.value.status, refused.value.code) == (507, "disk-refuses")
        runs.experiments_dir.unlink()
    away.rename(runs.experiments_dir)
    wait_until(lambda: not runs.board.page(1)["unreadable"], 10, "the folder to be found again")
    assert [record.levelname for record in caplog.records if "set aside" in record.message] == ["WARNING"]
