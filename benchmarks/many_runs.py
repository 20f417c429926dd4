"""How a server starts with many runs: when it answers, when all are read, what they take in memory. Prints a table.

    python -m benchmarks.many_runs [RUNS ...] [--epochs N]

The runs are made up, with records as long as real ones. They share one file, so the disk is not measured: it is as if
the system had them in memory.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks import report
from benchmarks.server import ROOT, Server
from core import signals

sys.path.append(str(ROOT / "tests"))
from support.lenet_folders import store_run

LIMIT = 300  # seconds


def ask(url: str) -> tuple[float, Any]:
    """Seconds until the answer is here, and the answer."""
    start = time.perf_counter()
    with urllib.request.urlopen(url, timeout=LIMIT) as answer:
        body = answer.read()
    return time.perf_counter() - start, body


@dataclass(frozen=True)
class Start:
    """What was measured of a start with `runs` runs."""

    runs: int
    first_page: float  # seconds after the start
    median: float  # seconds of an answer, until all runs were read
    slowest: float
    all_read: float  # seconds after the start
    memory: int  # bytes of the web process
    listed: float  # seconds of the list's first page
    list_size: int  # its bytes
    metrics: float  # seconds of /metrics

    def row(self) -> list[str]:
        times = [
            f"{self.first_page:.1f} s",
            f"{self.median * 1000:.0f} ms",
            f"{self.slowest * 1000:.0f} ms",
            f"{self.all_read:.1f} s",
        ]
        page = f"{self.listed * 1000:.0f} ms, {self.list_size / 1000:.0f} kB"
        return [f"{self.runs:,}", *times, f"{self.memory / 1e6:.0f} MB", page, f"{self.metrics * 1000:.0f} ms"]


def make_runs(experiments: Path, count: int, epochs: int) -> None:
    template = store_run(experiments, "20260101-000000-000000", epochs=epochs) / "metrics.jsonl"
    for number in range(1, count):
        name = f"20260101-{number // 100:06}-{number % 100:06x}"
        made = store_run(experiments, name, epochs=0, created=number, config={"epochs": epochs})
        (made / "metrics.jsonl").unlink()
        (made / "metrics.jsonl").hardlink_to(template)


def measure(count: int, epochs: int) -> Start:
    with tempfile.TemporaryDirectory() as folder:
        experiments = Path(folder) / "experiments"
        experiments.mkdir()
        if count:
            make_runs(experiments, count, epochs)
        with Server("--workers", "1", "--experiments", str(experiments), "--data", folder) as server:
            server.wait_for_page()
            first = time.perf_counter() - server.started
            answers: list[float] = []
            while True:
                seconds, body = ask(f"{server.url}api/lenet/runs")
                answers += [seconds, ask(f"{server.url}lenet")[0]]
                if not json.loads(body)["reading"]:
                    break
                time.sleep(0.05)  # between two looks
            read = time.perf_counter() - server.started
            listed, body = min(ask(f"{server.url}api/lenet/runs") for _ in range(5))
            if json.loads(body)["total"] != count:
                raise ValueError(f"{json.loads(body)['total']} runs are listed, not {count}")
            metrics, _ = min(ask(f"{server.url}metrics") for _ in range(5))
            resident = max(one.memory_info().rss for one in web_processes(server.pid))
    median, slowest = statistics.median(answers), max(answers)
    return Start(count, first, median, slowest, read, resident, listed, len(body), metrics)


def web_processes(leader: int) -> list[psutil.Process]:
    """The server's processes without those that compute."""
    found = [psutil.Process(leader), *psutil.Process(leader).children(recursive=True)]
    return [one for one in found if "app.py" in " ".join(one.cmdline())]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", type=int, nargs="*", default=[0, 1000, 10_000])
    parser.add_argument("--epochs", type=int, default=20)
    options = parser.parse_args()
    head = [
        "runs",
        "first page",
        "an answer while reading",
        "the slowest",
        "all read",
        "memory",
        "the list's first page",
        "/metrics",
    ]
    print(report.table(head, [measure(count, options.epochs).row() for count in options.runs]))
    print(report.conditions("flask", epochs=str(options.epochs)))


if __name__ == "__main__":
    signals.end_in_order()
    main()
