"""What a Playground is set to: one frozen `Config` and the one table of its fields.

The table is `Config` itself: each attribute carries its default, its kind of value and what a change of it does. The
form, the link, the validation and the docs all read it through `FIELDS`; nothing else lists the settings. No IO.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from core.refused import InvalidError

MAX_LAYERS = 6
MAX_NEURONS = 8
TEXT_PATTERN = re.compile(r"[^\s&=#]+")


class ConfigError(InvalidError):
    """A setting or an argument that cannot be. code: a kind's `code`, or none."""

    whole, any_code = "argument", ""


# --- the kinds of value -----------------------------------------------------------------------------------------------
#
# A kind checks a value, reads it from a link's text, and finds the allowed value that is nearest to one that is not.
# `code` and `limits` say in data what the sentence of `check` says in English.


@dataclass(frozen=True)
class Choice:
    """One of a few names."""

    values: tuple[str, ...]
    code: ClassVar = "choice"

    @property
    def limits(self) -> dict[str, Any]:
        return {"choices": ", ".join(self.values)}

    def check(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.values:
            raise ValueError(f"one of {', '.join(self.values)}")
        return value

    def parse(self, text: str) -> object:
        return text

    def nearest(self, _value: object) -> str:
        raise ValueError("no name is near another")

    def schema(self) -> dict[str, Any]:
        return {"kind": "choice", "choices": list(self.values)}


@dataclass(frozen=True)
class Number:
    """A finite number in [low, high]. The form offers `choices`, or a slider up to `slider` in steps of `step`."""

    low: float
    high: float
    whole: bool = False
    choices: tuple[float, ...] = ()
    slider: tuple[float, float] = (0, 0)
    step: float = 1

    @property
    def code(self) -> str:
        return "whole" if self.whole else "number"

    @property
    def limits(self) -> dict[str, Any]:
        return {"low": self.low, "high": self.high}

    def check(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError(self._want())
        if not (self.low <= value <= self.high) or (self.whole and value != int(value)):
            raise ValueError(self._want())
        return int(value) if self.whole else value

    def _want(self) -> str:
        return f"{'a whole number' if self.whole else 'a number'} from {self.low:g} to {self.high:g}"

    def parse(self, text: str) -> object:
        return parse_number(text)

    def nearest(self, value: object) -> float:
        """Raises ValueError for what is no number."""
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
            raise ValueError(self._want())
        inside = min(max(value, self.low), self.high)
        return math.floor(inside + 0.5) if self.whole else inside

    def schema(self) -> dict[str, Any]:
        low, high = self.slider if self.slider != (0, 0) else (self.low, self.high)
        shown = {"kind": "number", "min": self.low, "max": self.high, "whole": self.whole}
        if self.choices:
            return shown | {"choices": list(self.choices)}
        return shown | {"slider": {"min": low, "max": high, "step": self.step}}


@dataclass(frozen=True)
class Flag:
    """True or false; 1 is neither."""

    code: ClassVar = "flag"
    limits: ClassVar[dict[str, Any]] = {}

    def check(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError("true or false")
        return value

    def parse(self, text: str) -> object:
        return text != "false"  # as the original reads it

    def nearest(self, _value: object) -> bool:
        raise ValueError("true or false")

    def schema(self) -> dict[str, Any]:
        return {"kind": "flag"}


@dataclass(frozen=True)
class Layers:
    """Neurons of each hidden layer, input side first."""

    code: ClassVar = "layers"
    limits: ClassVar[dict[str, Any]] = {"layers": MAX_LAYERS, "neurons": MAX_NEURONS}

    def check(self, value: object) -> tuple[int, ...]:
        want = f"at most {MAX_LAYERS} layers of 1 to {MAX_NEURONS} neurons"
        if not isinstance(value, (list, tuple)) or len(value) > MAX_LAYERS:
            raise ValueError(want)
        for neurons in value:
            if isinstance(neurons, bool) or not isinstance(neurons, int) or not 1 <= neurons <= MAX_NEURONS:
                raise ValueError(want)
        return tuple(value)

    def parse(self, text: str) -> object:
        return [parse_number(part) for part in text.split(",")] if text.strip() else []

    def nearest(self, value: object) -> tuple[int, ...]:
        """The first layers, each as near as can be. Raises ValueError where one is no number."""
        if not isinstance(value, (list, tuple)):
            raise ValueError("a list of numbers")
        sizes = [Number(1, MAX_NEURONS).nearest(neurons) for neurons in value]
        return tuple(math.ceil(size) for size in sizes[:MAX_LAYERS])  # the original counts up to 2.5 and makes 3

    def schema(self) -> dict[str, Any]:
        return {"kind": "layers", "maxLayers": MAX_LAYERS, "maxNeurons": MAX_NEURONS}


@dataclass(frozen=True)
class Text:
    """A short string; `optional` allows None."""

    optional: bool = False
    most: int = 32  # characters
    code: ClassVar = "text"

    @property
    def limits(self) -> dict[str, Any]:
        return {"most": self.most}

    def check(self, value: object) -> str | None:
        if value is None and self.optional:
            return None
        if not isinstance(value, str) or len(value) > self.most or not TEXT_PATTERN.fullmatch(value):
            raise ValueError(f"1 to {self.most} characters without space, &, = and #")
        return value

    def parse(self, text: str) -> object:
        return text

    def nearest(self, _value: object) -> str:
        raise ValueError("no text is near another")

    def schema(self) -> dict[str, Any]:
        return {"kind": "text", "most": self.most}


@dataclass(frozen=True)
class Names:
    """A set of names, kept in the order of `values`."""

    values: tuple[str, ...]
    code: ClassVar = "names"

    @property
    def limits(self) -> dict[str, Any]:
        return {"choices": ", ".join(self.values)}

    def check(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, (list, tuple)) or len(value) > len(self.values):
            raise ValueError(f"a list of names out of {', '.join(self.values)}")
        for name in value:
            if not isinstance(name, str) or name not in self.values:
                raise ValueError(f"a list of names out of {', '.join(self.values)}")
        return tuple(name for name in self.values if name in value)

    def parse(self, text: str) -> object:
        return text.split(",") if text else []

    def nearest(self, _value: object) -> tuple[str, ...]:
        raise ValueError("no name is near another")

    def schema(self) -> dict[str, Any]:
        return {"kind": "names", "choices": list(self.values)}


Kind = Choice | Number | Flag | Layers | Text | Names


def parse_number(text: str) -> object:
    """A number as JavaScript's unary plus reads a decimal one; the text itself where it is none."""
    text = text.strip()
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", text, re.ASCII):
        return text
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


# --- the table --------------------------------------------------------------------------------------------------------

FEATURE_KEYS = ("x", "y", "xSquared", "ySquared", "xTimesY", "sinX", "sinY")
HIDABLE = (
    "showTestData", "discretize", "playButton", "stepButton", "resetButton", "learningRate", "activation",
    "regularization", "regularizationRate", "problem", "dataset", "percTrainData", "noise", "batchSize",
    "numHiddenLayers", *FEATURE_KEYS, *(f"numNodes{layer}" for layer in range(1, MAX_LAYERS + 1)),
)  # fmt: skip


def setting(default: Any, kind: Kind, change: str, *, inert: bool = False) -> Any:
    """An attribute of `Config`.

    change: what a new value does: `rebuild` makes a new network at epoch 0 and pauses, `live` enters the running
        training, `view` concerns the page alone.
    inert: the original reads and writes it, but it has no effect here.
    """
    return dataclasses.field(default=default, metadata={"kind": kind, "change": change, "inert": inert})


@dataclass(frozen=True, kw_only=True)
class Config:
    """One Playground, completely: the same Config trains the same run, bit for bit, wherever it runs.

    The attributes stand in the order in which the original writes its link; what this project adds stands last. Build
    a Config from foreign values with `updated` or `link.parse`, which check them.
    """

    activation: str = setting("tanh", Choice(("relu", "tanh", "sigmoid", "linear")), "rebuild")
    regularization: str = setting("none", Choice(("none", "L1", "L2")), "rebuild")
    batch_size: int = setting(10, Number(1, 30, whole=True), "rebuild")
    dataset: str = setting("circle", Choice(("circle", "xor", "gauss", "spiral")), "rebuild")
    reg_dataset: str = setting("reg-plane", Choice(("reg-plane", "reg-gauss")), "rebuild")
    learning_rate: float = setting(
        0.03, Number(0, 10, choices=(0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)), "live"
    )
    # Multiplied by the learning rate in each update.
    regularization_rate: float = setting(
        0, Number(0, 10, choices=(0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)), "rebuild"
    )
    noise: float = setting(0, Number(0, 80, slider=(0, 50), step=5), "rebuild")  # percent
    network_shape: tuple[int, ...] = setting((4, 2), Layers(), "rebuild")
    seed: str = setting("0.00000", Text(), "rebuild")
    show_test_data: bool = setting(False, Flag(), "view")
    discretize: bool = setting(False, Flag(), "view")
    perc_train_data: float = setting(50, Number(10, 90, slider=(10, 90), step=10), "rebuild")
    x: bool = setting(True, Flag(), "rebuild")
    y: bool = setting(True, Flag(), "rebuild")
    x_times_y: bool = setting(False, Flag(), "rebuild")
    x_squared: bool = setting(False, Flag(), "rebuild")
    y_squared: bool = setting(False, Flag(), "rebuild")
    cos_x: bool = setting(False, Flag(), "view", inert=True)
    sin_x: bool = setting(False, Flag(), "rebuild")
    cos_y: bool = setting(False, Flag(), "view", inert=True)
    sin_y: bool = setting(False, Flag(), "rebuild")
    collect_stats: bool = setting(False, Flag(), "view", inert=True)
    tutorial: str | None = setting(None, Text(optional=True, most=2000), "view", inert=True)
    problem: str = setting("classification", Choice(("classification", "regression")), "rebuild")
    init_zero: bool = setting(False, Flag(), "rebuild")
    hide_text: bool = setting(False, Flag(), "view")
    # Names of hidden controls. A hidden feature is no input either.
    hide: tuple[str, ...] = setting((), Names(HIDABLE), "view")
    # Which network the seed gives: 0 is the first after the data, as in the original's link; 1 the one after it, ...
    weights_draw: int = setting(0, Number(0, 99, whole=True), "rebuild")

    @property
    def features(self) -> tuple[str, ...]:
        """Keys of the features that feed the network, in the original's order."""
        return tuple(key for key in FEATURE_KEYS if getattr(self, FIELDS[key].attribute) and key not in self.hide)

    @property
    def data_name(self) -> str:
        """The data set in use."""
        return self.dataset if self.problem == "classification" else self.reg_dataset

    def to_json(self) -> dict[str, Any]:
        """Every setting by its key, as JSON values."""
        values = {field.key: getattr(self, field.attribute) for field in FIELDS.values()}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}

    def updated(self, changes: object) -> Config:
        """A copy with `changes`, an object of JSON values by key. Raises ConfigError naming the field and value."""
        if not isinstance(changes, dict):
            raise ConfigError("config", changes, "an object")
        checked = {}
        for key, value in changes.items():
            if key not in FIELDS:
                raise ConfigError(key, value, "known fields only")
            checked[FIELDS[key].attribute] = FIELDS[key].check(value)
        return dataclasses.replace(self, **checked)

    def changed(self, other: Config) -> frozenset[str]:
        """The kinds of change (`rebuild`, `live`, `view`) that lead from this to `other`."""
        kinds = {f.change for f in FIELDS.values() if getattr(self, f.attribute) != getattr(other, f.attribute)}
        return frozenset(kinds | ({"rebuild"} if self.features != other.features else set()))


@dataclass(frozen=True)
class Field:
    """A row of the table, as everything but `Config` sees it.

    key: its name in the link, in the protocol and, with `label.` before it, in the translations.
    """

    key: str
    attribute: str
    default: Any
    kind: Kind
    change: str
    inert: bool

    def check(self, value: object) -> Any:
        """`value` as `Config` holds it. Raises ConfigError."""
        try:
            return self.kind.check(value)
        except (ValueError, OverflowError) as error:
            raise ConfigError(self.key, value, str(error), self.kind.code, self.kind.limits) from None

    def schema(self) -> dict[str, Any]:
        default = list(self.default) if isinstance(self.default, tuple) else self.default
        return {"key": self.key, "default": default, "change": self.change, "inert": self.inert} | self.kind.schema()


def _field(row: dataclasses.Field[Any]) -> Field:
    key = re.sub(r"_(\w)", lambda match: match[1].upper(), row.name)
    return Field(key, row.name, row.default, **row.metadata)


FIELDS = {field.key: field for field in map(_field, dataclasses.fields(Config))}


def schema() -> list[dict[str, Any]]:
    """The table as JSON values, for the form."""
    return [field.schema() for field in FIELDS.values()]


def new_seed(random: Callable[[], float]) -> str:
    """A five-decimal seed, as the original draws them; `random` gives numbers in [0, 1)."""
    return f"{random():.5f}"
