"""A report as a Jupyter notebook: complete before it is run, and run as Jupyter does it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient

from lenet.config import TrainConfig
from lenet.export import code as lenet_code
from lenet.export import origin
from lenet.training.folder import RunFolder, new_run_id
from notebook import words
from notebook.cells import Heading, Pinned, Text
from notebook.export import jupyter
from notebook.reading import Figure
from playground.export import files
from playground.export.steps import result
from playground.recording import moment
from support import reports
from support.lenet_runs import QUICK
from support.long import examples, parametrize

PLACES = (
    "/#seed=0.1&dataset=circle&networkShape=3&epoch=20",
    "/#seed=0.2&dataset=iris&networkShape=4&epoch=11",
    "/#seed=0.3&networkShape=2&epoch=30&edits=0:bias:1:0:0.5,10:rate:0.1",
    "/#seed=0.4&problem=regression&networkShape=2&epoch=12",
)


def program(place):
    return result(files.writing(moment.parse(place), "py")).decode()


def written(report):
    made = nbformat.reads(jupyter.write(report), as_version=4)
    nbformat.validate(made)
    return made


def run(made, folder, **environment):
    NotebookClient(made, timeout=100, resources={"metadata": {"path": str(folder)}}).execute(env=environment)
    return made


def outputs(made, kind):
    return [output for cell in made.cells for output in cell.get("outputs", []) if kind in output.get("data", {})]


def said(made):
    return "".join(
        output.text for cell in made.cells for output in cell.get("outputs", []) if output.output_type == "stream"
    )


def test_it_is_complete_before_it_is_run():
    report = reports.whole()
    places = [pin.place for pin in report.pins.values()]
    report.code = {places[0]: "print(1)", places[1]: "print(2)", places[4]: "print(1)"}
    made = written(report)
    assert made == written(report)
    shown = [base64.b64decode(output.data["image/png"]) for output in outputs(made, "image/png")]
    assert shown == [report.pictures["pin-00000"], report.pictures["pin-00001"], report.pictures["pin-00004"]]
    attached = [one for cell in made.cells for one in cell.get("attachments", {})]
    figures = [name for name in attached if name.startswith("figures")]
    assert figures == ["figures-3.png", "figures-4.png"]  # of those that have no program
    assert [name for name in attached if name.startswith("codes")] == [f"codes-figure-{at}.png" for at in range(1, 6)]
    assert "轮次: 100" in said(made)
    sources = [cell.source for cell in made.cells if cell.cell_type == "code"]
    assert [source for source in sources[1:] if source.startswith("%%")] == [
        "%%writefile run_1.py\nprint(1)",
        "%%writefile run_2.py\nprint(2)",
    ]
    figures = [block for block in report.document.blocks if isinstance(block, Figure)]
    names = [" ".join(report.numbered(block).split()) for block in figures]
    assert [source.split("\n") for source in sources[1:] if source.startswith("#")] == [
        [f"# {names[0]}", 'run_1 = program("run_1.py")', "boundary(run_1)", "numbers(run_1)"],
        [f"# {names[1]}", 'run_2 = program("run_2.py")', "boundary(run_2)", "numbers(run_2)"],
        [f"# {names[4]}", "curves(run_1)", "numbers(run_1)"],
    ]
    texts = "\n".join(cell.source for cell in made.cells if cell.cell_type == "markdown")
    for part in (
        "# 练习二",
        "$$L = ",
        "| C1 卷积 5×5 |",
        "0.982 的准确度",
        "## 如何重现",
        "重新打开：<http://192.168.1.7:5000/#",
        "![重新打开](attachment:codes-figure-5.png)",
    ):
        assert part in texts


def test_a_report_without_programs_has_no_code():
    assert {cell.cell_type for cell in written(reports.whole()).cells} == {"markdown"}


def test_a_run_for_whose_program_there_was_no_time_says_so_at_its_figure_alone():
    pins = [reports.pin(0), reports.pin(1), reports.pin(2), reports.pin(3, view="playground.seeds")]
    late = {pins[at].place for at in (1, 3)}
    for language in ("en", "zh"):
        report = reports.report(pins, [Pinned(pin=pin.id) for pin in pins], code={pins[0].place: "print(1)"}, late=late)
        report.document.language = language
        excuse = words.of(language).late
        said = [cell for cell in written(report).cells if excuse in cell.source]
        assert [cell.id for cell in said] == ["block-1"]
        assert said[0].source.endswith(excuse)


def test_tables_of_a_run_have_its_program_once_and_those_of_many_runs_have_none():
    table = reports.LAYERS
    views = ("lenet.layers", "lenet.settings", "lenet.files", "lenet.epochs", "lenet.compared", "playground.kept")
    pins = [reports.lenet_pin(at, view=view, figure=table) for at, view in enumerate(views)]
    cells = [Pinned(pin=pin.id) for pin in pins]
    made = written(reports.report(pins, cells, code={pins[0].place: "print(1)"}))
    sources = [cell.source for cell in made.cells if cell.cell_type == "code"]
    assert sources[1] == "%%writefile run_1.py\nprint(1)"
    assert [source.split("\n")[1:] for source in sources[2:]] == [
        ['run_1 = program("run_1.py")', "numbers(run_1)"],
        *[["numbers(run_1)"]] * 3,
    ]
    assert said(made) == "轮次: 10\n测试准确度: 98.2 %\n" * 4
    made = written(reports.report(pins[4:], cells[4:], code={pins[0].place: "print(1)"}))
    assert {cell.cell_type for cell in made.cells} == {"markdown"}


@settings(max_examples=examples(15, of=200))
@given(st.text(max_size=100), st.text(min_size=1, max_size=100))
def test_any_text_is_a_notebook_and_nothing_of_it_becomes_code(text, code):
    pin = reports.pin(0, caption=text, place="/#a")
    cells = [Heading(text=text), Text(text=text), Pinned(pin=pin.id, note=text)]
    made = written(reports.report([pin], cells, title=text, name=text, code={"/#a": code}))
    sources = [cell.source for cell in made.cells if cell.cell_type == "code"]
    assert len(sources) == 3
    head, *rest = sources[-1].split("\n")
    assert head.startswith("# ")
    assert rest == ['run_1 = program("run_1.py")', "boundary(run_1)", "numbers(run_1)"]


@pytest.mark.timeout(240)
@parametrize("places", [PLACES[1:3], PLACES], short=1)
def test_the_runs_of_the_playground_are_trained_again_without_an_error(tmp_path: Path, places):
    """Of classes, with edits, of two labels, of numbers; one of them twice, which trains it once."""
    pins = [reports.pin(at, place=place, run=place) for at, place in enumerate(places)]
    pins.append(reports.pin(8, view="playground.loss", place=places[0], run=places[0]))
    pins.append(reports.pin(9, view="playground.seeds", place=places[0], run=places[0]))
    report = reports.report(pins, code={place: program(place) for place in places})
    made = run(written(report), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"run_{at}.py" for at in range(1, len(places) + 1)]
    assert len(outputs(made, "image/png")) == len(places) + 1
    lasts = [json.loads(line) for line in said(made).splitlines() if line.startswith('{"epoch"')]
    assert [last["epoch"] for last in lasts] == [moment.parse(place).epoch for place in places]
    assert all(last["largest_difference"] < 1e-9 for last in lasts)
    assert "another one" not in said(made)


@pytest.mark.timeout(240)
def test_a_run_of_lenet_is_trained_again_beside_one_of_the_playground(mnist: Path, tmp_path: Path):
    """The one computes with float64 and the other with float32, in one kernel."""
    from lenet.training.trainer import train

    trained = train(TrainConfig().updated(QUICK), RunFolder(tmp_path, new_run_id()), mnist, "fast")
    lenet, other = reports.lenet_pin(1), reports.pin(0, place=PLACES[0], run=PLACES[0])
    matrix = reports.lenet_pin(2, view="lenet.confusion")
    code = {lenet.place: lenet_code.script(origin.of_file(Path(trained["checkpoint"]))), PLACES[0]: program(PLACES[0])}
    (tmp_path / "home").mkdir()
    made = run(written(reports.report([other, lenet, matrix], code=code)), tmp_path / "home", PLAYLAB_DATA=str(mnist))
    assert len(outputs(made, "image/png")) == 2
    last = json.loads(next(line for line in said(made).splitlines() if '"test_accuracy"' in line))
    assert last["largest_difference"] == 0.0
