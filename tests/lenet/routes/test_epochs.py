"""One epoch of a run, as the routes answer."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
import torch
from flask.testing import FlaskClient

from lenet.runs.registry import Runs
from lenet.shapes.epochs import MOST_IMAGES


def test_the_kernels_are_those_of_the_checkpoint(student: FlaskClient, run_id: str):
    first, last = (student.get(f"/api/lenet/runs/{run_id}/epochs/{epoch}/kernels").json for epoch in ("1", "last"))
    assert (first["epoch"], last["epoch"]) == (1, 2)
    assert np.array(last["conv2"]).shape == (16, 6, 5, 5)
    file = student.get(f"/api/lenet/runs/{run_id}/epochs/2/checkpoint").data
    weights = torch.load(io.BytesIO(file), weights_only=True)
    assert torch.allclose(torch.tensor(last["conv1"]), weights["conv1.weight"], rtol=1e-3)
    assert first["conv1"] != last["conv1"]


def test_a_cell_of_the_confusion_matrix_shows_its_images(student: FlaskClient, run_id: str, runs: Runs):
    matrix = runs.show(run_id)["epochs"][1]["confusion"]
    shown = student.get(f"/api/lenet/runs/{run_id}/epochs/2/images?label=4&predicted=9").json
    assert shown["count"] == matrix[4][9]
    assert len(shown["images"]) == min(matrix[4][9], MOST_IMAGES)
    assert {image["label"] for image in shown["images"]} == {4}
    many = student.get(f"/api/lenet/runs/{run_id}/epochs/2/images?label=1&predicted=1").json
    assert many["count"] == matrix[1][1] > len(many["images"]) == MOST_IMAGES


def test_a_test_image_goes_through_every_layer(student: FlaskClient, run_id: str, runs: Runs):
    mistake = runs.show(run_id)["epochs"][1]["worst"][0]
    said = student.get(f"/api/lenet/runs/{run_id}/epochs/2/maps?image={mistake['image']}").json
    assert (said["label"], said["predicted"]) == (mistake["label"], mistake["predicted"])
    assert max(said["probabilities"]) == pytest.approx(mistake["probability"], abs=1e-3)
    assert np.array(said["maps"]["conv1"]).shape == (6, 24, 24)
    assert np.array(said["maps"]["fc1"]).shape == (120,)
    (picture,) = student.get(f"/api/lenet/datasets/mnist/test/images?rows={mistake['image']}").json["images"]
    assert list(base64.b64decode(picture["pixels"])) == said["input"]


def drawing(pixels: np.ndarray) -> dict[str, Any]:
    height, width = pixels.shape
    return {"width": width, "height": height, "pixels": base64.b64encode(pixels.astype(np.uint8).tobytes()).decode()}


def test_a_drawing_is_answered_with_what_was_fed(student: FlaskClient, run_id: str):
    stroke = np.zeros((280, 280))
    stroke[40:240, 130:150] = 255
    said = student.post(f"/api/lenet/runs/{run_id}/epochs/last/predict", json=drawing(stroke)).json
    assert said["predicted"] == 1
    assert sum(said["probabilities"]) == pytest.approx(1, abs=1e-3)
    fed = np.array(said["input"]).reshape(28, 28)
    assert np.flatnonzero(fed.sum(1)).tolist() == list(range(fed.any(1).argmax(), fed.any(1).argmax() + 20))
    assert set(said["maps"]) == {"input", "conv1", "pool1", "conv2", "pool2", "fc1", "fc2", "fc3"}


def test_an_empty_canvas_gets_no_answer(student: FlaskClient, run_id: str):
    answer = student.post(f"/api/lenet/runs/{run_id}/epochs/last/predict", json=drawing(np.zeros((280, 280))))
    assert (answer.status_code, answer.json) == (
        422,
        {"code": "empty-drawing", "field": None, "values": {}, "error": "the canvas is empty"},
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"width": 7}, "width"),
        ({"height": 513}, "height"),
        ({"width": True}, "width"),
        ({"width": 8.0}, "width"),
        ({"pixels": "AAAA"}, "pixels"),
        ({"pixels": "*" * 88}, "pixels"),
        ({"pixels": "Ä" * 88}, "pixels"),
        ({"pixels": None}, "pixels"),
    ],
)
def test_a_wrong_drawing_is_422(student: FlaskClient, run_id: str, changes: dict[str, Any], field: str):
    body = drawing(np.full((8, 8), 255)) | changes
    answer = student.post(f"/api/lenet/runs/{run_id}/epochs/last/predict", json=body)
    assert (answer.status_code, answer.json["field"]) == (422, field)


@pytest.mark.parametrize(
    "rows", ["", "x", "-1", "10000", "1,,2", "٣", "1_0", "%201", "%2B1", ",".join(["1"] * (MOST_IMAGES + 1))]
)
def test_wrong_rows_are_422(student: FlaskClient, rows: str):
    answer = student.get(f"/api/lenet/datasets/mnist/test/images?rows={rows}")
    assert (answer.status_code, answer.json["field"]) == (422, "rows")


def test_an_epoch_that_is_not_there_is_404(student: FlaskClient, run_id: str):
    answer = student.get(f"/api/lenet/runs/{run_id}/epochs/99/kernels")
    assert (answer.status_code, answer.json) == (
        404,
        {
            "code": "no-such-epoch",
            "field": None,
            "values": {"last": 2},
            "error": f"run {run_id} has no epoch 99: it has 2",
        },
    )


@pytest.mark.parametrize("content", [bytes(1000), b"", b"no network"])
def test_a_saved_network_that_is_damaged_is_named_by_a_code(
    student: FlaskClient, runs: Runs, run_id: str, content: bytes
):
    saved = runs.experiments_dir / run_id / runs.show(run_id)["checkpoints"][0]
    saved.write_bytes(content)
    answer = student.get(f"/api/lenet/runs/{run_id}/epochs/1/kernels")
    assert (answer.status_code, answer.json["code"]) == (409, "damaged-network")
    assert answer.json["values"] == {"file": saved.name}


def test_a_saved_network_that_was_removed_is_named(student: FlaskClient, runs: Runs, run_id: str):
    for path in (runs.experiments_dir / run_id).glob("lenet_*.pt"):
        path.unlink()
    for what in ("kernels", "checkpoint"):
        answer = student.get(f"/api/lenet/runs/{run_id}/epochs/1/{what}")
        assert (answer.status_code, answer.json["code"]) == (404, "no-files")
        assert "epoch 1" in answer.json["error"]
