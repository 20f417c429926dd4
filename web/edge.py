"""What every request passes before Socket.IO and Flask see it."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.http import parse_date
from werkzeug.middleware.proxy_fix import ProxyFix

from core.visitors import Visitors
from web import static
from web.gate import PATH, Gate
from web.headers import secure
from web.hosts import Hosts, guard
from web.refusals import Refusals
from web.visitors import identify

_SCHEMES = {"https": "https", "wss": "https"}  # what a proxy may say of its client, WebSockets included

_DATES = {"HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_RANGE", "HTTP_DATE"}


def put_in_front(
    gate: Gate,
    refusals: Refusals,
    visitors: Visitors,
    *,
    host: str = "127.0.0.1",
    allow_hosts: Iterable[str] = (),
    proxies: int = 0,
) -> WSGIApplication:
    """`gate`, and the application behind it, behind the edge.

    visitors: who asks. host: the address listened on. proxies: how many reverse proxies are
    believed about the client's address and scheme.
    """
    app = identify(gate, visitors, without_cookies=(PATH, static.PATH))
    app = guard(app, Hosts(host, allow_hosts), refusals)
    app = secure(app)
    app = readable(app)
    return ProxyFix(app, x_for=proxies, x_proto=proxies, x_host=0) if proxies else app


def readable(app: WSGIApplication) -> WSGIApplication:
    """`app`, spared what no library expects: a proxy's names of schemes, cookies that are no text, impossible dates,
    and wishes for a WebSocket where there is none, by which Flask would find no address."""

    def made_readable(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = _SCHEMES.get(environ["wsgi.url_scheme"], "http")
        cookies = environ.get("HTTP_COOKIE")
        if cookies is not None and not cookies.isascii():
            pairs = [pair for pair in cookies.split(";") if pair.isascii()]  # ours are ASCII
            environ["HTTP_COOKIE"] = ";".join(pairs)
        for name in _DATES & environ.keys():
            try:
                parse_date(environ[name])
            except (OverflowError, ValueError):  # no day that there is
                del environ[name]
        if not environ.get("PATH_INFO", "").startswith(PATH):
            environ.pop("HTTP_UPGRADE", None)
        return app(environ, start_response)

    return made_readable
