"""What this machine's queue knows of a trainer that it does not hear: the lock in its folder tells."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from lenet.config import TrainConfig
from lenet.queue.this_machine import Training
from lenet.run import Run
from lenet.training import folder as run_folder
from lenet.training.folder import RunFolder, new_run_id


@pytest.fixture
def training(tmp_path: Path) -> Training:
    """Of an earlier server's trainer, in a folder with a lock that nobody holds."""
    folder = RunFolder(tmp_path, new_run_id())
    run = Run(folder, "fast", TrainConfig(), "alice", 0.0)
    run.save(queued=False)
    (folder.path / "lock").touch()
    return Training(run, "cpu", None)


@pytest.mark.parametrize("refusal", [errno.EMFILE, errno.EACCES, errno.EIO, errno.ENOLCK])
def test_a_lock_that_the_system_does_not_let_us_see_is_no_death(training: Training, refusal: int, monkeypatch):
    assert not training.lives

    def refuse(path: Path) -> bool:
        raise OSError(refusal, os.strerror(refusal), str(path))

    with monkeypatch.context() as refused:
        refused.setattr(run_folder, "is_held", refuse)
        assert training.lives
    assert not training.lives


def test_where_there_is_no_lock_nobody_lives(training: Training):
    lock = training.run.folder.path / "lock"
    lock.unlink()
    assert not training.lives
    lock.mkdir()
    assert not training.lives
    lock.rmdir()
    lock.symlink_to("lock")
    assert not training.lives


def test_a_trainer_whose_folder_became_a_file_does_not_live(training: Training):
    path = training.run.folder.path
    path.rename(path.with_name("elsewhere"))
    path.write_text("")
    assert not training.lives
