"""What is written into the pipe of a child that may be stopped: whoever sends waits for nothing.

What there is room for is written at once, by whoever sends; the rest waits, and a thread writes it.
"""

from __future__ import annotations

import contextlib
import select
import threading
from collections import deque
from collections.abc import Callable
from typing import IO, Generic, Protocol, TypeVar

from core.messages import Tagged, packed
from core.threads import guarded

_ROOM = 4096  # bytes: what a pipe that is writable at all takes without waiting

Sent = TypeVar("Sent", bound=Tagged)


class Outbox(Protocol[Sent]):
    """What waits for room in the pipe. Every method may be called from any thread, and none waits."""

    @property
    def is_waiting(self) -> bool:
        """Something is there to be taken."""
        ...

    def put(self, message: Sent, /) -> None: ...

    def take(self) -> list[Sent]:
        """All that is there, in the order in which it is to be written."""
        ...

    def hold(self, held: bool, /) -> None:
        """While it is held, there is nobody to take it."""
        ...


class Queue(Generic[Sent]):
    """The plain `Outbox`. What waits for a process that ends is not for the next, which is told anew what it needs."""

    def __init__(self) -> None:
        self._waiting: deque[Sent] = deque()
        self._lock = threading.Lock()
        self._held = False

    @property
    def is_waiting(self) -> bool:
        return bool(self._waiting) and not self._held

    def put(self, message: Sent) -> None:
        with self._lock:
            self._waiting.append(message)

    def take(self) -> list[Sent]:
        with self._lock:
            if self._held:
                return []
            taken, self._waiting = list(self._waiting), deque()
        return taken

    def hold(self, held: bool) -> None:
        with self._lock:
            self._held = held
            if held:
                self._waiting.clear()


class Outgoing(Generic[Sent]):
    """Owns a thread from the first pipe on. Between two pipes, from `detach` to `release`, what is sent waits."""

    def __init__(self, thread: str, outbox: Outbox[Sent]):
        """thread: its name."""
        self._name = thread
        self._outbox = outbox
        self._packed: deque[bytes] = deque()  # taken out of it and not yet written; for who is `_writing`
        self._writing = threading.Lock()  # held while the pipe is full, so nobody but the thread waits for it
        self._stuck = threading.Event()  # the pipe is full: the thread is to wait for it
        self._closed = False
        self._thread: threading.Thread | None = None
        outbox.hold(True)

    def attach(self, pipe: IO[bytes]) -> None:
        """It goes into this pipe, once it is released."""
        self._pipe = pipe
        self._room = select.poll() if hasattr(select, "poll") else None  # not on Windows
        if self._room is not None:
            self._room.register(pipe, select.POLLOUT)
        if self._thread is None:
            self._thread = threading.Thread(target=self._write, name=self._name, daemon=True)
            self._thread.start()

    def detach(self) -> None:
        """Who read the pipe is gone. What should have been written is told anew to whoever comes next."""
        self._outbox.hold(True)
        with self._writing:
            self._packed.clear()
            with contextlib.suppress(OSError):
                self._pipe.close()

    def release(self) -> None:
        self._outbox.hold(False)
        self._flush()

    def send(self, message: Sent) -> None:
        """Sends one message, at some time. Never waits, never raises."""
        self._outbox.put(message)
        self._flush()

    def close(self, seconds: float, kill: Callable[[], None]) -> None:
        """Ends the thread and closes the pipe. kill: ends who reads it, where a message is stuck in it."""
        self._closed = True
        self._stuck.set()
        if self._thread is not None:
            self._thread.join(0.2)  # in the middle of a message it would hold the pipe
            if self._thread.is_alive():
                kill()
                self._thread.join(seconds)
            with contextlib.suppress(OSError):
                self._pipe.close()

    def _flush(self) -> None:
        # Another thread that is writing now looks again when it has done so.
        while self._outbox.is_waiting and self._writing.acquire(blocking=False):
            try:
                written = self._write_what_fits()
            finally:
                self._writing.release()
            if not written:
                self._stuck.set()
                return

    def _write_what_fits(self) -> bool:
        """Writes what waits as long as the pipe has room for it. Returns whether that was all."""
        while self._has_room():
            self._pack()
            if not self._packed:
                return True
            if len(self._packed[0]) > _ROOM:
                return False
            self._put_through(self._packed.popleft())
        return False

    def _pack(self) -> None:
        for message in self._outbox.take():
            with guarded(self._name):  # one that cannot be written costs none of those behind it
                self._packed.append(packed(message))

    def _has_room(self) -> bool:
        """Whether `_ROOM` bytes can be written to the pipe without waiting."""
        return self._room is not None and bool(self._room.poll(0))

    def _write(self) -> None:
        """Waits for a pipe without room in the place of those who send."""
        while not self._closed:
            self._stuck.wait()
            self._stuck.clear()
            with self._writing, guarded(self._name):
                while self._packed or self._outbox.is_waiting:
                    self._pack()
                    while self._packed:
                        self._put_through(self._packed.popleft())

    def _put_through(self, data: bytes) -> None:
        with contextlib.suppress(OSError, ValueError):  # dead, or closed
            self._pipe.write(data)
            self._pipe.flush()
