"""The script of a run: it comes to the run's own numbers, and holds what the settings ask for and nothing else."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lenet.config import PRESETS, TrainConfig
from lenet.export import code, origin
from lenet.export.origin import Origin
from lenet.training.folder import RunFolder, new_run_id
from support import exported
from support.lenet_runs import QUICK
from support.long import examples

KNOWN = {"json", "math", "os", "sys", "torch", "torchvision"}


def newly_trained(folder: Path, mnist: Path, **changes: Any) -> Path:
    """The last checkpoint of a run of the real trainer."""
    from lenet.training.trainer import train

    config = TrainConfig().updated(QUICK | changes)
    result = train(config, RunFolder(folder, new_run_id()), mnist, "fast")
    assert result["status"] == "finished", result
    return Path(result["checkpoint"])


def run(text: str, mnist: Path) -> dict[str, Any]:
    """What the script prints last."""
    _, printed = exported.run(text, mnist)
    return json.loads(printed[-1])


def test_the_script_trains_the_run_again_to_the_last_bit(mnist: Path, tmp_path: Path):
    """As somebody does who has nothing but the script and the images."""
    checkpoint = newly_trained(
        tmp_path, mnist, optimizer="adamw", learning_rate=0.003, momentum=0.9, shift=1.0, rotate=5.0
    )
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "again.py").write_text(code.script(origin.of_file(checkpoint)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "again.py", mnist], cwd=tmp_path / "home", capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    records = [one for one in RunFolder(tmp_path, checkpoint.parent.name).records() if one["kind"] == "epoch"]
    assert told == {
        "epoch": 2,
        "train_loss": records[1]["train"]["loss"],
        "test_loss": records[1]["test"]["loss"],
        "test_accuracy": records[1]["test"]["accuracy"],
        "largest_difference": 0.0,
    }
    assert told["test_accuracy"] > 0.5
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[1:-1]] == ["1", "2"]
    assert lines[1].split()[-2] == f"{100 * records[0]['test']['accuracy']:.2f}"


SETTINGS = st.fixed_dictionaries(
    {
        "train_images": st.sampled_from([350, 700]),
        "batch_size": st.sampled_from([32, 50, 300]),
        "epochs": st.just(1),
        "threads": st.integers(1, 3),
        "seed": st.integers(0, 2**31 - 1),
        "shuffle": st.booleans(),
        "holdout": st.sampled_from([0, 37]),
        "model": st.sampled_from(["lenet5", "lenet5", "lecun1998"]),
        "activation": st.sampled_from(["sigmoid", "relu", "tanh"]),
        "pooling": st.sampled_from(["max", "average"]),
        "padding": st.integers(0, 2),
        "output_relu": st.booleans(),
        "init": st.sampled_from(["pytorch", "xavier"]),
        "optimizer": st.sampled_from(["sgd", "adamw"]),
        "learning_rate": st.sampled_from([0.001, 0.02]),
        "momentum": st.sampled_from([0.0, 0.9]),
        "weight_decay": st.sampled_from([0.0, 0.01]),
        "schedule": st.sampled_from(["constant", "cosine", "linear"]),
        "warmup": st.sampled_from([0.0, 0.3]),
        "label_smoothing": st.sampled_from([0.0, 0.1]),
        "shift": st.sampled_from([0.0, 1.5]),
        "rotate": st.sampled_from([0.0, 10.0]),
        "scale": st.sampled_from([0.0, 0.1]),
        "shear": st.sampled_from([0.0, 5.0]),
        "elastic": st.sampled_from([0.0, 1.0]),
        "stop_change": st.sampled_from([0.0, 0.9]),
    }
)


@settings(max_examples=examples(2, of=5), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SETTINGS.filter(lambda chosen: chosen["batch_size"] <= chosen["train_images"] - chosen["holdout"]))
def test_so_does_the_script_of_any_settings(mnist: Path, tmp_path: Path, chosen: dict[str, Any]):
    checkpoint = newly_trained(tmp_path, mnist, **chosen)
    told = run(code.script(origin.of_file(checkpoint)), mnist)
    assert told["largest_difference"] == 0.0, chosen
    shutil.rmtree(checkpoint.parent)


@settings(max_examples=examples(40, of=200), deadline=None)
@given(SETTINGS, st.sampled_from([None, "CPU, 2 threads", "NVIDIA H100"]), st.booleans())
def test_a_script_names_what_it_uses_and_uses_what_it_names(chosen: dict[str, Any], device: str | None, is_end: bool):
    config = TrainConfig().updated(chosen | {"batch_size": 32, "epochs": 3})
    scores = {"loss": 0.5, "accuracy": 0.75}
    record = {"epoch": 2, "train": scores, "test": scores}
    source = Origin("lenet_mnist_0.750.pt", config, "20260131-154500-1f2e3d", (record,), is_end, device, None, 2)
    tree = ast.parse(code.script(source))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= KNOWN
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    constants = {name for name in bound if name.isupper()}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    functions = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    needed = constants - ({"EPOCHS"} if not is_end else set())  # then it is named for the schedule, and for who reads
    assert needed | functions | imported <= used
    assert ("UNTIL" in bound) == (not is_end)
    assert ("PARTS" in bound) == (device != "NVIDIA H100")


def test_a_script_of_one_epoch_of_a_longer_run_ends_there(mnist: Path, tmp_path: Path):
    """The schedule is laid out for all epochs."""
    last = newly_trained(tmp_path, mnist, schedule="cosine", optimizer="adamw", learning_rate=0.003, train_images=500)
    folder = RunFolder(tmp_path, last.parent.name)
    first = next(one for one in folder.records() if one["kind"] == "epoch")
    told = run(code.script(origin.of_file(folder.path / first["checkpoint"])), mnist)
    assert (told["epoch"], told["largest_difference"]) == (1, 0.0)
    assert told["test_loss"] == first["test"]["loss"]


def test_a_stop_rule_ends_the_script_where_it_ended_the_run(mnist: Path, tmp_path: Path):
    last = newly_trained(tmp_path, mnist, epochs=5, stop_change=0.9)
    told = run(code.script(origin.of_file(last)), mnist)
    assert (told["epoch"], told["largest_difference"]) == (1, 0.0)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_lines_of_a_script_are_short_and_name_the_run(preset: str):
    text = code.script(Origin("lenet_mnist_0.98.pt", PRESETS[preset].config, run="20260131-154500-1f2e3d"))
    assert "20260131-154500-1f2e3d" in text
    assert [line for line in text.splitlines() if len(line) > 120] == []
    assert "SHOWN" not in text  # nothing is known of it


@pytest.mark.parametrize("odd", ['"""', "\\", "\n1/0", "'''"])
def test_nothing_that_stood_in_a_file_becomes_code(odd: str):
    source = Origin(f"a{odd}.pt", TrainConfig(threads=2), "20260131-154500-1f2e3d", device=f"CPU{odd}", torch=odd)
    plain = Origin("a.pt", TrainConfig(threads=2), "20260131-154500-1f2e3d", device="CPU", torch="2")
    bodies = [[ast.dump(node) for node in ast.parse(code.script(one)).body[1:]] for one in (source, plain)]
    assert bodies[0] == bodies[1]


def test_a_run_that_lost_its_optimizer_says_that_the_script_differs():
    source = Origin("a.pt", TrainConfig(momentum=0.9), "20260131-154500-1f2e3d", began_anew=3)
    assert "After epoch 3 the run had lost what its optimizer remembered" in " ".join(code.script(source).split())
    assert "had lost" not in code.script(replace(source, began_anew=None))


def test_the_origin_knows_such_a_run_by_its_records(mnist: Path, tmp_path: Path):
    from lenet.training.trainer import train

    folder = RunFolder(tmp_path, new_run_id())
    config = TrainConfig().updated(QUICK | {"momentum": 0.9, "learning_rate": 0.01, "epochs": 1})
    train(config, folder, mnist, "fast")
    assert origin.of_file(next(folder.path.glob("lenet_*.pt"))).began_anew is None
    folder.resume_state.unlink()
    last = train(config.updated({"epochs": 2}), folder, mnist, "fast")
    assert origin.of_file(Path(last["checkpoint"])).began_anew == 1
