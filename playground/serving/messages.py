"""What the web process and a worker say to each other: a struct for each kind of message, known by its tag.

On the pipe a message is its length in four bytes and then MessagePack. No torch.
"""

from __future__ import annotations

import struct
from typing import IO

import msgspec

from playground.config import Config
from playground.snapshot import Scores, Snapshot

MOST_BYTES = 64 * 2**20  # a message that says it is longer is none
_LENGTH = struct.Struct("<I")


class Message(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """session: by its token."""

    session: str


# --- what the web process tells a worker to do ------------------------------------------------------------------------


class Open(Message, frozen=True):
    """A new place for the session, whose training goes on from `snapshot`."""

    config: Config
    generation: int
    snapshot: Snapshot | None
    playing: bool
    epochs_per_second: float | None  # None: as many as it can
    frame_interval: float  # seconds
    selected: tuple[int, int] | None  # layer and node whose map is shown; None: the output's


class Close(Message, frozen=True):
    pass


class Watch(Message, frozen=True):
    """Send the points, and as many frames as this before the next `Credit`."""

    frames: int


class Unwatch(Message, frozen=True):
    pass


class Credit(Message, frozen=True):
    """A frame has arrived: another may be sent."""


class Configure(Message, frozen=True):
    config: Config


class Rebuild(Message, frozen=True):
    config: Config
    generation: int


class Reset(Message, frozen=True):
    generation: int


class Restore(Message, frozen=True):
    snapshot: Snapshot
    generation: int


class NewData(Message, frozen=True):
    config: Config
    generation: int


class Play(Message, frozen=True):
    pass


class Pause(Message, frozen=True):
    reason: str | None = None


class Step(Message, frozen=True):
    epochs: int


class Select(Message, frozen=True):
    selected: tuple[int, int] | None


class SetWeight(Message, frozen=True):
    layer: int
    node: int
    source: int
    value: float


class SetBias(Message, frozen=True):
    layer: int
    node: int
    value: float


class SetSpeed(Message, frozen=True):
    epochs_per_second: float | None


class SetFrameInterval(Message, frozen=True):
    seconds: float


class Ping(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Asks the process, not a session, for a `Pong`."""

    session: None = None


SessionCommand = (
    Open | Close | Watch | Unwatch | Credit | Configure | Rebuild | Reset | Restore | NewData | Play | Pause | Step
    | Select | SetWeight | SetBias | SetSpeed | SetFrameInterval
)  # fmt: skip
Command = SessionCommand | Ping


# --- what a worker says -----------------------------------------------------------------------------------------------


class Frame(Message, frozen=True):
    """packed: for the page, docs/protocol.md. The rest is for whoever takes this worker's place."""

    packed: bytes
    generation: int
    scores: Scores
    snapshot: Snapshot


class Points(Message, frozen=True):
    packed: bytes


class Status(Message, frozen=True):
    generation: int
    epoch: int
    playing: bool
    reason: str | None


class Failed(Message, frozen=True):
    """The session's engine raised and is gone. cause: the traceback."""

    generation: int
    cause: str


class Ready(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The process can serve. complaint: why it will be slow."""

    complaint: str | None


class Unable(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The process cannot start, and ends. text: one line without paths, for everybody; trace: for the log."""

    text: str
    trace: str


class Pong(msgspec.Struct, frozen=True, tag=True, array_like=True):
    pass


Answer = Frame | Points | Status | Failed | Ready | Unable | Pong


# --- on the pipe ------------------------------------------------------------------------------------------------------

_encoder = msgspec.msgpack.Encoder()
_commands = msgspec.msgpack.Decoder(Command)
_answers = msgspec.msgpack.Decoder(Answer)


def packed(message: Command | Answer) -> bytes:
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


def read_command(stream: IO[bytes]) -> Command:
    """Raises EOFError where the stream ends, and ValueError where that is no command."""
    return _commands.decode(_read(stream))


def read_answer(stream: IO[bytes]) -> Answer:
    """Raises EOFError where the stream ends, and ValueError where that is no answer."""
    return _answers.decode(_read(stream))


def _read(stream: IO[bytes]) -> bytes:
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    if length > MOST_BYTES:
        raise ValueError(f"a message of {length} bytes")
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data
