"""What a session's page is told of a study: kept, so that a page that comes back is told it again. No IO."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from playground.studies.plan import Plan

Told = dict[str, Any]  # JSON values


@dataclass
class Studied:
    """number: of the request. against: that of the study with which it shares its seeds, to be compared."""

    number: int
    plan: Plan
    against: int | None = None
    error: Told | None = None  # what was told where it failed
    _runs: list[bytes] = field(default_factory=list)  # deflated: as Python's own values they take five times as much

    @property
    def is_over(self) -> bool:
        """All its runs are told."""
        return len(self._runs) == self.plan.seeds

    @property
    def is_running(self) -> bool:
        """Runs of it are still to be told."""
        return not self.is_over and self.error is None

    def note(self, told: Told) -> bool:
        """Keeps what its worker tells. Returns whether that is news: a worker that takes the place of one that died
        begins at the first run."""
        if "error" in told:
            self.error = told
        elif told["run"] < len(self._runs):
            return False
        else:
            self._runs.append(zlib.compress(msgspec.msgpack.encode(told), 1))
        return True

    def begun(self) -> Told:
        """What is told of it first."""
        plan = self.plan
        return {
            "number": self.number,
            "of": plan.seeds,
            "epochs": plan.epochs,
            "vary": plan.vary,
            "config": plan.config.to_json(),
            "against": self.against,
        }

    def events(self) -> Iterator[Told]:
        """All that was told of it, in its order."""
        yield self.begun()
        for run in self._runs:
            yield msgspec.msgpack.decode(zlib.decompress(run))
        if self.error:
            yield self.error
