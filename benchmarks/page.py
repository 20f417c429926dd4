"""How soon each tab can be used in a browser, and what its chart costs then. Prints a table.

    python -m benchmarks.page [--rounds N] [--slowdown X] [--root FOLDER] [--write]

Chromium, without anything in its caches, once as it is and once slowed down X times. *Ready*: from the request until a
click would be answered, that is the end of the task in which the page says that it is ready. *Longest task after that*:
how long the page answers nothing while it goes on loading; on the Playground until the chart is drawn. With --root the
server of another checkout is measured, in turn with this one's.
"""

from __future__ import annotations

import argparse
import statistics
import sys

from playwright.sync_api import Browser, sync_playwright

from benchmarks import report
from benchmarks.server import ROOT, Server, compared
from core import signals
from core.arguments import path

sys.path.insert(0, str(ROOT / "tests"))
from support import browser

TABS = {"Playground": ("", ".main-svg"), "LeNet-5": ("lenet", "[data-testid='no-runs']")}  # and what comes last
NOTE = """
window.tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: "longtask", buffered: true });
new MutationObserver(() => {
  if (document.documentElement?.dataset.ready === "") window.ready ??= performance.now();
}).observe(document, { subtree: true, attributeFilter: ["data-ready"] });
"""
READ = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestIdleCallback(() => setTimeout(done))));
  const endOf = ({ startTime, duration }) => startTime + duration;
  const around = tasks.filter((task) => task.startTime <= ready && endOf(task) >= ready);
  const usable = Math.max(ready, ...around.map(endOf));
  const after = tasks.filter(({ startTime }) => startTime >= usable - 1);
  return [usable, Math.max(0, ...after.map(({ duration }) => duration))];
}"""


def load(chromium: Browser, address: str, last: str, slowdown: float) -> tuple[float, float]:
    """Milliseconds until the page can be used, and of the longest task after that."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    try:
        page = context.new_page()
        page.add_init_script(NOTE)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
        page.goto(address)
        page.wait_for_selector(last, state="attached", timeout=60_000)
        page.wait_for_function("() => window.ready !== undefined")
        usable, longest = page.evaluate(READ)
        return usable, longest
    finally:
        context.close()


def measure(servers: dict[str, Server], rounds: int, slowdown: float) -> list[list[str]]:
    found: dict[tuple[str, str, float], list[tuple[float, float]]] = {}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(args=[*browser.ARGUMENTS, "--no-sandbox"], executable_path=browser.find())
        for _ in range(rounds + 1):  # the first warms the server
            for tab, (path, last) in TABS.items():
                for rate in (1.0, slowdown):
                    for name, server in servers.items():
                        key = (name, tab, rate)
                        found.setdefault(key, []).append(load(chromium, server.url + path, last, rate))
        chromium.close()
    rows = []
    for (name, tab, rate), (_, *times) in found.items():
        ready, longest = zip(*times, strict=True)
        label = f"{name}{tab}, {'as it is' if rate == 1 else f'{rate:g} times slower'}"
        rows.append(
            [label, *(f"{value:.0f} ms" for of in (ready, longest) for value in (statistics.median(of), max(of)))]
        )
    return rows


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--slowdown", type=float, default=4)
    parser.add_argument("--root", type=path, help="another checkout, to compare with")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args(arguments)
    with compared(options.root) as servers:
        rows = measure(servers, options.rounds, options.slowdown)
    head = ["page", "ready: median", "slowest", "longest task after that: median", "slowest"]
    text = f"{report.table(head, rows)}\n\n{options.rounds} loads each. {report.conditions('playwright')}"
    report.publish("page", text, write=options.write)


if __name__ == "__main__":
    signals.end_in_order()
    main(sys.argv[1:])
