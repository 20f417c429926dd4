"""States of a run at some epochs, so that no epoch is far from one.

They lie evenly, a stride apart, but for the first few. Where there is no more room the stride doubles, and what lies
between goes. No IO.
"""

from __future__ import annotations

import bisect

from playground.snapshot import Snapshot

MOST = 256
MOST_BYTES = 512 * 1024
WITH_DATA = 616 * 1024  # together with the points and their features: thousands of them leave the states less room
ALWAYS = (0, 1, 2, 5, 10)  # of a network whose state is so large that they would take half of the room, only the first


class Keyframes:
    """At most `most`, in at most `most_bytes`, and together with the data of the run in at most `WITH_DATA`."""

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES):
        self._most, self._most_bytes = most, most_bytes
        self._kept: dict[int, Snapshot] = {}
        self._stride = 1
        self._always: tuple[int, ...] = ALWAYS
        self._size = 0  # of what is kept, in bytes
        self.data_bytes = 0  # of the run's data
        self.epochs: list[int] = []  # of those that are kept, rising

    def wants(self, epoch: int) -> bool:
        """Whether the state of `epoch` should be kept and is not."""
        return self._stays(epoch) and epoch not in self._kept

    def note(self, snapshot: Snapshot) -> None:
        size = _bytes(snapshot)
        self._kept[snapshot.epoch] = snapshot
        bisect.insort(self.epochs, snapshot.epoch)
        self._size += size
        self._always = ALWAYS if 2 * len(ALWAYS) * size <= self._room else ALWAYS[:1]
        while self._is_too_much:
            self._stride *= 2
            newest = self.epochs[-1]
            self._keep([epoch for epoch in self.epochs if self._stays(epoch) or epoch == newest])

    @property
    def _room(self) -> int:
        return min(self._most_bytes, WITH_DATA - self.data_bytes)

    @property
    def _is_too_much(self) -> bool:
        is_thin = len(self._kept) <= len(self._always) + 1
        return not is_thin and (len(self._kept) > self._most or self._size > self._room)

    def _stays(self, epoch: int) -> bool:
        return epoch % self._stride == 0 or epoch in self._always

    def before(self, epoch: int) -> Snapshot | None:
        """The last state at or before `epoch`."""
        at = bisect.bisect_right(self.epochs, epoch)
        return self._kept[self.epochs[at - 1]] if at else None

    def cut(self, epoch: int) -> None:
        """Forgets what came after `epoch`: it will be otherwise."""
        self._keep(self.epochs[: bisect.bisect_right(self.epochs, epoch)])
        if not self.epochs:
            self._stride = 1

    def _keep(self, epochs: list[int]) -> None:
        self.epochs = epochs
        self._kept = {epoch: self._kept[epoch] for epoch in epochs}
        self._size = sum(map(_bytes, self._kept.values()))


def _bytes(snapshot: Snapshot) -> int:
    return len(snapshot.parameters) + len(snapshot.gradient) + len(snapshot.dead) + len(snapshot.means)
