"""A disk that takes nothing while a run trains: the run fails, and whoever looks is told why."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from redis import Redis

from lenet.config import TrainConfig
from lenet.queue import worker
from lenet.queue.launcher import Launcher
from lenet.queue.store import RunStore
from lenet.queue.this_machine import LocalBackend, Training
from lenet.run import Run
from lenet.runs.registry import Runs
from lenet.training import last_words
from lenet.training.folder import RunFolder, new_run_id
from support.lenet_runs import SMALL, has_epoch, start
from support.long import parametrize
from support.processes import wait_until
from support.redis_server import RedisServer

Ended = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _silent() -> Any:
    """No test's last words are another's."""
    yield
    last_words._memory = None


def refuse(monkeypatch: pytest.MonkeyPatch, number: int, kinds: tuple[str, ...]) -> None:
    """From now on no record of these kinds is taken by any folder of this process."""
    real = RunFolder.append

    def append(self: RunFolder, record: dict[str, Any]) -> None:
        if record["kind"] in kinds:
            raise OSError(number, os.strerror(number), str(self.metrics))
        real(self, record)

    monkeypatch.setattr(RunFolder, "append", append)


def test_a_trainer_whose_files_cannot_grow_says_so_though_neither_records_nor_log_take_it(runs: Runs, ended: Ended):
    """A limit of the process stands for the full disk: the server's own files are not concerned."""
    run_id = start(runs)
    wait_until(lambda: has_epoch(runs, run_id), 90, "a first epoch")
    trainer = psutil.Process(runs.backend._training[run_id].process.pid)
    trainer.rlimit(resource.RLIMIT_FSIZE, (1, 1))
    shown = ended(run_id)
    assert shown["status"] == "failed"
    assert shown["why"]["code"] == "disk"
    assert shown["why"]["values"]["error"] in ("File too large: metrics.jsonl", "File too large: resume.pt")
    assert shown["reason"].startswith("the disk: File too large")


def test_a_log_that_cannot_be_written_is_told_by_its_name(launcher: Launcher, tmp_path: Path):
    trainer = launcher.start(["data"], tmp_path / "nowhere" / "log.txt", {})
    assert trainer.wait(30)
    assert b'"disk"' in trainer.said
    assert b"No such file or directory: log.txt" in trainer.said


@parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT], ids=errno.errorcode.get, short=1)
def test_a_run_whose_end_cannot_be_noted_failed_whatever_it_came_to(
    number: int, mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from lenet.training.trainer import train

    memory = last_words.place()
    last_words.write_to(memory)
    refuse(monkeypatch, number, ("end",))
    result = train(TrainConfig().updated(SMALL), RunFolder(tmp_path, new_run_id()), mnist, "fast")
    assert (result["status"], result["why"]["code"]) == ("failed", "disk")
    assert "metrics.jsonl" in result["reason"]
    assert b'"failed"' in last_words.read(memory)
    assert b"metrics.jsonl" in last_words.read(memory)


def test_of_a_trainer_that_nobody_hears_of_the_disk_tells(tmp_path: Path):
    """An earlier server started it: no exit status comes, and no last words."""
    folder = RunFolder(tmp_path, new_run_id())
    run = Run(folder, "fast", TrainConfig(), "alice", 0.0)
    run.save(queued=False)
    backend = LocalBackend(tmp_path, ["cpu"])
    training = Training(run, "cpu", None)
    assert backend._end(training).reason.why.code == "killed"
    (folder.path / ".run.json.new").mkdir()
    end = backend._end(training)
    assert (end.status, end.reason.why.code) == ("failed", "disk")
    assert "run.json" in str(end.reason)


def test_a_folder_that_was_taken_away_is_not_made_anew(tmp_path: Path):
    run = Run(RunFolder(tmp_path, new_run_id()), "fast", TrainConfig(), "alice", 0.0)
    LocalBackend(tmp_path, ["cpu"])._end(Training(run, "cpu", None))
    assert not run.folder.path.exists()


@parametrize("kinds", [("end",), ("start", "end"), ("epoch", "end")], ids=" ".join, short=1)
def test_a_worker_says_it_to_redis(
    kinds: tuple[str, ...], redis: RedisServer, mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    client = Redis.from_url(redis.url)
    store = RunStore(client)
    run = Run(RunFolder(tmp_path / "web", new_run_id()), "fast", TrainConfig().updated(SMALL), "alice", 0.0)
    store.put(run.folder, run.stored())
    monkeypatch.setattr(worker, "_place", worker.Place("anna/cpu", mnist, tmp_path / "scratch"))
    monkeypatch.setattr(worker, "get_current_job", lambda: type("Job", (), {"connection": client}))
    with monkeypatch.context() as patched:
        refuse(patched, errno.ENOSPC, kinds)
        assert worker.train_run(run.id) is None
    store.pull(run.folder, store.new_lines({run.id: 0})[run.id])
    last = run.folder.records()[-1]
    assert (last["kind"], last["status"], last["why"]["code"]) == ("end", "failed", "disk")
    assert last["reason"] == "the disk: No space left on device: metrics.jsonl"


def test_a_worker_whose_disk_is_full_before_it_begins_says_it_too(
    redis: RedisServer, mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    client = Redis.from_url(redis.url)
    store = RunStore(client)
    run = Run(RunFolder(tmp_path / "web", new_run_id()), "fast", TrainConfig().updated(SMALL), "alice", 0.0)
    store.put(run.folder, run.stored())
    (tmp_path / "file").touch()
    monkeypatch.setattr(worker, "_place", worker.Place("anna/cpu", mnist, tmp_path / "file"))
    monkeypatch.setattr(worker, "get_current_job", lambda: type("Job", (), {"connection": client}))
    assert worker.train_run(run.id) is None
    store.pull(run.folder, store.new_lines({run.id: 0})[run.id])
    assert run.folder.records()[-1]["why"]["code"] == "disk"
