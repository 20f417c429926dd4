"""What a run may be, and what may become of it: one table, from which the page reads too. No IO."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    """then: the states that may follow. is_active: it waits, or is trained. is_resumable: it may be queued again."""

    then: tuple[str, ...]
    is_active: bool = False
    is_resumable: bool = False

    def schema(self) -> dict[str, bool]:
        return {"active": self.is_active, "resumable": self.is_resumable}


_ENDED = ("finished", "paused", "stopped", "interrupted", "failed")

STATES = {
    "queued": State(("starting", *_ENDED), is_active=True),  # one whose twin was trained ends without a start
    "starting": State(("running", "queued", *_ENDED), is_active=True),  # queued again where its trainer is lost
    "running": State(("starting", "queued", *_ENDED), is_active=True),
    "paused": State(("queued", "stopped"), is_resumable=True),
    "interrupted": State(("queued", "stopped"), is_resumable=True),
    "stopped": State(("queued",), is_resumable=True),
    "failed": State(("queued",), is_resumable=True),
    "finished": State(()),
}
ACTIVE = tuple(name for name, state in STATES.items() if state.is_active)
RESUMABLE = tuple(name for name, state in STATES.items() if state.is_resumable)
ENDINGS = {"pause": "paused", "stop": "stopped"}  # what was asked, and what then becomes of a run


class StepError(ValueError):
    """A run was to take a step that no run takes: a mistake of this program."""


def check_step(before: str, after: str) -> None:
    """Raises StepError if no run goes from `before` to `after`. Every run may stay what it is."""
    if after != before and after not in STATES[before].then:
        raise StepError(f"a run that is {before} does not become {after}")
