"""LeNet's part of the HTTP API, request by request, for its OpenAPI description. docs/api.md is written from it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from core.openapi import Operation, Query
from lenet.data.datasets import DATASETS, SPLITS
from lenet.shapes import epochs, form, runs
from lenet.shapes.epochs import MOST_IMAGES
from lenet.shapes.runs import LISTED, MOST_COMPARED, MOST_LISTED
from lenet.shapes.shape import Class

RUNS, EPOCH = "/api/lenet/runs", "/api/lenet/runs/{run}/epochs/{epoch}"
SWEEPS = "/api/lenet/sweeps"

PARAMETERS: dict[str, object] = {
    "run": str,
    "sweep": str,
    "epoch": Annotated[str, Meta(pattern="^([0-9]{1,4}|last)$")],
    "dataset": Annotated[str, Meta(extra_json_schema={"enum": list(DATASETS)})],
    "split": Annotated[str, Meta(extra_json_schema={"enum": list(SPLITS)})],
}

_Limit = Annotated[int, Meta(ge=1, le=MOST_LISTED)]
_From = Annotated[int, Meta(ge=0, le=10**9)]
_Row = Annotated[int, Meta(ge=0, le=9_999)]

_READ = (404, 409, 503)  # of a run
_CHANGE = (403, 404, 409, 503, 507)
_LOOK = (404, 409, 422, 503)  # at an epoch
_ASK = (*_LOOK, 502)

OPERATIONS = (
    Operation(
        "POST", "/api/lenet/teacher", "who asks", '`{"teacher": true}`, which sets the cookie `playlab_teacher`',
        form.Teacher, body=form.Token, errors=(403,),
    ),
    Operation(
        "DELETE", "/api/lenet/teacher", "who asks",
        '`{"teacher": false}`, which takes it away: for a computer that others use too', form.Teacher, errors=(403,),
    ),
    Operation(
        "GET", "/api/lenet/schema", "the machine",
        "the settings, presets, data sets and states of a run, and what a sweep and a comparison may hold", form.Form,
    ),
    Operation("GET", "/api/devices", "the machine", "what there is to compute on", form.Devices),
    Operation(
        "GET", RUNS, "runs", f"a page of the list, {LISTED} runs where `limit` does not say: see below", runs.Page,
        query=(Query("limit", _Limit, "N"), Query("after", str, "NEXT"), Query("mine", Literal[0, 1], "1")),
        errors=(422,),
    ),
    Operation(
        "POST", RUNS, "runs", "201 and the summary: it is queued", runs.Summary, 201, runs.NewRun,
        errors=(403, 429, 503, 507),
    ),
    Operation("GET", f"{RUNS}/{{run}}", "runs", "the summary and more: see below", runs.Details, errors=_READ),
    Operation(
        "PATCH", f"{RUNS}/{{run}}", "runs",
        "the summary; at most 60 characters in one line, without control characters, or null for none", runs.Summary,
        body=runs.Name, errors=_CHANGE,
    ),
    Operation(
        "POST", f"{RUNS}/{{run}}/pause", "runs", "the summary; the trainer saves its step and ends", runs.Summary,
        errors=_CHANGE,
    ),
    Operation(
        "POST", f"{RUNS}/{{run}}/stop", "runs", "the summary; the same, but meant for good", runs.Summary,
        errors=_CHANGE,
    ),
    Operation(
        "POST", f"{RUNS}/{{run}}/resume", "runs", "the summary; queued again, to go on from its last saved step",
        runs.Summary, errors=(*_CHANGE, 422, 429),
    ),
    Operation(
        "DELETE", f"{RUNS}/{{run}}", "runs", "204; a running one must be stopped first", status=204, errors=_CHANGE
    ),
    Operation(
        "GET", f"{RUNS}/{{run}}/metrics", "runs",
        '`{"line": N, "next": M, "records": [...]}`: the lines of metrics.jsonl from line N on, counted from 0, at '
        "most 5,000",
        runs.Records, query=(Query("from", _From, "N"),), errors=(*_READ, 422),
    ),
    Operation(
        "GET", "/api/lenet/compare", "runs",
        f'`{{"runs": [...], "missing": [...]}}`: at most {MOST_COMPARED}, each a run with `curves` instead of '
        "`epochs`; those that cannot be shown are in `missing`, each `{run, code, values, error}`",
        runs.Comparison,
        query=(Query("runs", str, "RUN,RUN", is_required=True),), errors=(*_READ, 422),
    ),
    Operation(
        "GET", SWEEPS, "runs",
        f'`{{"sweeps": [sweep, ...], "next", "reading"}}`: a page of them without their `trials`, {LISTED} where '
        "`limit` does not say, as of the list of runs",
        runs.Sweeps, query=(Query("limit", _Limit, "N"), Query("after", str, "NEXT")), errors=(422,),
    ),
    Operation(
        "POST", SWEEPS, "runs", "201 and the sweep: a run for each trial is queued", runs.SweepWithTrials, 201,
        runs.NewSweep, errors=(403, 429, 503, 507),
    ),
    Operation("GET", f"{SWEEPS}/{{sweep}}", "runs", "the sweep", runs.SweepWithTrials, errors=_READ),
    *(
        Operation(
            "POST", f"{SWEEPS}/{{sweep}}/{what}", "runs", f"the sweep; {what} of every trial that is not finished",
            runs.SweepWithTrials, errors=(*_CHANGE, *((429,) if what == "resume" else ())),
        )
        for what in ("stop", "pause", "resume")
    ),
    Operation(
        "DELETE", f"{SWEEPS}/{{sweep}}", "runs", "204; what is active must be stopped first", status=204, errors=_CHANGE
    ),
    Operation(
        "GET", f"{EPOCH}/checkpoint", "one epoch", "the file, a plain state_dict", "application/octet-stream",
        errors=_LOOK,
    ),
    Operation(
        "GET", f"{EPOCH}/script", "to take home", "the run up to this epoch as one PyTorch file", "text/x-python",
        errors=_LOOK,
    ),
    Operation(
        "GET", f"{EPOCH}/onnx", "to take home", "the network as ONNX", "application/octet-stream", errors=_ASK
    ),
    Operation(
        "GET", f"{EPOCH}/safetensors", "to take home", "its weights as safetensors", "application/octet-stream",
        errors=_ASK,
    ),
    Operation(
        "GET", f"{RUNS}/{{run}}/checkpoints.zip", "to take home",
        "all checkpoints of the run, and its config.json, in a folder RUN", "application/zip", errors=(*_READ, 507),
    ),
    Operation(
        "GET", f"{RUNS}/{{run}}/epochs.csv", "to take home", "a row an epoch: losses, accuracies, seconds", "text/csv",
        errors=_READ,
    ),
    Operation(
        "GET", f"{EPOCH}/kernels", "one epoch", '`{"epoch", "conv1": [6][1][5][5], "conv2": [16][6][5][5]}`',
        epochs.Kernels, errors=_ASK,
    ),
    Operation(
        "GET", f"{EPOCH}/images", "one epoch",
        'a cell of the confusion matrix: `{"epoch", "count", "images": [...]}`, '
        f"at most {MOST_IMAGES} images", epochs.Cell, errors=_LOOK,
        query=(Query("label", Class, "4", is_required=True), Query("predicted", Class, "9", is_required=True)),
    ),
    Operation(
        "GET", f"{EPOCH}/maps", "one epoch", "the answer to test image 17, and `image`, `label`", epochs.AnswerToImage,
        query=(Query("image", _Row, "17", is_required=True),), errors=_ASK,
    ),
    Operation(
        "POST", f"{EPOCH}/predict", "one epoch", "the answer to a drawing", epochs.AnswerToDrawing, body=epochs.Drawing,
        errors=(*_ASK, 403),
    ),
    Operation(
        "GET", "/api/lenet/datasets/{dataset}/{split}/images", "one epoch",
        f'`{{"images": [...]}}` of `mnist` or `fashion`, `train` or `test`; at most {MOST_IMAGES}', epochs.Images,
        query=(Query("rows", str, "1,2,3", is_required=True),), errors=(404, 422, 503),
    ),
)  # fmt: skip
