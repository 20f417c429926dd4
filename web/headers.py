"""The headers that every answer carries: the pages load nothing foreign, and no foreign page loads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Over plain HTTP browsers ignore it and complain on the console.
HTTPS_HEADERS = {"Cross-Origin-Opener-Policy": "same-origin"}


def secure(app: WSGIApplication) -> WSGIApplication:
    """`app`, whose answers carry the headers, unless they set one themselves."""

    def secured(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        added = HEADERS | HTTPS_HEADERS if environ["wsgi.url_scheme"] == "https" else HEADERS

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            present = {name.lower() for name, _ in headers}
            missing = [(name, value) for name, value in added.items() if name.lower() not in present]
            return start_response(status, headers + missing, *rest)

        return app(environ, start)

    return secured
