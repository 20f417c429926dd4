"""Worker processes that are forked from one that has PyTorch and the compiled kernel loaded already.

A worker that starts by itself computes for four seconds before it is ready, and tests that kill workers start many.
Forked, it is the same program with the same pipes, and ready at once. Python's own fork server does the forking.

    monkeypatch.setattr("core.children.spawn", forked.spawn)
"""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import runpy
import subprocess
import sys
from multiprocessing.reduction import DupFd
from typing import Any

from core import children

WORKER = "playground.serving.worker_process"

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.support.preloaded"])
as_it_is, _popen = children.spawn, subprocess.Popen


def spawn(command: list[str], **options: Any) -> Any:
    """As `core.children.spawn`, for workers quicker. A test that put something in Popen's place gets what it put."""
    is_worker = command[1:3] == ["-m", WORKER] and children.subprocess.Popen is _popen
    return Forked(command[2:], options["pass_fds"]) if is_worker else as_it_is(command, **options)


class Forked:
    """What a keeper of a child process uses of Popen."""

    def __init__(self, arguments: list[str], inherited: list[int]):
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        handed = {0: DupFd(theirs_in), 1: DupFd(theirs_out)} | {fd: DupFd(fd) for fd in inherited}
        self._process = _context.Process(target=_become, args=(arguments, handed))
        self._process.start()
        os.close(theirs_in)
        os.close(theirs_out)
        self.stdin, self.stdout = os.fdopen(ours_in, "wb"), os.fdopen(ours_out, "rb")
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    poll = returncode.fget

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(WORKER, timeout or 0)
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()


def _become(arguments: list[str], handed: dict[int, Any]) -> None:
    """The program, with these files for those numbers."""
    got = {number: fcntl.fcntl(fd.detach(), fcntl.F_DUPFD, max(handed) + 1) for number, fd in handed.items()}
    for number, fd in got.items():
        os.dup2(fd, number)
        os.close(fd)
    sys.argv = list(arguments)
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
