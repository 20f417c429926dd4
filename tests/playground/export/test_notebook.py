"""A notebook is executed, as Jupyter does it, and has to say the same as Playlab."""

import ast
import json

import matplotlib.pyplot as plt
import nbformat
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from playground.config import Config
from playground.export import measured, notebook
from playground.export.steps import result
from playground.point_set import Axis, packed
from playground.point_set import measured as measured_points
from playground.recording import moment
from playground.recording.moment import Moment
from playground.recording.recording import Recording
from support import exported, strategies
from support.long import examples

EDITED = "seed=0.1&networkShape=3&epoch=60&edits=0:bias:1:0:0.5,10:rate:0.1,20:weight:0:1:0:-0.5,40:data:0.7"


def written(there):
    return nbformat.reads(result(notebook.writing(there)), as_version=4)


def run(made):
    """Its last cell's line of JSON, and how many pictures it has drawn."""
    NotebookClient(made, timeout=100).execute()
    outputs = [output for cell in made.cells for output in cell.get("outputs", [])]
    pictures = sum("image/png" in output.get("data", {}) for output in outputs)
    return json.loads(made.cells[-1].outputs[-1].text.splitlines()[-1], parse_constant=pytest.fail), pictures


def test_a_run_with_edits_comes_out_the_same_and_is_drawn():
    comes_out_the_same(moment.parse(EDITED))


@pytest.mark.long("test_a_run_with_edits_comes_out_the_same_and_is_drawn")
@pytest.mark.timeout(300)
@settings(max_examples=3, phases=[Phase.explicit, Phase.generate], deadline=None)
@example(moment.parse("seed=0.3&problem=regression&activation=relu&learningRate=10&networkShape=8,8&epoch=30"))
@given(st.builds(Moment, strategies.recordings(10, most=5), st.just(10)))
def test_any_run_with_any_edits_comes_out_the_same_and_is_drawn(there):
    comes_out_the_same(there)


def comes_out_the_same(there):
    last, pictures = run(written(there))
    assert last["epoch"] == there.epoch
    assert last["largest_difference"] <= measured.TOLERANCE
    assert pictures == 3  # points, losses, boundary


@settings(max_examples=examples(8, of=20))
@given(st.data())
def test_it_is_valid_has_no_outputs_and_is_the_same_each_time(data):
    epoch = data.draw(st.integers(0, 12))
    there = Moment(data.draw(strategies.recordings(epoch, most=6)), epoch)
    made = written(there)
    nbformat.validate(made)
    assert made == written(there)
    code = [cell for cell in made.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    for cell in code:
        ast.parse(cell.source)


@pytest.mark.long("tests/playground/export/test_code.py::test_a_run_that_is_another_ends_with_status_1")
def test_a_run_that_is_another_ends_with_an_error():
    made = written(moment.parse(EDITED))
    (cell,) = (cell for cell in made.cells if "LEARNING_RATE = 0.03" in cell.source)
    cell.source = cell.source.replace("0.03", "0.031")
    with pytest.raises(CellExecutionError, match="this run is another one"):
        run(made)


def test_it_carries_the_link_of_the_run():
    text = written(moment.parse(EDITED)).cells[0].source
    assert moment.parse(text.split(":\n\n")[1]) == moment.parse(EDITED)


@given(st.text(alphabet=st.sampled_from("\"'\\\\`$<>*\u4e2d\x01a1."), min_size=1, max_size=32))
def test_a_seed_stays_within_the_lines_that_show_it(seed):
    there = Moment(Recording(Config(seed=seed, tutorial=f"a,{seed}")), 1)
    _, _, link = written(there).cells[0].source.partition(":\n\n")
    lines = link.split("\n")
    assert all(line.startswith("    ") for line in lines)
    assert "".join(line[4:] for line in lines) == moment.write(there)


def test_the_notebook_says_what_the_columns_of_measured_points_are():
    text = result(notebook.writing(moment.parse("seed=0.1&dataset=iris&epoch=1")))
    points = next(cell["source"] for cell in json.loads(text)["cells"] if cell["id"] == "points")
    assert '# x is "petal length (cm)": (value - 3.95) / 0.59.' in "".join(points)


def pictures_of(link, monkeypatch):
    """The axes of the points and of the boundary, as its cells draw them."""
    drawn = []
    monkeypatch.setattr(plt, "show", lambda: drawn.append(plt.gcf().axes))
    text = "\n\n".join(cell.source for cell in written(moment.parse(link)).cells if cell.cell_type == "code")
    assert exported.run(text)[0] == 0
    plt.close("all")
    points, _, boundary = drawn
    return points, boundary


def ticks(axis):
    """What stands at an axis, where: a number by its place in the plane."""
    return dict(
        zip(axis.get_ticklocs().tolist(), [float(label.get_text()) for label in axis.get_ticklabels()], strict=True)
    )


def test_its_pictures_have_the_names_the_units_and_the_classes_of_measured_points(monkeypatch):
    for axes, *_ in pictures_of("seed=0.1&dataset=iris&epoch=1", monkeypatch):
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("petal length (cm)", "petal width (cm)")
        assert len(ticks(axes.xaxis)) > 3
        assert ticks(axes.xaxis) == pytest.approx({at: 3.95 + 0.59 * at for at in ticks(axes.xaxis)})
        legend = axes.get_legend()
        assert legend.get_title().get_text() == "species"
        assert [text.get_text() for text in legend.get_texts()] == ["Iris setosa", "Iris versicolor", "Iris virginica"]


def test_of_a_regression_the_colours_have_the_units_of_the_label(monkeypatch):
    _, (axes, bar) = pictures_of("seed=0.1&problem=regression&regDataset=cars&epoch=1", monkeypatch)
    (_, _, label) = measured_points("cars").axes
    assert bar.get_ylabel() == label.name
    assert ticks(bar.yaxis) == pytest.approx({at: label.centre + label.step * at for at in ticks(bar.yaxis)})
    assert axes.get_xlabel() == measured_points("cars").axes[0].name


def test_names_of_own_columns_stay_texts():
    names = ["$x", '"; 1/0 #', "\\"], ["$a$", "'\u82b1"]
    axes = [Axis(name, 1.0, 2.0) for name in names[0][:2]] + [Axis(names[0][2])]
    own = packed(
        [[float(n % 5) for n in range(12)], [float(n % 3) for n in range(12)], [n % 2 for n in range(12)]],
        2,
        axes,
        names[1],
    )
    made = written(Moment(Recording(Config(dataset="own", own_data=own, classes=2)), 0))
    (cell,) = (cell for cell in made.cells if cell.id == "look-at-points")
    known = {
        target.id: ast.literal_eval(one.value)
        for one in ast.parse(cell.source).body if isinstance(one, ast.Assign) for target in one.targets
    }  # fmt: skip
    assert [column[0] for column in known["COLUMNS"]] == names[0]
    assert known["CLASSES"] == names[1]
