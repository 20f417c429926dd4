"""What waits to be sent to one client: for the thread of its WebSocket, or for its next poll.

Where nothing waits, whoever has something to say to a WebSocket sends it there and then, all packets of a message in
one piece. That spares each frame the switch to another thread and back. Nobody waits for a client by that: what its
machine has no room for is left to the thread.
"""

from __future__ import annotations

import queue
import re
from collections.abc import Callable
from typing import Protocol

# A packet of Socket.IO, an event or its acknowledgement, that so many binary ones belong to.
_WITH_PARTS = re.compile(r"4[56](?P<parts>[0-9]+)-")


class Packet(Protocol):
    """One of engineio's."""

    binary: bool

    def encode(self) -> str | bytes: ...


class Sender(Protocol):
    """A `WebSocket`, as far as it is needed here."""

    def offer(self, messages: list[str | bytes]) -> bool: ...

    @property
    def is_behind(self) -> bool: ...


class _Rest:
    """In the place of a packet: the thread of the WebSocket sends what is left of one that was begun."""

    def encode(self) -> None:
        return None


class PacketQueue(queue.Queue[Packet | _Rest | None]):
    """As engineio uses one, without a bound. None ends it.

    The binary packets of a message follow it without another between them, whoever sends meanwhile.
    """

    def __init__(self) -> None:
        super().__init__()
        self._websocket: Sender | None = None
        self._is_in_use: Callable[[], bool] = lambda: False
        self._is_awaited = False  # the WebSocket's thread has sent all that it took
        self._was_offered = False  # something, since the thread began to wait
        self._begun: list[Packet] = []  # a message of which parts are missing
        self._missing = 0

    def use(self, websocket: Sender, is_in_use: Callable[[], bool]) -> None:
        """is_in_use: the client has changed to the WebSocket, so that who waits for a packet is its thread."""
        self._websocket, self._is_in_use = websocket, is_in_use

    def put(self, packet: Packet | _Rest | None, block: bool = True, timeout: float | None = None) -> None:  # noqa: ARG002
        """Never waits."""
        with self.mutex:
            if packet is None or isinstance(packet, _Rest):
                self._append(*self._cut_off(), packet)
                return
            whole = self._whole(packet)
            if whole and not self._send(whole):
                self._append(*whole)

    def get(self, block: bool = True, timeout: float | None = None) -> Packet | _Rest | None:
        """Raises queue.Empty where nothing was there to be sent for so many seconds."""
        with self.mutex:
            self._is_awaited = block and self._is_in_use()
            self._was_offered = False
        while True:
            try:
                return super().get(block, timeout)
            except queue.Empty:
                with self.mutex:
                    if not self._was_offered:
                        self._is_awaited = False
                        raise
                    self._was_offered = False

    def _get(self) -> Packet | _Rest | None:
        self._is_awaited = False
        return super()._get()

    def _append(self, *packets: Packet | _Rest | None) -> None:
        self.queue.extend(packets)
        self.unfinished_tasks += len(packets)
        self.not_empty.notify()

    def _whole(self, packet: Packet) -> list[Packet]:
        """What may be sent now that `packet` is there: nothing while parts of it are missing."""
        if packet.binary and self._missing:
            self._begun.append(packet)
            self._missing -= 1
            return [] if self._missing else self._cut_off()
        text = packet.encode()
        match = _WITH_PARTS.match(text) if isinstance(text, str) else None
        if match is None or match["parts"] == "0":
            return [packet]  # before what is begun
        before = self._cut_off()
        self._begun, self._missing = [packet], int(match["parts"])
        return before

    def _cut_off(self) -> list[Packet]:
        """What is begun, whole or not."""
        begun, self._begun, self._missing = self._begun, [], 0
        return begun

    def _send(self, packets: list[Packet]) -> bool:
        """Sends them here and now; False where that cannot be."""
        if self._websocket is None or not self._is_awaited or self.queue:
            return False
        if not self._websocket.offer([packet.encode() for packet in packets]):
            return False
        self._was_offered = True
        if self._websocket.is_behind:
            self._append(_Rest())
        return True
