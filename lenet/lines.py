"""The lines of metrics.jsonl as JSON objects: their types. `lenet.records` checks them. No IO."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

# An object of which only whoever reads it knows, or checks, what is in it: one that a client sent, or a file that
# another version may have written.
JsonObject = dict[str, Any]


class Coded(TypedDict):
    """A code of `lenet.reasons` with its values."""

    code: str
    values: dict[str, str | int | float]


class Scores(TypedDict):
    """How well a network does on some images."""

    loss: float  # mean cross-entropy
    accuracy: float  # share of right answers
    images: int  # how many these are over


class Mistake(TypedDict):
    """An image that was answered wrongly."""

    image: int  # row of the image
    label: int
    predicted: int
    probability: float  # of that answer


class Layer(TypedDict):
    """shape: without the batch. parameters: how many are trained."""

    name: str
    shape: list[int]
    parameters: int


# Of images, and of a score: the keys of an epoch.
PARTS: tuple[Literal["train", "holdout", "test"], ...] = ("train", "holdout", "test")
SCORES: tuple[Literal["loss", "accuracy"], ...] = ("loss", "accuracy")


class DataLine(TypedDict):
    """How far the data set is fetched, in bytes. source: None where another process fetches it."""

    kind: Literal["data"]
    source: str | None
    done: int
    total: int


class StartLine(TypedDict):
    """A run begins, or goes on after `epoch`. What is not required, earlier versions did not write."""

    kind: Literal["start"]
    format: NotRequired[int]
    epoch: int
    step: int
    steps: int
    steps_per_epoch: NotRequired[int]
    epochs: NotRequired[int]  # at most
    device: str
    images: NotRequired[int]  # an epoch
    layers: NotRequired[list[Layer]]  # the input first
    note: NotRequired[str | None]  # what could not be restored
    why: NotRequired[Coded | None]


class BatchesLine(TypedDict):
    """The losses of the batches from `step` on. time: seconds since 1970."""

    kind: Literal["batches"]
    epoch: int
    step: int
    loss: list[float]
    time: NotRequired[float]
    seconds: NotRequired[float]  # that these batches took
    train_s: NotRequired[float | None]
    images_per_s: float | None
    left_s: float | None


class Tested(TypedDict):
    """What an epoch comes to. confusion: ten rows, one for each label, of ten counts. worst: the worst first."""

    kind: Literal["epoch"]
    epoch: int
    step: int
    train: Scores
    holdout: Scores | None
    test: Scores
    checkpoint: str
    confusion: list[list[int]]
    worst: list[Mistake]


class EpochLine(Tested):
    """An epoch with its times. seconds: None of one that was tested again, and nothing tells."""

    seconds: float | None
    train_s: float
    time: NotRequired[float]  # seconds since 1970


class EndLine(TypedDict):
    """The outcome is in it where the trainer wrote it, and the step where the last ones were not saved."""

    kind: Literal["end"]
    run: NotRequired[str]
    status: str
    reason: NotRequired[str | None]
    why: NotRequired[Coded | None]
    step: NotRequired[int]
    epochs: NotRequired[int]
    accuracy: NotRequired[float | None]
    train_s: NotRequired[float]
    checkpoint: NotRequired[str | None]


Line = DataLine | StartLine | BatchesLine | EpochLine | EndLine
