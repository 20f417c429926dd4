"""Shares a worker's time fairly among its seats.

No process, no pipe, no thread of its own: `worker_process` lends it those, a test a list and a clock.
"""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from playground.serving.messages import Answer, Close, Credit, Failed, Open, SessionCommand, Suspend, Unwatch, Watch
from playground.serving.seat import FOREVER, SLICE, Seat


@dataclass
class Worker:
    """Carries out commands and answers with `send`: `playground.serving.messages` has both.

    Seats that somebody watches are served before those that were left. Of them the one that has used the least time is
    first, and time costs as much as its owner has seats that want it: so owners get equal shares, and so do the
    sessions of each, whatever their networks, commands and jobs cost. A seat at which something raises is gone, and
    told as `failed`; the others do not notice.
    """

    send: Callable[[Answer], None]
    seats: dict[str, Seat] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    note: Callable[[str], None] = lambda _session: None  # told which session is served from now on
    _floor: float = 0  # the most that a seat had used when it was served: where a seat that was idle joins
    # How many seats had something to do when one was last served, by whether they were left and by their owner.
    _wanting: Counter[tuple[bool, str | None]] = field(default_factory=Counter)

    def receive(self, message: SessionCommand) -> None:
        """Takes a command, which waits for its session's turn. One for a session that is gone does nothing."""
        if isinstance(message, Close):  # it costs nothing, and what waits need not be done
            self.seats.pop(message.session, None)
            return
        if isinstance(message, Open):
            # It starts a slice behind. Otherwise a stream of newcomers would always be served first.
            price = max(1, self._wanting[False, message.owner])
            used = self._floor + SLICE * price
            self.seats[message.session] = Seat(message.session, used, message.owner, self.send, self.clock)
        seat = self.seats.get(message.session)
        if seat is None:
            return
        if isinstance(message, Watch | Unwatch | Suspend):  # at once: what waits before it might never have a turn
            seat.left = not isinstance(message, Watch)
            seat.suspended = isinstance(message, Suspend)
        if isinstance(message, Credit) and not seat.inbox:
            seat.carry_out(message)  # it costs no more than to wait for a turn
        else:
            seat.inbox.put(message)
        seat.find_due()

    def work(self) -> float:
        """Serves the seat whose turn it is, for a slice of time. Returns for how many seconds there is nothing more to
        do; infinity if only a message can change that."""
        now = self.clock()
        turn, earliest = None, FOREVER
        self._wanting.clear()
        for seat in self.seats.values():
            if (due := seat.due) > now:
                if due < earliest:  # `min` takes as long as a small frame where there are a hundred seats
                    earliest = due
                continue
            self._wanting[seat.left, seat.owner] += 1
            if turn is None or seat.rank < turn.rank:
                turn = seat
        if turn is None:
            return earliest - now
        # Idle time is not saved up: a seat that comes back is at most a slice ahead of those served meanwhile.
        turn.used = max(turn.used, self._floor - SLICE)
        self._floor = max(turn.used, self._floor)
        self.note(turn.session)
        try:
            turn.serve(now)
            turn.find_due()
        except Exception:
            del self.seats[turn.session]
            self.send(Failed(turn.session, turn.generation, traceback.format_exc()))
        turn.used += (self.clock() - now) * self._wanting[turn.left, turn.owner]
        return 0
