"""Errors as answers."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient


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


def test_other_errors_of_the_api_are_json_too_and_pages_keep_theirs(student: FlaskClient):
    wrong_method = student.put("/api/lenet/runs")
    assert (wrong_method.status_code, "POST" in wrong_method.headers["Allow"]) == (405, True)
    assert wrong_method.json["error"]
    assert student.post("/api/lenet/runs", data="{", content_type="application/json").status_code == 400
    assert student.post("/api/lenet/runs", data="preset=fast").status_code == 415
    assert student.get("/nothing").mimetype == "text/plain"
