"""What a pin shows, as numbers: one struct for each form that numbers can take. Any view of any tab has one of these.

A page sends them, `notebook.drawing` draws them, and whoever reads a notebook's file finds them in it. All words are in
the language of the page that pinned. No IO, no drawing.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

END = r"(?!\n)$"  # of a pattern: by itself $ allows a new line there

Word = Annotated[str, Meta(max_length=200)]
Line = Annotated[str, Meta(max_length=1000)]
Number = Annotated[float, Meta(ge=-1e300, le=1e300)]  # finite; what is drawn of it is finite too
Whole = Annotated[int, Meta(ge=0, le=2**53)]  # as far as JavaScript counts
Color = Annotated[str, Meta(pattern=f"^#[0-9a-f]{{6}}{END}")]

MOST_VALUES = 250_000  # of a figure, all its arrays together
MOST_TILES = 256
MOST_SIDE = 200  # cells or pixels
MOST_CLASSES = 6

Size = Annotated[int, Meta(ge=1, le=MOST_SIDE)]
Square = Annotated[bytes, Meta(max_length=MOST_SIDE**2)]
Floats = Annotated[bytes, Meta(max_length=4 * MOST_VALUES)]


class Form(Struct, forbid_unknown_fields=True, tag_field="form", kw_only=True):
    """Has these fields and no others."""


class Axis(Struct, forbid_unknown_fields=True, kw_only=True):
    """label: its name, with a unit where it has one. centre, step: what the plane's -6 to 6 stand for, value = centre
    + step * place; an axis of the plane itself has 0 and 1. log: the scale is logarithmic. names: of a chart's x, what
    stands at 0, 1, ... in place of numbers."""

    label: Word = ""
    centre: Number = 0.0
    step: Number = 1.0
    log: bool = False
    names: Annotated[list[Word], Meta(max_length=20)] = []


class Series(Struct, forbid_unknown_fields=True, kw_only=True):
    """A line of a chart. x, y: as many numbers; y may be null where there is none. low, high: a band around it, or
    empty. color: None takes the next. dots: points alone, no line."""

    name: Word
    x: Annotated[list[Number], Meta(max_length=5000)]
    y: Annotated[list[Number | None], Meta(max_length=5000)]
    low: Annotated[list[Number | None], Meta(max_length=5000)] = []
    high: Annotated[list[Number | None], Meta(max_length=5000)] = []
    color: Color | None = None
    dashed: bool = False
    dots: bool = False


class Mark(Struct, forbid_unknown_fields=True, kw_only=True):
    """A vertical line of a chart: something happened here."""

    x: Number
    label: Word = ""


class Chart(Form, tag="chart"):
    """Lines over one x axis. right: the series that have an axis of their own at the right, as accuracy beside loss."""

    x: Axis
    y: Axis
    series: Annotated[list[Series], Meta(min_length=1, max_length=60)]
    right: Annotated[list[Series], Meta(max_length=60)] = []
    y_right: Axis | None = None
    marks: Annotated[list[Mark], Meta(max_length=200)] = []


class Points(Struct, forbid_unknown_fields=True, kw_only=True):
    """Points of a plane that share a name in the legend. xy: float32, little-endian, x and y in turn, in the plane's -6
    to 6. values: float32, of each point's colour, -1 to 1; empty where all have the colour of class `label`. hollow: as
    the test points are drawn."""

    name: Word
    xy: Floats
    values: Floats = b""
    label: Annotated[int, Meta(ge=0, le=5)] | None = None
    hollow: bool = False


class Plane(Form, tag="plane"):
    """What a network says everywhere in the plane, with points on it.

    cells: int8, side * side of them, rows from the top (y = 6) down, each row from x = -6: the page's map cells.
    Without classes cell q is floor(128 v) of the output v in -1 to 1. With them it is 42 * class - 128 plus 0 to 41,
    how sure it is (static/js/base/color.js `classScale`). classes: their names, empty for an output from -1 to 1.
    discrete: drawn in its two ends, or each class in its full colour. ends: what -1 and 1 are called in the legend.
    """

    side: Size
    cells: Square
    x: Axis
    y: Axis
    classes: Annotated[list[Word], Meta(max_length=MOST_CLASSES)] = []
    ends: Annotated[list[Word], Meta(max_length=2)] = []
    points: Annotated[list[Points], Meta(max_length=12)] = []
    discrete: bool = False


class Node(Struct, forbid_unknown_fields=True, kw_only=True):
    """cells: as of a Plane, `side` of the network squared; empty: no picture."""

    label: Word = ""
    cells: Square = b""
    bias: Number | None = None


class Layer(Struct, forbid_unknown_fields=True, kw_only=True):
    """weights: a row for each node, a weight for each node of the layer before; empty for the first."""

    label: Word = ""
    nodes: Annotated[list[Node], Meta(min_length=1, max_length=32)]
    weights: Annotated[list[Annotated[list[Number], Meta(max_length=32)]], Meta(max_length=32)] = []


class Network(Form, tag="network"):
    """Nodes and links from the inputs at the left to the outputs at the right. classes: whether the last layer's nodes
    are as many classes, as in a Plane."""

    side: Size
    layers: Annotated[list[Layer], Meta(min_length=2, max_length=12)]
    classes: Annotated[list[Word], Meta(max_length=MOST_CLASSES)] = []


class Matrix(Form, tag="matrix"):
    """How often each row was taken for each column."""

    rows: Annotated[list[Word], Meta(min_length=1, max_length=20)]
    columns: Annotated[list[Word], Meta(min_length=1, max_length=20)]
    counts: Annotated[list[Annotated[list[Whole], Meta(max_length=20)]], Meta(max_length=20)]
    row_label: Word = ""
    column_label: Word = ""


class Tile(Struct, forbid_unknown_fields=True, kw_only=True):
    """A small picture. pixels: uint8, width * height, from the top left. title: above it, note: below it."""

    width: Size
    height: Size
    pixels: Square
    title: Word = ""
    note: Word = ""


class Group(Struct, forbid_unknown_fields=True, kw_only=True):
    label: Word = ""
    tiles: Annotated[list[Tile], Meta(min_length=1, max_length=MOST_TILES)]


class Tiles(Form, tag="tiles"):
    """Many small pictures, in groups.

    palette: `ink`, 255 is black on white paper, as MNIST's digits; `signed`, 0 is the page's negative colour, 128 zero,
    255 the positive one; `cells`, the byte less 128 is a map cell of a Plane with `classes`. columns: tiles in a row;
    None: as many as fit. bars: how sure the answer is, drawn beside the tiles, largest first or in their order.
    """

    palette: Literal["ink", "signed", "cells"]
    groups: Annotated[list[Group], Meta(min_length=1, max_length=40)]
    columns: Annotated[int, Meta(ge=1, le=20)] | None = None
    classes: Annotated[list[Word], Meta(max_length=MOST_CLASSES)] = []
    bars: Annotated[list[tuple[Word, Number]], Meta(max_length=20)] = []


class Table(Form, tag="table"):
    """Rows of texts and numbers. It stays a table in every report; nothing draws it."""

    columns: Annotated[list[Word], Meta(min_length=1, max_length=40)]
    rows: Annotated[list[Annotated[list[Line | Number | None], Meta(max_length=40)]], Meta(max_length=500)]


Figure = Chart | Plane | Network | Matrix | Tiles | Table
