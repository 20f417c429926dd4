"""The PyTorch files of many runs, by the addresses of the page. No torch here."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from core.refused import RefusedError
from lenet.export import code
from lenet.runs.board import Board


def of(places: Iterable[str], board: Board) -> dict[str, str]:
    """The file of each address that names a run which is there and has finished an epoch: it trains all of its epochs,
    so that every view of a run has the same."""
    named = {place: parse_qs(urlsplit(place).fragment).get("run", [""])[0] for place in places}
    written = {run: _written(run, board) for run in set(named.values())}
    return {place: text for place, run in named.items() if (text := written[run])}


def _written(run_id: str, board: Board) -> str | None:
    try:
        run = board.get(run_id)
        return code.script(run.origin(run.epoch(None)))
    except RefusedError:
        return None
