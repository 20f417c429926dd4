"""What a person changes while a network trains. In a link an edit is a word and its values: `weight:0:1:2:-0.5`.

No IO.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from core.settings import Kind, Number
from playground import values
from playground.config import FIELDS, MAX_LAYERS, MAX_NEURONS, Config, ConfigError

LAYER = Number(0, MAX_LAYERS, whole=True)
NODE = Number(0, MAX_NEURONS - 1, whole=True)
VALUE = Number(-1e6, 1e6)
_KINDS: dict[str, Kind] = {
    "layer": LAYER,
    "node": NODE,
    "input": NODE,
    "value": VALUE,
    "rate": FIELDS["learningRate"].kind,
    "seed": FIELDS["seed"].kind,
}
_SEED = re.compile(r"[\w.+-]+", re.ASCII)  # nothing in it that separates in a link


class LearningRate(msgspec.Struct, frozen=True, tag="rate", array_like=True):
    rate: float


class Weight(msgspec.Struct, frozen=True, tag="weight", array_like=True):
    """layer: 0 is the first that computes; input: which of the node's."""

    layer: int
    node: int
    input: int
    value: float


class Bias(msgspec.Struct, frozen=True, tag="bias", array_like=True):
    layer: int
    node: int
    value: float


class Data(msgspec.Struct, frozen=True, tag="data", array_like=True):
    """Other points of the same data set, from `seed`; the network stays."""

    seed: str


Edit = LearningRate | Weight | Bias | Data
WORDS: Mapping[str, type[Edit]] = {"rate": LearningRate, "weight": Weight, "bias": Bias, "data": Data}
_WORD_OF = {kind: word for word, kind in WORDS.items()}


def place(edit: Edit) -> tuple[Any, ...]:
    """What an edit changes: all of it but the last value. Of two for one place the later one counts."""
    return type(edit), *msgspec.structs.astuple(edit)[:-1]


def written(edit: Edit) -> str:
    return ":".join([_WORD_OF[type(edit)], *map(values.written, msgspec.structs.astuple(edit))])


def read(text: str) -> Edit:
    """The edit that `text` means. Raises ValueError, which says what would do."""
    word, *texts = text.split(":")
    kind = WORDS.get(word)
    if kind is None:
        raise ValueError(f"one of {', '.join(WORDS)}")
    names = kind.__struct_fields__
    if len(texts) != len(names):
        raise ValueError(":".join([word, *(name.upper() for name in names)]))
    found = {}
    for name, one in zip(names, texts, strict=True):
        try:
            found[name] = _KINDS[name].check(values.parse(_KINDS[name], one))
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return made(kind, **found)


def made(kind: type[Edit], **checked: Any) -> Edit:
    """An edit of values that are of their kinds. Raises ValueError."""
    if kind is Data and not _SEED.fullmatch(checked["seed"]):
        raise ValueError("seed: letters, digits, _, ., + and -")
    # -0 is written as 0, and has to be the same run.
    given: dict[str, Any] = {k: value + 0.0 if isinstance(value, float) else value for k, value in checked.items()}
    return kind(**given)


def check(edit: Edit, config: Config) -> None:
    """Raises ConfigError where the network of `config` has nothing at the place that `edit` changes."""
    if isinstance(edit, Weight | Bias):
        check_node(edit.layer, edit.node, config)
    if isinstance(edit, Weight):
        _check_below("input", edit.input, config.sizes[edit.layer])


def check_node(layer: int, node: int, config: Config) -> None:
    """Raises ConfigError for a node that the network of `config` has not. layer: 0 is the first after the inputs."""
    _check_below("layer", layer, len(config.sizes) - 1)
    _check_below("node", node, config.sizes[layer + 1])


def _check_below(name: str, value: int, count: int) -> None:
    if value >= count:
        among = Number(0, count - 1, whole=True)
        code, limits = (among.code, among.limits) if count else ("", {})  # a network without features has no inputs
        raise ConfigError(name, value, f"below {count}", code, limits)
