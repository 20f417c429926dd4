"""What the notebook draws, writes anew and exports, as a process: `python -m notebook.printer`.

It does what its parent asks (`notebook.messages`), one after another; while it exports, it draws in between. It is
nicer than what serves pages. What draws is loaded when it is first needed.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator

import msgspec

from core import imports, memory
from core.arguments import Parser
from core.parent import Parent
from core.refused import RefusedError
from core.spelling import cut
from notebook.figures import Figure
from notebook.messages import (
    BROKEN,
    FAILED,
    ORDERS,
    TOO_LONG,
    Answered,
    Asked,
    Begun,
    Draw,
    Export,
    Made,
    Ping,
    Pong,
    Progress,
    Ready,
    Rewrite,
    Said,
    Shrink,
    Unable,
    Work,
)

NICE = 5
PICTURE_S = 15.0  # of CPU time for one picture, and what draws it to be loaded
EXPORT_S = 120.0  # of CPU time for one export, without what is drawn in between
AT_REST_S = 2.0  # with nothing to do it gives memory back
LARGE = 24 * 2**20  # bytes of a block that a picture which somebody brought takes, and none that is drawn

Told = Callable[[int, int], None]


class Printer:
    """What one parent is answered."""

    def __init__(self, parent: Parent[Asked | Ping, Said]):
        self._parent = parent
        self._ends = 0.0  # CPU seconds of this process at which the export in progress has taken too long

    def serve(self) -> None:
        """Until there will be no more. Raises EOFError and BrokenPipeError."""
        self._parent.say(Ready())
        is_tidy = True
        while True:
            if not is_tidy and not self._is_asked(AT_REST_S):
                gc.collect()
                memory.give_back()
                is_tidy = True
            message = self._parent.hear()
            is_tidy = is_tidy and isinstance(message, Ping)
            self._answer(message)

    def _answer(self, message: Asked | Ping) -> None:
        match message:
            case Ping():
                self._parent.say(Pong())
            case Asked(number, work):
                self._parent.say(Begun(number))
                if isinstance(work, Export):
                    self._ends = time.process_time() + EXPORT_S
                with contextlib.nullcontext() if isinstance(work, Export) else at_most(PICTURE_S):
                    reply = self._reply(number, work)
                self._parent.say(Answered(number, reply))

    def _reply(self, number: int, work: Work) -> Made | Unable:
        try:
            return done(work, lambda done, of: self._tell(number, done, of))
        except (EOFError, BrokenPipeError):
            raise
        except RefusedError as error:
            return Unable.told(error)
        except Exception as error:
            status, code = FAILED if isinstance(work, Export) else BROKEN
            return Unable(status, code, cut(f"{type(error).__name__}: {error}"), None, {})

    def _tell(self, number: int, done: int, of: int) -> None:
        """Says how far it is, and does what was asked meanwhile, which takes less. Raises RefusedError."""
        began = time.process_time()
        if began > self._ends:
            status, code = TOO_LONG
            raise RefusedError(status, f"the export took more than {EXPORT_S:.0f} s", code)
        self._parent.say(Progress(number, done, of))
        while self._is_asked(0):
            self._answer(self._parent.hear())
        self._ends += time.process_time() - began

    def _is_asked(self, seconds: float) -> bool:
        if sys.platform == "win32":  # no pipe can be looked into there
            return seconds > 0
        return bool(select.select([self._parent.fileno()], [], [], seconds)[0])


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Ends this process where that takes more CPU time: nothing else ends a decoder. Windows has no such clock."""
    if sys.platform == "win32":
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def done(work: Work, tell: Told) -> Made:
    """Raises what the libraries raise, and RefusedError."""
    match work:
        case Draw(figure):
            return drawn(msgspec.msgpack.decode(figure, type=Figure))
        case Rewrite(content, was_kept):
            from notebook import rewriting

            picture = rewriting.rewrite(content, was_kept)
            return Made(picture.content, picture.width, picture.height)
        case Shrink(content, width):
            from notebook import rewriting

            picture = rewriting.shrink(content, width)
            return Made(picture.content, picture.width, picture.height)
        case Export(form, report):
            return exported(form, report, tell)


def exported(form: str, report: bytes, tell: Told) -> Made:
    with imports.uncollected():
        from notebook.export import files
        from notebook.export.report import Report
    return Made(files.write(form, msgspec.msgpack.decode(report, type=Report), tell))


def drawn(figure: Figure) -> Made:
    with imports.uncollected():
        from notebook import drawing
    content = drawing.draw(figure)
    width, height = (int.from_bytes(content[start : start + 4], "big") for start in (16, 20))  # of a PNG's head
    return Made(content, width, height)


def main() -> None:
    if hasattr(os, "nice"):
        os.nice(NICE)
    memory.take_large_blocks_singly(LARGE)
    with contextlib.suppress(EOFError, BrokenPipeError):
        Printer(Parent(ORDERS, buffering=0)).serve()


if __name__ == "__main__":
    Parser(prog="python -m notebook.printer", description=__doc__).parse_args()
    main()
