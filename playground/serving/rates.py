"""How often commands are taken: of each browser or program, and of all programs together.

Beyond that a command is refused before anything is done about it. How fast a connection is read at all, web/gate.py
decides. A page never comes near.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from core.rates import Bucket, Buckets

COMMANDS_PER_SECOND = 200  # of a browser, or of one program
COMMANDS_OF_PROGRAMS = 500  # a second, of all programs together
OPENS_PER_SECOND = 5  # links and `open`, which may make a session
OPENS_OF_PROGRAMS = 50
MODEST_COMMANDS = 20  # a second of one program, which are its own whatever all the others send
MODEST_OPENS = 1
_BURST = 2  # seconds' worth of commands that may come at once
_OPEN_BURST = 4  # seconds' worth of `open`

_RATES: dict[tuple[str, str], int] = {
    ("commands", "own"): COMMANDS_PER_SECOND,
    ("commands", "modest"): MODEST_COMMANDS,
    ("commands", "programs"): COMMANDS_OF_PROGRAMS,
    ("links", "own"): OPENS_PER_SECOND,
    ("links", "modest"): MODEST_OPENS,
    ("links", "programs"): OPENS_OF_PROGRAMS,
}  # by what is counted, and of whose share


class Rates:
    """The rates of all connections. Every method may be called from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        def bucket(key: tuple[str, str, str]) -> Bucket:
            what, share, _ = key
            rate = _RATES[what, share]
            return Bucket(rate, rate * (_BURST if what == "commands" else _OPEN_BURST), clock)

        self._browsers: dict[str, str | None] = {}  # by connection; None: a program
        self._buckets = Buckets(bucket)

    def join(self, connection: str, browser: str | None) -> None:
        """A connection is there; `browser` is None for a program."""
        self._browsers[connection] = browser

    def leave(self, connection: str) -> None:
        """A connection is gone. What its browser has used still counts: it might come back at once."""
        self._browsers.pop(connection, None)

    def admit(self, connection: str, command: str, has_link: bool = False) -> str | None:
        """Why the command is refused; None if it is taken. has_link: it reads one, which costs as much as `open`."""
        if connection not in self._browsers:
            return None  # the connection has gone meanwhile, and has no session either
        browser = self._browsers[connection]
        for what in ("commands", "links") if has_link or command == "open" else ("commands",):
            if not self._takes(what, "own", browser or connection):
                return _refusal(what, "own")
            if browser is None and not (self._takes(what, "modest", connection) or self._takes(what, "programs", "")):
                return _refusal(what, "programs")
        return None

    def _takes(self, what: str, share: str, sender: str) -> bool:
        return self._buckets.of((what, share, sender)).admit()


def _refusal(what: str, share: str) -> str:
    return f"too many {what}: at most {_RATES[what, share]} a second"
