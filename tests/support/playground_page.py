"""The Playground's page in a real browser: what a user does and sees, beside what the server said. No fixtures.

The messages of the connection are overheard, so a test can hold what is shown to the exact numbers behind it.
"""

from __future__ import annotations

import base64
import json
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, WebSocket, expect

from support import processes

PATIENCE = 30  # seconds; only a failure takes so long, or a machine that is busy with other things
PLAIN = "seed=0.31415"
# In base64: as a list of numbers the pixels would take seconds.
_READ_PIXELS = """canvas => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let text = "";
  for (let start = 0; start < data.length; start += 8192)
    text += String.fromCharCode(...data.subarray(start, start + 8192));
  return btoa(text);
}"""
# Not `data`, which grows before it is drawn.
_READ_CHART = """({calcdata: [train, test], layout}) => ({
  x: train.map(({x}) => x), train: train.map(({y}) => y), test: test.map(({y}) => y),
  range: [...layout.yaxis.range], "x-range": [...layout.xaxis.range], type: layout.yaxis.type ?? "linear",
})"""
_POINTS, _DEFLATED = 0x31504C50, 0x32464C50  # docs/protocol.md, as is everything decoded here


@dataclass(frozen=True)
class Frame:
    """A frame of the protocol, as far as tests ask for it."""

    data: bytes

    @property
    def generation(self) -> int:
        return self._header[0]

    @property
    def epoch(self) -> int:
        return self._header[1]

    @property
    def losses(self) -> tuple[float, float]:
        """On the training and on the test points."""
        return struct.unpack_from("<2d", self.data, 16)

    @cached_property
    def _header(self) -> tuple[int, int, int]:
        return struct.unpack_from("<IIH", self.data, 4)

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Number of inputs, then of nodes of each computed layer."""
        return struct.unpack_from(f"<{1 + self._header[2]}H", self.data, 48)

    @cached_property
    def parameters(self) -> tuple[float, ...]:
        count = sum(nodes * inputs + nodes for inputs, nodes in pairwise(self.sizes))
        return struct.unpack_from(f"<{count}d", self.data, 72 if len(self.sizes) > 8 else 64)

    def weight(self, layer: int, node: int, source: int) -> float:
        return self.parameters[self._start(layer) + node * self.sizes[layer] + source]

    def bias(self, layer: int, node: int) -> float:
        return self.parameters[self._start(layer) + self.sizes[layer] * self.sizes[layer + 1] + node]

    def _start(self, layer: int) -> int:
        return sum(nodes * inputs + nodes for inputs, nodes in pairwise(self.sizes[: layer + 1]))


def loss_text(loss: float) -> str:
    """A loss of 0.0001 and more as the page writes it."""
    return f"{loss:.3f}" if loss >= 0.01 else f"{loss:#.3g}"


def decode_points(data: bytes) -> dict[str, list[tuple[float, float, float]]]:
    """x, y and label of the training and the test points."""
    train, test = struct.unpack_from("<2I", data, 8)
    points = list(struct.iter_unpack("<3d", data[16 : 16 + 24 * (train + test)]))
    return {"train": points[:train], "test": points[train:]}


class Playground:
    """A page with the Playground, overheard. What is not in the user's words is in the protocol's."""

    def __init__(self, page: Page, server: str):
        self.page = page
        self.url = server
        self.frame = Frame(b"")
        self._before = b""
        self.points: dict[str, list[tuple[float, float, float]]] = {}
        self.statuses: list[dict[str, Any]] = []
        self.session = ""
        self.generation = 0  # of the network that the server has last told of; its picture may be on the way
        self.errors: list[str] = []
        page.on("websocket", self._overhear)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    # --- what the server says

    def _overhear(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._heard)

    def _heard(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            magic = struct.unpack_from("<I", message)[0]
            if magic == _DEFLATED:
                self.frame = Frame(self._whole(message))
            elif magic == _POINTS:
                self.points = decode_points(message)
        elif event := re.match(r'42/playground,(\["status",.*)', message):
            self.statuses.append(json.loads(event[1])[1])
        elif answer := re.match(r"43/playground,\d+(\[.*)", message):
            reply = json.loads(answer[1])[0]
            self.session = reply.get("session", self.session)
            self.generation = reply.get("generation", self.generation)

    def _whole(self, message: bytes) -> bytes:
        """The frame that came deflated, perhaps as the difference to the one before."""
        content = zlib.decompress(message[12:], -zlib.MAX_WBITS)
        if struct.unpack_from("<I", message, 8)[0]:
            content = (np.frombuffer(content, np.uint8) + np.frombuffer(self._before, np.uint8)).tobytes()
        self._before = content
        return content

    def wait(self, condition: Callable[[], object], what: str = "", seconds: float = PATIENCE) -> None:
        """`processes.wait_until`, while the messages of the page go on being heard."""

        def listening() -> object:
            self.page.evaluate("0")
            return condition()

        processes.wait_until(listening, seconds, what)

    # --- what a user does

    def open(self, link: str = PLAIN) -> Playground:
        """Go to the page at `link`, and wait for its first picture."""
        self.frame = Frame(b"")
        self.page.goto("about:blank")  # or an address that differs after the # alone would load nothing
        self.page.goto(f"{self.url}/#{link}")
        self.wait_until_ready()
        return self

    def visit(self, link: str) -> None:
        """Type `link` into the address of the page that is open: nothing is loaded. Wait for a picture of it."""
        before = self.generation
        self.page.evaluate("link => { location.hash = link; }", link)
        self.wait(
            lambda: self.generation > before or self.page.evaluate("location.hash") != f"#{link}",
            "the server's answer to the link",
        )
        self.wait(lambda: self.frame.generation >= self.generation, "a picture of its network")
        # The page draws it some time after it is heard here.
        self.wait(lambda: self.epoch == self.frame.epoch, "its epoch on the page")

    def start_over(self) -> None:
        """Back to the untrained network of `PLAIN`, the default speed and the language the page began in, and to data
        sets that are folded away."""
        self.leave()
        language = self.page.evaluate("navigator.language.startsWith('zh') ? 'zh-CN' : 'en'")
        if self.page.locator("html").get_attribute("lang") != language:
            self.click("lang-switch")
        self.visit(PLAIN)
        if self.get("datasets-more").get_attribute("aria-expanded") == "true":
            self.click("datasets-more")
        generation = self.frame.generation
        self.get("select-speed").select_option("60")
        self.click("reset")
        self.page.evaluate("document.activeElement.blur()")
        self.expect_new_network(generation)

    def wait_until_ready(self) -> None:
        expect(self.page.get_by_test_id("status")).to_have_attribute("data-state", re.compile("paused|running"))
        expect(self.get("loss-test")).not_to_have_text("–")

    def get(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def click(self, testid: str) -> None:
        self.get(testid).click()

    def choose(self, key: str, value: str) -> None:
        self.get(f"setting-{key}").select_option(value)

    def slide(self, key: str, value: float) -> None:
        self.get(f"setting-{key}").fill(f"{value:g}")

    def play(self) -> None:
        self.click("play")
        self.expect_state("running")

    def pause(self) -> None:
        """Pause, and wait until the last picture of the training is shown."""
        self.click("play")
        self.expect_state("paused")
        self.expect_epoch(self.statuses[-1]["epoch"])

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            epoch = self.epoch
            self.click("step")
            self.expect_epoch(epoch + 1)

    def train(self, epochs: int) -> None:
        """At the greatest speed until at least `epochs`, then pause."""
        self.get("select-speed").select_option("max")
        self.play()
        self.wait(lambda: self.epoch >= epochs, f"epoch {epochs}")
        self.pause()

    def point_at(self, testid: str) -> None:
        """The pointer onto a node; for a link `link-L-N-I`, just left of where it arrives at its node."""
        if not testid.startswith("link"):
            self.get(testid).hover(force=True)
            return
        end = "path => { const p = path.getPointAtLength(path.getTotalLength() - 4); const r = path.ownerSVGElement"
        end += ".getBoundingClientRect(); return [r.x + p.x, r.y + p.y]; }"
        self.page.mouse.move(*self.get(testid).evaluate(end))

    def leave(self) -> None:
        self.page.mouse.move(1, 1)

    # --- what a user sees

    @property
    def epoch(self) -> int:
        return int(self.get("epoch").inner_text().replace(",", ""))

    @property
    def link(self) -> dict[str, str]:
        """The address after the #, by key."""
        fragment = self.page.evaluate("location.hash").removeprefix("#")
        return dict(part.split("=", 1) for part in fragment.split("&"))

    def loss(self, points: str = "test") -> float:
        return float(self.get(f"loss-{points}").inner_text())

    def expect_state(self, state: str) -> None:
        """The pill in the header: paused, running, diverged, lost, superseded, ..."""
        expect(self.get("status")).to_have_attribute("data-state", state)
        if state == "paused":
            self.wait(lambda: not self.statuses or not self.statuses[-1]["playing"], "the end of training")

    def expect_epoch(self, epoch: int) -> None:
        expect(self.get("epoch")).to_have_text(f"{epoch:07,d}")

    def expect_link(self, **values: str) -> None:
        self.wait(lambda: values.items() <= self.link.items(), f"{values} in the link")

    def expect_new_network(self, generation: int) -> None:
        """A picture of a network after the one of `generation`, untrained."""
        self.wait(lambda: self.frame.generation > generation, "a new network")
        self.expect_epoch(0)

    def pixels(self, canvas: Locator) -> list[tuple[int, ...]]:
        """Red, green, blue and alpha of every pixel, row by row."""
        data = base64.b64decode(canvas.evaluate(_READ_PIXELS))
        return list(struct.iter_unpack("4B", data))

    def map_pixels(self) -> list[tuple[int, ...]]:
        """Of the large map: 100 rows of 100."""
        return self.pixels(self.page.locator(".heatmap-cells"))

    def chart(self) -> dict[str, Any]:
        """What Plotly has drawn: the points of both curves, and the y axis."""
        drawn = "({calcdata}) => Boolean(calcdata?.[0]?.length)"
        self.wait(lambda: self.get("losschart").evaluate(drawn), "a chart")  # Plotly may still be on its way
        return self.get("losschart").evaluate(_READ_CHART)

    def wait_for_chart(self, *epochs: int) -> None:
        """Until the chart's last point is of the last of `epochs`; of several, until it has exactly these."""
        drawn = "plot => plot.calcdata?.[0].map(({x}) => x) ?? []"
        length = 0 if len(epochs) > 1 else -1
        self.wait(
            lambda: self.get("losschart").evaluate(drawn)[length:] == list(epochs), f"a chart up to epoch {epochs[-1]}"
        )
