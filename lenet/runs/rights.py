"""Who may change a run, and how many runs may wait or be trained: of one browser, of all programs, of everybody. No IO.

The teacher may change every run and start as many as there are.
"""

from __future__ import annotations

from collections.abc import Collection

from core.refused import RefusedError
from core.visitors import Visitor
from lenet.run import Run

MOST_OF_BROWSER = 3  # runs or sweeps queued or running
MOST_OF_PROGRAMS = 12  # the same, of all who come without a cookie
MOST_RUNS = 300  # single runs queued or running, of everybody
MOST_TRIALS = 1000  # the same of sweeps' trials


def check_change(visitor: Visitor, run: Run) -> None:
    """Raises RefusedError where the run is somebody else's."""
    if not visitor.is_teacher and run.owner != visitor.owner:
        raise RefusedError(403, f"run {run.id} belongs to another browser", "not-yours")


def check_caps(visitor: Visitor, more: Collection[Run], active: Collection[Run], most_of_browser: int) -> None:
    """Raises RefusedError where `more` runs beside the `active` ones are too many.

    For a browser, or for all programs, a sweep counts as one run; for everybody together each of its trials counts.
    """
    if visitor.is_teacher:
        return
    own = [run for run in active if run.account == visitor.account]
    have = len({run.sweep["id"] if run.sweep else run.id for run in own})
    if visitor.is_program and have >= MOST_OF_PROGRAMS:
        message = f"programs have {have} runs queued or running, the most that all without a cookie may have"
        raise RefusedError(429, message, "too-many-runs", count=have, of="programs")
    if not visitor.is_program and have >= most_of_browser:
        message = f"you have {have} runs queued or running, the most a browser may have"
        raise RefusedError(429, message, "too-many-runs", count=have, of="browser")
    _check_room("runs wait or are trained", MOST_RUNS, _count(more, trials=False), _count(active, trials=False))
    trials = "trials of sweeps wait or are trained"
    _check_room(trials, MOST_TRIALS, _count(more, trials=True), _count(active, trials=True))


def _count(runs: Collection[Run], *, trials: bool) -> int:
    return sum((run.sweep is not None) is trials for run in runs)


def _check_room(what: str, most: int, asked: int, have: int) -> None:
    if asked and have + asked > most:
        message = f"the queue is full: {have} {what}, of {most} at most"
        raise RefusedError(429, message, "queue-full", have=have, most=most)
