"""What docs/cluster.md calculates with: nginx in front, Redis, and what runs take in it. Prints tables.

    python -m benchmarks.cluster [--seconds S] [--only PART ...]

A real Redis, nginx, web servers and a worker, all on this machine; no GPU.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import selectors
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks import report
from benchmarks.browsers import Browser, Crowd
from benchmarks.machines import LIMIT, Cluster, NginxServer
from benchmarks.server import Server
from benchmarks.streaming import WARM_SECONDS, percentile, watch
from core import signals
from lenet.queue.store import RunStore

CROWDS = ((50, 30), (75, 30), (100, 30), (100, 15))  # browsers, frames a second each
QUEUES = (20, 100, 400)  # runs that wait
VIEWERS = 50  # of the LeNet-5 tab
CPU = {"id": "cpu", "kind": "cpu", "name": "CPU"}


@dataclass(frozen=True)
class Load:
    """What Redis did, a second."""

    commands: float
    cores: float
    sent_bytes: float


@contextlib.contextmanager
def load_of(client: Any) -> Iterator[list[Load]]:
    """Appends the load of what is inside."""
    found: list[Load] = []
    before, start = client.info(), time.perf_counter()
    yield found
    seconds, after = time.perf_counter() - start, client.info()

    def rate(*names: str) -> float:
        return sum(after[name] - before[name] for name in names) / seconds

    cores = rate("used_cpu_sys", "used_cpu_user")
    found.append(Load(rate("total_commands_processed"), cores, rate("total_net_output_bytes")))


def processor_seconds(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


# --- parts ------------------------------------------------------------------------------------------------------------


def browsers(seconds: float) -> str:
    """Frames for a crowd, straight from a server and through nginx."""
    rows = [_crowd(count, pace, through, seconds) for count, pace in CROWDS for through in (False, True)]
    head = ["browsers x frames/s", "through", "frames/s each", "slowest", "gap p95", "longest", "nginx CPU/frame"]
    return report.table([*head, "cores: web + workers"], rows)


def _crowd(count: int, pace: float, through: bool, seconds: float) -> list[str]:
    with Server("--proxies", "1") as server, Crowd() as crowd, tempfile.TemporaryDirectory() as folder:
        server.wait_for_page()
        nginx = NginxServer(Path(folder), [f"127.0.0.1:{server.port}"]) if through else None
        try:
            made: list[Browser] = crowd.connect(nginx.port if nginx else server.port, count)
            crowd.until(lambda: all(browser.packed for browser in made), LIMIT, "a first frame for each")
            crowd.ask(made, "set_frame_rate", framesPerSecond=pace)
            crowd.ask(made, "play")
            crowd.run(WARM_SECONDS)
            main = [psutil.Process(nginx.pid)] if nginx else []
            processes = [*main, *(child for process in main for child in process.children())]
            usage, used = server.usage(), processor_seconds(processes)
            got = watch(crowd, made, seconds)
            after, used = server.usage(), processor_seconds(processes) - used
        finally:
            if nginx:
                nginx.stop()
    frames, gap = sum(got.frames), sorted(got.gaps)
    web, workers = after.web_seconds - usage.web_seconds, after.worker_seconds - usage.worker_seconds
    return [
        f"{count} x {pace}", "nginx" if through else "", f"**{got.frames_per_second:.1f}**",
        f"{min(got.frames) / got.seconds:.1f}", f"{percentile(gap, 0.95) * 1000:.0f} ms", f"{gap[-1] * 1000:.0f} ms",
        f"{used / frames * 1e6:.0f} us" if through else "",
        f"{web / got.seconds:.2f} + {workers / got.seconds:.2f}",
    ]  # fmt: skip


def runs(seconds: float) -> str:
    """What Redis does for web servers and a run, and what a run leaves."""
    loads, sizes = [], []

    def note(what: str) -> None:
        with load_of(cluster.client) as load:
            time.sleep(seconds)
        one = load[0]
        loads.append([what, f"{one.commands:.0f}", f"{one.cores:.1%}", f"{one.sent_bytes / 1000:.1f} kB"])

    for webs in (1, 2):
        with Cluster(webs) as cluster:
            time.sleep(WARM_SECONDS)
            note(f"web servers: {webs}, nothing to do")
    with Cluster(2, ("worker",)) as cluster:
        for preset in ("fast", "best"):
            sent = cluster.client.info()["total_net_output_bytes"]
            run = cluster.start(preset, device="cpu")
            start = time.perf_counter()
            cluster.wait(run, lambda shown: shown["status"] == "running")
            if preset == "best":
                note("web servers: 2, a run in training")
            cluster.wait(run, lambda shown: shown["status"] == "finished", 900)
            took = time.perf_counter() - start
            time.sleep(WARM_SECONDS)  # for the other server
            sent = cluster.client.info()["total_net_output_bytes"] - sent
            memory = sum(cluster.client.memory_usage(key) or 0 for key in cluster.client.keys(f"*{run}*"))
            disk = sum(path.stat().st_size for path in (cluster.folder / "web-1" / run).iterdir())
            summary = len(json.dumps(next(one for one in cluster.ask("runs")["runs"] if one["run"] == run)))
            megabytes = [f"{size / 1e6:.2f} MB" for size in (memory, sent / 2, disk)]
            sizes.append([preset, f"{took:.0f} s", *megabytes, f"{summary} B"])
    return "\n\n".join((
        report.table(["Redis, a second", "commands", "of a core", "sent"], loads),
        report.table(["a run", "from the queue to its end", "memory of Redis", "sent to a web server", "disk of each",
                      "in the list"], sizes),
    ))  # fmt: skip


class Viewer(Browser):
    """A browser that shows the LeNet-5 tab; `received` counts the characters of news."""

    received = 0

    def _on_text(self, text: str) -> None:
        if text.startswith("0"):
            self._send("40/lenet,")
        elif text == "2":
            self._send("3")
        else:
            self.received += len(text)


def queue(seconds: float) -> str:
    """What a long queue costs Redis, and a web server whose visitors look at it."""
    rows, have = [], 0
    with Cluster() as cluster:
        store = RunStore(cluster.client)
        web = psutil.Process(cluster.webs[0].pid)

        def watch_queue(viewers: list[Viewer], *, moves: bool = False) -> tuple[Load, float, float]:
            """Of Redis; cores of the web process; characters a second to each viewer."""
            before, used = sum(viewer.received for viewer in viewers), processor_seconds([web])
            with load_of(cluster.client) as load:
                for _ in range(round(seconds)):
                    store.report_devices("machine", [CPU])
                    if moves:  # as if a worker had taken a run
                        cluster.client.rpoplpush("rq:queue:playlab-cpu", "rq:queue:playlab-cpu")
                    serve(viewers, 1)
            received = sum(viewer.received for viewer in viewers) - before
            used = processor_seconds([web]) - used
            return load[0], used / seconds, received / seconds / max(1, len(viewers))

        for length in QUEUES:
            store.report_devices("machine", [CPU])
            for _ in range(length - have):
                cluster.start("fast", device="cpu")
            have = length
            load, alone, _ = watch_queue([])
            viewers = [Viewer(cluster.webs[0].port) for _ in range(VIEWERS)]
            serve(viewers, WARM_SECONDS)
            _, seen, _ = watch_queue(viewers)
            _, moving, size = watch_queue(viewers, moves=True)
            for viewer in viewers:
                viewer.socket.close()
            cells = [f"{length}", f"{load.commands:,.0f}", f"{load.cores:.1%}"]
            rows.append([*cells, f"{alone:.2f}", f"{seen:.2f}", f"{moving:.2f}", f"{size / 1000:.0f} kB"])
    head = ["waiting runs", "Redis: commands/s", "of a core", "web cores: nobody looks", f"{VIEWERS} look"]
    return report.table([*head, "and it moves every second", "to each a second"], rows)


def serve(viewers: list[Viewer], seconds: float) -> None:
    """Reads what comes, for a time."""
    deadline = time.perf_counter() + seconds
    with selectors.DefaultSelector() as selector:
        for viewer in viewers:
            selector.register(viewer.socket, selectors.EVENT_READ, viewer)
        while (left := deadline - time.perf_counter()) > 0:
            for key, _ in selector.select(left):
                key.data.read()


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10, help="that each thing is watched")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    options = parser.parse_args(argv)
    for name in options.only:
        print(PARTS[name](options.seconds), end="\n\n", flush=True)
    print(report.conditions("redis", "rq", "flask-socketio", "waitress"))


PARTS: dict[str, Callable[[float], str]] = {"browsers": browsers, "runs": runs, "queue": queue}


if __name__ == "__main__":
    signals.end_in_order()
    main()
