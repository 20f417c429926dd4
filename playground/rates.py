"""How often commands are taken: of each browser or program, and of all programs together.

Beyond that a command is refused before anything is done about it. How fast a connection is read at all, web/gate.py
decides. A page never comes near.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from core.rates import Bucket, Buckets

COMMANDS_PER_SECOND = 200  # of a browser, or of one program
COMMANDS_OF_PROGRAMS = 500  # a second, of all programs together
OPENS_PER_SECOND = 5  # `open` alone, which may make a session
OPENS_OF_PROGRAMS = 50
_BURST = 2  # seconds' worth of commands that may come at once
_OPEN_BURST = 10  # seconds' worth of `open`

_COMMANDS, _SESSIONS = "commands", "sessions"
_PROGRAMS = ("programs",)  # who all of them together are


class Rates:
    """Of all connections. Every method may be called from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        def bucket(key: tuple[str, Hashable]) -> Bucket:
            rate = _rate(*key)
            return Bucket(rate, rate * (_BURST if key[0] == _COMMANDS else _OPEN_BURST), clock)

        self._browsers: dict[str, str | None] = {}  # by connection; None: a program
        self._buckets = Buckets(bucket)

    def join(self, connection: str, browser: str | None) -> None:
        """A connection is there; `browser` is None for a program."""
        self._browsers[connection] = browser

    def leave(self, connection: str) -> None:
        """It is gone. What its browser has used is not: it might come back at once."""
        self._browsers.pop(connection, None)

    def admit(self, connection: str, command: str) -> str | None:
        """None, or why the command is refused."""
        if connection not in self._browsers:
            return None  # it has gone meanwhile, and has no session either
        browser = self._browsers[connection]
        senders: list[Hashable] = [browser] if browser else [connection, _PROGRAMS]
        for what in (_COMMANDS, _SESSIONS) if command == "open" else (_COMMANDS,):
            for sender in senders:
                if not self._buckets.of((what, sender)).admit():
                    return f"too many {what}: at most {_rate(what, sender)} a second"
        return None


def _rate(what: str, sender: Hashable) -> int:
    if what == _COMMANDS:
        return COMMANDS_OF_PROGRAMS if sender == _PROGRAMS else COMMANDS_PER_SECOND
    return OPENS_OF_PROGRAMS if sender == _PROGRAMS else OPENS_PER_SECOND
