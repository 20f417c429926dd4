"""A network for other programs: ONNX by onnxruntime on real images, safetensors in the class of the run's script."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import load_file

from lenet.config import TrainConfig
from lenet.data import datasets
from lenet.export import code, origin, weights
from lenet.export import onnx as exported
from lenet.export.origin import Origin
from lenet.network.model import build
from lenet.questions.answerer import load_model
from lenet.training.folder import RunFolder
from support.long import examples


@pytest.fixture(scope="module")
def images(mnist: Path) -> torch.Tensor:
    return datasets.load("mnist", mnist, "test").images


def answers(content: bytes, images: torch.Tensor) -> np.ndarray:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (given,), (said,) = session.get_inputs(), session.get_outputs()
    assert (given.name, given.shape[1:], given.type) == ("images", [1, 28, 28], "tensor(float)")
    assert (said.name, said.shape[1:]) == ("logits", [10])
    return session.run(None, {"images": images.numpy()})[0]


def test_onnx_answers_as_the_network_does_on_all_test_images(trained: RunFolder, images: torch.Tensor):
    path = sorted(trained.path.glob("lenet_*.pt"))[-1]
    source = origin.of_file(path)
    model = load_model(source.config, path)
    ours = answers(exported.written(source.config, model, source.metadata()), images)
    with torch.inference_mode():
        theirs = model(images).numpy()
    assert np.abs(ours - theirs).max() <= 1e-5
    assert (ours.argmax(1) == theirs.argmax(1)).all()


kinds = st.builds(
    TrainConfig,
    activation=st.sampled_from(["sigmoid", "relu", "tanh"]),
    pooling=st.sampled_from(["max", "average"]),
    padding=st.integers(0, 2),
    output_relu=st.booleans(),
    init=st.sampled_from(["pytorch", "xavier"]),  # xavier's biases are all zero
)


@settings(max_examples=examples(2, of=6), deadline=None)
@given(st.just(TrainConfig(model="lecun1998")) | kinds, st.integers(1, 9), st.integers(0, 99))
def test_onnx_is_right_for_every_network_and_any_number_of_images(
    images: torch.Tensor, config: TrainConfig, count: int, seed: int
):
    torch.manual_seed(seed)
    model = build(config).eval()
    with torch.inference_mode():
        theirs = model(images[:count]).numpy()
    ours = answers(exported.written(config, model, {}), images[:count])
    assert np.abs(ours - theirs).max() <= 1e-5 * max(1, np.abs(theirs).max())


def test_two_networks_of_one_kind_have_each_its_own_weights(images: torch.Tensor):
    made = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        model = build(TrainConfig()).eval()
        made.append((exported.written(TrainConfig(), model, {"seed": str(seed)}), model))
    for content, model in made:
        with torch.inference_mode():
            assert np.abs(answers(content, images[:5]) - model(images[:5]).numpy()).max() <= 1e-5
    assert [onnx.load_from_string(content).metadata_props[0].value for content, _ in made] == ["1", "2"]


def test_onnx_is_valid_and_tells_of_the_run_and_not_of_the_machine(trained: RunFolder):
    path = sorted(trained.path.glob("lenet_*.pt"))[-1]
    source = origin.of_file(path)
    content = exported.written(source.config, load_model(source.config, path), source.metadata())
    model = onnx.load_from_string(content)
    onnx.checker.check_model(model, full_check=True)
    told = {one.key: one.value for one in model.metadata_props}
    assert told["run"] == trained.id
    assert told["checkpoint"] == path.name
    assert told["dataset"] == "mnist"
    assert float(told["test_accuracy"]) == source.accuracy
    assert "divided by 255" in told["input"]
    assert b"lenet/network" not in content
    assert b".py" not in content
    assert {tensor.name for tensor in model.graph.initializer} >= set(torch.load(path, weights_only=True))


def test_the_random_numbers_of_others_are_left_alone():
    exported._graph.cache_clear()
    model = build(TrainConfig())
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    exported.written(TrainConfig(), model, {})
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("name", ["lenet5", "lecun1998"])
def test_safetensors_fit_the_network_of_the_script_and_tell_of_the_run(name: str, tmp_path: Path, images: torch.Tensor):
    config = TrainConfig(model=name)
    model = build(config).eval()
    scores = {"loss": 0.125, "accuracy": 0.5}
    source = Origin("a.pt", config, "20260131-154500-1f2e3d", ({"epoch": 3, "train": scores, "test": scores},))
    (tmp_path / "a.safetensors").write_bytes(weights.written(model, source.metadata()))
    (tmp_path / "a.py").write_text(code.script(source), encoding="utf-8")

    script: dict[str, Any] = runpy.run_path(str(tmp_path / "a.py"))  # importing it trains nothing
    bare = script["LeNet5" if name == "lenet5" else "LeCun1998"]().eval()
    bare.load_state_dict(load_file(tmp_path / "a.safetensors"), strict=True)
    with torch.inference_mode():
        assert torch.equal(bare(images[:50]), model(images[:50]))
    with safe_open(tmp_path / "a.safetensors", "pt") as file:
        told = file.metadata()
    assert (told["run"], told["epoch"], told["test_accuracy"]) == ("20260131-154500-1f2e3d", "3", "0.5")
    assert told["dataset"] == "mnist"
