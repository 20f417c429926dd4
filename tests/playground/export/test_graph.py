"""An ONNX graph is run by onnxruntime, and has to give what the engine gives."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.config import FIELDS
from playground.engine import EDGE, SIDE, grid
from playground.export import graph
from playground.export.steps import result
from playground.point_set import measured
from playground.recording import moment
from playground.recording.moment import Moment
from playground.recording.player import Player
from playground.recording.recording import Recording
from support import strategies
from support.long import examples

AXIS = np.array([-EDGE + 2 * EDGE * i / (SIDE - 1) for i in range(SIDE)])
PLANE = {"x": np.tile(AXIS, SIDE), "y": np.repeat(-AXIS, SIDE)}


def outputs(there):
    """Of the graph, for every pixel; of the engine for these; and the engine itself."""
    session = onnxruntime.InferenceSession(result(graph.writing(there)))
    player = Player(there.recording)
    while player.engine.epoch < there.epoch:
        player.train()
    (output,) = session.run(None, PLANE)
    config = player.engine.config
    maps = player.engine.maps()[-config.outputs :].reshape(config.outputs, -1).T
    return output, maps if config.has_classes else maps[:, 0], player.engine


def sums(engine):
    """Those of the last layer, by PyTorch: (outputs, pixels)."""
    with torch.no_grad():
        return engine.mlp(torch.from_numpy(grid(engine.config.features)))[-1]


def largest(engine):
    """Of the numbers that are added."""
    with np.errstate(invalid="ignore"):
        most = max(1.0, np.abs(engine.maps()).max(), sums(engine).abs().max().item())
    return np.nan_to_num(most, nan=1.0, posinf=1.0)


@settings(max_examples=examples(10, of=60), deadline=None)
@given(st.data())
def test_any_network_gives_what_the_engine_gives(data):
    there = Moment(Recording(data.draw(strategies.configs())), data.draw(st.integers(0, 10)))
    ours, engines, engine = outputs(there)
    assert ours.dtype == np.float64
    assert ours.shape == engines.shape
    np.testing.assert_allclose(ours, engines, rtol=1e-12, atol=1e-12 * largest(engine))


@settings(max_examples=examples(10, of=30), deadline=None)
@given(st.data())
def test_any_edited_run_comes_as_near_as_pytorch(data):
    epoch = data.draw(st.integers(0, 12))
    ours, engines, engine = outputs(Moment(data.draw(strategies.recordings(epoch, most=6)), epoch))
    torchs = sums(engine).softmax(dim=0).T.numpy() if engine.config.has_classes else sums(engine)[0].numpy()
    with np.errstate(invalid="ignore", over="ignore"):
        theirs = np.nan_to_num(np.abs(torchs - engines).max(), nan=0.0, posinf=0.0)
    np.testing.assert_allclose(ours, engines, rtol=1e-12, atol=1e-12 * largest(engine) + 10 * theirs)


@pytest.mark.parametrize("activation", FIELDS["activation"].kind.values)
@pytest.mark.parametrize("problem", ["classification", "regression"])
def test_every_feature_and_activation_is_known(activation, problem):
    link = f"seed=0.1&epoch=20&problem={problem}&activation={activation}&learningRate=0.001&networkShape=5,3"
    for name in ("xSquared", "ySquared", "xTimesY", "sinX", "sinY"):
        link += f"&{name}=true"
    ours, engines, _ = outputs(moment.parse(link))
    np.testing.assert_allclose(ours, engines, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("classes", [2, 6])
def test_of_several_classes_it_gives_how_likely_each_is(classes):
    ours, engines, _ = outputs(moment.parse(f"dataset=arms&classes={classes}&seed=0.1&epoch=30&networkShape=6"))
    assert ours.shape == (SIDE * SIDE, classes)
    np.testing.assert_allclose(ours.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(ours, engines, rtol=1e-12, atol=1e-12)


def test_without_features_it_gives_the_bias_for_as_many_points():
    ours, engines, _ = outputs(moment.parse("seed=0.1&x=false&y=false&epoch=3"))
    np.testing.assert_allclose(ours, engines, rtol=1e-12, atol=1e-12)


def metadata(link):
    model = onnx.load_from_string(result(graph.writing(moment.parse(link))))
    return {entry.key: entry.value for entry in model.metadata_props}


def test_of_data_with_units_and_names_of_their_own_it_says_where_a_value_stands():
    said = metadata("dataset=iris&seed=0.1")
    assert json.loads(said["axes"]) == [[*axis] for axis in measured("iris").axes]
    assert json.loads(said["axes"])[0] == ["petal length (cm)", pytest.approx(3.95), pytest.approx(0.59)]
    assert json.loads(said["classes"]) == ["Iris setosa", "Iris versicolor", "Iris virginica"]
    said = metadata("problem=regression&regDataset=cars&seed=0.1")
    assert json.loads(said["axes"]) == [[*axis] for axis in measured("cars").axes]
    assert "classes" not in said
    assert not {"axes", "classes"} & metadata("seed=0.1").keys()


def test_it_says_what_it_is_in_words_that_old_runtimes_read():
    there = moment.parse("seed=0.1&epoch=30&edits=9:rate:0.1")
    model = onnx.load_from_string(result(graph.writing(there)))
    onnx.checker.check_model(model, full_check=True)
    assert (model.ir_version, [(one.domain, one.version) for one in model.opset_import]) == (7, [("", 13)])
    said = {entry.key: entry.value for entry in model.metadata_props}
    assert (moment.parse(said["link"]), said["epoch"]) == (there, "30")
    player = Player(there.recording)
    while player.engine.epoch < 30:
        player.train()
    scores = player.engine.scores()
    assert (float(said["train_loss"]), float(said["test_loss"])) == (scores.train_loss, scores.test_loss)
    weights = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    assert (weights["hidden1.weight"] == player.engine.mlp.weights[0].detach().numpy()).all()
