"""Who sends each request, for everything behind this: told from its cookies, once. A newcomer is given a cookie."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.http import dump_cookie, parse_cookie

from core.visitors import BROWSER_COOKIE, COOKIE_AGE_S, VISITOR, Visitors


def identify(app: WSGIApplication, visitors: Visitors, without_cookies: tuple[str, ...] = ()) -> WSGIApplication:
    """`app`, told who asks: `core.visitors.visitor_of`.

    without_cookies: how the paths of what is no page begin; they give a newcomer no cookie.
    """

    def identified(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        visitor = visitors.of(parse_cookie(environ), environ.get("HTTP_AUTHORIZATION", ""))
        environ[VISITOR] = visitor
        if not visitor.new_secret or environ.get("PATH_INFO", "").startswith(without_cookies):
            return app(environ, start_response)
        cookie = dump_cookie(
            BROWSER_COOKIE, visitor.new_secret, max_age=COOKIE_AGE_S, httponly=True, samesite="Lax",
            secure=environ["wsgi.url_scheme"] == "https",
        )  # fmt: skip

        def start_with_cookie(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, ("Set-Cookie", cookie)], *error)

        return app(environ, cast(StartResponse, start_with_cookie))

    return identified
