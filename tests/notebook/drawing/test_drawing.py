"""Every form of figure as a picture: that it is there, fits, is the same every time, and shows what the numbers say."""

from __future__ import annotations

import hashlib
import io
import struct
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from core import colors as hues
from notebook import checks, drawing
from notebook.drawing import chart as chart_module
from notebook.drawing import colors, paper, plane
from notebook.figures import (
    Axis,
    Chart,
    Figure,
    Group,
    Layer,
    Mark,
    Matrix,
    Network,
    Node,
    Plane,
    Points,
    Series,
    Table,
    Tile,
    Tiles,
)
from support import notebook_figures
from support.notebook_figures import FIGURES, floats
from support.processes import ROOT

MOST_BYTES = 600_000
BLUE, ORANGE = (8, 119, 189), (245, 147, 34)


def shown(figure: Figure) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(drawing.draw(figure))).convert("RGB")).astype(int)


def where(pixels: np.ndarray, color: tuple[int, ...], within: int = 12) -> np.ndarray:
    """(y, x) of the pixels of a colour."""
    return np.argwhere(np.abs(pixels - color).max(axis=2) <= within)


def chunks(png: bytes) -> list[bytes]:
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        found.append(png[at + 4 : at + 8])
        at += 12 + length
    return found


@pytest.mark.parametrize("zh", [False, True], ids=["en", "zh"])
@pytest.mark.parametrize("name", FIGURES)
def test_a_picture_is_wide_enough_small_and_the_same_every_time(name: str, zh: bool):
    figure = FIGURES[name](zh)
    png = drawing.draw(figure)
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    assert image.width >= 1600
    assert image.height <= 1.4 * image.width
    assert len(png) < MOST_BYTES
    assert drawing.draw(figure) == png
    assert set(chunks(png)) == {b"IHDR", b"PLTE", b"pHYs", b"IDAT", b"IEND"}  # nothing tells when or where


def test_another_process_draws_the_same_bytes_without_any_font_of_the_system():
    script = (
        "import sys, hashlib; sys.path[:0] = ['tests']\n"
        "from support.notebook_figures import FIGURES\nfrom notebook import drawing\n"
        "print(hashlib.sha256(drawing.draw(FIGURES['losses'](True))).hexdigest())\n"
    )
    nowhere = dict.fromkeys(("HOME", "XDG_DATA_DIRS", "FONTCONFIG_FILE"), "/nowhere")
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=nowhere | {"TZ": "Asia/Tokyo"}, capture_output=True, check=True
    )
    ours = hashlib.sha256(drawing.draw(FIGURES["losses"](True))).hexdigest()
    assert done.stdout.decode().strip() == ours


def test_the_colours_of_maps_are_those_of_the_page():
    assert colors.css(colors.FULL[255]) == "#0977bd"
    for value, color in ((0, ORANGE), (255, BLUE)):
        assert colors.MAP[value] == pytest.approx(np.array(color) * 160 / 255 + 95, abs=1.5)
    assert tuple(colors.STEPS[127]) == tuple(colors.MAP[0])
    assert tuple(colors.STEPS[128]) == tuple(colors.MAP[255])
    assert colors.CLASS_STEPS[0] == pytest.approx(np.array(BLUE) * 160 / 255 + 95, abs=0.5)
    assert colors.of_value(float("nan")) == colors.css(colors.FULL[128])
    assert colors.of_value(1e300) == colors.css(colors.FULL[255])


# --- planes -----------------------------------------------------------------------------------------------------------


def quarter_plane(**more: object) -> Plane:
    """Blue where x and y are positive, else orange."""
    axis = np.linspace(-6, 6, 100)
    values = np.where((axis[None] > 0) & (axis[::-1, None] > 0), 1.0, -1.0)
    return Plane(side=100, cells=notebook_figures.cells(values), x=Axis(), y=Axis(), **more)


def test_a_plane_has_its_top_right_at_the_top_right():
    pixels = shown(quarter_plane())
    blue = where(pixels[:, :1150], tuple(map(int, colors.MAP[255])))
    orange = where(pixels[:, :1150], tuple(map(int, colors.MAP[0])))
    assert len(orange) / len(blue) == pytest.approx(3, rel=0.1)
    assert blue[:, 0].max() < orange[:, 0].max() - 300
    assert blue[:, 1].min() > orange[:, 1].min() + 300


def test_a_point_is_where_it_belongs_in_its_classes_colour_and_its_shape():
    points = [Points(name="third", xy=floats(np.array([3.0, -3.0])), label=2)]
    pixels = shown(quarter_plane(points=points))[:, :1150]
    found = where(pixels, tuple(map(int, colors.parsed(hues.CLASSES[2]))))
    plain = shown(quarter_plane())[:, :1150]
    box = where(plain, tuple(map(int, colors.MAP[0])))
    (top, left), (bottom, right) = box.min(axis=0), box.max(axis=0)
    y, x = found.mean(axis=0)
    assert (x - left) / (right - left) == pytest.approx(0.75, abs=0.01)
    assert (y - top) / (bottom - top) == pytest.approx(0.75, abs=0.01)
    upper, lower = (np.ptp(found[found[:, 0] == row][:, 1]) for row in np.percentile(found[:, 0], [15, 85]).round())
    assert upper < lower  # a triangle that points upward


def test_axes_are_in_the_data_s_own_units():
    axis = Axis(centre=3.95, step=0.49)
    marks = plane._ticks(axis, 7)
    assert [text for _, text in marks] == ["2", "3", "4", "5", "6"]
    assert all(axis.centre + axis.step * place == pytest.approx(float(text)) for place, text in marks)
    assert [text for _, text in plane._ticks(Axis(), 7)] == ["−6", "−4", "−2", "0", "2", "4", "6"]
    assert plane._ticks(Axis(centre=7, step=0), 7) == [(0.0, "7")]
    assert plane._ticks(Axis(centre=1, step=-1), 7)[0][1] == "−4"


# --- charts -----------------------------------------------------------------------------------------------------------


def line(name: str, y: list[float | None], **more: object) -> Series:
    return Series(name=name, x=[float(n) for n in range(len(y))], y=y, **more)


def chart(*series: Series, **more: object) -> Chart:
    return Chart(**({"x": Axis(label="epoch"), "y": Axis(label="loss")} | more), series=list(series))


def plot(pixels: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the frame."""
    frame = where(pixels, tuple(map(int, colors.parsed(colors.LINE))), 24)
    rows, columns = np.bincount(frame[:, 0]), np.bincount(frame[:, 1])
    long_rows, long_columns = np.flatnonzero(rows > 700), np.flatnonzero(columns > 400)
    return long_columns.min(), long_rows.min(), long_columns.max(), long_rows.max()


def test_a_line_goes_from_corner_to_corner_and_the_legend_stands_above():
    pixels = shown(chart(line("a", [0.0, 0.5, 1.0], color="#ff0000")))
    left, top, right, bottom = plot(pixels)
    red = where(pixels, (255, 0, 0), 40)
    drawn, sample = red[red[:, 0] >= top], red[red[:, 0] < top]
    assert len(sample) > 100
    first, last = drawn[drawn[:, 1].argmin()], drawn[drawn[:, 1].argmax()]
    assert first == pytest.approx((bottom, left), abs=12)
    assert last[0] == pytest.approx(bottom - (bottom - top) / 1.04, abs=12)
    assert last[1] == pytest.approx(right, abs=12)


def test_a_logarithmic_axis_has_a_straight_line_for_powers_and_leaves_out_what_has_no_logarithm():
    pixels = shown(chart(line("a", [1.0, 0.1, 0.01, 0.0, -1.0], color="#ff0000"), y=Axis(log=True)))
    left, top, right, bottom = plot(pixels)
    red = where(pixels[top:], (255, 0, 0), 40)
    middle = red[np.abs(red[:, 1] - (left + (right - left) / 4)) < 3][:, 0].mean() + top
    assert middle == pytest.approx((top + bottom) / 2, abs=8)
    assert red[:, 1].max() < left + (right - left) / 2 + 12


def test_an_axis_of_epoch_0_alone_begins_there():
    pixels = shown(chart(Series(name="a", x=[0.0], y=[0.5], color="#ff0000", dots=True)))
    left, top, _, _ = plot(pixels)
    red = where(pixels[top:], (255, 0, 0), 40)
    assert red[:, 1].min() == pytest.approx(left, abs=12)


def test_an_axis_with_names_has_each_at_its_place_and_room_beside_them():
    figure = chart(line("a", [1.0, 0.5, 0.7], color="#ff0000"), x=Axis(names=["A", "B", "C"]))
    pixels = shown(figure)
    left, top, right, _ = plot(pixels)
    red = where(pixels[top:], (255, 0, 0), 40)
    wide = (right - left) / 2.5  # from one name to the next, and a quarter of that at each side
    assert red[:, 1].min() == pytest.approx(left + wide / 4, abs=12)
    assert red[:, 1].max() == pytest.approx(right - wide / 4, abs=12)
    assert drawing.draw(figure) != drawing.draw(chart(*figure.series, x=Axis(names=["A", "B", "D"])))


def test_a_series_at_the_right_has_an_axis_of_its_own():
    one = chart(line("loss", [1.0, 0.5], color="#ff0000"))
    other = chart(
        line("loss", [1.0, 0.5], color="#ff0000"),
        right=[line("accuracy", [97.0, 99.0], color="#00ff00")],
        y_right=Axis(label="%"),
    )
    alone, both = shown(one), shown(other)
    assert plot(both)[2] < plot(alone)[2]
    green = where(both[plot(both)[1] :], (0, 255, 0), 40)
    assert np.ptp(green[:, 0]) > 500  # its own range, from 97 to 99


def test_a_band_lies_around_its_line_and_a_mark_has_its_label_above_the_frame():
    y = [1.0, 1.0, 1.0]
    figure = chart(
        line("a", y, low=[0.5] * 3, high=[1.5] * 3, color="#ff0000"), marks=[Mark(x=1, label="here"), Mark(x=99)]
    )
    pixels = shown(figure)
    _, top, _, bottom = plot(pixels)
    pale = where(pixels[top:bottom], (255, 209, 209), 8)
    assert np.ptp(pale[:, 0]) == pytest.approx((bottom - top) * 1.0 / 1.56, abs=30)
    assert top > plot(shown(chart(line("a", y))))[1]


def test_what_no_axis_can_show_is_a_gap():
    for values in ([None, None], [float("nan"), float("inf")], [1e308, -1e308], [0.0], [5.0, 5.0], [1e-320, 1e-310]):
        for log in (False, True):
            assert drawing.draw(chart(line("a", values), y=Axis(log=log), x=Axis(log=log)))
    empty = Series(name="", x=[], y=[])
    assert drawing.draw(chart(empty, right=[empty], marks=[Mark(x=1e300, label="x")]))
    assert drawing.draw(chart(line("a", [1.0, 2.0]), x=Axis(centre=1e300, step=1e300), y=Axis(step=0.0)))


def zigzag(count: int, shift: float = 0.0) -> Series:
    return Series(name="W" * 200, x=[float(at) for at in range(count)], y=[at % 2 + shift for at in range(count)])


def busy() -> Chart:
    marks = [Mark(x=float(at), label="W" * 200) for at in range(200)]
    return chart(*[zigzag(1000)] * 60, right=[zigzag(1000)] * 60, marks=marks)


def scattered() -> Chart:
    places = np.random.default_rng(1).random((2, 5000))
    one = Series(name="s", x=places[0].tolist(), y=places[1].tolist(), dots=True)
    return chart(*[one] * 25)


def gaps() -> Chart:
    one = zigzag(5000)
    one.y = [None if at % 2 else at**0.5 for at in range(5000)]
    return chart(*[one] * 25)


@pytest.mark.parametrize("figure", [busy(), scattered(), gaps()], ids=["lines", "dots", "gaps"])
def test_the_largest_chart_is_soon_drawn(figure: Chart):
    began = time.process_time()
    drawing.draw(figure)
    assert time.process_time() - began < 7  # three on a machine at rest


def test_a_long_line_keeps_what_stands_out_of_it():
    y: list[float | None] = [0.0] * 5000
    y[1234], y[4000], y[2000:2400] = 1.0, -1.0, [None] * 400
    x = np.arange(5000.0)
    height = np.array(y, dtype=float)
    at, kept = chart_module._thinned(x, height, 800)
    assert len(at) <= 800
    assert np.nanmax(kept) == 1
    assert np.nanmin(kept) == -1
    assert np.isnan(kept).any()
    assert (at[0], at[-1]) == (0, 4999)


def test_a_label_of_any_length_begins_on_the_paper():
    scale = chart_module.Scale(Axis(), 0, 1, 200, 1500)
    flags = chart_module._flags([Mark(x=at, label="W" * 200) for at in (0.0, 0.5, 1.0)], scale, 200, 1500)
    assert all(flag.left >= paper.MARGIN for flag in flags)


@pytest.mark.parametrize("centre", [0.0, 1e17, -9e29])
@pytest.mark.parametrize("step", [0.0, 1e-30, 1.0])
def test_what_is_not_refused_is_drawn_along_any_axis(centre: float, step: float):
    axis = Axis(centre=centre, step=step)
    for figure in (chart(line("a", [0, 1]), x=axis, y=axis), Plane(side=1, cells=b"\0", x=axis, y=axis)):
        assert checks.fault(figure) is None
        drawing.draw(figure)


@pytest.mark.parametrize("axis", [Axis(centre=1e308), Axis(step=-1e308), Axis(centre=float("nan"))])
def test_an_axis_without_numbers_is_refused_when_it_is_sent(axis: Axis):
    assert str(checks.fault(chart(line("a", [0, 1]), y=axis))).startswith("y.")
    assert str(checks.fault(chart(line("a", [0, 1]), y_right=axis))).startswith("y_right.")
    assert str(checks.fault(Plane(side=1, cells=b"\0", x=axis, y=Axis()))).startswith("x.")


@pytest.mark.parametrize("low", [5e-324, 1e-300, 1e-30, 1e-29])
def test_an_axis_with_a_logarithm_is_drawn_whatever_lies_along_it(low: float):
    axis = Axis(log=True)
    for values in ([low, 1e29], [low], [-1.0, low], [0.0]):
        figure = chart(Series(name="a", x=values, y=list(values)), x=axis, y=axis)
        assert checks.fault(figure) is None
        drawing.draw(figure)


def test_what_cannot_be_drawn_is_refused_when_it_is_sent():
    named = Axis(log=True, names=["one", "two"])
    assert checks.fault(chart(line("a", [0, 1]), x=named)) == "x.log"
    nodes = [Node(label="a") for _ in range(7)]
    layers = [Layer(label="a", nodes=nodes[:1]), Layer(label="b", nodes=nodes, weights=[[1.0]] * 7)]
    assert checks.fault(Network(side=1, layers=layers, classes=["a", "b"])) == "layers[1].nodes"
    uneven = [Tile(width=width, height=height, pixels=bytes(6)) for width, height in ((2, 3), (3, 2))]
    assert checks.fault(Tiles(palette="ink", groups=[Group(label="", tiles=uneven)])) == "groups[0].tiles[1].width"


def test_names_of_any_length_and_script_have_room():
    name = "一个非常长的名字 that goes on 🙂 \n\t\u202e$x^2$ " * 4
    name = name[:200]
    axis = Axis(label=name)
    assert drawing.draw(chart(*(line(name, [1.0, 2.0]) for _ in range(60)), x=axis, y=axis))
    assert drawing.draw(quarter_plane(ends=[name, name], points=[Points(name=name, xy=b"") for _ in range(12)]))
    assert drawing.draw(Matrix(rows=[name] * 3, columns=[name] * 3, counts=[[10**15] * 3] * 3, row_label=name))
    tile = Tile(width=1, height=1, pixels=b"\x00", title=name, note=name)
    bars = [(name, float("nan")), (name, 7.0)]
    assert drawing.draw(Tiles(palette="ink", groups=[Group(label=name, tiles=[tile])] * 40, bars=bars))
    nodes = [Node(label=name, bias=float("inf"))] * 32
    layers = [Layer(label=name, nodes=nodes, weights=[[float("nan")] * 32] * 32 if n else []) for n in range(12)]
    assert drawing.draw(Network(side=10, layers=layers))


# --- matrices and tiles -----------------------------------------------------------------------------------------------


def test_what_is_right_is_blue_and_what_is_wrong_is_orange():
    pixels = shown(Matrix(rows=["a", "b"], columns=["a", "b"], counts=[[900, 0], [1, 900]]))
    blue, orange = where(pixels, BLUE), where(pixels, ORANGE, 40)
    assert blue[:, 0].min() < orange[:, 0].min()
    assert orange[:, 1].max() <= blue[:, 1].max()


def test_ink_is_black_on_white_and_signs_are_those_of_the_page():
    tiles = [Tile(width=2, height=1, pixels=bytes([255, 0]))]
    black = where(shown(Tiles(palette="ink", groups=[Group(tiles=tiles)])), (0, 0, 0), 2)
    assert np.ptp(black[:, 1]) > 100
    signed = [Tile(width=2, height=1, pixels=bytes([0, 255]))]
    pixels = shown(Tiles(palette="signed", groups=[Group(tiles=signed)]))[:300]
    assert where(pixels, ORANGE)[:, 1].max() < where(pixels, BLUE)[:, 1].min()


def test_each_value_of_a_strip_is_seen_beside_bars_and_below_maps():
    values = bytes(255 * (at % 2) for at in range(42))  # in turn
    maps = Group(label="conv2", tiles=[Tile(width=8, height=8, pixels=bytes([128] * 64)) for _ in range(16)])
    strips = [Group(label=label, tiles=[Tile(width=42, height=1, pixels=values)]) for label in ("fc1", "fc2")]
    bars = [(str(digit), 0.1) for digit in range(10)]
    pixels = shown(Tiles(palette="signed", groups=[maps, *strips], bars=bars))
    row = pixels[where(pixels[:, :900], ORANGE)[0][0] + 5, :900]  # of the upper one
    orange = where(row[None], ORANGE)[:, 1]
    runs = np.split(orange, np.flatnonzero(np.diff(orange) > 1) + 1)
    assert len(runs) == 21
    assert min(len(run) for run in runs) >= 15


def test_as_many_tiles_as_there_may_be_and_as_large_have_room():
    many = [Tile(width=200, height=3, pixels=bytes(600)) for _ in range(256)]
    image = Image.open(io.BytesIO(drawing.draw(Tiles(palette="ink", groups=[Group(tiles=many)]))))
    assert image.height < 4000
    apart = [Group(label=f"{n}", tiles=many[:6]) for n in range(40)]
    assert Image.open(io.BytesIO(drawing.draw(Tiles(palette="signed", groups=apart, columns=1)))).height < 8000


# --- what does not fit ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "figure",
    [
        Plane(side=3, cells=bytes(8), x=Axis(), y=Axis()),
        quarter_plane(points=[Points(name="a", xy=bytes(12), label=0)]),
        quarter_plane(points=[Points(name="a", xy=bytes(16), values=bytes(4))]),
        quarter_plane(points=[Points(name="a", xy=bytes(9), label=0)]),
        Chart(x=Axis(), y=Axis(), series=[Series(name="a", x=[1.0], y=[])]),
        Chart(x=Axis(), y=Axis(), series=[Series(name="a", x=[1.0], y=[1.0], low=[1.0, 2.0], high=[])]),
        Network(side=2, layers=[Layer(nodes=[Node()]), Layer(nodes=[Node()], weights=[[1.0, 2.0]])]),
        Network(side=2, layers=[Layer(nodes=[Node(cells=b"abc")]), Layer(nodes=[Node()], weights=[[1.0]])]),
        Matrix(rows=["a"], columns=["a", "b"], counts=[[1]]),
        Tiles(palette="ink", groups=[Group(tiles=[Tile(width=2, height=2, pixels=b"abc")])]),
        Table(columns=["a"], rows=[]),
    ],
    ids=lambda figure: type(figure).__name__,
)
def test_numbers_that_do_not_fit_each_other_are_told(figure: Figure):
    with pytest.raises(drawing.BrokenError):
        drawing.draw(figure)


def test_points_without_a_class_and_without_values_are_seen():
    points = [Points(name="a", xy=floats(np.array([0.0, 0.0, np.nan, 1.0])))]
    assert (shown(quarter_plane(points=points)) != shown(quarter_plane())).any()


def test_a_colour_that_is_rare_stays_itself_among_many_that_are_not():
    shades = np.zeros((300, 600, 3), np.uint8)
    shades[..., 0] = np.arange(600) % 256
    shades[..., 1] = np.arange(300)[:, None] % 256
    shades[140:146, 300:306] = (230, 60, 255)
    png = paper.encoded(np.array(Image.fromarray(shades).convert("RGBA")))
    seen = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    assert np.abs(seen[142, 302].astype(int) - (230, 60, 255)).max() <= 4
    assert np.abs(seen.astype(int) - shades).mean() < 6
