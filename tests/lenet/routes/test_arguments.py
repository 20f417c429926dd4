"""Bodies and numbers that are wrong, and how they are refused."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lenet.config import FIELDS
from lenet.routes.arguments import MOST_BODY_BYTES
from lenet.runs.registry import Runs


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
    assert len(runs.board.summaries()) == 1


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
