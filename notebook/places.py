"""Where cells stand: places are texts, and cells are in their order, as JavaScript and Python compare texts. Between
two there is always another, so that a cell that moves changes no other. No IO."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from notebook.figures import END

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FIRST, _LAST = DIGITS[0], DIGITS[-1]

MOST = 200  # characters

# The last is no 0: between "1" and "10" there is nothing.
Place = Annotated[str, Meta(pattern=f"^[0-9A-Za-z]{{0,{MOST - 1}}}[1-9A-Za-z]{END}")]


def between(low: str, high: str | None) -> str:
    """A place after `low`, which may be empty, and before `high`; None: the end. `low` where there is none between."""
    made = _after(low) if high is None else _inside(low, high)
    return made if len(made) <= MOST else low


def _inside(low: str, limit: str) -> str:
    if not low < limit:
        return low
    high: str | None = limit
    made = ""
    for at in range(len(limit) + len(low) + 1):
        digit = DIGITS.index(low[at]) if at < len(low) else 0
        end = DIGITS.index(high[at]) if high is not None and at < len(high) else len(DIGITS)
        if high is not None and at >= len(high):
            return low  # high is low with zeros behind it
        if end - digit > 1:
            return made + DIGITS[(digit + end) // 2]
        made += DIGITS[digit]
        if end > digit:
            high = None  # whatever follows is before it
    return low


def _after(low: str) -> str:
    head = low.rstrip(_LAST)
    if not head:
        return low + "V"
    return head[:-1] + DIGITS[DIGITS.index(head[-1]) + 1]


def several(count: int) -> list[str]:
    """So many places, in order, with room between them."""
    width = 2 if count < 3000 else 4
    step = len(DIGITS) ** width // (count + 1)
    return [_written(step * (number + 1), width) for number in range(count)]


def _written(number: int, width: int) -> str:
    made = ""
    for _ in range(width):
        number, digit = divmod(number, len(DIGITS))
        made = DIGITS[digit] + made
    return made.rstrip(_FIRST) or _FIRST
