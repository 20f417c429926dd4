"""The way into Socket.IO: who may connect, and what a connection may send, over polling and WebSocket alike.

What passes is well formed and no more than the limits allow; what does not ends its connection, is counted, and costs
no thread that waits. A client that sends faster than allowed, or what costs more than its share, is read no faster.
"""

from __future__ import annotations

import contextlib
import io
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from core.rates import Bucket, Buckets
from core.visitors import browser_of
from web import packets
from web.engine import MAX_PACKETS, Engine, Handler
from web.limits import (
    MAX_CONNECTIONS,
    MAX_INSIDE,
    MAX_WAITING,
    UPGRADE_SECONDS,
    connections_of,
    handshakes,
    messages,
    messages_of,
    requests_of,
    work_of,
    work_of_one,
)
from web.refusals import Refusals
from web.websocket import MAX_MESSAGE, WebSocket, accept, greeting

log = logging.getLogger("web")

PATH = "/socket.io/"
# Keys of the WSGI environment, which Socket.IO keeps of each connection's handshake:
_REQUEST = "playlab.request"  # its _Request
_WEBSOCKET = "playlab.websocket"  # the _Checked of its connection, where it has one
_PACE = "playlab.pace"  # the _Pace of its connection
_STUCK_SECONDS = 60  # longer than any request but a WebSocket may take
_MOST_STUCK = 50


@dataclass(eq=False)
class _Request:
    """One that is inside Socket.IO."""

    kind: str  # handshake, poll, message or websocket
    connection: str | None  # None: of a handshake
    browser: str | None
    greeting: bytes = b""  # the answer that makes it a WebSocket
    since: float = field(default_factory=time.monotonic)


class _RefusedError(Exception):
    """A request that is not let in: status and sentence; `ends` the connection too."""

    def __init__(self, status: str, text: str, reason: str = "malformed", ends: bool = False):
        super().__init__(text)
        self.status, self.text, self.reason, self.ends = status, text, reason, ends


class Turn:
    """Whose event is carried out: one at a time. Python lets one thread compute at a time in any case, and if ten
    threads of those who send were ready to, a frame or an acknowledgement would wait for all of them at each lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: int | None = None

    @contextlib.contextmanager
    def take(self) -> Iterator[None]:
        with self._lock:
            self._thread = threading.get_ident()
            try:
                yield
            finally:
                self._thread = None

    @contextlib.contextmanager
    def left(self) -> Iterator[None]:
        """For what waits for something besides the processor, such as a database: others have their turn meanwhile.

        For any thread; one that carries out an event goes on with it when its turn comes again.
        """
        if self._thread != threading.get_ident():
            yield
            return
        self._thread = None
        self._lock.release()
        try:
            yield
        finally:
            self._lock.acquire()
            self._thread = threading.get_ident()


class Gate:
    """A WSGI application: `app`, whose /socket.io/ is served by `server` (socketio's), behind the checks."""

    def __init__(
        self,
        app: WSGIApplication,
        server: Any,
        refusals: Refusals,
        most: int = MAX_CONNECTIONS,
        turn: Turn | None = None,
    ):
        """most: connections at a time. turn: in which events are carried out, for what leaves it."""
        self._most = most
        self.engine = Engine(server.eio)
        self._app = app
        self._environs = server.environ  # of the handshakes, by connection
        self._refusals = refusals
        self._inside: set[_Request] = set()
        self._lock = threading.Lock()  # of `_inside`; held for looking at it alone
        self._handshakes = Buckets(handshakes)
        self._messages = Buckets(messages_of)
        self._work = Buckets(work_of)
        self._turn = turn or Turn()
        self.engine.use_websocket(lambda handler, _server: self._websocket_app(handler))
        self.engine.guard_messages(self._receive)

    def close(self) -> None:
        """Ends all connections."""
        self.engine.close()

    def stuck(self) -> int:
        """How many requests are inside for longer than any should be: 0, or there is a fault in the server."""
        now, connections = time.monotonic(), self.engine.connections
        with self._lock:
            old = [one for one in self._inside if now - one.since > _STUCK_SECONDS]
        return sum(one.kind != "websocket" or one.connection not in (None, *connections) for one in old)

    @property
    def is_well(self) -> bool:
        """Faults leave room for newcomers. A server that is full of clients is well."""
        return self.stuck() < _MOST_STUCK

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(PATH):
            return self._app(environ, start_response)
        connection = None
        try:
            request = environ[_REQUEST] = self._read(environ)
            connection = request.connection
            with self._let_in(request):
                if request.kind != "message":
                    return self._serve(environ, start_response)
                began = time.thread_time()
                try:
                    self._read_message(environ, connection or "")
                    return self._serve(environ, start_response)
                finally:
                    self._wait_for_its_turn(connection or "", cost=time.thread_time() - began)
        except _RefusedError as refused:
            if refused.ends and connection:
                self.engine.end(connection)
            return self._refusals.answer(environ, start_response, refused.reason, refused.status, refused.text)

    def _serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        refused: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            if not status.startswith("4"):
                return start_response(status, headers, *rest)
            refused.append(status)
            return lambda _data: None

        try:
            answer = self._app(environ, start)
        except Exception:  # such as a thread that could not be started
            connection = environ[_REQUEST].connection
            if connection and not self.engine.has(connection):  # engineio raises where it has just ended
                raise _RefusedError("400 Bad Request", "this connection has ended") from None
            log.exception("a connection could not be served")
            self._end_made_by(environ)
            raise _RefusedError(
                "503 Service Unavailable", "the server could not serve this connection", "failed", ends=True
            ) from None
        if refused:  # by a library, such as engineio for a connection that has just ended
            raise _RefusedError(refused[0], "this connection takes no such request any more")
        return answer

    def _end_made_by(self, environ: WSGIEnvironment) -> None:
        """Ends the connection that this request has made."""
        for name, handshake in list(self._environs.items()):
            if handshake.get(_REQUEST) is environ[_REQUEST]:
                self.engine.end(name)

    def _read(self, environ: WSGIEnvironment) -> _Request:
        """What a request is. Afterwards `environ` says that and no more: libraries, which look at other parts of it and
        in other ways, take it for the same."""
        if environ.get("HTTP_SEC_FETCH_SITE", "same-origin") not in ("same-origin", "none"):
            raise _RefusedError("403 Forbidden", "only pages of this server connect to it", "origin")
        query = parse_qs(environ.get("QUERY_STRING", ""))
        transport, connection = query.get("transport", ["polling"])[0], query.get("sid", [None])[0]
        kind = self._kind(environ["REQUEST_METHOD"], query, transport, connection)
        said = {"EIO": "4", "transport": transport} | ({"sid": connection} if connection else {})
        environ["QUERY_STRING"] = urlencode(said)
        answer = greeting(environ) if kind == "websocket" else b""
        if answer is None:
            text = "not a request of its transport: a WebSocket begins as RFC 6455 has it, in version 13"
            raise _RefusedError("400 Bad Request", text)
        for name in ("HTTP_UPGRADE", "HTTP_CONNECTION"):  # of polling they say nothing, and some proxies send them
            environ.pop(name, None)
        if answer:
            environ |= {"HTTP_UPGRADE": "websocket", "HTTP_CONNECTION": "upgrade"}
        return _Request(kind, connection, browser_of(environ), answer)

    def _kind(self, method: str, query: dict[str, list[str]], transport: str, connection: str | None) -> str:
        if "j" in query:
            raise _RefusedError("400 Bad Request", "JSONP is not spoken here")
        if method != "GET" and not (method == "POST" and connection):
            raise _RefusedError("405 Method Not Allowed", "GET, or POST with a sid")
        if transport not in ("polling", "websocket"):
            raise _RefusedError("400 Bad Request", "want transport=polling or transport=websocket")
        if connection is None and query.get("EIO") != ["4"]:
            text = "want EIO=4: this is Engine.IO 4, which Socket.IO 3 and newer speak"
            raise _RefusedError("400 Bad Request", text)
        if connection is not None and not self.engine.has(connection):
            raise _RefusedError("400 Bad Request", "this connection has ended, or never was")
        if connection is not None and not self.engine.is_polling(connection):
            raise _RefusedError("400 Bad Request", "this connection has changed to WebSocket")
        if method == "POST":
            return "message"
        if transport == "websocket":
            return "websocket"
        return "poll" if connection else "handshake"

    # --- how many -----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _let_in(self, request: _Request) -> Iterator[None]:
        with self._lock:
            self._check(request)
            self._inside.add(request)
        try:
            yield
        finally:
            with self._lock:
                self._inside.discard(request)

    def _check(self, request: _Request) -> None:
        unavailable = "503 Service Unavailable"
        if len(self._inside) >= MAX_INSIDE:
            raise _RefusedError(unavailable, f"the server is full: it serves {MAX_INSIDE} requests at once", "full")
        most = requests_of(request.browser)
        if sum(one.browser == request.browser for one in self._inside) >= most:
            text = f"{_whose(request.browser)} {most} requests under way, the most allowed"
            raise _RefusedError(unavailable, text, "full")
        if request.connection is None:
            self._check_newcomer(request.browser)
        elif any(one.connection == request.connection and one.kind == request.kind for one in self._inside):
            # Engine.IO allows one of each at a time. A second WebSocket leaves the first one alone.
            text = f"this connection has a {request.kind} under way"
            raise _RefusedError("400 Bad Request", text, ends=request.kind != "websocket")

    def _check_newcomer(self, browser: str | None) -> None:
        unavailable = "503 Service Unavailable"
        made_by = {self._environs.get(name, {}).get(_REQUEST) for name in self.engine.connections}
        being_made = {one for one in self._inside if one.connection is None}
        connected = Counter(one.browser for one in made_by | being_made if one)
        if connected.total() >= self._most:
            raise _RefusedError(unavailable, f"the server is full: it holds {self._most} connections", "full")
        if connected[browser] >= connections_of(browser, self._most):
            text = f"{_whose(browser)} {connected[browser]} connections, the most allowed"
            raise _RefusedError(unavailable, text, "full")
        if not self._handshakes.of(browser).admit():
            raise _RefusedError(unavailable, f"{_whose(browser)} connected too often: wait a little", "full")

    # --- what is sent -------------------------------------------------------------------------------------------------

    def _read_message(self, environ: WSGIEnvironment, connection: str) -> None:
        body = environ["wsgi.input"].read(MAX_MESSAGE + 1)
        if len(body) > MAX_MESSAGE:
            raise _RefusedError("413 Content Too Large", f"at most {MAX_MESSAGE} bytes", ends=True)
        try:
            sent = body.decode().split(packets.SEPARATOR)
        except UnicodeDecodeError:
            raise _RefusedError("400 Bad Request", "text only", ends=True) from None
        if len(sent) > MAX_PACKETS:
            raise _RefusedError("400 Bad Request", f"at most {MAX_PACKETS} packets", ends=True)
        for packet in sent:
            if fault := packets.fault(packet):
                raise _RefusedError("400 Bad Request", fault, ends=True)
        # For messages `_receive` waits, one by one: many at a stroke would keep others waiting.
        self._wait_for_its_turn(connection, sum(not packet.startswith(packets.MESSAGE) for packet in sent))
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))

    def _wait_for_its_turn(self, connection: str, count: int = 0, cost: float = 0) -> None:
        handshake = self._environs.get(connection, {})
        pace = handshake.setdefault(_PACE, self._pace_of(browser_of(handshake)))
        pace.wait(count, cost)

    def _pace_of(self, browser: str | None) -> _Pace:
        return _Pace(self._messages.of(browser), self._work.of(browser), browser is not None)

    def _receive(self, connection: str, packet: str, deal_with_it: Callable[[], None]) -> None:
        """A Socket.IO packet, well formed by itself, of either transport."""
        if self.engine.is_polling(connection):  # a WebSocket is read no faster
            self._wait_for_its_turn(connection, 1)
        if not self.engine.has(connection):
            return
        if self.engine.waiting(connection) > MAX_WAITING:
            self._refusals.note("does not read")
        else:
            try:
                with self._turn.take() if packets.is_event(packet) else contextlib.nullcontext():
                    deal_with_it()
                return
            except Exception as error:  # one that does not fit what came before it, such as a second CONNECT
                self._refusals.note("malformed", text=f"{type(error).__name__}: {error}"[:100])
                websocket = self._environs.get(connection, {}).get(_WEBSOCKET)
                if websocket is not None:  # over polling there is no place for a reason
                    websocket.refuse("not what may come next")
        self.engine.end(connection)

    def _websocket_app(self, handler: Handler) -> WSGIApplication:
        def serve(environ: WSGIEnvironment, _start_response: StartResponse) -> Iterable[bytes]:
            request = environ[_REQUEST]
            try:
                websocket = accept(environ, request.greeting, self._pace_of(browser_of(environ)).waiter())
            except OSError:  # its client has gone before it was answered
                self._end_made_by(environ)
                return []
            checked = _Checked(websocket, request.connection is not None, self._refusals)
            self._environs.get(request.connection, environ)[_WEBSOCKET] = checked
            self.engine.send_by(handler, websocket)
            try:
                handler(checked)
            except OSError:
                pass  # it ended early
            finally:
                websocket.close()
            return []

        return serve


class _Pace:
    """How fast one connection is read: by how many messages it sends, and by what they cost."""

    def __init__(self, of_browser: Bucket, work: Bucket, is_of_browser: bool):
        """Two buckets that it shares: of messages, and of seconds of the processor."""
        self._own, self._of_browser = messages(), of_browser
        self._own_work = None if is_of_browser else work_of_one()
        self._work = work

    def wait(self, count: int, cost: float = 0) -> None:
        """Returns when it may send more. count: messages that it has sent. cost: seconds that some took."""
        seconds = max(self._own.take(count), self._of_browser.take(count))
        if self._own_work is None or self._own_work.take(cost):  # else it is modest, whatever the others cost
            seconds = max(seconds, self._work.take(cost))
        if seconds:
            time.sleep(seconds)

    def waiter(self) -> Callable[[int], None]:
        """`wait` for the one thread that reads and carries out what is sent: all that it costs is its client's."""
        since = time.thread_time()

        def wait(count: int) -> None:
            nonlocal since
            before, since = since, time.thread_time()
            self.wait(count, since - before)

        return wait


class _Checked:
    """A WebSocket as engineio wants one, which gives it well formed packets only."""

    def __init__(self, websocket: WebSocket, upgrades: bool, refusals: Refusals):
        self._websocket = websocket
        self._expected = [packets.PROBE, packets.UPGRADE] if upgrades else []
        self._deadline = time.monotonic() + UPGRADE_SECONDS
        self._refusals = refusals
        self.send = websocket.send
        self.refuse = websocket.refuse
        self.close = websocket.close

    def wait(self) -> str | None:
        """The next packet; None when the connection has ended or ends by what it sent."""
        if not self._expected:
            packet = self._websocket.wait()
            fault = packet and packets.fault(packet)
        else:
            packet = self._websocket.wait(until=self._deadline)
            fault = packet and (None if packet == self._expected.pop(0) else "not the change to WebSocket")
        if fault or packet == "":
            self._refusals.note("malformed", text=fault or "nothing")
            self._websocket.refuse(fault or "nothing")
            return None
        return packet


def _whose(browser: str | None) -> str:
    return "this browser has" if browser else "programs have"
