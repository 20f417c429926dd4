"""A pin: what somebody wanted to keep of another tab, with what made it, its numbers and the words for it. No IO."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from notebook.figures import END, Figure, Line, Number, Table, Word

# Made by the page, so that sending it again is no second one.
Id = Annotated[str, Meta(pattern=f"^[A-Za-z0-9_-]{{8,40}}{END}")]
Key = Annotated[str, Meta(pattern=f"^[A-Za-z0-9_.-]{{1,60}}{END}")]
Language = Literal["en", "zh"]
# An address of this server: a browser takes //, /\ and a / before a tab or a new line for the begin of another one's.
PLACE = r"^/([^/\\\x00-\x20][^\x00-\x20]*)?" + END

# Every view that has a pin, by tab. A slot of a template asks for one of these. A new view gets its pin with a row
# here, and a function in the page's table (static/js/playground/pins.js, static/js/lenet/pins.js).
VIEWS = (
    "playground.map", "playground.network", "playground.loss", "playground.kept", "playground.compared",
    "playground.seeds", "playground.pairs", "playground.strip", "playground.confusion",
    "lenet.curves", "lenet.epochs", "lenet.confusion", "lenet.mistakes", "lenet.kernels", "lenet.maps", "lenet.layers",
    "lenet.settings", "lenet.files", "lenet.digit", "lenet.compared", "lenet.sweep",
)  # fmt: skip


class Said(Struct, forbid_unknown_fields=True):
    """A fact in words: what it is called, and its value as it is shown."""

    label: Word
    text: Word


class Fact(Struct, forbid_unknown_fields=True, kw_only=True):
    """A setting or a result of the run: the columns of tables that make themselves. value: for sorting and comparing;
    text: as it is shown. key and value are the same in every language, such as `activation` and `tanh`, `layers` and
    `4-2`; None is none, as no hidden layer. said: label and text in the languages that the pin is not in."""

    key: Key
    label: Word
    value: Number | bool | Word | None
    text: Word
    role: Literal["setting", "result"]
    said: Annotated[dict[Language, Said], Meta(max_length=2)] = {}

    def words(self, language: Language) -> Said:
        """Label and text in a language; those of the pin where it has no others."""
        return self.said.get(language) or Said(self.label, self.text)


class Pin(Struct, forbid_unknown_fields=True, kw_only=True):
    """view: one of VIEWS. place: what opens it again on this server, such as `/#epoch=...` or `/lenet#run=...`; run:
    the same for all pins of one run (of the Playground: its settings' link without the epoch). title: what the view is
    called. caption: one sentence that wrote itself. tables: of a LeNet run `layers`, `settings`, `files`."""

    id: Id
    view: Annotated[str, Meta(max_length=40)]
    place: Annotated[str, Meta(pattern=PLACE, max_length=70_000)]
    run: Annotated[str, Meta(min_length=1, max_length=70_000)]
    language: Language
    title: Word
    caption: Line
    facts: Annotated[list[Fact], Meta(max_length=80)]
    figure: Figure
    tables: Annotated[dict[Literal["layers", "settings", "files"], Table], Meta(max_length=3)] = {}
