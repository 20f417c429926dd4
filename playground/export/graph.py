"""The network of a moment as an ONNX graph in float64, its features inside: it takes x and y and gives the output.

Two inputs of shape (n,) rather than one of (n, 2): by their names they cannot be mistaken for one another. The graph
uses what runtimes have known since 2020, and the names that PyTorch gives the layers of `code`'s file. x, y and what
comes out are in the plane; for data with units of their own the metadata say where a value stands there.
"""

from __future__ import annotations

import json
import math
from collections.abc import Generator
from typing import Any, NamedTuple

import numpy as np

from playground.config import Config
from playground.export import pieces, units
from playground.export.steps import beside
from playground.recording import moment
from playground.recording.moment import Moment
from playground.recording.player import Player
from playground.snapshot import Scores

OPSET, IR = 13, 7  # of 2020, with which a graph is read by onnxruntime from 1.6 on

# Operations one after another, and of what: "it" are the sums, a digit is what came of the operation of that place, the
# rest are `_NUMBERS`. Runtimes have these for float64, unlike Elu, LeakyRelu and Softplus.
_ACTIVATIONS: dict[str, list[tuple[str, list[str]]]] = {
    "relu": [("Relu", ["it"])],
    "tanh": [("Tanh", ["it"])],
    "sigmoid": [("Sigmoid", ["it"])],
    "linear": [],
    "leakyRelu": [("Mul", ["it", "leak"]), ("Max", ["it", "0"])],
    "elu": [("Min", ["it", "nought"]), ("Exp", ["0"]), ("Sub", ["1", "unit"]), ("Max", ["it", "2"])],
    "silu": [("Sigmoid", ["it"]), ("Mul", ["it", "0"])],
    "softplus": [
        ("Abs", ["it"]), ("Neg", ["0"]), ("Exp", ["1"]), ("Add", ["2", "unit"]), ("Log", ["3"]), ("Relu", ["it"]),
        ("Add", ["4", "5"]),
    ],
    "sin": [("Sin", ["it"])],
    "gelu": [
        ("Mul", ["it", "it"]), ("Mul", ["0", "cube"]), ("Add", ["1", "unit"]), ("Mul", ["2", "it"]),
        ("Mul", ["3", "scale"]), ("Tanh", ["4"]), ("Add", ["5", "unit"]), ("Mul", ["6", "it"]), ("Mul", ["7", "half"]),
    ],
}  # fmt: skip
_NUMBERS = {
    "nought": 0.0, "unit": 1.0, "half": 0.5, "leak": 0.01, "cube": 0.044715, "scale": math.sqrt(2 / math.pi),
}  # fmt: skip
_FEATURES = {
    "xSquared": ("Mul", "x", "x"),
    "ySquared": ("Mul", "y", "y"),
    "xTimesY": ("Mul", "x", "y"),
    "sinX": ("Sin", "x"),
    "sinY": ("Sin", "y"),
}  # x and y are the inputs themselves


class Layer(NamedTuple):
    """weight: (nodes, inputs). bias: (nodes,)."""

    name: str
    weight: np.ndarray
    bias: np.ndarray
    activation: str


def writing(there: Moment) -> Generator[None, None, bytes]:
    """The file, step by step."""
    player = Player(there.recording)
    yield from player.go_to(there.epoch)
    mlp = player.engine.mlp
    layers = [
        Layer(name, weight.detach().numpy(), bias.detach().numpy(), activation)
        for name, weight, bias, activation in zip(
            pieces.layers(there.config), mlp.weights, mlp.biases, mlp.activations, strict=True
        )
    ]
    scores = player.engine.scores()
    return (yield from beside(lambda: _written(there, layers, scores)))


def _written(there: Moment, layers: list[Layer], scores: Scores) -> bytes:
    import onnx
    from onnx import TensorProto, helper

    def floats(name: str, shape: list[Any]) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.DOUBLE, shape)

    nodes, constants = _nodes(there.config, layers)
    shape = ["n", there.config.outputs] if there.config.has_classes else ["n"]
    graph = helper.make_graph(
        nodes, "playlab", [floats("x", ["n"]), floats("y", ["n"])], [floats("output", shape)], initializer=constants
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR, producer_name="Playlab"
    )
    said = {"link": moment.write(there), "epoch": str(there.epoch)}
    said |= {"train_loss": repr(scores.train_loss), "test_loss": repr(scores.test_loss)}
    own = units.of(there.config)
    if own:
        said["axes"] = json.dumps(own.axes, ensure_ascii=False)
    if own and own.class_names:
        said["classes"] = json.dumps(own.class_names, ensure_ascii=False)
    helper.set_model_props(model, said)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _nodes(config: Config, layers: list[Layer]) -> tuple[list[Any], list[Any]]:
    """The operations in their order, and the constants they need. Of classes the output is how likely each is."""
    from onnx import helper, numpy_helper

    constants = [numpy_helper.from_array(np.array([1], dtype=np.int64), "one")]
    nodes = []
    for name in config.features:
        if name in _FEATURES:
            operation, *inputs = _FEATURES[name]
            nodes.append(helper.make_node(operation, inputs, [name]))
        nodes.append(helper.make_node("Unsqueeze", [name, "one"], [f"{name}.column"]))
    columns = [f"{name}.column" for name in config.features]
    if not columns:  # the biases alone, for as many points
        constants.append(numpy_helper.from_array(np.zeros(1), "zero"))
        nodes.append(helper.make_node("Mul", ["x", "zero"], ["nothing"]))
        nodes.append(helper.make_node("Unsqueeze", ["nothing", "one"], ["nothing.column"]))
        columns = ["nothing.column"]
    nodes.append(helper.make_node("Concat", columns, ["features"], axis=1))
    values = "features"
    used: set[str] = set()
    for name, weight, bias, activation in layers:
        weight = weight if weight.shape[1] else np.zeros((len(weight), 1))
        constants += [
            numpy_helper.from_array(np.ascontiguousarray(weight), f"{name}.weight"),
            numpy_helper.from_array(np.ascontiguousarray(bias), f"{name}.bias"),
        ]
        sums = [values, f"{name}.weight", f"{name}.bias"]
        nodes.append(helper.make_node("Gemm", sums, [f"{name}.sums"], transB=1))
        values = f"{name}.sums"
        parts = [f"{name}.part{at}" for at in range(len(_ACTIVATIONS[activation]))]
        for made, (operation, operands) in zip(parts, _ACTIVATIONS[activation], strict=True):
            inputs = [values if one == "it" else parts[int(one)] if one.isdigit() else one for one in operands]
            used |= {one for one in operands if one in _NUMBERS}
            nodes.append(helper.make_node(operation, inputs, [made]))
        values = parts[-1] if parts else values
    constants += [numpy_helper.from_array(np.array(_NUMBERS[one]), one) for one in sorted(used)]
    if config.has_classes:
        nodes.append(helper.make_node("Softmax", [values], ["output"], axis=1))
    else:
        nodes.append(helper.make_node("Squeeze", [values, "one"], ["output"]))
    return nodes, constants
