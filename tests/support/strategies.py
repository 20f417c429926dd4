"""Random input for Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from core.settings import Choice
from playground.config import FEATURE_KEYS, FIELDS, OWN, Config
from playground.recording.edits import Bias, Data, Edit, LearningRate, Weight
from playground.recording.recording import Recording


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
        "batchSize": draw(st.integers(1, 30) | st.integers(31, 400)),
        "learningRate": draw(st.sampled_from([0.0001, 0.003, 0.01, 0.03, 0.1])),
        "regularizationRate": draw(st.sampled_from([0, 0.001, 0.01, 0.1])),
        "noise": draw(st.integers(0, 80)),
        "networkShape": draw(st.lists(st.integers(1, 8), max_size=6) | st.lists(st.integers(1, 16), max_size=10)),
        "percTrainData": draw(st.sampled_from([10, 30, 50, 90])),
        "seed": f"{draw(st.integers(0, 99999)) / 1e5:.5f}",
        "initZero": draw(st.integers(0, 9)) == 0,
        "weightsDraw": draw(st.integers(0, 3)),
        "fullBatch": draw(st.integers(0, 9)) == 0,
        "shuffle": draw(st.booleans()),
        "layerActivations": draw(st.lists(st.just("") | choices("activation"), max_size=3)),
        "dropout": draw(st.lists(st.sampled_from([0, 0.1, 0.5, 0.9]), max_size=3)),
        "l2Rate": draw(st.sampled_from([0, 0.001, 0.1])),
        "momentum": draw(st.sampled_from([0, 0.5, 0.9])),
        "alpha": draw(st.sampled_from([0.5, 0.9, 0.99])),
        "beta1": draw(st.sampled_from([0, 0.9])),
        "beta2": draw(st.sampled_from([0.5, 0.999])),
        # A smaller one makes a step of a gradient that is all rounding: two orders of adding part there.
        "epsilon": draw(st.sampled_from([1e-3, 1e-2])),
        "weightDecay": draw(st.sampled_from([0, 0.01, 1])),
        "scheduleEpochs": draw(st.integers(1, 30)),
        "scheduleFactor": draw(st.sampled_from([0, 0.5, 0.9, 1])),
    }
    if draw(st.booleans()):  # as many again train as the original does
        own = {key: FIELDS[key].default for key in OWN if key != "weightsDraw"}
        values |= own | {"regularization": draw(st.sampled_from(["none", "L1", "L2"]))}
        values["activation"] = draw(st.sampled_from(["relu", "tanh", "sigmoid", "linear"]))
    return Config().updated(values)


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False)


@st.composite
def edits(draw: st.DrawFn, config: Config) -> Edit:
    """Any that the network of `config` can take."""
    sizes = config.sizes
    kind = draw(st.sampled_from((LearningRate, Weight, Bias, Data)))
    if kind is LearningRate:
        return LearningRate(draw(st.sampled_from([0.0001, 0.01, 0.03, 0.1]) | numbers(0, 10)))
    if kind is Data:
        return Data(f"{draw(st.integers(0, 99999)) / 1e5:.5f}")
    layer = draw(st.integers(0, len(sizes) - 2))
    node, value = draw(st.integers(0, sizes[layer + 1] - 1)), draw(numbers(-2, 2) | numbers(-1e6, 1e6)) + 0.0
    if kind is Bias or not sizes[layer]:
        return Bias(layer, node, value)
    return Weight(layer, node, draw(st.integers(0, sizes[layer] - 1)), value)


@st.composite
def recordings(draw: st.DrawFn, last: int = 30, most: int = 12) -> Recording:
    """Any with up to `most` edits at epochs up to `last`."""
    recording = Recording(draw(configs()))
    for epoch in sorted(draw(st.lists(st.integers(0, last), max_size=most))):
        recording = recording.with_edit(epoch, draw(edits(recording.config)))
    return recording
