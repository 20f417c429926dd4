"""JSON that somebody sent, as a type. No IO.

msgspec makes a whole list before it checks how long the list may be. So a text with more lists and objects than any
notebook has is refused first.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any, TypeVar

import msgspec

from core.refused import MISSING, InvalidError

MOST_BRACKETS = 100_000  # a third of a second
_PARTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|([\[{])', re.DOTALL)  # a text, or the begin of a list or an object

Sent = TypeVar("Sent")


def decoded(content: bytes, kind: type[Sent]) -> Sent:
    """Raises msgspec.DecodeError, UnicodeDecodeError and RecursionError."""
    if content.count(b"[") + content.count(b"{") > MOST_BRACKETS and _begins_more(content):
        raise msgspec.ValidationError(f"more than {MOST_BRACKETS} lists and objects")
    return msgspec.json.decode(content, type=kind)


def _begins_more(content: bytes) -> bool:
    """Whether so many begin outside of texts: who writes a program in a cell types brackets."""
    begun = (part for part in _PARTS.finditer(content) if part[1])
    return next(islice(begun, MOST_BRACKETS, None), None) is not None


class SentError(InvalidError):
    """What was sent does not fit its type."""

    whole = "body"
    any_code = "notebook-invalid"


def refused(content: bytes, error: msgspec.ValidationError) -> SentError:
    """It names the field and the value that it has in `content`."""
    field = field_of(error)
    value = MISSING if field is None else _value(content, field)
    return SentError(field, value, str(error).partition(" - at `$")[0])


def _value(content: bytes, field: str) -> object:
    """MISSING where there is none."""
    found: Any = msgspec.json.decode(content)
    try:
        for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", field):
            found = found[int(index)] if index else found[name]
    except (LookupError, TypeError):
        return MISSING
    return found


def field_of(error: msgspec.ValidationError) -> str | None:
    """Which field does not fit its type, such as `cells[3].text`; None where that is all that was sent."""
    inside, at = re.fullmatch("(.*?)(?: - at `[$][.]?(.*)`)?", str(error), re.DOTALL).groups()  # type: ignore[union-attr]
    named = re.match("Object (?:missing required|contains unknown) field `(.*)`", inside)
    return ".".join(part for part in (at, named and named[1]) if part) or None
