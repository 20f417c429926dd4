"""A whole notebook as it is read."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from notebook.cells import Derived, Heading, Picture, Pinned, Slot, Text
from notebook.figures import Table
from notebook.pins import Fact
from notebook.reading import Document, Empty, Figure, Sentence, document, html, table_html
from notebook.reading import Table as TableBlock
from support.markup import MARKUP, is_harmless
from support.pins import FILES, LAYERS, lenet_pin, pin

HASH = "0" * 64
PINS = {
    one.id: one
    for one in [
        pin("map-one1", run="/#1", data="circle", epoch=5),
        pin("kept-one", "playground.kept", figure=LAYERS),
        lenet_pin("lenet-01"),
    ]
}
CELLS = [
    ("a", Heading(text="一 试用", level=1)),
    ("b", Text(text="**Why** $x$")),
    ("c", Pinned(pin="lenet-01", note="*good*")),
    ("d", Derived(of="files")),
    ("e", Picture(picture=HASH, caption="My notes")),
    ("f", Pinned(pin="kept-one", caption="My own words")),
    ("g", Slot(view="playground.map", hint="the circle, fitted")),
    ("h", Pinned(pin="map-one1")),
    ("i", Derived(of="runs", tab="playground")),
    ("j", Derived(of="accuracy")),
    ("k", Pinned(pin="goneaway")),
]


def blocks(cells=CELLS, pins=PINS, language="en"):
    return {block.cell: block for block in document("Report", language, cells, pins).blocks}


def test_figures_and_tables_are_numbered_in_their_order():
    numbers = {name: getattr(block, "number", None) for name, block in blocks().items()}
    assert {name: number for name, number in numbers.items() if number} == {
        "c": 1, "d": 1, "e": 2, "f": 2, "h": 3, "i": 3,
    }  # fmt: skip


def test_each_cell_is_the_block_that_is_read():
    found = blocks()
    assert found["c"] == Figure(
        cell="c", number=1, pin="lenet-01", caption="Caption of lenet-01", note="*good*", place=PINS["lenet-01"].place
    )
    assert (found["d"].table, found["d"].caption) == (FILES, "The saved networks")
    assert (found["f"].table, found["f"].caption, found["f"].pin) == (LAYERS, "My own words", "kept-one")
    assert found["g"] == Empty(cell="g", text="To be pinned: the circle, fitted")
    assert isinstance(found["j"], Sentence)
    assert found["k"] == Empty(cell="k", text="The pin that was here has been deleted.")


def test_a_row_of_runs_names_its_figure():
    assert blocks()["i"].table.rows[0][-1] == "3"


def test_a_derived_cell_without_a_run_says_what_to_pin():
    assert isinstance(blocks(pins={})["d"], Empty)


def test_a_document_can_be_sent_to_another_process():
    sent = document("报告", "zh", CELLS, PINS)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(sent), type=Document) == sent


def test_a_table_that_sorts_says_by_which_columns():
    cells = [("a", Pinned(pin="a")), ("b", Pinned(pin="b")), ("c", Derived(of="runs", sort="-epoch"))]
    pins = {name: pin(name, run=f"/#{name}", data=name, epoch=number) for number, name in enumerate("ab")}
    shown = html(blocks(cells, pins)["c"])
    assert '<th scope="col">No.</th><th scope="col" data-sort="data">DATA</th>' in shown
    assert '<th scope="col" data-sort="epoch" aria-sort="descending">EPOCH</th>' in shown
    assert shown.index("<td>1</td>") < shown.index("<td>0</td>")


def test_html_is_that_of_the_note_the_text_and_the_sentence():
    found = {name: html(block) for name, block in blocks().items()}
    assert found["a"] == found["e"] == ""
    assert found["b"].startswith("<p><strong>Why</strong>")
    assert found["c"] == "<p><em>good</em></p>\n"
    assert found["d"].startswith("<table>")
    assert found["f"] == ""  # its pin has the table
    assert found["j"].startswith("<p>After 10 epochs")


texts = st.text(max_size=40) | st.lists(st.sampled_from(MARKUP), max_size=6).map("".join)


@given(st.lists(texts, min_size=8, max_size=8))
def test_markup_in_any_field_stays_text(words):
    foreign = pin("foreign1", run="/#1")
    foreign.title, foreign.caption = words[0], words[1]
    foreign.facts = [Fact(key="k", label=words[2], value=words[3], text=words[4], role="result")]
    table = pin("foreign2", figure=Table(columns=[words[2]], rows=[[words[3]]]))
    lenet = lenet_pin("foreign3", dataset=words[5], model=words[6])
    cells = [
        ("a", Text(text=words[0], hint=words[1])),
        ("b", Pinned(pin="foreign1", note=words[7], caption=words[2])),
        ("c", Pinned(pin="foreign2", note=words[6])),
        ("d", Pinned(pin="foreign3")),
        ("e", Slot(view="playground.map", hint=words[5])),
        *[(name, Derived(of=name, sort=words[4])) for name in ("runs", "layers", "settings", "files", "accuracy")],
        ("f", Derived(of="runs", tab="playground", caption=words[0])),
    ]
    for block in document(words[0], "en", cells, {one.id: one for one in (foreign, table, lenet)}).blocks:
        assert is_harmless(html(block))
        assert not isinstance(block, TableBlock) or is_harmless(table_html(block))


def test_what_a_table_has_is_no_key_of_another():
    assert isinstance(blocks()["f"], TableBlock)
    assert blocks()["f"].keys == []
