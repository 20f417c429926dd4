"""`python -m playground`.

Most of it is asked in this process, where PyTorch need not be loaded anew for each command; the streams, the status and
the environment of a process are asked of processes.
"""

import contextlib
import dataclasses
import json
import math
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from db import address, migrate, sqlite
from db.database import Database
from playground.__main__ import main
from playground.data.store import PointSets
from playground.engine import Engine
from playground.export.formats import FORMAT
from playground.link import parse
from playground.point_set import measured, unpacked
from support import golden
from support.processes import ROOT


def playground(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "playground", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    """The golden run that touches most, replayed from a whole URL into a file."""
    run = golden.RUNS[2]
    out = tmp_path_factory.mktemp("replay") / "run.json"
    address = "https://playground.tensorflow.org/#" + run["hash"]
    assert main(["replay", address, "--epochs", "200", "--out", str(out)]) == 0
    return run, json.loads(out.read_text())


def test_a_replay_is_the_originals_run_to_the_last_bit(replayed):
    run, ours = replayed
    assert ours["features"] == run["features"]
    assert ours["train"][:5] == run["train_points"]
    assert ours["test"][:3] == run["test_points"]
    assert ours["initial_weights"] == run["initial_weights"]
    assert ours["weights"] == run["final_weights"]
    assert {epoch: ours["losses"][epoch] for epoch in run["losses"]} == run["losses"]


def test_a_replay_has_just_the_parts_promised(replayed):
    _, ours = replayed
    assert list(ours) == ["features", "train", "test", "initial_weights", "losses", "weights", "heatmap"]
    assert list(ours["losses"]) == [str(epoch) for epoch in range(201)]
    assert (len(ours["heatmap"]), {len(row) for row in ours["heatmap"]}) == (100, {100})
    assert (len(ours["train"]), len(ours["test"])) == (250, 250)


OWN = "dataset=own&seed=0.1&ownData=" + measured("penguins").address


@pytest.fixture
def database(tmp_path):
    """The address of one that has the points of `OWN`."""
    url = f"sqlite:///{tmp_path / 'playlab.db'}"
    kept = Database(address.parse(url))
    PointSets(kept, unpacked).put(measured("penguins").packed, "ann")
    kept.close()
    return url


def test_own_data_of_an_address_come_from_the_servers_database(database, monkeypatch, tmp_path, capsys):
    out = tmp_path / "run.json"
    assert main(["replay", OWN, "--epochs", "1", "--database", database, "--out", str(out)]) == 0
    assert len(json.loads(out.read_text())["train"]) == 171
    monkeypatch.setenv("PLAYLAB_DATABASE", database)
    assert main(["replay", OWN, "--epochs", "1", "--out", str(out)]) == 0
    assert capsys.readouterr() == ("", "")


def test_own_data_come_from_the_folder_of_experiments_that_the_server_has(tmp_path, monkeypatch, capsys):
    kept = Database(address.of_folder(tmp_path / "runs"))
    PointSets(kept, unpacked).put(measured("penguins").packed, "ann")
    kept.close()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYLAB_EXPERIMENTS", "~/runs")
    out = tmp_path / "run.json"
    assert main(["replay", OWN, "--epochs", "1", "--out", str(out)]) == 0
    monkeypatch.setenv("PLAYLAB_EXPERIMENTS", "~/others")
    assert main(["replay", OWN, "--epochs", "1", "--out", str(out)]) == 2
    assert main(["replay", OWN, "--epochs", "1", "--out", str(out), "--experiments", "~/runs"]) == 0
    capsys.readouterr()


@pytest.mark.parametrize("url", ["nonsense", "postgresql://somebody:secret@127.0.0.1:1/nothing"])
def test_own_data_that_nobody_has_are_told_in_a_line(url, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("playground.__main__.EXPERIMENTS", tmp_path)  # where no server has kept anything
    for more in ([], ["--database", url]):
        assert main(["replay", OWN, "--epochs", "1", *more]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith(f'invalid ownData: "{measured("penguins").address}" (want ')
        assert "secret" not in said.err
    assert not list(tmp_path.iterdir())


COMMANDS = [["replay", OWN, "--epochs=1"], ["seeds", OWN], ["seeds", "seed=1", "--against", OWN], ["export", OWN]]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[::2]))
def test_who_only_reads_makes_no_database(command, tmp_path, capsys):
    place = tmp_path / "none" / "a.db"
    assert main([*command, "--database", f"sqlite:///{place}"]) == 2
    wanted = (
        f"(want points that this server has: {place}: the database cannot be reached (unable to open database file))"
    )
    assert capsys.readouterr().err == f'invalid ownData: "{measured("penguins").address}" {wanted}\n'
    assert not list(tmp_path.iterdir())


def tables(place):
    with contextlib.closing(sqlite3.connect(place)) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master").fetchall()


@pytest.mark.parametrize("revision", [None, migrate.known()[0]])
def test_who_only_reads_leaves_the_tables_of_a_database_as_they_are(revision, tmp_path, capsys):
    """The server that has it may be an older one."""
    place = tmp_path / "playlab.db"
    place.touch()
    if revision:
        engine = sqlite.migrating(place, 0)
        with engine.begin() as connection:
            migrate.upgrade(connection, "older", to=revision)
        engine.dispose()
    before = tables(place)
    assert main(["replay", OWN, "--epochs=1", "--experiments", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert ("no table" in said) == (revision is None)
    assert said.count("\n") == 1
    assert tables(place) == before


@pytest.mark.parametrize("line", [b"seed=1\n", b"\xff\xfe\n", b"\n", b"[" * 100_000, b"9" * 5000])
def test_programs_end_with_one_line_that_says_which_is_no_json(line, tmp_path):
    command = [sys.executable, "-m", "playground", "programs", "--experiments", str(tmp_path)]
    links = b'5\n["seed=1"]\n"activation=none-such"\n'
    done = subprocess.run(command, cwd=ROOT, capture_output=True, input=links + line, timeout=60)
    assert [json.loads(answer)["program"] for answer in done.stdout.splitlines()] == [None] * 3
    assert done.stderr.startswith(b"line 4 of standard input is no JSON: ")
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)


def test_the_heat_map_is_in_rows_from_the_top(replayed):
    run, ours = replayed
    for column, row, value in run["heatmap"]:
        assert ours["heatmap"][row][column] == pytest.approx(value, abs=1e-9)


def test_without_a_file_the_run_goes_to_standard_output(capsys):
    assert main(["replay", "dataset=xor&seed=0.1", "--epochs", "1"]) == 0
    assert set(json.loads(capsys.readouterr().out)["losses"]) == {"0", "1"}


def test_a_bad_link_exits_2_with_one_line_naming_key_and_value():
    process = playground("replay", "networkShape=4,99&seed=1", "--epochs", "1")
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr == 'invalid networkShape: "4,99" (want at most 10 layers of 1 to 16 neurons)\n'


def test_a_diverging_run_is_still_json(capsys):
    link = "problem=regression&activation=linear&learningRate=10&networkShape=8,8&seed=0.1"
    assert main(["replay", link, "--epochs", "60"]) == 0
    losses = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)["losses"]
    assert losses["60"] == [None, None]


def test_a_link_with_its_epoch_and_edits_is_replayed_as_far_as_it_goes(capsys):
    link = "dataset=xor&seed=0.1&networkShape=2"
    assert main(["replay", f"{link}&epoch=20&edits=5:rate:0.3,10:weight:0:1:0:-0.5,10:data:0.2"]) == 0
    result = json.loads(capsys.readouterr().out)
    engine, losses = Engine(parse(link)), {}
    for epoch in range(21):
        if epoch:
            engine.train()
        if epoch == 5:
            engine.configure(dataclasses.replace(engine.config, learning_rate=0.3))
        if epoch == 10:
            engine.set_weight(0, 1, 0, -0.5)
            engine.new_data(dataclasses.replace(engine.config, seed="0.2"))
        losses[str(epoch)] = [*engine.scores()[:2]]
    assert result["losses"] == losses
    assert result["weights"] == engine.mlp.as_json()
    assert result["edits"] == [[5, "rate:0.3"], [10, "weight:0:1:0:-0.5"], [10, "data:0.2"]]
    assert main(["replay", f"{link}&epoch=20", "--epochs", "3"]) == 0
    assert len(json.loads(capsys.readouterr().out)["losses"]) == 4


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ("", "invalid epochs: missing (want --epochs N, or a link that says epoch=N)"),
        ("&epoch=-1", 'invalid epoch: "-1" (want a whole number from 0 to 200000)'),
        (
            "&epoch=9&edits=3:weight:0:19:0:1",
            'invalid edits: "3:weight:0:19:0:1" (want node: a whole number from 0 to 15)',
        ),
        ("&epoch=9&edits=3:weight:0:5:0:1", 'invalid edits: "3:weight:0:5:0:1" (want node: below 4)'),
    ],
)
def test_a_link_that_says_no_epoch_or_one_that_cannot_be_is_one_line(more, complaint, capsys):
    assert main(["replay", f"seed=0.1{more}"]) == 2
    assert capsys.readouterr().err == f"{complaint}\n"


def test_a_replay_has_no_more_epochs_than_a_link_may_say(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["replay", "seed=0.1", "--epochs", "200001"])
    assert ended.value.code == 2
    assert 'argument --epochs: "200001" (want a whole number from 0 to 200000)' in capsys.readouterr().err


# --- errors of the system ---------------------------------------------------------------------------------------------

REPLAY = ("replay", "dataset=xor&seed=0.1", "--epochs", "1")


@pytest.mark.parametrize(
    "out", ["folder", "missing/file.json", "file/inside.json", "n" * 300], ids=lambda out: out[:20]
)
def test_a_place_that_cannot_be_written_is_one_line_that_names_it(tmp_path, out, capsys):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    assert main([*REPLAY, "--out", str(tmp_path / out)]) == 2
    told, error = capsys.readouterr()
    assert told == ""
    assert error.startswith(f"{tmp_path / out}: ")
    assert error.count("\n") == 1


@pytest.mark.long("tests/core/test_output.py::test_what_was_asked_for_and_went_nowhere_is_one_line_and_a_failure")
def test_a_pipe_that_nobody_reads_is_one_line():
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.run(
        [sys.executable, "-m", "playground", *REPLAY], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, text=True,
        timeout=60,
    )  # fmt: skip
    os.close(writer)
    assert (process.returncode, process.stderr) == (2, "standard output: Broken pipe\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_one_line(capsys):
    assert main([*REPLAY, "--out", "/dev/full"]) == 2
    assert capsys.readouterr() == ("", "/dev/full: No space left on device\n")


def test_the_home_folder_is_meant_by_a_tilde(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main([*REPLAY, "--out=~/run.json"]) == 0
    assert json.loads((tmp_path / "run.json").read_text())["losses"]
    with pytest.raises(SystemExit) as ended:
        main([*REPLAY, "--out=~nobody-of-this-name/run.json"])
    assert ended.value.code == 2
    assert "~nobody-of-this-name/run.json" in capsys.readouterr().err


@pytest.mark.long("tests/test_app.py::test_it_runs_without_docstrings_and_asserts")
def test_without_docstrings_and_assertions_the_numbers_are_the_same(capsys):
    stripped = subprocess.run(
        [sys.executable, "-OO", "-m", "playground", *REPLAY], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (stripped.returncode, stripped.stderr) == (0, "")
    assert main([*REPLAY]) == 0
    assert stripped.stdout == capsys.readouterr().out


# --- where `warm` keeps what it compiled ------------------------------------------------------------------------------


def warm(**environment: str) -> subprocess.CompletedProcess[str]:
    """With the compiler off, which takes most of the time: what is kept then is a cache of nothing, by the same ways.

    That it holds all that a worker calls is tested in test_compiled.py.
    """
    given = {"NUMBA_DISABLE_JIT": "1", "PYTHONWARNINGS": "ignore::RuntimeWarning"}  # NumPy's, of plain arithmetic
    kept = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_CACHE_HOME")}
    return subprocess.run(
        [sys.executable, "-m", "playground", "warm"], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env=kept | given | environment,
    )  # fmt: skip


@pytest.fixture
def nowhere(tmp_path):
    """A folder that cannot be made."""
    (tmp_path / "file").touch()
    return str(tmp_path / "file" / "folder")


@pytest.fixture
def unknown_user(tmp_path):
    """The environment of a user of whom the system knows no more than the number, as containers run their programs."""
    folder = tmp_path / "unknown"
    folder.mkdir()
    lines = "import pwd\ndef unknown(_number):\n    raise KeyError('unknown')\npwd.getpwuid = unknown\n"
    (folder / "sitecustomize.py").write_text(lines)
    return {"PYTHONPATH": str(folder)}


@pytest.mark.long("tests/playground/test_compiled.py::test_where_it_can_be_kept_nowhere_it_works_and_says_so")
def test_warm_says_that_nothing_can_be_kept(nowhere):
    process = warm(NUMBA_CACHE_DIR=nowhere, HOME=nowhere, XDG_CACHE_HOME=nowhere)
    assert process.returncode == 2
    assert process.stderr.startswith("nowhere to keep the compiled kernel")
    assert process.stderr.count("\n") == 1


def test_a_user_without_a_home_needs_none(tmp_path, unknown_user):
    process = warm(NUMBA_CACHE_DIR=str(tmp_path / "kept"), **unknown_user)
    assert (process.returncode, process.stderr) == (0, "")
    assert list((tmp_path / "kept").iterdir())


def test_where_a_home_is_wanted_and_there_is_none_that_is_said_and_no_folder_made(nowhere, unknown_user):
    process = warm(NUMBA_CACHE_DIR=nowhere, **unknown_user)
    assert process.returncode == 2
    assert "there is no home folder" in process.stderr
    assert process.stderr.count("\n") == 1
    assert not (ROOT / "~").exists()


@pytest.mark.long(
    "tests/playground/test_compiled.py::test_where_it_cannot_be_kept_beside_the_sources_it_is_kept_at_home"
)
@pytest.mark.parametrize("wanted", ["file/folder", "~nobody-of-this-name/folder"])
def test_warm_says_where_the_kernel_went_that_could_not_be_kept_where_it_was_wanted(tmp_path, nowhere, wanted):
    given = wanted if wanted.startswith("~") else nowhere
    for _ in range(2):  # when it is written there, and when it is found there
        process = warm(NUMBA_CACHE_DIR=given, HOME=str(tmp_path / "home"))
        assert process.returncode == 0
        place = tmp_path / "home" / ".cache" / "playlab"
        assert process.stderr == f"the compiled kernel is kept in {place}, as nothing can be kept in {given}\n"
        assert list(place.iterdir())


def test_the_settings_of_a_link_are_trained_with_many_seeds(tmp_path):
    out = tmp_path / "study.json"
    link = "http://localhost:5000/#dataset=gauss&seed=0.1&networkShape=2&learningRate=0.1"
    assert main(["seeds", link, "--seeds", "7", "--epochs", "40", "--vary", "data", "--out", str(out)]) == 0
    study = json.loads(out.read_text())
    assert (study["seeds"], study["epochs"], study["vary"]) == (7, 40, "data")
    assert len(study["runs"]) == study["summary"]["runs"] == 7
    assert study["summary"]["solved"] == sum(run["test_loss"] < 0.05 for run in study["runs"]) > 0
    one = study["runs"][3]
    assert main(["replay", one["link"], "--out", str(out)]) == 0
    again = json.loads(out.read_text())["losses"]
    assert {epoch: again[epoch] for epoch in one["losses"]} == one["losses"]
    assert again["40"] == [one["train_loss"], one["test_loss"]]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--seeds", "4"], 'argument --seeds: "4" (want a whole number from 5 to 100)'),
        (["--seeds", "many"], 'argument --seeds: "many" (want a whole number from 5 to 100)'),
        (["--epochs", "0"], 'argument --epochs: "0" (want a whole number from 1 to 10000)'),
        (["--vary", "colour"], "argument --vary: invalid choice"),
    ],
)
def test_a_study_that_cannot_be_is_refused_with_what_would_do(words, complaint, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["seeds", "seed=0.1", *words])
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


def test_two_links_are_compared_on_the_seeds_of_the_first(tmp_path):
    out = tmp_path / "pairs.json"
    link, other = "dataset=xor&seed=0.1&networkShape=2", "dataset=xor&seed=0.9&networkShape=4&activation=relu"
    words = ["--against", other, "--seeds", "7", "--epochs", "60", "--out", str(out)]
    assert main(["seeds", link, *words]) == 0
    told = json.loads(out.read_text())
    assert told["differing"] == {"activation": ["tanh", "relu"], "networkShape": [[2], [4]]}
    studies = [told[name]["runs"] for name in ("first", "second")]
    for one, two in zip(*studies, strict=True):
        seeds = [parse(run["link"]).seed for run in (one, two)]
        assert seeds[0] == seeds[1]
    better = [one["test_loss"] < two["test_loss"] for one, two in zip(*studies, strict=True)]
    came = told["comparison"]
    assert (came["pairs"], came["first_better"], came["second_better"]) == (7, sum(better), 7 - sum(better))
    tail = sum(math.comb(7, one) for one in range(min(sum(better), 7 - sum(better)) + 1))
    assert came["chance"] == pytest.approx(min(1, 2 * tail / 2**7))
    assert main(["seeds", link, "--seeds", "7", "--epochs", "60", "--out", str(out)]) == 0
    assert json.loads(out.read_text()) == told["first"]


def test_a_study_has_the_settings_in_force_at_the_links_moment_as_on_the_page(tmp_path):
    out = tmp_path / "study.json"
    words = ["--seeds", "5", "--epochs", "30", "--out", str(out)]
    head = "dataset=gauss&networkShape=2"

    def study(command):
        assert main(command) == 0
        return json.loads(out.read_text())

    edited = f"{head}&seed=0.1&epoch=9&edits=3:rate:0.3,4:data:0.7,5:bias:0:0:2"
    plain = study(["seeds", f"{head}&seed=0.7&learningRate=0.3", *words])
    assert study(["seeds", edited, *words]) == plain
    pairs = study(["seeds", f"{head}&seed=0.7", "--against", edited, *words])
    assert pairs["differing"] == {"learningRate": [0.03, 0.3]}


def test_a_bad_link_to_compare_with_is_named(capsys):
    assert main(["seeds", "seed=0.1", "--against", "seed=0.1&batchSize=9999", "--seeds", "5", "--epochs", "1"]) == 2
    assert capsys.readouterr().err == 'invalid batchSize: "9999" (want a whole number from 1 to 4500)\n'


@pytest.mark.long(
    "test_every_format_is_written_as_asked_for_or_as_the_file_is_called",
    "tests/playground/export/test_code.py::test_by_itself_it_needs_torch_alone",
)
def test_a_link_is_exported_as_a_file_that_trains_it(tmp_path):
    out = tmp_path / "run.py"
    assert main(["export", "seed=0.1&networkShape=2&epoch=30&edits=9:rate:0.1", "--out", str(out)]) == 0
    done = subprocess.run([sys.executable, out], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[-1])["epoch"] == 30
    assert main(["export", "seed=0.1&networkShape=2&epoch=30", "--epochs", "7", "--out", str(out)]) == 0
    assert "EPOCHS = 7" in out.read_text()


@pytest.mark.parametrize(
    ("form", "beginning"),
    [
        ("py", b'"""A network'),
        ("ipynb", b"{"),
        ("onnx", b"\x08\x07"),
        ("csv", b"epoch,"),
        ("png", b"\x89PNG"),
        ("svg", b"<?xml"),
    ],
)
@pytest.mark.parametrize("by_name", [True, False])
def test_every_format_is_written_as_asked_for_or_as_the_file_is_called(tmp_path, form, beginning, by_name):
    out = tmp_path / (f"run.{form}" if by_name else "run")
    words = [] if by_name else ["--format", form]
    assert main(["export", "seed=0.1&networkShape=2&epoch=3", *words, "--out", str(out)]) == 0
    assert out.read_bytes().startswith(beginning)


@pytest.mark.parametrize("name", ["run.zip", "run.txt", "run.pdf"])
def test_a_name_that_ends_as_no_format_does_is_refused_before_anything_is_written(tmp_path, name, capsys):
    out = tmp_path / name
    assert main(["export", "seed=0.1&epoch=3", "--out", str(out)]) == 2
    assert (
        "(want a name that ends with one of py, ipynb, onnx, csv, png, svg, or --format with it)"
        in capsys.readouterr().err
    )
    assert not out.exists()
    assert main(["export", "seed=0.1&epoch=3", "--format", "py", "--out", str(out)]) == 0


def test_a_table_of_the_points_is_asked_for(capsysbinary):
    assert main(["export", "seed=0.1", "--format", "csv", "--table", "points"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"x,y,label,set\r\n")


def test_a_binary_file_goes_through_a_pipe_as_it_is(capsysbinary, tmp_path):
    link = "seed=0.1&networkShape=2&epoch=3"
    assert main(["export", link, "--format", "onnx"]) == 0
    assert main(["export", link, "--format", "onnx", "--out", str(tmp_path / "run.onnx")]) == 0
    assert capsysbinary.readouterr().out == (tmp_path / "run.onnx").read_bytes()


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminals")
@pytest.mark.parametrize("form", ["onnx", "png"])
def test_a_binary_file_is_not_written_to_a_terminal(form):
    outer, terminal = os.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "playground", "export", "seed=0.1&epoch=3", "--format", form], cwd=ROOT,
            stdout=terminal, stderr=subprocess.PIPE, text=True, timeout=60,
        )  # fmt: skip
    finally:
        os.close(terminal)
        os.close(outer)
    assert (done.returncode, done.stderr) == (
        2,
        f'invalid format: "{form}" (want --out FILE with it: it is not for a terminal)\n',
    )


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--epochs", "-1"], 'argument --epochs: "-1" (want a whole number from 0 to 200000)'),
        (["--epochs", "200001"], 'argument --epochs: "200001" (want a whole number from 0 to 200000)'),
        (["--epochs", "1e999"], 'argument --epochs: "1e999" (want a whole number from 0 to 200000)'),
        (["--epochs", "ten"], 'argument --epochs: "ten" (want a whole number from 0 to 200000)'),
        (["--format", "pdf"], "argument --format: invalid choice: 'pdf'"),
        (["--table", "weights"], "argument --table: invalid choice: 'weights'"),
    ],
)
def test_an_export_that_cannot_be_is_refused_with_what_would_do(words, complaint, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["export", "seed=0.1", *words])
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err.splitlines()[-1]


def test_a_table_of_what_is_none_is_one_line(capsys):
    assert main(["export", "seed=0.1", "--format", "py", "--table", "points"]) == 2
    assert capsys.readouterr() == ("", 'invalid table: "points" (want --format csv with it)\n')


@pytest.mark.parametrize("form", FORMAT.values)
def test_an_export_that_cannot_be_written_is_one_line(form, tmp_path, capsys):
    out = tmp_path / "missing" / "file"
    assert main(["export", "seed=0.1&networkShape=2", "--format", form, "--out", str(out)]) == 2
    assert capsys.readouterr() == ("", f"{out}: No such file or directory\n")
