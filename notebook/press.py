"""The web process's way to what draws: one process of `notebook.printer`, started when first needed.

It is replaced when it has died or does not answer; `close` ends it. No drawing here.
"""

from __future__ import annotations

import contextlib
import itertools
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from core.children import WatchedChild
from core.places import BusyError, Places
from core.refused import RefusedError
from notebook.figures import Figure
from notebook.messages import (
    ANSWERS,
    BROKEN,
    FAILED,
    TOO_LONG,
    Answered,
    Asked,
    Begun,
    Draw,
    Export,
    Made,
    Ping,
    Progress,
    Ready,
    Rewrite,
    Said,
    Shrink,
    Unable,
    Work,
)

DRAWN_S = 30.0  # how long a picture may take, and what draws it to be loaded before the first
EXPORTED_S = 120.0  # how long an export may take until its next sign of progress
KILLED_S = 5.0  # how long it may take to end where it is killed
MOST_TRIES = 5  # of a work that is done again because the process died over another
MOST, MOST_OF_ONE = 24, 4  # pictures that are waited for at once, by all and by one browser
MOST_MESSAGE = 60 * 2**20  # bytes of a report with its pictures

Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Died:
    """The process has ended. over_this: this work was being done, and not another. is_late: it took too long."""

    over_this: bool
    is_late: bool = False


_Heard = Begun | Answered | Progress | Died


@dataclass(frozen=True)
class Rewritten:
    """A picture that somebody brought, as it is kept: a PNG or a JPEG."""

    content: bytes
    width: int
    height: int


class Press(WatchedChild[Asked | Ping, Said]):
    """Every method may be called from many threads. They raise RefusedError: `press-busy`, `press-failed`, or why
    there is no picture or export."""

    def __init__(self) -> None:
        super().__init__("notebook-press", ["notebook.printer"], ANSWERS)
        self._places = Places(MOST, MOST_OF_ONE, in_turn=True)
        self._exporting = threading.Lock()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._waiting: dict[int, queue.SimpleQueue[_Heard]] = {}  # who asked, by the number of the work
        self._wanted = 0  # works that somebody waits for
        self._at_rest = threading.Condition(self._lock)  # nobody waits for any
        self._begun: list[int] = []  # works that the process does; those before the last one wait for it
        self._is_ready = False  # for the thread that hears it: the present process can answer

    def draw(self, figure: Figure, who: str | None = None) -> bytes:
        """A figure as a PNG, the same bytes every time. who: the browser that waits."""
        return self._small(lambda: Draw(msgspec.msgpack.encode(figure)), who).content

    def draw_ahead(self, figure: Figure) -> bytes:
        """The same for nobody who waits: it is begun when nobody waits for anything else."""
        with self._at_rest:
            self._at_rest.wait_for(lambda: self.is_closed or not self._wanted)
        return self._made(Draw(msgspec.msgpack.encode(figure)), DRAWN_S, lambda _done, _of: None).content

    def rewrite(
        self, content: bytes | Callable[[], bytes], who: str | None = None, was_kept: bool = False
    ) -> Rewritten:
        """A picture that somebody brought, or what reads it once there is a place: so few are in memory. was_kept: in
        a notebook that is brought back."""
        made = self._small(lambda: Rewrite(content() if callable(content) else content, was_kept), who)
        return Rewritten(made.content, made.width, made.height)

    def shrink(self, content: bytes, width: int, who: str | None = None) -> bytes:
        """A picture that was drawn, as a PNG so many pixels wide."""
        return self._small(lambda: Shrink(content, width), who).content

    def export(self, export: Export, told: Told = lambda _done, _of: None) -> bytes:
        """The file. One is made at a time, and pictures in between. told: is called as it goes on."""
        if len(export.report) > MOST_MESSAGE:
            raise RefusedError(422, "the notebook's pictures are too large for one file", "export-too-large")
        with self._is_wanted(), self._exporting:
            return self._made(export, EXPORTED_S, told).content

    def close(self) -> None:
        """Ends the process and the threads; later work is refused."""
        self.let_go()
        self.kill()  # it holds nothing
        self._tell_all()
        with self._at_rest:
            self._at_rest.notify_all()
        super().close()

    # --- the process --------------------------------------------------------------------------------------------------

    def ping(self) -> Ping | None:
        return Ping() if self._is_ready else None

    def hear(self, message: Said) -> None:
        match message:
            case Ready():
                self._is_ready = True
            case Begun(number) | Answered(number) | Progress(number):
                with self._lock:
                    if isinstance(message, Begun):
                        self._begun.append(number)
                    elif isinstance(message, Answered):
                        self._begun.remove(number)
                    waiting = self._waiting.get(number)
                if waiting is not None:
                    waiting.put(message)

    def ended(self, how: int | OSError) -> None:  # noqa: ARG002
        self._is_ready = False
        self._tell_all()

    def _tell_all(self) -> None:
        with self._lock:
            last = self._begun[-1] if self._begun else None
            self._begun.clear()
            for number, waiting in self._waiting.items():
                waiting.put(Died(number == last))

    # --- who asks -----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _is_wanted(self) -> Iterator[None]:
        """Somebody waits for what is done within, also for its turn."""
        with self._lock:
            self._wanted += 1
        try:
            yield
        finally:
            with self._at_rest:
                self._wanted -= 1
                self._at_rest.notify_all()

    def _small(self, work: Callable[[], Draw | Rewrite | Shrink], who: str | None) -> Made:
        try:
            with self._is_wanted(), self._places.take(who):
                return self._made(work(), DRAWN_S, lambda _done, _of: None)
        except BusyError as error:
            raise RefusedError(503, str(error), "press-busy") from None

    def _made(self, work: Work, seconds: float, told: Told) -> Made:
        deaths, refusal = 0, FAILED if isinstance(work, Export) else BROKEN  # over this work
        for _ in range(MOST_TRIES):
            if self.is_closed:
                raise RefusedError(503, "the server is closing", "press-busy")
            match self._exchange(work, seconds, told):
                case Made() as made:
                    self.steady()
                    return made
                case Unable() as unable:
                    self.steady()
                    raise unable.refusal()
                case Died(over_this=True, is_late=is_late):
                    deaths += 1
                    # An export takes so long that something else may have ended the process meanwhile.
                    if is_late or deaths > isinstance(work, Export):
                        refusal = TOO_LONG if is_late and isinstance(work, Export) else refusal
                        break
        status, code = refusal
        raise RefusedError(status, "the process that draws died over this, or too often", code)

    def _exchange(self, work: Work, seconds: float, told: Told) -> Made | Unable | Died:
        """The reply, or that the process died, or was killed because it took too long."""
        said: queue.SimpleQueue[_Heard] = queue.SimpleQueue()
        number = next(self._numbers)
        try:
            self.ensure()
        except OSError:
            return Died(over_this=False)
        self.hurry()
        with self._lock:
            self._waiting[number] = said
        try:
            self.send(Asked(number, work))
            while True:
                match said.get(timeout=seconds):  # which begins anew with each
                    case Begun():
                        pass
                    case Progress(_, done, of):
                        told(done, of)
                    case Answered(_, reply):
                        return reply
                    case Died() as died:
                        return died
        except queue.Empty:
            self.kill()
            with contextlib.suppress(queue.Empty):
                while True:
                    match said.get(timeout=KILLED_S):
                        case Died(over_this):
                            return Died(over_this, is_late=True)
            return Died(over_this=True, is_late=True)
        finally:
            with self._lock:
                del self._waiting[number]
