"""One epoch of a run: its network's file, its kernels, its answers; and the images of a data set."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from flask import Blueprint, Response, g, jsonify, request, send_file

from lenet.config import ConfigError
from lenet.data import pictures
from lenet.data.datasets import DATASETS, SPLITS, labels
from lenet.lines import JsonObject
from lenet.questions.messages import Drawing, Image, Kernels, Question
from lenet.routes import arguments
from lenet.routes.served import epoch_of, questions, readings, runs
from lenet.shapes.epochs import CANVAS_SIDES, MOST_IMAGES

blueprint = Blueprint("epochs", __name__)


@blueprint.get("/api/lenet/runs/<run_id>/epochs/<epoch>/checkpoint")
def checkpoint(run_id: str, epoch: str) -> Response:
    run, done = epoch_of(run_id, epoch)
    return send_file(run.checkpoint(done), as_attachment=True, mimetype="application/octet-stream")


@blueprint.get("/api/lenet/runs/<run_id>/epochs/<epoch>/kernels")
def kernels(run_id: str, epoch: str) -> Response:
    with questions.take(g.visitor.account):
        return jsonify(_ask(run_id, epoch, Kernels))


@blueprint.get("/api/lenet/runs/<run_id>/epochs/<epoch>/images")
def cell_images(run_id: str, epoch: str) -> Response:
    """The images of a cell of the confusion matrix."""
    run, done = epoch_of(run_id, epoch)
    label, predicted = arguments.whole("label", 0, 9), arguments.whole("predicted", 0, 9)
    dataset = run.config.dataset
    with readings.take(g.visitor.account):
        answers = labels(dataset, runs.data_dir, "test")
        rows = pictures.confusion_cell(run.predicted(done, len(answers)), answers, label, predicted)
        shown = pictures.pictures(dataset, runs.data_dir, "test", rows[:MOST_IMAGES])
        return jsonify(epoch=done.epoch, count=len(rows), images=shown)


@blueprint.get("/api/lenet/runs/<run_id>/epochs/<epoch>/maps")
def maps(run_id: str, epoch: str) -> Response:
    """Answer and feature maps for a test image."""
    run, _ = epoch_of(run_id, epoch)
    row = arguments.whole("image", 0, len(labels(run.config.dataset, runs.data_dir, "test")) - 1)
    with questions.take(g.visitor.account):
        (picture,) = pictures.pictures(run.config.dataset, runs.data_dir, "test", [row])
        pixels = base64.b64decode(picture["pixels"])
        said = _ask(run_id, epoch, Image, width=28, height=28, pixels=pixels)
        return jsonify(said | {"image": row, "label": picture["label"]})


@blueprint.post("/api/lenet/runs/<run_id>/epochs/<epoch>/predict")
def predict(run_id: str, epoch: str) -> Response:
    """Answer and feature maps for a drawing."""
    with questions.take(g.visitor.account):  # before the body is in memory
        body = arguments.body()
        arguments.only(body, "width", "height", "pixels")
        size = {side: _canvas_side(side, body.get(side)) for side in ("width", "height")}
        pixels = _canvas_pixels(body.get("pixels"), size["width"] * size["height"])
        return jsonify(_ask(run_id, epoch, Drawing, **size, pixels=pixels, data=str(runs.data_dir)))


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


def _ask(run_id: str, epoch: str, kind: type[Question], **what: Any) -> JsonObject:
    run, done = epoch_of(run_id, epoch)
    return runs.helper.ask(kind(str(run.checkpoint(done)), run.config, **what)) | {"epoch": done.epoch}


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
