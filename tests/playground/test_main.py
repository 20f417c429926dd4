"""`python -m playground`, as a user starts it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from playground.__main__ import main
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
    process = playground("replay", address, "--epochs", "200", "--out", str(out))
    assert process.returncode == 0, process.stderr
    assert process.stdout == ""
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


def test_the_heat_map_is_in_rows_from_the_top(replayed):
    run, ours = replayed
    for column, row, value in run["heatmap"]:
        assert ours["heatmap"][row][column] == pytest.approx(value, abs=1e-9)


def test_without_a_file_the_run_goes_to_standard_output(capsys):
    assert main(["replay", "dataset=xor&seed=0.1", "--epochs", "1"]) == 0
    assert set(json.loads(capsys.readouterr().out)["losses"]) == {"0", "1"}


def test_a_bad_link_exits_2_with_one_line_naming_key_and_value():
    process = playground("replay", "networkShape=4,99&seed=1", "--epochs", "1")
    assert process.returncode == 2
    assert process.stdout == ""
    assert process.stderr == 'invalid networkShape: "4,99" (want at most 6 layers of 1 to 8 neurons)\n'


def test_a_diverging_run_is_still_json(capsys):
    link = "problem=regression&activation=linear&learningRate=10&networkShape=8,8&seed=0.1"
    assert main(["replay", link, "--epochs", "60"]) == 0
    losses = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)["losses"]
    assert losses["60"] == [None, None]


# --- errors of the system ---------------------------------------------------------------------------------------------

REPLAY = ("replay", "dataset=xor&seed=0.1", "--epochs", "1")


@pytest.mark.parametrize(
    "out", ["folder", "missing/file.json", "file/inside.json", "n" * 300], ids=lambda out: out[:20]
)
def test_a_place_that_cannot_be_written_is_one_line_that_names_it(tmp_path, out):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    process = playground(*REPLAY, "--out", str(tmp_path / out))
    assert process.returncode == 2
    assert process.stderr.startswith(f"{tmp_path / out}: ")
    assert process.stderr.count("\n") == 1


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
def test_a_full_disk_is_one_line():
    process = playground(*REPLAY, "--out", "/dev/full")
    assert (process.returncode, process.stderr) == (2, "/dev/full: No space left on device\n")


def test_the_home_folder_is_meant_by_a_tilde(tmp_path):
    process = subprocess.run(
        [sys.executable, "-m", "playground", *REPLAY, "--out=~/run.json"], cwd=ROOT,
        env=os.environ | {"HOME": str(tmp_path)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    assert json.loads((tmp_path / "run.json").read_text())["losses"]
    process = playground(*REPLAY, "--out=~nobody-of-this-name/run.json")
    assert process.returncode == 2
    assert "~nobody-of-this-name/run.json" in process.stderr
    assert "Traceback" not in process.stderr


def test_without_docstrings_and_assertions_the_numbers_are_the_same():
    plain = playground(*REPLAY)
    stripped = subprocess.run(
        [sys.executable, "-OO", "-m", "playground", *REPLAY], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (stripped.returncode, stripped.stderr) == (0, "")
    assert stripped.stdout == plain.stdout


def test_warm_says_that_nothing_can_be_kept(tmp_path):
    (tmp_path / "file").touch()
    nowhere = str(tmp_path / "file" / "folder")
    process = subprocess.run(
        [sys.executable, "-m", "playground", "warm"], cwd=ROOT, capture_output=True, text=True, timeout=110,
        env=os.environ | {"NUMBA_CACHE_DIR": nowhere, "HOME": nowhere, "XDG_CACHE_HOME": nowhere},
    )  # fmt: skip
    assert process.returncode == 2
    assert process.stderr.startswith("nowhere to keep the compiled kernel")
    assert process.stderr.count("\n") == 1


def warm(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_CACHE_HOME")}
    return subprocess.run(
        [sys.executable, "-m", "playground", "warm"], cwd=ROOT, capture_output=True, text=True, timeout=110,
        env=kept | environment,
    )  # fmt: skip


@pytest.fixture
def unknown_user(tmp_path):
    """The environment of a user of whom the system knows no more than the number, as containers run their programs."""
    folder = tmp_path / "unknown"
    folder.mkdir()
    lines = "import pwd\ndef unknown(_number):\n    raise KeyError('unknown')\npwd.getpwuid = unknown\n"
    (folder / "sitecustomize.py").write_text(lines)
    return {"PYTHONPATH": str(folder)}


def test_a_user_without_a_home_needs_none(tmp_path, unknown_user):
    process = warm(NUMBA_CACHE_DIR=str(tmp_path / "kept"), **unknown_user)
    assert (process.returncode, process.stderr) == (0, "")
    assert list((tmp_path / "kept").iterdir())


def test_where_a_home_is_wanted_and_there_is_none_that_is_said_and_no_folder_made(tmp_path, unknown_user):
    (tmp_path / "file").touch()
    process = warm(NUMBA_CACHE_DIR=str(tmp_path / "file" / "folder"), **unknown_user)
    assert process.returncode == 2
    assert "there is no home folder" in process.stderr
    assert process.stderr.count("\n") == 1
    assert not (ROOT / "~").exists()


@pytest.mark.parametrize("wanted", ["file/folder", "~nobody-of-this-name/folder"])
def test_warm_says_where_the_kernel_went_that_could_not_be_kept_where_it_was_wanted(tmp_path, wanted):
    (tmp_path / "file").touch()
    given = wanted if wanted.startswith("~") else str(tmp_path / wanted)
    for _ in range(2):  # when it is written there, and when it is found there
        process = warm(NUMBA_CACHE_DIR=given, HOME=str(tmp_path / "home"))
        assert process.returncode == 0
        place = tmp_path / "home" / ".cache" / "playlab"
        assert process.stderr == f"the compiled kernel is kept in {place}, as nothing can be kept in {given}\n"
        assert list(place.iterdir())
