"""What is told of runs and sweeps, as types of JSON objects. `lenet.shapes.runs` describes each field to clients."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from lenet.config import SettingValue
from lenet.lines import Coded, EpochLine, Layer
from lenet.run import Axis, Trial
from lenet.training.progress import Progressed


class Place(TypedDict):
    """Of a run in the queue: its place from 1, and the seconds until it starts; None without a device."""

    position: int | None
    wait_s: float | None


class Summary(Progressed):
    """A run in short. Its place is added where it is told, its name where who asks may know it."""

    run: str
    owner: str | None
    preset: str
    config: dict[str, SettingValue]
    unknown: list[str]
    sweep: Trial | None
    created: float
    status: str
    reason: str | None
    why: Coded | None
    requested: str | None
    device: str | None
    shared: bool
    position: NotRequired[int | None]
    wait_s: NotRequired[float | None]
    name: NotRequired[str | None]


class Details(TypedDict):
    """What one run tells besides. layers: the input first. epochs: the records that hold, as metrics.jsonl has them."""

    layers: list[Layer]
    epochs: list[EpochLine]
    command: str
    versions: dict[str, str] | None
    threads: int | None


class Detailed(Summary, Details):
    """A run in full."""


class Unreadable(TypedDict):
    """What lies where a run should, and why it is none."""

    run: str
    reason: str


class Page(TypedDict):
    """Of the list of runs. next: None on the last one. total: of all pages."""

    runs: list[Summary]
    next: str | None
    total: int
    reading: bool
    unreadable: list[Unreadable]


class Sweep(TypedDict):
    """A sweep in short."""

    sweep: str
    owner: str | None
    preset: str
    search: str
    axes: dict[str, Axis]
    created: float
    size: int
    counts: dict[str, int]
    best: str | None


class SweepWithTrials(Sweep):
    trials: list[Summary]


class Sweeps(TypedDict):
    """A page of the list of sweeps."""

    sweeps: list[Sweep]
    next: str | None
    reading: bool
