"""What is free goes back to the system: glibc, which keeps it, is told so. With another C library nothing is done."""

from __future__ import annotations

import contextlib
import ctypes

_M_MMAP_THRESHOLD = -3  # of malloc.h


def take_large_blocks_singly() -> None:
    """Has glibc take large blocks from the system one by one, so that they go back to it when they are free."""
    with contextlib.suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 128 * 1024)


def give_back() -> None:
    """Has glibc give the system the small blocks that are free: it keeps them, for each thread that ever took some."""
    with contextlib.suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
