"""Messages between the web process and its helper: JSON, after its length in four bytes. No process and no thread."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

LENGTH = struct.Struct("<I")
MOST_BYTES = 64 * 2**20


def write_frame(stream: IO[bytes], message: dict[str, Any]) -> None:
    body = json.dumps(message, separators=(",", ":")).encode()
    stream.write(LENGTH.pack(len(body)) + body)
    stream.flush()


def read_frame(stream: IO[bytes]) -> dict[str, Any] | None:
    """The next message; None at the stream's end. Raises EOFError in the middle of one, ValueError for nonsense."""
    head = stream.read(LENGTH.size)
    if not head:
        return None
    if len(head) < LENGTH.size:
        raise EOFError("the stream ended inside a frame")
    (length,) = LENGTH.unpack(head)
    if length > MOST_BYTES:
        raise ValueError(f"a frame of {length} bytes")
    body = stream.read(length)
    if len(body) < length:
        raise EOFError("the stream ended inside a frame")
    return json.loads(body)
