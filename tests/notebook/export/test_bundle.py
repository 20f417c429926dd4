"""A notebook as an archive: it comes back as it was, and no archive of anybody else does harm."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import struct
import time
import tracemalloc
import zipfile

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.refused import RefusedError
from notebook.cells import Derived, Heading, Picture, Pinned, Slot, Text
from notebook.export import bundle
from notebook.figures import Axis, Chart, Matrix, Plane, Points, Series, Table, Tile, Tiles
from notebook.figures import Group as TileGroup
from playground.data import store
from support import reports
from support.long import examples

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
FLOATS = st.floats(-1e300, 1e300)
FIGURES = st.one_of(
    st.builds(
        lambda side, values: Plane(side=side, cells=(values * side * side)[: side * side], x=Axis(), y=Axis()),
        st.integers(1, 12),
        st.binary(min_size=1, max_size=3),
    ),
    st.lists(FLOATS, max_size=5).map(
        lambda x: Chart(x=Axis(log=True), y=Axis(label="loss"), series=[Series(name="a", x=x, y=[None] * len(x))])
    ),
    st.lists(st.lists(TEXTS | FLOATS | st.none(), min_size=2, max_size=2), max_size=4).map(
        lambda rows: Table(columns=["a", "b"], rows=rows)
    ),
)


def pin_of(name, caption, figure, tables):
    return reports.pin(0, id=name, caption=caption, figure=figure, tables={"layers": reports.LAYERS} if tables else {})


PINS = st.lists(
    st.builds(pin_of, st.from_regex(r"[A-Za-z0-9_-]{8,40}", fullmatch=True), TEXTS, FIGURES, st.booleans()),
    max_size=4, unique_by=lambda pin: pin.id,
)  # fmt: skip


@st.composite
def notebooks(draw):
    pins = draw(PINS)
    kinds = [
        st.builds(Heading, text=TEXTS, level=st.integers(1, 3)),
        st.builds(Text, text=TEXTS, hint=TEXTS),
        st.builds(Slot, view=st.just("playground.map"), where=st.dictionaries(st.just("dataset"), TEXTS), hint=TEXTS),
        st.builds(Derived, of=st.sampled_from(["runs", "layers", "accuracy"]), caption=TEXTS),
    ]
    if pins:
        kinds.append(st.builds(Pinned, pin=st.sampled_from([pin.id for pin in pins]), caption=TEXTS, note=TEXTS))
    return pins, draw(st.lists(st.one_of(kinds), max_size=8)), draw(st.text(st.characters(codec="utf-8"), max_size=200))


def numbered():
    counted = iter(range(10**6))
    return lambda: f"new-{next(counted):06}"


@settings(max_examples=examples(30, of=300))
@given(notebooks())
def test_what_was_written_comes_back_with_new_pins(notebook):
    pins, cells, title = notebook
    report = reports.report(pins, cells, title=title, pictures={})
    back = bundle.read(bundle.write(report), numbered())
    assert (back.title, back.language) == (title, "zh")
    ids = {pin.id: f"new-{at:06}" for at, pin in enumerate(pins)}
    assert list(back.pins()) == [msgspec.structs.replace(pin, id=ids[pin.id]) for pin in pins]
    renewed = [msgspec.structs.replace(one, pin=ids[one.pin]) if isinstance(one, Pinned) else one for one in cells]
    assert back.cells == renewed
    again = bundle.read(bundle.write(report))
    assert not {pin.id for pin in again.pins()} & {pin.id for pin in back.pins()}


def whole():
    picture = reports.picture(9)
    name = hashlib.sha256(picture).hexdigest()
    pins = [*(reports.pin(number) for number in range(4)), reports.lenet_pin(4)]
    report = reports.report(pins, reports.cells(pins, uploaded=name))
    report.pictures[name] = picture
    return report


def test_pictures_come_back_and_the_text_shows_them_all():
    report = whole()
    content = bundle.write(report)
    assert content == bundle.write(report)
    back = bundle.read(content)
    (name,) = back.pictures
    assert back.pictures[name] == report.pictures[name]
    assert back.cells[-1] == Picture(picture=name, caption="手写的数字")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read("report.md").decode()
        figures = [entry for entry in archive.namelist() if entry.startswith("figures/")]
        assert figures == [f"figures/{number}.png" for number in range(1, 6)]
        assert all(f"]({entry})" in text for entry in [*figures, f"pictures/{name}.png"])
        files = [archive.read(entry) for entry in archive.namelist()]
        assert len(set(files)) == len(files), "what is large is there once"
        for number, pin in enumerate(report.pins, 1):
            assert archive.read(f"figures/{number}.png") == report.pictures[pin]
    assert "| C1 卷积 5×5 | 6×24×24 | 156 |" in text
    assert "# 练习二：Playground 与 LeNet-5" in text


def test_a_notebook_comes_back_with_its_own_title_and_language_whatever_the_reports_are():
    report = reports.report([], [], title="")
    report.document.title, report.document.language = "Notebook", "en"
    back = bundle.read(bundle.write(report))
    assert (back.title, back.language) == ("", "zh")


def test_texts_of_brackets_come_back():
    cells = [Text(text="{" * 19_990) for _ in range(8)] + [Text(text='"[\\"' * 3000), Text(text="\\" * 9000)]
    assert bundle.read(bundle.write(reports.report([], cells))).cells == cells


@pytest.mark.parametrize(
    ("most", "value"), [("MOST_BYTES", 20_000), ("MOST_UNPACKED", 20_000), ("MOST_ALL_PINS", 2000), ("MOST_PIN", 500)]
)
def test_no_archive_is_written_that_none_would_read(monkeypatch, most, value):
    report = whole()
    monkeypatch.setattr(bundle, most, value)
    with pytest.raises(RefusedError) as raised:
        bundle.write(report)
    assert raised.value.code == "export-too-large"


def test_a_pin_comes_back_that_was_sent_as_large_as_it_may_be():
    """JavaScript writes 1 and no fields that are as by default; here it is 1.0, and all of them."""
    figure = {"form": "network", "side": 1, "layers": [{"nodes": [{}] * 32, "weights": [[1] * 32] * 32}] * 12}
    tiles = [{"tiles": [{"width": 1, "height": 1, "pixels": "AA=="}] * 256}] * 40
    for one in (figure, {"form": "tiles", "palette": "ink", "groups": tiles}):
        sent = json.dumps(PIN | {"figure": one}, separators=(",", ":")).encode()
        pin = bundle.sent.decoded(sent, reports.Pin)
        grown = len(msgspec.json.encode(pin)) - len(sent)
        assert 0 < grown < bundle.MOST_PIN - 4 * 2**20


# --- attacks ----------------------------------------------------------------------------------------------------------


def archived(entries, how=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return file.getvalue()


def notebook_of(**changes):
    given = {"format": 1, "title": "t", "language": "en", "cells": []} | changes
    return json.dumps(given).encode()


def with_notebook(pins=(), **changes):
    named = [(f"pins/{number}.json", json.dumps(pin)) for number, pin in enumerate(pins, 1)]
    return archived([("notebook.json", notebook_of(**changes)), *named])


def json_of(pin):
    return json.loads(msgspec.json.encode(pin))


def refused(content):
    with pytest.raises(RefusedError) as raised:
        bundle.read(content)
    return raised.value


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../notebook.json", "archive-entry"),
        ("/etc/passwd", "archive-entry"),
        ("a/notebook.json", "archive-entry"),
        ("figures/../../x.png", "archive-entry"),
        ("figures/1.svg", "archive-entry"),
        ("figures\\1.png", "archive-entry"),
        ("pictures/1.png", "archive-entry"),
        ("report.html", "archive-entry"),
    ],
)
def test_an_entry_that_no_notebook_has_is_refused(name, code):
    assert refused(archived([("notebook.json", notebook_of()), (name, b"x")])).code == code


@pytest.mark.parametrize("folder", ["", "My notebook/", "实验记录/"])
def test_an_archive_that_was_unpacked_and_packed_again_is_read(folder):
    """As macOS and Windows do: in a folder, with files of their own."""
    report = whole()
    with zipfile.ZipFile(io.BytesIO(bundle.write(report))) as written:
        entries = [(folder + name, written.read(name)) for name in reversed(written.namelist())]
    of_systems = [f"__MACOSX/{folder}._report.md", f"{folder}.DS_Store", f"{folder}pins/._1.json", f"{folder}Thumbs.db"]
    folders = [folder] if folder else []
    entries += [(name, b"") for name in [*folders, f"{folder}pins/", *of_systems, "__MACOSX/"]]
    back = bundle.read(archived(entries))
    assert (back.title, len(back.packed), len(back.pictures)) == (report.kept.title, len(report.pins), 1)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_refused():
    assert refused(archived([("notebook.json", notebook_of()), ("notebook.json", b"{}")])).code == "archive-entry"


def test_a_bomb_is_not_unpacked():
    """Of a kilobyte a megabyte is made, a thousand times over."""
    bomb = archived([("notebook.json", b" " * (bundle.MOST_PIECE + 1))])
    assert len(bomb) < 100_000
    tracemalloc.start()
    assert refused(bomb).code == "archive-size"
    assert tracemalloc.get_traced_memory()[1] < 10 * 2**20
    tracemalloc.stop()


def test_a_bomb_that_says_it_is_small_is_found_out():
    bomb = archived([("notebook.json", b" " * 20_000_000)])
    real = (20_000_000).to_bytes(4, "little")
    assert bomb.count(real) == 2
    lying = bomb.replace(real, (1000).to_bytes(4, "little"))
    tracemalloc.start()
    assert refused(lying).code == "archive-damaged"
    assert tracemalloc.get_traced_memory()[1] < 5 * 2**20
    tracemalloc.stop()


def test_more_entries_than_a_notebook_has_are_refused():
    entries = [(f"figures/{at}.png", b"") for at in range(bundle.MOST_ENTRIES + 1)]
    assert refused(archived(entries)).code == "archive-entries"


def entry_listed(name=b"a"):
    """As the list at the end of an archive has it, of an empty file."""
    return struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, *[0] * 7, len(name), *[0] * 6) + name


@pytest.mark.parametrize("said", [500_000, 1], ids=["as many as there are", "too few"])
def test_a_list_of_many_entries_is_not_read(said):
    listed = entry_listed() * 500_000
    size = len(listed)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, min(said, 0xFFFF), min(said, 0xFFFF), size, 0, 0)
    end64 = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, said, said, size, 0)
    end64 += struct.pack("<4sLQL", b"PK\6\7", 0, size, 1)
    started = time.process_time()
    assert refused(listed + end).code == "archive-entries"
    assert refused(listed + end64 + end).code == "archive-damaged"
    assert time.process_time() - started < 0.5


def test_lists_without_end_are_refused_before_they_are_made():
    """msgspec makes a list, then looks how long it may be."""
    pin = msgspec.json.encode(PIN | {"figure": {"form": "matrix", "rows": ["a"], "columns": ["b"], "counts": []}})
    lists = b",".join([b"[]"] * (bundle.MOST_PIECE // 3 - 1000))
    entries = [("notebook.json", notebook_of()), ("pins/1.json", pin.replace(b'"counts":[]', b'"counts":[%s]' % lists))]
    content = archived(entries)
    tracemalloc.start()
    assert refused(content).code == "archive-notebook"
    assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    tracemalloc.stop()


def test_all_together_may_not_be_too_large(monkeypatch):
    monkeypatch.setattr(bundle, "MOST_UNPACKED", 1000)
    entries = [("notebook.json", notebook_of()), *((f"figures/{at}.png", b" " * 400) for at in range(3))]
    assert refused(archived(entries)).code == "archive-size"
    monkeypatch.setattr(bundle, "MOST_BYTES", 100)
    assert refused(with_notebook()).code == "archive-size"


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"GIF89a", b"x" * 1000, b"PK\x05\x06" + b"\0" * 17, b"PK\x05\x06" + b"\0" * 18]
)
def test_what_is_no_archive_is_refused(content):
    assert refused(content).code in ("archive-damaged", "archive-missing")


@settings(max_examples=examples(60, of=1000))
@given(st.data())
def test_a_damaged_archive_is_read_or_refused_and_nothing_else(data):
    content = bytearray(DAMAGED)
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.just(len(content)) | st.integers(0, len(content)))
    with contextlib.suppress(RefusedError):
        bundle.read(bytes(content[:end]))


DAMAGED = bundle.write(reports.report([reports.pin(0)], [Pinned(pin="pin-00000")], pictures={}))


def test_an_encrypted_entry_is_refused():
    content = bytearray(with_notebook())
    central = content.rindex(b"PK\x01\x02")
    content[central + 8] |= 1
    assert refused(bytes(content)).code == "archive-entry"


PIN = json_of(reports.pin(0))
BAD = "\ud800"
MATRIX = {"form": "matrix", "rows": ["a"], "columns": ["b"]}
ROWS = {"form": "table", "columns": ["a"], "rows": []}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"format": 2}, "archive-format"),
        ({"format": "1"}, "archive-notebook"),
        ({"format": None}, "archive-notebook"),
        ({"more": 1}, "archive-notebook"),
        ({"title": "t" * 201}, "archive-notebook"),
        ({"title": None}, "archive-notebook"),
        ({"language": "de"}, "archive-notebook"),
        ({"cells": {}}, "archive-notebook"),
        ({"cells": [{"type": "text", "text": "", "more": 1}]}, "archive-notebook"),
        ({"cells": [{"type": "other"}]}, "archive-notebook"),
        ({"cells": [{"type": "text", "text": "x" * 20_001}]}, "archive-notebook"),
        ({"cells": [{"type": "text", "text": BAD}]}, "archive-notebook"),
        ({"cells": [{"type": "text"}] * 401}, "archive-notebook"),
        ({"cells": [{"type": "pin", "pin": "not-there"}]}, "archive-missing"),
        ({"cells": [{"type": "picture", "picture": "0" * 64}]}, "archive-missing"),
        ({"pins": [PIN, PIN]}, "archive-notebook"),
        ({"pins": [PIN | {"id": f"pin-{at:05}"} for at in range(201)]}, "archive-pins"),
        ({"pins": [PIN | {"place": "https://evil.example/"}]}, "archive-notebook"),
        ({"pins": [PIN | {"place": "//evil.example/"}]}, "archive-notebook"),
        ({"pins": [PIN | {"view": "playground.future"}]}, "archive-view"),
        ({"pins": [PIN | {"id": "../../x"}]}, "archive-notebook"),
        ({"pins": [PIN | {"figure": PIN["figure"] | {"side": 3}}]}, "archive-figure"),
        ({"pins": [PIN | {"figure": MATRIX | {"counts": [[2**64]]}}]}, "archive-notebook"),
        ({"pins": [PIN | {"figure": ROWS | {"rows": [[1e308]]}}]}, "archive-notebook"),
        ({"format": 10**400}, "archive-notebook"),
        ({"pins": [PIN | {"figure": PIN["figure"] | {"side": 10**9}}]}, "archive-notebook"),
        ({"pins": [PIN | {"tables": {"layers": ROWS | {"rows": [[1, 2]]}}}]}, "archive-figure"),
        ({"pins": [PIN | {"tables": {"other": ROWS}}]}, "archive-notebook"),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
def test_a_notebook_that_is_none_is_refused(changes, code):
    assert refused(with_notebook(**changes)).code == code


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"format": 1e999}', b"null"])
def test_what_is_no_notebook_is_refused(content):
    assert refused(archived([("notebook.json", content)])).code == "archive-notebook"


def test_a_picture_that_is_another_or_none_is_refused():
    entries = [("notebook.json", notebook_of())]
    name = hashlib.sha256(b"<svg>").hexdigest()
    assert refused(archived([*entries, (f"pictures/{name}.png", b"<svg>")])).code == "archive-picture"
    assert refused(archived([*entries, (f"pictures/{'0' * 64}.png", reports.picture())])).code == "archive-picture"


@pytest.mark.parametrize(
    "figure",
    [
        Chart(x=Axis(), y=Axis(), series=[Series(name="", x=[1.0], y=[])]),
        Chart(x=Axis(), y=Axis(), series=[Series(name="", x=[1.0], y=[1.0], low=[1.0])]),
        Plane(side=1, cells=b"x", x=Axis(), y=Axis(), points=[Points(name="", xy=b"x" * 7)]),
        Plane(side=1, cells=b"x", x=Axis(), y=Axis(), points=[Points(name="", xy=b"x" * 8, values=b"x")]),
        Matrix(rows=["a"], columns=["a", "b"], counts=[[1]]),
        Tiles(palette="ink", groups=[TileGroup(tiles=[Tile(width=2, height=2, pixels=b"xxx")])]),
        Table(columns=["a"], rows=[[]]),
        Chart(x=Axis(), y=Axis(), series=[Series(name="", x=[0.0] * 5000, y=[0.0] * 5000)] * 30),
    ],
    ids=lambda figure: type(figure).__name__,
)
def test_a_figure_whose_arrays_do_not_fit_is_refused(figure):
    error = refused(with_notebook(pins=[json_of(reports.pin(0, figure=figure))]))
    assert error.code == "archive-figure"
    assert error.values["place"]


def test_a_pin_that_is_there_twice_is_told_so():
    pin = msgspec.json.encode(PIN)
    entries = [("notebook.json", notebook_of()), ("pins/1.json", pin), ("pins/2.json", pin)]
    assert refused(archived(entries)).values["reason"] == f"pin {PIN['id']} is there twice"


# --- own data ---------------------------------------------------------------------------------------------------------


def sets_of(count, content=b"points"):
    return {f"sha256-{at:032}": content for at in range(count)}


def with_points(points):
    return archived([("notebook.json", notebook_of()), *((f"points/{name}.bin", one) for name, one in points.items())])


def test_own_data_come_back():
    report = reports.report([], [], points=sets_of(2))
    assert bundle.read(bundle.write(report)).points == sets_of(2)


def test_an_archive_has_no_more_and_no_larger_sets_than_a_server_takes(monkeypatch):
    assert bundle.MOST_SET == store.MOST_BYTES
    assert bundle.MOST_SETS < store.MOST_OF_ONE
    monkeypatch.setattr(bundle, "MOST_SETS", 2)
    assert refused(with_points(sets_of(3))).code == "archive-sets"
    assert refused(with_points(sets_of(1, bytes(bundle.MOST_SET + 1)))).code == "archive-size"
    with pytest.raises(RefusedError) as raised:
        bundle.write(reports.report([], [], points=sets_of(3)))
    assert raised.value.code == "export-too-large"
    assert refused(with_points({"sha256-short": b""})).code == "archive-entry"
