"""Codes, formulas and sizes of pictures, which the formats share; and that each format is asked for by its name."""

from __future__ import annotations

import io
import subprocess
import sys

import msgspec
import pytest
from PIL import Image

from notebook.drawing import paper
from notebook.export import files, formulas, matrices, pixels, qr
from notebook.export.report import PIXELS_OF_CM, is_numeric, wide
from notebook.figures import Table
from support import notebook_figures, reports
from support.processes import ROOT


def test_a_code_is_at_least_two_centimetres_and_its_squares_can_be_told_apart():
    for length in (20, 300, 1200):
        link = "http://a/#" + "7" * (length - 10)
        content, centimetres = qr.png(link)
        modules = pixels.size(content)[0] / 6
        assert centimetres >= 2
        assert centimetres / modules >= 0.03
        assert f'width="{centimetres:.6g}'[:12] in qr.svg(link)
    assert qr.png("http://a/#" + "7" * 1191) is None
    assert qr.svg("http://a/#" + "7" * 1191) is None


@pytest.mark.parametrize(
    "tex",
    [
        "x_1", r"\frac{1}{N}\sum_i \log p_i", r"\text{准确率} = \frac{正确}{总数}", r"\$5", "a < b",
        r"A^T = \begin{pmatrix}1 & 2\\3 & \frac{1}{2}\end{pmatrix}^T",
        r"\begin{cases}x & x > 0\\0 & \text{否则}\end{cases}",
    ],
)  # fmt: skip
def test_a_formula_is_a_picture_of_its_size(tex):
    made = formulas.drawn(tex, 12)
    width, height = pixels.size(made.png)
    assert (width, height) == pytest.approx((made.width * 300 / 72, made.height * 300 / 72), abs=1.5)
    assert 0 < made.depth < made.height
    assert made.png == formulas.drawn(tex, 12).png
    assert Image.open(io.BytesIO(made.png)).getextrema()[-1][1] == 255  # something is black


def test_a_fraction_in_a_line_of_its_own_is_higher():
    assert formulas.drawn(r"\frac{a}{b}", 12, is_display=True).height > formulas.drawn(r"\frac{a}{b}", 12).height


def test_a_matrix_has_a_row_below_the_other_and_its_power_at_its_top():
    row, matrix = (formulas.drawn(rf"\begin{{matrix}}{tex}\end{{matrix}}", 12) for tex in ("a & b", r"a & b\\c & d\\"))
    assert matrix.width == pytest.approx(row.width, abs=2)
    assert matrix.height > row.height + 12
    at = matrices.laid(r"\begin{pmatrix}a & b\\c & d\end{pmatrix}^{-1}", 12, lambda _tex: matrices.Size(6, 8, 2)).texts
    (a, b, c, d), (_, power, _) = [(x, y) for x, y, _ in at[:4]], at[4]
    assert a[1] == b[1] > c[1] == d[1]
    assert a[0] == c[0] < b[0] == d[0]
    assert power > 0


@pytest.mark.parametrize(
    "tex",
    ["", "$", "$a$ b", r"\sqrt", r"\frac{1}", r"\begin{cases}1",
     r"\frac{1}{\begin{matrix}1\end{matrix}}", r"\hspace{1e9}x", "{" * 400, "x" * 501, "^" * 9],
)  # fmt: skip
def test_what_is_no_formula_is_none(tex):
    assert formulas.drawn(tex, 12) is None


@pytest.mark.parametrize("before", ["from notebook import drawing", "import matplotlib.font_manager"])
def test_formulas_are_drawn_with_their_own_fonts_whatever_was_loaded_before(before):
    """For the figures matplotlib forgets all fonts but theirs; what it does not find it says."""
    script = f"{before}; from notebook.export import formulas; formulas.drawn('x_1 + \\\\text{{图}}', 12)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""


def test_sizes_of_pictures_are_read_from_their_first_bytes():
    for form, name in (("PNG", "png"), ("JPEG", "jpg")):
        file = io.BytesIO()
        Image.new("RGB", (37, 91)).save(file, form)
        assert pixels.size(file.getvalue()) == (37, 91)
        assert pixels.ending(file.getvalue()) == name
        for end in range(20):
            pixels.size(file.getvalue()[:end])
    assert pixels.size(b"GIF89a") is None
    assert pixels.size(pixels.JPEG + b"\xd8" * 50) is None


def test_what_is_drawn_is_eleven_centimetres_wide_and_no_picture_leaves_the_page():
    assert wide((paper.WIDTH, 1146), is_uploaded=False) == pytest.approx(11, abs=0.05)
    assert wide((paper.WIDTH, 1146), is_uploaded=False) == paper.WIDTH / PIXELS_OF_CM
    for size in ((10, 4000), (4000, 10), (1, 1), (3000, 3000)):
        for is_uploaded in (True, False):
            width = wide(size, is_uploaded)
            assert 0 < width <= 15
            assert width * size[1] / size[0] <= 19.001


def test_columns_of_numbers_are_known():
    rows = [["1", "98.2 %", "6×24×24", 1.0, None, "−0.5", "1,024"], [None, "3 %", "1", 2.0, "", "1e-3", "12"]]
    table = Table(columns=list("abcdefg"), rows=rows)
    assert [is_numeric(table, at) for at in range(7)] == [True, True, False, True, False, True, True]


@pytest.mark.parametrize(("form", "start"), [("docx", b"PK"), ("html", b"<!doctype"), ("zip", b"PK"), ("ipynb", b"{")])
def test_each_format_draws_what_has_no_picture_and_says_how_far_it_is(form, start):
    figures = [notebook_figures.plane(), notebook_figures.curves()]
    pins = [reports.pin(at, figure=figure) for at, figure in enumerate(figures)]
    report = reports.report(pins, pictures={})
    told = []
    content = files.write(form, report, lambda done, of: told.append((done, of)))
    assert content.startswith(start)
    assert set(report.pictures) == {pin.id for pin in pins}
    counted = [done for done, _ in told]  # within a long block it is said again
    assert counted == sorted(counted)
    assert set(counted) == set(range(1, told[-1][1] + 1))
    assert told[-1][0] == told[-1][1] >= 2 + len(report.document.blocks)


def test_a_figure_that_cannot_be_drawn_leaves_its_caption():
    pin = reports.pin(0, figure=msgspec.structs.replace(notebook_figures.plane(), cells=b""))
    report = reports.report([pin], pictures={})
    assert pin.caption in files.write("html", report).decode()
    assert report.pictures == {}
