"""JSON that somebody sent, as a type. No IO.

msgspec makes a whole list before it checks how long the list may be. So a text with more brackets than any notebook has
is refused first.
"""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

MOST_BRACKETS = 100_000  # a third of a second; those in texts count too

Sent = TypeVar("Sent")


def decoded(content: bytes, kind: type[Sent]) -> Sent:
    """Raises msgspec.DecodeError, UnicodeDecodeError and RecursionError."""
    if content.count(b"[") + content.count(b"{") > MOST_BRACKETS:
        raise msgspec.ValidationError(f"more than {MOST_BRACKETS} lists and objects")
    return msgspec.json.decode(content, type=kind)


def field_of(error: msgspec.ValidationError) -> str | None:
    """Which field does not fit its type, such as `cells[3].text`; None where that is all that was sent."""
    inside, at = re.fullmatch("(.*?)(?: - at `[$][.]?(.*)`)?", str(error), re.DOTALL).groups()  # type: ignore[union-attr]
    named = re.match("Object (?:missing required|contains unknown) field `(.*)`", inside)
    return ".".join(part for part in (at, named and named[1]) if part) or None
