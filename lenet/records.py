"""The lines of metrics.jsonl as types, and what run.json says: foreign bytes are checked here, once. No IO.

A struct holds what a list of runs needs, not all that a line says. What others read of a line is checked with it, so
that whoever reads it whole, as JSON values, may trust it. A line that is no record is `Odd` and costs nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, cast

import msgspec
from msgspec import Meta, Struct

from core.spelling import spelled
from lenet.lines import JsonObject, Line

MOST_LINE_BYTES = 16 * 2**20  # of metrics.jsonl; an epoch's record has 10 kB
MOST_ERROR = 300  # characters of what is wrong with a line: it names a kind as it stands there

Count = Annotated[int, Meta(ge=0, le=2**53)]
Word = Annotated[str, Meta(max_length=200)]
Note = Annotated[str, Meta(max_length=1000)]
# In the run's folder and nowhere else.
FileName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}(?!\n)$")]
Seconds = Annotated[float, Meta(ge=0)]
Class = Annotated[int, Meta(ge=0, le=9)]
Ten = Meta(min_length=10, max_length=10)
Value = str | int | float  # that the text of a code fills in
RunId = Annotated[str, Meta(pattern=r"^[0-9]{8}-[0-9]{6}-[0-9a-f]{6}(?!\n)$")]


class Score(Struct, frozen=True, gc=False):
    loss: float
    accuracy: float


class Why(Struct, frozen=True):
    """A code of `lenet.reasons` with its values: what a sentence says, for programs."""

    code: Word
    values: Annotated[dict[Word, Value], Meta(max_length=10)]


class Data(Struct, frozen=True, tag_field="kind", tag="data"):
    source: Word | None  # None: another process fetches
    done: Count
    total: Count


class Layer(Struct, frozen=True):
    name: Word
    shape: list[Count]
    parameters: Count


class Start(Struct, frozen=True, tag_field="kind", tag="start"):
    epoch: Count
    step: Count
    steps: Count
    device: Word
    images: Count = 0  # an epoch
    steps_per_epoch: Count = 0
    layers: list[Layer] = []
    note: Note | None = None  # what could not be restored
    why: Why | None = None  # the same; None: of an earlier version
    format: Count = 1


class Batches(Struct, frozen=True, tag_field="kind", tag="batches"):
    step: Count
    loss: Annotated[list[float], Meta(min_length=1)]
    images_per_s: Seconds | None  # None: too early to say
    left_s: float | None
    train_s: Seconds | None = None  # None: of an earlier version
    seconds: Seconds = 0.0  # that these batches took; 0: of an earlier version
    time: Seconds = 0.0  # since 1970; 0: of an earlier version


class Epoch(Struct, frozen=True, gc=False, tag_field="kind", tag="epoch"):
    epoch: Annotated[int, Meta(ge=1, le=10**6)]
    train_s: float
    train: Score
    test: Score
    checkpoint: FileName


class Mistake(Struct, frozen=True, gc=False):
    image: Count
    label: Class
    predicted: Class
    probability: float


class WholeEpoch(Epoch, frozen=True, kw_only=True, tag_field="kind", tag="epoch"):
    """An epoch as it stands in its line."""

    step: Count
    seconds: float | None  # None: of an epoch that was tested again, and nothing tells
    holdout: Score | None
    confusion: Annotated[list[Annotated[list[Count], Ten]], Ten]
    worst: list[Mistake]
    time: Seconds = 0.0  # since 1970; 0: of an earlier version


class End(Struct, frozen=True, tag_field="kind", tag="end"):
    status: Literal["finished", "paused", "stopped", "interrupted", "failed"]
    reason: str | None = None
    why: Why | None = None  # the same; None: of an earlier version
    step: Count | None = None  # from which it goes on, where its last steps were not saved


class Odd(Struct, frozen=True, tag_field="kind", tag="odd"):
    """A line that is JSON and not as Playlab writes any: it is left out, and no other builds on it.

    No file has a record of this kind; it is what is told in place of such a line.
    """

    error: str


Record = Data | Start | Batches | Epoch | End | Odd


class Axis(Struct):
    """One axis of a sweep: the values that are tried, or the range they are drawn from."""

    values: list[bool | float | str] | None = None
    low: float | None = None
    high: float | None = None
    scale: Literal["linear", "log"] | None = None


class Trial(Struct):
    """Which trial of which sweep a run is."""

    id: RunId
    number: Annotated[int, Meta(ge=1, le=10**4)]
    size: Annotated[int, Meta(ge=1, le=10**4)]
    search: Literal["grid", "random"]
    axes: Annotated[dict[Word, Axis], Meta(max_length=100)]


class Stored(Struct):
    """run.json, or what a run started on the command line has of it in its config.json."""

    config: JsonObject
    preset: Word
    created: Annotated[float, Meta(ge=0, le=1e11)]
    owner: Word | None = None
    is_program: bool = False
    name: Word | None = None
    sweep: Trial | None = None
    turn: Annotated[int, Meta(ge=-(2**53), le=2**53)] = 0
    shared: bool = False
    queued: bool = False
    slot: Word | None = None
    server: Word | None = None


# The format of whatever outlives a process: run.json, config.json, metrics.jsonl, resume.pt, and a run in Redis. Each
# names it; one that does not was written before there was another format, and has format 1. News and devices in Redis
# (`lenet.queue.store`) name none: nobody keeps them. A server reads the run that the news is of, a machine tells its
# devices anew every few seconds, and an entry that is not understood is left out.
FORMAT = 1

_record = msgspec.json.Decoder(Data | Start | Batches | WholeEpoch | End)
_anything = msgspec.json.Decoder()


def read_record(line: bytes) -> Record:
    """What a line of metrics.jsonl says. Raises ValueError if it is no JSON, or of another version."""
    try:
        record = _record.decode(line)
    except RecursionError:
        raise ValueError("JSON nested too deep") from None
    except msgspec.ValidationError as error:
        said = _read(line)  # of another version a line may have other fields, and is not passed over
        check_format(said.get("format", FORMAT) if isinstance(said, dict) else FORMAT)
        return Odd(str(error)[:MOST_ERROR])
    if isinstance(record, WholeEpoch):  # all of it would take ten times the memory
        return Epoch(record.epoch, record.train_s, record.train, record.test, record.checkpoint)
    if isinstance(record, Start):
        check_format(record.format)
    return record


def read_whole(lines: Iterable[bytes], *kinds: type[Record]) -> list[Line]:
    """All that lines of metrics.jsonl say, as JSON values, but for those that are odd. kinds: of which records; by
    default of all. Raises ValueError as `read_record`."""
    return [
        cast(Line, read_object(line))
        for line in lines
        if not isinstance(record := read_record(line), Odd) and (not kinds or isinstance(record, kinds))
    ]


def check_format(number: object) -> None:
    """Raises ValueError if `number` is not FORMAT: then another version of Playlab wrote the file."""
    if number != FORMAT:
        raise ValueError(f"has format {spelled(number)}: another version of Playlab wrote it, this one reads {FORMAT}")


def is_whole(line: bytes) -> bool:
    """Whether a line is JSON of any kind. A line that is not was destroyed: no version writes one."""
    try:
        _anything.decode(line)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def read_object(text: bytes) -> JsonObject:
    """The JSON object that `text` is. Raises ValueError if it is something else."""
    value = _read(text)
    if not isinstance(value, dict):
        raise ValueError(f"not a JSON object but {'null' if value is None else type(value).__name__}")
    return value


def _read(text: bytes) -> object:
    try:
        return _anything.decode(text)
    except RecursionError:
        raise ValueError("JSON nested too deep") from None


def read_stored(about: JsonObject) -> Stored:
    """What run.json says. Raises ValueError if it does not describe a run."""
    check_format(about.get("format", 1))
    return msgspec.convert(about, Stored)
