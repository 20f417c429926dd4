"""The notebook's part of the HTTP API, for its OpenAPI description."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from core.openapi import Operation, Query
from notebook import shapes
from notebook.contents import NotebookSummary, Put
from notebook.pins import Language

API = "/api/notebook"
ONE = f"{API}/notebooks/{{notebook}}"
PARAMETERS: dict[str, Any] = {"notebook": str, "pin": str, "picture": str, "job": str}
IMAGE, ARCHIVE = "image/*", "application/zip"

_Number = Annotated[int, Meta(ge=0, le=999_999_999)]
_READ = (404, 409, 429, 503)
_CHANGE = (403, 404, 409, 429, 503, 507)

OPERATIONS = (
    Operation(
        "GET", API, "notebooks", '`{"notebooks", "templates", "recovery", "limits", "teacher"}`: of who asks',
        shapes.NotebookList, errors=(429, 503),
    ),
    Operation(
        "POST", f"{API}/notebooks", "notebooks", "201 and its summary: it is the current one, into which pins go",
        NotebookSummary, 201, shapes.NewNotebook, errors=_CHANGE,
    ),
    Operation(
        "GET", ONE, "notebooks",
        "all of it, or what is new since a revision: see below", shapes.NotebookContent,
        query=(Query("since", _Number, "7"), Query("language", Language, "en")), errors=(*_READ, 422),
    ),
    Operation(
        "POST", f"{ONE}/changes", "notebooks", "all of them are carried out, or none: see below",
        shapes.NotebookChanged, body=shapes.NotebookChanges, errors=_CHANGE,
    ),
    Operation(
        "PATCH", ONE, "notebooks", "its summary; `offered`, as a template for everybody, is the teacher's to change",
        NotebookSummary, body=shapes.NotebookEdit, errors=_CHANGE,
    ),
    Operation("DELETE", ONE, "notebooks", "its summary; for 7 days it comes back", NotebookSummary, errors=_CHANGE),
    Operation("POST", f"{ONE}/restore", "notebooks", "its summary", NotebookSummary, errors=_CHANGE),
    Operation(
        "POST", f"{API}/pins", "pins", '201 and `{"notebook", "cell", "slot", "pins"}`: where it is; once by its id',
        Put, 201, shapes.NewPin, errors=_CHANGE,
    ),
    Operation(
        "PATCH", f"{API}/pins/{{pin}}", "pins",
        "the same; its note, as long as nobody has changed that in the notebook", Put, body=shapes.PinNote,
        errors=_CHANGE,
    ),
    Operation(
        "GET", f"{API}/pins/{{pin}}/picture.png", "pins",
        "its picture, drawn soon after it was pinned or when it is asked for; up to 480 the small one for the page",
        "image/png",
        query=(Query("width", _Number, "480"),), errors=(404, 422, 429, 502, 503, 507),
    ),
    Operation(
        "POST", f"{ONE}/pictures", "pins", '201 and `{"picture", "width", "height"}`: it is kept, written anew',
        shapes.BroughtPicture, 201, IMAGE, errors=(*_CHANGE, 502),
    ),
    Operation(
        "GET", f"{API}/pictures/{{picture}}", "pins", "a picture that was brought, a PNG or a JPEG", IMAGE,
        errors=(404, 429, 503),
    ),
    Operation(
        "POST", f"{ONE}/export", "notebooks", '202 and `{"job"}`: a file is made; `name` and `number` are in it alone',
        shapes.ExportJob, 202, shapes.NewExport, errors=_CHANGE,
    ),
    Operation(
        "GET", f"{API}/exports/{{job}}", "notebooks", '`{"done", "of", "ready", "error"}`: how far it is',
        shapes.ExportProgress, errors=(404, 429),
    ),
    Operation(
        "GET", f"{API}/exports/{{job}}/file", "notebooks", "the file, for 10 minutes", "*/*",
        errors=(404, 409, 422, 429, 502, 503),
    ),
    Operation(
        "POST", f"{API}/import", "notebooks", "201 and the summary of the notebook that is in the archive",
        NotebookSummary, 201, ARCHIVE, errors=(*_CHANGE, 502),
    ),
    Operation(
        "POST", f"{API}/recovery", "notebooks", "a new recovery code; an older one opens nothing any more",
        shapes.RecoveryCode, errors=_CHANGE,
    ),
    Operation(
        "POST", f"{API}/recovery/open", "notebooks", "how many notebooks this browser has now", shapes.Recovered,
        body=shapes.RecoveryCode, errors=_CHANGE,
    ),
)  # fmt: skip
