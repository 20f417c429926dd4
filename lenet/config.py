"""What a training run is set to: one frozen `TrainConfig`, the one table of its fields, and the presets.

The table is `TrainConfig` itself: each attribute carries its default, its kind of value and one line of help. The form,
the command line, the validation and the docs all read it through `FIELDS`; nothing else lists the settings. No IO and
no torch: the web process reads this module too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from core import settings
from core.refused import InvalidError
from core.settings import Choice, Flag, Number, Settings, setting, table
from lenet.lines import JsonObject

SettingValue = bool | float | str  # of a setting, as a JSON value
TRAIN_SCORE_IMAGES = 10_000  # the train loss and accuracy are over so many images of the train set, as many as test has


class ConfigError(InvalidError):
    """A setting, or another value of a request, that is not allowed. code: a kind's `code`, or `invalid`."""

    whole, any_code = "body", "invalid"


# --- the table --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Field(settings.Field):
    """A row of the table. group: the part of the form that it belongs to. help: one line for people."""

    group: str
    help: str
    error = ConfigError

    def schema(self) -> JsonObject:
        shown = super().schema()
        return {"name": shown.pop("key")} | shown | {"group": self.group, "help": self.help}


OF_LENET5 = {"model": ("lenet5",)}  # the network of 1998 has all of this fixed


@dataclass(frozen=True, kw_only=True)
class TrainConfig(Settings):
    """One run, completely: the same TrainConfig on the same device trains the same weights.

    Build one from foreign values with `updated`, which checks them.
    """

    dataset: str = setting(
        "mnist", Choice(("mnist", "fashion")), group="data", help="MNIST, or Fashion-MNIST of the same form"
    )
    train_images: int = setting(
        60_000, Number(1, 60_000, whole=True), group="data", help="train on the first this many images"
    )
    holdout: int = setting(
        0, Number(0, 10_000, whole=True), group="data", help="images taken out of the train set, to choose settings on"
    )
    shuffle: bool = setting(True, Flag(), group="data", help="a new order every epoch; off: the file's order")

    model: str = setting(
        "lenet5", Choice(("lenet5", "lecun1998")), group="model", help="LeNet-5, or the network as published"
    )
    activation: str = setting(
        "relu", Choice(("sigmoid", "relu", "tanh")), group="model", needs=OF_LENET5, help="after every hidden layer"
    )
    pooling: str = setting("max", Choice(("max", "average")), group="model", needs=OF_LENET5, help="of 2x2 pixels")
    padding: int = setting(
        0,
        Number(0, 2, whole=True),
        group="model",
        needs=OF_LENET5,
        help="pixels around the image; 2 makes it 32x32 as in 1998",
    )
    output_relu: bool = setting(
        False, Flag(), group="model", needs=OF_LENET5, help="ReLU on the output too, as the exercise's code has it"
    )
    init: str = setting(
        "pytorch",
        Choice(("pytorch", "xavier")),
        group="model",
        needs=OF_LENET5,
        help="how the initial weights are drawn",
    )

    optimizer: str = setting(
        "sgd", Choice(("sgd", "adamw")), group="training", help="SGD (with Nesterov momentum) or AdamW"
    )
    learning_rate: float = setting(
        0.1, Number(0, 10), group="training", help="the highest one, where the schedule varies it"
    )
    momentum: float = setting(0.0, Number(0, 0.9999), group="training", help="of SGD; AdamW's first beta")
    weight_decay: float = setting(0.0, Number(0, 1), group="training", help="on weights, not on biases")
    schedule: str = setting(
        "constant", Choice(("constant", "cosine", "linear")), group="training", help="of the learning rate"
    )
    warmup: float = setting(
        0.0, Number(0, 0.9), group="training", help="share of the steps in which the rate rises from 0"
    )
    batch_size: int = setting(256, Number(1, 10_000, whole=True), group="training", help="images a step")
    epochs: int = setting(10, Number(1, 1_000, whole=True), group="training", help="passes over the train set, at most")
    stop_change: float = setting(
        0.0, Number(0, 1), group="training", help="stop when test accuracy moves less than this; 0: never"
    )
    stop_accuracy: float = setting(
        1.0, Number(0, 1), group="training", help="stop when test accuracy reaches this; 1: never"
    )
    label_smoothing: float = setting(
        0.0, Number(0, 0.9), group="training", help="probability given to the other classes"
    )

    shift: float = setting(0.0, Number(0, 10), group="augmentation", help="pixels, at most, to each side")
    rotate: float = setting(0.0, Number(0, 90), group="augmentation", help="degrees, at most, to each side")
    scale: float = setting(0.0, Number(0, 0.9), group="augmentation", help="share of the size, at most, per axis")
    shear: float = setting(0.0, Number(0, 60), group="augmentation", help="degrees, at most, to each side")
    elastic: float = setting(
        0.0, Number(0, 5), group="augmentation", help="pixels: standard deviation of a smooth distortion"
    )

    seed: int = setting(
        0, Number(0, 2**31 - 1, whole=True), group="run", help="of the initial weights, the order and the draws"
    )
    device: str = setting("auto", Choice(("auto", "cpu", "cuda")), group="run", help="auto: the GPU if there is one")
    threads: int = setting(
        1,
        Number(0, 256, whole=True),
        group="run",
        help="a CPU's, among which a batch is shared; 0: one for each core, at most 4",
    )

    def __post_init__(self) -> None:
        if self.holdout >= self.train_images:
            want = f"less than train_images, which is {self.train_images}"
            raise ConfigError("holdout", self.holdout, want, "holdout", {"most": self.train_images})
        most = self.train_images - self.holdout
        if self.batch_size > most:
            raise ConfigError("batch_size", self.batch_size, f"at most {most} images", "batch", {"most": most})


FIELDS = table(TrainConfig, Field)


# --- the presets ------------------------------------------------------------------------------------------------------


class PresetInForm(TypedDict):
    """config: all its settings."""

    help: str
    config: dict[str, SettingValue]


class Form(TypedDict):
    """What a form must know of the settings. fields: the rows of the table."""

    fields: list[JsonObject]
    presets: dict[str, PresetInForm]


@dataclass(frozen=True)
class Preset:
    """A named recipe and what it is for."""

    help: str
    config: TrainConfig

    def schema(self) -> PresetInForm:
        return {"help": self.help, "config": self.config.to_json()}


PRESETS = {
    "exercise-text": Preset(
        "The exercise's section 1: sigmoid. Plain SGD needs Xavier's initial weights and a high rate to move it.",
        TrainConfig(activation="sigmoid", init="xavier", learning_rate=1.0, batch_size=64, epochs=20),
    ),
    "exercise-code": Preset(
        "The exercise's code: ReLU, on the output too, images in the file's order.",
        # Of seeds 0 to 8 three show the exercise's curve (1, 2, 7). With the others a ReLU on the output dies at once,
        # and a class or two are never answered: 0.75 to 0.85 after four epochs. Worth seeing too: choose another seed.
        TrainConfig(output_relu=True, shuffle=False, epochs=100, stop_change=1e-4, seed=1),
    ),
    "lecun-1998": Preset(
        "LeCun's network of 1998: partial connections, trainable subsampling, scaled tanh, radial basis output.",
        TrainConfig(model="lecun1998", learning_rate=0.01, momentum=0.9, schedule="cosine", batch_size=64, epochs=20),
    ),
    "fast": Preset(
        "Past 98.2 % on MNIST in the least time: one pass, AdamW, a high rate that falls to nothing.",
        TrainConfig(
            optimizer="adamw", learning_rate=0.01, momentum=0.8, schedule="cosine", warmup=0.1, batch_size=128, epochs=1
        ),
    ),
    "best": Preset(
        "The highest accuracy of the 61,706 parameters: every image a little different in each of 20 passes.",
        TrainConfig(
            padding=2,
            optimizer="adamw",
            learning_rate=0.004,
            momentum=0.9,
            weight_decay=0.01,
            schedule="cosine",
            warmup=0.1,
            batch_size=128,
            epochs=20,
            label_smoothing=0.05,
            shift=2.0,
            rotate=10.0,
            scale=0.1,
            shear=5.0,
        ),
    ),
}


def schema() -> Form:
    """The table and the presets as JSON values, for the form."""
    return {
        "fields": [field.schema() for field in FIELDS.values()],
        "presets": {name: preset.schema() for name, preset in PRESETS.items()},
    }


def setting_arguments(preset: str, config: TrainConfig) -> list[str]:
    """The options of the command line that make `config` out of `preset`."""
    base, words = PRESETS[preset].config, ["--preset", preset]
    for name in FIELDS:
        value = getattr(config, name)
        if value == getattr(base, name):
            continue
        option = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{option}" if value else f"--no-{option}")
        else:
            words += [f"--{option}", str(value)]
    return words
