"""A network between browser and server, for tests to disturb: a TCP proxy that falls silent or blocks WebSockets.

network = Network(8123)             # of a server on this machine
page.goto(network.url)
network.silent()                    # nothing passes any more, and nobody is told
network.flows()
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable

_CHUNK = 65536
_FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Network:
    """websockets: `pass`, `refuse` (403, as some school proxies answer) or `swallow` (no answer at all)."""

    def __init__(self, port: int, websockets: str = "pass"):
        self._server = port
        self.websockets = websockets
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
        with contextlib.suppress(OSError):
            while chunk := source.recv(_CHUNK):
                self._flowing.wait()
                if asks and self.websockets != "pass" and b"upgrade: websocket" in chunk.lower():
                    if self.websockets == "refuse":
                        source.sendall(_FORBIDDEN)
                        break
                    self._ended.wait()
                target.sendall(chunk)
        for one in (source, target):
            _end(one)
            self._sockets.discard(one)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
