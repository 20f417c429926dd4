"""What a person changes while a network trains. In a link an edit is a word and its values: `weight:0:1:2:-0.5`.

No IO.
"""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from core.settings import Kind, Number
from playground import values
from playground.config import FIELDS, MAX_LAYERS, MAX_NEURONS, OWN_DATA, Config, ConfigError
from playground.point_set import EDGE, MOST_CLASSES, Place, PointSet, PointSetError

LAYER = Number(0, MAX_LAYERS, whole=True)
NODE = Number(0, MAX_NEURONS - 1, whole=True)
VALUE = Number(-1e6, 1e6)
PLACE = Number(-EDGE, EDGE)
LABEL = Number(-1, MOST_CLASSES - 1)
MOST_PLACES = 200  # of an edit
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


class Add(msgspec.Struct, frozen=True, tag="add", array_like=True):
    """Points more of the own data, where none are yet. label: a class, or a value of a regression. places: float32, x
    and y of one after the other, in the plane."""

    label: float
    places: bytes


class Drop(msgspec.Struct, frozen=True, tag="drop", array_like=True):
    """The own data without the points at these places, as `Add` has them."""

    places: bytes


Edit = LearningRate | Weight | Bias | Data | Add | Drop
WORDS: Mapping[str, type[Edit]] = {
    "rate": LearningRate, "weight": Weight, "bias": Bias, "data": Data, "add": Add, "drop": Drop,
}  # fmt: skip
_WORD_OF = {kind: word for word, kind in WORDS.items()}


def place(edit: Edit) -> tuple[Any, ...]:
    """What an edit changes: all of it but the last value; of points which they are. Of two for one place the later one
    counts."""
    if isinstance(edit, Add | Drop):
        return type(edit), *msgspec.structs.astuple(edit)
    return type(edit), *msgspec.structs.astuple(edit)[:-1]


def subject(edit: Edit) -> tuple[Any, ...]:
    """What several edits in a row are one change of."""
    return (PointSet,) if isinstance(edit, Add | Drop) else place(edit)


def count_points(edit: Edit) -> int:
    """How many points an edit adds or drops."""
    return len(edit.places) // 8 if isinstance(edit, Add | Drop) else 0


def unpacked(places: bytes) -> list[Place]:
    """The places of an edit."""
    return list(struct.iter_unpack("<2f", places))


def places(numbers: Sequence[float]) -> bytes:
    """Places of an edit: x and y of one after the other. Raises ValueError where one does not lie in the plane."""
    if not numbers or len(numbers) % 2 or len(numbers) > 2 * MOST_PLACES:
        raise ValueError(f"x and y of 1 to {MOST_PLACES} points")
    for number in numbers:
        PLACE.check(number)
    return struct.pack(f"<{len(numbers)}f", *(number + 0.0 for number in array("f", numbers)))


def written(edit: Edit) -> str:
    match edit:
        case Add(label, where):
            return ":".join(["add", values.written(label), *_numbers(where)])
        case Drop(where):
            return ":".join(["drop", *_numbers(where)])
    return ":".join([_WORD_OF[type(edit)], *map(values.written, msgspec.structs.astuple(edit))])


def _numbers(where: bytes) -> Iterator[str]:
    """Each in as few digits as give the same float32; nine always do."""
    for (number,) in struct.iter_unpack("<f", where):
        short = (float(f"{number:.{digits}g}") for digits in range(1, 10))
        yield values.written(next(one for one in short if struct.pack("<f", one) == struct.pack("<f", number)))


def read(text: str) -> Edit:
    """The edit that `text` means. Raises ValueError, which says what would do."""
    word, *texts = text.split(":")
    kind = WORDS.get(word)
    if kind is None:
        raise ValueError(f"one of {', '.join(WORDS)}")
    if kind is Add or kind is Drop:
        numbers: list[Any] = [values.parse_number(one) for one in texts]
        if kind is Drop:
            return Drop(places(numbers))
        return made(Add, label=LABEL.check(numbers[0] if numbers else ""), places=places(numbers[1:]))
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
    if isinstance(edit, Add | Drop):
        own = own_data(config)
        try:
            edited(own, [edit])
        except PointSetError as error:
            if isinstance(edit, Add) and error.code == "points-classes":
                raise ConfigError("label", edit.label, str(error), error.code, error.values) from None
            raise ConfigError("points", len(unpacked(edit.places)), str(error), error.code, error.values) from None


def own_data(config: Config) -> PointSet:
    """The points that can be edited. Raises ConfigError where there are none."""
    if config.data_name != OWN_DATA or not config.own_data:
        raise ConfigError("dataset", config.data_name, OWN_DATA, "not-own-data")
    return config.own_data


def edited(own: PointSet, edits: Iterable[Edit]) -> PointSet:
    """The own data after those of `edits` that are of its points. Raises PointSetError."""
    strokes = (edit for edit in edits if isinstance(edit, Add | Drop))
    return own.after((edit.label if isinstance(edit, Add) else None, unpacked(edit.places)) for edit in strokes)


def check_node(layer: int, node: int, config: Config) -> None:
    """Raises ConfigError for a node that the network of `config` has not. layer: 0 is the first after the inputs."""
    _check_below("layer", layer, len(config.sizes) - 1)
    _check_below("node", node, config.sizes[layer + 1])


def _check_below(name: str, value: int, count: int) -> None:
    if value >= count:
        among = Number(0, count - 1, whole=True)
        code, limits = (among.code, among.limits) if count else ("", {})  # a network without features has no inputs
        raise ConfigError(name, value, f"below {count}", code, limits)
