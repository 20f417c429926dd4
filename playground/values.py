"""Values of settings as a link has them: what a text means, and which allowed value is nearest to one that is not."""

from __future__ import annotations

import contextlib
import math
import re
from functools import singledispatch

from core.settings import Flag, Kind, Number
from playground.config import MAX_LAYERS, MAX_NEURONS, Layers, Names, PerLayer
from playground.point_set import PointSet


@singledispatch
def parse(_kind: Kind, text: str) -> object:
    """What `text` means where a value of `kind` is expected. The kind's `check` says whether that is allowed."""
    return text


@parse.register
def _(_kind: Number, text: str) -> object:
    return parse_number(text)


@parse.register
def _(_kind: Flag, text: str) -> object:
    return text != "false"  # as the original reads it


@parse.register
def _(_kind: Layers, text: str) -> object:
    return [parse_number(part) for part in text.split(",")] if text.strip() else []


@parse.register
def _(kind: PerLayer, text: str) -> object:
    return [parse(kind.kind, part) if part else "" for part in text.split(",")] if text.strip() else []


@parse.register
def _(_kind: Names, text: str) -> object:
    return text.split(",") if text else []


@singledispatch
def nearest(_kind: Kind, _value: object) -> object:
    """The allowed value nearest to `value`. Raises ValueError where there is none."""
    raise ValueError("no value is near another")


@nearest.register(Number)
def _nearest_number(kind: Number, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        raise ValueError(kind.want)
    inside = min(max(value, kind.low), kind.high)
    return math.floor(inside + 0.5) if kind.whole else inside


@nearest.register
def _(_kind: Layers, value: object) -> tuple[int, ...]:
    """As many layers as are allowed, each as near to its size as is allowed."""
    if not isinstance(value, (list, tuple)):
        raise ValueError("a list of numbers")
    sizes = [_nearest_number(Number(1, MAX_NEURONS), neurons) for neurons in value]
    return tuple(math.ceil(size) for size in sizes[:MAX_LAYERS])  # the original counts up to 2.5 and makes 3


@nearest.register
def _(kind: PerLayer, value: object) -> tuple[object, ...]:
    """Of each layer that is allowed the value, the nearest to it, or else the default."""
    if not isinstance(value, (list, tuple)):
        raise ValueError("a list")

    def near(one: object) -> object:
        for allowed in (lambda: kind.kind.check(one), lambda: nearest(kind.kind, one)):
            with contextlib.suppress(ValueError):
                return allowed()
        return kind.default

    return tuple(map(near, value[:MAX_LAYERS]))


_DECIMAL = re.compile(r"[+-]?(\d++(\.\d*+)?|\.\d++)([eE][+-]?\d{1,3})?", re.ASCII)


def parse_number(text: str) -> object:
    """The number that JavaScript's unary plus makes of a decimal. The text itself if it is not a number."""
    text = text.strip()
    if not _DECIMAL.fullmatch(text):
        return text
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def written(value: object) -> str:
    """The value as a link has it: as JavaScript turns it into a string."""
    if isinstance(value, PointSet):
        return value.to_json()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    if isinstance(value, float):
        return _javascript_number(value)
    return str(value)


def _javascript_number(value: float) -> str:
    """ECMAScript's Number::toString for the range a Config allows: shortest digits, exponent below 1e-6."""
    if value.is_integer():
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    digits, exponent = text.split("e")
    if int(exponent) >= -6:  # Python goes over to exponents earlier than JavaScript
        return f"{value:.{len(digits.replace('.', '').lstrip('-')) - 1 - int(exponent)}f}"
    return f"{digits}e{int(exponent)}"
