"""Claims on a folder, and files that are whole or not there."""

from __future__ import annotations

import errno
import multiprocessing
import os
import stat
import threading
from pathlib import Path

import pytest

from core.files import claim, is_claimed, open_file, read_file, write_out, write_whole
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


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="a folder of Linux in which no file can be made")
@pytest.mark.parametrize("folder", ["/proc", "/proc/self/fd"])
def test_a_folder_in_which_no_file_can_be_made_is_named(folder: str):
    with pytest.raises(FileNotFoundError, match=f"no file can be made here: '{folder}/.server-"):
        claim(Path(folder))


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


# --- what is no file --------------------------------------------------------------------------------------------------

NO_FILES = {
    "folder": Path.mkdir,
    "pipe": os.mkfifo,
    "circle": lambda path: path.symlink_to(path.name),
    "device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("mode", ["rb", "r+b", "ab", "wb"])
@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_is_not_opened_nor_waited_for(tmp_path: Path, kind: str, mode: str):
    path = tmp_path / "odd"
    NO_FILES[kind](path)
    refused: list[OSError] = []

    def open_it() -> None:
        try:
            open_file(path, mode).close()
        except OSError as error:
            refused.append(error)

    thread = threading.Thread(target=open_it, daemon=True)
    thread.start()
    thread.join(5)
    assert refused


def test_a_pipe_that_somebody_reads_is_not_written(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(OSError, match="not a regular file"):
            open_file(tmp_path / "pipe", "ab")
    finally:
        os.close(reader)


def test_a_file_is_opened_made_and_appended_to(tmp_path: Path):
    for content in (b"one", b"two"):
        with open_file(tmp_path / "file", "ab") as file:
            file.write(content)
    assert read_file(tmp_path / "file", 6) == b"onetwo"
    with pytest.raises(ValueError, match="file: more than 5 bytes"):
        read_file(tmp_path / "file", 5)


def test_what_says_that_it_is_empty_is_not_read_without_end(tmp_path: Path):
    """As the files of /proc do."""
    with pytest.raises(ValueError, match="more than 3 bytes"):
        read_file(Path("/proc/self/status"), 3)


@pytest.mark.parametrize("kind", NO_FILES)
def test_a_mark_that_is_no_file_is_no_servers_and_told_once(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
):
    mark = tmp_path / ".server-628049a14c48.lock"
    NO_FILES[kind](mark)
    claim(tmp_path).release()
    assert len([record for record in caplog.records if mark.name in record.getMessage()]) == 1
    assert not is_claimed(tmp_path, mark.name)
    assert os.path.lexists(mark)  # it is not ours to remove


def test_what_a_person_names_stays_what_it_is(tmp_path: Path):
    """A link is followed, a file keeps its rights and a pipe stays a pipe."""
    private, link, pipe = tmp_path / "private", tmp_path / "link", tmp_path / "pipe"
    private.write_bytes(b"before, and longer")
    private.chmod(0o600)
    link.symlink_to("private")
    write_out(link, b"after")
    assert (link.is_symlink(), private.read_bytes(), private.stat().st_mode & 0o777) == (True, b"after", 0o600)
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "new")
    write_out(dangling, b"new")
    assert (dangling.is_symlink(), (tmp_path / "new").read_bytes()) == (True, b"new")
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_out(pipe, b"through it")
    reader.join(10)
    assert (read, pipe.is_fifo()) == ([b"through it"], True)


def test_what_cannot_be_written_is_named_and_left_as_it_was(tmp_path: Path):
    device = tmp_path / "full"
    try:
        os.mknod(device, 0o600 | stat.S_IFCHR, os.makedev(1, 7))
        device.write_bytes(b"")
    except PermissionError:
        pytest.skip("only root makes a device that is full")
    for path, code in [(device, errno.ENOSPC), (tmp_path, errno.EISDIR), (tmp_path / "no" / "a", errno.ENOENT)]:
        with pytest.raises(OSError, match=str(path)) as raised:
            write_out(path, b"anything")
        assert (raised.value.errno, raised.value.filename) == (code, str(path))
    assert stat.S_ISCHR(device.stat().st_mode)
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
