"""What every request passes before Socket.IO and Flask see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from wsgiref.types import WSGIApplication

from werkzeug.middleware.proxy_fix import ProxyFix

from web import limits, websocket
from web.headers import secure
from web.hosts import Hosts, guard
from web.refusals import Refusals


def put_in_front(
    app: WSGIApplication,
    server: Any,
    refusals: Refusals,
    *,
    cookie: str,
    host: str = "127.0.0.1",
    allow_hosts: Iterable[str] = (),
    proxies: int = 0,
) -> WSGIApplication:
    """`app`, which serves the Socket.IO `server` too, behind the edge.

    cookie: the one that holds a browser's secret. host: the address listened on. proxies: how many reverse proxies are
    believed about the client's address and scheme.
    """
    server.eio._async = {**server.eio._async, "websocket": websocket.upgrade}
    limits.guard_messages(server.eio, refusals)
    app = limits.limit_connections(app, server, refusals)
    app = limits.identify(app, cookie)
    app = guard(app, Hosts(host, allow_hosts), refusals)
    app = secure(app)
    return ProxyFix(app, x_for=proxies, x_proto=proxies, x_host=0) if proxies else app
