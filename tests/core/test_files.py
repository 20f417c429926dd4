"""Claims on a folder, and files that are whole or not there."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest

from core.files import claim, is_claimed, write_whole
from support.processes import wait_until


def test_a_claim_holds_until_it_is_released(tmp_path: Path):
    experiments = tmp_path / "not yet there"
    first, second = claim(experiments), claim(experiments)
    names = [Path(lock.lock_file).name for lock in (first, second)]
    assert [is_claimed(experiments, name) for name in names] == [True, True]
    first.release()
    assert [is_claimed(experiments, name) for name in names] == [False, True]
    assert not is_claimed(experiments, ".server-none.lock")
    assert not is_claimed(experiments, "../../etc/passwd")
    second.release()


def _claim_and_wait(experiments: Path) -> None:
    with claim(experiments):
        (experiments / "claimed").touch()
        multiprocessing.Event().wait(60)


def test_a_killed_process_claims_nothing_and_its_mark_goes_in_time(tmp_path: Path):
    process = multiprocessing.get_context("spawn").Process(target=_claim_and_wait, args=(tmp_path,))
    process.start()
    wait_until((tmp_path / "claimed").exists, 20, "the claim")
    (mark,) = tmp_path.glob(".server-*")
    assert is_claimed(tmp_path, mark.name)
    claim(tmp_path).release()
    assert mark.exists()
    process.kill()
    process.join(10)
    assert not is_claimed(tmp_path, mark.name)
    os.utime(mark, (0, 0))
    claim(tmp_path).release()
    assert not mark.exists()


def test_a_file_that_someone_reads_is_replaced_as_soon_as_he_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As on Windows, where it cannot be before."""
    rename, tries = Path.replace, []

    def in_use(path: Path, target: Path) -> Path:
        tries.append(path)
        if len(tries) < 3:
            raise PermissionError(13, "The process cannot access the file")
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", in_use)
    with pytest.raises(PermissionError):
        write_whole(tmp_path / "file", b"elsewhere it is refused at once")
    assert len(tries) == 1
    monkeypatch.setattr("core.files.REPLACE_S", 5.0)
    write_whole(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"
    assert len(tries) == 3
