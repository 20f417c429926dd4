"""A sweep from the command line: `python -m lenet sweep`. The same runs as the page's, without a server. No torch."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypedDict

from core import signals
from core.refused import InvalidError, RefusedError
from core.visitors import Visitor
from lenet.queue.backend import RunBackend
from lenet.queue.this_machine import LocalBackend
from lenet.runs.registry import Runs
from lenet.runs.summaries import Summary, SweepWithTrials
from lenet.states import ACTIVE

LOOK_S = 0.2


class Result(TypedDict):
    """What came of a sweep: its id, how many trials have which status, and the best one's run."""

    sweep: str
    size: int
    counts: dict[str, int]
    best: str | None


def sweep(
    data_dir: Path, experiments: Path, redis: str | None, *, begun: str | None = None, preset: str = "fast",
    changes: Mapping[str, object] | None = None, axes: Mapping[str, object] | None = None,
    trials: int | None = None, seed: int = 0, trainers_each: int | None = None,
) -> Result:  # fmt: skip
    """Trains every trial and returns {sweep, size, counts, best}; tells on stderr how it goes, and a table in the end.

    redis: the queue of the machines that train; None: this one does. begun: a sweep to go on with, instead of the rest.
    trials: a random search of so many; None: a grid. trainers_each: how many at once on a device. Ctrl-C, SIGTERM
    and a closed terminal pause what is not finished.

    Raises ConfigError, ConnectionError, and ValueError for what is refused.
    """
    backend: RunBackend
    if redis:
        from lenet.queue.remote import RedisBackend

        backend = RedisBackend(redis)
    else:
        backend = LocalBackend(data_dir, trainers_each=trainers_each)
    me = Visitor(None, is_teacher=True)
    with closing(Runs(data_dir, experiments, backend)) as runs, _leaving() as leaving:
        runs.board.wait_until_read()
        try:
            if begun:
                found = runs.request_sweep(me, begun, "resume")
            else:
                search = "grid" if trials is None else "random"
                found = runs.create_sweep(me, preset, changes or {}, search, axes, trials, seed)
        except InvalidError:
            raise
        except RefusedError as error:
            raise ValueError(f"{experiments}: {error}") from None
        return _follow(runs, me, found, leaving)


def _follow(runs: Runs, me: Visitor, found: SweepWithTrials, leaving: threading.Event) -> Result:
    sweep_id, size = found["sweep"], found["size"]
    _say(f"sweep {sweep_id}: {size} trials; python -m lenet sweep --sweep {sweep_id} goes on with it")
    there = len(found["trials"])
    if there < size:
        unread = "".join(f"; {one['run']} cannot be read: {one['reason']}" for one in runs.board.unreadable())
        _say(f"{size - there} of its trials are not there{unread}")
    told: set[str] = set()
    is_asked = False
    while True:
        found = runs.board.sweep(sweep_id)
        for trial in found["trials"]:
            if trial["status"] not in ACTIVE and trial["run"] not in told:
                told.add(trial["run"])
                _say(f"{len(told)} of {size}: {_row(trial, found['axes'])}")
        if len(told) >= len(found["trials"]):
            break
        if leaving.is_set() and not is_asked:
            try:
                runs.request_sweep(me, sweep_id, "pause")
                is_asked = True
            except RefusedError as error:
                _say(f"not paused yet: {error}")
        time.sleep(LOOK_S)
    _say("", *(_row(trial, found["axes"]) for trial in sorted(found["trials"], key=_best_first)))
    return {"sweep": sweep_id, "size": size, "counts": found["counts"], "best": found["best"]}


def _best_first(trial: Summary) -> float:
    return -(trial["accuracy"] or 0.0)


def _row(trial: Summary, axes: Iterable[str]) -> str:
    """A trial in a line: accuracy, what was varied, and which run it is."""
    accuracy = "      -" if trial["accuracy"] is None else f"{trial['accuracy']:7.2%}"
    varied = "  ".join(f"{name} {trial['config'][name]}" for name in axes)
    return f"{accuracy}  {varied}  {trial['run']} {trial['status']}"


def _say(*lines: str) -> None:
    print(*lines, sep="\n", file=sys.stderr, flush=True)


@contextmanager
def _leaving() -> Iterator[threading.Event]:
    """Set when this process is asked to end."""
    leaving = threading.Event()
    with signals.calling(signals.heeded(), lambda _: leaving.set()):
        yield leaving
