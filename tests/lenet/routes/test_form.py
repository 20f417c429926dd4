"""Who asks, the form and the machine."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.visitors import BROWSER_COOKIE, TEACHER_COOKIE
from lenet.config import FIELDS, PRESETS
from lenet.runs import sweeps
from lenet.runs.registry import Runs
from support.lenet_runs import SMALL


def cookie(student: FlaskClient, name: str) -> Any:
    return student.get_cookie(name)


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
    assert len(runs.board.summaries()) == 1


def test_our_own_origin_may(student: FlaskClient, runs: Runs):
    body = {"preset": "exercise-code", "config": SMALL}
    answer = student.post("/api/lenet/runs", json=body, headers={"Origin": "http://localhost"})
    assert answer.status_code == 201
