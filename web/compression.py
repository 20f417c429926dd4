"""Answers by gzip, for whoever takes it: of what this server itself says, never of what a client has sent."""

from __future__ import annotations

import gzip
from wsgiref.types import WSGIEnvironment

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response


def accepted(environ: WSGIEnvironment) -> bool:
    """Whether the client takes gzip, and nothing as it is rather than that."""
    codings = parse_accept_header(environ.get("HTTP_ACCEPT_ENCODING", ""), Accept)
    return 0 < codings.quality("gzip") >= codings.quality("identity")


def compressed(content: bytes) -> bytes:
    """The same bytes for the same content, whenever."""
    return gzip.compress(content, mtime=0)


def compress(response: Response, environ: WSGIEnvironment) -> None:
    """Changes an answer that is made anew for each request, without an ETag."""
    response.vary.add("Accept-Encoding")
    if accepted(environ):
        response.set_data(compressed(response.get_data()))
        response.content_encoding = "gzip"
