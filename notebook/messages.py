"""What the web process asks of the process that draws (`notebook.printer`), and what that answers. No drawing."""

from __future__ import annotations

from typing import Any

from core.messages import Reader, Tagged
from core.refused import RefusedError
from core.spelling import cut


class Draw(Tagged, frozen=True):
    """A figure as a PNG. figure: a `notebook.figures.Figure` as MessagePack."""

    figure: bytes


class Rewrite(Tagged, frozen=True):
    """A picture that somebody brought, as this server writes it anew. was_kept: one of a notebook that comes back."""

    content: bytes
    was_kept: bool = False


class Shrink(Tagged, frozen=True):
    """A picture that was drawn, as a PNG so many pixels wide."""

    content: bytes
    width: int


class Export(Tagged, frozen=True):
    """A notebook as a file to take home. report: a `notebook.export.report.Report` as MessagePack. A figure of it that
    has no picture is drawn."""

    format: str
    report: bytes


Work = Draw | Rewrite | Shrink | Export


class Asked(Tagged, frozen=True):
    """number: which work it is, so that no answer is taken for that to another."""

    number: int
    work: Work


class Ping(Tagged, frozen=True):
    """Asks for a `Pong`, which comes between two pieces of work."""


class Pong(Tagged, frozen=True):
    pass


class Ready(Tagged, frozen=True):
    """It can be asked."""


class Made(Tagged, frozen=True):
    """content: a file. width, height: of a picture."""

    content: bytes
    width: int = 0
    height: int = 0


class Unable(Tagged, frozen=True):
    """A refusal (`core.refused`). text: one line, for the log and the terminal."""

    status: int
    code: str
    text: str
    field: str | None
    values: dict[str, Any]

    @classmethod
    def told(cls, error: RefusedError) -> Unable:
        return cls(error.status, error.code, cut(str(error)), error.field, error.values)

    def refusal(self) -> RefusedError:
        return RefusedError(self.status, self.text, self.code, self.field, **self.values)


FAILED, BROKEN, TOO_LONG = (502, "export-failed"), (422, "picture-broken"), (422, "export-too-long")  # status, code


class Begun(Tagged, frozen=True):
    """The work of that number is being done from now on. What was begun before waits for it."""

    number: int


class Answered(Tagged, frozen=True):
    """The answer to the work of that number."""

    number: int
    reply: Made | Unable


class Progress(Tagged, frozen=True):
    """How many parts of the work of that number are done, of how many."""

    number: int
    done: int
    of: int


Said = Ready | Begun | Answered | Progress | Pong

ORDERS: Reader[Asked | Ping] = Reader(Asked | Ping)
ANSWERS: Reader[Said] = Reader(Said)
