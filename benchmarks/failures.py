"""How soon a failure is over: trainers, machines, Redis and a web server are killed. Prints what docs/cluster.md says.

    python -m benchmarks.failures [--trials N]

A real Redis, nginx, two web servers and two workers, all on this machine.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from benchmarks import report
from benchmarks.machines import LIMIT, Cluster, NginxServer, wait_until
from core import signals

ENDLESS = {"train_images": 2500, "batch_size": 50, "threads": 1, "device": "cpu", "epochs": 1000, "stop_change": 0.0}
AWAY_SECONDS = 5
BROWSERS = 40


def begin(cluster: Cluster) -> tuple[str, str]:
    """A run that has saved an epoch, and the worker that trains it."""
    run = cluster.start("exercise-code", **ENDLESS)
    cluster.wait(run, lambda shown: shown["epoch"] >= 2)
    return run, cluster.ask(f"runs/{run}")["device"].split("/")[0]


def until_again(cluster: Cluster, run: str) -> float:
    """Seconds until another trainer has gone on with it; stops it then."""
    start = time.perf_counter()
    wait_until(lambda: cluster.starts(run) == 2, LIMIT, "another trainer")
    seconds = time.perf_counter() - start
    end(cluster, run)
    return seconds


def end(cluster: Cluster, run: str) -> None:
    cluster.ask(f"runs/{run}/stop", {})
    cluster.wait(run, lambda shown: shown["status"] == "stopped")


def trainer_killed(cluster: Cluster) -> float:
    run, name = begin(cluster)
    cluster.workers[name].trainers()[0].kill()
    return until_again(cluster, run)


def machine_killed(cluster: Cluster) -> float:
    run, name = begin(cluster)
    cluster.workers[name].kill()
    seconds = until_again(cluster, run)
    cluster.replace_worker(name)
    return seconds


def worker_told_to_leave(cluster: Cluster) -> float:
    run, name = begin(cluster)
    start = time.perf_counter()
    cluster.workers[name].process.send_signal(signal.SIGTERM)
    wait_until(lambda: cluster.starts(run) == 2, LIMIT, "another trainer")
    seconds = time.perf_counter() - start
    cluster.workers[name].stop()
    end(cluster, run)
    cluster.replace_worker(name)
    return seconds


def redis_killed(cluster: Cluster) -> float:
    """Seconds from its return to news of the run, which was trained all the while."""
    run, _ = begin(cluster)
    cluster.redis.kill()
    time.sleep(AWAY_SECONDS)
    seen = cluster.ask(f"runs/{run}")["epoch"]
    cluster.redis.start()
    seconds = cluster.wait(run, lambda shown: shown["epoch"] > seen)
    assert cluster.starts(run) == 1
    end(cluster, run)
    return seconds


def web_server_killed(cluster: Cluster) -> float:
    """The slowest of many browsers' next requests, through nginx."""
    with tempfile.TemporaryDirectory() as folder:
        nginx = NginxServer(Path(folder), [f"127.0.0.1:{web.port}" for web in cluster.webs])
        try:
            os.killpg(cluster.webs[0].pid, signal.SIGKILL)
            slowest = 0.0
            for number in range(BROWSERS):
                headers = {"Cookie": f"playlab_browser=browser-{number}"}
                start = time.perf_counter()
                urllib.request.urlopen(urllib.request.Request(f"{nginx.url}/healthz", headers=headers), timeout=LIMIT)
                slowest = max(slowest, time.perf_counter() - start)
        finally:
            nginx.stop()
    return slowest


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.failures", description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=3)
    trials = parser.parse_args(argv).trials
    rows = []
    with Cluster(1, ("anna", "bert")) as cluster:
        for what, kill in KILLS.items():
            rows.append(_row(what, [kill(cluster) for _ in range(trials)]))
    lost = []
    for _ in range(trials):
        with Cluster(2) as cluster:
            lost.append(web_server_killed(cluster))
    rows.append(_row(f"web server: the slowest of {BROWSERS} browsers' next requests", lost))
    print(report.table(["killed", "seconds"], rows), report.conditions("redis", "rq"), sep="\n\n")


def _row(what: str, seconds: list[float]) -> list[str]:
    return [what, ", ".join(f"{one:.2f}" for one in sorted(seconds))]


KILLS: dict[str, Callable[[Cluster], float]] = {
    "trainer: trained again": trainer_killed,
    "machine: trained again": machine_killed,
    "worker, told to leave: trained again": worker_told_to_leave,
    f"Redis, for {AWAY_SECONDS} s: from its return to news": redis_killed,
}


if __name__ == "__main__":
    signals.end_in_order()
    main()
