"""What this server needs of python-engineio besides its public names. tests/web/test_engine.py tells when that changed.

Connections are known by their Engine.IO id.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from engineio.packet import PING, Packet
from engineio.payload import Payload
from engineio.socket import Socket

from core.threads import guarded, started
from web.packet_queue import PacketQueue, Sender

MAX_PACKETS = 256  # in one message of a polling client

Handler = Callable[[Any], Any]  # serves one WebSocket
WebSocketApp = Callable[[Handler, object], Any]


class Engine:
    """Engine.IO's server, with one thread for all pings instead of one for each."""

    def __init__(self, server: Any):
        """server: engineio's."""
        Payload.max_decode_packets = MAX_PACKETS
        self._server = server
        self._pings = _Pings(server.ping_interval, server.ping_timeout, self.end)
        server.log_message_keys = _Everything()  # the faults of clients are the gate's to tell
        server._async = {**server._async, "queue": PacketQueue}
        self._start = server.start_background_task
        server.start_background_task = self._start_task

    def close(self) -> None:
        """Ends every connection, and the thread."""
        for connection in list(self._server.sockets):
            self.end(connection)
        self._pings.close()

    def use_websocket(self, app: WebSocketApp) -> None:
        """From now on `app(handler, server)` gives the WSGI application that serves a WebSocket by `handler`."""
        self._server._async = {**self._server._async, "websocket": app}

    def send_by(self, handler: Handler, websocket: Sender) -> None:
        """What the connection of `handler` has to say may be sent by whoever says it, once its client has changed to
        this WebSocket."""
        connection = handler.__self__  # type: ignore[attr-defined]
        connection.queue.use(websocket, lambda: connection.upgraded)

    def guard_messages(self, guard: Callable[[str, str, Callable[[], None]], None]) -> None:
        """`guard(connection, packet, deal_with_it)` is called for every Socket.IO packet."""
        receive = self._server.handlers["message"]
        self._server.handlers["message"] = lambda connection, message: guard(
            connection, message, lambda: receive(connection, message)
        )

    @property
    def connections(self) -> dict[str, Any]:
        """Those that have not ended."""
        return {name: one for name, one in list(self._server.sockets.items()) if not one.closed}

    def has(self, connection: str) -> bool:
        """Whether it has not ended."""
        one = self._server.sockets.get(connection)
        return one is not None and not one.closed

    def is_polling(self, connection: str) -> bool:
        """Whether it has not ended, and has no WebSocket."""
        one = self._server.sockets.get(connection)
        return one is not None and not one.closed and not one.upgraded

    def transports(self) -> Counter[str]:
        return Counter("websocket" if one.upgraded else "polling" for one in self.connections.values())

    def waiting(self, connection: str) -> int:
        """How many packets wait for the client to fetch them."""
        one = self._server.sockets.get(connection)
        return one.queue.qsize() if one else 0

    def end(self, connection: str) -> None:
        """Ends a connection and never waits for its client."""
        one = self._server.sockets.pop(connection, None)
        if one is not None:
            # With wait=True it would wait for a queue that nobody empties.
            one.close(wait=False)

    def _start_task(self, target: Callable[..., None], *args: Any, **kwargs: Any) -> Any:
        if getattr(target, "__func__", None) is Socket._send_ping:
            return self._pings.add(target.__self__)  # type: ignore[attr-defined]
        return self._start(target, *args, **kwargs)


class _Everything(set[str]):
    """What engineio believes it has said: it says once, as an error, what it does not find here."""

    def __contains__(self, _key: object) -> bool:
        return True


class _Pings:
    """Sends each connection its next ping when that is due, and ends it where no answer comes."""

    def __init__(self, interval: float, timeout: float, end: Callable[[str], None]):
        self._interval, self._timeout, self._end = interval, timeout, end
        self._due: list[tuple[float, int, Callable[[Any], None], Any]] = []  # a heap; the number makes order
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._closed = self._late = False
        self._thread = started(self._work, "pings")

    def add(self, socket: Any) -> None:
        """`socket`, engineio's, has answered its last ping."""
        self._later(self._interval, self._ping, socket)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(1)

    def _later(self, seconds: float, what: Callable[[Any], None], socket: Any) -> None:
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._numbers), what, socket))
            self._changed.notify()

    def _ping(self, socket: Any) -> None:
        if not socket.closing and not socket.closed:
            socket.last_ping = time.time()  # as engineio has it, which forgets it with the answer
            socket.send(Packet(PING))
            self._later(self._timeout, partial(self._check, socket.last_ping), socket)

    def _check(self, ping: float, socket: Any) -> None:
        if socket.last_ping != ping:
            return  # it was answered
        if self._late:  # we were stopped: its answer may be there, unread
            self._later(self._timeout, partial(self._check, ping), socket)
        else:
            self._end(socket.sid)

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._closed and (not self._due or self._due[0][0] > time.monotonic()):
                    self._changed.wait(self._due[0][0] - time.monotonic() if self._due else None)
                if self._closed:
                    return
                due, _, what, socket = heapq.heappop(self._due)
                self._late = time.monotonic() - due > 1
            with guarded("pings"):
                what(socket)
