"""A sheet is a picture of twice a screen's density that says which run it is."""

import struct
import warnings
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib import image
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath

from playground.config import Config
from playground.export import curve, sheet
from playground.export.steps import result
from playground.point_set import Axis, packed
from playground.recording import moment
from playground.recording.moment import Moment
from playground.recording.recording import Recording
from support import strategies
from support.long import examples, parametrize

LINK = "seed=0.1&epoch=40&showTestData=true&edits=10:rate:0.1"


def test_it_has_the_size_of_a_page_at_twice_a_screens_density(tmp_path):
    content = result(sheet.writing(moment.parse(LINK), "png"))
    assert struct.unpack_from(">2I", content, 16) == (2400, 1600)
    assert moment.write(moment.parse(LINK)).encode() in content  # its description
    (tmp_path / "sheet.png").write_bytes(content)
    shown = image.imread(tmp_path / "sheet.png")[..., :3]
    for color in ("#f59322", "#0877bd"):  # of points and links
        rgb = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        assert (np.abs(shown - rgb).max(axis=2) < 0.01).sum() > 500


def test_an_svg_is_well_formed_and_the_same_each_time():
    text = result(sheet.writing(moment.parse(LINK), "svg"))
    assert ET.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314  our own
    assert text == result(sheet.writing(moment.parse(LINK), "svg"))


@settings(max_examples=examples(3, of=8), deadline=None)
@example(moment.parse("seed=0.3&problem=regression&activation=relu&learningRate=10&networkShape=8,8&epoch=30"))
@example(moment.parse("seed=0.1&x=false&y=false&networkShape=&epoch=0"))
@example(Moment(Recording(Config(seed="$\\frac{1}$\u4e2d\u6587"))))
@given(st.builds(Moment, strategies.recordings(12, most=6), st.just(12)))
def test_any_run_is_drawn_without_complaint(there):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert result(sheet.writing(there, "png")).startswith(b"\x89PNG")


@parametrize("count", [10, 900], short=1)
def test_a_long_link_is_in_the_description_and_its_beginning_on_the_sheet(count):
    edits = ",".join(f"{epoch}:weight:0:0:0:0.{epoch:04}" for epoch in range(1, count + 1))
    there = moment.parse(f"seed=0.1&epoch={count}&edits={edits}")
    assert len(sheet._link(there).splitlines()) <= 8
    assert moment.write(there).encode() in result(sheet.writing(there, "png"))


def test_no_line_of_the_link_is_wider_than_the_sheet_and_together_they_are_the_link():
    there = moment.parse(f"seed={'W' * 32}&epoch=9&edits={','.join(f'{n}:bias:0:0:0.5' for n in range(1, 9))}")
    lines = sheet._link(there).splitlines()
    assert "".join(lines) == moment.write(there)
    widths = [TextPath((0, 0), line, size=6.5).get_extents().width / 72 for line in lines]  # inches
    assert max(widths) <= 0.96 * sheet.SIZE[0]
    assert min(widths[:-1]) > 0.9 * sheet.SIZE[0]


def test_values_of_settings_are_broken_at_blanks_within_the_sheet():
    link = "&optimizer=adam&beta1=0.5&dropout=0.2,0.1&schedule=step&scheduleEpochs=99&loss=crossEntropy"
    there = moment.parse(f"seed={'W' * 32}&epoch=1{link}")
    figure = Figure(figsize=sheet.SIZE)
    axes = figure.add_axes((0.6, 0.15, 0.37, 0.3))
    sheet._settings(axes, there, result(curve.recording(there)))
    figure.draw_without_rendering()
    assert max(text.get_window_extent().x1 for text in axes.texts) <= 0.98 * figure.bbox.width
    written = " ".join(text.get_text() for text in axes.texts if text.get_text())
    assert dict(sheet._rows(there, result(curve.recording(there))))["besides"] in written


def test_what_the_original_has_not_is_told():
    link = "seed=0.1&epoch=5&optimizer=adam&beta1=0.5&momentum=0.1&dropout=0.2,0.1&fullBatch=true&stopEpoch=9"
    there = moment.parse(link)
    rows = dict(sheet._rows(there, result(curve.recording(there, every=5))))
    assert rows["besides"] == "dropout 0.2,0.1, optimizer adam, beta1 0.5"  # what has no effect is not
    assert rows["batch size"] == "all points"


@pytest.mark.parametrize(
    ("edits", "rate", "by_hand"),
    [
        ("", "0.03", None),
        ("&edits=10:rate:0.1", "0.03, from epoch 10 on 0.1", None),
        ("&edits=10:rate:0.1,20:rate:0.3", "0.03, ..., from epoch 20 on 0.3", None),
        ("&edits=5:bias:0:0:1,10:rate:0.1,20:weight:0:0:0:1", "0.03, from epoch 10 on 0.1", "2 times"),
    ],
)
def test_what_was_changed_during_training_is_told(edits, rate, by_hand):
    there = moment.parse(f"seed=0.1&epoch=40{edits}")
    rows = dict(sheet._rows(there, result(curve.recording(there, every=40))))
    assert (rows["learning rate"], rows.get("edited by hand")) == (rate, by_hand)


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("dataset=iris", ["petal length (cm)", "petal width (cm)", "species", "Iris setosa", "Iris virginica"]),
        ("problem=regression&regDataset=cars", ["weight (kg)", "power (hp)", "consumption (L/100 km)", "15.55"]),
    ],
)
def test_measured_points_are_drawn_in_their_own_units(link, told):
    figure = Figure()
    axes = figure.add_subplot()
    there = moment.parse(f"seed=0.1&epoch=1&{link}")
    sheet._map(axes, there, result(curve.recording(there)), LinearSegmentedColormap.from_list("x", ["red", "blue"]))
    legend = axes.get_legend()
    texts = [axes.get_xlabel(), axes.get_ylabel(), legend.get_title().get_text()]
    assert {*told} <= {*texts, *(text.get_text() for text in legend.get_texts())}
    (_, centre, step), *_ = there.config.points.axes
    for tick in axes.get_xticklabels():
        assert float(tick.get_text()) == pytest.approx(centre + step * tick.get_position()[0])
    assert len(axes.get_xticks()) >= 3


@pytest.mark.parametrize(
    "axis",
    [Axis("$\\frac{1}$ \u4e2d\u6587"), Axis("a" * 40, 1e30, 1e36), Axis("", 1e9, 1e-3), Axis("x", 0, 5e-324)],
    ids=["mathematics", "large", "fine", "tiny"],
)
def test_any_names_and_scales_are_drawn_without_complaint(axis):
    values = [np.float32(axis.centre)] * 10
    own = packed([values, values, [0, 1] * 5], 2, (axis, axis, axis._replace(centre=0, step=1)), ("$", "_" * 40))
    there = moment.parse(f"seed=0.1&dataset=own&classes=2&ownData={own.text}&epoch=0")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert result(sheet.writing(there, "png")).startswith(b"\x89PNG")
