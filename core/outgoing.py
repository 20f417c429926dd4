"""What is written into the pipe of a child that may be stopped: whoever sends waits for nothing.

A thread packs and writes it. Whoever sends does not, though there may be room: it may hold a lock that others wait for,
and would pay for what they have sent. What is so small and so frequent that waking the thread costs more than writing
it, `hand` writes where nothing waits.
"""

from __future__ import annotations

import contextlib
import select
import threading
from collections import deque
from collections.abc import Callable
from typing import IO, Any, Generic, Protocol, TypeVar

from core.messages import Tagged, packed
from core.threads import guarded, started

Sent = TypeVar("Sent", bound=Tagged)

SMALL = 512  # bytes, of a message that is handed over. For so many there is room where a pipe has any (POSIX, PIPE_BUF)


class Outbox(Protocol[Sent]):
    """What waits for room in the pipe. Every method may be called from any thread, and none waits."""

    @property
    def is_waiting(self) -> bool:
        """Something is there to be taken."""
        ...

    @property
    def is_passable(self) -> bool:
        """Nothing is there, and somebody to take it is: what is sent now needs not be put in it."""
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

    @property
    def is_passable(self) -> bool:
        return not self._waiting and not self._held

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
        self._writing = threading.Lock()  # held by the thread while it writes, which a full pipe makes long
        self._waiting = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._room: Any = None  # of the pipe; None: this system does not tell
        outbox.hold(True)

    def attach(self, pipe: IO[bytes]) -> None:
        """It goes into this pipe, once it is released. Raises OSError where there can be no thread for it."""
        self._pipe = pipe
        if hasattr(select, "poll"):
            self._room = select.poll()
            self._room.register(pipe, select.POLLOUT)
        if self._thread is None:
            self._thread = started(self._write, self._name)

    def detach(self) -> None:
        """Who read the pipe is gone. What should have been written is told anew to whoever comes next."""
        self._outbox.hold(True)
        with self._writing, contextlib.suppress(OSError):
            self._pipe.close()

    def release(self) -> None:
        self._outbox.hold(False)
        self._waiting.set()

    def send(self, message: Sent) -> None:
        """Sends one message, at some time. Never waits, never raises."""
        self._outbox.put(message)
        self._waiting.set()

    def hand(self, message: Sent) -> None:
        """Sends a small message, at once where nothing waits and there is room. Never waits, never raises."""
        if not self._written(message):
            self.send(message)

    def _written(self, message: Sent) -> bool:
        if self._room is None or not self._writing.acquire(blocking=False):
            return False
        try:
            if not self._outbox.is_passable or self._closed or len(data := packed(message)) > SMALL:
                return False
            if self._room.poll(0) != [(self._pipe.fileno(), select.POLLOUT)]:
                return False
            self._put_through(data)
            return True
        except (OSError, ValueError):  # it was closed just now
            return False
        finally:
            self._writing.release()

    def close(self, seconds: float, kill: Callable[[], None]) -> None:
        """Ends the thread and closes the pipe. kill: ends who reads it, where a message is stuck in it."""
        self._closed = True
        self._waiting.set()
        if self._thread is not None:
            self._thread.join(0.2)  # in the middle of a message it would hold the pipe
            if self._thread.is_alive():
                kill()
                self._thread.join(seconds)
            with contextlib.suppress(OSError):
                self._pipe.close()

    def _write(self) -> None:
        while not self._closed:
            self._waiting.wait()
            self._waiting.clear()
            with self._writing, guarded(self._name):
                data = bytearray()
                for message in self._outbox.take():
                    with guarded(self._name):  # one that cannot be packed costs none of those behind it
                        data += packed(message)
                self._put_through(bytes(data))

    def _put_through(self, data: bytes) -> None:
        with contextlib.suppress(OSError, ValueError):  # dead, or closed
            self._pipe.write(data)
            self._pipe.flush()
