"""States of a run at some epochs, so that no epoch is far from one.

They lie evenly, a stride apart, but for the first few. Where there is no more room the stride doubles, and what lies
between goes. No IO.
"""

from __future__ import annotations

import bisect

from playground.snapshot import Snapshot

MOST = 256
MOST_BYTES = 512 * 1024
ALWAYS = (0, 1, 2, 5, 10)


class Keyframes:
    """At most `most`, in at most `most_bytes`."""

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES):
        self._most, self._most_bytes = most, most_bytes
        self._kept: dict[int, Snapshot] = {}
        self._stride = 1
        self.epochs: list[int] = []  # of those that are kept, rising

    def wants(self, epoch: int) -> bool:
        """Whether the state of `epoch` should be kept and is not."""
        return self._stays(epoch) and epoch not in self._kept

    def note(self, snapshot: Snapshot) -> None:
        self._kept[snapshot.epoch] = snapshot
        bisect.insort(self.epochs, snapshot.epoch)
        room = max(len(ALWAYS) + 2, min(self._most, self._most_bytes // _bytes(snapshot)))
        while len(self._kept) > room:
            self._stride *= 2
            self.epochs = [epoch for epoch in self.epochs if self._stays(epoch) or epoch == self.epochs[-1]]
            self._kept = {epoch: self._kept[epoch] for epoch in self.epochs}

    def _stays(self, epoch: int) -> bool:
        return epoch % self._stride == 0 or epoch in ALWAYS

    def before(self, epoch: int) -> Snapshot | None:
        """The last state at or before `epoch`."""
        at = bisect.bisect_right(self.epochs, epoch)
        return self._kept[self.epochs[at - 1]] if at else None

    def cut(self, epoch: int) -> None:
        """Forgets what came after `epoch`: it will be otherwise."""
        for gone in self.epochs[bisect.bisect_right(self.epochs, epoch) :]:
            del self._kept[gone]
        self.epochs = sorted(self._kept)
        if not self.epochs:
            self._stride = 1


def _bytes(snapshot: Snapshot) -> int:
    return sum(len(part) for part in (snapshot.parameters, snapshot.gradient, snapshot.dead, snapshot.means))
