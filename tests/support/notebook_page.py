"""The notebook page as its tests use it, and a server for it that may be stopped and started again."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec
from playwright.sync_api import Locator, Page, expect

from notebook.pins import Pin
from support.processes import ServerProcess, free_port

SEND = """async ({path, body, method}) => {
  const headers = {"Content-Type": "application/json"};
  const response = await fetch(`/api/notebook${path}`, {method, headers, body: body && JSON.stringify(body)});
  if (!response.ok) throw new Error(await response.text());
  return response.status === 204 ? null : response.json();
}"""

LEAVE = """async (pin) => {
  const { Outbox } = await import("/static/js/parts/outbox.js");
  await new Outbox("pins").put(pin.id, { pin });
}"""


class NotebookServer:
    """Its folder and its port stay when it is stopped and started again."""

    def __init__(self, folder: Path, data: Path | None = None):
        """data: the folder with the data sets; without it there are none."""
        self._folder = folder
        self._data = data or folder / "data"
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "tests/support/eager_server.py", "--port", str(self._port), "--workers", "1"]
        command += ["--data", str(self._data), "--experiments", str(self._folder / "experiments")]
        self._process = ServerProcess(command, self.url, self._folder / "server.log")
        self._process.wait_ready(60)

    def wait_warm(self) -> None:
        self._process.wait_warm()

    def stop(self) -> None:
        self._process.stop()

    def kill(self) -> None:
        self._process.kill()


class NotebookPage:
    """A page with the notebook tab."""

    def __init__(self, page: Page, server: str):
        self.page = page
        self.url = server

    def open(self, fragment: str = "") -> NotebookPage:
        self.page.goto("about:blank")  # or an address that differs after the # alone would load nothing
        self.page.goto(f"{self.url}/notebook{fragment}")
        expect(self.page.locator("html")).to_have_attribute("data-ready", "")
        return self

    def create(self, *cells: dict[str, Any], template: str = "empty", language: str = "en") -> str:
        """Makes a notebook with these cells without the page, and opens it. Gives its id."""
        if not self.page.url.startswith(self.url):
            self.open()
        summary = self.ask("/notebooks", {"template": template, "language": language})
        changes = [
            {"id": f"cell-{at:05}", "base": 0, "place": f"{at + 1:03}V", "cell": cell} for at, cell in enumerate(cells)
        ]
        if changes:
            self.ask(f"/notebooks/{summary['id']}/changes", {"changes": changes})
        return self.see(summary["id"])

    def see(self, notebook: str) -> str:
        """Loads the page with this notebook."""
        self.open(f"#notebook={notebook}")
        expect(self.page.locator("html")).to_have_attribute("data-open", notebook)
        return notebook

    def ask(self, path: str, body: Any = None, method: str = "") -> Any:
        """Asks the server as the page would, with its browser's cookie."""
        return self.page.evaluate(SEND, {"path": path, "body": body, "method": method or ("POST" if body else "GET")})

    def pin(self, pin: Pin) -> Any:
        return self.ask("/pins", {"pin": json.loads(msgspec.json.encode(pin))})

    def get(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def click(self, testid: str) -> None:
        self.get(testid).click()

    def leave(self, pin: Pin) -> None:
        """Puts a pin into this browser's outbox, as a page that is closed before the server answers."""
        self.page.evaluate(LEAVE, json.loads(msgspec.json.encode(pin)))

    @property
    def cells(self) -> Locator:
        return self.get("cell")

    def cell(self, words: str) -> Locator:
        return self.cells.filter(has_text=words)

    def edit(self, cell: Locator) -> Locator:
        """Begins to write in a cell. Gives the field."""
        cell.focus()
        self.page.keyboard.press("Enter")
        field = cell.locator(".field-text:visible")
        expect(field).to_be_focused()
        return field

    def texts(self) -> list[str]:
        """What stands in the cells that are texts or headings."""
        return self.page.locator(".cell .written:not(.caption .written)").all_inner_texts()

    def expect_saved(self) -> None:
        expect(self.get("save-state")).to_have_text("Saved")

    def kept(self, notebook: str) -> list[str]:
        """The texts of the notebook, as the server has them."""
        return [state["cell"].get("text", "") for state in self.ask(f"/notebooks/{notebook}")["cells"]]
