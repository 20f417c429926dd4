"""What a Playground is set to: one frozen `Config` and the one table of its fields.

The table is `Config` itself: each attribute carries its default, its kind of value and what a change of it does. The
form, the link, the validation and the docs all read it through `FIELDS`; nothing else lists the settings. No IO.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from core import settings
from core.refused import InvalidError
from core.settings import Choice, Flag, Kind, Number, Settings, setting, table
from playground import point_set
from playground.initialization import INITIALIZATIONS
from playground.loss import CHOICES
from playground.optimizer import OPTIMIZERS, Optimizer
from playground.point_set import MOST_CLASSES, PointSet
from playground.schedule import SCHEDULES, Schedule

MAX_LAYERS = 10
MAX_NEURONS = 16
MAX_BATCH = 4500  # as many points as any data set trains with
TEXT_PATTERN = re.compile(r"[^\s&=#\ud800-\udfff]+")  # nothing that separates in a link, nor half a character


class ConfigError(InvalidError):
    """A setting or an argument that is not allowed. code: a kind's `code`, or `invalid`."""

    whole, any_code = "argument", "invalid"


# --- the kinds of value that only this table has ----------------------------------------------------------------------


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

    def schema(self) -> dict[str, Any]:
        return {"kind": "layers", "maxLayers": MAX_LAYERS, "maxNeurons": MAX_NEURONS}


@dataclass(frozen=True)
class PerLayer:
    """A value of `kind` for each hidden layer, input side first. Layers beyond the list's end, and those with an empty
    value, go by `default`."""

    kind: Kind
    default: Any

    @property
    def code(self) -> str:
        return f"per-layer-{self.kind.code}"

    @property
    def limits(self) -> dict[str, Any]:
        return {"layers": MAX_LAYERS, **self.kind.limits}

    def check(self, value: object) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)) or len(value) > MAX_LAYERS:
            raise ValueError(f"at most {MAX_LAYERS} values")
        checked = [self.default if one in ("", self.default) else self.kind.check(one) for one in value]
        while checked and checked[-1] == self.default:  # one way to write it
            checked.pop()
        return tuple(checked)

    def schema(self) -> dict[str, Any]:
        return {"kind": "perLayer", "of": self.kind.schema(), "otherwise": self.default}


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

    def schema(self) -> dict[str, Any]:
        return {"kind": "text", "most": self.most}


@dataclass(frozen=True)
class Names:
    """A set of names, kept in the order of `values`."""

    values: tuple[str, ...]
    code: ClassVar = "names"

    @property
    def limits(self) -> dict[str, Any]:
        return {"choices": list(self.values)}

    def check(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, (list, tuple)) or len(value) > len(self.values):
            raise ValueError(f"a list of names out of {', '.join(self.values)}")
        for name in value:
            if not isinstance(name, str) or name not in self.values:
                raise ValueError(f"a list of names out of {', '.join(self.values)}")
        return tuple(name for name in self.values if name in value)

    def schema(self) -> dict[str, Any]:
        return {"kind": "names", "choices": list(self.values)}


@dataclass(frozen=True)
class Points:
    """A point set, or none: where it is written, its text."""

    code: ClassVar = "points"
    limits: ClassVar[dict[str, Any]] = {"low": point_set.FEWEST, "high": point_set.MOST}

    def check(self, value: object) -> PointSet | None:
        if value is None or isinstance(value, PointSet):
            return value
        if not isinstance(value, str):
            raise ValueError("points as text")
        return point_set.from_text(value) if value else None

    def schema(self) -> dict[str, Any]:
        return {"kind": "points"}


ACTIVATIONS = Choice(
    ("relu", "tanh", "sigmoid", "linear"), more=("leakyRelu", "elu", "gelu", "silu", "softplus", "sin")
)

TWO_CLASSES = (
    "circle", "xor", "gauss", "spiral", "moons", "rings", "checkerboard", "sine", "cubic", "absolute",
)  # fmt: skip
ANY_CLASSES = ("blobs", "arms")  # data sets of as many classes as are asked for
MEASURED_CLASSES = ("iris", "penguins")  # of as many as were found
REGRESSIONS = ("reg-plane", "reg-gauss", "reg-wave", "reg-saddle")
MEASURED_REGRESSIONS = ("cars",)
MEASURED = MEASURED_CLASSES + MEASURED_REGRESSIONS
OWN_DATA = "own"  # points that somebody has drawn or read from a file

# --- the table --------------------------------------------------------------------------------------------------------

FEATURE_KEYS = ("x", "y", "xSquared", "ySquared", "xTimesY", "sinX", "sinY")
HIDABLE = (
    "showTestData", "discretize", "playButton", "stepButton", "resetButton", "learningRate", "activation",
    "regularization", "regularizationRate", "problem", "dataset", "percTrainData", "noise", "batchSize",
    "numHiddenLayers", *FEATURE_KEYS, *(f"numNodes{layer}" for layer in range(1, MAX_LAYERS + 1)),
    "moreSettings", "notebook", "moreDatasets",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Field(settings.Field):
    """A row of the table. `key` is its name in the link, in the protocol and, after `label.`, in the translations.

    change: what a new value does: `rebuild` makes a new network at epoch 0 and pauses, `live` enters the running
        training, `rule` says when that pauses by itself, `view` concerns the page alone.
    inert: the original reads and writes it, but it has no effect here.
    """

    change: str
    inert: bool = False
    error = ConfigError

    @staticmethod
    def key_of(attribute: str) -> str:
        return re.sub(r"_(\w)", lambda match: match[1].upper(), attribute)

    @property
    def is_of_training(self) -> bool:
        """Whether a new value changes what is trained."""
        return self.change in ("rebuild", "live")

    def schema(self) -> dict[str, Any]:
        return super().schema() | {"change": self.change, "inert": self.inert}


def _taking(setting: str, rows: Mapping[str, Optimizer] | Mapping[str, Schedule]) -> tuple[str, ...]:
    """The names of those that have a setting."""
    return tuple(name for name, row in rows.items() if setting in row.settings)


@dataclass(frozen=True, kw_only=True)
class Config(Settings):
    """One Playground, completely: the same Config trains the same run, bit for bit, wherever it runs.

    The attributes stand in the order in which the original writes its link; what this project adds stands last. Build
    a Config from foreign values with `updated` or `link.parse`, which check them.
    """

    activation: str = setting("tanh", ACTIVATIONS, change="rebuild")
    regularization: str = setting("none", Choice(("none", "L1", "L2"), more=("both",)), change="rebuild")
    batch_size: int = setting(
        10, Number(1, MAX_BATCH, whole=True, slider=(1, 30, 1)), change="rebuild", needs={"fullBatch": (False,)}
    )
    dataset: str = setting(
        "circle",
        Choice((*TWO_CLASSES, *ANY_CLASSES, *MEASURED_CLASSES, OWN_DATA)),
        change="rebuild",
        needs={"problem": ("classification",)},
    )
    reg_dataset: str = setting(
        "reg-plane",
        Choice((*REGRESSIONS, *MEASURED_REGRESSIONS, OWN_DATA)),
        change="rebuild",
        needs={"problem": ("regression",)},
    )
    learning_rate: float = setting(
        0.03, Number(0, 10, choices=(0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)), change="live"
    )
    # Multiplied by the learning rate in each update.
    regularization_rate: float = setting(
        0,
        Number(0, 10, choices=(0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)),
        change="rebuild",
        needs={"regularization": ("L1", "L2", "both")},
    )
    noise: float = setting(0, Number(0, 80, slider=(0, 50, 5)), change="rebuild")  # percent
    network_shape: tuple[int, ...] = setting((4, 2), Layers(), change="rebuild")
    seed: str = setting("0.00000", Text(), change="rebuild")
    show_test_data: bool = setting(False, Flag(), change="view")
    discretize: bool = setting(False, Flag(), change="view")
    perc_train_data: float = setting(50, Number(10, 90, slider=(10, 90, 10)), change="rebuild")
    x: bool = setting(True, Flag(), change="rebuild")
    y: bool = setting(True, Flag(), change="rebuild")
    x_times_y: bool = setting(False, Flag(), change="rebuild")
    x_squared: bool = setting(False, Flag(), change="rebuild")
    y_squared: bool = setting(False, Flag(), change="rebuild")
    cos_x: bool = setting(False, Flag(), change="view", inert=True)
    sin_x: bool = setting(False, Flag(), change="rebuild")
    cos_y: bool = setting(False, Flag(), change="view", inert=True)
    sin_y: bool = setting(False, Flag(), change="rebuild")
    collect_stats: bool = setting(False, Flag(), change="view", inert=True)
    tutorial: str | None = setting(None, Text(optional=True, most=2000), change="view", inert=True)
    problem: str = setting("classification", Choice(("classification", "regression")), change="rebuild")
    init_zero: bool = setting(False, Flag(), change="rebuild")
    hide_text: bool = setting(False, Flag(), change="view")
    # Names of hidden controls. A hidden feature is no input either.
    hide: tuple[str, ...] = setting((), Names(HIDABLE), change="view")
    # Which network the seed gives: 0 is the first after the data, as in the original's link; 1 the one after it, ...
    weights_draw: int = setting(0, Number(0, 99, whole=True), change="rebuild", needs={"initZero": (False,)})

    # What the original has not. At their defaults they train as it does, bit for bit.

    full_batch: bool = setting(False, Flag(), change="rebuild")
    shuffle: bool = setting(False, Flag(), change="rebuild")  # another order of the points in every epoch
    loss: str = setting(
        "squared",
        Choice(CHOICES),
        change="rebuild",
        needs={"problem": ("classification",), "dataset": TWO_CLASSES},
    )
    initial_weights: str = setting(
        "uniform",
        Choice(tuple(INITIALIZATIONS)),
        change="rebuild",
        needs={"initZero": (False,)},
    )
    layer_activations: tuple[str, ...] = setting((), PerLayer(ACTIVATIONS, ""), change="rebuild")
    dropout: tuple[float, ...] = setting((), PerLayer(Number(0, 0.9), 0.0), change="rebuild")
    l2_rate: float = setting(
        0.001,
        Number(0, 10, choices=(0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)),
        change="rebuild",
        needs={"regularization": ("both",)},
    )
    optimizer: str = setting("sgd", Choice(tuple(OPTIMIZERS)), change="rebuild")
    momentum: float = setting(
        0.9, Number(0, 0.999), change="rebuild", needs={"optimizer": _taking("momentum", OPTIMIZERS)}
    )
    alpha: float = setting(0.99, Number(0, 0.9999), change="rebuild", needs={"optimizer": _taking("alpha", OPTIMIZERS)})
    beta1: float = setting(0.9, Number(0, 0.9999), change="rebuild", needs={"optimizer": _taking("beta1", OPTIMIZERS)})
    beta2: float = setting(
        0.999, Number(0, 0.99999), change="rebuild", needs={"optimizer": _taking("beta2", OPTIMIZERS)}
    )
    epsilon: float = setting(
        1e-8, Number(1e-12, 1), change="rebuild", needs={"optimizer": _taking("epsilon", OPTIMIZERS)}
    )
    weight_decay: float = setting(
        0.01, Number(0, 10), change="rebuild", needs={"optimizer": _taking("weight_decay", OPTIMIZERS)}
    )
    schedule: str = setting("constant", Choice(tuple(SCHEDULES)), change="rebuild")
    schedule_epochs: int = setting(
        100, Number(1, 100_000, whole=True), change="rebuild",
        needs={"schedule": _taking("schedule_epochs", SCHEDULES)},
    )  # fmt: skip
    schedule_factor: float = setting(
        0.5, Number(0, 1), change="rebuild", needs={"schedule": _taking("schedule_factor", SCHEDULES)}
    )
    # Training pauses by itself: after so many epochs, below this test loss, after so many epochs without a better one.
    stop_epoch: int = setting(0, Number(0, 200_000, whole=True), change="rule")  # 0: none of these ends it
    stop_loss: float = setting(0, Number(0, 10), change="rule")
    stop_patience: int = setting(0, Number(0, 100_000, whole=True), change="rule")
    classes: int = setting(
        3, Number(2, MOST_CLASSES, whole=True, slider=(2, MOST_CLASSES, 1)), change="rebuild",
        needs={"problem": ("classification",), "dataset": ANY_CLASSES},
    )  # fmt: skip
    # What the data set `own` is.
    own_data: PointSet | None = setting(None, Points(), change="rebuild")  # noqa: RUF009 - like all others

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Keys of the features that feed the network, in the original's order."""
        return tuple(key for key in FEATURE_KEYS if getattr(self, FIELDS[key].attribute) and key not in self.hide)

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Number of inputs, then the nodes of each layer that computes."""
        return (len(self.features), *self.network_shape, self.outputs)

    @cached_property
    def has_classes(self) -> bool:
        """Whether each class has an output, and the loss is the cross-entropy of their softmax.

        A label is the number of a class then, else -1 or 1, or the value of a regression.
        """
        return self.problem == "classification" and self.dataset not in TWO_CLASSES

    @cached_property
    def outputs(self) -> int:
        """How many the network has."""
        if not self.has_classes:
            return 1
        return self.points.classes if self.points else self.classes

    @cached_property
    def points(self) -> PointSet | None:
        """Those of the data set in use, where nobody generates them."""
        if self.data_name in MEASURED:
            return point_set.measured(self.data_name)
        return self.own_data if self.data_name == OWN_DATA else None

    @property
    def data(self) -> tuple[str, float, str, int, PointSet | None]:
        """What the points are made of: the data set, the noise in percent, the seed, the number of outputs and the
        points that nobody generates."""
        return (self.data_name, self.noise, self.seed, self.outputs, self.points)

    def updated(self, changes: object) -> Config:
        """As of all settings. Raises ConfigError also where own data are asked for, and there are none of the problem;
        where another problem is all that is asked for, its first data set is taken instead."""
        new = super().updated(changes)
        wrong = new.amiss
        if wrong and isinstance(changes, dict) and not {wrong, "ownData"} & changes.keys():
            return new.without_own_data()
        if wrong:
            raise ConfigError("ownData", new.own_data and new.own_data.to_json(), *new.wanted)
        return new.counting_classes()

    @property
    def amiss(self) -> str | None:
        """The key of the setting that asks for own data of which there are none of this problem; None: all is well."""
        if self.data_name != OWN_DATA:
            return None
        is_class = self.problem == "classification"
        if self.own_data and bool(self.own_data.classes) == is_class:
            return None
        return "dataset" if is_class else "regDataset"

    @property
    def wanted(self) -> tuple[str, str]:
        """What own data would do where it is amiss: in words, and as a code."""
        return f"points of a {self.problem}", f"points-of-{self.problem}"

    def counting_classes(self) -> Config:
        """With as many classes as its own data have."""
        is_own = self.has_classes and self.dataset == OWN_DATA
        return dataclasses.replace(self, classes=self.outputs) if is_own and self.classes != self.outputs else self

    def without_own_data(self) -> Config:
        """With the first data set of its problem."""
        name = FIELDS["dataset" if self.problem == "classification" else "regDataset"].attribute
        return dataclasses.replace(self, **{name: getattr(Config, name)})

    @cached_property
    def activations(self) -> tuple[str, ...]:
        """That of each hidden layer."""
        layers = len(self.network_shape)
        return tuple(own or self.activation for own in (self.layer_activations + ("",) * layers)[:layers])

    @cached_property
    def penalties(self) -> tuple[float, float]:
        """The rates of L1 and L2."""
        rate = float(self.regularization_rate)
        return {"none": (0.0, 0.0), "L1": (rate, 0.0), "L2": (0.0, rate), "both": (rate, float(self.l2_rate))}[
            self.regularization
        ]

    @cached_property
    def dropouts(self) -> tuple[float, ...]:
        """The share of each hidden layer's outputs that a mini-batch leaves out."""
        layers = len(self.network_shape)
        return (self.dropout + (0.0,) * layers)[:layers]

    @cached_property
    def loss_in_use(self) -> str:
        """A name of `LOSSES`: the one that is chosen, where there is a choice."""
        if self.has_classes:
            return "softmax"
        return self.loss if self.problem == "classification" else "squared"

    @cached_property
    def trains_as_the_original(self) -> bool:
        """Whether each of its epochs is one that the original has too."""
        return (
            self.optimizer == "sgd"
            and self.regularization != "both"
            and self.loss_in_use == "squared"
            and not self.shuffle
            and not any(self.dropouts)
            and set(ACTIVATIONS.few).issuperset(self.activations)
        )

    @property
    def besides(self) -> dict[str, Any]:
        """What the training has beyond the original's settings: by key, where it differs from the default and has an
        effect."""
        values = self.to_json()
        return {
            key: values[key]
            for key in OWN
            if FIELDS[key].change == "rebuild"
            and key != "ownData"  # the data set says so
            and getattr(self, FIELDS[key].attribute) != FIELDS[key].default
            and FIELDS[key].has_effect(values)
        }

    @property
    def data_name(self) -> str:
        """The data set in use."""
        return self.dataset if self.problem == "classification" else self.reg_dataset

    def changed(self, other: Config) -> frozenset[str]:
        """The kinds of change (`rebuild`, `live`, `rule`, `view`) that lead from this to `other`."""
        kinds = {f.change for f in FIELDS.values() if getattr(self, f.attribute) != getattr(other, f.attribute)}
        return frozenset(kinds | ({"rebuild"} if self.features != other.features else set()))


FIELDS = table(Config, Field)
OWN = tuple(FIELDS)[list(FIELDS).index("weightsDraw") :]  # the keys that the original has not


def schema() -> list[dict[str, Any]]:
    """The table as JSON values, for the form."""
    return [field.schema() for field in FIELDS.values()]


def count_parameters(sizes: Sequence[int]) -> int:
    """Of a network: its weights and biases. sizes: as `Config.sizes`."""
    return sum(nodes * (inputs + 1) for inputs, nodes in itertools.pairwise(sizes))


def new_seed(random: Callable[[], float]) -> str:
    """A five-decimal seed, as the original draws them; `random` gives numbers in [0, 1)."""
    return f"{random():.5f}"
