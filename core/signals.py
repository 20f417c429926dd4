"""The signals by which a terminal, a service manager or a closed window asks a process to end, as far as there are."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterable, Iterator

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")
ENDING: tuple[signal.Signals, ...] = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))

_OTHERS = ("SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGTTIN", "SIGTTOU", "SIGWINCH")
# What says nothing to this application, most of which would end a process by the system's default.
OTHERS: tuple[signal.Signals, ...] = tuple(getattr(signal, name) for name in _OTHERS if hasattr(signal, name))


def heeded() -> tuple[signal.Signals, ...]:
    """Those of ENDING that mean this process: not SIGHUP after nohup."""
    return tuple(one for one in ENDING if one.name != "SIGHUP" or signal.getsignal(one) is not signal.SIG_IGN)


def end_by_interrupt() -> None:
    """Ctrl-C ends this process as SIGTERM does, by the system, where Python would raise KeyboardInterrupt.

    For who runs a program, before it imports anything that takes time: at that time nobody could catch it.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def end_in_order() -> None:
    """What asks this process to end raises SystemExit in its main thread, as Ctrl-C raises KeyboardInterrupt: what it
    has started ends with it, by `with` and `finally`. For who runs a program."""

    def end(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    for one in heeded():
        if one != signal.SIGINT:
            signal.signal(one, end)


def raise_interrupt() -> None:
    """Takes `end_by_interrupt` back, for who catches KeyboardInterrupt from now on."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def ignore(numbers: Iterable[signal.Signals]) -> None:
    """Does nothing for these from now on, nor do the processes that this one starts: they inherit it."""
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """A process that is started meanwhile gets none of ENDING before it lets them through."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def calling(numbers: Iterable[signal.Signals], handler: Callable[[signal.Signals], object]) -> Iterator[None]:
    """Calls `handler` for these signals, in place of what they did before. For the main thread, which alone may ask."""
    before = {number: signal.signal(number, lambda got, _: handler(signal.Signals(got))) for number in numbers}
    try:
        yield
    finally:
        for number, handled in before.items():
            signal.signal(number, handled)
