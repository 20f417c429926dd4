"""The settings of a run, the form that they make, the machine, and who asks; docs/api.md has the tables."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from core.settings import Choice, Flag, Number
from lenet.config import FIELDS, PRESETS, Field
from lenet.shapes.shape import Shape, Whole


class Token(Shape):
    token: str


class Teacher(Shape):
    teacher: bool


def _kind_of(field: Field) -> Any:
    match field.kind:
        case Choice(values):
            return Annotated[str, Meta(description=field.help, extra_json_schema={"enum": list(values)})]
        case Flag():
            return Annotated[bool, Meta(description=field.help)]
        case Number(low, high, whole):
            return Annotated[int if whole else float, Meta(description=field.help, ge=low, le=high)]
    raise TypeError(field.kind)


Settings = msgspec.defstruct(
    "Settings", [(field.key, _kind_of(field)) for field in FIELDS.values()], forbid_unknown_fields=True, kw_only=True
)
Changes = msgspec.defstruct(
    "Changes", [(field.key, _kind_of(field) | UnsetType, UNSET) for field in FIELDS.values()],
    forbid_unknown_fields=True, kw_only=True,
)  # fmt: skip
PresetName = Annotated[str, Meta(extra_json_schema={"enum": list(PRESETS)})]


class FieldOfForm(Shape):
    """A setting of a run, for the form."""

    name: str
    default: str | float | bool
    group: Literal["data", "model", "training", "augmentation", "run"]
    help: str
    kind: Literal["number", "choice", "flag"]
    min: float | UnsetType = UNSET
    max: float | UnsetType = UNSET
    whole: bool | UnsetType = UNSET
    choices: list[str] | UnsetType = UNSET
    needs: Annotated[
        dict[str, list[str | float | bool]] | UnsetType,
        Meta(description="it has an effect only where each of these settings has one of these values"),
    ] = UNSET


class Preset(Shape):
    help: str
    config: Settings  # type: ignore[valid-type]


class Classes(Shape):
    classes: list[str]


class LimitsOfSweeps(Shape):
    most_trials: int
    not_varied: list[str]


class StateOfRun(Shape):
    """active: it waits, or is trained. resumable: it may be queued again."""

    active: bool
    resumable: bool


class Form(Shape):
    """All that a form must know."""

    fields: list[FieldOfForm]
    presets: dict[str, Preset]
    datasets: dict[str, Classes]
    states: dict[str, StateOfRun]
    sweeps: LimitsOfSweeps
    most_compared: int


class Device(Shape, kw_only=True):
    """A GPU or a CPU, which have some of the fields each."""

    id: str
    name: str
    memory_used: Whole | UnsetType = UNSET
    memory_total: Whole | UnsetType = UNSET
    utilisation: float | UnsetType | None = UNSET
    cores: int | UnsetType | None = UNSET
    load: float | UnsetType | None = UNSET
    trainers: Whole  # runs that it trains at once


class Devices(Shape):
    devices: list[Device]
