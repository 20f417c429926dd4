"""Processes for tests: a server started as a user starts it, and waiting for a condition instead of sleeping."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]


def wait_until(condition: Callable[[], object], seconds: float = 10, what: str = "") -> None:
    """Return as soon as `condition()` is true; fail when it is not within `seconds`."""
    began = time.monotonic()
    while not condition():
        waited = time.monotonic() - began
        if waited > seconds:
            pytest.fail(f"not within {seconds:g} s: {what or condition}")
        # Between two looks at the condition; a look may cost the server or the browser that is waited for.
        time.sleep(min(0.02 + waited / 20, 0.1))


def leave_out(reason: str) -> NoReturn:
    """Leaves the test out, for what this machine lacks; fails it where everything must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def program(*names: str) -> str:
    """The path of the first that is there. A test that needs it is left out where none is."""
    path = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin"
    return next(filter(None, (shutil.which(name, path=path) for name in names)), None) or leave_out(f"no {names[0]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def processes_of_group(leader: int) -> list[str]:
    """The command lines of what still runs in the process group of `leader`.

    What has ended but was not yet collected by its parent does not count: where that is process 1, it takes its time.
    """
    lines = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                lines.append(f"{process.pid} {' '.join(process.cmdline())}")
    return lines


class ServerProcess:
    """`python app.py` (or another command) as a user starts it, in a process group of its own."""

    def __init__(self, command: list[str], url: str, log: Path, environment: dict[str, str] | None = None):
        # Neither the settings of whoever runs the tests nor the variables of a `make test` around them.
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("PLAYLAB_", "MAKE", "MFLAGS"))
        }
        self.url = url
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**inherited, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_ready(self, seconds: float = 30) -> None:
        def ready() -> bool:
            if self.process.poll() is not None:
                pytest.fail(f"the server ended with status {self.process.returncode}:\n{self.log.read_text()}")
            return answers(self.url)

        try:
            wait_until(ready, seconds, f"an answer from {self.url}")
        except BaseException:
            print(self.log.read_text())
            self.kill()
            raise

    def wait_warm(self) -> None:
        """Until its workers train: in a fresh clone the first compiles its kernel, which is no matter of any test's
        patience."""

        def ready() -> list[bool]:
            with urllib.request.urlopen(f"{self.url}/metrics") as page:
                workers = re.findall(r'^playlab_worker_ready\{worker="\d+"\} (.*)$', page.read().decode(), re.MULTILINE)
            return [float(one) == 1 for one in workers]

        wait_until(lambda: all(ready()), 90, "the workers")

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self, by: int = signal.SIGTERM, to_group: bool = False, seconds: float = 10) -> None:
        """Ask it to end, and fail if any of its processes stays behind.

        A service manager signals the first process alone, a terminal on Ctrl-C the whole group (`to_group`).
        """
        os.killpg(self.process.pid, by) if to_group else self.process.send_signal(by)
        try:
            self.process.wait(seconds)
            wait_until(lambda: not processes_of_group(self.process.pid), 5, "the end of the server's processes")
        except BaseException:
            print("still running:", *processes_of_group(self.process.pid), sep="\n  ")
            raise
        finally:
            self.kill()
