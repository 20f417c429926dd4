"""The worker processes, as the web process holds them: whether they answer, and what happens to them if not."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any, NamedTuple

from core.children import Child
from core.pulse import LOST_BEATS
from playground.serving.inbox import Mailbox
from playground.serving.mark import Mark
from playground.serving.messages import ANSWERS, Answer, Command, Ping, Pong, Ready, Unable

log = logging.getLogger(__name__)


def default_count() -> int:
    """One core is left to the web process."""
    return max(1, min(8, (os.cpu_count() or 1) - 1))


class Health(NamedTuple):
    """How a worker is: `starting`, `ready`, `silent` (it does not answer) or `failed` (it cannot start)."""

    state: str
    reason: str | None  # a sentence for whoever looks after the server; without paths of this machine


class Died(NamedTuple):
    """A process has ended, and another is there. served: the session that it was at, if any."""

    served: str | None


class WorkerProcess(Child[Command, Answer]):
    """One `worker_process`, replaced by a new process when it dies or no longer answers.

    `receive(worker, message)` is called for every message, from a thread of this object. `Died` says that a new process
    takes the place of one that ended; it knows nothing: the owner tells it again what it wants.

    What is sent waits in a mailbox where the pipe has no room.
    """

    def __init__(self, receive: Callable[[WorkerProcess, Answer | Died], None], number: int = 0):
        """Raises OSError where the system lets no more processes start."""
        self._receive = receive
        self.number = number
        self.ready = False
        self._outbox = Mailbox()
        self._mark = Mark()
        self._unable: str | None = None  # why the last one could not start
        self._served: str | None = None  # which session the last one was serving when it ended
        inherited = [] if self._mark.descriptor is None else [self._mark.descriptor]
        command = ["playground.serving.worker_process", *map(str, inherited)]
        super().__init__("worker", command, ANSWERS, self._outbox, inherited)
        self._mark.set()
        self.ensure()

    @property
    def health(self) -> Health:
        if self.ready:
            if not self._pulse.is_silent:
                return Health("ready", None)
            return Health("silent", f"has not answered for {self._pulse.at_rest} s; is replaced after {LOST_BEATS} s")
        if self._unable:
            return Health("failed", self._unable)
        return Health("starting", None)

    @property
    def label(self) -> dict[str, Any]:
        return {"worker": self.number, **super().label}

    def beat(self) -> None:
        """To be called every second by a loop of the web process. Asks for an answer; ends who gives none."""
        self.check(Ping() if self.ready else None)

    # --- what its thread is told --------------------------------------------------------------------------------------

    def hear(self, message: Answer) -> None:
        if isinstance(message, Pong):
            return
        if isinstance(message, Ready):
            self.ready, self._unable = True, None
            _tell_once(message.complaint)
        elif isinstance(message, Unable):
            self._unable = message.text
            _tell_once(f"worker cannot start: {message.trace}", logging.ERROR)
        self._receive(self, message)

    def ended(self, how: int | OSError) -> None:
        was_ready, self.ready = self.ready, False
        if isinstance(how, OSError):
            self._unable = how.strerror or type(how).__name__
        else:
            self._served = self._mark.read()
            self._mark.set()
            if not was_ready and not self._unable:
                self._unable = f"ended with status {how} before it was ready"
        if not self.is_closed:
            log.warning("worker died", extra=self.label | {"status": how if isinstance(how, int) else str(how)})

    def replaced(self) -> None:
        log.info("worker restarted", extra=self.label)
        self._receive(self, Died(self._served))

    def close(self) -> None:
        """Ends the process and the threads."""
        super().close()
        self._mark.close()


_told: set[str] = set()


def _tell_once(text: Any, level: int = logging.WARNING) -> None:
    """What every worker and each of its successors would say again."""
    if text and text not in _told:
        _told.add(text)
        log.log(level, "%s", text)
