"""What the routes of one application are over, and how many of its visitors' questions are answered at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from flask import current_app, g
from werkzeug.local import LocalProxy

from core.places import Places
from core.visitors import Visitors
from lenet.config import ConfigError
from lenet.records import Epoch
from lenet.runs.registry import Runs
from lenet.runs.shown import Shown
from lenet.runs.summaries import Summary, SweepWithTrials

MOST_QUESTIONS, MOST_OF_ONE = 32, 4  # under way at once, that torch answers; all programs count as one
MOST_READINGS, MOST_READINGS_OF_ONE = 32, 8  # the same, of files of runs
MOST_ARCHIVES, MOST_ARCHIVES_OF_ONE = 16, 2  # that lie on the disk until they are fetched


@dataclass(frozen=True)
class Served:
    runs: Runs
    visitors: Visitors
    questions: Places = field(default_factory=lambda: Places(MOST_QUESTIONS, MOST_OF_ONE))
    readings: Places = field(default_factory=lambda: Places(MOST_READINGS, MOST_READINGS_OF_ONE, in_turn=True))
    archives: Places = field(default_factory=lambda: Places(MOST_ARCHIVES, MOST_ARCHIVES_OF_ONE))
    packings: Places = field(default_factory=lambda: Places(MOST_ARCHIVES, MOST_ARCHIVES_OF_ONE, in_turn=True))


# Of the application that serves the request.
runs = cast(Runs, LocalProxy(lambda: current_app.extensions["lenet"].runs))
visitors = cast(Visitors, LocalProxy(lambda: current_app.extensions["lenet"].visitors))
questions = cast(Places, LocalProxy(lambda: current_app.extensions["lenet"].questions))
readings = cast(Places, LocalProxy(lambda: current_app.extensions["lenet"].readings))
archives = cast(Places, LocalProxy(lambda: current_app.extensions["lenet"].archives))
packings = cast(Places, LocalProxy(lambda: current_app.extensions["lenet"].packings))  # of archives, before that


def epoch_of(run_id: str, epoch: str) -> tuple[Shown, Epoch]:
    """A run and one of its epochs; `epoch` is a number, or `last`. Raises ConfigError and RefusedError."""
    if epoch != "last" and not (epoch.isascii() and epoch.isdigit() and len(epoch) <= 4):
        raise ConfigError("epoch", epoch, "a whole number from 1, or last")
    run = runs.board.get(run_id)
    return run, run.epoch(None if epoch == "last" else int(epoch))


def named(summary: Summary) -> Summary:
    """The summary with the run's name, where whoever asks is told it."""
    return runs.board.named(g.visitor, summary)


def named_trials(sweep: SweepWithTrials) -> SweepWithTrials:
    """The same for a sweep and each of its trials."""
    return {**sweep, "trials": [named(trial) for trial in sweep["trials"]]}
