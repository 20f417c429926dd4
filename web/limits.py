"""How much one client, and all together, may have of the server: connections, threads, waiting messages.

A browser is known by its cookie, never by its address: a class shares one. Programs without the cookie count together.
The limits are far from what a class needs and near enough that whoever takes all they allow leaves the others theirs.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.http import parse_cookie

from web.refusals import Refusals

log = logging.getLogger("web")

THREADS = 512  # of the server; a WebSocket or a waiting poll holds one
MAX_INSIDE = 440  # requests inside Socket.IO at once: pages always find a thread
MAX_INSIDE_PER_CONNECTION = 4  # a poll, a message and the change to WebSocket, and one to spare
MAX_CONNECTIONS = 400
MAX_WITHOUT_COOKIE = MAX_CONNECTIONS // 2
MAX_PER_BROWSER = 20
MAX_WAITING = 1000  # messages queued for a client that does not fetch them

_BROWSER = "playlab.browser"  # key of the WSGI environment


def identify(app: WSGIApplication, cookie: str) -> WSGIApplication:
    """`app`, told which browser asks (`browser_of`): by a hash of the secret in `cookie`, fit for logs."""

    def identified(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        secret = parse_cookie(environ).get(cookie)
        environ[_BROWSER] = hashlib.sha256(secret.encode()).hexdigest()[:16] if secret else None
        return app(environ, start_response)

    return identified


def browser_of(environ: WSGIEnvironment) -> str | None:
    """The public id of the browser that asks; None for a program without the cookie."""
    return environ.get(_BROWSER)


def limit_connections(app: WSGIApplication, server: Any, refusals: Refusals) -> WSGIApplication:
    """`app`, whose /socket.io/ is served by `server` (socketio's), with bounds on connections and on threads."""
    inside: Counter[str] = Counter()  # requests by connection; handshakes under ""
    lock = threading.Lock()

    def refusal(environ: WSGIEnvironment, connection: str) -> str | None:
        if inside.total() >= MAX_INSIDE:
            return f"the server is full: it serves {MAX_INSIDE} requests at once"
        if connection:
            most = MAX_INSIDE_PER_CONNECTION
            return f"one connection makes at most {most} requests at once" if inside[connection] >= most else None
        connected = [browser_of(other) for other in list(server.environ.values())]
        if len(connected) >= MAX_CONNECTIONS:
            return f"the server is full: it holds {MAX_CONNECTIONS} connections"
        browser = browser_of(environ)
        have, most = connected.count(browser), MAX_PER_BROWSER if browser else MAX_WITHOUT_COOKIE
        if have >= most:
            return f"{'this browser has' if browser else 'programs have'} {have} connections, the most allowed"
        return None

    def limited(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith("/socket.io/"):
            return app(environ, start_response)
        connection = parse_qs(environ.get("QUERY_STRING", "")).get("sid", [""])[0]
        with lock:
            text = refusal(environ, connection)
            if text is None:
                inside[connection] += 1
        if text is not None:
            return refusals.answer(environ, start_response, "full", "503 Service Unavailable", text)
        try:
            return app(environ, start_response)
        finally:
            with lock:
                inside[connection] -= 1
                if not inside[connection]:
                    del inside[connection]

    return limited


def guard_messages(engine: Any, refusals: Refusals) -> None:
    """Ends connections that send what no page sends, or let answers pile up.

    Binary events have no use here, and Socket.IO would collect as many attachments as one announces. What cannot be
    parsed would be logged with a traceback each time.
    """
    receive = engine.handlers["message"]

    def guarded(connection: str, message: str | bytes) -> None:
        client = engine.sockets.get(connection)
        if client is None or client.closed:
            return
        if not isinstance(message, str) or message[:1] in ("5", "6"):
            reason = "binary"
        elif client.queue.qsize() > MAX_WAITING:
            reason = "does not read"
        else:
            try:
                receive(connection, message)
                return
            except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
                log.debug("malformed message", exc_info=error)
                reason = "malformed"
        refusals.note(reason)
        client.close(wait=False)
        engine.sockets.pop(connection, None)

    engine.handlers["message"] = guarded
