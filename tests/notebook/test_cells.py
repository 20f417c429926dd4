"""Cells, pins and figures: what a page may send of them, and what not."""

import base64
import math
import re
import struct
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from notebook import checks, figures, shapes
from notebook.cells import MOST_TEXT, AnyCell, Pinned, Slot, Text
from notebook.export import bundle
from notebook.figures import END, Axis, Chart, Matrix, Network, Plane, Points, Series, Table, Tile, Tiles
from notebook.pins import Pin
from support.pins import chart, lenet_pin, pin

CELLS = base64.b64encode(bytes(4)).decode()
AXIS = {"label": "x"}
SENT = {
    "chart": {"form": "chart", "x": AXIS, "y": {"log": True}, "series": [{"name": "a", "x": [0, 1], "y": [0.5, None]}]},
    "plane": {
        "form": "plane",
        "side": 2,
        "cells": CELLS,
        "x": AXIS,
        "y": AXIS,
        "points": [{"name": "train", "xy": CELLS, "values": ""}],
    },
    "network": {
        "form": "network",
        "side": 2,
        "layers": [{"nodes": [{}]}, {"nodes": [{"bias": 1}], "weights": [[0.5]]}],
    },
    "matrix": {"form": "matrix", "rows": ["0", "1"], "columns": ["0", "1"], "counts": [[9, 1], [0, 10]]},
    "tiles": {"form": "tiles", "palette": "ink", "groups": [{"tiles": [{"width": 2, "height": 2, "pixels": CELLS}]}]},
    "table": {"form": "table", "columns": ["a", "b"], "rows": [["x", 1.5], [None, 2]]},
}
PIN = msgspec.to_builtins(pin(data="circle", epoch=3, discretize=True))
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def read(kind, value):
    return msgspec.json.decode(msgspec.json.encode(value), type=kind)


@pytest.mark.parametrize("form", SENT)
def test_a_figure_of_each_form_is_read_and_is_the_same_when_sent_again(form):
    figure = read(figures.Figure, SENT[form])
    assert type(figure).__name__.lower() == form
    assert read(figures.Figure, figure) == figure


def test_every_form_is_tried():
    assert {kind.__struct_config__.tag for kind in get_args(figures.Figure)} == SENT.keys()


POINTS = Points(name="p", xy=b"")
SERIES = Series(name="s", x=[], y=[])
TILE = Tile(width=1, height=1, pixels=b"\0")


@pytest.mark.parametrize(
    "figure",
    [
        Chart(x=Axis(), y=Axis(), series=[]),
        Chart(x=Axis(), y=Axis(), series=[SERIES] * 61),
        Chart(x=Axis(), y=Axis(), series=[Series(name="s", x=[0.0] * 5001, y=[])]),
        Chart(x=Axis(), y=Axis(), series=[Series(name="s", x=[], y=[], color="red")]),
        Chart(x=Axis(), y=Axis(), series=[Series(name="s", x=[], y=[], color="#fff;x")]),
        Chart(x=Axis(), y=Axis(), series=[Series(name="s", x=[], y=[], color="#ffffff\n")]),
        Chart(x=Axis(label="x" * 201), y=Axis(), series=[SERIES]),
        Plane(side=0, cells=b"", x=Axis(), y=Axis()),
        Plane(side=201, cells=b"", x=Axis(), y=Axis()),
        Plane(side=1, cells=b"", x=Axis(), y=Axis(), classes=["c"] * 7),
        Plane(side=1, cells=b"", x=Axis(), y=Axis(), points=[POINTS] * 13),
        Plane(side=1, cells=b"", x=Axis(), y=Axis(), points=[Points(name="p", xy=b"", label=6)]),
        Network(side=1, layers=[]),
        Network(side=1, layers=[figures.Layer(nodes=[figures.Node()] * 33)] * 2),
        Matrix(rows=["a"] * 21, columns=["a"], counts=[]),
        Matrix(rows=["a"], columns=["a"], counts=[[-1]]),
        Tiles(palette="ink", groups=[]),
        Tiles(palette="ink", groups=[figures.Group(tiles=[TILE] * 257)]),
        Tiles(palette="rainbow", groups=[figures.Group(tiles=[TILE])]),
        Table(columns=[], rows=[]),
        Table(columns=["a"] * 41, rows=[]),
        Table(columns=["a"], rows=[[""]] * 501),
        Table(columns=["a"], rows=[["x" * 1001]]),
        SENT["table"] | {"columns": "ab"},
        SENT["table"] | {"onclick": "alert(1)"},
        SENT["table"] | {"form": "script"},
        SENT["plane"] | {"cells": "no base64!"},
        {},
        None,
    ],
)
def test_a_figure_beyond_its_limits_is_refused(figure):
    with pytest.raises(msgspec.ValidationError):
        read(figures.Figure, figure)


@pytest.mark.parametrize("one", [pin(data="circle", discretize=True), lenet_pin()])
def test_a_pin_is_the_same_when_sent_again(one):
    assert read(Pin, one) == one


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../../etc"},
        {"id": "short"},
        {"id": "pin-0001\n"},
        {"place": "//a.b/c"},
        {"place": "/\\\\a.b"},
        {"place": "/\t/a.b"},
        {"place": "/\n/a.b"},
        {"place": "/a\t/a.b"},
        {"place": "/a\n"},
        {"place": "http://a.b"},
        {"place": "javascript:alert(1)"},
        {"run": ""},
        {"language": "fr"},
        {"title": "x" * 201},
        {"caption": "x" * 1001},
        {"facts": [PIN["facts"][0]] * 81},
        {"facts": [PIN["facts"][0] | {"key": "a b"}]},
        {"facts": [PIN["facts"][0] | {"key": "ab\n"}]},
        {"facts": [PIN["facts"][0] | {"role": "other"}]},
        {"facts": [PIN["facts"][0] | {"value": []}]},
        {"tables": {"other": {"form": "table", "columns": ["a"], "rows": []}}},
        {"tables": {"layers": msgspec.to_builtins(chart())}},
        {"owner": "somebody"},
    ],
)
def test_a_pin_that_is_none_is_refused(change):
    assert read(Pin, PIN)
    with pytest.raises(msgspec.ValidationError):
        read(Pin, PIN | change)


@pytest.mark.parametrize(
    "cell",
    [
        {"type": "text", "text": "x" * (MOST_TEXT + 1)},
        {"type": "text", "html": "<b>"},
        {"type": "heading", "text": "x", "level": 0},
        {"type": "heading", "text": "x", "level": 4},
        {"type": "pin", "pin": "../x"},
        {"type": "picture", "picture": "../../etc/passwd"},
        {"type": "picture", "picture": "A" * 64},
        {"type": "picture", "picture": "0" * 64 + "\n"},
        {"type": "slot", "view": "x" * 41},
        {"type": "slot", "view": "x", "where": {"a b": 1}},
        {"type": "slot", "view": "x", "where": {"a": []}},
        {"type": "derived", "of": "everything"},
        {"type": "derived", "of": "runs", "tab": "web"},
        {"type": "script"},
        {},
    ],
)
def test_a_cell_that_is_none_is_refused(cell):
    with pytest.raises(msgspec.ValidationError):
        read(AnyCell, cell)


def test_a_pin_keeps_the_slot_that_it_fills():
    cell = Pinned(pin="pin-0001", slot=Slot(view="playground.map", where={"epoch": 0.0, "discretize": False}))
    assert read(AnyCell, cell) == cell
    assert read(AnyCell, Text(text="x" * MOST_TEXT)).text == "x" * MOST_TEXT


@given(st.sampled_from(sorted(PIN)), anything)
def test_any_value_of_any_field_is_taken_or_refused(key, value):
    try:
        taken = read(Pin, PIN | {key: value})
    except msgspec.ValidationError:
        return
    assert read(Pin, taken) == taken


@given(anything)
def test_anything_is_no_cell_or_one_that_can_be_sent_again(value):
    try:
        taken = read(AnyCell, value)
    except msgspec.ValidationError:
        return
    assert read(AnyCell, taken) == taken


def unbounded(kind, where=""):
    """Places in a type where something may be as long or as large as it wants."""
    match kind:
        case inspect.StructType(cls=cls, fields=fields):
            for field in fields:
                yield from unbounded(field.type, f"{cls.__name__}.{field.name}")
        case inspect.UnionType(types=types):
            for one in types:
                yield from unbounded(one, where)
        case inspect.ListType(item_type=item, max_length=most):
            yield from [where] if most is None else unbounded(item, f"{where}[]")
        case inspect.DictType(key_type=key, value_type=value, max_length=most):
            yield from [where] if most is None else [*unbounded(key, where), *unbounded(value, where)]
        case inspect.TupleType(item_types=items):
            for item in items:
                yield from unbounded(item, where)
        case inspect.StrType(max_length=most, pattern=pattern):
            # A pattern alone says how long it may be where it counts, and where it ends.
            counts = pattern is not None and END in pattern and not re.search(r"[*+]", pattern)
            if (most is None and not counts) or (pattern is not None and END not in pattern):
                yield where
        case inspect.BytesType(max_length=most):
            yield from [where] if most is None else []
        case inspect.IntType(ge=low, le=high) | inspect.FloatType(ge=low, le=high):
            yield from [where] if low is None or high is None else []
        case inspect.LiteralType() | inspect.BoolType() | inspect.NoneType():
            pass
        case _:
            yield f"{where}: {kind}"


@pytest.mark.parametrize("kind", [shapes.NewPin, shapes.NotebookChanges, shapes.BroughtPicture, bundle._File])
def test_nothing_that_is_sent_may_be_as_long_or_as_large_as_it_wants(kind):
    assert list(unbounded(inspect.type_info(kind))) == []


SENT_MATRIX = '{"form":"matrix","rows":["a"],"columns":["b"],"counts":[[@]]}'
SENT_TABLE = '{"form":"table","columns":["a"],"rows":[[@]]}'


@pytest.mark.parametrize("number", ["9007199254740993", f"{2**64}", f"{10**400}", "-1", "1e301", "1e400", "NaN"])
def test_a_number_that_cannot_be_packed_or_drawn_is_refused(number):
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(SENT_MATRIX.replace("@", number), type=Matrix)
    if number not in ("-1", "9007199254740993", f"{2**64}"):
        with pytest.raises(msgspec.DecodeError):
            msgspec.json.decode(SENT_TABLE.replace("@", number), type=Table)


def test_a_point_without_a_place_is_refused():
    nowhere = [Points(name="", xy=struct.pack("<2f", 0, value)) for value in (math.nan, math.inf)]
    for one in nowhere:
        assert checks.fault(Plane(side=1, cells=b"x", x=Axis(), y=Axis(), points=[one])) == "points[0].xy"
