"""What a process and its child say to each other: structs known by their tags, as MessagePack after a length.

No process and no thread.
"""

from __future__ import annotations

import struct
from typing import IO, Any, Generic, TypeVar

import msgspec

MOST_BYTES = 64 * 2**20  # a message that says it is longer is none
_LENGTH = struct.Struct("<I")

T = TypeVar("T")


class Tagged(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A kind of message: its name is the tag."""


_encoder = msgspec.msgpack.Encoder()


def packed(message: Tagged) -> bytes:
    """The message as it stands on the pipe."""
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


class Reader(Generic[T]):
    """Reads messages of the given kinds, a union."""

    def __init__(self, kinds: Any):
        self._decoder = msgspec.msgpack.Decoder(kinds)

    def read(self, stream: IO[bytes]) -> T:
        """The next message. Raises EOFError where the stream ends, and ValueError where that is none of the kinds."""
        (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
        if length > MOST_BYTES:
            raise ValueError(f"a message of {length} bytes")
        message: T = self._decoder.decode(_exactly(stream, length))
        return message


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = b""
    while len(data) < count:  # a stream without a buffer may give less at a time
        if not (part := stream.read(count - len(data))):
            raise EOFError
        data += part
    return data
