"""Notebooks in a database: changed by several tabs, kept for their owner alone, within limits, for a time."""

import base64
import contextlib
import secrets
import sqlite3
import zlib
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from core.refused import RefusedError
from db import address
from db.database import Database
from db.errors import DatabaseError
from notebook import owners, room, store, tables
from notebook.cells import Derived, Heading, Picture, Pinned, Slot, Text
from notebook.figures import Matrix, Plane, Table
from notebook.store import DAY_S, Notebooks
from notebook.tables import CellRow, NotebookRow, OwnerRow, PictureRow, PinRow, UploadRow
from notebook.uploads import Image
from support.notebooks import Clock, change, chart, pin, text

ANN, BOB = "a" * 16, "b" * 16
PNG = Image("image/png", b"png" * 100)


@pytest.fixture
def mine(notebooks):
    """Ann's notebook, empty."""
    return notebooks.create(ANN, "Exercise", "en", []).id


def code(action, *arguments, **options):
    with pytest.raises(RefusedError) as refused:
        action(*arguments, **options)
    return refused.value.code


def shown(notebooks, notebook, browser=ANN):
    """Its texts, in their order."""
    cells = notebooks.read(browser, notebook).cells
    return [getattr(held.cell, "text", held.cell.__struct_config__.tag) for held in cells]


def rows(database, table):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


# --- the list ---------------------------------------------------------------------------------------------------------


def test_who_has_kept_nothing_has_no_notebooks_and_leaves_no_trace(notebooks, database):
    assert notebooks.overview(ANN) == ([], False, [])
    assert rows(database, OwnerRow) == 0


def test_a_new_notebook_has_its_cells_in_their_order_and_is_the_current_one(notebooks, clock):
    first = notebooks.create(
        ANN, "  First\n one\0 ", "zh", [Heading(text="One"), Text(hint="?"), Slot(view="lenet.maps")]
    )
    clock.now += 1
    second = notebooks.create(ANN, "Second", "en", [])
    assert (first.title, first.language, first.cells, first.current) == ("First one", "zh", 3, True)
    assert shown(notebooks, first.id) == ["One", "", "slot"]
    listed, has_code, offered = notebooks.overview(ANN)
    assert [(one.id, one.current) for one in listed] == [(second.id, True), (first.id, False)]
    assert (has_code, offered) == (False, [])


def test_what_is_said_of_a_notebook_is_changed_field_by_field(notebooks, mine):
    notebooks.create(ANN, "Another", "en", [])
    edited = notebooks.edit(ANN, mine, title="Circle", current=True, fills=False, offered=True)
    assert (edited.title, edited.current, edited.fills, edited.offered) == ("Circle", True, False, True)
    assert notebooks.edit(ANN, mine, current=False).current is False
    assert notebooks.edit(ANN, mine).title == "Circle"


def test_a_browser_has_so_many_notebooks(notebooks, mine, monkeypatch):
    monkeypatch.setattr(room, "MOST_NOTEBOOKS", 2)
    other = notebooks.create(ANN, "", "en", []).id
    assert code(notebooks.create, ANN, "", "en", []) == "too-many-notebooks"
    notebooks.delete(ANN, other)
    notebooks.create(ANN, "", "en", [])
    assert code(notebooks.restore, ANN, other) == "too-many-notebooks"
    notebooks.create(BOB, "", "en", [])


def test_a_deleted_notebook_is_restored_with_all_that_was_in_it(notebooks, mine, clock):
    notebooks.change(ANN, mine, [text("cell-0001", "words")])
    notebooks.delete(ANN, mine)
    (listed,), _, _ = notebooks.overview(ANN)
    assert (listed.deleted, listed.deleted_on, listed.current) == (True, int(clock.now) + 7 * DAY_S, False)
    for action, arguments in ((notebooks.read, []), (notebooks.change, [[]]), (notebooks.edit, [])):
        assert code(action, ANN, mine, *arguments) == "notebook-deleted"
    assert notebooks.delete(ANN, mine).deleted
    notebooks.restore(ANN, mine)
    assert shown(notebooks, mine) == ["words"]


def test_of_deleted_notebooks_the_oldest_goes_for_good(notebooks, monkeypatch, clock):
    monkeypatch.setattr(store, "MOST_DELETED", 2)
    ids = []
    for _ in range(3):
        ids.append(notebooks.create(ANN, "", "en", []).id)
        notebooks.delete(ANN, ids[-1])
        clock.now += 1
    assert code(notebooks.restore, ANN, ids[0]) == "no-notebook"
    notebooks.restore(ANN, ids[1])


# --- changes ----------------------------------------------------------------------------------------------------------


def test_cells_are_added_changed_moved_and_removed(notebooks, mine):
    notebooks.change(ANN, mine, [text("cell-0001", "one", place="B"), text("cell-0002", "two", place="a")])
    assert shown(notebooks, mine) == ["one", "two"]
    notebooks.change(ANN, mine, [text("cell-0001", "one", 1, "z"), text("cell-0002", "2", 1, "a")])
    assert shown(notebooks, mine) == ["2", "one"]
    done = notebooks.change(ANN, mine, [change("cell-0001", None, 2)])
    assert (done.gone, done.conflicts) == ({"cell-0001"}, [])
    assert shown(notebooks, mine) == ["2"]


def test_places_are_in_the_order_of_their_letters_codes_in_every_database(notebooks, mine):
    places = ["1", "9", "A", "Z", "a", "aB", "ab", "z"]
    notebooks.change(ANN, mine, [text(f"cell-{place:0>4}", place, place=place) for place in reversed(places)])
    assert shown(notebooks, mine) == places


def test_what_is_sent_again_is_done_once(notebooks, mine):
    sent = [text("cell-0001", "one"), change("cell-0002", Heading(text="Two"), place="W")]
    first = notebooks.change(ANN, mine, sent)
    again = notebooks.change(ANN, mine, sent)
    assert (again.revision, again.conflicts) == (first.revision, [])
    assert again.changed == first.changed == {"cell-0001", "cell-0002"}
    assert shown(notebooks, mine) == ["one", "Two"]


def test_a_change_sent_again_does_not_undo_what_another_did_since(notebooks, mine):
    first, second = text("cell-0001", "one"), text("cell-0001", "one and more", 1)
    notebooks.change(ANN, mine, [first])
    notebooks.change(ANN, mine, [second])
    for late in (first, second, change("cell-0002", None, 1)):
        assert notebooks.change(ANN, mine, [late]).conflicts == []
    assert shown(notebooks, mine) == ["one and more"]


def test_what_two_wrote_in_one_cell_stands_in_two_one_below_the_other(notebooks, mine):
    notebooks.change(ANN, mine, [text("cell-0001", "", place="B"), text("cell-0002", "end", place="C")])
    notebooks.change(ANN, mine, [text("cell-0001", "first tab", 1, "B")])
    late = text("cell-0001", "second tab", 1, "B")
    told = notebooks.change(ANN, mine, [late])
    (conflict,) = told.conflicts
    assert shown(notebooks, mine) == ["first tab", "second tab", "end"]
    assert told.changed == {"cell-0001", conflict.copy}
    again = notebooks.change(ANN, mine, [late])
    assert (again.conflicts, again.revision) == ([conflict], told.revision)
    notebooks.change(ANN, mine, [change("cell-0001", None, 2)])
    assert notebooks.change(ANN, mine, [late]).conflicts == [conflict]
    assert shown(notebooks, mine) == ["second tab", "end"]


def test_a_hint_that_two_changed_is_kept_as_a_text(notebooks, mine):
    notebooks.change(ANN, mine, [change("slot-0001", Slot(view="playground.map"))])
    notebooks.change(ANN, mine, [change("slot-0001", Slot(view="playground.map", hint="theirs"), base=1)])
    outcome = notebooks.change(ANN, mine, [change("slot-0001", Slot(view="playground.map", hint="mine"), base=1)])
    (conflict,) = outcome.conflicts
    cells = {held.id: held.cell for held in notebooks.read(ANN, mine).cells}
    assert cells["slot-0001"] == Slot(view="playground.map", hint="theirs")
    assert cells[conflict.copy] == Text(text="mine")


def test_who_moves_and_who_writes_do_not_disturb_each_other(notebooks, mine):
    notebooks.change(ANN, mine, [text("cell-0001", "one", place="B"), text("cell-0002", "two", place="C")])
    notebooks.change(ANN, mine, [text("cell-0001", "one", 1, "D")])
    assert notebooks.change(ANN, mine, [text("cell-0001", "one more", 1, "B")]).conflicts == []
    assert shown(notebooks, mine) == ["two", "one more"]
    assert notebooks.change(ANN, mine, [text("cell-0001", "one", 1, "A")]).conflicts == []
    assert shown(notebooks, mine) == ["one more", "two"]


def test_what_changed_meanwhile_is_not_removed_but_what_was_moved_is(notebooks, mine):
    notebooks.change(ANN, mine, [text("cell-0001", "one"), text("cell-0002", "two")])
    notebooks.change(ANN, mine, [text("cell-0001", "one!", 1), text("cell-0002", "two", 1, "Z")])
    told = notebooks.change(ANN, mine, [change("cell-0001", None, 1), change("cell-0002", None, 1)])
    assert [(one.id, one.copy) for one in told.conflicts] == [("cell-0001", None)]
    assert shown(notebooks, mine) == ["one!"]


def test_what_was_removed_comes_back_when_it_is_undone_or_was_being_written(notebooks, mine):
    for number, base in enumerate((0, 1, 2)):
        name = f"cell-{number:04}"
        notebooks.change(ANN, mine, [text(name, "words")])
        notebooks.change(ANN, mine, [change(name, None, 1)])
        notebooks.change(ANN, mine, [text(name, "words", base)])
    assert shown(notebooks, mine) == ["words"] * 3
    notebooks.change(ANN, mine, [change("cell-0000", None, 3)])
    notebooks.change(ANN, mine, [text("cell-0000", "words and more", 3)])
    assert shown(notebooks, mine) == ["words and more", "words", "words"]


def test_a_tab_that_did_not_hear_of_its_own_change_goes_on_with_it(notebooks, mine):
    for words in ("o", "on", "one"):
        told = notebooks.change(ANN, mine, [text("cell-0001", words)], by="tab-00001")
        assert told.conflicts == []
    assert shown(notebooks, mine) == ["one"]
    assert notebooks.change(ANN, mine, [text("cell-0001", "two")], by="tab-00002").conflicts != []


def test_all_changes_are_carried_out_or_none(notebooks, mine):
    sent = [text("cell-0001", "one"), change("cell-0002", Pinned(pin="nobody-has-it"))]
    assert code(notebooks.change, ANN, mine, sent) == "no-pin"
    assert code(notebooks.change, ANN, mine, [change("cell-0003", Picture(picture="0" * 64))]) == "no-picture"
    assert shown(notebooks, mine) == []


def test_what_is_new_since_a_revision_is_told(notebooks, mine):
    first = notebooks.change(ANN, mine, [text("cell-0001", "one"), text("cell-0002", "two")]).revision
    assert notebooks.read(ANN, mine).changed is None
    notebooks.change(ANN, mine, [text("cell-0001", "1", 1), change("cell-0002", None, 1), text("cell-0003", "three")])
    read = notebooks.read(ANN, mine, first)
    assert (read.changed, read.gone) == ({"cell-0001", "cell-0003"}, ["cell-0002"])
    assert notebooks.read(ANN, mine, read.revision).changed == set()
    assert notebooks.read(ANN, mine, 10**6).changed is None


def test_removed_cells_are_remembered_for_a_while_and_then_all_is_told(notebooks, mine, monkeypatch, database):
    monkeypatch.setattr(room, "MOST_GONE", 3)
    for number in range(6):
        notebooks.change(ANN, mine, [text(f"cell-{number:04}", "words")])
        notebooks.change(ANN, mine, [change(f"cell-{number:04}", None, 1)])
    notebooks.change(ANN, mine, [text("cell-9999", "words")])
    assert rows(database, CellRow) == 4
    assert notebooks.read(ANN, mine, 1).changed is None
    notebooks.change(ANN, mine, [text("cell-0000", "written offline", 1)])
    assert notebooks.read(ANN, mine).cells[0].version == 2


@pytest.mark.parametrize(
    ("name", "most", "refused"), [("MOST_CELLS", 3, "too-many-cells"), ("MOST_WRITTEN", 200, "notebook-full")]
)
def test_there_is_an_end_to_a_notebook_and_it_can_be_made_smaller_then(
    notebooks, mine, monkeypatch, name, most, refused
):
    for number in range(3):
        notebooks.change(ANN, mine, [text(f"cell-{number:04}", "x" * 20)])
    monkeypatch.setattr(room, name, most)
    assert code(notebooks.change, ANN, mine, [text("cell-more", "x" * 100)]) == refused
    monkeypatch.setattr(room, name, 1)
    notebooks.change(ANN, mine, [text("cell-0000", "x" * 10, 1)])
    notebooks.change(ANN, mine, [change("cell-0000", None, 2)])


def test_a_full_notebook_says_how_many_bytes_of_what_is_too_much_there_may_be(notebooks, mine, monkeypatch):
    notebooks.change(ANN, mine, [text("cell-0000", "x" * 100)])
    monkeypatch.setattr(room, "MOST_WRITTEN", 400)  # more than as many characters, and fewer than as many bytes
    with pytest.raises(RefusedError) as refused:
        notebooks.change(ANN, mine, [text("cell-0001", "字" * 100)])
    assert (refused.value.code, refused.value.values) == ("notebook-full", {"most": 400})
    monkeypatch.setattr(room, "MOST_SHOWN", 10)
    with pytest.raises(RefusedError) as refused:
        notebooks.pin(ANN, pin(), notebook=mine)
    assert (refused.value.code, refused.value.values) == ("notebook-full", {"most": 10})


def test_two_who_write_their_last_notes_of_one_pin_keep_both(notebooks, mine):
    notebooks.pin(ANN, pin(), notebook=mine)
    for note in ("one", "two"):
        told = notebooks.change(ANN, mine, [change("pin-000000", Pinned(pin="pin-000000", note=note), 1)])
    assert len(told.conflicts) == 1
    assert [getattr(held.cell, "note", "") or held.cell.text for held in notebooks.read(ANN, mine).cells] == [
        "one",
        "two",
    ]


def test_no_pin_loses_its_place_to_a_tab_that_did_not_know_of_it(notebooks):
    slot = Slot(view="playground.map")
    mine = notebooks.create(ANN, "", "en", [slot, Derived(of="runs")]).id
    held = notebooks.read(ANN, mine).cells[0]
    notebooks.pin(ANN, pin(), notebook=mine)
    told = notebooks.change(ANN, mine, [change(held.id, Derived(of="accuracy"), held.version, held.place)])
    assert [one.copy for one in told.conflicts] == [None]
    assert shown(notebooks, mine) == ["pin", "derived"]
    typed = Slot(view="playground.map", hint="new")
    told = notebooks.change(ANN, mine, [change(held.id, typed, held.version, held.place)])
    assert [one.copy is None for one in told.conflicts] == [False]  # what was typed there stays, as a text
    assert sorted(shown(notebooks, mine)) == ["derived", "new", "pin"]


class Tab:
    """One that sends its changes one after another, each again until it hears of it."""

    def __init__(self, notebooks, browser, notebook, number):
        self.notebooks, self.browser, self.notebook, self.number = notebooks, browser, notebook, number
        self.known, self.waiting, self.written = {}, [], 0

    def look(self):
        """Takes what the server has, but for what it has changed itself."""
        mine = {one.id for one in self.waiting}
        there = {held.id: held for held in self.notebooks.read(self.browser, self.notebook).cells}
        self.known = {name: held for name, held in self.known.items() if name in mine} | {
            name: held for name, held in there.items() if name not in mine
        }

    def do(self, what, which):
        names = sorted(self.known.keys() - {one.id for one in self.waiting})
        if what == "new" or not names:
            self.written += 1
            sent = text(f"cell-{self.number}-{self.written:04}", self.words(), 0, "Vk"[self.written % 2])
        else:
            held = self.known[names[which % len(names)]]
            if what == "write":
                self.written += 1
                sent = text(held.id, self.words(), held.version, held.place)
            elif what == "move":
                sent = change(held.id, held.cell, held.version, "Bm"[which % 2])
            else:
                sent = change(held.id, None, held.version, held.place)
        self.waiting.append(sent)

    def words(self):
        return f"{self.number}:{self.written}"

    def send(self, is_heard):
        if not self.waiting:
            return None
        sent = self.waiting[0]
        self.notebooks.change(self.browser, self.notebook, [sent])
        if not is_heard:
            return None
        self.waiting.pop(0)
        self.look()
        return sent


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    database = Database(address.of_folder(tmp_path_factory.mktemp("notebooks")))
    yield Notebooks(database, clock=Clock())
    database.close()


STEPS = st.lists(
    st.tuples(
        st.integers(0, 1), st.sampled_from(["new", "write", "write", "move", "remove", "send", "lost", "look"]),
        st.integers(0, 5),
    ),
    max_size=40,
)  # fmt: skip


@given(STEPS)
def test_however_two_tabs_take_turns_nothing_typed_is_lost_or_doubled(lasting, steps):
    """A text that was acknowledged is there until a tab that has seen it writes over it or removes it."""
    browser = secrets.token_hex(8)
    notebook = lasting.create(browser, "", "en", []).id
    tabs = [Tab(lasting, browser, notebook, number) for number in range(2)]
    seen_by = {}  # the texts that were written over or removed by who knew them

    def texts():
        return [held.cell.text for held in lasting.read(browser, notebook).cells]

    acknowledged = []
    for which, what, at in steps:
        tab = tabs[which]
        if what in ("send", "lost"):
            sent = tab.send(what == "send")
            if sent is not None and sent.cell is not None:
                acknowledged.append(sent.cell.text)
        elif what == "look":
            tab.look()
        else:
            tab.do(what, at)
            sent = tab.waiting[-1]
            held = tab.known.get(sent.id)
            if held is not None and (sent.cell is None or sent.cell.text != held.cell.text):
                seen_by[held.cell.text] = sent
    for tab in tabs:
        while tab.waiting:
            sent = tab.waiting[0]
            tab.send(True)
            if sent.cell is not None:
                acknowledged.append(sent.cell.text)
    there = texts()
    assert len(there) == len(set(there)), "nothing is doubled"
    assert set(acknowledged) - set(there) <= seen_by.keys(), "nothing is lost"
    for tab in tabs:
        tab.look()
    assert [sorted(tab.known) for tab in tabs] == [
        sorted(held.id for held in lasting.read(browser, notebook).cells)
    ] * 2


# --- pins -------------------------------------------------------------------------------------------------------------


def test_the_first_pin_of_a_browser_makes_a_notebook(notebooks):
    put = notebooks.pin(ANN, pin(), note="What I saw", title="Notebook")
    assert (put.notebook.title, put.notebook.current, put.slot, put.pins) == ("Notebook", True, False, 1)
    (held,) = notebooks.read(ANN, put.notebook.id).cells
    assert (held.id, held.cell) == (put.cell, Pinned(pin="pin-000000", note="What I saw"))


def test_a_title_keeps_every_character_that_is_seen_and_what_joins_them(notebooks, mine):
    family = "👨\u200d👩\u200d👧 家庭 𱍐🫨"
    assert notebooks.edit(ANN, mine, title=f" {family}\n\u202e").title == family
    assert notebooks.create(ANN, family, "zh", []).title == family


def test_pins_go_to_the_end_of_the_current_notebook_or_the_one_that_is_named(notebooks, mine, clock):
    clock.now += 1
    other = notebooks.create(ANN, "", "en", [Heading(text="End")]).id
    notebooks.pin(ANN, pin(1))
    notebooks.pin(ANN, pin(2))
    notebooks.pin(ANN, pin(3), notebook=mine)
    assert [getattr(held.cell, "pin", "") for held in notebooks.read(ANN, other).cells] == [
        "",
        "pin-000001",
        "pin-000002",
    ]
    assert shown(notebooks, mine) == ["pin"]
    notebooks.delete(ANN, other)
    assert notebooks.pin(ANN, pin(4)).notebook.id == mine


def test_a_pin_fills_the_first_slot_that_it_fits_unless_the_notebook_does_not_fill(notebooks):
    slots = [Slot(view="playground.map", where={"dataset": name}) for name in ("spiral", "circle", "circle")]
    mine = notebooks.create(ANN, "", "en", slots).id
    places = [held.id for held in notebooks.read(ANN, mine).cells]
    assert [notebooks.pin(ANN, pin(number)).cell for number in (1, 2)] == places[1:]
    assert notebooks.pin(ANN, pin(3)).slot is False
    assert [held.cell for held in notebooks.read(ANN, mine).cells][1] == Pinned(pin="pin-000001", slot=slots[1])
    notebooks.edit(ANN, mine, fills=False)
    assert notebooks.pin(ANN, pin(4, dataset="spiral")).slot is False


def test_a_pin_that_is_sent_again_is_there_once_wherever_it_was_put(notebooks, mine):
    first = notebooks.pin(ANN, pin(), notebook=mine)
    other = notebooks.create(ANN, "", "en", []).id
    assert notebooks.pin(ANN, pin(), notebook=other).notebook.id == mine
    assert notebooks.pin(ANN, pin()).cell == first.cell
    assert (shown(notebooks, mine), shown(notebooks, other)) == (["pin"], [])
    assert notebooks.pin(BOB, pin()).notebook.id not in (mine, other)


def test_the_numbers_of_a_pin_are_read_where_they_are_asked_for_alone(notebooks, mine):
    table = Table(columns=["epoch", "loss"], rows=[[1.0, 0.5]])
    notebooks.pin(ANN, pin(1))
    notebooks.pin(ANN, pin(2, table))
    pins = notebooks.read(ANN, mine).pins
    assert [(one.form, one.pin.figure) for one in pins.values()] == [
        ("chart", Matrix(rows=[""], columns=[""], counts=[[0]])), ("table", table)
    ]  # fmt: skip
    assert (notebooks.figure(ANN, "pin-000001"), notebooks.figure(ANN, "pin-000002")) == (chart(), table)
    assert [*notebooks.whole(ANN, mine).pins.values()] == [pin(1), pin(2, table)]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        (PinRow, "packed", b"junk"), (PinRow, "packed", zlib.compress(b"{")), (PinRow, "about", ""),
        (PinRow, "about", "{"), (CellRow, "content", "{"), (CellRow, "history", ""), (PictureRow, "packed", b"junk"),
        (PictureRow, "type", "odd\n"),
    ],
)  # fmt: skip
def test_what_is_damaged_is_set_aside_and_named_and_the_rest_works(
    notebooks, mine, database, caplog, table, column, value
):
    tables.note_damaged.cache_clear()
    notebooks.pin(ANN, pin(1, figure=Matrix(rows=["a"], columns=["b"], counts=[[1]])), mine)
    notebooks.keep_picture(ANN, pin(1).id, PNG)
    notebooks.change(ANN, mine, [text("cell-0001", "words")])
    with database.write() as session:
        session.execute(update(table).values({column: value}))
    for number in (2, 3):
        assert len(notebooks.read(ANN, mine).cells) == number
        whole = notebooks.whole(ANN, mine)
        assert len(whole.cells) == number
        assert (whole.pins == {}) == (table is PinRow)
        notebooks.change(ANN, mine, [text(f"cell-000{number}", "more")])
        if table is CellRow and number == 2:
            notebooks.change(ANN, mine, [text("cell-0001", "words again", 1)])
        for ask in (lambda: notebooks.figure(ANN, pin(1).id), lambda: notebooks.picture(ANN, pin(1).id)):
            with contextlib.suppress(RefusedError):
                ask()
    if table is PictureRow:
        assert notebooks.picture(ANN, pin(1).id) is None
    named = [(record.what, record.row) for record in caplog.records if record.getMessage() == "cannot be read"]
    assert len(named) == len(set(named)) > 0


def test_a_figure_whose_numbers_do_not_go_together_is_not_kept(notebooks):
    wrong = Plane(side=3, cells=b"12345678", x=chart().x, y=chart().y)
    assert code(notebooks.pin, ANN, pin(0, wrong)) == "notebook-invalid"
    assert code(notebooks.pin, ANN, pin(0, view="playground.nothing")) == "notebook-invalid"
    assert notebooks.overview(ANN)[0] == []


def test_a_pin_that_no_cell_shows_is_kept_for_a_week_and_comes_back_with_its_cell(notebooks, mine, clock, database):
    cell = notebooks.pin(ANN, pin()).cell
    notebooks.keep_picture(ANN, "pin-000000", PNG)
    notebooks.change(ANN, mine, [change(cell, None, 1)])
    assert notebooks.read(ANN, mine).pins == {}
    assert notebooks.overview(ANN)[0][0].pins == 0
    clock.now += 6 * DAY_S
    notebooks.forget()
    notebooks.change(ANN, mine, [change(cell, Pinned(pin="pin-000000"), 2)])
    assert [*notebooks.read(ANN, mine).pins] == ["pin-000000"]
    notebooks.change(ANN, mine, [change(cell, None, 3)])
    clock.now += 7 * DAY_S + 1
    notebooks.forget()
    assert (rows(database, PinRow), rows(database, PictureRow)) == (0, 0)
    assert code(notebooks.change, ANN, mine, [change(cell, Pinned(pin="pin-000000"), 4)]) == "no-pin"


def test_the_note_of_a_pin_is_written_until_it_is_changed_in_the_notebook(notebooks, mine):
    put = notebooks.pin(ANN, pin(), note="a")
    assert notebooks.note(ANN, "pin-000000", "a b").cell == put.cell
    notebooks.note(ANN, "pin-000000", "a b")
    (held,) = notebooks.read(ANN, mine).cells
    moved = change(held.id, held.cell, held.version, "zz")
    notebooks.change(ANN, mine, [moved])
    notebooks.note(ANN, "pin-000000", "a b c")
    (held,) = notebooks.read(ANN, mine).cells
    assert (held.cell.note, held.place) == ("a b c", "zz")
    notebooks.change(ANN, mine, [change(held.id, Pinned(pin="pin-000000", note="mine"), held.version, "zz")])
    assert code(notebooks.note, ANN, "pin-000000", "a b c d") == "note-changed"
    notebooks.note(ANN, "pin-000000", "mine")
    assert code(notebooks.note, ANN, "pin-000009", "") == "no-pin"


@pytest.mark.parametrize(
    ("name", "most", "refused"),
    [("MOST_PINS", 2, "too-many-pins"), ("MOST_BYTES", 2000, "too-many-bytes"), ("MOST_SHOWN", 1500, "notebook-full"),
     ("MOST_ABOUT", 100, "pin-too-large")],
)  # fmt: skip
def test_there_is_an_end_to_pins(notebooks, mine, monkeypatch, name, most, refused):
    monkeypatch.setattr(room, name, most)

    def pin_many():
        for number in range(9):
            notebooks.pin(ANN, pin(number))

    assert code(pin_many) == refused


def test_there_is_an_end_to_all_notebooks_together(notebooks, mine, monkeypatch):
    monkeypatch.setattr(room, "MOST_TOTAL", 100)
    notebooks.pin(ANN, pin(1))
    notebooks.tend()
    assert code(notebooks.pin, ANN, pin(2)) == code(notebooks.create, BOB, "", "en", []) == "notebooks-full"
    notebooks.change(ANN, mine, [text("cell-0001", "What is begun can be written to its end.")])


def test_a_pin_has_its_picture_once_it_is_drawn(notebooks, mine, database):
    for number in range(2):
        notebooks.pin(ANN, pin(number))
        name = f"pin-{number:06}"
        assert notebooks.picture(ANN, name) is None
        notebooks.keep_picture(ANN, name, PNG, 1600, 900)
        notebooks.keep_picture(ANN, name, Image("image/png", b"small"), small=True)
        assert (notebooks.picture(ANN, name), notebooks.picture(ANN, name, small=True).packed) == (PNG, b"small")
    assert rows(database, PictureRow) == 2  # the same picture is kept once
    assert {(one.width, one.height) for one in notebooks.read(ANN, mine).pins.values()} == {(1600, 900)}
    assert notebooks.whole(ANN, mine).drawn == {"pin-000000": PNG, "pin-000001": PNG}


# --- another's --------------------------------------------------------------------------------------------------------


def test_nothing_of_anothers_is_read_or_changed_by_its_id(notebooks, mine):
    notebooks.pin(ANN, pin())
    notebooks.keep_picture(ANN, "pin-000000", PNG)
    name = notebooks.bring(ANN, mine, Image("image/jpeg", b"jpeg"), 3, 2)
    notebooks.create(BOB, "", "en", [])
    for action, arguments in (
        (notebooks.read, [mine]), (notebooks.change, [mine, [text("cell-0001", "mine")]]), (notebooks.edit, [mine]),
        (notebooks.delete, [mine]), (notebooks.restore, [mine]), (notebooks.whole, [mine]),
        (notebooks.bring, [mine, PNG, 1, 1]), (notebooks.pin, [pin(1), "", mine]),
    ):  # fmt: skip
        assert code(action, BOB, *arguments) == code(action, "c" * 16, *arguments) == "no-notebook"
    for action, arguments in (
        (notebooks.figure, []), (notebooks.picture, []), (notebooks.note, ["mine"]), (notebooks.keep_picture, [PNG]),
    ):  # fmt: skip
        assert code(action, BOB, "pin-000000", *arguments) == "no-pin"
    assert code(notebooks.brought, BOB, name) == "no-picture"
    assert code(notebooks.create_from, BOB, mine, "", "en", list) == "no-template"
    own = notebooks.create(BOB, "", "en", []).id
    assert code(notebooks.change, BOB, own, [change("cell-0001", Pinned(pin="pin-000000"))]) == "no-pin"
    assert code(notebooks.change, BOB, own, [change("cell-0001", Picture(picture=name))]) == "no-picture"


# --- pictures that are brought ----------------------------------------------------------------------------------------


def test_a_picture_is_kept_while_a_cell_shows_it_and_a_week_longer(notebooks, mine, clock, database):
    name = notebooks.bring(ANN, mine, PNG, 30, 20)
    assert notebooks.bring(ANN, mine, PNG, 30, 20) == name
    notebooks.change(ANN, mine, [change("cell-0001", Picture(picture=name, caption="My desk"))])
    clock.now += 20 * DAY_S
    notebooks.forget()
    assert notebooks.brought(ANN, name) == PNG
    assert notebooks.whole(ANN, mine).brought == {name: PNG}
    notebooks.change(ANN, mine, [change("cell-0001", None, 1)])
    clock.now += 7 * DAY_S + 1
    notebooks.forget()
    assert code(notebooks.brought, ANN, name) == "no-picture"
    assert (rows(database, UploadRow), rows(database, PictureRow)) == (0, 0)


def test_a_browser_brings_so_much(notebooks, mine, monkeypatch):
    monkeypatch.setattr(room, "MOST_BYTES", 500)
    notebooks.bring(ANN, mine, PNG, 1, 1)
    assert code(notebooks.bring, ANN, mine, Image("image/png", bytes(300)), 1, 1) == "too-many-bytes"


# --- templates of teachers, and files ---------------------------------------------------------------------------------


def test_a_notebook_that_is_offered_is_a_template_for_everybody(notebooks, mine):
    notebooks.change(ANN, mine, [text("cell-0002", "Why?", 0, "C")])
    notebooks.pin(ANN, pin(), notebook=mine)
    notebooks.edit(ANN, mine, offered=True)
    (offered,) = notebooks.overview(BOB)[2]
    assert (offered.id, offered.title) == (mine, "Exercise")

    def as_slots(cells, pins):
        return [*cells[:1], Slot(view=pins["pin-000000"].view)]

    made = notebooks.create_from(BOB, mine, "", "zh", as_slots)
    assert (made.title, made.language, made.pins) == ("Exercise", "zh", 0)
    assert shown(notebooks, made.id, BOB) == ["Why?", "slot"]
    notebooks.delete(ANN, mine)
    assert notebooks.overview(BOB)[2] == []
    assert code(notebooks.create_from, BOB, mine, "", "zh", max) == "no-template"


def test_a_notebook_that_was_taken_home_is_the_same_here_also_a_second_time(notebooks, mine):
    name = notebooks.bring(ANN, mine, PNG, 30, 20)
    notebooks.change(ANN, mine, [change("cell-0001", Picture(picture=name)), text("cell-0002", "Why?", 0, "W")])
    notebooks.pin(ANN, pin(1), note="A note")
    whole = notebooks.whole(ANN, mine)
    pictures = {name: (PNG, 30, 20)}
    for browser in (ANN, BOB, BOB):
        made = notebooks.add(
            browser, whole.title, "en", [cell for _, cell in whole.cells], whole.pins.values(), pictures
        )
        again = notebooks.whole(browser, made.id)
        (new,) = again.pins.values()
        assert new.id != "pin-000001"
        new.id = "pin-000001"
        assert new == pin(1)
        assert again.brought == {name: PNG}
        assert [type(cell) for _, cell in again.cells] == [Picture, Text, Pinned]
        assert again.cells[-1][1].note == "A note"
        assert made.pins == 1


def test_a_file_whose_cells_show_what_is_not_in_it_is_refused(notebooks):
    assert code(notebooks.add, ANN, "", "en", [Pinned(pin="pin-000000")], [], {}) == "no-pin"
    assert code(notebooks.add, ANN, "", "en", [Picture(picture="0" * 64)], [], {}) == "no-picture"
    assert notebooks.overview(ANN)[0] == []


# --- how long ---------------------------------------------------------------------------------------------------------


def test_a_notebook_is_kept_for_so_long_after_it_was_opened_last(notebooks, mine, clock, database):
    notebooks.pin(ANN, pin())
    (listed,), _, _ = notebooks.overview(ANN)
    assert listed.deleted_on == int(clock.now) + 30 * DAY_S
    clock.now += 29 * DAY_S
    notebooks.read(ANN, mine)
    assert notebooks.overview(ANN)[0][0].deleted_on == int(clock.now) + 30 * DAY_S
    notebooks.tend()
    clock.now += 29 * DAY_S
    notebooks.overview(ANN)  # to look at the list is not to open it
    assert notebooks.forget() == 0
    clock.now += 2 * DAY_S
    assert notebooks.forget() == 1
    assert [rows(database, table) for table in (NotebookRow, CellRow, PinRow, OwnerRow)] == [0, 0, 0, 0]


def test_what_was_deleted_is_gone_a_week_later(notebooks, mine, clock):
    notebooks.delete(ANN, mine)
    clock.now += 7 * DAY_S + 1
    assert notebooks.forget() == 1
    assert code(notebooks.restore, ANN, mine) == "no-notebook"


def test_it_forgets_at_its_first_turn_and_then_once_a_day(notebooks, clock, monkeypatch):
    times = []
    monkeypatch.setattr(notebooks, "forget", lambda: times.append(clock.now))
    for seconds in (0, 60, DAY_S, 60):
        clock.now += seconds
        notebooks.tend()
    assert len(times) == 2


def test_reading_goes_on_where_nothing_can_be_written(notebooks, mine, clock, database, monkeypatch):
    def refuse():
        raise DatabaseError("database-full", "no room")

    clock.now += 2 * DAY_S
    with monkeypatch.context() as patch:
        patch.setattr(database, "write", refuse)
        notebooks.read(ANN, mine)
        assert code(notebooks.tend) == "database-full"
        assert code(notebooks.change, ANN, mine, [text("cell-0001", "words")]) == "database-full"
    notebooks.tend()
    with database.read() as session:
        assert session.scalars(select(NotebookRow.opened)).all() == [int(clock.now)]


# --- many at once -----------------------------------------------------------------------------------------------------


def test_who_comes_by_several_requests_at_once_is_one_owner(notebooks, database):
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda number: notebooks.pin(ANN, pin(number)), range(12)))
    assert rows(database, OwnerRow) == 1
    assert sum(one.pins for one in notebooks.overview(ANN)[0]) == 12


def test_many_tabs_that_write_at_once_have_all_their_cells_and_revisions_in_turn(notebooks, mine):
    def write(number):
        return notebooks.change(ANN, mine, [text(f"cell-{number:04}", str(number))]).revision

    with ThreadPoolExecutor(12) as pool:
        revisions = list(pool.map(write, range(36)))
    assert sorted(revisions) == [*range(2, 38)]
    assert len(notebooks.read(ANN, mine).cells) == 36


def test_a_database_that_others_hold_is_told_and_then_it_is_not(tmp_path, clock):
    database = Database(address.of_folder(tmp_path), wait_s=0.2)
    notebooks = Notebooks(database, clock=clock)
    mine = notebooks.create(ANN, "", "en", []).id
    with sqlite3.connect(tmp_path / "playlab.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert code(notebooks.change, ANN, mine, [text("cell-0001", "words")]) == "database-locked"
        assert shown(notebooks, mine) == []
        other.execute("ROLLBACK")
    notebooks.change(ANN, mine, [text("cell-0001", "words")])
    database.close()


def test_a_full_database_takes_nothing_half(tmp_path, clock):
    database = Database(address.of_folder(tmp_path))
    notebooks = Notebooks(database, clock=clock)
    mine = notebooks.create(ANN, "", "en", []).id

    def limit(pages):
        with database.write() as session:
            session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    limit(1)
    cells = [text(f"cell-{number:04}", base64.b64encode(bytes(9000)).decode()) for number in range(9)]
    assert code(notebooks.change, ANN, mine, cells) == "database-full"
    assert code(notebooks.bring, ANN, mine, Image("image/png", bytes(900_000)), 1, 1) == "database-full"
    limit(100_000)
    assert shown(notebooks, mine) == []
    notebooks.change(ANN, mine, cells)
    database.close()


def test_what_a_browser_keeps_is_counted_as_the_database_has_it(notebooks, mine, database, monkeypatch):
    """Notes, pins that no cell shows any more, what was drawn, and Chinese letters as the bytes that they are."""

    def counted():
        with database.read() as session:
            return room.bytes_of(session, owners.find(session, ANN))

    before = counted()
    put = notebooks.pin(ANN, pin(1), "字" * 1000, mine)
    assert counted() - before > 6000  # the note of the pin, and that of its cell
    notebooks.change(ANN, mine, [change(put.cell, None, base=1)])
    assert counted() - before > 3000
    notebooks.pin(ANN, pin(2), "", mine)
    before = counted()
    notebooks.keep_picture(ANN, pin(2).id, Image("image/png", bytes(5000)), 10, 10)
    notebooks.keep_picture(ANN, pin(2).id, Image("image/png", bytes(700)), small=True)
    assert counted() - before == 5700
    notebooks.note(ANN, pin(2).id, "字" * 1000)
    assert counted() - before > 5700 + 6000
    monkeypatch.setattr(room, "MOST_BYTES", counted())
    assert code(notebooks.change, ANN, mine, [text("one-more", "x")]) == "too-many-bytes"
    assert code(notebooks.note, ANN, pin(2).id, "字" * 1001) == "too-many-bytes"
    notebooks.keep_picture(ANN, pin(2).id, Image("image/png", bytes(9000)), 10, 10)
    assert len(notebooks.picture(ANN, pin(2).id).packed) == 5000


def test_what_pins_say_of_themselves_is_found_by_a_mark_as_long_as_they_can_be_restored(notebooks):
    found = notebooks.pin("ann", msgspec.structs.replace(pin(1), place="/#ownData=sha256-a_b"))
    notebooks.pin("bob", msgspec.structs.replace(pin(2), place="/#ownData=sha256-axb"))
    notebooks.delete("ann", found.notebook.id)
    (about,) = notebooks.about(["a_b", "none"])
    assert "ownData=sha256-a_b" in about
    assert len(list(notebooks.about(["=sha256-", "/#"]))) == 2
