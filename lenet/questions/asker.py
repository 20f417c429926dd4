"""The web process's way to torch: one long-lived process of `lenet.questions.answerer`, started when first needed.

It is replaced when it has died or does not answer; `close` ends it. No torch here.
"""

from __future__ import annotations

import contextlib
import queue

from core.children import WatchedChild
from core.places import BusyError
from core.refused import RefusedError
from lenet.lines import JsonObject
from lenet.owner import NotDoneError, Owner, UnknownError
from lenet.questions.messages import (
    ANSWERS,
    Answered,
    Asked,
    Damaged,
    Empty,
    Exported,
    Made,
    Onnx,
    Ping,
    Pong,
    Question,
    Ready,
    Reply,
    Said,
    Unable,
    Weights,
)

ANSWER_TIMEOUT_S = 20  # how long an answer may take, and torch's import before the first
MADE_TIMEOUT_S = 60  # the same of a file for other programs, the first of which waits for what writes it
PATIENCE_S = 30.0  # how long who asks waits for those before him
KILLED_S = 5.0  # how long it may take to end where it is killed
START_S = 0.1  # how soon a helper that is wanted starts


class Helper(WatchedChild[Asked | Ping, Ready | Answered | Pong]):
    """Owns the helper process and the thread that talks to it. `ask` is safe from many threads, answered in turn."""

    def __init__(self) -> None:
        super().__init__("lenet-helper", ["lenet.questions.answerer"], ANSWERS)
        self._said: queue.SimpleQueue[Ready | Answered | None] = queue.SimpleQueue()  # None: it has ended
        self._number = 0  # of the last question
        self._is_ready = self._is_wanted = False
        self._can_answer = False  # for the thread that hears it: the present process is ready
        self._owner = Owner("lenet-helper", self._start_wanted, START_S, lambda: False)
        self._owner.start()

    def ping(self) -> Ping | None:
        """One that does not answer is replaced, and the next is asked the same."""
        return Ping() if self._can_answer else None

    def ask(self, question: Question) -> JsonObject:
        """The helper's answer. Raises RefusedError."""
        match self._replied(question):
            case Said(value):
                return value
            case reply:
                raise AssertionError(reply)

    def make(self, question: Onnx | Weights) -> bytes:
        """The file that is asked for. Raises RefusedError."""
        match self._replied(question):
            case Made(content):
                return content
            case reply:
                raise AssertionError(reply)

    def _replied(self, question: Question) -> Reply:
        """Raises RefusedError."""
        try:
            reply = self._owner.do(lambda: self._answer(question), PATIENCE_S)
        except (NotDoneError, UnknownError) as error:
            raise BusyError(503, f"the server is busy: {error}", "too-many-questions") from None
        match reply:
            case Empty(text):
                raise RefusedError(422, text, "empty-drawing")
            case Damaged(text, file):
                raise RefusedError(409, text, "damaged-network", file=file)
            case Unable(text):
                raise RefusedError(502, text, "no-answer")
        return reply

    def warm_up(self) -> None:
        """Starts the process without waiting for it, so that the first drawing need not wait for torch's import."""
        self._is_wanted = True

    def close(self) -> None:
        """Ends the process and the threads; later questions are errors."""
        self.let_go()
        self.kill()  # it holds nothing; an asker in the middle of a request gets its error at once
        self._said.put(None)
        self._owner.close()
        super().close()

    def hear(self, message: Ready | Answered | Pong) -> None:
        if isinstance(message, Ready):
            self._can_answer = True
        if not isinstance(message, Pong):
            self._said.put(message)

    def ended(self, how: int | OSError) -> None:  # noqa: ARG002
        self._can_answer = False
        self._said.put(None)

    # --- the thread that talks to it ----------------------------------------------------------------------------------

    def _start_wanted(self) -> None:
        if self._is_wanted:
            self._is_wanted = False
            self.ensure()

    def _answer(self, question: Question) -> Reply:
        for _ in (1, 2):  # a helper that died since the last question is not the asker's trouble
            if self.is_closed:
                raise RefusedError(502, "the server is closing", "no-answer")
            if reply := self._exchange(question):
                self.steady()
                return reply
        raise RefusedError(502, "the prediction process died twice over this request", "no-answer")

    def _exchange(self, question: Question) -> Reply | None:
        """The reply; None where the process died over it, or was killed because it took too long."""
        try:
            self.ensure()
        except OSError:
            return None
        self.hurry()
        while not self._said.empty():
            self._next_said()
        if not self._is_ready and self._next_said() is None:
            return None
        self._number += 1
        self.send(Asked(self._number, question))
        seconds = MADE_TIMEOUT_S if isinstance(question, Exported) else ANSWER_TIMEOUT_S
        while (said := self._next_said(seconds)) is not None:
            if isinstance(said, Answered) and said.number == self._number:
                return said.reply
        return None

    def _next_said(self, seconds: float | None = None) -> Ready | Answered | None:
        """What the process says next; None where it has ended. One that takes longer than `seconds` is killed."""
        try:
            said = self._said.get(timeout=ANSWER_TIMEOUT_S if seconds is None else seconds)
        except queue.Empty:
            self.kill()
            with contextlib.suppress(queue.Empty):
                while self._said.get(timeout=KILLED_S) is not None:
                    pass  # too late
            said = None
        self._is_ready = said is not None
        return said
