"""A network as an ONNX file: images (n, 1, 28, 28) as they are fed to it, logits (n, 10), float32, any n.

Finding the graph takes PyTorch a second or two, so it is found once for every kind of network; the weights of one are
then put into it.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import io
import warnings
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from lenet.config import TrainConfig
from lenet.network.model import LeCun1998, LeNet5, build

if TYPE_CHECKING:
    from onnx import ModelProto

OF_NETWORK = ("model", "activation", "pooling", "padding", "output_relu")  # the settings that the graph depends on


class Plain(nn.Module):
    """A network layer by layer, without what makes it fast on a CPU; the partial convolution is a whole one, 0 where
    there is no connection."""

    def __init__(self, network: LeNet5 | LeCun1998):
        super().__init__()
        self.network = copy.deepcopy(network)
        if isinstance(network, LeCun1998):
            whole = nn.Conv2d(6, 16, 5)
            with torch.no_grad():
                whole.weight.copy_(network.conv2.dense())
                whole.bias.copy_(network.conv2.bias)  # type: ignore[union-attr]
            self.network.conv2 = whole

    def forward(self, images: Tensor) -> Tensor:
        return self.network.layers(images)["fc3"]

    def weights(self) -> dict[str, Tensor]:
        return {name: value.detach() for name, value in self.network.named_parameters()}


def written(config: TrainConfig, network: LeNet5 | LeCun1998, about: dict[str, str]) -> bytes:
    """The file. config: what network it is. about: kept as the model's metadata."""
    from onnx import ModelProto, numpy_helper

    made = ModelProto()
    made.CopyFrom(_graph(_kind(config)))
    weights = Plain(network).weights()
    for tensor in made.graph.initializer:
        if tensor.name in weights:
            value = weights.pop(tensor.name).contiguous().numpy()
            tensor.CopyFrom(numpy_helper.from_array(value, tensor.name))
    if weights:
        raise AssertionError(f"the graph has no {', '.join(weights)}")
    for name, text in about.items():
        made.metadata_props.add(key=name, value=text)
    return made.SerializeToString(deterministic=True)


def _kind(config: TrainConfig) -> TrainConfig:
    """A network of the same graph, whatever the rest of its settings."""
    return replace(
        TrainConfig(), **{one.name: getattr(config, one.name) for one in fields(config) if one.name in OF_NETWORK}
    )


@functools.lru_cache(maxsize=64)
def _graph(kind: TrainConfig) -> ModelProto:
    """The graph of such a network. Its weights are of no meaning, but no two are equal: equal ones would be joined."""
    with torch.random.fork_rng(devices=[]):
        plain = Plain(build(kind))
        for weight in plain.parameters():
            nn.init.normal_(weight)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            plain.eval(), (torch.zeros(2, 1, 28, 28),), dynamo=True, verbose=False, input_names=["images"],
            output_names=["logits"], dynamic_shapes={"images": {0: torch.export.Dim("n", min=1)}},
        )  # fmt: skip
    if program is None:  # it is a file's name that it might have been given
        raise AssertionError("no program")
    made: ModelProto = program.model_proto
    _clean(made)
    return made


def _clean(made: ModelProto) -> None:
    """Takes out what the export notes of this machine's files, and names the weights as the checkpoint does."""
    graph = made.graph
    for noted in (made, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        noted.ClearField("metadata_props")
        noted.ClearField("doc_string")
    graph.ClearField("value_info")
    made.producer_name = "Playlab, by PyTorch"
    graph.name = "lenet"
    for tensor in graph.initializer:
        tensor.name = tensor.name.removeprefix("network.")
    for node in graph.node:
        for place, name in enumerate(node.input):
            node.input[place] = name.removeprefix("network.")
