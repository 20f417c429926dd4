"""Files and folders that outlast a power cut and are never half: writing whole, opening, locks, claims on a folder."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

log = logging.getLogger(__name__)

SERVER_MARK = re.compile(r"\.server-[0-9a-f]{12}\.lock")
MARK_WAIT_S = 1  # for a new mark: another process may just look whether it is held
REPLACE_S = 1.0 if os.name == "nt" else 0.0  # how long to try again: on Windows a file that someone reads stays


def claim(experiments: Path) -> FileLock:
    """The mark of a process that queues and trains runs in `experiments`, held as long as it lives, however it ends.

    Its file's name is what `is_claimed` goes by. Marks of the dead are removed.
    """
    experiments.mkdir(parents=True, exist_ok=True)
    own = experiments / f".server-{secrets.token_hex(6)}.lock"
    lock = FileLock(own)
    acquire(lock, MARK_WAIT_S)
    for path in experiments.glob(".server-*.lock"):
        if os.path.lexists(path) and not _is_mark(path):
            log.warning("%s is no file, and so no server's mark", path)
            continue
        with contextlib.suppress(OSError):
            # One that is being made is not held yet.
            is_new = own.stat().st_mtime - path.stat().st_mtime < 60
            if not is_new and not is_claimed(experiments, path.name):
                path.unlink()
    return lock


def is_claimed(experiments: Path, name: str) -> bool:
    """Whether the process of the mark `name` lives."""
    mark = experiments / name
    return SERVER_MARK.fullmatch(name) is not None and _is_mark(mark) and is_held(mark)


def _is_mark(path: Path) -> bool:
    """Whether a server may have made it: what is no file, such as a pipe, is nobody's."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def is_held(path: Path) -> bool:
    """Raises OSError for what is no file that could be locked."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        lock = FileLock(path)
        acquire(lock, 0)
    except FileNotFoundError:
        return False
    except Timeout:
        return True
    lock.release()
    return False


def acquire(lock: FileLock, timeout_s: float) -> None:
    """Raises Timeout where another holds it, and OSError that names the file where there can be no file or no lock."""
    try:
        lock.acquire(timeout=timeout_s)
    except NotImplementedError:
        raise OSError(errno.ENOLCK, "the file system has no locks", lock.lock_file) from None
    except Timeout:
        if not os.path.lexists(lock.lock_file):  # filelock tries again where none can be made, as in /proc
            raise FileNotFoundError(errno.ENOENT, "no file can be made here", lock.lock_file) from None
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), lock.lock_file) from None


def check_folder(path: Path) -> None:
    """Raises NotADirectoryError where a file is in the way of a folder that is there or is to be made.

    And FileNotFoundError that names it where it is relative to a working directory that is gone.
    """
    with naming(path):
        places = (path, *path.absolute().parents)
    for place in places:
        if os.path.lexists(place):
            if not place.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(place))
            return


def write_out(path: Path, content: bytes) -> None:
    """To the place that a person has named. Raises OSError that names it.

    A link is followed, a device and a pipe take it as it comes, and a file is whole or as it was, with its rights.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = None
    try:
        if path.is_relative_to("/dev") or (mode is not None and not stat.S_ISREG(mode)):
            path.write_bytes(content)
            return
        place = Path(os.path.realpath(path))
        if mode is not None:
            place.open("ab").close()  # else one that nobody may write would be replaced
        write_whole(place, content, rights=None if mode is None else stat.S_IMODE(mode))
    except OSError as error:  # it may name the file beside it, which then gets the name
        raise OSError(error.errno, error.strerror, str(path)) from None


def write_whole(path: Path, content: bytes | memoryview, *, lasting: bool = True, rights: int | None = None) -> None:
    """All or nothing: a reader sees the old file or the new one, and so does who comes after a power cut.

    lasting: False for what need not be there after one. rights: by default those of a new file. Raises OSError, and
    leaves nothing behind.
    """
    beside = path.with_name(f".{path.name}.new")
    with naming(path):
        try:
            with open_file(beside, "wb") as file:
                if rights is not None:
                    beside.chmod(rights)
                file.write(content)
                file.flush()
                if lasting:
                    os.fsync(file.fileno())  # before it has the name, or a power cut may leave the name and no content
            _replace(beside, path)
            if lasting:
                keep_names(path.parent)
        except BaseException:
            beside.unlink(missing_ok=True)  # on a full disk this makes room for the reason
            raise


def keep_names(folder: Path) -> None:
    """What was made and renamed in `folder` up to now outlasts a power cut. Windows has no such call."""
    if os.name == "nt":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems cannot
            raise
    finally:
        os.close(number)


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """An OSError of the block that does not say of which file it is, as those of a full disk, says it then."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


@contextlib.contextmanager
def temporarily() -> Iterator[None]:
    """An OSError of the block, which writes a temporary file, says so where there is no folder for it."""
    try:
        yield
    except FileNotFoundError as error:
        raise OSError(errno.EROFS, "no temporary folder can be written to") from error


def _replace(path: Path, other: Path) -> None:
    deadline = time.monotonic() + REPLACE_S
    while True:
        try:
            path.replace(other)
            return
        except PermissionError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.02)  # until its reader is done: only Windows gets here


def open_file(path: Path, mode: str = "rb", buffering: int = -1) -> IO[bytes]:
    """A regular file, in a binary mode of `open`. Raises OSError, for a folder, a pipe or a device too.

    A pipe would be waited for: one who reads it until somebody writes, one who writes it until somebody reads.
    """

    def without_waiting(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NONBLOCK", 0), 0o666)

    file = open(path, mode, buffering, opener=without_waiting)  # noqa: SIM115  it is who asks that closes it
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return file


def read_file(path: Path, most: int) -> bytes:
    """All of a regular file. Raises OSError, and ValueError where it has more than `most` bytes."""
    with open_file(path) as file:
        check_size(file, path, most)
        content = file.read(most + 1)
    if len(content) > most:  # it has grown since
        raise ValueError(f"{path.name}: more than {most} bytes")
    return content


def check_size(file: IO[bytes], path: Path, most: int) -> None:
    """Raises ValueError where the file, open as `path`, has more than `most` bytes."""
    if os.fstat(file.fileno()).st_size > most:
        raise ValueError(f"{path.name}: more than {most} bytes")
