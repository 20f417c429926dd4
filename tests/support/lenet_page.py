"""The LeNet page in a real browser, and the server behind it, in a user's words. No fixtures: conftest.py has those."""

from __future__ import annotations

import json
import sys
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from support.processes import ServerProcess, wait_until

TEACHER = "chalk"
# A few seconds each, and good enough to read a clear digit.
QUICK = {"train_images": 6000, "batch_size": 64, "epochs": 2}
TINY = {"train_images": 300, "batch_size": 50, "epochs": 1}
# So long that it is surely still running when the test is done with it.
LONG = {"train_images": 20_000, "batch_size": 64, "epochs": 100}
ACTIVE = ("queued", "starting", "running")
STROKES = {  # in shares of the canvas
    "1": [[(0.5, 0.15), (0.5, 0.85)]],
    "H": [[(0.15, 0.1), (0.15, 0.9)], [(0.85, 0.1), (0.85, 0.9)], [(0.15, 0.5), (0.85, 0.5)]],
    "10": [
        [(0.15, 0.25), (0.15, 0.75)],
        [(0.65, 0.25), (0.48, 0.4), (0.48, 0.6), (0.65, 0.75), (0.82, 0.6), (0.82, 0.4), (0.65, 0.25)],
    ],
    "7": [[(0.28, 0.25), (0.72, 0.25), (0.48, 0.85)]],
}


@dataclass
class Visitor:
    """A browser without a page: it asks the REST interface, under a cookie of its own."""

    url: str
    opener: urllib.request.OpenerDirector = field(
        default_factory=lambda: urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    )

    def __post_init__(self) -> None:
        self.opener.open(f"{self.url}/lenet", timeout=20).close()

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(f"{self.url}/api/lenet/{path}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        with self.opener.open(request, timeout=20) as response:
            return json.load(response)

    def start(self, preset: str = "fast", **config: Any) -> str:
        """The id of a new run."""
        return self.ask("runs", {"preset": preset, "config": config})["run"]

    def finished(self, run: str) -> dict[str, Any]:
        """What is shown of a run when it has ended."""
        wait_until(lambda: self.ask(f"runs/{run}")["status"] not in ACTIVE, 200, f"the end of {run}")
        shown = self.ask(f"runs/{run}")
        assert shown["status"] == "finished", shown["reason"]
        return shown

    def stop(self, run: str) -> None:
        self.ask(f"runs/{run}/stop", {})
        wait_until(lambda: self.ask(f"runs/{run}")["status"] not in ACTIVE, 30, f"the end of {run}")


def serve(mnist: Path, folder: Path, port: int) -> ServerProcess:
    command = [sys.executable, "tests/support/eager_server.py", "--port", str(port)]
    command += ["--workers", "1", "--teacher", TEACHER]
    command += ["--data", str(mnist), "--experiments", str(folder / "experiments")]
    command += ["--trainers", "1"]  # so that some runs wait
    process = ServerProcess(command, f"http://127.0.0.1:{port}", folder / "server.log")
    process.wait_ready()
    return process


def _at(run: dict[str, Any], epoch: int | None) -> str:
    return f"#run={run['run']}" + (f"&epoch={epoch}" if epoch else "")


class Lenet:
    """A page with the LeNet tab."""

    def __init__(self, page: Page, server: str):
        self.page = page
        self.url = server

    def open(self, fragment: str = "") -> Lenet:
        """Loads the page."""
        self.page.goto("about:blank")  # or an address that differs after the # alone would load nothing
        self.page.goto(f"{self.url}/lenet{fragment}")
        expect(self.page.locator("html")).to_have_attribute("data-ready", "")
        expect(self.get("preset-fast")).to_be_attached()
        return self

    def go(self, fragment: str) -> Lenet:
        """To another part of the page, which is loaded already: many times quicker than `open`."""
        self.page.evaluate("fragment => { location.hash = fragment; }", fragment)
        return self

    def home(self) -> Lenet:
        """The start page, its form as it is at first."""
        self.go("#")
        expect(self.get("welcome")).to_be_visible()
        self.get("setting-dataset").select_option("mnist")
        for preset in ("best", "fast"):  # choosing one takes its settings
            self.get(f"preset-{preset}").check()
        if self.get("only-mine").is_checked():
            self.get("only-mine").uncheck()
        return self.show_all_settings(False)

    def show_all_settings(self, shown: bool = True) -> Lenet:
        if self.get("setting-seed").is_visible() != shown:
            self.click("all-settings-open")
        return self

    def see(self, run: dict[str, Any], epoch: int | None = None) -> Lenet:
        """A run, anew, on the page that is loaded already."""
        self.go("#")
        expect(self.get("welcome")).to_be_visible()
        self.go(_at(run, epoch))._expect_run(run, epoch)
        self.click("look-draw")
        self.click("pad-clear")
        return self

    def open_run(self, run: dict[str, Any], epoch: int | None = None) -> Lenet:
        """A run, on a page that is loaded for it."""
        return self.open(_at(run, epoch))._expect_run(run, epoch)

    def _expect_run(self, run: dict[str, Any], epoch: int | None) -> Lenet:
        expect(self.get("epoch-title")).to_contain_text(str(epoch or run["epoch"]))
        return self

    def get(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def click(self, testid: str) -> None:
        self.get(testid).click()

    def row(self, run: str) -> Locator:
        return self.page.locator(f'[data-testid="run-row"][data-run="{run}"]')

    def set(self, name: str, value: object) -> None:
        """A setting of the form, wherever it stands."""
        field = self.get(f"setting-{name}")
        if not field.is_visible():
            self.show_all_settings()
        field.fill(str(value))
        field.blur()

    def start(self, preset: str = "fast", **settings: object) -> str:
        """Start a run with the form, and return its id."""
        self.get(f"preset-{preset}").check()
        for name, value in settings.items():
            self.set(name, value)
        self.click("start")
        expect(self.get("run-view")).to_be_visible()
        return self.page.evaluate("location.hash").removeprefix("#run=")

    def expect_status(self, status: str, seconds: float = 100) -> None:
        pill = self.get("run-view").get_by_test_id("run-status")
        expect(pill).to_have_attribute("data-status", status, timeout=1000 * seconds)

    def draw(self, digit: str) -> None:
        """With the mouse, on an empty canvas."""
        self.click("pad-clear")
        self.get("pad").scroll_into_view_if_needed()
        box = self.get("pad").bounding_box()
        for stroke in STROKES[digit]:
            places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
            self.page.mouse.move(*places[0])
            self.page.mouse.down()
            for place in places[1:]:
                self.page.mouse.move(*place, steps=10)
            self.page.mouse.up()

    def picture(self, testid: str) -> str:
        """What a canvas shows, as text to compare."""
        return self.get(testid).evaluate("canvas => canvas.toDataURL()")
