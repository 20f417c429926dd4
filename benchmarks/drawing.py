"""How soon the boundary follows a point that is drawn while the network trains, in a browser. Prints a table.

    python -m benchmarks.drawing [--points N] [--write]

Chromium draws on the plane of a Playground that plays at its default speed, on a server with one worker on the same
machine. A point is followed by what becomes of it: it waits in the page for the next batch, is added to the training,
comes back, and is drawn with a frame; the boundary has *followed* with the first drawn frame of a later epoch, which
was trained with it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import report
from benchmarks.server import ROOT, Server
from benchmarks.streaming import percentile
from core import signals

sys.path.insert(0, str(ROOT / "tests"))
from support import browser

LINK = "#dataset=circle&seed=0.31415&showTestData=true"  # all points are in the picture
STAGES = ("sent", "there", "seen", "followed")
COLUMNS = ("until it is sent", "until the training has told of it", "until it is drawn", "until the boundary follows")
AIM_MS = 100
PACES = {"one at a time": 250, "as in a stroke": 20}  # ms from one point to the next
SIDE = 24  # places in a row, so far apart that no two are the same point

# What becomes of each point: {begun, need, sent, there, seen, followed}, in ms of the page's clock; `need` is how many
# points the training has with it. A points message says in its head how many are trained on and tested with.
PROBE = """
(() => {
  const [POINTS, FRAME] = [0x31504c50, 0x32464c50];
  const probe = (window.probe = { total: 0, drawn: [], isOn: false });
  const now = () => performance.now();
  const epoch = () => Number(document.querySelector("[data-testid='epoch']").textContent.replaceAll(",", ""));
  const mark = (stage, isReady) => {
    for (const point of probe.drawn) if (point[stage] === undefined && isReady(point)) point[stage] = now();
  };
  const drew = () => {
    mark("followed", ({ epoch: before }) => epoch() > before);
    for (const point of probe.drawn)
      if (point.there !== undefined && point.seen === undefined) [point.seen, point.epoch] = [now(), epoch()];
  };
  const heard = ({ data }) => {
    if (!(data instanceof ArrayBuffer) || data.byteLength < 16) return;
    const [head, , train, test] = new Uint32Array(data.slice(0, 16));
    if (head === POINTS) {
      probe.total = train + test;
      mark("there", ({ need }) => need <= probe.total);
    } else if (head === FRAME) requestAnimationFrame(() => setTimeout(drew)); // by then the page has drawn it
  };
  const Native = WebSocket;
  window.WebSocket = class extends Native {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", heard);
    }
    send(data) {
      if (typeof data === "string" && data.includes('"add_points"')) mark("sent", () => true);
      super.send(data);
    }
  };
  const down = ({ target, timeStamp }) => {
    if (!probe.isOn || !target.closest("[data-testid='draw-plane']")) return;
    const before = probe.drawn.at(-1)?.need ?? probe.total;
    probe.drawn.push({ begun: timeStamp, need: before + 1 });
  };
  addEventListener("pointerdown", down, { capture: true });
})();
"""
READY = "() => probe.drawn.every(({ followed }) => followed !== undefined)"


@dataclass(frozen=True)
class Point:
    """Milliseconds from the press of the button, each later than the one before."""

    sent: float
    there: float
    seen: float
    followed: float


def begin(page: Page, address: str) -> None:
    """The plane, ready to be drawn on, of a Playground that plays: with the first point it begins anew, of own data."""
    page.add_init_script(PROBE)
    page.goto(address + LINK)
    page.wait_for_function("() => probe.total > 0")
    before = page.evaluate("() => probe.total")
    page.get_by_test_id("datasets-more").click()
    page.get_by_test_id("own-draw").click()
    page.get_by_test_id("draw-from-there").click()
    page.get_by_test_id("draw-size-point").click()
    put(page, 0)
    page.wait_for_function("(before) => probe.total > before", arg=before)
    page.get_by_test_id("play").click()
    page.wait_for_function("() => document.querySelector('[data-testid=status]').dataset.state === 'running'")


def put(page: Page, number: int) -> None:
    """A point at a place of its own."""
    box = page.get_by_test_id("draw-plane").bounding_box()
    assert box
    row, column = divmod(number * 7 % SIDE**2, SIDE)  # all over the plane
    across, up = ((place + 0.5 + 0.01 * (number % 3)) / SIDE for place in (column, row))
    page.mouse.click(box["x"] + across * box["width"], box["y"] + up * box["height"])


def draw(page: Page, count: int, pace_ms: float, first: int) -> list[Point]:
    """Points one after the other, at places from `first` on, where none are yet; returns when all are followed."""
    page.evaluate("() => { probe.drawn = []; probe.isOn = true; }")
    for number in range(first, first + count):
        put(page, number)
        page.wait_for_timeout(pace_ms)
    page.wait_for_function(READY, timeout=60_000)
    page.evaluate("() => { probe.isOn = false; }")
    found = page.evaluate("() => probe.drawn")
    return [Point(*(one[stage] - one["begun"] for stage in STAGES)) for one in found]


def measure(chromium: Browser, address: str, points: int) -> dict[str, list[Point]]:
    """By how fast they are drawn."""
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    try:
        begin(page, address)
        found, first = {}, 1
        for name, pace in PACES.items():
            found[name] = draw(page, points, pace, first)
            first += points
        return found
    finally:
        page.close()


def rows(found: dict[str, list[Point]]) -> list[list[str]]:
    made = []
    for name, points in found.items():
        for what, of in (("median", statistics.median), ("p95", lambda values: percentile(values, 0.95))):
            made.append(
                [f"{name}, {what}", *(f"{of([getattr(one, stage) for one in points]):.0f} ms" for stage in STAGES)]
            )
    return made


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=200, help="of each kind")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args(arguments)
    with Server("--workers", "1") as server, sync_playwright() as playwright:
        server.wait_for_page()
        chromium = playwright.chromium.launch(args=[*browser.ARGUMENTS, "--no-sandbox"], executable_path=browser.find())
        found = measure(chromium, server.url, options.points)
        chromium.close()
    within = sum(one.followed <= AIM_MS for points in found.values() for one in points)
    text = (
        f"{report.table(['a point', *COLUMNS], rows(found))}\n\n{options.points} points of each kind; of all, "
        f"{100 * within / (options.points * len(found)):.0f} % within {AIM_MS} ms. {report.conditions('playwright')}"
    )
    report.publish("drawing", text, write=options.write)


if __name__ == "__main__":
    signals.end_in_order()
    main(sys.argv[1:])
