"""What the pages load, at addresses that stand for its content: a browser keeps it for a year and never asks again.

A page names its files below a prefix that is the hash of the whole folder; what they import from each other has it by
itself. Without it, or below that of another state of the folder, the present file is sent, for which a browser asks
anew each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from wsgiref.types import WSGIEnvironment

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from werkzeug.wsgi import wrap_file

from core.caching import keep
from web.compression import accepted, compressed
from web.mime import TYPES

PATH = "/static/"
_VERSION = re.compile("[0-9a-f]{16}")
_COMPRESSED = {".css", ".html", ".js", ".json", ".map", ".mjs", ".svg", ".txt"}
_Stamp = tuple[int, int]  # when a file was written, in nanoseconds, and how many bytes it has


@dataclass(eq=False)
class _File:
    """What was read at once: that which is sent is that of which the hash was taken, whoever writes meanwhile."""

    stamp: _Stamp
    content: bytes
    digest: str
    compressed: bytes = b""  # empty until somebody takes it


@dataclass(frozen=True)
class _Folder:
    files: dict[str, _File]  # by their names below it, with slashes on every system
    version: str


class StaticFiles:
    """The files of a folder, in memory as they were when somebody last looked."""

    def __init__(self, root: Path):
        self._root = root
        self._known = _Folder({}, "")
        self._looking, self._compressing = threading.Lock(), threading.Lock()

    def version(self) -> str:
        """The hash of all names and contents, the same wherever and whenever they were written. Looks at all files,
        and reads those that were changed."""
        return self._look().version

    def answer(self, name: str, environ: WSGIEnvironment) -> Response:
        """To a GET or HEAD for the file of that name, a version before it or not. Raises NotFound."""
        version, _, rest = name.partition("/")
        if _VERSION.fullmatch(version):
            name = rest
        folder = self._folder_with(name)
        file = folder.files.get(name)  # whatever else a client names is never opened
        if file is None:
            raise NotFound
        response = self._response(file, PurePosixPath(name).suffix, environ)
        if version == folder.version:
            keep(response)
        else:
            response.cache_control.no_cache = True
        return response

    def _response(self, file: _File, suffix: str, environ: WSGIEnvironment) -> Response:
        content, etag = file.content, file.digest
        # Ranges are of the file itself.
        compresses = suffix in _COMPRESSED and "HTTP_RANGE" not in environ and accepted(environ)
        if compresses:
            content, etag = self._compressed(file), f"{etag}-gzip"
        # As a file: of anything else the server makes a copy for each client that is slow.
        body = wrap_file(environ, io.BytesIO(content))
        response = Response(body, mimetype=TYPES.get(suffix, "application/octet-stream"), direct_passthrough=True)
        response.content_length = len(content)
        response.last_modified = datetime.fromtimestamp(file.stamp[0] / 1e9, UTC)
        response.set_etag(etag)
        if compresses:
            response.content_encoding = "gzip"
        if suffix in _COMPRESSED:
            response.vary.add("Accept-Encoding")
        return response.make_conditional(environ, accept_ranges=not compresses, complete_length=len(content))

    def _compressed(self, file: _File) -> bytes:
        with self._compressing:  # a class that comes at once waits for its first
            file.compressed = file.compressed or compressed(file.content)
            return file.compressed

    def _folder_with(self, name: str) -> _Folder:
        """The folder with the present file of that name, if there is one."""
        folder = self._known
        if name in folder.files:
            with contextlib.suppress(OSError):
                if folder.files[name].stamp == _stamp((self._root / name).stat()):
                    return folder
        return self._look()

    def _look(self) -> _Folder:
        with self._looking:
            before = self._known.files
            files = {}
            for name, stamp in _stamps(str(self._root)):
                known = before.get(name)
                with contextlib.suppress(OSError):  # of a file that has gone, or may not be read
                    files[name] = known if known and known.stamp == stamp else _read(self._root / name, stamp)
            if files != before:
                self._known = _Folder(files, _version(files))
            return self._known


def _stamps(folder: str, prefix: str = "") -> Iterator[tuple[str, _Stamp]]:
    """The files below a folder, by name."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _stamps(entry.path, f"{prefix}{entry.name}/")
            elif entry.is_file():
                yield f"{prefix}{entry.name}", _stamp(entry.stat())


def _stamp(status: os.stat_result) -> _Stamp:
    return status.st_mtime_ns, status.st_size


def _read(path: Path, stamp: _Stamp) -> _File:
    content = path.read_bytes()
    return _File(stamp, content, hashlib.sha256(content).hexdigest()[:32])


def _version(files: dict[str, _File]) -> str:
    lines = [f"{file.digest} {name}\0" for name, file in sorted(files.items())]
    return hashlib.sha256("".join(lines).encode(errors="surrogatepass")).hexdigest()[:16]
