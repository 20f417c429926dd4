"""The process that keeps this one (`core.children`), as this one has it: what it says, and what it is told.

It is started with messages coming in on its standard input and going out on its standard output.
"""

from __future__ import annotations

import contextlib
import os
import signal
from typing import Generic, TypeVar

from core import signals
from core.messages import Reader, Tagged, packed

Heard = TypeVar("Heard", bound=Tagged)
Said = TypeVar("Said", bound=Tagged)


class Parent(Generic[Heard, Said]):
    """The process that keeps this one. To be made before anything is printed: that goes to standard error then.

    What a terminal or a service manager sends to all processes is ignored: the parent decides.
    """

    def __init__(self, says: Reader[Heard], buffering: int = -1):
        """buffering: as of `open`; 0 for who looks by `select` whether there is something to hear."""
        self.handled = {number: signal.getsignal(number) for number in signals.ENDING}  # before they were ignored
        signals.ignore((*signals.ENDING, *signals.OTHERS))
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_UNBLOCK, signals.ENDING)  # `Child` has held them back until now
        self._says = says
        self._input = open(0, "rb", buffering=buffering, closefd=False)  # noqa: SIM115
        self._output = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)

    def fileno(self) -> int:
        return 0

    def hear(self) -> Heard:
        """The next message. Raises EOFError when there will be none: this process is to end."""
        return self._says.read(self._input)

    def say(self, message: Said) -> None:
        """Raises BrokenPipeError where the parent is gone."""
        self._output.write(packed(message))
        self._output.flush()

    def leave(self) -> None:
        """For a process that was forked from this one: it neither says nor hears anything any more."""
        with contextlib.suppress(OSError):
            self._output.close()
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
