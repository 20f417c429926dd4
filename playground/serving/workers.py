"""The worker processes, as the web process holds them: start, send, listen, watch over, restart, stop."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from core.children import ROOT
from core.signals import ENDING
from core.threads import guarded
from playground.serving.inbox import Mailbox
from playground.serving.mark import Mark
from playground.serving.messages import Answer, Command, Ping, Pong, Ready, Unable, packed, read_answer

log = logging.getLogger(__name__)

_STOP_SECONDS = 3
_ROOM = 4096  # bytes: what a pipe that is writable at all takes without waiting
_LONGEST_DELAY = 30  # seconds from a death to the next start

# In beats of the web process' own loop, one a second: when that is paused too, or the machine sleeps, none passes.
SILENT_BEATS = 3  # without an answer and at rest: new sessions go elsewhere
LOST_BEATS = 10  # without an answer and at rest: it is replaced
ENDLESS_BEATS = 60  # without an answer, while it computes: on a machine that is busy a second's work may take so long
START_BEATS = 300  # for the start, in which it may have to compile
_STEADY_BEATS = 10  # answered: what went wrong before is over


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


class WorkerProcess:
    """One `worker_process`, replaced by a new process when it dies or no longer answers.

    `receive(worker, message)` is called for every message, from a thread of this object. `Died` says that a new process
    takes the place of one that ended; it knows nothing: the owner tells it again what it wants.

    No method waits for the process, except `close`. What is sent waits in a mailbox where the pipe has no room.
    """

    def __init__(self, receive: Callable[[WorkerProcess, Answer | Died], None], number: int = 0):
        self._receive = receive
        self.number = number
        self.restarts = 0
        self.ready = False
        self._outbox = Mailbox()
        self._packed: deque[bytes] = deque()  # taken out of it and not yet written; for who is `_writing`
        self._writing = threading.Lock()  # held while the pipe is full, so nobody but the writer waits for it
        self._stuck = threading.Event()  # the pipe is full: the writer is to wait for it
        self._mark = Mark()
        self._closed = threading.Event()
        self._deaths = 0  # in a row, none of which was long ready
        self._unanswered = 0  # beats since it last answered, or since its start, in which it computed nothing
        self._at_work = 0  # the same, in which it did
        self._computed = 0.0  # seconds of CPU at the last beat
        self._answered = 0  # beats
        self._unable: str | None = None  # why the last one could not start
        self._served: str | None = None  # which session the last one was serving when it ended
        self._starting = threading.Lock()  # so that `close` finds the process that was started last
        self._start()
        self._threads = [
            threading.Thread(target=self._listen, name="worker-listener", daemon=True),
            threading.Thread(target=self._write, name="worker-writer", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def health(self) -> Health:
        if self.ready:
            if self._unanswered < SILENT_BEATS:
                return Health("ready", None)
            return Health("silent", f"has not answered for {self._unanswered} s; is replaced after {LOST_BEATS} s")
        if self._unable:
            return Health("failed", self._unable)
        return Health("starting", None)

    def cpu_seconds(self) -> float | None:
        """What the present process has computed so far; None where the system does not tell (it does on Linux)."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def send(self, message: Command) -> None:
        """Sends one message, at some time. Never waits, never raises; a death is reported by `receive`."""
        self._outbox.put(message)
        self._flush()

    def _flush(self) -> None:
        # Another thread that is writing now looks again when it has done so.
        while self._outbox.is_waiting and self._writing.acquire(blocking=False):
            try:
                written = self._write_what_fits()
            finally:
                self._writing.release()
            if not written:
                self._stuck.set()
                return

    def let_go(self) -> None:
        """From now on nothing takes the place of a process that ends: the server ends too."""
        self._closed.set()

    def beat(self) -> None:
        """To be called every second by a loop of the web process. Asks for an answer; ends who gives none."""
        if self._is_lost:
            self._unanswered = self._at_work = 0
            log.warning("worker does not answer", extra={"worker": self.number, "process_id": self.pid})
            with contextlib.suppress(OSError):
                self._process.kill()  # which also ends one that is stopped
        elif self.ready:
            self.send(Ping())
        before, self._computed = self._computed, self.cpu_seconds() or 0.0
        if self._computed > before:
            self._at_work += 1
        else:
            self._unanswered += 1

    @property
    def _is_lost(self) -> bool:
        if not self.ready:
            return self._unanswered + self._at_work >= START_BEATS
        return self._unanswered >= LOST_BEATS or self._at_work >= ENDLESS_BEATS

    # --- the process and its threads ----------------------------------------------------------------------------------

    def _start(self) -> None:
        """Raises OSError where the system lets no more processes start."""
        inherited = [] if self._mark.descriptor is None else [self._mark.descriptor]
        command = [sys.executable, "-m", "playground.serving.worker_process", *map(str, inherited)]
        self._mark.set()
        self._unanswered = self._at_work = self._answered = 0
        with _signals_held_back():
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, pass_fds=inherited
            )
        self._process = process
        self._input = cast(IO[bytes], process.stdin)
        self._room = select.poll() if hasattr(select, "poll") else None  # not on Windows
        if self._room is not None:
            self._room.register(self._input, select.POLLOUT)
        self._output = cast(IO[bytes], process.stdout)

    def _listen(self) -> None:
        while not self._closed.is_set():
            with guarded("worker-listener"):
                self._listen_to_its_end()

    def _listen_to_its_end(self) -> None:
        """What one process says; then puts another into its place."""
        while (message := self._next()) is not None:
            with guarded("worker-listener"):
                self._note(message)
        was_ready, self.ready = self.ready, False
        self._outbox.hold(True)  # the next one is to hear of its sessions first
        try:
            if self._replace(was_ready):
                self._receive(self, Died(self._served))
        finally:
            self._outbox.hold(False)
            self._flush()

    def _next(self) -> Answer | None:
        """The next message; None where the process has ended, or talks nonsense."""
        try:
            return read_answer(self._output)
        except (EOFError, OSError):
            return None
        except ValueError as error:
            log.warning("worker talks nonsense: %s", error, extra={"worker": self.number})
            return None

    def _note(self, message: Answer) -> None:
        self._unanswered = self._at_work = 0
        if isinstance(message, Pong):
            self._answered += 1
            if self._answered >= _STEADY_BEATS:
                self._deaths = 0
            return
        if isinstance(message, Ready):
            self.ready, self._unable = True, None
            _tell_once(message.complaint)
        elif isinstance(message, Unable):
            self._unable = message.text
            _tell_once(f"worker cannot start: {message.trace}", logging.ERROR)
        self._receive(self, message)

    def _replace(self, was_ready: bool) -> bool:
        """Puts a new process in the place of the one that ended. False where this object is closed."""
        self._process.kill()  # where it talks nonsense
        code = self._process.wait()
        self._served = self._mark.read()
        with self._writing:
            self._packed.clear()  # what it should know, the next is told
        self._output.close()
        with contextlib.suppress(OSError):
            self._input.close()
        if not was_ready and not self._unable:
            self._unable = f"ended with status {code} before it was ready"
        while not self._closed.is_set():
            log.warning("worker died", extra={"worker": self.number, "process_id": self.pid, "status": code})
            # The first time at once. One that dies over and over must not take a core.
            delay = min(_LONGEST_DELAY, 2 ** (self._deaths - 1)) if self._deaths else 0
            self._deaths += 1
            if self._closed.wait(delay):
                break
            with self._starting:
                if self._closed.is_set():
                    break
                try:
                    self._start()
                except OSError as error:
                    self._unable = error.strerror or type(error).__name__
                    continue
            self.restarts += 1
            log.info("worker restarted", extra={"worker": self.number, "process_id": self.pid})
            return True
        return False

    def _write_what_fits(self) -> bool:
        """Writes what waits as long as the pipe has room for it. Returns whether that was all."""
        while self._has_room():
            self._packed.extend(map(packed, self._outbox.take()))
            if not self._packed:
                return True
            if len(self._packed[0]) > _ROOM:
                return False
            self._put_through(self._packed.popleft())
        return False

    def _has_room(self) -> bool:
        """Whether `_ROOM` bytes can be written to the pipe without waiting."""
        return self._room is not None and bool(self._room.poll(0))

    def _write(self) -> None:
        """Waits for a pipe without room in the place of those who send."""
        while not self._closed.is_set():
            self._stuck.wait()
            self._stuck.clear()
            with self._writing, guarded("worker-writer"):
                while self._packed or self._outbox.is_waiting:
                    self._packed.extend(map(packed, self._outbox.take()))
                    while self._packed:
                        self._put_through(self._packed.popleft())

    def _put_through(self, data: bytes) -> None:
        with contextlib.suppress(OSError, ValueError):  # dead, or closed
            self._input.write(data)
            self._input.flush()

    def close(self) -> None:
        """Ends the process and the threads."""
        self._closed.set()
        with self._starting:
            process = self._process
        self._stuck.set()
        self._threads[1].join(0.2)  # in the middle of a message it would hold the pipe
        if self._threads[1].is_alive():
            process.kill()
            self._threads[1].join(_STOP_SECONDS)
        with contextlib.suppress(OSError):
            self._input.close()  # which it takes as the end
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        for thread in self._threads:
            thread.join(_STOP_SECONDS)
        self._mark.close()


@contextlib.contextmanager
def _signals_held_back() -> Iterator[None]:
    """A process that is started meanwhile gets none of ENDING before it can say that it ignores them."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_told: set[str] = set()


def _tell_once(text: Any, level: int = logging.WARNING) -> None:
    """What every worker and each of its successors would say again."""
    if text and text not in _told:
        _told.add(text)
        log.log(level, "%s", text)
