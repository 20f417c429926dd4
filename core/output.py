"""Standard output and standard error that cannot be written: closed, a pipe that nobody reads, a full disk.

What was asked for on standard output and did not get there is a failure. What is told on standard error besides is
none: a program is not worse for having nowhere to tell it.

    if __name__ == "__main__":
        output.run(main)
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn, TextIO, cast

FAILED = 2  # exit status


def run(main: Callable[[], int | None]) -> NoReturn:
    """Ends this process by `main`, with the status that it returns; FAILED where its output went nowhere."""
    _prepare()
    try:
        status: str | int | None = main()
    except SystemExit as ended:
        status = ended.code
    except OSError as error:
        if error is not getattr(sys.stdout, "fault", None):
            raise
        status = None  # told below; argparse passes over it in some versions of Python, and raises it in others
    try:
        sys.stdout.flush()
    except OSError as error:
        abandon()
        if not status:
            print(f"error: standard output: {error.strerror}", file=sys.stderr)
            status = FAILED
    sys.exit(status)


def is_closed() -> bool:
    """Whether this process was started without a standard output."""
    return sys.stdout is None or isinstance(getattr(sys.stdout, "stream", None), _Closed)


def write(content: bytes) -> None:
    """Writes it to standard output as it is. Raises OSError."""
    if is_closed():
        raise OSError(errno.EBADF, "it is closed")
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def is_terminal() -> bool:
    """Whether a person reads standard output as it comes."""
    return not is_closed() and sys.stdout.isatty()


def abandon() -> None:
    """What is still to be written goes nowhere, or Python would try again at its end, and complain."""
    if isinstance(sys.stdout, _Asked):
        sys.stdout.fault = None
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Closed(io.TextIOBase):
    """In place of a standard output that is closed, which for Python is None: print would pass over it."""

    def write(self, _text: str) -> int:
        raise OSError(errno.EBADF, "it is closed")


class _Asked:
    """A stream that does not forget what it could not write: argparse passes over that."""

    def __init__(self, stream: TextIO):
        self.stream = stream
        self.fault: OSError | None = None

    def write(self, text: str) -> int:
        try:
            return self.stream.write(text)
        except OSError as error:
            self.fault = error
            raise

    def flush(self) -> None:
        if self.fault:
            raise self.fault
        self.stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


class _Told:
    """A stream that takes whatever is written to it, though nobody reads it."""

    def __init__(self, stream: TextIO):
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _prepare() -> None:
    for number, mode in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:  # or the next file that is opened had this number, and what others write to it inside
            os.set_inheritable(os.open(os.devnull, mode), True)  # the lowest number that is free
    sys.stdout = cast(TextIO, _Asked(sys.stdout or cast(TextIO, _Closed())))
    sys.stderr = cast(TextIO, _Told(sys.stderr or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")))
