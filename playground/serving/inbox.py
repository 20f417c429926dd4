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

import msgspec

from playground.serving.messages import (
    Animate,
    BeginStudy,
    Close,
    Command,
    Configure,
    Credit,
    EndAnimation,
    EndStudy,
    NewData,
    Open,
    Pause,
    Play,
    Rebuild,
    Reset,
    Restore,
    SetBias,
    SetWeight,
    Step,
    Unwatch,
    Watch,
    WriteCode,
)  # fmt: skip

_OLD_DATA = "data before a reset"
_EDITS = frozenset({SetWeight, SetBias})
_RUNNING = frozenset({Play, Pause, Step})

# The kinds of command that each makes superfluous besides itself, where they still wait.
_SUPERSEDES: dict[type, frozenset[Hashable]] = {
    Watch: frozenset({Unwatch, Credit}),
    Unwatch: frozenset({Watch, Credit}),
    Rebuild: frozenset({Configure, _OLD_DATA, NewData, Reset, Restore}) | _EDITS | _RUNNING,
    Reset: frozenset({Restore}) | _EDITS | _RUNNING,
    Restore: frozenset({Reset}) | _EDITS | _RUNNING,
    NewData: frozenset({Configure}),
    Pause: _RUNNING,
    Animate: frozenset({EndAnimation}),
    EndAnimation: frozenset({Animate}),
    BeginStudy: frozenset({EndStudy}),
    EndStudy: frozenset({BeginStudy}),
    Step: _RUNNING,  # but not the other way: what is left of a step is trained all the same
}
CREDITS = 2  # frames in flight
# Open, Rebuild, new data before a reset, Reset or Restore, new data or Configure after it, Pause or Step, Play, Select,
# View, WriteCode of each of three formats, DrawStrip, Animate or EndAnimation, BeginStudy or EndStudy, SetSpeed,
# SetFrameInterval, SetRules, Suspend; and Watch or Unwatch or the credits.
MOST_PLAIN = 19 + CREDITS


class Inbox:
    """What waits for one session, in the order in which it is to be carried out."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, Command] = {}  # by what it is about; a kind of command, or a parameter

    def __len__(self) -> int:
        return len(self._waiting)

    def pop(self) -> Command:
        """The next one. Raises IndexError where nothing waits."""
        if not self._waiting:
            raise IndexError("nothing waits")
        return self._waiting.pop(next(iter(self._waiting)))

    def put(self, message: Command) -> None:
        waiting = self._waiting
        match message:
            case SetWeight(layer=layer, node=node, source=source):
                # In the place of an earlier edit of the same parameter: where an edit stands among the others decides
                # nothing but when a divergence is healed, which any value does.
                waiting[SetWeight, layer, node, source] = message
            case SetBias(layer=layer, node=node):
                waiting[SetBias, layer, node] = message
            case Open():  # a worker that was replaced knows nothing; what waits is to be done all the same
                self._waiting = {Open: message, **{key: one for key, one in waiting.items() if key is not Open}}
            case Close():  # of what was never opened there, nothing needs to be closed
                self._waiting = {} if Open in waiting else {Close: message}
            case Credit():
                self._put_credit(message)
            case WriteCode(form=form):
                waiting.pop((WriteCode, form), None)
                waiting[WriteCode, form] = message
            case Configure(config=config) if isinstance(data := waiting.get(NewData), NewData):
                waiting[NewData] = NewData(message.session, config, data.generation)  # a Config is whole
            case _:
                self._put_last(message)

    def _put_last(self, message: Command) -> None:
        """In the place of all that it makes superfluous."""
        kind = type(message)
        superseded = {kind} | _SUPERSEDES.get(kind, frozenset())
        for key in [key for key in self._waiting if _kind(key) in superseded]:
            del self._waiting[key]
        if kind is Reset and NewData in self._waiting:
            # A reset takes the initial weights that the data before it give.
            self._waiting.pop(_OLD_DATA, None)
            self._waiting[_OLD_DATA] = self._waiting.pop(NewData)
        self._waiting[kind] = message

    def _put_credit(self, message: Credit) -> None:
        """One that comes after `Watch` adds to those that it gives; one after `Unwatch` means nothing."""
        if Unwatch in self._waiting:
            return
        if isinstance(watch := self._waiting.get(Watch), Watch):
            self._waiting[Watch] = msgspec.structs.replace(watch, frames=min(CREDITS, watch.frames + 1))
            return
        for number in range(CREDITS):
            if (Credit, number) not in self._waiting:
                self._waiting[Credit, number] = message
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

    @property
    def is_passable(self) -> bool:
        """Nothing is there, and it is not held."""
        return not self._inboxes and not self._held

    def put(self, message: Command) -> None:
        with self._lock:
            self._inboxes.setdefault(message.session, Inbox()).put(message)

    def take(self) -> list[Command]:
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
