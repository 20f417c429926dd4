"""Settings: a frozen dataclass that is its own table.

    @dataclass(frozen=True, kw_only=True)
    class Config(Settings):
        batch_size: int = setting(10, Number(1, 30, whole=True))

    FIELDS = table(Config, Field)

Each attribute carries its default, its kind of value and whatever else a row of the table says. Forms, links, command
lines, validation and the docs read the table; nothing else lists the settings. No IO.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, Self, TypeVar

from core.refused import InvalidError

# --- the kinds of value -----------------------------------------------------------------------------------------------


class Kind(Protocol):
    """`code` and `limits` say in data what the sentence of `check` says in English."""

    @property
    def code(self) -> str: ...

    @property
    def limits(self) -> dict[str, Any]: ...

    def check(self, value: object) -> Any:
        """`value` as the settings hold it. Raises ValueError, which says what would do."""

    def schema(self) -> dict[str, Any]:
        """For a form, as JSON values."""


@dataclass(frozen=True)
class Choice:
    """One of a few names; `more` are those that a form shows apart from the rest."""

    few: tuple[str, ...]
    more: tuple[str, ...] = ()
    code: ClassVar = "choice"

    @property
    def limits(self) -> dict[str, Any]:
        return {"choices": list(self.values)}

    @property
    def values(self) -> tuple[str, ...]:
        return self.few + self.more

    def check(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.values:
            raise ValueError(f"one of {', '.join(self.values)}")
        return value

    def schema(self) -> dict[str, Any]:
        shown = {"kind": "choice", "choices": list(self.values)}
        return shown | ({"more": list(self.more)} if self.more else {})


@dataclass(frozen=True)
class Number:
    """A finite number in [low, high]; `whole` numbers have no fraction.

    A form offers `choices`, or a slider from its first to its second number in steps of its third, or a field.
    """

    low: float
    high: float
    whole: bool = False
    choices: tuple[float, ...] = ()
    slider: tuple[float, float, float] | None = None

    @property
    def code(self) -> str:
        return "whole" if self.whole else "number"

    @property
    def limits(self) -> dict[str, Any]:
        return {"low": self.low, "high": self.high}

    @property
    def want(self) -> str:
        """What would do."""
        return f"{'a whole number' if self.whole else 'a number'} from {self.low:.15g} to {self.high:.15g}"

    def check(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not self.low <= value <= self.high:
            raise ValueError(self.want)
        if self.whole and value != int(value):
            raise ValueError(self.want)
        return int(value) if self.whole else float(value)

    def schema(self) -> dict[str, Any]:
        shown = {"kind": "number", "min": self.low, "max": self.high, "whole": self.whole}
        if self.choices:
            shown["choices"] = list(self.choices)
        elif self.slider:
            shown["slider"] = dict(zip(("min", "max", "step"), self.slider, strict=True))
        return shown


@dataclass(frozen=True)
class Flag:
    """True or false; 1 is neither."""

    code: ClassVar = "flag"
    limits: ClassVar[dict[str, Any]] = {}

    def check(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError("true or false")
        return value

    def schema(self) -> dict[str, Any]:
        return {"kind": "flag"}


# --- the table --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Field:
    """A row of the table. Each table has rows of its own kind, with what it needs to know besides.

    key: the setting's name for everything but Python.
    needs: it has an effect only where each of these settings, by its key, has one of these values.
    """

    key: str
    attribute: str
    default: Any
    kind: Kind
    needs: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    error: ClassVar[type[InvalidError]] = InvalidError

    @staticmethod
    def key_of(attribute: str) -> str:
        """The key of an attribute."""
        return attribute

    def has_effect(self, values: Mapping[str, Any]) -> bool:
        """Whether it has one where all settings, by their keys, have these values."""
        return all(values[key] in wanted for key, wanted in self.needs.items())

    def check(self, value: object) -> Any:
        """`value` as the settings hold it. Raises `error`."""
        try:
            return self.kind.check(value)
        except (ValueError, OverflowError) as error:
            # A kind whose values can be wrong in several ways says in which.
            code, limits = getattr(error, "code", self.kind.code), getattr(error, "values", self.kind.limits)
            raise self.error(self.key, value, str(error), code, limits) from None

    def schema(self) -> dict[str, Any]:
        """The row as JSON values, for a form."""
        shown = {"key": self.key, "default": _as_json(self.default)} | self.kind.schema()
        return shown | ({"needs": {key: list(values) for key, values in self.needs.items()}} if self.needs else {})


def setting(default: Any, kind: Kind, **row: Any) -> Any:
    """An attribute of `Settings`; `row` is what its row says besides."""
    return dataclasses.field(default=default, metadata={"kind": kind} | row)


class Settings:
    """Base of a frozen dataclass of `setting`s. From foreign values one is built with `updated`, which checks them."""

    fields: ClassVar[Mapping[str, Field]]  # by key; `table` fills it

    def to_json(self) -> dict[str, Any]:
        """Every setting by its key, as JSON values."""
        return {key: _as_json(getattr(self, row.attribute)) for key, row in self.fields.items()}

    def updated(self, changes: object) -> Self:
        """A copy with `changes`, an object of JSON values by key. Raises the rows' `error`, naming field and value."""
        error = next(iter(self.fields.values())).error
        if not isinstance(changes, dict):
            raise error("config", changes, "an object")
        checked = {}
        for key, value in changes.items():
            if key not in self.fields:
                raise error(key, value, "known fields only")
            checked[self.fields[key].attribute] = self.fields[key].check(value)
        return dataclasses.replace(self, **checked)  # type: ignore[type-var]


Row = TypeVar("Row", bound=Field)


def table(settings: type[Settings], row: type[Row]) -> dict[str, Row]:
    """The rows of `settings`, each made as a `row`, by their keys in the order of the attributes."""
    made = [
        row(key=row.key_of(one.name), attribute=one.name, default=one.default, **one.metadata)
        for one in dataclasses.fields(settings)  # type: ignore[arg-type]
    ]
    rows = {one.key: one for one in made}
    settings.fields = rows
    return rows


def _as_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value.to_json() if hasattr(value, "to_json") else value
