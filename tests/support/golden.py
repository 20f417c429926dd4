"""The original's own runs and random numbers, to compare with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "data"
RUNS: list[dict[str, Any]] = json.loads((DATA / "golden_runs.json").read_text())
# Links of the original found in public, with its losses.
WILD: list[dict[str, Any]] = json.loads((DATA / "wild_links.json").read_text())
DRAWS: dict[str, list[float]] = json.loads((DATA / "seedrandom_vectors.json").read_text())


def name(run: dict[str, Any]) -> str:
    """A short name for a test's id."""
    pairs = dict(part.split("=") for part in run["hash"].split("&"))
    data = pairs["dataset"] if pairs["problem"] == "classification" else pairs["regDataset"]
    return f"{data} {pairs['activation']} {pairs['networkShape'] or 'no layer'} batch {pairs['batchSize']}"
