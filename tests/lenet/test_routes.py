from __future__ import annotations

import base64
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.visitors import BROWSER_COOKIE, TEACHER_COOKIE, Visitors
from lenet import routes
from lenet.config import FIELDS, PRESETS, ConfigError
from lenet.routes import MOST_BODY_BYTES, MOST_IMAGES
from lenet.run import MOST_NAME, RefusedError, checked_name
from lenet.runs import sweeps
from lenet.runs.registry import Runs
from lenet.runs.sweeps import MOST_TRIALS
from support.lenet_runs import ALICE, BOB, QUICK, put_behind_the_edge
from support.processes import wait_until

SMALL = QUICK | {"train_images": 500, "epochs": 1}


@pytest.fixture
def app(runs: Runs) -> Flask:
    app = Flask(__name__)
    visitors = Visitors("chalk")
    routes.init_app(app, runs, visitors)
    put_behind_the_edge(app, visitors)

    @app.get("/")
    def page() -> str:
        return "a page"

    return app


@pytest.fixture
def student(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def run_id(runs: Runs) -> str:
    """The finished run; it belongs to another browser."""
    return runs.summaries()[0]["run"]


def create(student: FlaskClient, **config: Any) -> str:
    answer = student.post("/api/lenet/runs", json={"preset": "exercise-code", "config": SMALL | config})
    assert answer.status_code == 201, answer.json
    return answer.json["run"]


def cookie(student: FlaskClient, name: str) -> Any:
    return student.get_cookie(name)


# --- the form and the machine -----------------------------------------------------------------------------------------


def test_the_schema_has_every_field_preset_and_class(student: FlaskClient):
    shown = student.get("/api/lenet/schema").json
    assert [field["name"] for field in shown["fields"]] == list(FIELDS)
    assert set(shown["presets"]) == set(PRESETS)
    assert shown["datasets"]["fashion"]["classes"][9] == "Ankle boot"
    assert shown["sweeps"] == sweeps.schema()


def test_as_many_runs_can_be_compared_as_the_schema_says(student: FlaskClient, run_id: str):
    most = student.get("/api/lenet/schema").json["most_compared"]
    assert len(student.get(f"/api/lenet/compare?runs={','.join([run_id] * most)}").json["runs"]) == most
    answer = student.get(f"/api/lenet/compare?runs={','.join([run_id] * (most + 1))}")
    assert (answer.status_code, answer.json["field"]) == (422, "runs")


def test_the_devices_are_listed(student: FlaskClient):
    assert student.get("/api/devices").json["devices"][-1]["id"] == "cpu"


# --- runs -------------------------------------------------------------------------------------------------------------


def test_a_run_from_start_to_its_files(student: FlaskClient, ended: Callable[..., Any]):
    run_id = create(student)
    ended(run_id)
    me, listed = (student.get("/api/lenet/runs").json[key] for key in ("me", "runs"))
    assert listed[0]["run"] == run_id
    assert listed[0]["owner"] == me["owner"]
    assert not me["teacher"]
    shown = student.get(f"/api/lenet/runs/{run_id}").json
    assert (shown["status"], shown["epoch"]) == ("finished", 1)

    metrics = student.get(f"/api/lenet/runs/{run_id}/metrics").json
    assert [record["kind"] for record in metrics["records"] if record["kind"] != "batches"] == ["start", "epoch", "end"]
    later = student.get(f"/api/lenet/runs/{run_id}/metrics?from=2").json
    assert later == {"line": 2, "next": metrics["next"], "records": metrics["records"][2:]}

    file = student.get(f"/api/lenet/runs/{run_id}/epochs/1/checkpoint")
    assert file.headers["Content-Disposition"] == f"attachment; filename={shown['checkpoints'][0]}"
    weights = torch.load(io.BytesIO(file.data), weights_only=True)
    assert weights["conv1.weight"].shape == (6, 1, 5, 5)

    assert student.delete(f"/api/lenet/runs/{run_id}").status_code == 204
    assert student.get(f"/api/lenet/runs/{run_id}").status_code == 404


def test_pause_resume_and_stop(student: FlaskClient, runs: Runs, ended: Callable[..., Any]):
    run_id = create(student, train_images=5000, epochs=50, stop_change=0.0)
    wait_until(lambda: runs.show(run_id)["step"], 60, "a first batch")
    answer = student.post(f"/api/lenet/runs/{run_id}/pause")
    assert (answer.status_code, answer.json["requested"]) == (200, "pause")
    assert ended(run_id)["status"] == "paused"
    assert student.post(f"/api/lenet/runs/{run_id}/resume").json["status"] == "queued"
    assert student.post(f"/api/lenet/runs/{run_id}/resume").status_code == 409
    assert student.delete(f"/api/lenet/runs/{run_id}").status_code == 409
    assert student.post(f"/api/lenet/runs/{run_id}/stop").status_code == 200
    assert ended(run_id)["status"] == "stopped"


def test_runs_are_compared_by_their_curves(student: FlaskClient, run_id: str, runs: Runs):
    (shown,) = student.get(f"/api/lenet/compare?runs={run_id}").json["runs"]
    epochs = runs.show(run_id)["epochs"]
    assert shown["curves"]["test_accuracy"] == [epoch["test"]["accuracy"] for epoch in epochs]
    assert shown["curves"]["train_loss"] == [epoch["train"]["loss"] for epoch in epochs]
    assert shown["curves"]["holdout_loss"] == [None, None]
    assert shown["config"]["epochs"] == 2
    assert student.get("/api/lenet/compare").status_code == 422


def test_a_comparison_shows_those_that_are_left_and_names_the_others(student: FlaskClient, run_id: str):
    answer = student.get(f"/api/lenet/compare?runs={run_id},20260101-000000-abcdef")
    assert answer.status_code == 200
    assert [run["run"] for run in answer.json["runs"]] == [run_id]
    assert [(gone["run"], gone["code"]) for gone in answer.json["missing"]] == [
        ("20260101-000000-abcdef", "no-such-run")
    ]
    assert student.get("/api/lenet/compare?runs=20260101-000000-abcdef").json["runs"] == []


# --- what somebody removed by hand ------------------------------------------------------------------------------------

OF_ITS_FILES = ["", "/metrics", "/epochs/last/kernels", "/epochs/2/maps?image=1", "/epochs/last/checkpoint"]


@pytest.mark.parametrize("path", OF_ITS_FILES)
def test_a_run_whose_folder_was_removed_is_told_so_without_a_path(
    student: FlaskClient, runs: Runs, run_id: str, path: str
):
    shutil.rmtree(runs.experiments_dir / run_id)
    answer = student.get(f"/api/lenet/runs/{run_id}{path}")
    assert (answer.status_code, answer.json["code"]) == (404, "no-files")
    assert "/" not in answer.json["error"]
    assert run_id in [run["run"] for run in student.get("/api/lenet/runs").json["runs"]]  # what is left is listed


def test_a_run_whose_folder_was_removed_is_not_trained_anew_in_its_name_but_can_be_deleted(runs: Runs, run_id: str):
    folder = runs.experiments_dir / run_id
    with (folder / "metrics.jsonl").open("a") as file:
        file.write('{"kind":"end","run":"x","status":"paused"}\n')
    with pytest.raises(RefusedError):
        runs.resume(BOB, run_id)
    shutil.rmtree(folder)
    runs.delete(ALICE, run_id)
    assert not folder.exists()
    assert runs.summaries() == []


@pytest.mark.parametrize("content", [bytes(1000), b"", b"no network"])
def test_a_saved_network_that_is_damaged_is_named_by_a_code(
    student: FlaskClient, runs: Runs, run_id: str, content: bytes
):
    saved = runs.experiments_dir / run_id / runs.show(run_id)["checkpoints"][0]
    saved.write_bytes(content)
    answer = student.get(f"/api/lenet/runs/{run_id}/epochs/1/kernels")
    assert (answer.status_code, answer.json["code"]) == (409, "damaged-network")
    assert answer.json["values"] == {"file": saved.name}


def test_a_run_whose_folder_was_removed_gets_no_name_and_no_folder(student: FlaskClient, runs: Runs, run_id: str):
    shutil.rmtree(runs.experiments_dir / run_id)
    student.post("/api/lenet/teacher", json={"token": "chalk"})
    answer = student.patch(f"/api/lenet/runs/{run_id}", json={"name": "x"})
    assert (answer.status_code, answer.json["code"]) == (404, "no-files")
    assert not (runs.experiments_dir / run_id).exists()


def test_a_saved_network_that_was_removed_is_named(student: FlaskClient, runs: Runs, run_id: str):
    for path in (runs.experiments_dir / run_id).glob("lenet_*.pt"):
        path.unlink()
    for what in ("kernels", "checkpoint"):
        answer = student.get(f"/api/lenet/runs/{run_id}/epochs/1/{what}")
        assert (answer.status_code, answer.json["code"]) == (404, "no-files")
        assert "epoch 1" in answer.json["error"]


# --- names ------------------------------------------------------------------------------------------------------------


def rename(student: FlaskClient, run_id: str, body: Any, **headers: str) -> Any:
    return student.patch(f"/api/lenet/runs/{run_id}", json=body, headers=headers)


def test_its_owner_names_a_run_and_only_he_and_the_teacher_are_told(
    app: Flask, student: FlaskClient, runs: Runs, ended: Callable[..., Any]
):
    mine = create(student)
    assert rename(student, mine, {"name": "  <b>mine</b> \u7f51\u7edc "}).json["name"] == "<b>mine</b> \u7f51\u7edc"
    ended(mine)
    other, teacher = app.test_client(), {"Authorization": "Bearer chalk"}
    other.get("/")
    paths = ["/api/lenet/runs", f"/api/lenet/runs/{mine}", f"/api/lenet/compare?runs={mine}"]
    for path in paths:
        assert "mine" in student.get(path).text
        assert "mine" in other.get(path, headers=teacher).text
        assert "mine" not in other.get(path).text
    assert rename(other, mine, {"name": "theirs"}).status_code == 403
    assert rename(other, mine, {"name": "by the teacher"}, **teacher).json["name"] == "by the teacher"
    assert student.get(f"/api/lenet/runs/{mine}").json["name"] == "by the teacher"
    assert json.loads((runs.experiments_dir / mine / "run.json").read_text())["name"] == "by the teacher"
    assert rename(student, mine, {"name": ""}).json["name"] is None
    assert "name" not in json.loads((runs.experiments_dir / mine / "run.json").read_text())


def test_no_news_that_everybody_hears_has_a_name(student: FlaskClient, runs: Runs, ended: Callable[..., Any]):
    news: list[dict[str, Any]] = []
    runs.subscribe(lambda _, payload: news.append(payload))
    mine = create(student)
    rename(student, mine, {"name": "unheard"})
    ended(mine)
    assert news
    assert "unheard" not in json.dumps(news)


def test_a_name_is_there_after_a_restart_and_one_written_by_hand_is_checked(mnist: Path, experiments: Path, warm: Any):
    (folder,) = [path for path in experiments.iterdir() if (path / "run.json").exists()]
    stored = json.loads((folder / "run.json").read_text())
    for name, kept in (("first try", "first try"), ("two\nlines", None), (7, None)):
        (folder / "run.json").write_text(json.dumps(stored | {"name": name}))
        runs = Runs(mnist, experiments, helper=warm[1])
        try:
            assert runs.wait_until_read(20)
            shown = runs.summaries()
            assert [runs.named(ALICE, summary)["name"] for summary in shown] == ([kept] if name != 7 else [])
        finally:
            warm[1].close, close = (lambda: None), warm[1].close
            runs.close()
            warm[1].close = close


@pytest.mark.parametrize(
    "name", ["a\tb", "a\nb", "a\x00b", "x" * 61, "\u202egnp.exe", "a\u2028b", "\ud800", 7, ["a"], True, {}]
)
def test_what_is_no_name_is_refused(student: FlaskClient, run_id: str, name: object):
    answer = rename(student, run_id, {"name": name}, Authorization="Bearer chalk")
    assert (answer.status_code, answer.json["field"]) == (422, "name")


@given(st.text(max_size=80))
@hypothesis_settings(max_examples=300)
def test_a_checked_name_is_one_line_that_prints_and_is_checked_again_to_itself(text: str):
    try:
        name = checked_name(text)
    except ConfigError:
        return
    assert name is None or (0 < len(name) <= MOST_NAME and len(name.splitlines()) == 1 and checked_name(name) == name)


# --- ends -------------------------------------------------------------------------------------------------------------


def test_a_run_that_a_stop_rule_ended_says_which(student: FlaskClient, ended: Callable[..., Any]):
    reached, moved = create(student, epochs=5, stop_accuracy=0.01), create(student, epochs=5, stop_change=1.0)
    assert ended(reached)["reason"] == "the test accuracy reached 0.01"
    assert ended(reached)["why"] == {"code": "reached", "values": {"accuracy": 0.01}}
    assert ended(moved)["reason"] == "the test accuracy moved by less than 1"
    assert ended(moved)["why"] == {"code": "moved", "values": {"change": 1}}
    assert student.get(f"/api/lenet/runs/{moved}").json["status"] == "finished"


def test_what_the_teacher_stops_says_so_and_what_its_owner_stops_does_not(
    app: Flask, student: FlaskClient, runs: Runs, ended: Callable[..., Any]
):
    for headers, reason in (({"Authorization": "Bearer chalk"}, "by the teacher"), ({}, None)):
        run_id = create(student, train_images=5000, epochs=50, stop_change=0.0)
        wait_until(lambda run_id=run_id: runs.show(run_id)["step"], 60, "a first batch")
        who = app.test_client() if headers else student
        assert who.post(f"/api/lenet/runs/{run_id}/stop", headers=headers).status_code == 200
        shown = ended(run_id)
        assert (shown["status"], shown["reason"]) == ("stopped", reason)
        assert shown["train_s"] > 0


# --- the rest ---------------------------------------------------------------------------------------------------------


# --- one epoch --------------------------------------------------------------------------------------------------------


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


# --- sweeps -----------------------------------------------------------------------------------------------------------


def test_a_sweep_is_made_shown_paused_resumed_stopped_and_deleted(student: FlaskClient, runs: Runs):
    body = {"preset": "fast", "config": QUICK | {"epochs": 40}, "axes": {"seed": {"values": [1, 2, 3]}}}
    answer = student.post("/api/lenet/sweeps", json=body)
    assert (answer.status_code, answer.json["size"]) == (201, 3)
    path = f"/api/lenet/sweeps/{answer.json['sweep']}"
    assert [trial["config"]["seed"] for trial in student.get(path).json["trials"]] == [1, 2, 3]
    assert [sweep["sweep"] for sweep in student.get("/api/lenet/sweeps").json["sweeps"]] == [answer.json["sweep"]]

    def counts() -> dict[str, int]:
        return student.get(path).json["counts"]

    for what, status in (("pause", "paused"), ("resume", None), ("stop", "stopped")):
        assert student.post(f"{path}/{what}").status_code == 200
        wait_until(lambda status=status: not status or counts() == {status: 3}, 30, f"all to {what}")
    assert student.delete(path).status_code == 204
    assert student.get(path).status_code == 404


@pytest.mark.parametrize(
    ("body", "field", "code", "values"),
    [
        ({}, "axes", "no-axes", {"value": "null"}),
        ({"axes": {"epochs": {"values": [0]}}}, "epochs", "whole", {"value": "0", "low": 1, "high": 1000}),
        ({"colour": 1}, "colour", "invalid", {"value": "1"}),
        ({"seed": -1}, "seed", "whole", {"value": "-1", "low": 0, "high": 2**31 - 1}),
        (
            {"axes": {"seed": {"low": 1, "high": 5}}, "search": "random"},
            "trials", "whole", {"value": "null", "low": 1, "high": MOST_TRIALS},
        ),
        (
            {"axes": {"seed": {"values": [1]}}, "search": "x"},
            "search", "choice", {"value": "x", "choices": ["grid", "random"]},
        ),
    ],
)  # fmt: skip
def test_a_wrong_sweep_is_refused_by_the_name_of_what_is_wrong(
    student: FlaskClient, body: dict, field: str, code: str, values: dict
):
    answer = student.post("/api/lenet/sweeps", json=body)
    assert answer.status_code == 422
    assert {name: answer.json[name] for name in ("code", "field", "values")} == {
        "code": code, "field": field, "values": values,
    }  # fmt: skip


# --- who asks ---------------------------------------------------------------------------------------------------------


def test_a_browser_gets_a_secret_cookie_with_its_first_page_and_keeps_it(student: FlaskClient):
    student.get("/")
    first = cookie(student, BROWSER_COOKIE)
    assert first.http_only
    assert first.same_site == "Lax"
    assert len(first.value) >= 32
    assert "Set-Cookie" not in student.get("/api/lenet/runs").headers
    assert first.value not in student.get("/api/lenet/runs").text


@pytest.mark.parametrize(
    ("method", "end"), [("POST", "/stop"), ("POST", "/pause"), ("POST", "/resume"), ("DELETE", "")]
)
def test_another_browsers_run_cannot_be_touched(student: FlaskClient, run_id: str, method: str, end: str):
    answer = student.open(f"/api/lenet/runs/{run_id}{end}", method=method)
    assert (answer.status_code, answer.json) == (
        403,
        {"code": "not-yours", "field": None, "values": {}, "error": f"run {run_id} belongs to another browser"},
    )


def test_the_teachers_token_opens_every_run(student: FlaskClient, run_id: str):
    assert student.post("/api/lenet/teacher", json={"token": "cheese"}).status_code == 403
    assert student.post("/api/lenet/teacher", json={"token": ["chalk"]}).status_code == 403
    assert cookie(student, TEACHER_COOKIE) is None
    assert student.post("/api/lenet/teacher", json={"token": "chalk"}).json == {"teacher": True}
    assert cookie(student, TEACHER_COOKIE).http_only
    assert student.get("/api/lenet/runs").json["me"]["teacher"]
    assert student.delete("/api/lenet/teacher").json == {"teacher": False}  # on a computer that others use too
    assert cookie(student, TEACHER_COOKIE) is None
    assert not student.get("/api/lenet/runs").json["me"]["teacher"]
    assert student.delete("/api/lenet/teacher", headers={"Origin": "http://else.where"}).status_code == 403
    student.post("/api/lenet/teacher", json={"token": "chalk"})
    assert student.get("/api/lenet/runs").json["me"]["teacher"]
    assert student.delete(f"/api/lenet/runs/{run_id}").status_code == 204


def test_a_script_may_send_the_token_as_a_header(app: Flask, run_id: str):
    answer = app.test_client().delete(f"/api/lenet/runs/{run_id}", headers={"Authorization": "Bearer chalk"})
    assert answer.status_code == 204


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:81"])
def test_a_page_of_another_origin_can_do_nothing(student: FlaskClient, runs: Runs, origin: str):
    answer = student.post("/api/lenet/runs", json={"preset": "fast"}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert len(runs.summaries()) == 1


def test_our_own_origin_may(student: FlaskClient, runs: Runs):
    body = {"preset": "exercise-code", "config": SMALL}
    answer = student.post("/api/lenet/runs", json=body, headers={"Origin": "http://localhost"})
    assert answer.status_code == 201


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ({"preset": "turbo"}, "preset", "turbo"),
        ({"config": {"epochs": True}}, "epochs", True),
        ({"config": {"epochs": 0}}, "epochs", 0),
        ({"config": {"colour": "red"}}, "colour", "red"),
        ({"config": []}, "config", "[]"),
        ({"preset": "fast", "run": "../../etc"}, "run", "../../etc"),
        ([], None, "[]"),
        ({"config": {"epochs": None}}, "epochs", None),
        ({"config": {"epochs": [True, None]}}, "epochs", "[true, null]"),
        ({"config": {"device": "cuda"}}, "device", "cuda"),
    ],
)
def test_wrong_settings_are_422_with_field_and_value(student: FlaskClient, runs: Runs, body, field: str, value):
    answer = student.post("/api/lenet/runs", json=body)
    assert answer.status_code == 422
    assert (answer.json["field"], answer.json["value"]) == (field, value)
    spelled = value if value in ("[]", "[true, null]") else json.dumps(value)
    assert answer.json["error"].startswith(f"invalid {field or 'body'}: {spelled} (want ")
    assert len(runs.summaries()) == 1


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999"])
def test_numbers_that_are_none_are_named_in_valid_json(student: FlaskClient, text: str):
    body = f'{{"config": {{"learning_rate": {text}}}}}'
    answer = student.post("/api/lenet/runs", data=body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json["field"] == "learning_rate"
    assert answer.json["value"] in ("NaN", "Infinity")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("metrics?from=-1", "from"),
        ("metrics?from=1e3", "from"),
        ("epochs/0x1/kernels", "epoch"),
        ("epochs/-1/kernels", "epoch"),
        ("epochs/٣/kernels", "epoch"),
        ("epochs/1/images?label=4", "predicted"),
        ("epochs/1/images?label=10&predicted=1", "label"),
        ("epochs/1/maps?image=10000", "image"),
        ("epochs/1/maps", "image"),
    ],
)
def test_wrong_questions_are_422_with_their_field(student: FlaskClient, run_id: str, path: str, field: str):
    answer = student.get(f"/api/lenet/runs/{run_id}/{path}")
    assert (answer.status_code, answer.json["field"]) == (422, field)


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


@pytest.mark.parametrize(
    "path",
    [
        "/api/lenet/runs/..%2f..%2fetc",
        "/api/lenet/runs/20260101-000000-abcdef",
        "/api/lenet/runs/20260101-000000-abcdef/metrics",
        "/api/lenet/datasets/cifar/test/images?rows=1",
        "/api/lenet/datasets/fashion/test/images?rows=1",
        "/api/lenet/nothing",
    ],
)
def test_what_is_not_there_is_404_in_json(student: FlaskClient, path: str):
    answer = student.get(path)
    assert answer.status_code == 404
    assert answer.json["error"]


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


def test_other_errors_of_the_api_are_json_too_and_pages_keep_theirs(student: FlaskClient):
    wrong_method = student.put("/api/lenet/runs")
    assert (wrong_method.status_code, "POST" in wrong_method.headers["Allow"]) == (405, True)
    assert wrong_method.json["error"]
    assert student.post("/api/lenet/runs", data="{", content_type="application/json").status_code == 400
    assert student.post("/api/lenet/runs", data="preset=fast").status_code == 415
    assert student.get("/nothing").mimetype == "text/html"


def test_a_large_body_is_refused(student: FlaskClient):
    answer = student.post("/api/lenet/runs", data=b" " * (MOST_BODY_BYTES + 1), content_type="application/json")
    assert answer.status_code == 413


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON | st.fixed_dictionaries({"config": st.dictionaries(st.sampled_from(list(FIELDS)), JSON, min_size=1)}))
def test_no_body_breaks_the_server(student: FlaskClient, runs: Runs, body: object):
    answer = student.post("/api/lenet/runs", data=json.dumps(body), content_type="application/json")
    assert answer.status_code in (201, 422, 429), answer.text
    if answer.status_code == 201:
        student.post(f"/api/lenet/runs/{answer.json['run']}/stop")


def test_the_owner_of_a_stored_run_is_no_secret(runs: Runs, experiments: Path, run_id: str, app: Flask):
    """run.json is readable by whoever reads the disk: it must not give control of the run."""
    student = app.test_client()
    student.set_cookie(BROWSER_COOKIE, ALICE.owner)
    assert student.delete(f"/api/lenet/runs/{run_id}").status_code == 403
