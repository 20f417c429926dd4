"""Where a session is shown: frames as fast as whoever watches takes them, and the points that are drawn on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.engine import Engine
from playground.serving import wire
from playground.serving.inbox import CREDITS
from playground.serving.messages import Answer, Frame, Points, Watch
from playground.snapshot import Scores


@dataclass
class Screen:
    """Times are seconds of `time.monotonic`."""

    session: str
    send: Callable[[Answer], None]
    interval: float  # between two frames
    next_frame: float = 0
    selected: tuple[int, int] | None = None  # layer and node of the map that is wanted
    watched: bool = False
    credits: int = 0  # frames that it takes now
    deflated: bool = False  # frames are sent as differences
    sequence: int = 0  # of the last frame
    before: bytes | None = None  # the last frame, where the next may be sent as the difference to it
    drawn: tuple[Any, ...] | None = None  # the data of which it has the points

    def watch(self, message: Watch) -> None:
        self.watched = True
        self.credits = message.frames
        self.deflated, self.before = message.deflated, None
        self.next_frame = 0

    def unwatch(self) -> None:
        self.watched = False
        self.credits = 0

    def take_one_more(self) -> None:
        if self.watched:
            self.credits = min(CREDITS, self.credits + 1)

    def show(self, engine: Engine, scores: Scores, generation: int, flags: int, is_newest: bool) -> None:
        """Sends a frame. flags: of `wire`. is_newest: it is of the newest state, which the web process keeps."""
        packed = wire.pack(engine, scores, generation, flags, self._node(engine))
        if self.deflated:
            self.sequence += 1
            whole, packed = packed, wire.deflated(packed, self.sequence, self.before)
            self.before = whole
        self.send(Frame(self.session, packed, generation, (scores, engine.snapshot()) if is_newest else None))
        self.credits -= 1

    def draw(self, engine: Engine, generation: int) -> None:
        """Sends the points."""
        self.drawn = engine.config.data
        self.send(Points(self.session, wire.pack_points(engine, generation)))

    def keep_beat(self, now: float, interval: float) -> None:
        """One was shown. The next is due at the next beat where possible, so that frames come evenly."""
        self.next_frame += interval
        if self.next_frame <= now:
            self.next_frame = now + interval

    def _node(self, engine: Engine) -> tuple[int, int]:
        """Layer and node of the map to send: the one selected if the network still has it, else `wire.whole`."""
        sizes = engine.sizes[1:]
        if self.selected and self.selected[0] < len(sizes) and self.selected[1] < sizes[self.selected[0]]:
            return self.selected
        return wire.whole(engine)
