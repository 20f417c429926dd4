"""Values of settings as a link has them: what a text means, and the allowed value nearest to one that is not."""

from __future__ import annotations

import math
import re
from functools import singledispatch

from core.settings import Flag, Kind, Number
from playground.config import MAX_LAYERS, MAX_NEURONS, Layers, Names


@singledispatch
def parse(_kind: Kind, text: str) -> object:
    """What `text` means where a value of `kind` is expected; whether it may be, the kind's `check` says."""
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
def _(_kind: Names, text: str) -> object:
    return text.split(",") if text else []


@singledispatch
def nearest(_kind: Kind, _value: object) -> object:
    """The allowed value nearest to `value`. Raises ValueError where none is near another."""
    raise ValueError("no value is near another")


@nearest.register(Number)
def _nearest_number(kind: Number, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        raise ValueError(kind.want)
    inside = min(max(value, kind.low), kind.high)
    return math.floor(inside + 0.5) if kind.whole else inside


@nearest.register
def _(_kind: Layers, value: object) -> tuple[int, ...]:
    """The first layers, each as near as can be."""
    if not isinstance(value, (list, tuple)):
        raise ValueError("a list of numbers")
    sizes = [_nearest_number(Number(1, MAX_NEURONS), neurons) for neurons in value]
    return tuple(math.ceil(size) for size in sizes[:MAX_LAYERS])  # the original counts up to 2.5 and makes 3


def parse_number(text: str) -> object:
    """A number as JavaScript's unary plus reads a decimal one; the text itself where it is none."""
    text = text.strip()
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", text, re.ASCII):
        return text
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
