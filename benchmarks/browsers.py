"""Many browsers in one process: a Socket.IO client over WebSocket, as small as measuring allows.

It speaks docs/protocol.md and no more of Engine.IO 4 and Socket.IO 5 than that needs. Loopback only: the masks of its
WebSocket frames are zero.
"""

from __future__ import annotations

import base64
import json
import os
import selectors
import socket
import struct
import time
import zlib
from array import array
from collections.abc import Callable, Iterable
from typing import Any

from playground.config import FEATURE_KEYS, MAX_LAYERS, MAX_NEURONS

# The link of what takes a worker most: the largest network, its most points and an optimizer with two running means.
_WIDEST = "&".join([
    "networkShape=" + ",".join([str(MAX_NEURONS)] * MAX_LAYERS),
    *(f"{feature}=true" for feature in FEATURE_KEYS),
    "percTrainData=90&optimizer=adam&learningRate=0.001",
])  # fmt: skip
LARGEST = f"{_WIDEST}&problem=regression&fullBatch=true"
# What takes it most for an epoch, with as many own points as there may be.
LONGEST = (
    f"{_WIDEST}&batchSize=1&activation=gelu&dropout={','.join(['0.5'] * MAX_LAYERS)}&shuffle=true&regularization=both"
)

NAMESPACE = "/playground,"
PROTOCOL = 2  # the version of docs/protocol.md
_CONNECT = f"40{NAMESPACE}"
_EVENT = f"42{NAMESPACE}"
_ACK = f"43{NAMESPACE}"
_BINARY_EVENT = f"451-{NAMESPACE}"
_BINARY, _CLOSE, _PING = 2, 8, 9  # WebSocket opcodes
_PONG_FRAME = b"\x8a\x80\0\0\0\0"  # without a payload, like the server's pings

_HEADER = struct.Struct("<3I 2H 4d 8H")
_SIZES_AT, _DEEP_HEADER_SIZE = 48, 72
_THUMBNAIL_BYTES = 100


class Frame:
    """The last frame of a browser, taken apart only where asked."""

    def __init__(self, packed: bytes):
        self.packed = packed
        _, self.generation, self.epoch, layers, *_ = _HEADER.unpack_from(packed)
        self.sizes = struct.unpack_from(f"<{layers + 1}H", packed, _SIZES_AT)
        self._parameters_at = _HEADER.size if layers < 8 else _DEEP_HEADER_SIZE

    @property
    def is_viewed(self) -> bool:
        """It shows an epoch that has passed."""
        return bool(self.packed[14] & 4)

    @property
    def parameters(self) -> tuple[float, ...]:
        return struct.unpack_from(f"<{self._count}d", self.packed, self._parameters_at)

    @property
    def selected(self) -> tuple[int, int]:
        """Layer and node of the map."""
        at = self._parameters_at + 8 * self._count + _THUMBNAIL_BYTES * sum(self.sizes[1:])
        return struct.unpack_from("<2H", self.packed, at)

    @property
    def _count(self) -> int:
        return sum(n_in * n_out + n_out for n_in, n_out in zip(self.sizes[:-1], self.sizes[1:], strict=True))


class Browser:
    """One connection, which acknowledges every frame. `times`, `epochs` and `sizes` note each frame's arrival, epoch
    and bytes. Where frames come deflated, as to a page, only their headers are read: `packed` is the last one's.
    """

    def __init__(self, port: int, cookie: str | None = None):
        """cookie: of a visitor's browser; None: it is a program."""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connected = False
        self.replies: dict[int, dict[str, Any]] = {}
        self.status: dict[str, Any] = {}
        self.times = array("d")  # seconds of time.perf_counter
        self.epochs = array("l")
        self.sizes = array("l")
        self.packed = b""  # the last frame
        self._incoming = bytearray()
        self._event: tuple[str, str] = ("", "")  # name and id of the event whose attachment is still to come
        self._next_id = 0
        self._shake_hands(port, f"Cookie: playlab_browser={cookie}\r\n" if cookie else "")
        self.socket.setblocking(False)
        self._take()  # what came along with the answer to the handshake

    def _shake_hands(self, port: int, headers: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            (
                f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}"
                f"Upgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
            ).encode()
        )
        while b"\r\n\r\n" not in self._incoming:
            chunk = self.socket.recv(4096)
            if not chunk:
                raise ConnectionError("closed during the handshake")
            self._incoming += chunk
        head, _, rest = self._incoming.partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.decode(errors="replace"))
        self._incoming = bytearray(rest)

    @property
    def frame(self) -> Frame:
        return Frame(self.packed)

    def command(self, name: str, **arguments: Any) -> int:
        """Sends a command. Returns the id under which `replies` will hold its acknowledgement."""
        self._next_id += 1
        if name == "open":
            arguments["protocol"] = PROTOCOL
        self._send(f"{_EVENT}{self._next_id}{json.dumps([name, arguments])}")
        return self._next_id

    def _send(self, text: str) -> None:
        data = text.encode()
        head = b"\x81" + (bytes((0x80 | len(data),)) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data)))
        message = head + b"\0\0\0\0" + data
        if self.socket.send(message) != len(message):
            raise ConnectionError("the server does not read")

    def read(self) -> None:
        """Takes what has arrived and answers it."""
        chunk = self.socket.recv(1 << 17)
        if not chunk:
            raise ConnectionError("the server closed the connection")
        self._incoming += chunk
        self._take()

    def _take(self) -> None:
        incoming = self._incoming
        at = 0
        while len(incoming) - at >= 2:
            size = incoming[at + 1]
            start = at + 2
            if size == 126:
                start, size = at + 4, int.from_bytes(incoming[at + 2 : at + 4])
            elif size == 127:
                start, size = at + 10, int.from_bytes(incoming[at + 2 : at + 10])
            if len(incoming) < start + size:
                break
            opcode = incoming[at] & 15
            at = start + size
            if opcode == _CLOSE:
                raise ConnectionError("the server closed the connection")
            if opcode == _PING:
                self.socket.send(_PONG_FRAME)
            elif opcode == _BINARY:
                self._on_binary(bytes(incoming[start:at]))
            else:
                self._on_text(incoming[start:at].decode())
        del incoming[:at]

    def _on_text(self, text: str) -> None:
        if text.startswith(_BINARY_EVENT):
            ack, _, rest = text[len(_BINARY_EVENT) :].partition("[")
            self._event = (rest.split('"', 2)[1], ack)
        elif text.startswith(_ACK):
            ack, _, rest = text[len(_ACK) :].partition("[")
            self.replies[int(ack)] = json.loads("[" + rest)[0]
        elif text.startswith(_EVENT):
            event, argument = json.loads(text[len(_EVENT) :])
            if event == "status":
                self.status = argument
        elif text == "2":
            self._send("3")
        elif text.startswith("0"):
            self._send(_CONNECT)
        elif text.startswith(_CONNECT):
            self.connected = True

    def _on_binary(self, data: bytes) -> None:
        event, ack = self._event
        if event == "frame":
            self.times.append(time.perf_counter())
            self.packed = self._header(data) if data.startswith(b"PLF2") else data
            self.epochs.append(int.from_bytes(self.packed[8:12], "little"))
            self.sizes.append(len(data))
            self._send(f"{_ACK}{ack}[]")

    def _header(self, data: bytes) -> bytes:
        """Of a deflated frame."""
        content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data[12:], _HEADER.size)
        if data[8:12] == bytes(4):  # it is whole
            return content
        return bytes((before + difference) & 255 for before, difference in zip(self.packed, content, strict=True))


class Crowd:
    """Browsers that are served together. Use as a context: leaving it closes them."""

    def __init__(self) -> None:
        self.browsers: list[Browser] = []
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        for browser in self.browsers:
            browser.socket.close()

    def connect(
        self, port: int, count: int = 1, link: str = "", deflated: bool = False, cookie: str | None = None
    ) -> list[Browser]:
        """`count` more browsers, each with a session of its own set from `link`. deflated: frames come so."""
        joined = []
        for _ in range(count):
            browser = Browser(port, cookie)
            self.browsers.append(browser)
            self._selector.register(browser.socket, selectors.EVENT_READ, browser)
            joined.append(browser)
            self.until(lambda browser=browser: browser.connected, 20, "a connection")
        self.ask(joined, "open", link=link, deflated=deflated)
        return joined

    def ask(self, browsers: Iterable[Browser], name: str, **arguments: Any) -> list[dict[str, Any]]:
        """Sends one command from each browser and waits for the acknowledgements."""
        asked = [(browser, browser.command(name, **arguments)) for browser in browsers]
        self.until(lambda: all(number in browser.replies for browser, number in asked), 20, f"answers to {name}")
        replies = [browser.replies.pop(number) for browser, number in asked]
        refused = [reply for reply in replies if not reply["ok"]]
        if refused:
            raise RuntimeError(f"{name}: {refused[0]['error']}")
        return replies

    def until(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Serves the browsers until `condition()`. Raises TimeoutError if that takes longer than `seconds`."""
        deadline = time.perf_counter() + seconds
        while not condition():
            if time.perf_counter() > deadline:
                raise TimeoutError(f"{what}: not within {seconds:g} s")
            self._serve(deadline)

    def run(self, seconds: float) -> None:
        """Serves the browsers for a time."""
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            self._serve(deadline)

    def _serve(self, deadline: float) -> None:
        for key, _ in self._selector.select(max(0.0, deadline - time.perf_counter())):
            key.data.read()
