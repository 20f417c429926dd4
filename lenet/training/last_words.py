"""The end of a run that its folder does not take, for whoever forked the trainer: in memory, as its disk may be full.

    memory = last_words.place()    # before the fork
    last_words.write_to(memory)    # in the trainer
    last_words.read(memory)        # when it has ended

A trainer that nobody forked keeps them to itself.
"""

from __future__ import annotations

import mmap
from collections.abc import Mapping

from lenet.training.folder import line_of

_BYTES = 4096

_memory: mmap.mmap | None = None  # of this process, if it is a trainer that was forked


def place() -> mmap.mmap:
    """Memory that a process shares with those that it forks."""
    return mmap.mmap(-1, _BYTES)


def write_to(memory: mmap.mmap) -> None:
    """From now on `say` writes there."""
    global _memory
    _memory = memory


def say(record: Mapping[str, object]) -> None:
    """record: of kind `end`. One that is too long is not said: its reason has a bounded length."""
    line = line_of(record)
    if _memory is not None and len(line) < _BYTES:
        _memory[: len(line)] = line


def read(memory: mmap.mmap) -> bytes:
    """The record as a line; empty where nothing was said."""
    return memory[:].rstrip(b"\0")
