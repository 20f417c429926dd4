"""What a client may send: packets of Engine.IO 4 and Socket.IO 5, as pages send them, and nothing else.

Everything else ends the connection before a library sees it: unknown types, binary packets, events whose names the
libraries use themselves.
"""

from __future__ import annotations

import json
import re

SEPARATOR = "\x1e"  # between the packets of a polling client's message
MESSAGE = "4"  # begins what is meant for Socket.IO
PROBE, UPGRADE = "2probe", "5"  # what a client sends to change to WebSocket, in this order
# A client that sends these as events would be taken for one that connects or leaves.
RESERVED_EVENTS = {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}

_PONG = re.compile(r"3[a-z]{0,8}")
_MESSAGE = re.compile(r"4(?P<type>[0-3])(/[^,]{0,100}(,|$))?(?P<id>[0-9]{1,9})?(?P<data>[\[{].*)?", re.DOTALL)
_CONNECT, _DISCONNECT, _EVENT = "012"  # and 3, an acknowledgement


def is_event(packet: str) -> bool:
    """Whether a Socket.IO packet, without what makes it one of Engine.IO, is an event."""
    return packet.startswith(_EVENT)


def fault(packet: str) -> str | None:
    """What is wrong with an Engine.IO packet from a client that is connected; None: nothing is."""
    if packet == "1" or _PONG.fullmatch(packet):
        return None
    match = _MESSAGE.fullmatch(packet)
    if match is None:
        return "not a packet that a client sends"
    try:
        data = json.loads(match["data"]) if match["data"] else None
    except (ValueError, RecursionError):
        return "not JSON"
    kind = match["type"]
    if kind == _EVENT:
        if not isinstance(data, list) or not data or not isinstance(data[0], str):
            return "an event without a name"
        return "a reserved event" if data[0] in RESERVED_EVENTS else None
    if kind == _CONNECT:
        fits = match["id"] is None and (data is None or isinstance(data, dict))
    elif kind == _DISCONNECT:
        fits = match["id"] is None and data is None
    else:
        fits = match["id"] is not None and isinstance(data, list)
    return None if fits else "arguments that do not fit its type"
