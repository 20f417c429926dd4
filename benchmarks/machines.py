"""A Redis, web servers and workers for a measurement, all real and on this machine: those that the tests use."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from redis import Redis

from benchmarks.server import Server
from core import arguments

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
from support.nginx_server import NginxServer
from support.processes import wait_until
from support.redis_server import RedisServer, WorkerProcess

__all__ = ["LIMIT", "Cluster", "NginxServer", "wait_until"]

DATA = arguments.path(os.environ.get("PLAYLAB_DATA") or "data")
TEACHER = "chalk"
LIMIT = 60  # seconds to wait for anything


class Cluster:
    """A Redis, and web servers and workers that share it. A context."""

    def __init__(self, webs: int = 1, workers: tuple[str, ...] = ()):
        self._stack = contextlib.ExitStack()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.redis = RedisServer(self.folder)
        self._stack.callback(lambda: self.redis.kill())
        self.client = Redis.from_url(self.redis.url)
        self.webs = [self._web(f"web-{number}") for number in range(webs)]
        self.workers = {name: self.add_worker(name) for name in workers}
        wait_until(lambda: self._awake() == len(workers), LIMIT, "the workers")

    def _web(self, name: str) -> Server:
        options = ["--workers", "1", "--redis", self.redis.url, "--teacher", TEACHER, "--proxies", "1"]
        folders = ["--experiments", str(self.folder / name), "--data", str(self.folder / "data")]
        web = self._stack.enter_context(Server(*options, *folders))
        web.wait_for_page()
        return web

    def add_worker(self, name: str) -> WorkerProcess:
        worker = WorkerProcess(self.redis, name, DATA, self.folder)
        self._stack.callback(worker.kill)
        return worker

    def replace_worker(self, name: str) -> None:
        """Starts it again, and waits until it can take a run."""
        self.workers[name] = self.add_worker(name)
        wait_until(lambda: self._awake() == len(self.workers), LIMIT, "the worker")

    def _awake(self) -> int:
        """Workers that have told of themselves within a moment; those that were killed are remembered for a while."""
        alive = {str(process.pid) for worker in self.workers.values() for process in worker.descendants()}
        return sum(key.decode().rpartition("-")[2] in alive for key in self.client.keys("rq:worker:*"))

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def ask(self, path: str, body: object = None, web: int = 0) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TEACHER}"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.webs[web].url}api/lenet/{path}", data, headers)
        with urllib.request.urlopen(request, timeout=LIMIT) as answer:
            return json.load(answer)

    def start(self, preset: str, **changes: object) -> str:
        """A new run, in the queue."""
        started: list[str] = []

        def submit() -> bool:
            with contextlib.suppress(urllib.error.HTTPError):  # no worker yet
                started.append(self.ask("runs", {"preset": preset, "config": changes})["run"])
            return bool(started)

        wait_until(submit, LIMIT, "a worker")
        return started[0]

    def wait(self, run: str, reached: Callable[[dict[str, Any]], bool], seconds: float = LIMIT) -> float:
        """Seconds until the run's description is so."""
        start = time.perf_counter()
        wait_until(lambda: reached(self.ask(f"runs/{run}")), seconds, run)
        return time.perf_counter() - start

    def starts(self, run: str) -> int:
        """How often it was begun or gone on with."""
        return sum(record["kind"] == "start" for record in self.ask(f"runs/{run}/metrics")["records"])
