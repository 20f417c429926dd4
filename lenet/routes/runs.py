"""Runs, sweeps, and several runs side by side."""

from __future__ import annotations

from functools import partial

import msgspec
from flask import Blueprint, Response, g, jsonify, request

from core.cleaned import clean_values, without_paths
from core.refused import MISSING, RefusedError
from lenet.config import FIELDS, ConfigError
from lenet.lines import PARTS, SCORES
from lenet.routes import arguments
from lenet.routes.served import named, named_trials, readings, runs
from lenet.runs.summaries import Detailed
from lenet.shapes.runs import LISTED, MOST_COMPARED, MOST_LISTED

blueprint = Blueprint("runs", __name__)


@blueprint.get("/api/lenet/runs")
def list_runs() -> Response:
    me = {"owner": g.visitor.owner, "teacher": g.visitor.is_teacher}
    limit, mine = arguments.whole("limit", 1, MOST_LISTED, default=LISTED), arguments.whole("mine", 0, 1, default=0)
    owner = g.visitor.owner if mine else None
    page = runs.board.page(limit, request.args.get("after"), owner)
    named_for = partial(runs.board.named, g.visitor)
    return jsonify({"me": me} | page | {"runs": list(map(named_for, page["runs"]))})


@blueprint.post("/api/lenet/runs")
def create() -> tuple[Response, int]:
    body = arguments.body()
    arguments.only(body, "preset", "config")
    return jsonify(named(runs.create(g.visitor, body.get("preset", "fast"), body.get("config", {})))), 201


@blueprint.get("/api/lenet/runs/<run_id>")
def show(run_id: str) -> Response:
    with readings.take(g.visitor.account):
        return jsonify(named(runs.show(run_id)))


@blueprint.patch("/api/lenet/runs/<run_id>")
def rename(run_id: str) -> Response:
    body = arguments.body()
    arguments.only(body, "name")
    if "name" not in body:
        raise ConfigError("name", MISSING, "a name, or null for none")
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
    first = arguments.whole("from", 0, 10**9, default=0)
    with readings.take(g.visitor.account):
        records = runs.board.get(run_id).records(first)
        lines = [msgspec.Raw(record) for record in records]
        answer = {"line": first, "next": first + len(records), "records": lines}
        return Response(msgspec.json.encode(answer), mimetype="application/json")


# --- sweeps -----------------------------------------------------------------------------------------------------------


@blueprint.get("/api/lenet/sweeps")
def list_sweeps() -> Response:
    limit = arguments.whole("limit", 1, MOST_LISTED, default=LISTED)
    return jsonify(runs.board.sweeps(limit, request.args.get("after")))


@blueprint.post("/api/lenet/sweeps")
def create_sweep() -> tuple[Response, int]:
    body = arguments.body()
    arguments.only(body, "preset", "config", "search", "axes", "trials", "seed")
    seed = FIELDS["seed"].check(body.get("seed", 0))
    what = body.get("search", "grid"), body.get("axes"), body.get("trials"), seed
    made = runs.create_sweep(g.visitor, body.get("preset", "fast"), body.get("config", {}), *what)
    return jsonify(named_trials(made)), 201


@blueprint.get("/api/lenet/sweeps/<sweep>")
def show_sweep(sweep: str) -> Response:
    return jsonify(named_trials(runs.board.sweep(sweep)))


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
    found: list[dict[str, object]] = []
    missing: list[dict[str, object]] = []
    with readings.take(g.visitor.account):
        for run_id in ids:
            try:
                found.append(_curves(runs.show(run_id)))
            except RefusedError as error:  # the others are shown
                if error.status == 503:
                    raise
                why = {"code": error.code, "values": clean_values(error.values)}
                missing.append({"run": run_id[:60], **why, "error": without_paths(str(error))})
        return jsonify(runs=found, missing=missing)


def _curves(shown: Detailed) -> dict[str, object]:
    """A run as whoever asks is told it, with its curves instead of its epochs: one value an epoch."""
    epochs = shown["epochs"]
    curves: dict[str, list[float | None]] = {"epoch": [epoch["epoch"] for epoch in epochs]}
    curves["train_s"] = [epoch["train_s"] for epoch in epochs]
    for part in PARTS:
        for score in SCORES:
            curves[f"{part}_{score}"] = [(scores := epoch[part]) and scores[score] for epoch in epochs]
    return {name: value for name, value in named(shown).items() if name != "epochs"} | {"curves": curves}
