"""How fast commands are taken: so many a second, and so many at once, of each browser and of all programs together.

Who goes on beyond that is refused and, after a while, read no faster than the limit: refusals are work too. A page
never comes near.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

COMMANDS_PER_SECOND = 200  # of a browser, or of one program
COMMANDS_OF_PROGRAMS = 500  # a second, of all programs together
OPENS_PER_SECOND = 5  # `open` alone, which may make a session
OPENS_OF_PROGRAMS = 50
MODEST_COMMANDS = 20  # a second of one program, which are its own whatever all the others send
MODEST_OPENS = 1
_BURST = 2  # seconds' worth of commands that may come at once
_OPEN_BURST = 4  # seconds' worth of `open`
_GRACE = 1000  # refusals until the sender is slowed down
_PAUSE = 1e-5  # seconds for each refusal beyond
_LONGEST_PAUSE = 0.05  # seconds


class Bucket:
    """Fills with `rate` tokens a second up to `most`. Who takes one that is not there owes it."""

    def __init__(self, rate: float, most: float, now: float):
        self.rate, self._most = rate, most
        self._tokens, self._filled = most, now

    def take(self, now: float) -> float:
        """Takes one. Returns how many are owed; 0: it was there."""
        self._fill(now)
        self._tokens = max(self._tokens - 1, -2.0 * _GRACE)
        return max(0.0, -self._tokens)

    def is_full(self, now: float) -> bool:
        self._fill(now)
        return self._tokens == self._most

    def _fill(self, now: float) -> None:
        self._tokens = min(self._most, self._tokens + (now - self._filled) * self.rate)
        self._filled = now


class _Pair:
    """What one sender may: commands, and `open` among them."""

    def __init__(self, commands: float, opens: float, now: float):
        self.commands = Bucket(commands, commands * _BURST, now)
        self.opens = Bucket(opens, opens * _OPEN_BURST, now)

    def take(self, command: str, now: float) -> tuple[float, str | None]:
        """How many are owed, and what to say then."""
        owed = self.commands.take(now)
        if owed:
            return owed, f"too many commands: at most {self.commands.rate} a second"
        if command == "open" and (owed := self.opens.take(now)):
            return owed, f"too many sessions: at most {self.opens.rate} a second"
        return 0, None


class _Sender:
    """What a browser, or a program, has of its own."""

    def __init__(self, now: float):
        self.limit = _Pair(COMMANDS_PER_SECOND, OPENS_PER_SECOND, now)
        self.modest = _Pair(MODEST_COMMANDS, MODEST_OPENS, now)


class Rates:
    """Of all connections. Every method may be called from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep):
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._senders: dict[str, tuple[str, str]] = {}  # by connection: a browser, or a program by its connection
        self._own: dict[tuple[str, str], _Sender] = {}
        self._programs = _Pair(COMMANDS_OF_PROGRAMS, OPENS_OF_PROGRAMS, clock())

    def join(self, connection: str, browser: str | None) -> None:
        """A connection is there; `browser` is None for a program."""
        with self._lock:
            now = self._clock()
            used = Counter(self._senders.values())
            for sender in [one for one, own in self._own.items() if not used[one] and own.limit.commands.is_full(now)]:
                del self._own[sender]
            sender = ("browser", browser) if browser else ("program", connection)
            self._senders[connection] = sender
            self._own.setdefault(sender, _Sender(now))

    def leave(self, connection: str) -> None:
        """It is gone. What its browser owes is not: it might come back at once."""
        with self._lock:
            self._senders.pop(connection, None)

    def admit(self, connection: str, command: str) -> str | None:
        """None, or why the command is refused; the latter after a pause where the sender does not stop."""
        with self._lock:
            sender = self._senders.get(connection)
            if sender is None:
                return None  # it has gone meanwhile, and has no session either
            now = self._clock()
            own = self._own[sender]
            owed, refusal = own.limit.take(command, now)
            if not owed and sender[0] == "program" and own.modest.take(command, now)[0]:
                owed, refusal = self._programs.take(command, now)
        if owed > _GRACE:
            self._sleep(min((owed - _GRACE) * _PAUSE, _LONGEST_PAUSE))
        return refusal
