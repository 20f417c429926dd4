"""What a visit of each page takes of the network and of the server. Prints a table.

    python -m benchmarks.visits [--rounds N] [--root FOLDER] [--write]

Chromium, which comes with empty caches, and comes again with what it has kept. *Requests*: those that the server sees,
without WebSockets. *Sent*: bytes of its answers as they pass, with their heads. *CPU*: what the web process computes
meanwhile, with the page's Socket.IO; the mean of all rounds, as the system counts in steps of 10 ms. With --root the
server of another checkout is measured, in turn with this one's.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from typing import Any

from playwright.sync_api import BrowserContext, sync_playwright

from benchmarks import report
from benchmarks.page import TABS
from benchmarks.server import ROOT, Server, compared
from core import signals
from core.arguments import path

sys.path.insert(0, str(ROOT / "tests"))
from support import browser

PAGES = TABS | {"Notebook": ("notebook", "html[data-ready]")}


def visit(context: BrowserContext, server: Server, address: str, last: str) -> tuple[int, int, float]:
    """Requests, bytes and seconds of the server's processor, in a tab of its own.

    last: selector of what the page shows when it has all.
    """
    asked: dict[str, str] = {}
    cached: set[str] = set()
    sizes: list[int] = []

    def note_answer(event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            cached.add(event["requestId"])

    page = context.new_page()
    session = context.new_cdp_session(page)
    session.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))
    session.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
    session.on("Network.responseReceived", note_answer)
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    session.send("Network.enable")
    before = server.usage().web_seconds
    page.goto(address)
    page.wait_for_selector(last, state="attached", timeout=60_000)
    page.wait_for_selector("html[data-ready]")
    page.wait_for_load_state("networkidle")
    seconds = server.usage().web_seconds - before
    page.close()
    sent = [name for name, url in asked.items() if url.startswith("http") and name not in cached]
    return len(sent), int(sum(sizes)), seconds


def measure(servers: dict[str, Server], rounds: int) -> list[list[str]]:
    found: dict[tuple[str, str, str], list[tuple[int, int, float]]] = {}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(args=[*browser.ARGUMENTS, "--no-sandbox"], executable_path=browser.find())
        for _ in range(rounds + 1):  # the first warms the server
            for name, (address, last) in PAGES.items():
                for of, server in servers.items():
                    with chromium.new_context(viewport={"width": 1366, "height": 768}) as context:
                        for when in ("first visit", "again"):
                            one = visit(context, server, server.url + address, last)
                            found.setdefault((of, name, when), []).append(one)
        chromium.close()
    rows = []
    for (of, name, when), (_, *visits) in found.items():
        requests, sizes, seconds = zip(*visits, strict=True)
        figures = (f"{statistics.median(requests):g}", f"{statistics.median(sizes) / 1000:,.0f} kB")
        rows.append([f"{of}{name}, {when}", *figures, f"{1000 * statistics.mean(seconds):.0f} ms"])
    return rows


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--root", type=path, help="another checkout, to compare with")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args(arguments)
    with compared(options.root) as servers:
        rows = measure(servers, options.rounds)
    text = f"{report.table(['visit', 'requests', 'sent', 'CPU'], rows)}\n\n{options.rounds} visits each. "
    report.publish("visits", text + report.conditions("playwright"), write=options.write)


if __name__ == "__main__":
    signals.end_in_order()
    main(sys.argv[1:])
