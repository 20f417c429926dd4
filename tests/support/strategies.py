"""Random input for Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from core.settings import Choice
from playground.config import FEATURE_KEYS, FIELDS, OWN, OWN_DATA, Config
from playground.point_set import FEWEST, MOST_CLASSES, MOST_NAME, Axis, PointSet, packed
from playground.recording.edits import Add, Bias, Data, Drop, Edit, LearningRate, Weight, places
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
    if values["problem"] == "classification" and values["dataset"] == OWN_DATA:
        values["ownData"] = draw(point_sets(st.integers(2, MOST_CLASSES)))
    if values["problem"] == "regression" and values["regDataset"] == OWN_DATA:
        values["ownData"] = draw(point_sets(st.just(0)))
    return Config().updated(values)


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False)


@st.composite
def point_sets(draw: st.DrawFn, classes: st.SearchStrategy[int]) -> PointSet:
    """Any of a few points, in the plane's units or in others."""
    count, n = draw(classes), draw(st.integers(FEWEST, 25))
    named = draw(st.booleans())
    axes = [draw(_axes()) if named else Axis() for _ in "xyz"]
    if count:
        axes[2] = Axis(axes[2].name)
    names = draw(st.lists(_names, min_size=count, max_size=count)) if named else []
    reach = numbers(-5.9, 5.9)
    columns = [draw(st.lists(reach, min_size=n, max_size=n)) for _ in "xy"]
    labels = numbers(-0.9, 0.9) if not count else st.integers(0, count - 1)
    columns.append(draw(st.lists(labels, min_size=n, max_size=n)))
    own = [[axis.centre + axis.step * value for value in column] for axis, column in zip(axes, columns, strict=True)]
    return packed(own, count, axes, names)


@st.composite
def _axes(draw: st.DrawFn) -> Axis:
    """Also of years and the like, far from 0 beside their step."""
    centre = draw(numbers(-1e3, 1e3))
    return Axis(draw(_names), centre, draw(numbers(max(0.01, abs(centre) / 1e5), 1e3)))


_names = st.text(st.characters(categories=("L", "N", "P", "S")), max_size=MOST_NAME)


@st.composite
def strokes(draw: st.DrawFn, own: PointSet) -> Add | Drop:
    """Points added, or some taken away as long as there are enough."""
    spare = sorted(own.places)[: (own.count - FEWEST) // 4]  # more may be dropped
    if spare and len(set(own.places)) == own.count and draw(st.booleans()):
        gone = draw(st.lists(st.sampled_from(spare), min_size=1, max_size=5, unique=True))
        return Drop(places([value for place in gone for value in place]))
    count = draw(st.integers(1, 5))
    where = places(draw(st.lists(numbers(-5.9, 5.9), min_size=2 * count, max_size=2 * count)))
    return Add(float(draw(st.integers(0, own.classes - 1) if own.classes else numbers(-0.9, 0.9))) + 0.0, where)


@st.composite
def edits(draw: st.DrawFn, config: Config) -> Edit:
    """Any that the network of `config` can take."""
    sizes = config.sizes
    if config.data_name == OWN_DATA and config.own_data and draw(st.booleans()):
        return draw(strokes(config.own_data))
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
        recording = recording.with_edit(epoch, draw(edits(recording.settings(epoch))))
    return recording
