"""A Redis of the tests' own, and workers that serve it, started as a user starts them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
from redis import Redis, RedisError

from support.processes import ROOT, free_port, program, wait_until


class RedisServer:
    """Keeps what it is told in a file, as docs/cluster.md says: a restart loses nothing."""

    def __init__(self, folder: Path):
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", ""]
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen([program("redis-server"), *options, "--appendonly", "yes"], stdout=log)
        client = Redis.from_url(self.url)

        def answers() -> bool:
            with contextlib.suppress(RedisError):
                return bool(client.ping())
            return False

        wait_until(answers, 20, "Redis")
        client.close()

    def kill(self) -> None:
        """At once, as when its machine loses power."""
        self.process.kill()
        self.process.wait(10)


class WorkerProcess:
    """`python -m lenet worker` on the CPU, in a process group of its own."""

    def __init__(self, redis: RedisServer, name: str, data: Path, folder: Path, trainers: int = 1):
        self.name, self.log = name, folder / f"{name}.log"
        command = [sys.executable, "-m", "lenet", "worker", "--redis", redis.url, "--name", name, "--device", "cpu"]
        command += ["--trainers", str(trainers)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--data", str(data)], cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )

    def descendants(self) -> list[psutil.Process]:
        """Its processes, itself first: the supervisor, the worker, and while a run is trained, the trainer."""
        with contextlib.suppress(psutil.NoSuchProcess):
            leader = psutil.Process(self.process.pid)
            return [leader, *leader.children(recursive=True)]
        return []

    def trainers(self) -> list[psutil.Process]:
        """A trainer leads a process group of its own, for RQ to kill it by."""
        return [one for one in self.descendants()[1:] if os.getpgid(one.pid) == one.pid]

    def kill(self) -> None:
        """Everything at once, as when the machine loses power."""
        found = self.descendants()
        for process in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(found, 10)
        self.process.wait(10)

    def stop(self, closes_terminal: bool = False) -> None:
        """Asks it to leave, and fails if any of its processes stays behind. A terminal asks the whole group."""
        found = self.descendants()
        os.killpg(self.process.pid, signal.SIGHUP) if closes_terminal else self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
            _, alive = psutil.wait_procs(found, 5)
            assert not alive, f"still running: {alive}"
        finally:
            self.kill()
