"""What a session's worker does for it besides training: its run written as a file, its settings tried with many seeds.

A job is an iterator of what is told of it. Each step takes an epoch's time, so that whoever lends it can stop.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np

from playground.engine import SIDE
from playground.export import code
from playground.recording import moment
from playground.recording.keyframes import Keyframes
from playground.recording.moment import Moment
from playground.recording.player import Player
from playground.recording.recording import Recording
from playground.serving import wire
from playground.studies.plan import Plan
from playground.studies.seeds import Run, Study

Told = dict[str, Any]  # JSON values

SMALL = 25  # pixels of a study's maps
_EPOCHS = 1  # of a step: whoever lends the time looks at the clock after each
_DIGITS = 4  # of losses that are only drawn


def write_code(there: Moment) -> Iterator[Told | None]:
    """At the end {epoch, text}: the file of `playground.export.code`."""
    text = yield from code.writing(there)
    yield {"epoch": there.epoch, "last": True, "text": text}


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
            last = number == plan.seeds - 1
            yield {"run": number, "of": plan.seeds, "last": last, **_of(plan, study.done[number], recorded)}
        yield None


def draw_strip(recording: Recording, keyframes: Keyframes, epoch: int) -> Iterator[Told | None]:
    """How the output formed: for 0, 1, 2, 5, 10, ... and `epoch` {epoch, last, train, test, map}, as `study_seeds` has.

    keyframes: of the recording, so that hardly anything is trained again.
    """
    player = Player(recording, keyframes)
    for at in strip_epochs(epoch):
        player.seek(at)
        while player.engine.epoch < at:
            player.train()
            if player.engine.epoch % _EPOCHS == 0:
                yield None
        scores = player.engine.scores()
        losses = {"train": _finite(scores.train_loss), "test": _finite(scores.test_loss)}
        yield {"epoch": at, "last": at == epoch, **losses, "map": _small(player.engine.maps()[-1])}


def strip_epochs(last: int) -> list[int]:
    """0, 1, 2, 5, 10, 20, 50, ... up to `last`, which is always among them."""
    powers = (10**power for power in range(len(str(last))))
    return sorted({0, last, *(epoch for power in powers for epoch in (power, 2 * power, 5 * power) if epoch < last)})


def _of(plan: Plan, run: Run, recorded: list[int]) -> Told:
    train, test = ([_rounded(loss[which]) for loss in run.losses] for which in (0, 1))
    return {
        "link": moment.write(Moment(run.recording, plan.epochs)),
        "epochs": recorded[: len(run.losses)],
        "train": train,
        "test": test,
        "failed": run.failed,
        "scores": [_finite(score) for score in run.scores],
        "map": _small(run.map),
    }


def _small(output: np.ndarray) -> str:
    cell = SIDE // SMALL
    small = output.reshape(SMALL, cell, SMALL, cell).mean(axis=(1, 3))
    return base64.b64encode(wire.quantized(np.ascontiguousarray(small)).tobytes()).decode()


def _rounded(value: float) -> float | None:
    return _finite(float(f"{value:.{_DIGITS}g}"))


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
