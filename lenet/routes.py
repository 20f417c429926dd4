"""The REST side of the LeNet tab, `/api/lenet/` and `/api/devices`: docs/api.md describes it. No work of its own."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import re
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import msgspec
from flask import Blueprint, Flask, Response, current_app, g, jsonify, make_response, request, send_file
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.local import LocalProxy

from core.spelling import fault_of_json, spelled
from core.threads import note
from core.visitors import COOKIE_AGE_S, TEACHER_COOKIE, Visitors, visitor_of
from lenet import config
from lenet.cleaned import clean_values, plain, without_paths
from lenet.config import FIELDS, ConfigError
from lenet.data import pictures
from lenet.data.datasets import DATASETS, SPLITS, labels
from lenet.questions.asker import HelperError, Places
from lenet.records import Epoch
from lenet.run import RefusedError
from lenet.runs import sweeps
from lenet.runs.registry import Runs, Shown
from lenet.shapes import CANVAS_SIDES, LISTED, MOST_COMPARED, MOST_IMAGES, MOST_LISTED
from lenet.states import STATES

log = logging.getLogger(__name__)

MOST_BODY_BYTES = 2**20
MOST_NESTED = 16  # objects and lists in a body
MOST_QUESTIONS, MOST_OF_ONE = 32, 4  # under way at once, that torch answers; all programs count as one
MOST_READINGS, MOST_READINGS_OF_ONE = 32, 8  # the same, of files of runs
RETRY_S = "2"


blueprint = Blueprint("lenet", __name__)


@dataclass(frozen=True)
class Served:
    """What the routes of one application are over."""

    runs: Runs
    visitors: Visitors
    questions: Places = field(default_factory=lambda: Places(MOST_QUESTIONS, MOST_OF_ONE))
    readings: Places = field(default_factory=lambda: Places(MOST_READINGS, MOST_READINGS_OF_ONE))


def init_app(app: Flask, runs: Runs, visitors: Visitors) -> None:
    """Gives `app` the routes, over `runs`."""
    app.extensions["lenet"] = Served(runs, visitors)
    app.register_blueprint(blueprint)


# Of the application that serves the request.
runs = cast(Runs, LocalProxy(lambda: current_app.extensions["lenet"].runs))
visitors = cast(Visitors, LocalProxy(lambda: current_app.extensions["lenet"].visitors))
questions = cast(Places, LocalProxy(lambda: current_app.extensions["lenet"].questions))
readings = cast(Places, LocalProxy(lambda: current_app.extensions["lenet"].readings))


# --- who asks ---------------------------------------------------------------------------------------------------------


@blueprint.before_request
def guard() -> None:
    request.max_content_length = MOST_BODY_BYTES
    g.visitor = visitor_of(request.environ)


@blueprint.post("/api/lenet/teacher")
def become_teacher() -> Response:
    body = _body()
    _only(body, "token")
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


# --- the form and the machine -----------------------------------------------------------------------------------------


@blueprint.get("/api/lenet/schema")
def schema() -> Response:
    datasets = {name: {"classes": list(dataset.classes)} for name, dataset in DATASETS.items()}
    states = {name: state.schema() for name, state in STATES.items()}
    limits = {"sweeps": sweeps.schema(), "most_compared": MOST_COMPARED}
    return jsonify(config.schema() | {"datasets": datasets, "states": states} | limits)


@blueprint.get("/api/devices")
def list_devices() -> Response:
    return jsonify(devices=runs.backend.devices())


# --- runs -------------------------------------------------------------------------------------------------------------


@blueprint.get("/api/lenet/runs")
def list_runs() -> Response:
    me = {"owner": g.visitor.owner, "teacher": g.visitor.is_teacher}
    limit, mine = _whole("limit", 1, MOST_LISTED, default=LISTED), _whole("mine", 0, 1, default=0)
    owner = g.visitor.owner if mine else None
    page = runs.page(limit, request.args.get("after"), owner)
    named_for = partial(runs.named, g.visitor)
    return jsonify({"me": me} | page | {"runs": list(map(named_for, page["runs"]))})


@blueprint.post("/api/lenet/runs")
def create() -> tuple[Response, int]:
    body = _body()
    _only(body, "preset", "config")
    return jsonify(named(runs.create(g.visitor, body.get("preset", "fast"), body.get("config", {})))), 201


@blueprint.get("/api/lenet/runs/<run_id>")
def show(run_id: str) -> Response:
    with readings.take(g.visitor.account):
        return jsonify(named(runs.show(run_id)))


@blueprint.patch("/api/lenet/runs/<run_id>")
def rename(run_id: str) -> Response:
    body = _body()
    _only(body, "name")
    if "name" not in body:
        raise ConfigError("name", None, "a name, or null for none")
    return jsonify(named(runs.rename(g.visitor, run_id, body["name"])))


@blueprint.delete("/api/lenet/runs/<run_id>")
def delete(run_id: str) -> tuple[str, int]:
    runs.delete(g.visitor, run_id)
    return "", 204


@blueprint.post("/api/lenet/runs/<run_id>/<any(stop, pause):what>")
def request_end(run_id: str, what: str) -> Response:
    return jsonify(named(runs.request(g.visitor, run_id, what)))


@blueprint.post("/api/lenet/runs/<run_id>/resume")
def resume(run_id: str) -> Response:
    return jsonify(named(runs.resume(g.visitor, run_id)))


@blueprint.get("/api/lenet/runs/<run_id>/metrics")
def metrics(run_id: str) -> Response:
    first = _whole("from", 0, 10**9, default=0)
    with readings.take(g.visitor.account):
        records = runs.records(run_id, first)
        told = {"line": first, "next": first + len(records), "records": list(map(msgspec.Raw, records))}
        return Response(msgspec.json.encode(told), content_type="application/json")


# --- sweeps -----------------------------------------------------------------------------------------------------------


@blueprint.get("/api/lenet/sweeps")
def list_sweeps() -> Response:
    return jsonify(sweeps=runs.sweeps())


@blueprint.post("/api/lenet/sweeps")
def create_sweep() -> tuple[Response, int]:
    body = _body()
    _only(body, "preset", "config", "search", "axes", "trials", "seed")
    seed = FIELDS["seed"].check(body.get("seed", 0))
    what = body.get("search", "grid"), body.get("axes"), body.get("trials"), seed
    made = runs.create_sweep(g.visitor, body.get("preset", "fast"), body.get("config", {}), *what)
    return jsonify(named_trials(made)), 201


@blueprint.get("/api/lenet/sweeps/<sweep>")
def show_sweep(sweep: str) -> Response:
    return jsonify(named_trials(runs.sweep(sweep)))


@blueprint.post("/api/lenet/sweeps/<sweep>/<any(stop, pause, resume):what>")
def request_sweep(sweep: str, what: str) -> Response:
    return jsonify(named_trials(runs.request_sweep(g.visitor, sweep, what)))


@blueprint.delete("/api/lenet/sweeps/<sweep>")
def delete_sweep(sweep: str) -> tuple[str, int]:
    runs.delete_sweep(g.visitor, sweep)
    return "", 204


# --- several runs -----------------------------------------------------------------------------------------------------


@blueprint.get("/api/lenet/compare")
def compare() -> Response:
    ids = [run_id for run_id in request.args.get("runs", "").split(",") if run_id]
    if not 1 <= len(ids) <= MOST_COMPARED:
        raise ConfigError("runs", request.args.get("runs"), f"1 to {MOST_COMPARED} run ids, separated by commas")
    found: list[dict[str, Any]] = []
    missing: list[dict[str, Any]] = []
    with readings.take(g.visitor.account):
        for run_id in ids:
            try:
                found.append(_curves(named(runs.show(run_id))))
            except RefusedError as error:  # the others are shown
                if error.status == 503:
                    raise
                why = {"code": error.code, "values": clean_values(error.values)}
                missing.append({"run": run_id[:60], **why, "error": without_paths(str(error))})
        return jsonify(runs=found, missing=missing)


# --- one epoch of a run -----------------------------------------------------------------------------------------------


@blueprint.get("/api/lenet/runs/<run_id>/epochs/<epoch>/checkpoint")
def checkpoint(run_id: str, epoch: str) -> Response:
    run, done = _epoch(run_id, epoch)
    return send_file(runs.checkpoint(run, done), as_attachment=True, mimetype="application/octet-stream")


@blueprint.get("/api/lenet/runs/<run_id>/epochs/<epoch>/kernels")
def kernels(run_id: str, epoch: str) -> Response:
    with questions.take(g.visitor.account):
        return jsonify(_ask(run_id, epoch, {"what": "kernels"}))


@blueprint.get("/api/lenet/runs/<run_id>/epochs/<epoch>/images")
def cell_images(run_id: str, epoch: str) -> Response:
    """The images of a cell of the confusion matrix."""
    run, done = _epoch(run_id, epoch)
    label, predicted = _whole("label", 0, 9), _whole("predicted", 0, 9)
    dataset = run.config.dataset
    with readings.take(g.visitor.account):
        answers = labels(dataset, runs.data_dir, "test")
        rows = pictures.confusion_cell(run.folder.predictions, answers, done.epoch, label, predicted)
        shown = pictures.pictures(dataset, runs.data_dir, "test", rows[:MOST_IMAGES])
        return jsonify(epoch=done.epoch, count=len(rows), images=shown)


@blueprint.get("/api/lenet/runs/<run_id>/epochs/<epoch>/maps")
def maps(run_id: str, epoch: str) -> Response:
    """Answer and feature maps for a test image."""
    run, _ = _epoch(run_id, epoch)
    row = _whole("image", 0, len(labels(run.config.dataset, runs.data_dir, "test")) - 1)
    with questions.take(g.visitor.account):
        (picture,) = pictures.pictures(run.config.dataset, runs.data_dir, "test", [row])
        pixels = base64.b64decode(picture["pixels"]).hex()
        said = _ask(run_id, epoch, {"what": "image", "width": 28, "height": 28, "pixels": pixels})
        return jsonify(said | {"image": row, "label": picture["label"]})


@blueprint.post("/api/lenet/runs/<run_id>/epochs/<epoch>/predict")
def predict(run_id: str, epoch: str) -> Response:
    """Answer and feature maps for a drawing."""
    with questions.take(g.visitor.account):  # before the body is in memory
        body = _body()
        _only(body, "width", "height", "pixels")
        size = {side: _canvas_side(side, body.get(side)) for side in ("width", "height")}
        pixels = _canvas_pixels(body.get("pixels"), size["width"] * size["height"])
        what = {"what": "drawing", "pixels": pixels.hex(), "data": str(runs.data_dir)}
        return jsonify(_ask(run_id, epoch, what | size))


@blueprint.get(f"/api/lenet/datasets/<any({','.join(DATASETS)}):dataset>/<any({','.join(SPLITS)}):split>/images")
def dataset_images(dataset: str, split: str) -> Response:
    text = request.args.get("rows", "")
    count = len(labels(dataset, runs.data_dir, split))
    parts = text.split(",")
    rows = [int(row) for row in parts if re.fullmatch("[0-9]{1,9}", row)]  # int() takes the digits of every script
    if not 1 <= len(parts) == len(rows) <= MOST_IMAGES or not all(row < count for row in rows):
        want = f"1 to {MOST_IMAGES} whole numbers from 0 to {count - 1}, separated by commas"
        raise ConfigError("rows", text, want)
    with readings.take(g.visitor.account):
        return jsonify(images=pictures.pictures(dataset, runs.data_dir, split, rows))


# --- inside -----------------------------------------------------------------------------------------------------------


def named(summary: dict[str, Any]) -> dict[str, Any]:
    return runs.named(g.visitor, summary)


def named_trials(sweep: dict[str, Any]) -> dict[str, Any]:
    return sweep | {"trials": [named(trial) for trial in sweep["trials"]]}


def _epoch(run_id: str, epoch: str) -> tuple[Shown, Epoch]:
    """`epoch` is a number, or `last`."""
    if epoch != "last" and not (epoch.isascii() and epoch.isdigit() and len(epoch) <= 4):
        raise ConfigError("epoch", epoch, "a whole number from 1, or last")
    return runs.epoch(run_id, None if epoch == "last" else int(epoch))


def _ask(run_id: str, epoch: str, question: dict[str, Any]) -> dict[str, Any]:
    run, done = _epoch(run_id, epoch)
    whose = {"checkpoint": str(runs.checkpoint(run, done)), "config": run.config.to_json()}
    return runs.helper.ask(question | whose) | {"epoch": done.epoch}


# --- errors -----------------------------------------------------------------------------------------------------------


@blueprint.errorhandler(ConfigError)
def wrong(error: ConfigError) -> tuple[Response, int]:
    return jsonify(error.to_json() | {"value": _jsonable(error.value)}), 422


@blueprint.errorhandler(RefusedError)
def refused(error: RefusedError) -> Response:
    return _error(str(error), error.code, error.status, error.values)


@blueprint.errorhandler(HelperError)
def unanswered(error: HelperError) -> Response:
    if error.busy:
        return _error(f"the server is busy: {error}", "too-many-questions", 503)
    if error.damaged:
        return _error(str(error), "damaged-network", 409, {"file": error.damaged})
    return _error(str(error), "empty-drawing" if error.empty else "no-answer", 422 if error.empty else 502)


@blueprint.errorhandler(FileNotFoundError)
@blueprint.errorhandler(NotADirectoryError)
def missing_file(error: OSError) -> Response:
    """A file of a run or a data set is not there or is none; which, is for the log."""
    log.warning("a file is not there", extra={"error": plain(error)})
    return _error("that file is not on the server (the data set is fetched by its first run)", "no-file", 404)


@blueprint.errorhandler(pictures.BrokenFileError)
def broken(error: pictures.BrokenFileError) -> Response:
    return _error(str(error), "no-file", 404)


@blueprint.app_errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response | HTTPException:
    """What werkzeug refuses, as JSON for the API; the pages keep theirs."""
    if not request.path.startswith("/api/") or (error.code or 0) < 400:  # or a redirection
        return error
    response = _error(error.description or error.name, "http", error.code or 500)
    if error.code == 405:
        response.headers["Allow"] = error.get_response().headers.get("Allow", "")
    return response


@blueprint.app_errorhandler(Exception)
def mistake(error: Exception) -> Response:
    """Ours: told to the log once a second, not for each of a flood."""
    note("request", error)
    return _error("the server has made a mistake; its log says which", "mistake", 500)


def _error(text: str, code: str, status: int, values: dict[str, Any] | None = None) -> Response:
    said = {"code": code, "field": None, "values": clean_values(values or {}), "error": without_paths(text)}
    response = make_response(jsonify(said), status)
    if status in (429, 503):
        response.headers["Retry-After"] = RETRY_S
    return response


def _body() -> dict[str, Any]:
    """The JSON object that was sent."""
    if not request.is_json:
        raise UnsupportedMediaType("want a body of type application/json")
    text = request.get_data(cache=False)
    if request.content_length is None and len(text) >= MOST_BODY_BYTES:  # werkzeug cuts what has no length
        raise RequestEntityTooLarge
    try:
        body = json.loads(text)
    except ValueError as error:
        raise BadRequest(f"the body is no JSON: {fault_of_json(error)}") from None
    except RecursionError:
        raise BadRequest("the body is nested too deep") from None
    if not _is_flat(body, MOST_NESTED):
        raise BadRequest(f"the body is nested more than {MOST_NESTED} deep")
    if not isinstance(body, dict):
        raise ConfigError(None, body, "a JSON object")
    return body


def _only(body: dict[str, Any], *known: str) -> None:
    for name, value in body.items():
        if name not in known:
            raise ConfigError(name, value, f"only the fields {', '.join(known)}")


def _is_flat(value: object, most: int) -> bool:
    """Whether it has at most `most` levels."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return most > 0 and all(_is_flat(part, most - 1) for part in parts if isinstance(part, (dict, list)))


def _whole(name: str, low: int, high: int, default: int | None = None) -> int:
    """The query parameter `name`, a whole number."""
    text = request.args.get(name)
    if text is None and default is not None:
        return default
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 10 or not low <= int(text) <= high:
        raise ConfigError(name, text, f"a whole number from {low} to {high}", "whole", {"low": low, "high": high})
    return int(text)


def _canvas_side(name: str, value: object) -> int:
    low, high = CANVAS_SIDES
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ConfigError(name, value, f"a whole number from {low} to {high}", "whole", {"low": low, "high": high})
    return value


def _canvas_pixels(value: object, count: int) -> bytes:
    try:
        pixels = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        pixels = b""
    if len(pixels) != count:
        raise ConfigError("pixels", value, f"base64 of width times height bytes, here {count}; 255 is ink")
    return pixels


def _jsonable(value: object) -> Any:
    """`value` for an error message: a list, an object or what is long is text, as JSON and cut."""
    if isinstance(value, (str, int, float, bool, type(None))) and len(text := spelled(value, 200)) < 200:
        return value if value == value and value not in (float("inf"), float("-inf")) else text
    return spelled(value, 200)


def _curves(shown: dict[str, Any]) -> dict[str, Any]:
    """A run's summary with its curves instead of its epochs: one value an epoch."""
    epochs = shown.pop("epochs")
    curves: dict[str, list[Any]] = {"epoch": [epoch["epoch"] for epoch in epochs]}
    curves["train_s"] = [epoch["train_s"] for epoch in epochs]
    for part in ("train", "holdout", "test"):
        for score in ("loss", "accuracy"):
            curves[f"{part}_{score}"] = [epoch[part] and epoch[part][score] for epoch in epochs]
    return shown | {"curves": curves}
