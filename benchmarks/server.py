"""A Playlab server for a measurement: started as a user starts it, watched while it runs, and gone afterwards."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Usage:
    """What the server has used up to a moment, by kind of process."""

    web_seconds: float  # of CPU
    worker_seconds: float
    web_bytes: int  # of memory that no other process shares
    worker_bytes: int


class Server:
    """`python app.py` on a free port, with a folder of its own for runs unless `arguments` name one. A context: leaving
    it ends the server and all of its processes."""

    def __init__(self, *arguments: str, root: Path = ROOT):
        """root: of the checkout whose server it is."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.started = time.perf_counter()
        # Runs that lie about would be trained beside what is measured.
        self._experiments = tempfile.TemporaryDirectory(prefix="playlab-runs-", ignore_cleanup_errors=True)
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--experiments", self._experiments.name]
        command = [sys.executable, "app.py", *options, *arguments]
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the server
        self._process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, start_new_session=True
        )

    @property
    def pid(self) -> int:
        """Of the process started, which leads the group of all."""
        return self._process.pid

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        processes = list(self._processes())
        self._process.terminate()
        _, left = psutil.wait_procs(processes, timeout=10)
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait(10)
        self._log.close()
        self._experiments.cleanup()
        if left:
            raise TimeoutError(f"the server left processes behind: {left}")

    def wait_for_page(self, seconds: float = 30) -> float:
        """Seconds from the start to the page being served."""
        while True:
            try:
                with urllib.request.urlopen(self.url, timeout=5) as response:
                    response.read()
                return time.perf_counter() - self.started
            except (urllib.error.URLError, OSError):
                if self._process.poll() is not None or time.perf_counter() - self.started > seconds:
                    self._log.seek(0)
                    raise TimeoutError(f"no page from the server: {self._log.read()}") from None
                time.sleep(0.005)  # between two looks

    def log_lines(self) -> int:
        """How many lines it has logged and printed so far."""
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), size, 0).count(b"\n")

    def _processes(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, ProcessLookupError):
                if os.getpgid(process.pid) == self._process.pid:
                    yield process

    def usage(self) -> Usage:
        """What its processes have used up to now."""
        seconds = {"web": 0.0, "worker": 0.0}
        memory = {"web": 0, "worker": 0}
        for process in self._processes():
            with contextlib.suppress(psutil.Error):
                words = process.cmdline()
                if any(word.startswith("lenet") for word in words):  # what has torch ready for the other tab
                    continue
                kind = "worker" if any("playground.serving.worker" in word for word in words) else "web"
                times = process.cpu_times()
                seconds[kind] += times.user + times.system
                memory[kind] += process.memory_full_info().uss
        return Usage(seconds["web"], seconds["worker"], memory["web"], memory["worker"])


@contextlib.contextmanager
def compared(other: Path | None) -> Iterator[dict[str, Server]]:
    """This checkout's server, with one worker, and that of another checkout if there is one: by what their rows begin
    with. Their pages are there."""
    roots = {"": ROOT} | ({f"{other.name}: ": other} if other else {})
    with contextlib.ExitStack() as stack:
        servers = {of: stack.enter_context(Server("--workers", "1", root=root)) for of, root in roots.items()}
        for server in servers.values():
            server.wait_for_page()
        yield servers
