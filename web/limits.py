"""How much one client, and all together, may have of the server.

A browser is known by its cookie, never by its address: a class shares one. Programs without the cookie count together.
The limits are far from what a class needs and near enough that whoever takes all they allow leaves the others theirs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.http import parse_cookie

from core.rates import Bucket

THREADS = 512  # of the server; a WebSocket or a waiting poll holds one
MAX_BODY = 2**20  # bytes of a request

MAX_INSIDE = 440  # requests inside Socket.IO at once: pages always find a thread
MAX_CONNECTIONS = 400
MAX_WITHOUT_COOKIE = MAX_CONNECTIONS // 2
MAX_PER_BROWSER = 20
MAX_WAITING = 1000  # messages queued for a client that does not fetch them
UPGRADE_SECONDS = 5  # for a polling client to finish its change to WebSocket

_BROWSER = "playlab.browser"  # key of the WSGI environment


def connections_of(browser: Hashable) -> int:
    """How many connections it may have; None stands for all programs together."""
    return MAX_PER_BROWSER if browser else MAX_WITHOUT_COOKIE


def requests_of(browser: Hashable) -> int:
    """How many of its requests may be inside Socket.IO at once: a poll and a message for each connection, and some."""
    return 2 * MAX_PER_BROWSER if browser else MAX_WITHOUT_COOKIE + 2 * MAX_PER_BROWSER


def handshakes(browser: Hashable) -> Bucket:
    """How often it may connect."""
    return Bucket(rate=5, burst=2 * MAX_PER_BROWSER) if browser else Bucket(rate=50, burst=2 * MAX_WITHOUT_COOKIE)


def messages() -> Bucket:
    """How many messages a connection may send. A page acknowledges 60 frames a second at most, and drags a slider."""
    return Bucket(rate=150, burst=300)


def messages_of(browser: Hashable) -> Bucket:
    """How many messages all its connections may send."""
    return Bucket(rate=400, burst=800) if browser else Bucket(rate=4000, burst=8000)


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
