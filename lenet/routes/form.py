"""Who asks, what the form must know, and what there is to compute on."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from core.refused import RefusedError
from core.visitors import COOKIE_AGE_S, TEACHER_COOKIE
from lenet import config
from lenet.data.datasets import DATASETS
from lenet.routes import arguments
from lenet.routes.served import runs, visitors
from lenet.runs import sweeps
from lenet.shapes.runs import MOST_COMPARED
from lenet.states import STATES

blueprint = Blueprint("form", __name__)


@blueprint.post("/api/lenet/teacher")
def become_teacher() -> Response:
    body = arguments.body()
    arguments.only(body, "token")
    token = body.get("token")
    if not isinstance(token, str) or not visitors.is_teacher(token):
        raise RefusedError(403, "that is not the teacher's token", "wrong-token")
    response = jsonify(teacher=True)
    response.set_cookie(
        TEACHER_COOKIE, token, max_age=COOKIE_AGE_S, httponly=True, samesite="Lax", secure=request.is_secure
    )
    return response


@blueprint.delete("/api/lenet/teacher")
def cease_to_be_teacher() -> Response:
    """On a computer that others use too."""
    response = jsonify(teacher=False)
    response.delete_cookie(TEACHER_COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


@blueprint.get("/api/lenet/schema")
def schema() -> Response:
    datasets = {name: {"classes": list(dataset.classes)} for name, dataset in DATASETS.items()}
    states = {name: state.schema() for name, state in STATES.items()}
    limits = {"sweeps": sweeps.schema(), "most_compared": MOST_COMPARED}
    return jsonify(config.schema() | {"datasets": datasets, "states": states} | limits)


@blueprint.get("/api/devices")
def list_devices() -> Response:
    return jsonify(devices=runs.backend.devices())
