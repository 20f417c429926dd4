"""`python -m lenet export`."""

from __future__ import annotations

import ast
import json
import pickle
import shutil
import zipfile
from pathlib import Path

import onnxruntime
import pytest
import torch
from safetensors import safe_open

from lenet.__main__ import main
from lenet.training.folder import RunFolder
from support.long import parametrize


@pytest.fixture
def checkpoint(trained: RunFolder, tmp_path: Path) -> Path:
    """In a copy of the finished run's folder."""
    shutil.copytree(trained.path, tmp_path / trained.id)
    return sorted((tmp_path / trained.id).glob("lenet_*.pt"))[-1]


@parametrize("kind", ["py", "onnx", "safetensors"], short=[1])
def test_a_checkpoint_is_written_in_each_format(checkpoint: Path, tmp_path: Path, capsys, kind: str):
    out = tmp_path / f"mine.{kind}"
    assert main(["export", str(checkpoint), "--format", kind, "--out", str(out)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"checkpoint": str(checkpoint), "format": kind, "out": str(out), "bytes": out.stat().st_size}
    match kind:
        case "py":
            text = out.read_text(encoding="utf-8")
            assert checkpoint.parent.name in (ast.get_docstring(ast.parse(text)) or "")
            assert "SHOWN" in text
        case "onnx":
            session = onnxruntime.InferenceSession(str(out), providers=["CPUExecutionProvider"])
            assert session.get_modelmeta().custom_metadata_map["run"] == checkpoint.parent.name
        case _:
            weights = torch.load(checkpoint, weights_only=True)
            with safe_open(out, "pt") as file:
                assert {name: file.get_tensor(name).tolist() for name in file.keys()} == {  # noqa: SIM118
                    name: values.tolist() for name, values in weights.items()
                }


def test_a_checkpoint_alone_is_what_the_preset_says(checkpoint: Path, tmp_path: Path, capsys):
    lone = tmp_path / "lone.pt"
    shutil.copy(checkpoint, lone)
    words = ["export", str(lone), "--format", "py", "--out", str(tmp_path / "a.py")]
    assert main(words) == 2
    assert "no config.json beside" in capsys.readouterr().err
    assert main([*words, "--preset", "fast"]) == 0
    assert "lone.pt has its weights. This file trains them again" in (tmp_path / "a.py").read_text(encoding="utf-8")


def test_what_cannot_be_exported_is_one_line_and_status_2_and_writes_nothing(checkpoint: Path, tmp_path: Path, capsys):
    damaged = checkpoint.with_name("damaged.pt")
    damaged.write_bytes(checkpoint.read_bytes()[:5000])
    other = checkpoint.with_name("other.pt")
    torch.save({"weight": torch.zeros(3)}, other)
    text = checkpoint.with_name("text.pt")
    text.write_text("weights", encoding="utf-8")
    letters = checkpoint.with_name("letters.pt")
    letters.write_text("a letter\n" * 100, encoding="utf-8")
    raw = checkpoint.with_name("raw.pt")
    raw.write_bytes(pickle.dumps({"a": 1}))
    packed = checkpoint.with_name("packed.pt")
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("a.txt", "a letter")
    empty = checkpoint.with_name("empty.pt")
    empty.touch()
    stranger = checkpoint.with_name("stranger.pt")
    shutil.copy(checkpoint, stranger)
    missing, folder = checkpoint.with_name("missing.pt"), tmp_path / "folder"
    folder.mkdir()
    out = tmp_path / "out"
    for source, kind, to, complaint in [
        (missing, "py", out, f"No such file or directory: {missing}"),
        (damaged, "onnx", out, f"{damaged} is not a state_dict of this network"),
        (damaged, "py", out, f"{damaged} is not a state_dict of this network"),
        (other, "safetensors", out, f"{other} is not a state_dict of this network"),
        (text, "onnx", out, f"{text} is not a state_dict of this network"),
        *((one, "py", out, f"{one} is not a state_dict of this network: it is no file of torch.save")
          for one in (text, letters, raw, packed)),
        (empty, "py", out, f"{empty} is not a state_dict of this network: the file is empty"),
        (folder, "onnx", out, str(folder)),
        (stranger, "py", out, "metrics.jsonl tells of no epoch that saved stranger.pt"),
        (checkpoint, "pdf", out, 'invalid --format: "pdf" (want one of py, onnx, safetensors)'),
        (checkpoint, "py", tmp_path / "nowhere" / "out", f"No such file or directory: {tmp_path / 'nowhere' / 'out'}"),
        (checkpoint, "safetensors", folder, f"Is a directory: {folder}"),
        (checkpoint, "py", checkpoint / "out", f"Not a directory: {checkpoint / 'out'}"),
    ]:  # fmt: skip
        words = ["export", str(source), "--format", kind, "--out", str(to), "--preset", "fast"]
        assert main(words) == 2, words
        said = capsys.readouterr()
        assert said.out == ""
        (line,) = said.err.splitlines()
        assert complaint in line, words
    assert not out.exists()
    assert list(folder.iterdir()) == []


def test_the_settings_of_another_network_are_told_from_damage(checkpoint: Path, tmp_path: Path, capsys):
    """The file is whole and the network is another one: the complaint names what does not fit."""
    about = json.loads((checkpoint.parent / "config.json").read_text(encoding="utf-8"))
    about["config"]["padding"] = 2
    (checkpoint.parent / "config.json").write_text(json.dumps(about), encoding="utf-8")
    assert main(["export", str(checkpoint), "--format", "onnx", "--out", str(tmp_path / "out")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "size mismatch for fc1.weight" in line
