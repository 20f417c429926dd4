"""Random input for Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from core.settings import Choice
from playground.config import FEATURE_KEYS, FIELDS, Config


def choices(key: str) -> st.SearchStrategy[str]:
    kind = FIELDS[key].kind
    assert isinstance(kind, Choice)
    return st.sampled_from(kind.values)


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Any Config, small and large, sensible and not."""
    values: dict[str, Any] = {key: draw(choices(key)) for key in FIELDS if isinstance(FIELDS[key].kind, Choice)}
    values |= {key: draw(st.booleans()) for key in FEATURE_KEYS}
    values |= {
        "batchSize": draw(st.integers(1, 30)),
        "learningRate": draw(st.sampled_from([0.0001, 0.003, 0.01, 0.03, 0.1])),
        "regularizationRate": draw(st.sampled_from([0, 0.001, 0.01, 0.1])),
        "noise": draw(st.integers(0, 80)),
        "networkShape": draw(st.lists(st.integers(1, 8), max_size=6)),
        "percTrainData": draw(st.sampled_from([10, 30, 50, 90])),
        "seed": f"{draw(st.integers(0, 99999)) / 1e5:.5f}",
        "initZero": draw(st.integers(0, 9)) == 0,
        "weightsDraw": draw(st.integers(0, 3)),
    }
    return Config().updated(values)
