"""The thread that alone changes runs and talks to the queue: what it does in each round, and what it is asked between.

Whoever asks waits, with a deadline; nobody else waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from core.refused import RefusedError
from core.threads import guarded
from lenet.clock import elapsing
from lenet.owner import NotDoneError, Owner, UnknownError
from lenet.queue.backend import RunBackend
from lenet.runs.adoption import Adoption
from lenet.runs.following import Following
from lenet.runs.queueing import Queueing

POLL_S = 0.1
PAUSE_S = 5.0  # a round does not take longer: the process was stopped, or the machine slept

T = TypeVar("T")


class Loop:
    """Owns the thread; `close` ends it."""

    def __init__(self, adoption: Adoption, following: Following, queueing: Queueing, backend: RunBackend):
        self._adoption = adoption
        self._following = following
        self._queueing = queueing
        self._backend = backend
        self._went_round_at = elapsing()
        self._should_prepare = False
        self._owner = Owner("lenet-runs", self._go_round, POLL_S, adoption.read_next)
        self._owner.start()

    def do(self, work: Callable[[], T]) -> T:
        """What `work` returns, or raises, in the thread. Raises RefusedError where the thread has no time for it."""
        try:
            return self._owner.do(work)
        except NotDoneError as error:
            raise RefusedError(503, f"nothing was changed: {error}", "busy") from None
        except UnknownError as error:
            message = f"the queue does not answer: {error}"
            raise RefusedError(503, message, "queue-unreachable", error=str(error), may_be_done=True) from None

    def prepare(self) -> None:
        """A run may start soon: the next round says so to the queue."""
        self._should_prepare = True

    def close(self) -> None:
        self._owner.close()

    def _go_round(self) -> bool:
        """Returns whether there are folders to read again, between the rounds."""
        self._note_pause()
        has_unread = False
        with guarded("lenet-runs"):
            has_unread = self._adoption.look_again()
        for news in self._backend.news():  # before the step, which tells what has become of them
            with guarded("lenet-runs"):
                self._adoption.hear(news)
        if self._adoption.has_whole_queue:
            if self._should_prepare:
                self._should_prepare = False
                with guarded("lenet-runs"):
                    self._backend.prepare()
            with guarded("lenet-runs"):
                self._backend.step()
        self._following.step()
        self._queueing.tell_places()
        return has_unread

    def _note_pause(self) -> None:
        """Stopped with all its processes, or asleep with its machine, it must not take the others for dead."""
        before, self._went_round_at = self._went_round_at, elapsing()
        gap = self._went_round_at - before
        if gap > PAUSE_S:
            self._backend.note_pause(gap)
