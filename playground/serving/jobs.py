"""What a session's worker does for it besides training: its run written as a file, its settings tried with many seeds.

A job is an iterator of what is told of it. Each step takes a few epochs' time, so that whoever lends it can stop.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np

from playground.engine import SIDE
from playground.export import code
from playground.recording import moment
from playground.recording.moment import Moment
from playground.serving import wire
from playground.studies.plan import Plan
from playground.studies.seeds import Run, Study

Told = dict[str, Any]  # JSON values

SMALL = 25  # pixels of a study's maps
_EPOCHS = 10  # of a step
_DIGITS = 4  # of losses that are only drawn


def write_code(there: Moment) -> Iterator[Told | None]:
    """At the end {epoch, text}: the file of `playground.export.code`."""
    text = yield from code.writing(there)
    yield {"epoch": there.epoch, "text": text}


def study_seeds(plan: Plan) -> Iterator[Told | None]:
    """For each run {run, of, epochs, link, train, test, failed, scores, map} when it is done.

    run: its number, from 0, of so many. train, test: losses at `epochs`. map: the output's, SIDE / 4 pixels a side, as
    a frame's, in base64.
    """
    study, recorded = Study(plan), plan.recorded
    while not study.is_over:
        before = len(study.done)
        study.advance(_EPOCHS)
        for number in range(before, len(study.done)):
            yield {"run": number, "of": plan.seeds, **_of(plan, study.done[number], recorded)}
        yield None


def _of(plan: Plan, run: Run, recorded: list[int]) -> Told:
    cell = SIDE // SMALL
    small = run.map.reshape(SMALL, cell, SMALL, cell).mean(axis=(1, 3))
    packed = wire.quantized(np.ascontiguousarray(small)).tobytes()
    train, test = ([_rounded(loss[which]) for loss in run.losses] for which in (0, 1))
    return {
        "link": moment.write(Moment(run.recording, plan.epochs)),
        "epochs": recorded[: len(run.losses)],
        "train": train,
        "test": test,
        "failed": run.failed,
        "scores": [_finite(score) for score in run.scores],
        "map": base64.b64encode(packed).decode(),
    }


def _rounded(value: float) -> float | None:
    return _finite(float(f"{value:.{_DIGITS}g}"))


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
