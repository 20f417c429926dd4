"""Standard output that cannot be written: a closed pipe, a full disk."""

from __future__ import annotations

import contextlib
import os
import sys


def abandon() -> None:
    """What is still to be written goes nowhere, or Python would try again at its end, and complain."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
