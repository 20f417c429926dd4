"""What cells look like on the page: each made once, and kept for the next who asks, as long as there is room. What that
costs is counted. No IO."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from notebook import reading
from notebook.reading import AnyBlock

MOST_BYTES = 32 * 2**20


class Rendered:
    """Any thread may use it."""

    def __init__(self, most: int = MOST_BYTES):
        self._most, self._size = most, 0
        self._kept: OrderedDict[bytes, str] = OrderedDict()  # the one that was asked for last is last
        self._lock = threading.Lock()

    def html(self, block: AnyBlock, charge: Callable[[float], object], *, is_late: bool = False) -> str:
        """charge: told the seconds that it took, where it is made. is_late: texts that are not there yet come as they
        were typed."""
        key = hashlib.sha256(msgspec.json.encode(block)).digest()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
        if is_late and (plain := reading.plain(block)) is not None:
            return plain
        began = time.thread_time()
        made = reading.html(block)
        charge(time.thread_time() - began)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._size += len(made)
            while self._size > self._most:
                self._size -= len(self._kept.popitem(last=False)[1])
        return made
