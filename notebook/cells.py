"""What a notebook is made of, from top to bottom: a struct for each kind of cell. No IO.

# 1. The four data sets                     Heading
The **circle** needs one hidden layer ...   Text
[figure]  Circle, 3 neurons, epoch 143      Pinned
[pin: the spiral's map here]                Slot
| run | layers | test loss |                Derived
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from notebook.figures import END, Line, Number, Word
from notebook.pins import Id, Key
from notebook.sent import decoded, is_deeper

MOST_TEXT = 20_000  # characters of a cell
MOST_UNKNOWN = 1_000_000  # as a notebook has at most
MOST_DEEP = 100  # lists and objects of an unknown cell in each other: how many msgspec reads depends on who calls it

Prose = Annotated[str, Meta(max_length=MOST_TEXT)]


class Cell(Struct, forbid_unknown_fields=True, tag_field="type", kw_only=True):
    """Has these fields and no others."""


class Heading(Cell, tag="heading"):
    """level: 1 is a chapter. Chapters are not numbered: the text says what it wants."""

    text: Word
    level: Annotated[int, Meta(ge=1, le=3)] = 1


class Text(Cell, tag="text"):
    """Markdown with formulas ($...$ and $$...$$). hint: a template's question, shown while the text is empty."""

    text: Prose = ""
    hint: Line = ""


class Pinned(Cell, tag="pin"):
    """A pin, with what was written to it. caption: empty takes the pin's own. note: Markdown below it. slot: what it
    fills, so that it can be given back."""

    pin: Id
    caption: Line = ""
    note: Prose = ""
    slot: Slot | None = None


class Slot(Cell, tag="slot"):
    """A place for a pin. view: one of `pins.VIEWS`. where: facts that the pin must have, by key: {"data": "circle"}.
    hint: says what to pin."""

    view: Annotated[str, Meta(max_length=40)]
    where: Annotated[dict[Key, Number | bool | Word | None], Meta(max_length=20)] = {}
    hint: Line = ""


class Picture(Cell, tag="picture"):
    """A picture that the student brought. picture: the hash of the uploaded file, as the server wrote it anew."""

    picture: Annotated[str, Meta(pattern=f"^[0-9a-f]{{64}}{END}")]
    caption: Line = ""


class Derived(Cell, tag="derived"):
    """A table or a sentence that makes itself from the notebook's pins.

    of: `runs`, every run among the pins with the columns in which they differ; `layers`, `settings`, `files` of a run;
    `accuracy`, the sentence with what it came to. tab: for `runs`, of which tab; None: the one with more pins. run:
    whose; empty: that of the newest pin of LeNet. sort: the key of the column that sorts, with - before it downward.
    """

    of: Literal["runs", "layers", "settings", "files", "accuracy"]
    tab: Literal["playground", "lenet"] | None = None
    run: Annotated[str, Meta(max_length=70_000)] = ""
    sort: Annotated[str, Meta(max_length=61)] = ""
    caption: Line = ""


class Unknown(Cell, tag="unknown"):
    """What a newer version wrote and this one does not know. content: that cell as JSON, which stays as it is."""

    content: Annotated[str, Meta(max_length=MOST_UNKNOWN)]

    def __post_init__(self) -> None:
        """Raises ValueError where it is no JSON object, or one that nobody could read."""
        try:
            content = self.content.encode()
            decoded(content, dict[str, msgspec.Raw])
            is_read = not is_deeper(content, MOST_DEEP)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            is_read = False
        if not is_read:
            raise ValueError(f"as `content` the text of a JSON object, at most {MOST_DEEP} deep")


AnyCell = Heading | Text | Pinned | Slot | Picture | Derived | Unknown
