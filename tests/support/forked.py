"""Kept processes that are forked from one that has PyTorch and the compiled kernel loaded already: the Playground's
workers, LeNet's nursery and helper.

One that starts by itself computes for four seconds before it is ready, and tests that kill them start many.
Forked, it is the same program with the same pipes, and ready at once. Python's own fork server does the forking.

    monkeypatch.setattr("core.children.spawn", forked.spawn)
"""

from __future__ import annotations

import contextlib
import fcntl
import multiprocessing
import os
import runpy
import subprocess
import sys
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import Any

from core import children

PROGRAMS = (["playground.serving.worker_process"], ["lenet", "nursery"], ["lenet.questions.answerer"])

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.support.preloaded"])
as_it_is, _popen = children.spawn, subprocess.Popen


def spawn(command: list[str], **options: Any) -> Any:
    """As `core.children.spawn`, for them quicker. A test that put something in Popen's place gets what it put."""
    is_one = command[1] == "-m" and any(command[2 : 2 + len(words)] == words for words in PROGRAMS)
    if not is_one or children.subprocess.Popen is not _popen:
        return as_it_is(command, **options)
    return Forked(command[2:], options["pass_fds"])


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
            raise subprocess.TimeoutExpired("a forked process", timeout or 0)
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()


def _become(arguments: list[str], handed: dict[int, Any]) -> None:
    """The program, with these files for those numbers and no others."""
    got = {number: fcntl.fcntl(fd.detach(), fcntl.F_DUPFD, max(handed) + 1) for number, fd in handed.items()}
    for number, fd in got.items():
        os.dup2(fd, number)
    for number in [int(link.name) for link in Path("/dev/fd").iterdir()]:
        if number > 2 and number not in handed:
            with contextlib.suppress(OSError):  # by which they were listed
                os.close(number)
    sys.argv = list(arguments)
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
