"""`python -m playground`, as a user starts it."""

import json
import subprocess
import sys

import pytest

import golden
from playground.__main__ import main
from processes import ROOT


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
