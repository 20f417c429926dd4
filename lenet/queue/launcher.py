"""Starts trainers: each runs `python -m lenet train ...`, as a person would type it. No torch here.

Where a process can be forked safely, a kept one that has torch loaded (`lenet.queue.nursery`) forks them. Elsewhere
each is a new process, which loads torch first.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from core.children import OWN_GROUP, WatchedChild, spawn
from core.cleaned import plain
from core.files import open_file
from core.threads import started
from lenet.queue.orders import REPORTS, Ended, Kill, Order, Ping, Ready, Refused, Report, Started, Train
from lenet.training.folder import KILL

CAN_FORK = sys.platform.startswith(("linux", "freebsd"))  # macOS' own libraries do not outlive a fork
NICENESS = 10  # the Playground's workers and the pages go first on a CPU
BEGIN_S = 3.0  # within which a trainer has the lock of its run's folder


class Trainer:
    """A process that trains, as who started it knows it. `kill` ends it at once.

    withdraw: takes it back where no process was asked to start it yet, and tells whether that is so.

    pid: None as long as it is not known to have been started. status: with which it ended, below 0 the signal that
    ended it; None as long as it lives, or nobody can tell. said: how the run ended, as a line of its records, where its
    folder did not take that. refused: why it could not start. lost_at: monotonic time; the nursery died, and nobody
    hears of the trainer's end.
    """

    def __init__(self, kill: Callable[[], None], withdraw: Callable[[], bool] = lambda: False):
        self.kill = kill
        self.withdraw = withdraw
        self.pid: int | None = None
        self.status: int | None = None
        self.said = b""
        self.refused: str | None = None
        self.lost_at: float | None = None
        self._over = threading.Event()

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    @property
    def may_begin(self) -> bool:
        """It was lost so short a time ago that it may not have the lock of its folder yet."""
        return self.lost_at is not None and time.monotonic() - self.lost_at < BEGIN_S

    def wait(self, seconds: float) -> bool:
        """Whether it is over within that time."""
        return self._over.wait(seconds)

    def kill_by_number(self) -> None:
        """Ends it at once where who forked it cannot, being stopped: so long nobody else gets its number."""
        if self.pid is not None and self.lost_at is None and not self.is_over:
            with contextlib.suppress(OSError):
                os.kill(self.pid, KILL)

    def end(self, status: int | None, refused: str | None = None, said: bytes = b"") -> None:
        """It is over."""
        self.status, self.refused, self.said = status, refused, said
        self._over.set()


class Launcher(WatchedChild[Order, Report]):
    """Owns the nursery, and a thread that asks whether it answers. The trainers belong to the caller.

    For one thread: that of `Runs`.
    """

    def __init__(self) -> None:
        super().__init__("lenet-nursery", ["lenet", "nursery"], REPORTS)
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._is_ready = False
        self._orders: dict[int, Train] = {}  # of trainers that were not started yet, as far as is known
        self._trainers: dict[int, Trainer] = {}  # of which there is more to hear

    def prepare(self) -> None:
        """Makes sure that the nursery is there or coming. Raises OSError."""
        if CAN_FORK:
            self.ensure()

    def ping(self) -> Ping | None:
        """A nursery that does not answer is replaced; what it was asked, the next is."""
        return Ping() if self._is_ready else None

    def start(self, arguments: list[str], log: Path, environment: dict[str, str]) -> Trainer:
        """A process that runs `python -m lenet ARGUMENTS` at low priority, its output going to the file `log`.

        It is there soon, or `refused`. Raises OSError where that is known at once.
        """
        if not CAN_FORK:
            return _alone(arguments, log, environment)
        self.ensure()
        number = next(self._numbers)
        order = Train(number, arguments, str(log), environment, NICENESS)
        trainer = Trainer(lambda: self._kill(number), lambda: self._withdraw(number))
        with self._lock:
            self._orders[number], self._trainers[number] = order, trainer
            if self._is_ready:
                self.send(order)
        self.hurry()
        return trainer

    def close(self) -> None:
        """Ends the nursery."""
        self.let_go()
        self.kill()  # it holds nothing
        super().close()

    def _kill(self, number: int) -> None:
        if not self._withdraw(number):
            with self._lock:
                self._orders.pop(number, None)  # from now on no other nursery starts it
                self.send(Kill(number))

    def _withdraw(self, number: int) -> bool:
        with self._lock:
            if self._is_ready or number not in self._orders:  # it was asked for
                return False
            del self._orders[number]
            self._trainers.pop(number).end(None)
            return True

    # --- what the thread of the nursery is told -----------------------------------------------------------------------

    def hear(self, message: Report) -> None:
        with self._lock:
            match message:
                case Ready():
                    self._is_ready = True
                    for order in self._orders.values():
                        self.send(order)
                case Started(number, pid):
                    self.steady()
                    self._orders.pop(number, None)
                    self._trainers[number].pid = pid
                case Refused(number, text):
                    self._orders.pop(number, None)
                    self._trainers.pop(number).end(None, text)
                case Ended(number, status, said):
                    self._orders.pop(number, None)
                    self._trainers.pop(number).end(status, said=said)

    def ended(self, how: int | OSError) -> None:
        with self._lock:
            was_ready, self._is_ready = self._is_ready, False
            for number, trainer in list(self._trainers.items()):
                if number not in self._orders:  # it lives, and its folder tells
                    trainer.lost_at = time.monotonic()
                    del self._trainers[number]
                elif self.is_closed or not (was_ready or self.was_lost):  # else the next nursery starts it
                    del self._orders[number], self._trainers[number]
                    trainer.end(how) if isinstance(how, int) else trainer.end(None, plain(how))


def _alone(arguments: list[str], log: Path, environment: dict[str, str]) -> Trainer:
    """A trainer that is a new process."""
    with open_file(log, "ab") as output:
        process = spawn(
            [sys.executable, "-m", "lenet", *arguments],
            env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **OWN_GROUP,
        )  # fmt: skip
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
    trainer = Trainer(process.kill)
    trainer.pid = process.pid
    try:
        started(lambda: trainer.end(process.wait()), "lenet-trainer")
    except OSError:  # nobody would hear of its end
        process.kill()
        process.wait()
        raise
    return trainer
