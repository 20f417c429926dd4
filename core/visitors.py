"""Who asks: a browser by the secret in its cookie, a program without one, the teacher by a token. No Flask."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

BROWSER_COOKIE, TEACHER_COOKIE = "playlab_browser", "playlab_teacher"
COOKIE_AGE_S = 365 * 24 * 3600
VISITOR = "playlab.visitor"  # key of the WSGI environment: a Visitor, put there by web.visitors
PROGRAMS = "programs"  # the account of all who come without a cookie
_SECRET = re.compile(r"[\x21-\x7e]{1,200}")  # of a cookie; any other value is none of ours


def public_name(secret: str) -> str:
    """By which a browser is known to others, and to the log: nobody finds the secret from it."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()[:16]


@dataclass(frozen=True)
class Visitor:
    """Who asks. new_secret: for the cookie of one who has none."""

    owner: str | None  # the public name; None: the command line
    is_teacher: bool = False
    is_program: bool = False  # it came without a cookie: it owns what it starts, and counts with all others such
    new_secret: str | None = field(default=None, repr=False, compare=False)

    @property
    def account(self) -> str | None:
        """Whose share of the server it takes."""
        return PROGRAMS if self.is_program else self.owner

    @property
    def browser(self) -> str | None:
        """The public name of a browser; None for a program."""
        return None if self.is_program else self.owner


class Visitors:
    """Tells who asks, and knows the teacher's token."""

    def __init__(self, teacher_token: str | None = None):
        self._token = (teacher_token or secrets.token_urlsafe(12)).encode()

    def is_teacher(self, token: str | None) -> bool:
        """Compares in constant time."""
        given = (token or "").encode(errors="replace")  # a lone surrogate is no UTF-8, and no token
        return secrets.compare_digest(given, self._token)

    def of(self, cookies: Mapping[str, str], authorization: str = "") -> Visitor:
        """The one with these cookies. authorization: the header, in which a script sends the teacher's token."""
        token = cookies.get(TEACHER_COOKIE) or authorization.removeprefix("Bearer ")
        secret = cookies.get(BROWSER_COOKIE, "")
        if _SECRET.fullmatch(secret):
            return Visitor(public_name(secret), self.is_teacher(token))
        new = secrets.token_urlsafe(24)
        return Visitor(public_name(new), self.is_teacher(token), is_program=True, new_secret=new)


def visitor_of(environ: Mapping[str, Any]) -> Visitor:
    """Who sends the request of a WSGI environment."""
    return cast(Visitor, environ[VISITOR])


def browser_of(environ: Mapping[str, Any]) -> str | None:
    """The public name of the browser that sends it; None for a program, and where nobody was told from another."""
    return environ[VISITOR].browser if VISITOR in environ else None
