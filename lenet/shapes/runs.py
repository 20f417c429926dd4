"""Runs and sweeps: the list, one run with its epochs, several side by side. Descriptions are the tables of the docs."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from lenet.lines import JsonObject
from lenet.records import Axis, RunId, Why
from lenet.run import MOST_NAME
from lenet.runs import sweeps
from lenet.shapes.form import Changes, PresetName, Settings
from lenet.shapes.shape import Class, Shape, Share, Whole

MOST_COMPARED = 20
MOST_LISTED, LISTED = 500, 100  # runs on a page of the list: at most, and where nothing is said


class Trial(Shape):
    id: RunId
    number: int
    size: int
    search: Literal["grid", "random"]
    axes: dict[str, Axis]


class Download(Shape, tag_field="kind", tag="data"):
    source: str | None
    done: Whole
    total: Whole


Status = Literal["queued", "starting", "running", "finished", "paused", "stopped", "interrupted", "failed"]


class Summary(Shape, kw_only=True):
    """A run in short."""

    run: Annotated[RunId, Meta(description="its id")]
    owner: Annotated[str | None, Meta(description="a hash of its browser's cookie; null: the command line")]
    name: Annotated[
        str | None,
        Meta(
            description="what its owner calls it, or null; told to the owner and the teacher alone, so that nobody "
            "writes on other people's screens"
        ),
    ]
    preset: Annotated[str, Meta(description="what it was made from")]
    config: Annotated[Settings, Meta(description="all its settings")]  # type: ignore[valid-type]
    unknown: Annotated[
        list[str],
        Meta(description="names of settings that this version does not know: it can be looked at and not resumed"),
    ]
    sweep: Annotated[Trial | None, Meta(description="of a trial `{id, number, size, search, axes}`")]
    created: Annotated[float, Meta(description="seconds since 1970")]
    status: Annotated[Status, Meta(description="see [states](lenet.md#states)")]
    reason: Annotated[str | None, Meta(description="why it failed or ended early, and what a restart lost")]
    why: Annotated[
        Why | None,
        Meta(description="the same for programs, `{code, values}`; null in what an earlier version wrote"),
    ]
    requested: Annotated[
        Literal["pause", "stop"] | None, Meta(description="`pause` or `stop`, while the trainer has not obeyed yet")
    ]
    shared: Annotated[
        bool,
        Meta(
            description="whether it shows what the trainer of another run with the same settings and seed does, or did:"
            " see [many at once](lenet.md#many-at-once)"
        ),
    ]
    device: Annotated[str | None, Meta(description="`cuda:0` or `cpu`, while it has one")]
    device_name: Annotated[str | None, Meta(description="of the one it was last trained on")]
    position: Annotated[int | None, Meta(description="place in the queue from 1, while it is in the queue")]
    wait_s: Annotated[
        float | None,
        Meta(
            description="of a queued run, estimated seconds until it starts, if those before it train all epochs; "
            "null while no device fits it"
        ),
    ]
    step: Annotated[Whole, Meta(description="mini-batches done")]
    steps: Annotated[Whole | None, Meta(description="in all; null before the first")]
    epoch: Annotated[Whole, Meta(description="epochs finished")]
    accuracy: Annotated[Share | None, Meta(description="on the 10,000 test images, after the last epoch")]
    best_accuracy: Annotated[Share | None, Meta(description="the same after the best epoch")]
    train_loss: Annotated[float | None, Meta(description="on the first 10,000 images trained on, after the last epoch")]
    train_accuracy: Annotated[Share | None, Meta(description="the same")]
    test_loss: Annotated[float | None, Meta(description="on the test images, after the last epoch")]
    train_s: Annotated[
        float, Meta(description="seconds of training and testing so far, also of the epoch that is not done")
    ]
    left_s: Annotated[
        float | None,
        Meta(
            description="seconds of training and testing left if it trains all its epochs, which a stop rule may end; "
            "null for a first second"
        ),
    ]
    images_per_s: Annotated[
        float | None,
        Meta(
            description="the speed, testing included: over its last epoch while it trains, over all of its epochs when "
            "it is over; null until it was tested"
        ),
    ]
    trained_images_per_s: Annotated[
        float | None, Meta(description="the speed of training alone, without tests, over all that it has trained")
    ]
    download: Annotated[
        Download | None,
        Meta(
            description="`{kind, source, done, total}` in bytes, while the data set is being fetched; `source` is "
            "null where another process does it"
        ),
    ]
    checkpoints: Annotated[list[str], Meta(description="the file names, one an epoch")]
    lines: Annotated[Whole, Meta(description="lines of metrics.jsonl so far")]


class Layer(Shape):
    name: str
    shape: list[int]
    parameters: Whole


class Score(Shape):
    loss: float
    accuracy: Share
    images: Whole


class Mistake(Shape):
    image: Whole
    label: Class
    predicted: Class
    probability: Share


class EpochRecord(Struct, tag_field="kind", tag="epoch"):
    epoch: Whole
    step: Whole
    seconds: float | None  # null: of an epoch that was tested again, and nothing tells
    train_s: float
    train: Score
    holdout: Score | None
    test: Score
    checkpoint: str
    confusion: list[list[Whole]]
    worst: list[Mistake]


class Details(Summary, kw_only=True):
    """One run with what its records say."""

    layers: Annotated[
        list[Layer],
        Meta(description="each `{name, shape, parameters}`, the input first; empty before it has begun"),
    ]
    epochs: Annotated[list[EpochRecord], Meta(description="the epoch records that hold")]
    command: Annotated[str, Meta(description="what to type to train the same network")]
    versions: Annotated[
        dict[str, str] | None, Meta(description="of Python and PyTorch, once it has begun; null before")
    ]
    threads: Annotated[int | None, Meta(description="of the CPU, once it has begun; null before")]


class Curves(Shape):
    """A value an epoch."""

    epoch: list[Whole]
    train_s: list[float]
    train_loss: list[float]
    train_accuracy: list[Share]
    holdout_loss: list[float | None]
    holdout_accuracy: list[Share | None]
    test_loss: list[float]
    test_accuracy: list[Share]


class Compared(Summary, kw_only=True):
    layers: list[Layer]
    command: str
    versions: dict[str, str] | None
    threads: int | None
    curves: Curves


class Missing(Shape):
    """A run that cannot be shown beside the others."""

    run: str
    code: str
    values: JsonObject
    error: str


class Comparison(Shape):
    runs: list[Compared]
    missing: list[Missing]


class Me(Shape):
    owner: str
    teacher: bool


class Unreadable(Shape):
    run: str
    reason: str


class Page(Shape):
    """Of the list of runs."""

    me: Me
    runs: list[Summary]
    next: str | None
    total: Whole
    reading: bool
    unreadable: list[Unreadable]


class Records(Shape):
    line: Whole
    next: Whole
    records: list[JsonObject]


class NewRun(Shape):
    preset: PresetName | UnsetType = UNSET
    config: Changes | UnsetType = UNSET  # type: ignore[valid-type]


# --- sweeps -----------------------------------------------------------------------------------------------------------


class Sweep(Shape, kw_only=True):
    """The runs that bear its id."""

    sweep: RunId
    owner: str | None
    preset: str
    search: Literal["grid", "random"]
    axes: dict[str, Axis]
    created: float
    size: int
    counts: dict[Status, int]
    best: RunId | None


class SweepWithTrials(Sweep, kw_only=True):
    trials: list[Summary]


class Sweeps(Shape):
    sweeps: list[Sweep]
    next: str | None
    reading: bool


class NewSweep(Shape, kw_only=True):
    preset: PresetName | UnsetType = UNSET
    config: Changes | UnsetType = UNSET  # type: ignore[valid-type]
    search: Literal["grid", "random"] | UnsetType = UNSET
    axes: Annotated[dict[str, Axis], Meta(min_length=1)]
    trials: Annotated[int, Meta(ge=1, le=sweeps.MOST_TRIALS)] | UnsetType | None = UNSET
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] | UnsetType = UNSET


class Name(Shape):
    name: Annotated[str, Meta(max_length=MOST_NAME)] | None
