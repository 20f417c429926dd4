"""What is free goes back to the system: glibc, which keeps it, is told so. With another C library nothing is done."""

from __future__ import annotations

import contextlib
import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of malloc.h
LARGE = 128 * 1024


def take_large_blocks_singly(large: int = LARGE) -> None:
    """Has glibc take blocks of so many bytes from the system one by one, so that they go back to it when they are free.
    What is needed again and again should be smaller: fresh memory takes longer than most of what is done with it."""
    with contextlib.suppress(OSError, AttributeError, TypeError):  # another C library
        library = ctypes.CDLL(None)
        library.mallopt(_M_MMAP_THRESHOLD, large)
        library.mallopt(_M_TRIM_THRESHOLD, large)


def give_back() -> None:
    """Has glibc give the system the small blocks that are free: it keeps them, for each thread that ever took some."""
    with contextlib.suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
