"""Starts training processes: each is `python -m lenet train ...`, as a person would type it. No torch here.

Importing torch takes longer than a first epoch on a GPU. So one spare process has it loaded already and waits for its
arguments; used, it is replaced by the next.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from pathlib import Path
from typing import IO, Any, cast

from core.children import OWN_GROUP, ROOT

NICENESS = 10  # the Playground's workers and the pages go first on a CPU


class Launcher:
    """Owns the spare process. The processes it started belong to the caller. For one thread: that of `Runs`."""

    def __init__(self) -> None:
        self._spare: subprocess.Popen[str] | None = None
        self._closed = False

    def prepare(self) -> None:
        """Makes sure that a spare is there or coming."""
        if not self._closed and (self._spare is None or self._spare.poll() is not None):
            self._discard()
            self._spare = self._new()

    def start(self, arguments: list[str], log: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
        """A process that runs `python -m lenet ARGUMENTS` at low priority, its output going to the file `log`."""
        order = {"arguments": arguments, "log": str(log), "environment": environment, "nice": NICENESS}
        spare, self._spare = self._spare, None
        if spare is not None:
            try:
                return _give(spare, order)
            except OSError:  # it had died
                _end(spare)
        return _give(self._new(), order)

    def close(self) -> None:
        """Ends the spare."""
        self._closed = True
        self._discard()

    def _new(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "lenet", "spare"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            **OWN_GROUP,  # a training run outlives the server that started it
        )

    def _discard(self) -> None:
        spare, self._spare = self._spare, None
        if spare is not None:
            _end(spare)


def _give(spare: subprocess.Popen[str], order: dict[str, Any]) -> subprocess.Popen[str]:
    with cast(IO[str], spare.stdin) as pipe:
        pipe.write(json.dumps(order) + "\n")
    return spare


def _end(spare: subprocess.Popen[str]) -> None:
    spare.kill()
    spare.wait()
    with contextlib.suppress(OSError):
        cast(IO[str], spare.stdin).close()
