"""Serves a WSGI application by waitress, with a deadline for each phase of a request.

One thread reads requests, whole, and sends answers; only a request that has arrived gets a thread, so a client that is
slow or silent costs a connection and nothing else. Where connections run out, the one that has kept the server waiting
longest is closed for the newcomer. Few requests are worked on at once, besides those that wait: the thread that reads
and sends would be one of hundreds to compute otherwise.
"""

from __future__ import annotations

import contextlib
import copy
import errno
import json
import logging
import math
import re
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from typing import Any
from wsgiref.types import WSGIEnvironment

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.buffers import OverflowableBuffer, ReadOnlyFileBasedBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import BadRequest, Error, RequestEntityTooLarge

from core import memory
from core.files import temporarily
from core.refused import unwritable
from core.signals import heeded
from core.threads import guarded, note, started
from web import files
from web.headers import HEADERS
from web.limits import MAX_BODY, THREADS
from web.refusals import of_http

log = logging.getLogger("web")

GRACE_SECONDS = 4  # for what is under way when the server is told to stop
END_SECONDS = 8  # for all that is to be done then
HEAD_SECONDS = 5  # for a new client to say what it wants
BODY_SECONDS = 20  # for the rest of a request
KEEP_SECONDS = 15  # between two requests of one connection
STALL_SECONDS = 8  # for a client's machine to take some of what is sent to it
MAX_OPEN = 1024  # connections, WebSockets included
_SLOWEST = 250_000  # bytes a second of a body that is larger than most
_MAX_HEAD = 32 * 1024  # bytes
_MAX_ARRIVING = 64 * 2**20  # bytes of all bodies that have not arrived whole
_MAX_LEAVING = 128 * 2**20  # bytes of all answers that are not sent yet, without files
_READ = 64 * 1024  # bytes of a body at once
_READ_PARSED = 8 * 1024  # the same of what is taken apart, heads and chunks, in the thread that reads for everybody
_MOST_FRAMING = 0.25  # bytes around chunks, for each byte in them, besides _READ_PARSED
_SEND = 64 * 1024  # bytes at once
_SENT = 128 * 1024  # bytes that the system holds for a client to take: the system's own choice is 2.5 MB and more
_ACCEPTED_AT_ONCE = 32  # connections, and a quarter of all: who is new is heard before others come for its place
_LONGEST_STEP = 2  # seconds between two looks at the deadlines; after more the process itself was stopped
_SHORT_SECONDS = 0.05  # a request that takes longer waits for something and computes nothing
_SHORT_AT_ONCE = 8  # threads besides those of requests that wait
_IDLE_SECONDS = 5  # after which threads that were not needed end
SPARE_THREADS = 4  # that wait for the next request
_FOR_API = re.compile(rb"[^\s]+ (https?://[^/\s]*)?/+api/")  # the first line of a request
_FULL_SECONDS = 0.1  # to wait where the system gives out no more connections

Create = Callable[[], Any]
Bodies = Sequence[tuple[re.Pattern[str], int]]  # bytes, by what the path of a request matches
CONNECTION = "playlab.connection"  # key of the WSGI environment: a Connection


class Connection:
    """What a request came in by."""

    def __init__(self, channel: _Channel):
        self._channel = channel

    def local_address(self) -> str | None:
        """The server's own end; None where it has ended."""
        try:
            return str(self._socket().getsockname()[0])
        except OSError:
            return None

    def take_over(self) -> socket.socket:
        """The socket, which from now on is the caller's to read, write and close. What is returned to the server after
        that goes nowhere. Raises OSError where its client has gone meanwhile."""
        channel, released = self._channel, threading.Event()

        def release() -> None:
            channel.del_channel()
            released.set()

        channel.server.task_dispatcher.note_waiting()
        channel.server.taken.add(channel)
        channel.server.trigger.pull_trigger(release)
        released.wait()  # until then its number stands for this channel in the loop
        channel.connected = False
        return self._socket()

    def _socket(self) -> socket.socket:
        if self._channel.socket is None:  # the loop saw that its client has gone
            raise ConnectionResetError
        return self._channel.socket


class _Task(WSGITask):
    def get_environment(self) -> WSGIEnvironment:
        environ: WSGIEnvironment = super().get_environment()
        environ[CONNECTION] = Connection(self.channel)
        return environ

    def write(self, data: bytes) -> None:
        if not self._is_taken:
            super().write(data)

    def finish(self) -> None:
        if self._is_taken:
            self.close_on_finish = True
            return
        super().finish()
        if self.channel.pipelines:  # it may ask again for the rest
            self.close_on_finish = True

    @property
    def _is_taken(self) -> bool:
        return self.channel in self.channel.server.taken


class _ErrorTask(ErrorTask):
    """The answer to what is no HTTP request, or one that is too large."""

    def execute(self) -> None:
        error = self.request.error
        self.response_headers.extend(HEADERS.items())
        if isinstance(error, _NotKept):
            log.warning("body not kept", extra={"error": error.body})
        else:
            self.channel.server.note_malformed(str(error.body)[:100], self.channel.addr[0])
        if self.request.is_for_api:
            self.request.error = _ApiError(error)
        super().execute()


class _ApiError:
    """An error of waitress, as the API tells its own."""

    def __init__(self, error: Any):
        self._error = error

    def to_response(self, _ident: str | None) -> tuple[str, list[tuple[str, str]], bytes]:
        error = self._error
        refusal = error.refusal if isinstance(error, _NotKept) else of_http(error.code, f"{error.reason}: {error.body}")
        said, _, headers = refusal.answer()
        whole = [("Content-Type", "application/json"), *headers.items()]
        return f"{error.code} {error.reason}", whole, json.dumps(said).encode()


class _NotKept(Error):  # noqa: N818 - nobody raises it
    """An error as waitress has them: the system did not take a body."""

    def __init__(self, error: OSError):
        self.refusal = unwritable("cannot take what was sent", error)
        super().__init__(str(self.refusal))
        self.code, self.reason = self.refusal.status, HTTPStatus(self.refusal.status).phrase


class _Body(OverflowableBuffer):
    """What has come of a body: in a file, beyond what stays in memory.

    Where the system takes no more, the rest is read and dropped: a browser hears no answer before it has sent all.
    """

    error: OSError | None = None

    def __init__(self, overflow: int):
        super().__init__(overflow)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, data: bytes) -> None:
        self._length += len(data)
        if self.error is not None:
            return
        try:
            with temporarily():
                super().append(data)
        except OSError as error:
            self.error = error
            self.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):  # of a full disk: what it has not taken it is given once more
            super().close()


class _Parser(HTTPRequestParser):
    adj: Any
    completed: bool
    is_for_api = False  # by its first line, also where no more of the head can be read

    def parse_header(self, header_plus: bytes) -> None:
        # In place of a head that is too large waitress has a short one of its own read here.
        self.is_for_api = _FOR_API.match(max(self.header_plus.lstrip(), header_plus, key=len)) is not None
        try:
            super().parse_header(header_plus)
        except ValueError:  # of an address or a number that is none
            raise ParsingError("Start line or header is invalid") from None
        most = next((most for path, most in self.adj.bodies if path.fullmatch(self.path)), MAX_BODY)
        if most != MAX_BODY:
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = most + 1
        if self.body_rcv is not None:
            self.body_rcv.buf = _Body(self.adj.inbuf_overflow)

    @property
    def is_read_as_it_comes(self) -> bool:
        """What is to come is a body of a length that was said."""
        return bool(self.headers_finished and not self.chunked)

    def received(self, data: bytes) -> int:
        consumed = int(super().received(data))
        most = self.adj.max_request_body_size - 1
        if self.chunked and self.body_rcv is not None and self.body_rcv.chunk_remainder > most:
            self.error, self.completed = RequestEntityTooLarge(f"exceeds {most} bytes"), True
        if self.chunked and self.body_rcv is not None and not self.completed:
            inside = len(self.body_rcv)
            if self.body_bytes_received - inside > _MOST_FRAMING * inside + _READ_PARSED:
                self.error, self.completed = BadRequest("Chunks are too small"), True
        if self.completed and self.error is None and self.body_rcv is not None and self.body_rcv.buf.error is not None:
            self.error = _NotKept(self.body_rcv.buf.error)
        if self.completed:  # it has no body, or is answered without it: nothing is to come
            self.expect_continue = False
        return consumed


class _Channel(HTTPChannel):
    """A connection, with the time since which the server waits for its client."""

    task_class = _Task
    error_task_class = _ErrorTask
    parser_class = _Parser

    def __init__(self, server: _Server, *rest: Any, **options: Any):
        self.since = server.now()
        self.moved = self.since  # when the client last took something
        self.served = self.begun = False  # begun: something came since `since`, or with it
        self.pipelines = False  # it has asked again before it was answered
        super().__init__(server, *rest, **options)
        self.sendbuf_len = _SEND

    def recv(self, _most: int) -> bytes:
        is_simple = self.request is not None and self.request.is_read_as_it_comes
        return bytes(super().recv(_READ if is_simple else _READ_PARSED))

    def received(self, data: bytes) -> bool:
        # Once for a request: whoever sends empty lines, which are none, may not go on with that for ever.
        if not self.begun and not self.requests:
            self.begun, self.since = True, self.server.now()
        was_received = bool(super().received(data))
        with self.requests_lock:
            if len(self.requests) > 1:  # no browser does so: answers that nobody reads would pile up
                del self.requests[1:]
                self.pipelines = True
        return was_received

    def handle_error(self) -> None:
        """For what the loop caught."""
        _note_caught()
        self.handle_close()

    def _flush_some(self, do_close: bool = True) -> bool:
        moved = bool(super()._flush_some(do_close))
        if moved:
            self.moved = self.server.now()
        return moved

    def service(self) -> None:
        self.served = True
        self.moved = self.server.now()
        try:
            with self.server.task_dispatcher.timed():
                super().service()
        finally:
            self.since = self.moved = self.server.now()
            self.begun = False
            if self in self.server.taken:
                self.server.taken.discard(self)
                if self.socket is not None:
                    self.socket.close()

    @property
    def arrived(self) -> int:
        """Bytes of a body that has not arrived whole."""
        return self.request.body_bytes_received if self.request else 0

    @property
    def leaving(self) -> int:
        """Bytes of an answer that is not sent yet and is held in memory."""
        if not self.total_outbufs_len:
            return 0
        return sum(len(one) for one in list(self.outbufs) if not isinstance(one, ReadOnlyFileBasedBuffer))

    @property
    def is_waiting(self) -> bool:
        """The server waits for its client to say something."""
        return not self.requests and not self.total_outbufs_len

    def is_late(self, now: float) -> bool:
        if self.total_outbufs_len:
            return now - self.moved > STALL_SECONDS
        if self.requests:
            return False
        if self.request is not None and self.request.headers_finished:
            allowed = BODY_SECONDS + max(0, self.request.content_length - MAX_BODY) // _SLOWEST
        elif self.served and not self.begun and self.request is None:
            allowed = KEEP_SECONDS
        else:
            allowed = HEAD_SECONDS
        return now - self.since > allowed


class _Threads(ThreadedTaskDispatcher):
    """Starts threads as requests need them, up to THREADS, and ends those that nobody needs."""

    def __init__(self) -> None:
        super().__init__()
        self._busy: deque[int] = deque(maxlen=_IDLE_SECONDS)  # how many were, in the last seconds
        self._begun: dict[int, float] = {}  # when each thread that serves a request began with it
        self._last = math.inf  # when the last of all began

    @contextlib.contextmanager
    def timed(self) -> Iterator[None]:
        """For a thread of this: it serves a request until the block ends."""
        thread = threading.get_ident()
        self._begun[thread] = self._last = time.monotonic()
        try:
            yield
        finally:
            del self._begun[thread]

    def note_waiting(self) -> None:
        """For a thread of this: what it serves computes little from now on, however long it takes."""
        self._begun[threading.get_ident()] = -math.inf

    @property
    def is_behind(self) -> bool:
        """Requests wait for a thread."""
        return bool(self.queue)

    def every_second(self) -> None:
        with self.lock:
            self._busy.append(self.active_count)
            wanted = max(self._busy) + SPARE_THREADS
            surplus = len(self.threads) - self.stop_count > wanted
        if surplus:
            self.set_thread_count(wanted)

    def has_rested(self) -> bool:
        """Whether the last request began some seconds ago, and this was not said since."""
        rests = time.monotonic() - self._last > _IDLE_SECONDS
        if rests:
            self._last = math.inf
        return rests

    def add_task(self, task: Any) -> None:
        super().add_task(task)
        self.start_threads()

    def start_threads(self) -> None:
        """To be called again and again while requests wait."""
        now = time.monotonic()
        with self.lock:
            waiting = sum(now - begun > _SHORT_SECONDS for begun in list(self._begun.values()))
            wanted = min(THREADS, waiting + _SHORT_AT_ONCE, self.active_count + len(self.queue))
            missing = wanted > len(self.threads) - self.stop_count
        if missing:
            self.set_thread_count(wanted)

    def start_new_thread(self, target: Callable[..., None], thread_no: int) -> None:
        try:
            super().start_new_thread(target, thread_no)
        except RuntimeError:  # the system gives out no more: those that are there go on
            log.warning("no more threads", extra={"threads": len(self.threads) - 1})
            self.threads.discard(thread_no)
            self.active_count -= 1  # the caller adds it


class _Server(TcpWSGIServer):
    channel_class = _Channel

    def __init__(
        self, app: Any, listener: socket.socket, files: int, note_malformed: Callable[[str, str], None], bodies: Bodies
    ):
        self._files = files  # that connections may take
        self.note_malformed = note_malformed
        self.taken: set[_Channel] = set()  # whose sockets are the application's
        self._stopped_for = 0.0  # seconds in which this process did not run
        self._looked = time.monotonic()
        self._full_until = 0.0
        adjustments = Adjustments(
            sockets=[listener],
            ident=None,
            clear_untrusted_proxy_headers=False,  # the edge deals with them
            max_request_header_size=_MAX_HEAD,
            max_request_body_size=MAX_BODY + 1,  # waitress refuses what has as many
            inbuf_overflow=MAX_BODY + 1,  # bodies stay in memory: a file for each would be a connection less. What is
            # larger is in a file, of which there are as many as answers have
            outbuf_overflow=_MAX_LEAVING,  # so do answers: a full disk keeps none back
            asyncore_use_poll=True,
            log_socket_errors=False,
        )
        adjustments.bodies = bodies
        information = (listener.family, listener.type, listener.proto, listener.getsockname())
        super().__init__(
            app, {}, _sock=listener, dispatcher=_Threads(), adj=adjustments, sockinfo=information, bind_socket=False
        )

    def now(self) -> float:
        """Seconds by a clock that stands while this process is stopped: a client is not late because we slept."""
        return time.monotonic() - self._stopped_for

    def set_socket_options(self, conn: socket.socket) -> None:
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SENT)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALL_SECONDS * 1000)

    def readable(self) -> bool:
        return bool(self.accepting) and time.monotonic() >= self._full_until

    def look(self) -> None:
        """To be called between two steps of the loop, at least once a second.

        Not within one, such as in `readable`: the loop has then listed the connections by their file numbers, and would
        take a newcomer that gets the number of one that was ended here for that one.
        """
        now = time.monotonic()
        if now - self._looked >= 1:
            if now - self._looked > _LONGEST_STEP:
                self._stopped_for += now - self._looked - 1
            self._looked = now
            self._close_late()
            self.task_dispatcher.every_second()
            if self.task_dispatcher.has_rested():
                memory.give_back()
        if self.task_dispatcher.is_behind:
            self.task_dispatcher.start_threads()

    def _close_late(self) -> None:
        now = self.now()
        for channel in list(self.active_channels.values()):
            if channel.is_late(now):
                channel.handle_close()
        channels = list(self.active_channels.values())
        _close_largest({one: one.arrived for one in channels if one.is_waiting}, _MAX_ARRIVING)
        _close_largest({one: one.leaving for one in channels}, _MAX_LEAVING)

    @property
    def connections(self) -> dict[int, Any]:
        """What the loop looks after, by file number."""
        return self._map

    @property
    def is_busy(self) -> bool:
        """A request is being answered."""
        return bool(self.taken) or not all(channel.is_waiting for channel in list(self.active_channels.values()))

    def handle_accept(self) -> None:
        # Closed at the end: a number that is free again would be given to a newcomer, for whom the loop then took what
        # it has just heard of the one before.
        leaving: set[_Channel] = set()
        for _ in range(min(_ACCEPTED_AT_ONCE, self._files // 8)):
            if not self._accept_one(leaving):
                break
        for channel in leaving:
            channel.handle_close()

    def _accept_one(self, leaving: set[_Channel]) -> bool:
        """False where nobody comes, or may. leaving: gets who makes room."""
        first: _Channel | None = None
        if not self._has_room(len(self.active_channels) - len(leaving), len(self.taken)):
            # Who says nothing goes first, then whose answer has been under way longest.
            staying = [one for one in self.active_channels.values() if one not in leaving]
            idle = [one for one in staying if one.is_waiting] or [one for one in staying if one.total_outbufs_len]
            if not idle:
                self._full_until = time.monotonic() + _FULL_SECONDS
                return False
            first = min(idle, key=lambda channel: channel.since)
        try:
            accepted = self.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                log.warning("no more connections", extra={"error": error.strerror})
                self._full_until = time.monotonic() + _FULL_SECONDS
            return False
        if accepted is None:
            return False
        if first is not None:
            leaving.add(first)
        connection, address = accepted
        try:
            self.set_socket_options(connection)
            self.channel_class(self, connection, self.fix_addr(address), self.adj, map=self._map)
        except OSError:  # it has ended already
            connection.close()
        return True

    def _has_room(self, requesting: int, taken: int) -> bool:
        """For one more. A connection that was taken over is sent no files."""
        return requesting + taken < MAX_OPEN and 2 * (requesting + 1) + taken <= self._files

    def handle_error(self) -> None:
        """For what the loop caught while it accepted somebody: wasyncore's own would close the listening socket."""
        _note_caught()
        self._full_until = time.monotonic() + _FULL_SECONDS


def _note_caught() -> None:
    """Counts and logs what the loop caught with all threads' errors, instead of a line for each."""
    error = sys.exc_info()[1]
    if error is not None:
        note("connections", error)


def _close_largest(sizes: dict[_Channel, int], most: int) -> None:
    """Ends the channels that hold most, until all together hold at most `most` bytes."""
    total = sum(sizes.values())
    for channel in sorted(sizes, key=lambda one: -sizes[one]):
        if total <= most:
            return
        total -= sizes[channel]
        channel.handle_close()


class _Signals:
    """Asks for the end on what means it."""

    def __init__(self, end: Callable[[], None]):
        self.asked_by: str | None = None
        self._end = end
        for number in heeded():
            signal.signal(number, self._asked)

    def _asked(self, number: int, _frame: object) -> None:
        self.asked_by = signal.Signals(number).name
        self._end()


def serve(app: Any, listener: socket.socket, note_malformed: Callable[[str, str], None], bodies: Bodies = ()) -> None:
    """Serves `app`, a Flask application that `extensions["close"]` ends, until told to stop.

    note_malformed: told of what was no HTTP request, and of the address it came from. bodies: how large one may be of
    a request whose path is such; of others MAX_BODY.
    """
    memory.take_large_blocks_singly()
    logging.getLogger("waitress").setLevel(logging.WARNING)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that a request waits for a thread is no event
    server = _Server(app, listener, files.for_connections(), note_malformed, bodies)
    ending = threading.Event()

    def close() -> None:
        ending.wait()
        app.extensions["close"]()

    closing = started(close, "close")  # already now: at the end the system may give out no more
    signals = _Signals(server.pull_trigger)
    _run(server, lambda: signals.asked_by is not None)
    log.info("server ends", extra={"signal": signals.asked_by})
    ended = time.monotonic()
    server.accepting = False
    server.del_channel()
    server.socket.close()
    ending.set()
    deadline = ended + GRACE_SECONDS
    _run(server, lambda: (not closing.is_alive() and not server.is_busy) or time.monotonic() > deadline, 0.05)
    closing.join(max(0.0, ended + END_SECONDS - time.monotonic()))
    if not server.is_busy:  # who is answered still pulls it
        server.trigger.close()


def _run(server: _Server, ended: Callable[[], bool], step: float = 1) -> None:
    while not ended():
        with guarded("connections"):
            _step(server, step)


def _step(server: _Server, seconds: float) -> None:
    """Does what there is to do, and waits for it up to so long."""
    server.look()
    patience = min(seconds, _SHORT_SECONDS) if server.task_dispatcher.is_behind else seconds
    wasyncore.loop(patience, use_poll=True, map=server.connections, count=1)
