"""How well the server streams: a real `python app.py`, many browsers, over loopback. `make bench-streaming`.

    python -m benchmarks.streaming [--seconds S] [--only PART ...] [--write]

One process stands for all browsers: each opens a session, plays, and acknowledges every frame. Every part has a
server of its own, and nothing of it is left afterwards.
"""

from __future__ import annotations

import argparse
import itertools
import math
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from benchmarks import report
from benchmarks.attacks import Student
from benchmarks.browsers import LARGEST, Browser, Crowd
from benchmarks.server import ROOT, Server
from core import signals
from playground.config import FEATURE_KEYS

sys.path.append(str(ROOT / "tests"))
from support import reports
from support.notebook_figures import FIGURES

WARM_SECONDS = 2
READY_SECONDS = 60
CROWDS = ((50, 30), (100, 15), (75, 30), (100, 30))  # browsers, frames a second each
# Runs that are gone back in. That of 10,000 epochs with the last takes a minute.
DRAGGED = {
    "2-4-2-1": "",
    "7-8x6-1": "networkShape=8,8,8,8,8,8&" + "&".join(f"{feature}=true" for feature in FEATURE_KEYS),
    "7-16x10-1, Adam": LARGEST,
}
OPENED = 1000  # the epoch of the links that are opened
GROUP = 10  # browsers that one at full speed must not slow down


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


@dataclass(frozen=True)
class Watched:
    """What browsers got in a window of time."""

    seconds: float
    browsers: int
    gaps: list[float]  # seconds between one frame and the next of the same browser
    frames: list[int]  # of each browser
    frame_bytes: float  # of one, on the average
    epochs_per_second: list[float]  # of each browser

    @property
    def frames_per_second(self) -> float:
        """Of one browser."""
        return sum(self.frames) / self.seconds / self.browsers


def watch(crowd: Crowd, browsers: Sequence[Browser], seconds: float) -> Watched:
    """Serves the crowd for a time and says what `browsers` got in it."""
    start = time.perf_counter()
    crowd.run(seconds)
    end = time.perf_counter()
    gaps: list[float] = []
    frames, paces = [], []
    sizes = [
        size for browser in browsers for at, size in zip(browser.times, browser.sizes, strict=True) if start <= at < end
    ]
    for browser in browsers:
        seen = [(at, epoch) for at, epoch in zip(browser.times, browser.epochs, strict=True) if start <= at < end]
        frames.append(len(seen))
        gaps += [after[0] - before[0] for before, after in itertools.pairwise(seen)]
        (first, first_epoch), (last, last_epoch) = (seen[0], seen[-1]) if len(seen) > 1 else ((start, 0), (end, 0))
        paces.append((last_epoch - first_epoch) / (last - first))
    return Watched(end - start, len(browsers), gaps or [seconds], frames, statistics.fmean(sizes or [0]), paces)


def join(crowd: Crowd, server: Server, count: int, address: str = "", deflated: bool = False) -> list[Browser]:
    """`count` more browsers, each with its first frame. deflated: as pages get them."""
    browsers = crowd.connect(server.port, count, address, deflated)
    crowd.until(lambda: all(browser.packed for browser in browsers), READY_SECONDS, "a first frame for each")
    return browsers


# --- parts ------------------------------------------------------------------------------------------------------------


def crowds(seconds: float) -> str:
    """Frames for a class."""
    head = [
        "browsers x frames/s", "frames/s each", "slowest", "gap p50", "p95", "longest", "epochs/s each",
        "web CPU/frame", "worker CPU/frame", "cores: web + workers + browsers", "memory a browser: web + workers",
        "bytes a frame", "a class of 40",
    ]  # fmt: skip
    return report.table(head, [_crowd_row(count, pace, seconds) for count, pace in CROWDS])


def _crowd_row(count: int, pace: float, seconds: float) -> list[str]:
    with Server() as server, Crowd() as crowd:
        server.wait_for_page()
        browsers = join(crowd, server, 1, deflated=True)
        alone = server.usage()
        browsers += join(crowd, server, count - 1, deflated=True)
        crowd.ask(browsers, "set_frame_rate", framesPerSecond=pace)
        crowd.ask(browsers, "play")
        crowd.run(WARM_SECONDS)
        before, own_before = server.usage(), time.process_time()
        got = watch(crowd, browsers, seconds)
        own, after = time.process_time() - own_before, server.usage()
    web, workers = after.web_seconds - before.web_seconds, after.worker_seconds - before.worker_seconds
    frames = sum(got.frames)
    memory = [(after.web_bytes - alone.web_bytes), (after.worker_bytes - alone.worker_bytes)]
    return [
        f"{count} x {pace}", f"**{got.frames_per_second:.1f}**", f"{min(got.frames) / got.seconds:.1f}",
        *_gap_cells(got), f"{statistics.median(got.epochs_per_second):.1f}",
        f"{web / frames * 1e6:.0f} us", f"{workers / frames * 1e6:.0f} us",
        " + ".join(f"{used / got.seconds:.2f}" for used in (web, workers, own)),
        " + ".join(f"{grown / (count - 1) / 1024:.0f} KiB" for grown in memory),
        f"{got.frame_bytes:,.0f}", f"{40 * got.frames_per_second * got.frame_bytes * 8 / 1e6:.1f} Mbit/s",
    ]  # fmt: skip


def _gap_cells(got: Watched) -> list[str]:
    values = (percentile(got.gaps, 0.5), percentile(got.gaps, 0.95), max(got.gaps))
    return [f"{value * 1000:.0f} ms" for value in values]


def fairness(seconds: float) -> str:
    """One student with the largest net at full speed beside a group; then two at full speed, each first by itself."""
    with Server("--workers", "1") as server, Crowd() as crowd:
        group, rows = _group_alone(crowd, server, seconds)
        greedy = join(crowd, server, 1, f"seed=1&{LARGEST}")
        crowd.ask(greedy, "set_speed", epochsPerSecond=None)
        crowd.ask(greedy, "play")
        crowd.run(WARM_SECONDS)
        rows.append(_group_row("with", watch(crowd, group, seconds)))
    head = [
        f"{GROUP} browsers, one at full speed",
        "frames/s each",
        "gap p50",
        "p95",
        "longest",
        "epochs/s: median",
        "slowest",
    ]
    return report.table(head, rows) + "\n\n" + _shares(seconds)


def _group_alone(crowd: Crowd, server: Server, seconds: float) -> tuple[list[Browser], list[list[str]]]:
    """Browsers that train, and their row of the table while nothing else is there."""
    server.wait_for_page()
    group = join(crowd, server, GROUP)
    crowd.ask(group, "play")
    crowd.run(WARM_SECONDS)
    return group, [_group_row("without", watch(crowd, group, seconds))]


def _group_row(label: str, got: Watched) -> list[str]:
    paces = got.epochs_per_second
    return [
        label,
        f"{got.frames_per_second:.1f}",
        *_gap_cells(got),
        f"{statistics.median(paces):.1f}",
        f"{min(paces):.1f}",
    ]


def _shares(seconds: float) -> str:
    addresses = {"2-4-2-1": "seed=1", "7-16x10-1, Adam, all 1,080 points a step": f"seed=1&{LARGEST}"}
    with Server("--workers", "1") as server, Crowd() as crowd:
        server.wait_for_page()
        runs = {name: join(crowd, server, 1, address) for name, address in addresses.items()}
        both = [browser for browsers in runs.values() for browser in browsers]
        crowd.ask(both, "set_speed", epochsPerSecond=None)
        alone: dict[str, float] = {}
        for name, browsers in runs.items():
            crowd.ask(browsers, "play")
            crowd.run(0.5)
            alone[name] = watch(crowd, browsers, seconds / 2).epochs_per_second[0]
            crowd.ask(browsers, "pause")
        crowd.ask(both, "play")
        crowd.run(0.5)
        together = dict(zip(runs, watch(crowd, both, seconds).epochs_per_second, strict=True))
    rows = [
        [name, report.rounded(alone[name]), report.rounded(together[name]), f"**{together[name] / alone[name]:.0%}**"]
        for name in runs
    ]
    return report.table(["two at full speed on one worker", "epochs/s alone", "epochs/s together", "share"], rows)


def exports(seconds: float) -> str:
    """A group, and a student beside it who takes home one report of 30 figures after the other."""
    with Server("--workers", "1") as server, Crowd() as crowd:
        group, rows = _group_alone(crowd, server, seconds)
        student, ended, took = Student.new(server.port), threading.Event(), list[float]()
        for number, figure in enumerate([made(True) for made in [*FIGURES.values()] * 2][:30]):
            pin = msgspec.to_builtins(reports.pin(number, figure=figure))
            assert "cell" in student.ask("POST", "pins", {"pin": pin, "notebook": student.notebook})

        def take_home() -> None:
            while not ended.is_set():
                began = time.perf_counter()
                asked = {"format": "docx", "language": "en"}
                job = student.ask("POST", f"notebooks/{student.notebook}/export", asked)["job"]
                while not student.ask("GET", f"exports/{job}").get("ready"):
                    if ended.wait(0.25):
                        return
                took.append(time.perf_counter() - began)

        thread = threading.Thread(target=take_home)
        thread.start()
        try:
            crowd.run(WARM_SECONDS)
            rows.append(_group_row("with", watch(crowd, group, seconds)))
        finally:
            ended.set()
            thread.join()
    head = [f"{GROUP} browsers, reports of 30 figures", "frames/s each", "gap p50", "p95", "longest"]
    head += ["epochs/s: median", "slowest"]
    each = ", ".join(f"{one:.1f} s" for one in took)
    told = f"{len(took)} reports were made meanwhile: {each}. Their figures were pinned just before."
    return f"{report.table(head, rows)}\n\n{told}"


def latencies(repeats: int) -> str:
    """From a command to the frame that shows its effect, for one browser alone and beside a class at 30 frames/s."""
    columns = {}
    for others in (0, CROWDS[0][0] - 1):
        with Server() as server, Crowd() as crowd:
            server.wait_for_page()
            class_mates = join(crowd, server, others)
            crowd.ask(class_mates, "play")
            browser = join(crowd, server, 1)[0]
            crowd.run(WARM_SECONDS)
            columns[others] = _effects(crowd, browser, repeats)
    head = [
        "from the command to the frame that shows it",
        "alone: p50",
        "p95",
        *(f"beside {n}: p50" for n in columns if n),
        "p95",
    ]
    rows = [
        [name, *(f"{percentile(times[name], p) * 1000:.0f} ms" for times in columns.values() for p in (0.5, 0.95))]
        for name in columns[0]
    ]
    return report.table(head, rows)


def _effects(crowd: Crowd, browser: Browser, repeats: int) -> dict[str, list[float]]:
    """Seconds of each trial of each command."""
    times: dict[str, list[float]] = {"play": [], "set_weight": [], "select": [], "configure": []}

    def trial(shown: Callable[[], bool], name: str, **arguments: Any) -> None:
        start = time.perf_counter()
        number = browser.command(name, **arguments)
        crowd.until(shown, 10, f"the effect of {name}")
        times[name].append(time.perf_counter() - start)
        crowd.until(lambda: number in browser.replies, 10, f"the answer to {name}")
        assert browser.replies.pop(number)["ok"]

    for repeat in range(repeats):
        # A frame or two are under way when a user moves a control; a varying moment within the frame interval.
        crowd.run(0.1 + 0.033 * repeat / repeats)
        epoch = browser.frame.epoch
        trial(lambda epoch=epoch: browser.frame.epoch > epoch, "play")  # type: ignore[misc]
        value = 5.0 if repeat % 2 else -5.0
        crowd.run(0.1)
        trial(lambda value=value: abs(browser.frame.parameters[0] - value) < 1,  # type: ignore[misc]
              "set_weight", layer=0, node=0, input=0, value=value)  # fmt: skip
        node = (0, repeat % 2)
        crowd.run(0.1)
        trial(lambda node=node: browser.frame.selected == node, "select", layer=node[0], node=node[1])  # type: ignore[misc]
        generation = browser.frame.generation
        crowd.run(0.1)
        trial(lambda generation=generation: browser.frame.generation > generation,  # type: ignore[misc]
              "configure", config={"noise": 5 * (1 + repeat % 10)})  # fmt: skip
    return times


def moments(repeats: int, epochs: int = 10_000) -> str:
    """From a drag of the time machine to its picture, at any epoch of a run; from `open` to the picture of a link's."""
    rows = []
    with Server() as server, Crowd() as crowd:
        server.wait_for_page()
        for name, address in DRAGGED.items():
            browser = join(crowd, server, 1, f"seed=1&{address}")[0]
            rows.append([f"{name}: a drag in {epochs:,} epochs", *_spread(drags(crowd, browser, epochs, repeats))])
        browser = join(crowd, server, 1)[0]
        rows.append([f"2-4-2-1: a link of epoch {OPENED:,}", *_spread(openings(crowd, browser, repeats))])
    return report.table(["from the command to its picture", "p50", "p95", "longest"], rows)


def _spread(seconds: Sequence[float]) -> list[str]:
    return [f"{value * 1000:,.0f} ms" for value in (percentile(seconds, 0.5), percentile(seconds, 0.95), max(seconds))]


def drags(crowd: Crowd, browser: Browser, epochs: int, repeats: int) -> list[float]:
    """Seconds from `view` of an epoch anywhere in a run of so many to the frame that shows it."""
    crowd.ask([browser], "step", epochs=epochs)
    crowd.until(lambda: browser.frame.epoch == epochs, 600, "the run")
    anywhere = random.Random(1)
    return [
        _until_shown(crowd, browser, anywhere.randrange(epochs), lambda: browser.frame.is_viewed, "view")
        for _ in range(repeats)
    ]


def _until_shown(
    crowd: Crowd, browser: Browser, epoch: int, condition: Callable[[], bool], name: str, **arguments: Any
) -> float:
    begun, count = time.perf_counter(), len(browser.epochs)
    number = browser.command(name, **(arguments or {"epoch": epoch}))
    crowd.until(lambda: epoch in browser.epochs[count:] and condition(), 120, f"epoch {epoch}")
    took = time.perf_counter() - begun
    crowd.until(lambda: number in browser.replies, 20, f"the answer to {name}")
    assert browser.replies.pop(number)["ok"]
    return took


def openings(crowd: Crowd, browser: Browser, repeats: int) -> list[float]:
    """Seconds from `open` with the link of a moment to the frame that shows it."""
    times = []
    for repeat in range(repeats):
        link = f"seed={repeat + 2}&epoch={OPENED}"
        times.append(_until_shown(crowd, browser, OPENED, lambda: True, "open", link=link))
        crowd.run(0.25)  # no more links are taken a second
    return times


def start(repeats: int) -> str:
    """From `python app.py` to a page and to the workers being ready."""
    served, ready = [], []
    for _ in range(repeats):
        with Server() as server, Crowd() as crowd:
            served.append(server.wait_for_page())
            join(crowd, server, 1)
            ready.append(time.perf_counter() - server.started)
    rows = [
        [name, f"{statistics.median(values):.2f} s", f"{max(values):.2f} s"]
        for name, values in (("page served", served), ("first frame drawn by a worker", ready))
    ]
    return report.table(["from `python app.py`", "median", "slowest"], rows)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streaming", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20, help="that each crowd is watched")
    parser.add_argument("--repeats", type=int, default=30, help="of each latency")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args(argv)
    for name in options.only:
        text = PARTS[name](options)
        conditions = report.conditions("flask-socketio", "python-socketio", "python-engineio", "waitress")
        report.publish(name, f"{text}\n\n{conditions}", write=options.write)


PARTS: dict[str, Callable[[argparse.Namespace], str]] = {
    "crowds": lambda options: crowds(options.seconds) + f"\n\nEach watched for {options.seconds:g} s.",
    "fairness": lambda options: fairness(options.seconds) + f"\n\nEach watched for {options.seconds:g} s.",
    "exports": lambda options: exports(options.seconds) + f"\n\nEach watched for {options.seconds:g} s.",
    "latencies": lambda options: latencies(options.repeats) + f"\n\n{options.repeats} trials of each.",
    "moments": lambda options: moments(options.repeats) + f"\n\n{options.repeats} trials of each.",
    "start": lambda options: start(max(3, options.repeats // 6)) + f"\n\n{max(3, options.repeats // 6)} starts.",
}


if __name__ == "__main__":
    signals.end_in_order()
    main()
