"""Which session a worker serves right now: memory that it shares with the web process, legible after its death."""

from __future__ import annotations

import mmap
import os
import tempfile

_SIZE = 64  # bytes; a session's token has 32


class Mark:
    """The web process makes it; the worker opens it by its descriptor. If no memory can be had, it says nothing."""

    def __init__(self, descriptor: int | None = None):
        self._memory: mmap.mmap | None = None
        self.descriptor = descriptor  # for the worker; None if no memory could be had
        if descriptor is None and os.name == "posix":
            try:
                with tempfile.TemporaryFile() as file:
                    file.truncate(_SIZE)
                    self.descriptor = os.dup(file.fileno())
            except OSError:  # no memory can be had
                return
        if self.descriptor is not None:
            self._memory = mmap.mmap(self.descriptor, _SIZE)

    def set(self, session: str = "") -> None:
        """Says which session is served from now on; without an argument, that none is."""
        if self._memory:
            self._memory[:] = session.encode().ljust(_SIZE, b"\0")

    def read(self) -> str | None:
        """The session that is being served, or was when the worker died. None if there was none."""
        return bytes(self._memory).rstrip(b"\0").decode(errors="replace") or None if self._memory else None

    def close(self) -> None:
        if self._memory and self.descriptor is not None:
            self._memory.close()
            os.close(self.descriptor)
        self._memory = self.descriptor = None
