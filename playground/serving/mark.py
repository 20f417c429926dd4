"""Which session a worker serves right now: memory that it shares with the web process, legible after its death."""

from __future__ import annotations

import mmap
import os
import tempfile

_SIZE = 64  # bytes; a session's token has 32


class Mark:
    """Made by the web process; the worker opens it by its file descriptor. Without a place for it, it says nothing."""

    def __init__(self, descriptor: int | None = None):
        self._memory: mmap.mmap | None = None
        self.descriptor = descriptor  # to be passed on to the worker; None where there is none
        if descriptor is None and os.name == "posix":
            try:
                with tempfile.TemporaryFile() as file:
                    file.truncate(_SIZE)
                    self.descriptor = os.dup(file.fileno())
            except OSError:  # nowhere to put it
                return
        if self.descriptor is not None:
            self._memory = mmap.mmap(self.descriptor, _SIZE)

    def set(self, session: str = "") -> None:
        """This session is served from now on; none without an argument."""
        if self._memory:
            self._memory[:] = session.encode().ljust(_SIZE, b"\0")

    def read(self) -> str | None:
        """The session that is, or at the worker's death was, being served; None where it was none."""
        return bytes(self._memory).rstrip(b"\0").decode(errors="replace") or None if self._memory else None

    def close(self) -> None:
        if self._memory and self.descriptor is not None:
            self._memory.close()
            os.close(self.descriptor)
        self._memory = self.descriptor = None
