"""Commands that wait until somebody has time for them: merged where only the last counts, and so bounded.

Both ends of a worker's pipe have such a queue: the web process because the pipe may be stopped, the worker because
commands are work and wait for their session's turn. No process, no pipe, no clock.

**What merging keeps.** Carrying out what is left gives the same state, and the same last status and points, as carrying
out all that was put. **What bounds it.** For each session there is at most one command for each parameter of its
network and `MOST_PLAIN` others, however many are put.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Any

Message = tuple[Any, ...]  # (command, session, *arguments); playground.serving.worker says what each command does

_EDITS = frozenset({"set_weight", "set_bias"})
_RUNNING = frozenset({"play", "pause", "step"})

# The kinds of command that each makes superfluous, itself included, where they still wait.
_SUPERSEDES: dict[str, frozenset[str]] = {
    "watch": frozenset({"watch", "unwatch", "credit"}),
    "unwatch": frozenset({"watch", "unwatch", "credit"}),
    "rebuild": frozenset({"rebuild", "configure", "old_data", "new_data", "reset", "restore"}) | _EDITS | _RUNNING,
    "reset": frozenset({"reset", "restore"}) | _EDITS | _RUNNING,
    "restore": frozenset({"reset", "restore"}) | _EDITS | _RUNNING,
    "new_data": frozenset({"new_data", "configure"}),
    "configure": frozenset({"configure"}),
    "pause": _RUNNING,
    "step": _RUNNING,
    "play": frozenset({"play"}),  # not `step`, whose epochs are trained all the same
    "select": frozenset({"select"}),
    "set_speed": frozenset({"set_speed"}),
    "set_frame_interval": frozenset({"set_frame_interval"}),
}
CREDITS = 2  # frames in flight
# `open`, `rebuild`, new data before a reset, `reset` or `restore`, new data or `configure` after it, `pause` or `step`,
# `play`, `select`, `set_speed`, `set_frame_interval`; and `watch` or `unwatch` or the credits.
MOST_PLAIN = 10 + CREDITS


class Inbox:
    """What waits for one session, in the order in which it is to be carried out."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, Message] = {}  # by what it is about; a kind of command, or a parameter

    def __len__(self) -> int:
        return len(self._waiting)

    def pop(self) -> Message:
        """The next one. Raises IndexError where nothing waits."""
        if not self._waiting:
            raise IndexError("nothing waits")
        return self._waiting.pop(next(iter(self._waiting)))

    def put(self, message: Message) -> None:
        command = message[0]
        if command in _EDITS:
            # In the place of an earlier edit of the same parameter: where an edit stands among the others decides
            # nothing but when a divergence is healed, which any value does.
            self._waiting[message[0], *message[2:-1]] = message
            return
        if command == "open":  # a worker that was replaced knows nothing; what waits is to be done all the same
            self._waiting = {"open": message, **{key: one for key, one in self._waiting.items() if key != "open"}}
            return
        if command == "close":  # of what was never opened there, nothing needs to be closed
            self._waiting = {} if "open" in self._waiting else {"close": message}
            return
        if command == "credit":
            self._put_credit(message)
            return
        if command == "configure" and "new_data" in self._waiting:
            _, session, _, generation = self._waiting["new_data"]
            self._waiting["new_data"] = ("new_data", session, message[2], generation)  # a Config is whole
            return
        for key in [key for key in self._waiting if _kind(key) in _SUPERSEDES.get(command, {command})]:
            del self._waiting[key]
        if command == "reset" and "new_data" in self._waiting:
            # A reset takes the initial weights that the data before it give.
            self._waiting.pop("old_data", None)
            self._waiting["old_data"] = self._waiting.pop("new_data")
        self._waiting[command] = message

    def _put_credit(self, message: Message) -> None:
        """One that comes after `watch` adds to those that it gives; one after `unwatch` means nothing."""
        if "unwatch" in self._waiting:
            return
        if "watch" in self._waiting:
            watch, session, given = self._waiting["watch"]
            self._waiting["watch"] = (watch, session, min(CREDITS, given + 1))
            return
        for number in range(CREDITS):
            if ("credit", number) not in self._waiting:
                self._waiting["credit", number] = message
                return


def _kind(key: Hashable) -> Hashable:
    return key[0] if isinstance(key, tuple) else key


class Mailbox:
    """An `Inbox` for each session of a worker. Every method may be called from any thread, and none waits."""

    def __init__(self) -> None:
        self._inboxes: dict[str | None, Inbox] = {}
        self._lock = threading.Lock()
        self._held = False

    def __len__(self) -> int:
        with self._lock:
            return sum(map(len, self._inboxes.values()))

    @property
    def is_waiting(self) -> bool:
        """Something is there to be taken."""
        return bool(self._inboxes) and not self._held

    def put(self, message: Message) -> None:
        with self._lock:
            self._inboxes.setdefault(message[1], Inbox()).put(message)

    def take(self) -> list[Message]:
        """All that is there, session by session."""
        with self._lock:
            if self._held:
                return []
            taken, self._inboxes = self._inboxes, {}
        return [inbox.pop() for inbox in taken.values() for _ in range(len(inbox))]

    def hold(self, held: bool) -> None:
        """While it is held, what is put stays."""
        with self._lock:
            self._held = held
