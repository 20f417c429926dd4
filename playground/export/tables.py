"""The numbers of a run as tables that a spreadsheet reads: those that the page saves (static/js/playground/tables.js).

A number stands there to its last digit. A value that is not a number is empty.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Generator, Iterable, Sequence

from playground.data import datasets
from playground.export import curve, units
from playground.recording.moment import Moment


def losses(there: Moment) -> Generator[None, None, str]:
    """The losses and accuracies after every epoch, step by step."""
    recorded = yield from curve.recording(there)
    names = ["epoch", "trainLoss", "testLoss", "trainAccuracy", "testAccuracy"]
    return _csv(names, ([epoch, *scores] for epoch, scores in recorded.scores.items()))


def points(there: Moment) -> Generator[None, None, str]:
    """The points that the moment has; where these have units or names of their own, in these too."""
    yield
    own = units.of(there.config)
    sets = zip(("train", "test"), datasets.split(there.config), strict=True)
    rows = ([*row, name, *(own.row(*row) if own else ())] for name, rows in sets for row in rows.tolist())
    return _csv(["x", "y", "label", "set", *(own.heads if own else ())], rows)


def _csv(names: Sequence[str], rows: Iterable[Sequence[float | str]]) -> str:
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(names)
    table.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return repr(value).removesuffix(".0") if math.isfinite(value) else ""
