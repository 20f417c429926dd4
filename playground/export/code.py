"""A moment of a run as one readable PyTorch file, which trains it and compares its losses with Playlab's."""

from __future__ import annotations

from collections.abc import Generator
from textwrap import indent

from core.names import is_hidden
from playground.export import pieces
from playground.export.measured import Shown, measuring
from playground.export.steps import result
from playground.recording.moment import Moment


def script(there: Moment) -> str:
    """The file. It trains up to the moment's epoch and ends with status 1 where its losses differ from Playlab's."""
    return result(writing(there))


def writing(there: Moment) -> Generator[None, None, str]:
    """`script`, step by step."""
    config, shown = there.recording.config, (yield from measuring(there))
    parts = [_head(there)]
    for points in pieces.points(there):
        parts.append(points)
        yield
    parts += [
        pieces.settings(there),
        pieces.features(config),
        pieces.numbers(config),
        pieces.network(config),
        pieces.weights(config),
        pieces.loss(config),
        pieces.optimizer(config),
        pieces.epoch(config),
        pieces.edits(there),
        pieces.shown(there, shown),
        _comparison(there, shown),
    ]
    return "\n\n\n".join(filter(None, parts)) + "\n"


def _head(there: Moment) -> str:
    config = there.recording.config
    sizes = "-".join(map(str, config.sizes))
    return f'''"""A network that Playlab has trained: {config.data_name}, {sizes}, {there.epoch} epochs.

It trains the same network with PyTorch and prints its losses beside those that Playlab showed. This is
the run, as the part of Playlab's address after #:

{_escaped(pieces.link(there))}
"""

import json
import math
import sys

import torch
from torch import nn

torch.set_default_dtype(torch.float64)'''


def _escaped(text: str) -> str:
    """As it stands in a string of Python: nothing in it may end that, or be read as something else."""
    kept = {"\\": "\\\\", '"': '\\"', "\n": "\n"}
    return "".join(
        kept.get(sign) or (sign.encode("unicode_escape").decode() if is_hidden(sign) else sign) for sign in text
    )


def _comparison(there: Moment, shown: Shown) -> str:
    train, test, epoch = pieces.trained(there)
    return f"""largest = 0.0
{pieces.HEADING}
for number in range(EPOCHS + 1):
{epoch}
    if number in SHOWN:
        with torch.no_grad():
            ours = loss({train}).item(), loss({test}).item()
        theirs = SHOWN[number]
{indent(pieces.compared(there, shown), " " * 8)}
{pieces.RESULT}
sys.exit(0 if largest <= TOLERANCE else 1)"""
