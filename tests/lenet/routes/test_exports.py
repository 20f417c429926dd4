"""What can be taken home of a run, as the routes answer."""

from __future__ import annotations

import csv
import io
import os
import signal
import tempfile
import zipfile
from typing import Any

import onnx
import onnxruntime
import pytest
import torch
from flask import Flask
from flask.testing import FlaskClient
from safetensors.torch import load

from lenet.data import datasets
from lenet.export import code, origin
from lenet.routes.served import MOST_ARCHIVES_OF_ONE
from lenet.runs.registry import Runs

KINDS = ("script", "onnx", "safetensors")


def weights_of(student: FlaskClient, run_id: str, epoch: int) -> dict[str, torch.Tensor]:
    file = student.get(f"/api/lenet/runs/{run_id}/epochs/{epoch}/checkpoint").data
    return torch.load(io.BytesIO(file), weights_only=True)


def named(answer: Any) -> str:
    return answer.headers["Content-Disposition"].partition("filename=")[2]


def test_the_script_is_the_one_of_the_command_line(student: FlaskClient, run_id: str, runs: Runs):
    for epoch, name in enumerate(runs.show(run_id)["checkpoints"], 1):
        answer = student.get(f"/api/lenet/runs/{run_id}/epochs/{epoch}/script")
        assert (answer.status_code, answer.mimetype) == (200, "text/x-python")
        assert named(answer) == name.replace(".pt", ".py")
        assert answer.text == code.script(origin.of_file(runs.experiments_dir / run_id / name))
    assert student.get(f"/api/lenet/runs/{run_id}/epochs/last/script").text == answer.text


def test_onnx_and_safetensors_are_the_networks_of_their_epochs(student: FlaskClient, run_id: str, runs: Runs):
    images = datasets.load("mnist", runs.data_dir, "test").images[:20]
    said = []
    for epoch, name in enumerate(runs.show(run_id)["checkpoints"], 1):
        made = student.get(f"/api/lenet/runs/{run_id}/epochs/{epoch}/safetensors")
        assert (made.status_code, named(made)) == (200, name.replace(".pt", ".safetensors"))
        weights = weights_of(student, run_id, epoch)
        assert {key: value.tolist() for key, value in load(made.data).items()} == {
            key: value.tolist() for key, value in weights.items()
        }
        made = student.get(f"/api/lenet/runs/{run_id}/epochs/{epoch}/onnx")
        assert (made.status_code, named(made)) == (200, name.replace(".pt", ".onnx"))
        session = onnxruntime.InferenceSession(made.data, providers=["CPUExecutionProvider"])
        said.append(session.run(None, {"images": images.numpy()})[0].argmax(1).tolist())
        told = {one.key: one.value for one in onnx.load_from_string(made.data).metadata_props}
        assert (told["run"], told["epoch"], told["checkpoint"]) == (run_id, str(epoch), name)
    row = runs.board.get(run_id).folder.load_predicted(2, 10_000)
    assert said[1] == list(row[:20])
    assert said[0] != said[1]


def test_all_checkpoints_come_as_one_archive(student: FlaskClient, run_id: str, runs: Runs):
    answer = student.get(f"/api/lenet/runs/{run_id}/checkpoints.zip")
    assert (answer.status_code, answer.mimetype, named(answer)) == (200, "application/zip", f"{run_id}.zip")
    folder = runs.experiments_dir / run_id
    with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
        assert {name: parts.read(name) for name in parts.namelist()} == {
            f"{run_id}/{name}": (folder / name).read_bytes()
            for name in [*runs.show(run_id)["checkpoints"], "config.json"]
        }


def test_the_epochs_come_as_a_table(student: FlaskClient, run_id: str, runs: Runs):
    answer = student.get(f"/api/lenet/runs/{run_id}/epochs.csv")
    assert (answer.status_code, answer.mimetype, named(answer)) == (200, "text/csv", f"{run_id}.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [float(row["test_loss"]) for row in rows] == [one["test"]["loss"] for one in runs.show(run_id)["epochs"]]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_archives_that_nobody_fetches_are_few_and_their_places_come_back(app: Flask, run_id: str, method: str):
    address = f"/api/lenet/runs/{run_id}/checkpoints.zip"
    browser = app.test_client()
    browser.get(f"/api/lenet/runs/{run_id}")  # gets the cookie
    open_ones = [browser.get(address, buffered=False) for _ in range(MOST_ARCHIVES_OF_ONE)]
    refused = browser.get(address)
    assert (refused.status_code, refused.json["code"]) == (503, "too-many-questions")
    assert refused.headers["Retry-After"]
    other = app.test_client()
    other.get(f"/api/lenet/runs/{run_id}")
    assert other.get(address).status_code == 200
    for answer in open_ones:
        answer.close()
    for _ in range(3 * MOST_ARCHIVES_OF_ONE):
        answer = browser.open(address, method=method)
        assert answer.status_code == 200
        answer.close()


def test_an_archive_that_finds_no_room_is_507_and_holds_no_place(student: FlaskClient, run_id: str, monkeypatch):
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device", "/srv/secret/place")

    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "TemporaryFile", full)
        for _ in range(2 * MOST_ARCHIVES_OF_ONE):
            answer = student.get(f"/api/lenet/runs/{run_id}/checkpoints.zip")
            assert (answer.status_code, answer.json["code"]) == (507, "disk-full")
            assert "secret" not in answer.text
    assert student.get(f"/api/lenet/runs/{run_id}/checkpoints.zip").status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_an_epoch_that_is_not_there_is_404(student: FlaskClient, run_id: str, kind: str):
    answer = student.get(f"/api/lenet/runs/{run_id}/epochs/99/{kind}")
    assert (answer.status_code, answer.json["code"]) == (404, "no-such-epoch")
    wrong = student.get(f"/api/lenet/runs/{run_id}/epochs/first/{kind}")
    assert (wrong.status_code, wrong.json["field"]) == (422, "epoch")


@pytest.mark.parametrize("what", ["epochs/last/script", "epochs/last/onnx", "checkpoints.zip", "epochs.csv"])
def test_a_run_that_is_not_there_is_404(student: FlaskClient, what: str):
    answer = student.get(f"/api/lenet/runs/20200101-000000-abcdef/{what}")
    assert (answer.status_code, answer.json["code"]) == (404, "no-such-run")


@pytest.mark.parametrize("content", [bytes(1000), b"", b"no network"])
@pytest.mark.parametrize("kind", ["onnx", "safetensors"])
def test_a_damaged_network_is_409(student: FlaskClient, run_id: str, runs: Runs, content: bytes, kind: str):
    name = runs.show(run_id)["checkpoints"][0]
    (runs.experiments_dir / run_id / name).write_bytes(content)
    answer = student.get(f"/api/lenet/runs/{run_id}/epochs/1/{kind}")
    assert (answer.status_code, answer.json["code"], answer.json["values"]) == (409, "damaged-network", {"file": name})


def test_what_was_removed_by_hand_is_404_and_no_archive_is_without_it(student: FlaskClient, run_id: str, runs: Runs):
    (runs.experiments_dir / run_id / runs.show(run_id)["checkpoints"][0]).unlink()
    for what in ("epochs/1/script", "epochs/1/onnx", "epochs/1/safetensors", "checkpoints.zip"):
        answer = student.get(f"/api/lenet/runs/{run_id}/{what}")
        assert (answer.status_code, answer.json["code"]) == (404, "no-files"), what


def test_a_run_of_another_version_is_not_exported_as_something_else(student: FlaskClient, run_id: str, runs: Runs):
    shown = runs.board.get(run_id)
    shown.summary["unknown"].append("dropout")
    try:
        for kind in KINDS:
            answer = student.get(f"/api/lenet/runs/{run_id}/epochs/1/{kind}")
            assert (answer.status_code, answer.json["code"]) == (409, "outdated")
            assert answer.json["values"] == {"names": "dropout"}
    finally:
        shown.summary["unknown"].clear()


@pytest.mark.parametrize("kind", ["onnx", "safetensors"])
def test_a_helper_that_cannot_answer_is_an_error_by_its_code(
    student: FlaskClient, run_id: str, runs: Runs, monkeypatch, kind: str
):
    monkeypatch.setattr(runs.helper, "ensure", lambda: (_ for _ in ()).throw(OSError("no process")))
    answer = student.get(f"/api/lenet/runs/{run_id}/epochs/1/{kind}")
    assert (answer.status_code, answer.json["code"]) == (502, "no-answer")


def test_a_helper_that_was_killed_is_replaced_unnoticed(student: FlaskClient, run_id: str, runs: Runs):
    address = f"/api/lenet/runs/{run_id}/epochs/1/onnx"
    before = student.get(address).data
    os.kill(runs.helper.pid, signal.SIGKILL)
    assert student.get(address).data == before
