"""A WebSocket as engineio wants one, bounded in what it takes and in how long it waits.

The protocol is `websockets`' own, without its input and output. A message is refused by its header, before it is read;
compression is not offered; nothing is read ahead of what has been dealt with, so a fast sender waits in its own TCP
buffer. A client that does not answer a ping is dropped, and so is one that does not take what is sent.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from wsgiref.types import WSGIEnvironment

from websockets.exceptions import InvalidHeader
from websockets.frames import CloseCode, Opcode
from websockets.http11 import Headers, Request
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

MAX_MESSAGE = 64 * 1024  # bytes a client may send at once
PING_SECONDS = 4  # between two pings; something must come before the next is due
SEND_SECONDS = 4  # for a message to be taken by the client's machine
_LINGER_SECONDS = 1  # for a client to read why it is cut off
_LINGER_BYTES = 256 * 1024  # that it may have sent by then; who goes on sending does not read
_STOPPED_SECONDS = 2  # a wait that took so much longer than asked for: this process did not run meanwhile
_IS_POSIX = os.name == "posix"
_READ = 4 * 1024  # bytes; frames may have 6, so that this is at most some seconds' worth of what a client may send

Pace = Callable[[int], None]  # told of so many frames received; returns when more may be read


class WebSocket:
    """One connection. `wait` is for one thread, `send` and `close` for any."""

    def __init__(self, connection: socket.socket, greeting: bytes = b"", pace: Pace = lambda _count: None):
        """greeting: the answer to the request for this WebSocket, which is sent before the first message."""
        self._connection = connection
        self._pace = pace
        self._protocol = ServerProtocol(state=OPEN, max_size=MAX_MESSAGE)
        self._lock = threading.Lock()  # the protocol and the sending; nobody waits for it longer than SEND_SECONDS
        self._messages: deque[str] = deque()
        self._fragments = bytearray()
        self._unsent = b""  # for which there was no room
        self._next_ping = time.monotonic() + PING_SECONDS
        self._answered = True
        self._ended = False
        self._poll = select.poll() if hasattr(select, "poll") else None
        if self._poll:
            self._poll.register(connection, select.POLLIN)
        connection.settimeout(SEND_SECONDS)
        connection.sendall(greeting)

    def wait(self, until: float = float("inf")) -> str | None:
        """The next message; None when the connection has ended, by either side, and at the time `until`, by
        time.monotonic. Raises OSError when the connection broke."""
        while not self._messages:
            now = time.monotonic()
            if self._ended or now >= until:
                return None
            left = min(self._next_ping, until) - now
            if self._readable(max(0, left)):
                self._read()
            elif time.monotonic() - now > left + _STOPPED_SECONDS:
                self._ping()  # we were stopped, and the client had no chance to answer
            elif time.monotonic() >= self._next_ping:
                if self._answered:
                    self._ping()
                else:
                    self._ended = True
        return self._messages.popleft()

    def _read(self) -> None:
        try:
            data = self._receive()
        except BlockingIOError:  # it was not readable after all
            return
        if not data:
            self._ended = True
            return
        self._answered = True
        with self._lock:
            self._protocol.receive_data(data)
            frames = self._protocol.events_received()
            self._take(frames)
            self._flush()
            self._ended = self._protocol.state is not OPEN
        if self._ended:
            self._linger()
        else:
            self._pace(len(frames))

    def _receive(self) -> bytes:
        """What is there. Raises OSError."""
        # A socket with a timeout would ask the system once more whether it is readable.
        return os.read(self._connection.fileno(), _READ) if _IS_POSIX else self._connection.recv(_READ)

    def _readable(self, seconds: float) -> bool:
        if self._poll:
            return bool(self._poll.poll(seconds * 1000))
        return bool(select.select([self._connection], [], [], seconds)[0])

    def _take(self, frames: Iterable[Any]) -> None:
        for frame in frames:
            if frame.opcode is Opcode.BINARY:
                self._protocol.fail(CloseCode.UNSUPPORTED_DATA, "text only")
                return
            if frame.opcode in (Opcode.TEXT, Opcode.CONT):
                self._fragments += frame.data
                if frame.fin:
                    try:
                        self._messages.append(self._fragments.decode())
                    except UnicodeDecodeError:
                        self._protocol.fail(CloseCode.INVALID_DATA)
                        return
                    self._fragments.clear()

    def _ping(self) -> None:
        self._answered = False
        self._next_ping = time.monotonic() + PING_SECONDS
        with self._lock, contextlib.suppress(OSError):
            if self._protocol.state is OPEN:
                self._protocol.send_ping(b"")
                self._flush()

    def send(self, message: str | bytes | None) -> None:
        """Sends it after what an `offer` has left; None: only that. Raises OSError or websockets' InvalidState when the
        connection has ended."""
        with self._lock:
            if message is not None:
                self._pack(message)
            self._flush()

    def offer(self, messages: Sequence[str | bytes]) -> bool:
        """Sends them, or as much as there is room for, in one piece and without waiting; False: none of them."""
        if not _IS_POSIX or not self._lock.acquire(blocking=False):
            return False
        try:
            if self._unsent or self._protocol.state is not OPEN:
                return False
            for message in messages:
                self._pack(message)
            data = b"".join(self._protocol.data_to_send())
            try:
                sent = os.write(self._connection.fileno(), data)  # it does not wait, as a socket with a timeout does
            except OSError:  # there is no room, or `send` will find out what is wrong
                sent = 0
            self._unsent = data[sent:]
            return True
        finally:
            self._lock.release()

    @property
    def is_behind(self) -> bool:
        """An `offer` has left something for `send`."""
        return bool(self._unsent)

    def _pack(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self._protocol.send_text(message.encode())
        else:
            self._protocol.send_binary(message)

    def refuse(self, reason: str) -> None:
        """Ends the connection because of what the client sent. For the thread that waits."""
        with self._lock, contextlib.suppress(OSError):
            if self._protocol.state is OPEN:
                self._protocol.fail(CloseCode.POLICY_VIOLATION, reason)
                self._flush()
        self._ended = True
        self._linger()

    def close(self) -> None:
        """Ends the connection, and whatever waits on it. May be called again."""
        with self._lock, contextlib.suppress(OSError):
            if self._protocol.state is OPEN:
                self._protocol.send_close(CloseCode.NORMAL_CLOSURE)
                self._flush()
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def _flush(self) -> None:
        unsent, self._unsent = self._unsent, b""
        try:
            for data in [unsent, *self._protocol.data_to_send()] if unsent else self._protocol.data_to_send():
                if data:
                    self._connection.sendall(data)
                else:  # how the protocol says that this was all
                    self._connection.shutdown(socket.SHUT_WR)
        except OSError:  # half a frame may have gone out: nothing may follow
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)
            raise

    def _linger(self) -> None:
        """Reads and forgets: closed with something unread, TCP would take back the reason that was sent."""
        end, unread = time.monotonic() + _LINGER_SECONDS, _LINGER_BYTES
        with contextlib.suppress(OSError):
            while unread > 0 and (left := end - time.monotonic()) > 0 and self._readable(left):
                data = self._connection.recv(16 * _READ)
                if not data:
                    break
                unread -= len(data)


def greeting(environ: WSGIEnvironment) -> bytes | None:
    """The answer to a request for a WebSocket, by which it becomes one; None where the request is none."""
    names = [name for name in environ if name.startswith("HTTP_")]
    try:
        headers = Headers([(name[5:].replace("_", "-"), environ[name]) for name in names])
    except InvalidHeader:  # with a character that cannot be
        return None
    response = ServerProtocol().accept(Request(environ["PATH_INFO"], headers))
    return response.serialize() if response.status_code == 101 else None


def accept(environ: WSGIEnvironment, greeting: bytes, pace: Pace) -> WebSocket:
    """Makes a request the WebSocket that it asks for. Raises OSError when it broke."""
    connection = environ["playlab.connection"].take_over()
    try:
        return WebSocket(connection, greeting, pace)
    except OSError:
        connection.close()
        raise
