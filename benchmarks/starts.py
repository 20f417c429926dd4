"""A class that presses Start: when each has his result, and what the Playgrounds notice. Prints a table.

    python -m benchmarks.starts [--starts N] [--seconds S] [--trainers N] [--playgrounds N] [--root FOLDER]
        [--only KIND] [--device NAME] [--write]

A real server; each start is another browser's, spread over the seconds. *The same*: everybody asks for `fast` as it is.
*Each another*: everybody has a seed of his own. Playgrounds play meanwhile. With --root the server of another
checkout is measured, in turn with this one's.
"""

from __future__ import annotations

import argparse
import json
import secrets
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.browsers import Crowd
from benchmarks.cluster import Viewer, serve
from benchmarks.server import ROOT, Server
from benchmarks.streaming import join, percentile, watch
from core import signals
from core.arguments import path

KINDS = {"the same": False, "each another": True}
LIMIT = 3600  # seconds: before, on a machine that does other things too, it took 900
POLL_S = 0.25
WARM_SECONDS = 5  # for what the server loads at the sight of a page


@dataclass
class Class:
    """Starts runs in a thread of its own, and notes when each has its result. Times are of time.perf_counter."""

    url: str
    starts: int
    seconds: float
    changes: dict[str, Any]
    has_seeds: bool
    started: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)
    failure: BaseException | None = None

    def begin(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        try:
            self._press()
        except BaseException as error:
            self.failure = error

    def _press(self) -> None:
        first = time.perf_counter()
        number = 0
        while len(self.ended) < self.starts:
            now = time.perf_counter()
            if now - first > LIMIT:
                raise TimeoutError(f"{len(self.ended)} of {self.starts} results in {LIMIT} s")
            while number < self.starts and now - first >= number * self.seconds / self.starts:
                changes = self.changes | ({"seed": number} if self.has_seeds else {})
                run = self.ask("runs", {"preset": "fast", "config": changes})["run"]
                self.started[run] = now
                number += 1
            for summary in self.ask("runs?limit=100")["runs"]:
                run = summary["run"]
                if summary["status"] == "finished" and run in self.started:
                    self.ended.setdefault(run, time.perf_counter())
                elif summary["status"] in ("failed", "interrupted"):
                    raise RuntimeError(f"{run} {summary['status']}: {summary['reason']}")
            time.sleep(POLL_S)  # between two looks

    def ask(self, path: str, body: object = None) -> Any:
        """As a browser of its own."""
        headers = {"Content-Type": "application/json", "Cookie": f"playlab_browser={secrets.token_urlsafe(24)}"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}api/lenet/{path}", data, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    @property
    def waits(self) -> list[float]:
        """Seconds from each Start to its result."""
        return [self.ended[run] - at for run, at in self.started.items()]


def measure(options: argparse.Namespace, root: Path, has_seeds: bool) -> list[str]:
    with tempfile.TemporaryDirectory() as folder, Crowd() as crowd:
        more = ["--trainers", str(options.trainers)] if options.trainers and root == ROOT else []
        words = ["--workers", "1", "--experiments", folder, "--data", str(options.data.resolve()), *more]
        with Server(*words, root=root) as server:
            server.wait_for_page()
            changes = {"train_images": options.images, "device": options.device}
            pupils = Class(server.url, options.starts, options.seconds, changes, has_seeds)
            browsers = join(crowd, server, options.playgrounds)
            crowd.ask(browsers, "play")
            page = Viewer(int(server.port))  # LeNet's, at whose sight the server loads torch for the first Start
            serve([page], 0.5)
            crowd.run(WARM_SECONDS)
            page.socket.close()
            thread, begun = pupils.begin(), time.perf_counter()
            gaps: list[float] = []
            frames = 0
            while thread.is_alive():
                got = watch(crowd, browsers, 0.5)
                gaps += got.gaps
                frames += sum(got.frames)
            seconds = time.perf_counter() - begun
            thread.join()
    if pupils.failure is not None:
        raise pupils.failure
    waits = pupils.waits
    return [
        f"{min(waits):.1f} s", f"{statistics.median(waits):.1f} s", f"{max(waits):.1f} s",
        f"{max(pupils.ended.values()) - min(pupils.started.values()):.1f} s",
        f"{frames / seconds / options.playgrounds:.1f}", f"{percentile(gaps, 0.95) * 1000:.0f} ms",
        f"{max(gaps) * 1000:.0f} ms",
    ]  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.starts", description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=10, help="within which all are pressed")
    parser.add_argument("--images", type=int, default=60_000, help="to train on; all of them for figures that count")
    parser.add_argument("--trainers", type=int, help="as of app.py")
    parser.add_argument("--playgrounds", type=int, default=10, help="that play meanwhile")
    parser.add_argument("--data", type=path, default=ROOT / "data", help="folder of MNIST")
    parser.add_argument("--root", type=path, help="another checkout, to measure beside this one")
    parser.add_argument("--only", choices=KINDS, action="append")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="cpu", help="of the runs")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    options = parser.parse_args(arguments)
    head = [f"{options.starts} Starts in {options.seconds:g} s", "first result", "median", "last",
            "first Start to last result", f"{options.playgrounds} Playgrounds: frames/s each",
            "gap p95", "longest"]  # fmt: skip
    rows = []
    for kind in options.only or KINDS:
        for label, root in (("before", options.root), ("now", ROOT)):
            if root is not None:
                rows.append([f"{kind}, {label}", *measure(options, root.resolve(), KINDS[kind])])
                print(*rows[-1], sep=" | ", file=sys.stderr, flush=True)  # each takes minutes
    text = f"{report.table(head, rows)}\n\n{report.conditions('torch')} Once each."
    report.publish("lenet starts", text, write=options.write)


if __name__ == "__main__":
    signals.end_in_order()
    main()
