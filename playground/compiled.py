"""The cache of what Numba compiles, so that a worker is ready in two seconds instead of forty.

Numba looks at the source of the one function that it loads, and believes whatever lies in its folder. Here a cache is
one file, named by all that goes into it and sealed by a digest. A process works on a copy of its own, which nobody else
writes to, and puts a new file in place when it had to compile: any number of processes may do so at once. A file that
is not exactly as it was written is not used and is replaced. Where nothing can be written there is no cache, and
`complaint` says so.

Every module with compiled functions imports this one before it decorates: `njit(cache=compiled.CACHE)`.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import hashlib
import importlib.metadata
import io
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import numba

_PACKAGE = Path(__file__).resolve().parent
_KEPT = 4  # files in a folder; those of other sources or versions are of no more use
_PREFIX = "playlab-numba-"
_ABANDONED = 3600  # seconds after which a copy belongs to a process that was killed
_ROOM = 4 << 20  # bytes; Numba needs less than half of it

_complaints: list[str] = []


def _sources() -> dict[str, bytes]:
    """The modules that have compiled functions, and all of this package that those import, by any way."""
    sources = {path.relative_to(_PACKAGE): path.read_bytes() for path in _PACKAGE.rglob("*.py")}
    found: dict[str, bytes] = {}
    waiting = {path for path, source in sources.items() if b"njit" in source}
    while waiting:
        path = waiting.pop()
        found[path.as_posix()] = sources[path]
        imported = _imports(sources[path])
        waiting |= {other for other in sources if other.stem in imported and other.as_posix() not in found}
    return found


def _imports(source: bytes) -> set[str]:
    """The names of this package's modules that a module imports. Some may be names of other things than modules."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names |= {(node.module or "").rpartition(".")[2], *(alias.name for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name.rpartition(".")[2] for alias in node.names}
    return names


def _key() -> str:
    """A name for all that is compiled and what compiles it. The processor is in Numba's own index."""
    digest = hashlib.sha256()
    for name, source in sorted(_sources().items()):
        digest.update(f"{name} {len(source)}\n".encode() + source)
    versions = [importlib.metadata.version(package) for package in ("numba", "llvmlite", "numpy")]
    digest.update(repr((str(_PACKAGE), sys.version, versions)).encode())
    return digest.hexdigest()[:32]


def _folders() -> list[Path]:
    """Where the file may lie, best first. `~` is the home folder, which a user whom the system does not know lacks."""
    given, home = os.environ.get("NUMBA_CACHE_DIR"), os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return [Path(given) if given else _PACKAGE / "__pycache__", Path(home) / "playlab"]


def _packed(folder: Path) -> bytes:
    """All files of a folder as one string of bytes, the same for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.writestr(zipfile.ZipInfo(path.relative_to(folder).as_posix()), path.read_bytes())
    return buffer.getvalue()


def _sealed(content: bytes) -> bytes:
    return hashlib.sha256(content).digest() + content


def _opened(path: Path) -> bytes | None:
    """The content of a sealed file. None if it is not there, or not as it was written."""
    try:
        data = path.expanduser().read_bytes()
    except (OSError, RuntimeError):
        return None
    return data[32:] if data == _sealed(data[32:]) else None


class _Cache:
    """This process' copy. `folder` is None where there is no room for one."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self._kept = False
        self._name = f"kernel-{_key()}.cache"
        self.place: Path | None = None  # where the next process finds it
        self._content = b""
        for folder in _folders():
            content = _opened(folder / self._name)
            if content is not None:
                self.place, self._content = folder, content
                break
        try:
            self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
            atexit.register(self.close)
            self._fill(self.folder)
            _clear_away(self.folder.parent)
        except OSError as error:
            self.close()
            self.folder = None
            _complaints.append(f"no room for temporary files ({error.strerror}): the kernel is compiled at every start")

    def _fill(self, folder: Path) -> None:
        if self._content:
            with zipfile.ZipFile(io.BytesIO(self._content)) as archive:
                archive.extractall(folder)
        room = folder / "room"  # Numba would fail where a file system is full
        room.write_bytes(bytes(_ROOM))
        room.unlink()

    def keep(self) -> None:
        """Puts what was compiled since into its place for the next process, and drops the copy."""
        if self.folder is None or self._kept:
            return
        self._kept = True
        content = _packed(self.folder)
        self.close()
        if content == self._content:
            return
        self.place, failures = None, []
        for folder in _folders():
            try:
                _write(folder / self._name, _sealed(content))
                self.place = folder
                return
            except OSError as error:
                failures.append(f"{folder} ({error.strerror})")
            except RuntimeError:
                failures.append(f"{folder} (there is no home folder)")
        _complaints.append(f"nowhere to keep the compiled kernel, it is compiled at every start: {', '.join(failures)}")

    def close(self) -> None:
        for _ in range(50):  # another thread may be writing into it
            if self.folder is None or not self.folder.exists():
                return
            shutil.rmtree(self.folder, ignore_errors=True)


def _clear_away(folder: Path) -> None:
    """Removes what was left by processes that were killed while they compiled."""
    now = (folder / ".").stat().st_mtime  # a moment ago; by the clock of the file system
    for copy in folder.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if now - copy.stat().st_mtime > _ABANDONED:
                shutil.rmtree(copy, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    """Puts `data` in the place of whatever lies at `path`, whole or not at all. Raises OSError and RuntimeError."""
    path = path.expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".kernel-", delete=False) as part:
        try:
            part.write(data)
            part.close()
            Path(part.name).chmod(0o644)  # an image is built by one user and run by another
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            Path(part.name).replace(path)
        except OSError:
            Path(part.name).unlink(missing_ok=True)
            raise
    with contextlib.suppress(OSError):  # another process may do the same
        others = sorted(path.parent.glob("kernel-*.cache"), key=lambda other: other.stat().st_mtime, reverse=True)
        for other in others[_KEPT:]:
            other.unlink()


def keep() -> None:
    """To be called once everything is compiled."""
    _cache.keep()


def elsewhere() -> str | None:
    """Where what was compiled lies for the next process, in a sentence, if not in the best place; None: it does."""
    best = _folders()[0]
    if _cache.place in (None, best):
        return None
    return f"the compiled kernel is kept in {_cache.place.expanduser()}, as nothing can be kept in {best}"


def close() -> None:
    """Removes this process' copy. Only a process that ends without Python's own exit calls it."""
    _cache.close()


def complaint() -> str | None:
    """Why the next start will be no quicker than this one. None if it will be."""
    return _complaints[-1] if _complaints else None


_cache = _Cache()
CACHE = _cache.folder is not None
if CACHE:
    numba.config.CACHE_DIR = str(_cache.folder)  # type: ignore[attr-defined]
