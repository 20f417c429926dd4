"""JSON that somebody sent, as a type. No IO.

msgspec makes a whole list before it checks how long the list may be. So a text with more lists and objects than any
notebook has is refused first.
"""

from __future__ import annotations

import re
from itertools import accumulate, islice
from typing import Any, Literal, TypeVar

import msgspec

from core.refused import MISSING, InvalidError
from core.spelling import MOST, cut
from notebook.wanted import Step, wanted

MOST_BRACKETS = 100_000  # a third of a second
_TEXT = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'
_BEGINS = re.compile(_TEXT + rb"|([\[{])", re.DOTALL)  # a text, or the begin of a list or an object
_ENDS_TOO = re.compile(_TEXT + rb"|([\[{}\]])", re.DOTALL)

Sent = TypeVar("Sent")


def decoded(content: bytes, kind: type[Sent]) -> Sent:
    """Raises msgspec.DecodeError, UnicodeDecodeError and RecursionError."""
    if content.count(b"[") + content.count(b"{") > MOST_BRACKETS and _begins_more(content):
        want = f"at most {MOST_BRACKETS} lists and objects"
        raise msgspec.ValidationError(want) from ValueError(want)
    return msgspec.json.decode(content, type=kind)


def _begins_more(content: bytes) -> bool:
    """Whether so many begin outside of texts: who writes a program in a cell types brackets."""
    begun = (part for part in _BEGINS.finditer(content) if part[1])
    return next(islice(begun, MOST_BRACKETS, None), None) is not None


def is_deeper(content: bytes, most: int) -> bool:
    """Whether lists and objects of `content`, which is JSON, lie more than `most` deep in each other."""
    if content.count(b"[") + content.count(b"{") <= most:
        return False
    steps = (1 if part[1] in b"[{" else -1 for part in _ENDS_TOO.finditer(content) if part[1])
    return any(depth > most for depth in accumulate(steps))


class SentError(InvalidError):
    """What was sent does not fit its type."""

    whole = "body"
    any_code = "notebook-invalid"


def refused(content: bytes, error: msgspec.ValidationError, kind: type) -> SentError:
    """It names the field, the value that it has in `content` and what a `kind` wants there."""
    field = field_of(error)
    steps: list[Step] = [int(at) if at else name for name, at in re.findall(r"([^.\[\]]+)|\[(\d+)\]", field or "")]
    try:
        sent = decoded(content, object)
        value = _at(sent, steps)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):  # too much, or behind the fault it is no JSON
        sent = value = cut(content[: 2 * MOST].decode(errors="replace"))
    if isinstance(error.__cause__, ValueError):  # of a check of our own, which says what it wants
        return SentError(field, value, str(error.__cause__))
    of: Literal["", "keys", "fields"] = "keys" if " - at `key` in `" in str(error) else ""
    if field and field.endswith("[...]"):
        of = "fields"
    return SentError(field, value, wanted(kind, steps, sent, of))


def _at(sent: Any, steps: list[Step]) -> object:
    """MISSING where there is none."""
    try:
        for step in steps:
            sent = sent[step]
    except (LookupError, TypeError):
        return MISSING
    return sent


def field_of(error: msgspec.ValidationError) -> str | None:
    """Which field does not fit its type, such as `cells[3].text`; None where that is all that was sent."""
    form = "(.*?)(?: - at (?:`key` in )?`[$][.]?(.*)`)?"
    inside, at = re.fullmatch(form, str(error), re.DOTALL).groups()  # type: ignore[union-attr]
    named = re.match("Object (?:missing required|contains unknown) field `(.*)`", inside)
    return ".".join(part for part in (at, named and named[1]) if part) or None
