"""Whose run is next: a turn for each run in the queue, so that no one's queue pushes another's run back.

It is start-time fair queueing with runs of equal cost. A run's turn is one after the last that its account has waiting
or training, and not before the turn that the queue has come to. Lower turns start first, equal ones in the order in
which they came: accounts take turns, and who comes late neither waits for all who came before nor goes before them all.
A sweep's trials have turns among themselves and start after everybody's single runs. No IO.
"""

from __future__ import annotations

from collections.abc import Iterable

from lenet.run import Run


def next_turn(account: str | None, is_trial: bool, active: Iterable[Run]) -> int:
    """The turn of one more run of `account`. active: the runs that wait or are trained."""
    alike = [run for run in active if (run.sweep is not None) == is_trial]
    trained = [run.turn for run in alike if run.status != "queued"]
    # What the queue has come to: the run that started last or, where none is trained, the one that is next.
    come_to = max(trained) if trained else min((run.turn for run in alike), default=0)
    own = [run.turn for run in alike if run.account == account]
    return max(come_to, max(own) + 1) if own else come_to


def in_order(waiting: Iterable[Run]) -> list[Run]:
    """The runs of a queue in the order in which they start."""
    return sorted(waiting, key=lambda run: (run.sweep is not None, run.turn, run.created))
