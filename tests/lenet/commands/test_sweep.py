from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lenet.__main__ import main
from support.long import parametrize
from support.processes import ROOT, wait_until

SMALL = ["--preset", "exercise-code", "--train-images", "1000", "--batch-size", "50", "--threads", "1"]
SMALL += ["--device", "cpu", "--epochs", "1", "--stop-change", "0"]


def command(experiments: Path, mnist: Path, *words: str) -> list[str]:
    folders = ["--experiments", str(experiments), "--data", str(mnist)]
    return [sys.executable, "-m", "lenet", "sweep", *folders, *words]


def run(experiments: Path, mnist: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(experiments, mnist, *words), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def test_every_combination_is_trained_and_the_best_is_named(tmp_path: Path, mnist: Path):
    done = run(tmp_path, mnist, *SMALL, "--vary", "learning_rate=0.001,0.1", "--vary", "output-relu=false")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["size"], result["counts"]) == (2, {"finished": 2})
    configs = {path.parent.name: json.loads(path.read_text()) for path in tmp_path.glob("*/config.json")}
    assert {config["config"]["learning_rate"] for config in configs.values()} == {0.001, 0.1}
    epochs = [
        json.loads(line) for path in tmp_path.glob("*/metrics.jsonl") for line in path.open() if '"epoch"' in line
    ]
    best = max(epoch["test"]["accuracy"] for epoch in epochs if epoch["kind"] == "epoch")
    table = done.stderr.split("\n\n")[1].splitlines()
    assert [result["best"] in line for line in table] == [True, False]  # the best first
    rate = configs[result["best"]]["config"]["learning_rate"]
    assert f"{best:7.2%}  learning_rate {rate}  output_relu False  {result['best']} finished" == table[0]


@parametrize("signals", [[signal.SIGINT], [signal.SIGINT, signal.SIGHUP]], short=1, ids=["one", "two"])
def test_what_asks_it_to_end_pauses_it_and_it_goes_on_as_a_whole(
    tmp_path: Path, mnist: Path, capsys, signals: list[signal.Signals]
):
    """First Ctrl-C, then, when it goes on, a closed terminal."""
    words = [*SMALL, "--epochs", "8", "--trials", "2", "--vary", "seed=1..9"]
    for sent in signals:
        before = set(tmp_path.glob("*/lenet_*.pt"))
        with subprocess.Popen(
            command(tmp_path, mnist, *words), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as asked:
            wait_until(lambda before=before: set(tmp_path.glob("*/lenet_*.pt")) - before, 60, "an epoch")
            asked.send_signal(sent)
            result = json.loads(asked.communicate(timeout=60)[0])
        assert asked.returncode == 1
        assert result["counts"] == {"paused": 2}
        words = ["--sweep", result["sweep"]]
    assert main(command(tmp_path, mnist, *words, "--epochs", "3")[3:]) == 2
    (refused,) = capsys.readouterr().err.splitlines()
    assert "its settings cannot change" in refused
    done = run(tmp_path, mnist, *words)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"] == {"finished": 2}
    lines = [json.loads(line) for path in tmp_path.glob("*/metrics.jsonl") for line in path.open()]
    assert max(line["epoch"] for line in lines if line["kind"] == "start") > 0  # it did not begin anew


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "say either what to --vary, or which --sweep to go on with"),
        (["--vary", "colour=1"], 'invalid axes: "colour"'),
        (["--vary", "epochs=many"], 'invalid epochs: "many"'),
        (["--vary", "epochs=1..3"], "a list of values, for a grid"),
        (["--vary", "device=cpu"], 'invalid axes: "device"'),
        (["--vary", "epochs=1..3", "--trials", "1000"], "invalid trials: 1000"),
        (["--sweep", "20260101-000000-abcdef"], ': no sweep "20260101-000000-abcdef"'),
        (["--vary", "epochs=1,2", "--redis", "redis://127.0.0.1:1"], "127.0.0.1:1"),
    ],
)
def test_bad_input_is_one_line_and_status_2(words: list[str], complaint: str, tmp_path: Path, mnist: Path, capsys):
    assert main(command(tmp_path, mnist, *words)[3:]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    (line,) = output.err.splitlines()
    assert complaint in line


def test_a_sweep_that_cannot_be_read_is_named_with_its_place(tmp_path: Path, mnist: Path):
    """As a process, of which other lines would be seen too: a log's, a warning's."""
    odd = tmp_path / "20260101-000000-abcdef"
    odd.mkdir()
    (odd / "config.json").touch()
    done = run(tmp_path, mnist, "--sweep", odd.name)
    assert (done.returncode, done.stdout) == (2, "")
    aside, error = done.stderr.splitlines()
    assert aside.startswith(f"{odd} cannot be read and is set aside: config.json")
    assert error.startswith(f"error: {tmp_path}: ")


def test_a_sweep_that_has_lost_a_trial_says_which_and_ends(tmp_path: Path, mnist: Path):
    done = run(tmp_path, mnist, *SMALL, "--vary", "seed=1,2")
    assert done.returncode == 0, done.stderr
    sweep = json.loads(done.stdout)["sweep"]
    lost, _ = sorted(path.parent for path in tmp_path.glob("*/run.json"))
    (lost / "run.json").write_text("")
    (lost / "config.json").write_text("")
    again = run(tmp_path, mnist, "--sweep", sweep)
    assert again.returncode == 1
    assert f"1 of its trials are not there; {lost.name} cannot be read: run.json" in again.stderr
    result = json.loads(again.stdout)
    assert (result["size"], result["counts"]) == (2, {"finished": 1})
