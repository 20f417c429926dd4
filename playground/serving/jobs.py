"""What a session's worker does for it besides training: its run written as a file, its settings tried with many seeds.

A job is an iterator of what is told of it. Each step takes an epoch's time, so that whoever lends it can stop.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np

from playground.export import files, formats
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
ANIMATED = 50  # of an animation's
FRAMES = 300  # of an animation, at most
_DIGITS = 4  # of losses that are only drawn


def write_code(there: Moment, form: str) -> Iterator[Told | None]:
    """At the end {epoch, text}, or `content` where the file is binary: the file of `playground.export.files`."""
    content = yield from files.writing(there, form)
    told = {"content": content} if form in formats.BINARY else {"text": content.decode()}
    yield {"epoch": there.epoch, "last": True, **told}


def study_seeds(plan: Plan) -> Iterator[Told | None]:
    """For each run {run, of, epochs, link, train, test, failed, scores, map} when it is done.

    run: its number, from 0, of so many. train, test: losses at `epochs`. map: `wire.outcome`, SIDE / 4 pixels a side,
    in base64.
    """
    study, recorded, number = Study(plan), plan.recorded, 0
    while not study.is_over:
        study.advance()
        for run in study.done:
            yield {"run": number, "of": plan.seeds, "last": number == plan.seeds - 1, **_of(plan, run, recorded)}
            number += 1
        study.done.clear()  # what was told is not kept: a run's map has 80 kB
        yield None


def draw_strip(recording: Recording, keyframes: Keyframes, epoch: int) -> Iterator[Told | None]:
    """How the output formed: for 0, 1, 2, 5, 10, ... and `epoch` {epoch, last, train, test, map}, as `study_seeds` has.

    keyframes: of the recording, so that hardly anything is trained again.
    """
    player = Player(recording, keyframes)
    for at in strip_epochs(epoch):
        yield from player.go_to(at)
        yield {"epoch": at, "last": at == epoch, **_losses(player), "map": _small(player.engine.outputs())}


def animate(recording: Recording, keyframes: Keyframes, epoch: int) -> Iterator[Told | None]:
    """The frames of how the output formed: for each of `animation_epochs` {frame, of, epoch, last, train, test, map}.

    frame: its number, from 0. map: ANIMATED pixels a side, as a byte-wise difference to the one before, deflated, in
    base64. points: the training and the test points as their message has them, in base64; where they are others than
    before, and in the first.
    """
    player = Player(recording, keyframes)
    epochs = animation_epochs(epoch)
    before, data = None, None
    for frame, at in enumerate(epochs):
        yield from player.go_to(at)
        engine = player.engine
        told: Told = {"frame": frame, "of": len(epochs), "epoch": at, "last": at == epoch, **_losses(player)}
        if engine.config.data != data:
            data = engine.config.data
            told["points"] = _text(wire.pack_points(engine, 0))
        cells = wire.outcome(engine.outputs(), ANIMATED).tobytes()
        told["map"] = _text(wire.squeezed(cells, before))
        before = cells
        yield told


def _losses(player: Player) -> Told:
    scores = player.engine.scores()
    return {"train": _finite(scores.train_loss), "test": _finite(scores.test_loss)}


def animation_epochs(last: int) -> list[int]:
    """All from 0 to `last`; of more than FRAMES so many, the further apart the later: most forms at the beginning."""
    steps = min(last, FRAMES - 1)
    return [at + round((last - steps) * (at / steps) ** 2) if at else 0 for at in range(steps + 1)]


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
        "map": _small(run.maps),
    }


def _small(outputs: np.ndarray) -> str:
    return _text(wire.outcome(outputs, SMALL).tobytes())


def _text(packed: bytes) -> str:
    return base64.b64encode(packed).decode()


def _rounded(value: float) -> float | None:
    return _finite(float(f"{value:.{_DIGITS}g}"))


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
