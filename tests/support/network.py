"""A network between browser and server, for tests to disturb: a TCP proxy that is silent, poor or blocks WebSockets.

network = Network(8123)             # of a server on this machine
page.goto(network.url)
network.silent()                    # nothing passes any more, and nobody is told
network.flows()
network.line = Line(delay=0.2, loss=0.02, rate=125_000)    # from now on
"""

from __future__ import annotations

import contextlib
import queue
import random
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_CHUNK = 65536
_PACKET = 1460  # bytes of one
_BUFFER = 0.5  # seconds' worth of packets that wait for a line before their sender has to
_FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass
class Line:
    """A poor one, for all connections together, as `tc netem` makes it where the kernel has that.

    delay: seconds, each way. loss: the share of packets that get lost; TCP sends one again a round trip and a fifth of
    a second later, and what comes after it on its connection waits. rate: bytes a second, each way.
    """

    delay: float
    loss: float
    rate: float
    _random: random.Random = field(default_factory=lambda: random.Random(1), repr=False)
    _free: dict[bool, float] = field(default_factory=lambda: {True: 0.0, False: 0.0}, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def due(self, size: int, there: bool) -> float:
        """When a packet of so many bytes arrives that is sent now. there: from the browser to the server."""
        with self._lock:
            self._free[there] = max(time.monotonic(), self._free[there]) + size / self.rate
            again = 2 * self.delay + 0.2 if self._random.random() < self.loss else 0
            return self._free[there] + self.delay + again


class Network:
    """websockets: `pass`, `refuse` (403, as some school proxies answer) or `swallow` (no answer at all)."""

    def __init__(self, port: int, websockets: str = "pass"):
        self._server = port
        self.websockets = websockets
        self.line: Line | None = None  # None: as good as this machine's own
        self._flowing = threading.Event()
        self._flowing.set()
        self._ended = threading.Event()
        self._sockets: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def silent(self) -> None:
        """Nothing passes, as when a cable is pulled out further on: no connection ends."""
        self._flowing.clear()

    def flows(self) -> None:
        self._flowing.set()

    def silence(self, until: Callable[[], object]) -> float:
        """Silent until `until()` returns. Gives the seconds that took."""
        self.silent()
        began = time.monotonic()
        until()
        took = time.monotonic() - began
        self.flows()
        return took

    def close(self) -> None:
        self._ended.set()
        self._flowing.set()
        for one in [self._listener, *self._sockets]:
            _end(one)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self._ended.is_set():
                client, _ = self._listener.accept()
                self._sockets.add(client)
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        self._flowing.wait()
        try:
            server = socket.create_connection(("127.0.0.1", self._server))
        except OSError:
            _end(client)
            return
        self._sockets.add(server)
        threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()
        self._pass(client, server, True)

    def _pass(self, source: socket.socket, target: socket.socket, asks: bool) -> None:
        under_way: queue.Queue[tuple[float, bytes]] = queue.Queue()  # when each arrives; b"": nothing more comes
        threading.Thread(target=self._deliver, args=(under_way, target), daemon=True).start()
        due = 0.0
        with contextlib.suppress(OSError):
            while chunk := source.recv(_PACKET if self.line else _CHUNK):
                self._flowing.wait()
                if asks and self.websockets != "pass" and b"upgrade: websocket" in chunk.lower():
                    if self.websockets == "refuse":
                        source.sendall(_FORBIDDEN)
                        break
                    self._ended.wait()
                if self.line:
                    due = max(due, self.line.due(len(chunk), asks))
                    self._ended.wait(max(0.0, due - time.monotonic() - self.line.delay - _BUFFER))
                under_way.put((due, chunk))
        under_way.put((due, b""))

    def _deliver(self, under_way: queue.Queue[tuple[float, bytes]], target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, chunk = under_way.get()
                self._ended.wait(max(0.0, due - time.monotonic()))
                if not chunk:
                    break
                target.sendall(chunk)
        _end(target)
        self._sockets.discard(target)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
