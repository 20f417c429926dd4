"""Child processes: what is the same for all of them, and one that is kept.

A kept child is `python -m MODULE`. It hears messages (`core.messages`) on its standard input and says others on its
standard output; when it ends, another takes its place. What it has of this end is a `core.parent.Parent`.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import logging
import os
import subprocess
import sys
import threading
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Generic, TypeVar, cast

from core import signals
from core.messages import Reader, Tagged
from core.outgoing import Outbox, Outgoing, Queue
from core.pulse import Pulse
from core.threads import Repeating, guarded, started

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent  # from which `python -m` finds the packages

# What Ctrl-C in the terminal does not reach: it is the server's to handle. Kept children ignore it instead.
OWN_GROUP: dict[str, Any] = (
    {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}  # type: ignore[attr-defined, unused-ignore]
    if sys.platform == "win32"
    else {"start_new_session": True}
)

_STOP_SECONDS = 3  # for a process to end that was told to
_LONGEST_DELAY = 30  # seconds from a death to the next start

_started: weakref.WeakSet[subprocess.Popen[bytes]] = weakref.WeakSet()
_starting = threading.Lock()
_is_over = False

Sent = TypeVar("Sent", bound=Tagged)
Heard = TypeVar("Heard", bound=Tagged)


def spawn(command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    """A process that does not outlive an orderly end of this one. options: of Popen. Raises OSError."""
    with _starting:
        if _is_over:
            raise OSError(errno.ECANCELED, "this process ends")
        process: subprocess.Popen[bytes] = subprocess.Popen(command, cwd=ROOT, **options)
        _started.add(process)
        return process


@atexit.register
def kill_all() -> None:
    """Ends every child that is still there, also one that is stopped, and lets no other start.

    It is called at the end of this process, whatever there was no time for before.
    """
    global _is_over
    with _starting:
        _is_over = True
        for process in list(_started):
            if process.poll() is None:
                with contextlib.suppress(OSError):
                    process.kill()


class Child(ABC, Generic[Sent, Heard]):
    """A process that is kept. It is started by `ensure`, and replaced when it ends, until `close`.

    `hear`, `ended` and `replaced` are called from a thread of this object, one after another: all that a process said,
    its end, and that another is there. No method waits for the process, except `close`.

    One that is to be replaced also when it no longer answers is asked by `check` and answers each `ping`.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        says: Reader[Heard],
        outbox: Outbox[Sent] | None = None,
        inherited: Sequence[int] = (),
    ):
        """name: of its threads. command: what follows `python -m`. inherited: file descriptors that it gets."""
        self.restarts = 0
        self.was_lost = False  # the present process, or the one that ended last, is killed because it did not answer
        self._name = name
        self._command = [sys.executable, "-m", *command]
        self._says = says
        self._inherited = inherited
        self._process: subprocess.Popen[bytes] | None = None
        self._pulse = Pulse()
        self._deaths = 0  # in a row, none of which was long well
        self._hurried = threading.Event()
        self._closed = threading.Event()
        self._parted_at: float | None = None  # monotonic time
        self._starting = threading.Lock()  # so that `close` finds the process that was started last
        self._outgoing = Outgoing(f"{name}-writer", outbox or Queue[Sent]())
        self._listener: threading.Thread | None = None

    @abstractmethod
    def hear(self, message: Heard) -> None:
        """It says this."""

    @abstractmethod
    def ended(self, how: int | OSError) -> None:
        """It ended with this status, or the system did not let another start."""

    def replaced(self) -> None:
        """Another is there, and knows nothing."""

    @property
    def pid(self) -> int | None:
        """Of the present process, or the last; None where there was none."""
        return self._process.pid if self._process else None

    @property
    def is_closed(self) -> bool:
        return self._closed.is_set()

    def ensure(self) -> None:
        """Starts it if that was not done yet. Raises OSError where the system lets no more processes or threads start:
        then there is none, and the next call tries it again."""
        with self._starting:
            if self._process is not None or self.is_closed:
                return
            self._start()
            try:
                self._listener = started(self._keep, f"{self._name}-listener")
            except OSError:
                self._undo_start()
                raise
        self._outgoing.release()

    def hurry(self) -> None:
        """Somebody waits for it: if it is to be started again after a while, it is started now."""
        self._hurried.set()

    def steady(self) -> None:
        """It does its work: what went wrong before is over."""
        self._deaths = 0

    def send(self, message: Sent) -> None:
        """Sends one message, at some time. Never waits, never raises; a death is told by `ended`."""
        self._outgoing.send(message)

    def hand(self, message: Sent) -> None:
        """The same of a small message, which is written here and now where nothing waits and the pipe has room."""
        self._outgoing.hand(message)

    def kill(self) -> None:
        """Ends the present process at once, also one that is stopped; it is replaced."""
        with contextlib.suppress(OSError):
            if self._process is not None:
                self._process.kill()

    def check(self, ping: Sent | None) -> None:
        """To be called every second by a loop of this process. Asks for an answer; ends who gives none.

        ping: what it is to answer, by whatever message; None: it starts, and answers nothing yet.
        """
        if self._process is None or self._process.returncode is not None:
            return
        if self._pulse.is_lost(is_ready=ping is not None):
            self._pulse.begin()
            self.was_lost = True
            log.warning("%s does not answer", self._name, extra=self.label)
            self.kill()
        elif ping is not None:
            self.send(ping)
        self._pulse.beat(self.cpu_seconds(), is_ready=ping is not None)
        if self._pulse.is_steady:
            self.steady()

    @property
    def label(self) -> dict[str, Any]:
        """Which one it is, for the log."""
        return {"process_id": self.pid}

    def cpu_seconds(self) -> float | None:
        """What the present process has computed so far; None where the system does not tell (it does on Linux)."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def let_go(self) -> None:
        """From now on nothing takes the place of a process that ends."""
        self._closed.set()
        self._hurried.set()

    def part(self) -> None:
        """Tells the process to end and does not wait for that: who closes several parts from all of them first."""
        self.let_go()
        with self._starting:
            process = self._process
        if process is not None and self._parted_at is None:
            self._parted_at = time.monotonic()
            self._outgoing.close(_STOP_SECONDS, process.kill)  # which it takes as the end

    def close(self) -> None:
        """Ends the process and the threads. It is killed where it is there _STOP_SECONDS after it was parted from."""
        self.part()
        process = self._process
        if process is None or self._parted_at is None:
            return
        try:
            process.wait(max(0.0, self._parted_at + _STOP_SECONDS - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()  # the listener does not where it ended before this process began
        if self._listener is not None:
            self._listener.join(_STOP_SECONDS)

    # --- the process --------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        self._hurried.clear()
        with signals.held_back():  # until it can say that it ignores them
            process = spawn(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=self._inherited)
        self._process = process
        self.was_lost = False
        self._output = cast(IO[bytes], process.stdout)
        try:
            self._outgoing.attach(cast(IO[bytes], process.stdin))
        except OSError:
            self._undo_start()
            raise

    def _undo_start(self) -> None:
        """Nobody would hear the process that was just started."""
        process, self._process = cast("subprocess.Popen[bytes]", self._process), None
        with process:
            process.kill()

    def _keep(self) -> None:
        while not self.is_closed:
            with guarded(f"{self._name}-listener"):
                self._listen_to_its_end()

    def _listen_to_its_end(self) -> None:
        """What one process says; then puts another into its place."""
        while (message := self._next()) is not None:
            self._pulse.hear()
            with guarded(f"{self._name}-listener"):
                self.hear(message)
        code = self._collect()
        self._pulse.begin()
        try:
            self.ended(code)
        finally:
            self._outgoing.detach()
            try:
                if self._replace():
                    self._pulse.begin()
                    self.replaced()  # it is to hear first what this tells it
            finally:
                self._outgoing.release()

    def _next(self) -> Heard | None:
        """The next message; None where the process has ended, or talks nonsense."""
        try:
            return self._says.read(self._output)
        except (EOFError, OSError):
            return None
        except ValueError as error:
            log.warning("%s talks nonsense: %s", self._name, error)
            self.kill()
            return None

    def _collect(self) -> int:
        """The status with which the process ended."""
        process = cast("subprocess.Popen[bytes]", self._process)
        try:
            code = process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:  # it only closed its output
            process.kill()
            code = process.wait()
        self._output.close()
        return code

    def _replace(self) -> bool:
        """Puts a new process in the place of the one that ended. False where this object is closed."""
        while not self.is_closed:
            # The first time at once. One that dies over and over must not take a core.
            delay = min(_LONGEST_DELAY, 2 ** (self._deaths - 1)) if self._deaths else 0
            self._deaths += 1
            self._hurried.wait(delay)
            try:
                with self._starting:
                    if self._closed.is_set():
                        break
                    self._start()
            except OSError as error:
                self._hurried.clear()
                self.ended(error)
                continue
            self.restarts += 1
            return True
        return False


class WatchedChild(Child[Sent, Heard]):
    """One that is asked every second whether it answers, from its first start until it is let go."""

    _heart: Repeating | None = None

    @abstractmethod
    def ping(self) -> Sent | None:
        """What it is asked, as `check` takes it."""

    def ensure(self) -> None:
        super().ensure()
        with self._starting:
            if self._heart is None and not self.is_closed:
                self._heart = Repeating(f"{self._name}-heart", self.beat, 1)

    def beat(self) -> None:
        """A second has passed."""
        self.check(self.ping())

    def let_go(self) -> None:
        super().let_go()
        with self._starting:
            heart = self._heart
        if heart is not None:
            heart.close()
