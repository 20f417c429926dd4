from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lenet.__main__ import main, parser, settings
from lenet.config import FIELDS, PRESETS, TrainConfig
from lenet.folder import RunFolder
from lenet.launch import setting_arguments
from lenet.progress import epochs_that_hold
from processes import ROOT


def lenet(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lenet", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, **options)


def test_training_ends_with_a_line_of_json_and_evaluate_confirms_it(mnist: Path, tmp_path: Path):
    words = ["--preset", "exercise-code", "--epochs", 1, "--seed", 3, "--device", "cpu", "--train-images", 1500]
    words += ["--threads", 1, "--batch-size", 50, "--experiments", tmp_path, "--data", mnist]
    done = lenet("train", *words)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert list(result) == ["run", "status", "epochs", "accuracy", "train_s", "checkpoint"]
    assert (result["status"], result["epochs"]) == ("finished", 1)
    assert RunFolder(tmp_path, result["run"]).read_json("config.json")["config"]["seed"] == 3

    confirmed = lenet("evaluate", result["checkpoint"], "--data", mnist)
    assert confirmed.returncode == 0, confirmed.stderr
    scores = json.loads(confirmed.stdout)
    assert list(scores) == ["loss", "accuracy", "images"]
    assert scores["accuracy"] == result["accuracy"]
    assert scores["images"] == 10_000


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["train", "--epochs", "0"], "invalid epochs: 0 (want a whole number from 1 to 1000)"),
        (["train", "--learning-rate", "nan"], "invalid learning_rate: nan"),
        (["train", "--activation", "softplus"], "invalid activation: 'softplus' (want one of sigmoid, relu, tanh)"),
        (["train", "--run", "../../etc"], "invalid run id: '../../etc'"),
        (["evaluate", "nowhere.pt"], "no config.json beside nowhere.pt"),
        (["evaluate", "nowhere.pt", "--preset", "fast"], "nowhere.pt"),
    ],
)
def test_bad_input_is_one_line_and_status_2(words: list[str], complaint: str, capsys, mnist: Path):
    assert main([*words, "--data", str(mnist)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert complaint in output.err
    assert len(output.err.splitlines()) == 1


def test_every_field_is_an_option_and_the_words_for_a_config_make_it_again():
    odd = {name: field.kind.values[-1] for name, field in FIELDS.items() if hasattr(field.kind, "values")}
    odd |= {"shuffle": False, "output_relu": True, "learning_rate": 1e-05, "momentum": 0.9, "seed": 7, "holdout": 50}
    config = PRESETS["best"].config.updated(odd)
    options = parser().parse_args(["train", *setting_arguments("best", config)])
    assert PRESETS[options.preset].config.updated(settings(options)) == config
    everything = parser().parse_args(["train"])
    assert all(hasattr(everything, name) for name in FIELDS)


def test_the_settings_of_a_run_that_has_begun_cannot_change(trained: RunFolder, capsys):
    words = ["train", "--run", trained.id, "--experiments", str(trained.path.parent), "--epochs", "9"]
    assert main(words) == 2
    assert "its settings cannot change" in capsys.readouterr().err


def test_a_checkpoint_without_its_config_needs_a_preset(trained: RunFolder, tmp_path: Path, mnist: Path, capsys):
    record = epochs_that_hold(trained.records())[-1]
    checkpoint = tmp_path / "alone.pt"
    checkpoint.write_bytes((trained.path / record["checkpoint"]).read_bytes())
    assert (
        main(["evaluate", str(checkpoint), "--preset", "exercise-code", "--no-output-relu", "--data", str(mnist)]) == 0
    )
    assert json.loads(capsys.readouterr().out)["accuracy"] == record["test"]["accuracy"]


def test_a_file_that_is_no_checkpoint_is_refused_unread(tmp_path: Path, mnist: Path, capsys):
    class Evil:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "touched",))

    import torch

    torch.save({"conv1.weight": Evil()}, tmp_path / "evil.pt")
    assert main(["evaluate", str(tmp_path / "evil.pt"), "--preset", "fast", "--data", str(mnist)]) == 2
    assert "is not a state_dict of this network" in capsys.readouterr().err
    assert not (tmp_path / "touched").exists()


def test_data_says_where_it_is(mnist: Path, capsys):
    assert main(["data", "--data", str(mnist)]) == 0
    assert json.loads(capsys.readouterr().out) == {"dataset": "mnist", "folder": str(mnist / "MNIST" / "raw")}


def test_a_spare_that_is_not_needed_ends_in_silence():
    done = lenet("spare", stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_help_does_not_load_torch():
    code = "import sys; from lenet.__main__ import parser; parser().format_help(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=30).returncode == 0


def test_the_defaults_are_the_tables():
    assert settings(parser().parse_args(["train"])) == {}
    assert TrainConfig().updated({}) == TrainConfig()
