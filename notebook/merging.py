"""What becomes of a change that a page sends for a cell. No IO.

Others may have changed the cell, and the page may have sent its change before and not heard so.

Nothing that was typed is lost: what two have written at the same time stays as two cells. Nothing comes twice: a change
that was carried out already is known by its content.
"""

from __future__ import annotations

import hashlib
from enum import Enum
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta, Struct

from notebook.cells import AnyCell, Derived, Heading, Picture, Pinned, Slot, Text, Unknown
from notebook.pins import Id
from notebook.places import Place

MOST_REMEMBERED = 30  # changes of a cell


class Change(Struct, forbid_unknown_fields=True, kw_only=True):
    """base: the version that the page knew; 0: the cell is new. cell: null removes it."""

    id: Id
    base: Annotated[int, Meta(ge=0, le=10**9)]
    place: Place
    cell: AnyCell | None


class Made(Struct, array_like=True):
    """A version of a cell. content: a digest, empty where it was removed. change: of what was sent. by: the tab."""

    version: int
    place: str
    content: str
    change: str
    by: str = ""


class Present(NamedTuple):
    """A cell as it is. content: JSON; None where it was removed."""

    place: str
    version: int
    content: str | None
    history: list[Made]


class What(Enum):
    DONE = "nothing to do"
    SET = "it gets this place and content"
    COPY = "what was sent becomes a cell of its own"
    KEPT = "it stays as it is, and the page is told"


class Decision(NamedTuple):
    what: What
    place: str = ""
    content: str | None = None  # JSON


def encoded(cell: AnyCell | None) -> str | None:
    if cell is None:
        return None
    return cell.content if isinstance(cell, Unknown) else msgspec.json.encode(cell).decode()


NOTHING = "{}"  # in place of content that is no JSON object


def decoded(content: str) -> AnyCell:
    """A cell as it is stored: `Unknown` where this version does not know it, or it is damaged."""
    try:
        return msgspec.json.decode(content, type=AnyCell)
    except msgspec.DecodeError:
        pass
    try:
        return Unknown(content=content)
    except ValueError:
        return Unknown(content=NOTHING)


def digest(*parts: object) -> str:
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:16]


def key_of(change: Change, content: str | None) -> str:
    return digest(change.base, change.place, content)


def copy_id(change: Change, content: str | None) -> str:
    """Of the cell that a change becomes that cannot be carried out: the same whenever it is sent."""
    return f"copy-{digest(change.id, key_of(change, content))}"


def content_digest(content: str | None) -> str:
    return "" if content is None else digest(content)


def remembered(history: list[Made], version: int, place: str, content: str | None, change: str, by: str) -> list[Made]:
    return [*history, Made(version, place, content_digest(content), change, by)][-MOST_REMEMBERED:]


def decide(now: Present | None, change: Change, by: str = "") -> Decision:
    """now: None where there never was such a cell. by: the tab that sends it; empty: not said."""
    content = encoded(change.cell)
    set_it = Decision(What.SET, change.place, content)
    done = Decision(What.DONE)
    if now is None:
        return done if content is None else set_it
    comes_back = now.content is None and content is not None and change.base in (0, now.version)
    if not comes_back and any(made.change == key_of(change, content) for made in now.history):
        return done
    if comes_back:
        return set_it
    if content is None:
        return _removed(now, change, by)
    if (now.place, now.content) == (change.place, content):
        return done
    if change.base == now.version or _is_alone(now, change.base, by):
        return set_it
    return _merged(now, change, content)


def _removed(now: Present, change: Change, by: str) -> Decision:
    if now.content is None:
        return Decision(What.DONE)
    base = _version(now, change.base)
    same = base is not None and base.content == content_digest(now.content)
    if change.base == now.version or same or _is_alone(now, change.base, by):
        return Decision(What.SET, now.place, None)
    return Decision(What.KEPT)


def _merged(now: Present, change: Change, content: str) -> Decision:
    """The page knew an older version: what it changed of that is changed, unless another has changed the same."""
    base = _version(now, change.base)
    is_mine = base is None or base.content != content_digest(content)
    is_theirs = base is None or base.content != content_digest(now.content)
    has_moved = base is None or base.place != change.place
    if now.content is None:
        # Removed by another meanwhile: what was typed is not lost. One that was only moved stays away.
        return Decision(What.SET, change.place, content) if is_mine or not has_moved else Decision(What.DONE)
    place = change.place if has_moved else now.place
    if not is_mine or content == now.content:
        return Decision(What.SET, place, now.content)
    if not is_theirs:
        return Decision(What.SET, place, content)
    copy = _copied(change.cell, decoded(now.content))
    return Decision(What.KEPT) if copy is None else Decision(What.COPY, now.place, encoded(copy))


def _version(now: Present, version: int) -> Made | None:
    return next((made for made in now.history if made.version == version), None)


def _is_alone(now: Present, base: int, by: str) -> bool:
    """All that happened since `base` came from the same tab, which did not hear of it."""
    if not by or now.content is None:
        return False
    since = [made for made in now.history if made.version > base]
    return len(since) == now.version - base and all(made.by == by for made in since)


def _copied(sent: AnyCell | None, now: AnyCell) -> AnyCell | None:
    """What is kept of a cell that another has changed too; None where nothing in it was typed or pinned."""
    if isinstance(sent, (Heading, Text, Unknown)):
        return sent
    if isinstance(sent, Pinned) and not (isinstance(now, Pinned) and now.pin == sent.pin):
        return Pinned(pin=sent.pin, caption=sent.caption, note=sent.note)
    if isinstance(sent, Picture) and not (isinstance(now, Picture) and now.picture == sent.picture):
        return sent
    if isinstance(sent, (Pinned, Picture, Derived, Slot)):
        typed = sent.hint if isinstance(sent, Slot) else sent.caption
        note = sent.note if isinstance(sent, Pinned) else ""
        words = "\n\n".join(filter(None, [typed, note]))
        return Text(text=words) if words else None
    return None
