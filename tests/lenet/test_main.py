from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from lenet.__main__ import main, parser, settings
from lenet.config import FIELDS, PRESETS, TrainConfig, setting_arguments
from lenet.training.folder import RunFolder
from lenet.training.progress import epochs_that_hold
from lenet.training.saved import load, save
from support.processes import ROOT


def lenet(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lenet", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, **options)


def test_training_ends_with_a_line_of_json_and_evaluate_confirms_it(mnist: Path, tmp_path: Path, capsys):
    words = ["--preset", "exercise-code", "--epochs", 1, "--seed", 3, "--device", "cpu", "--train-images", 500]
    words += ["--threads", 1, "--batch-size", 50, "--experiments", tmp_path, "--data", mnist]
    done = lenet("train", *words)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert list(result) == ["run", "status", "epochs", "accuracy", "train_s", "checkpoint"]
    assert (result["status"], result["epochs"]) == ("finished", 1)
    assert RunFolder(tmp_path, result["run"]).read_json("config.json")["config"]["seed"] == 3

    assert main(["evaluate", result["checkpoint"], "--data", str(mnist)]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert list(scores) == ["loss", "accuracy", "images"]
    assert scores["accuracy"] == result["accuracy"]
    assert scores["images"] == 10_000


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["train", "--epochs", "٣"], 'invalid epochs: "٣" (want a whole number from 1 to 1000)'),
        (["train", "--learning-rate", "1_0"], 'invalid learning_rate: "1_0" (want a number'),
        (["train", "--epochs", "0"], "invalid epochs: 0 (want a whole number from 1 to 1000)"),
        (["train", "--learning-rate", "nan"], 'invalid learning_rate: "nan" (want a number'),
        (["train", "--activation", "softplus"], 'invalid activation: "softplus" (want one of sigmoid, relu, tanh)'),
        (["train", "--run", "../../etc"], 'invalid run id: "../../etc" (want one such as 20260131-093000-0a1b2c)'),
        (["evaluate", "nowhere.pt"], "No such file or directory: nowhere.pt"),
        (["evaluate", "nowhere.pt", "--preset", "fast"], "nowhere.pt"),
    ],
)
def test_bad_input_is_one_line_and_status_2(words: list[str], complaint: str, capsys, mnist: Path):
    assert main([*words, "--data", str(mnist)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert complaint in output.err
    assert len(output.err.splitlines()) == 1


def test_a_network_whose_answers_have_no_score_is_an_error_and_no_json(
    trained: RunFolder, mnist: Path, tmp_path: Path, capsys
):
    good = load(next(trained.path.glob("lenet_*.pt")), "cpu")
    name = next(iter(good))
    for weights, complaint in [
        (good | {name: good[name] * float("nan")}, "the network's answers are no numbers"),
        (good | {name: good[name] * float("inf")}, "the network's answers are no numbers"),
        (good | {name: good[name].to(torch.complex64)}, "weights that are no real numbers"),
        (good | {name: good[name].to(torch.int64)}, "weights that are no real numbers"),
    ]:
        save(weights, tmp_path / "odd.pt")
        assert main(["evaluate", str(tmp_path / "odd.pt"), "--preset", "fast", "--data", str(mnist)]) == 2
        output = capsys.readouterr()
        assert output.out == ""
        (line,) = output.err.splitlines()
        assert complaint in line
        assert str(tmp_path / "odd.pt") in line


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_checkpoint_that_was_cut_off_is_said_to_be_in_plain_words(
    trained: RunFolder, mnist: Path, tmp_path: Path, capsys, share: float
):
    whole = next(trained.path.glob("lenet_*.pt")).read_bytes()
    (tmp_path / "cut.pt").write_bytes(whole[: int(share * len(whole))])
    assert main(["evaluate", str(tmp_path / "cut.pt"), "--preset", "fast", "--data", str(mnist)]) == 2
    assert "the file is cut off" in capsys.readouterr().err


def test_a_folder_in_place_of_the_settings_is_named(trained: RunFolder, mnist: Path, tmp_path: Path, capsys):
    shutil.copy(next(trained.path.glob("lenet_*.pt")), tmp_path / "one.pt")
    (tmp_path / "config.json").mkdir()
    assert main(["evaluate", str(tmp_path / "one.pt"), "--data", str(mnist)]) == 2
    assert capsys.readouterr().err == f"error: Is a directory: {tmp_path / 'config.json'}\n"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["sweep", "--trials", "２"], 'argument --trials: "２" is no whole number'),
        (["sweep", "--draw", "1_0"], 'argument --draw: "1_0" is no whole number'),
        (["worker", "--trainers", "٣"], 'argument --trainers: "٣" is no whole number'),
        (["worker", "--trainers", "99"], "argument --trainers: 99 is not from 1 to"),
    ],
)
def test_a_number_is_one_as_people_write_it(words: list[str], complaint: str, capsys):
    with pytest.raises(SystemExit):
        main(words)
    assert complaint in capsys.readouterr().err


def test_a_checkpoint_that_cannot_be_used_is_named(trained: RunFolder, mnist: Path, tmp_path: Path, capsys):
    good = next(trained.path.glob("lenet_*.pt"))
    (tmp_path / "lone.pt").write_bytes(good.read_bytes())
    (tmp_path / "cut.pt").write_bytes(good.read_bytes()[:5000])
    for name, words, complaint in [
        ("cut.pt", ["--preset", "fast"], "is not a state_dict of this network"),
        ("lone.pt", [], "no config.json beside"),
        ("missing.pt", [], "No such file"),
    ]:
        assert main(["evaluate", str(tmp_path / name), *words, "--data", str(mnist)]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert complaint in line
        assert str(tmp_path / name) in line
        assert "standard output" not in line


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
    torch.save({"epoch": 3, "model": {}}, tmp_path / "resume.pt")
    (tmp_path / "predictions.u8").write_bytes(bytes(range(256)) * 40)
    for name, complaint in [
        ("evil.pt", "more than weights in it, which is never run"),
        ("predictions.u8", "it is no file of torch.save"),
        ("resume.pt", "other things in it than weights by their names"),
    ]:
        assert main(["evaluate", str(tmp_path / name), "--preset", "fast", "--data", str(mnist)]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert f"{name} is not a state_dict of this network" in line
        assert complaint in line
        assert "weights_only" not in line  # what torch advises is dangerous here
    assert not (tmp_path / "touched").exists()


def system_errors(tmp_path: Path, trained: RunFolder) -> dict[str, tuple[list[str], str]]:
    """The words of a command, and what its one line must name."""
    file = tmp_path / "file"
    file.write_text("a file")
    odd = {}
    texts = {"empty": "{}", "number": "5", "deep": "[" * 100_000, "cut": '{"config": {', "newer": '{"format": 2}'}
    for name, text in texts.items():
        folder = RunFolder(tmp_path / "odd", f"20260101-000000-{name.encode().hex()[:6]}")
        folder.path.mkdir(parents=True)
        (folder.path / "config.json").write_text(text)
        (folder.path / "x.pt").touch()
        odd[name] = folder
    locked = RunFolder(tmp_path / "odd", "20260101-000000-000000")
    (locked.path / "lock").mkdir(parents=True)
    other = trained.path / epochs_that_hold(trained.records())[-1]["checkpoint"]
    (tmp_path / "zero.pt").touch()
    (tmp_path / "folder.pt").mkdir()
    (tmp_path / "words.pt").write_text("no weights")
    at = ["--experiments", str(tmp_path / "odd")]
    return {
        "experiments is a file": (["train", "--experiments", str(file)], str(file)),
        "experiments is below a file": (["train", "--experiments", str(file / "x" / "y")], str(file)),
        "data is a file": (["train", "--data", str(file)], str(file)),
        "data is a file, to fetch": (["data", "--data", str(file)], str(file)),
        "data is a file, of a sweep": (["sweep", "--vary", "seed=1,2", "--data", str(file)], str(file)),
        "experiments is a file, of a sweep": (["sweep", "--vary", "seed=1", "--experiments", str(file)], str(file)),
        **{
            f"config.json is {name}": (["train", "--run", folder.id, *at], str(folder.path / "config.json"))
            for name, folder in odd.items()
        },
        **{
            f"config.json beside is {name}": (["evaluate", str(folder.path / "x.pt")], str(folder.path / "config.json"))
            for name, folder in odd.items()
        },
        "the lock is a folder": (["train", "--run", locked.id, *at], str(locked.path / "lock")),
        "a checkpoint of 0 bytes": (["evaluate", str(tmp_path / "zero.pt"), "--preset", "fast"], "the file is empty"),
        "a folder for a checkpoint": (["evaluate", str(tmp_path / "folder.pt"), "--preset", "fast"], "folder.pt"),
        "words for a checkpoint": (["evaluate", str(tmp_path / "words.pt"), "--preset", "fast"], "words.pt"),
        "a checkpoint of another network": (["evaluate", str(other), "--model", "lecun1998"], "Unexpected key(s)"),
    }


@pytest.fixture(scope="module")
def oddities(tmp_path_factory: pytest.TempPathFactory, trained: RunFolder) -> dict[str, tuple[list[str], str]]:
    return system_errors(tmp_path_factory.mktemp("odd"), trained)


ODD = [
    "experiments is a file", "experiments is below a file", "data is a file", "data is a file, to fetch",
    "data is a file, of a sweep", "experiments is a file, of a sweep", "config.json is empty", "config.json is number",
    "config.json is deep", "config.json is cut", "config.json is newer", "config.json beside is newer",
    "config.json beside is empty", "config.json beside is number",
    "config.json beside is deep", "config.json beside is cut", "the lock is a folder", "a checkpoint of 0 bytes",
    "a folder for a checkpoint", "words for a checkpoint", "a checkpoint of another network",
]  # fmt: skip


@pytest.mark.parametrize("oddity", ODD)
def test_an_error_of_the_system_is_one_line_that_names_what_it_is_of(
    oddity: str, oddities: dict[str, tuple[list[str], str]], mnist: Path, capsys
):
    words, named = oddities[oddity]
    assert set(ODD) == set(oddities)
    if "--data" not in words:
        words = [*words, "--data", str(mnist)]
    assert main(words) == 2
    output = capsys.readouterr()
    assert (output.out, len(output.err.splitlines())) == ("", 1), output
    assert named in output.err


def test_a_second_trainer_is_told_that_the_run_is_being_trained(tmp_path: Path, mnist: Path, capsys, monkeypatch):
    monkeypatch.setattr("lenet.training.trainer.LOCK_WAIT_S", 0.1)
    folder = RunFolder(tmp_path, "20260101-000000-abcdef")
    folder.path.mkdir()
    with folder.lock():
        assert main(["train", "--run", folder.id, "--experiments", str(tmp_path), "--data", str(mnist)]) == 2
    error = capsys.readouterr().err
    assert error == f"error: another process is at work there and holds {folder.path / 'lock'}\n"


@pytest.mark.parametrize("left", [(), ("lock",), ("lock", "notes.txt")])
@pytest.mark.parametrize("words", [(), ("--preset", "best")])
def test_a_run_of_which_nothing_is_left_but_its_folder_is_no_new_one(
    left: tuple[str, ...], words: tuple[str, ...], tmp_path: Path, mnist: Path, capsys
):
    folder = RunFolder(tmp_path, "20260101-000000-abcdef")
    folder.path.mkdir()
    for name in left:
        (folder.path / name).touch()
    at = ["--experiments", str(tmp_path), "--data", str(mnist)]
    assert main(["train", "--run", folder.id, *words, *at]) == 2
    lost = "has neither config.json nor run.json: with which settings the run was begun is lost"
    assert capsys.readouterr().err == f"error: {folder.path} {lost}\n"
    assert sorted(path.name for path in folder.path.iterdir()) == sorted(left)


@pytest.mark.parametrize(("words", "preset"), [((), "fast"), (("--preset", "exercise-code"), "exercise-code")])
def test_a_run_of_a_name_that_none_has_is_said_to_be_new(
    words: tuple[str, ...], preset: str, tmp_path: Path, mnist: Path, capsys, monkeypatch
):
    name = "20260101-000000-abcdef"
    monkeypatch.setattr("lenet.training.trainer.train", lambda *_: {"status": "finished"})
    at = ["--experiments", str(tmp_path), "--data", str(mnist)]
    assert main(["train", "--run", name, *words, *at]) == 0
    note = f"note: there is no run {name} yet: a new one begins, of preset {preset}\n"
    assert capsys.readouterr() == ('{"status": "finished"}\n', note)
    assert main(["train", *words, *at]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("refusal", [NotImplementedError("no flock"), OSError(37, "No locks available")])
def test_a_file_system_without_locks_is_named(refusal: Exception, tmp_path: Path, mnist: Path, capsys, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise refusal

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    assert main(["train", "--experiments", str(tmp_path), "--data", str(mnist)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "locks" in line
    assert str(tmp_path) in line


def test_nobody_reads_the_output_or_it_goes_to_a_full_disk(mnist: Path):
    command = [sys.executable, "-m", "lenet", "data", "--data", str(mnist)]
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed, Path("/dev/full").open("w") as full:
        for output, told in ((closed, "nobody reads it"), (full, "No space left on device")):
            done = subprocess.run(command, cwd=ROOT, stdout=output, stderr=subprocess.PIPE, text=True, timeout=110)
            assert done.returncode == 2
            (line,) = done.stderr.splitlines()
            assert "standard output" in line
            assert told in line


def test_records_that_are_a_folder_are_one_line(mnist: Path, tmp_path: Path, capsys):
    folder = RunFolder(tmp_path, "20260131-093000-0a1b2c")
    folder.write_json("config.json", {"config": TrainConfig().to_json(), "preset": "fast"})
    folder.metrics.mkdir()
    words = ["train", "--run", folder.id, "--experiments", str(tmp_path), "--data", str(mnist)]
    assert main(words) == 2
    assert capsys.readouterr().err == f"error: Is a directory: {folder.metrics}\n"


def test_a_disk_that_fills_up_is_one_line_and_no_traceback(mnist: Path, tmp_path: Path, capsys):
    """The disk is full from the first checkpoint on, by the limit that the system has for the size of a file."""
    words = ["train", "--epochs", "1", "--train-images", "500", "--batch-size", "50", "--device", "cpu"]
    words += ["--threads", "1", "--data", str(mnist), "--experiments", str(tmp_path)]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))  # Python ignores the signal
    try:
        assert main(words) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    output = capsys.readouterr()
    assert "Traceback" not in output.err
    assert str(tmp_path) in output.err
    result = json.loads(output.out.splitlines()[-1])
    assert result["status"] == "failed"
    (record,) = [one for one in RunFolder(tmp_path, result["run"]).records() if one["kind"] == "end"]
    assert str(tmp_path) not in json.dumps(record)


def test_the_home_folder_may_be_written_with_a_tilde(tmp_path: Path, capsys, monkeypatch, mnist: Path):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "sets").symlink_to(mnist.resolve())
    assert main(["data", "--data", "~/sets"]) == 0
    assert json.loads(capsys.readouterr().out)["folder"] == str(tmp_path / "sets" / "MNIST" / "raw")
    monkeypatch.setenv("PLAYLAB_DATA", "~/sets")
    options = parser().parse_args(["train", "--experiments", "~/runs"])
    assert (options.data, options.experiments) == (tmp_path / "sets", tmp_path / "runs")
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["data", "--data", "~nobody-of-that-name/x"])
    assert ended.value.code == 2


def test_the_worker_says_that_it_does_not_run_on_windows(capsys, monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")
    assert main(["worker", "--redis", "redis://127.0.0.1:1"]) == 2
    assert capsys.readouterr().err.startswith("error: the worker does not run on Windows")


@pytest.mark.long("tests/test_app.py::test_it_runs_without_docstrings_and_asserts")
def test_it_works_without_docstrings_and_assertions(mnist: Path):
    modules = ("training.trainer", "questions.answerer", "queue.worker", "commands.sweep", "routes", "sockets")
    code = "import sys, " + ", ".join(f"lenet.{name}" for name in modules)
    code += "; from lenet.__main__ import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-OO", "-c", code, "data", "--data", str(mnist)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110)
    assert (done.returncode, done.stderr) == (0, "")


def test_data_says_where_it_is(mnist: Path, capsys):
    assert main(["data", "--data", str(mnist)]) == 0
    assert json.loads(capsys.readouterr().out) == {"dataset": "mnist", "folder": str(mnist / "MNIST" / "raw")}


def test_a_nursery_that_is_not_needed_ends_in_silence():
    command = [sys.executable, "-m", "lenet", "nursery"]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=110)
    assert (done.returncode, done.stderr) == (0, b"")


def test_help_does_not_load_torch():
    code = "import sys; from lenet.__main__ import parser; parser().format_help(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=110).returncode == 0


def test_the_defaults_are_the_tables():
    assert settings(parser().parse_args(["train"])) == {}
    assert TrainConfig().updated({}) == TrainConfig()


@pytest.mark.parametrize("there", [False, True])
def test_evaluate_makes_no_folder_for_data_and_says_that_it_fetches(
    there: bool, trained: RunFolder, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
):
    def fetch(_dataset: object, _folder: Path, tell: Callable[[int], None]) -> Path:
        tell(1)
        raise OSError("the network is down")

    monkeypatch.setattr("lenet.data.datasets.SOURCES", {"somewhere": fetch})
    data = tmp_path / "nosuch"
    if there:
        data.mkdir()
    checkpoint = str(next(trained.path.glob("lenet_*.pt")))
    assert main(["evaluate", checkpoint, "--data", str(data)]) != 0
    output = capsys.readouterr()
    assert output.out == ""
    assert data.exists() == there
    if there:
        assert f"fetching mnist into {data}" in output.err
        assert "the network is down" in output.err
    else:
        assert f"there is no folder {data}" in output.err
        assert f"python -m lenet data mnist --data {data}" in output.err


def test_a_checkpoint_that_cannot_be_read_is_named_before_anything_is_fetched(tmp_path: Path, capsys, monkeypatch):
    def fetch(*_: object) -> Path:
        raise AssertionError("nothing is to be fetched")

    monkeypatch.setattr("lenet.data.datasets.SOURCES", {"somewhere": fetch})
    (tmp_path / "zero.pt").touch()
    assert main(["evaluate", str(tmp_path / "zero.pt"), "--preset", "fast", "--data", str(tmp_path)]) == 2
    output = capsys.readouterr().err
    assert "the file is empty" in output
    assert "fetching" not in output
