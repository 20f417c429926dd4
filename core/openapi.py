"""An OpenAPI description of the HTTP API, made from a table of operations: types in, a document out. No Flask.

msgspec turns the types of bodies and answers into schemas, apispec puts schemas and operations together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from apispec import APISpec
from msgspec import UNSET, Meta, Struct, UnsetType

_REFERENCE = "#/components/schemas/{name}"
ADDRESS = "/api/openapi.json"


class Error(Struct, forbid_unknown_fields=True):
    """What is told with every status of 400 and above."""

    error: Annotated[str, Meta(description="one English sentence")]
    code: Annotated[str, Meta(description="a word for programs")]
    field: Annotated[str | None, Meta(description="which field is wrong; null: no single one")]
    values: Annotated[dict[str, Any], Meta(description="what the text of the code fills in")]
    value: (
        Annotated[str | float | bool | None, Meta(description="what it was; a list, an object or what is long as text")]
        | UnsetType
    ) = UNSET


@dataclass(frozen=True)
class Query:
    """A parameter of the address. kind: a type that msgspec knows. example: what stands for it in the docs."""

    name: str
    kind: Any
    example: str
    is_required: bool = False


@dataclass(frozen=True)
class Operation:
    """A request that is understood.

    answer, body: the type of the JSON that `status` comes with or that is sent, the media type where it is none, or
    None for nothing. says: the answer in words, Markdown. errors: which of the statuses of `ERRORS` may come instead;
    those of a body go without saying.
    """

    method: str
    path: str  # parameters in braces: /runs/{run}
    part: str  # of the API, one of its tags
    says: str
    answer: Any = None
    status: int = 200
    body: type | str | None = None
    query: tuple[Query, ...] = ()
    errors: tuple[int, ...] = ()


# What each status means, whatever is asked.
ERRORS = {
    400: "the body is no JSON",
    403: "the run belongs to another browser; a wrong teacher's token; what is a teacher's to do (`not-teacher`); "
    "a page of another origin (`origin`); a name "
    "that is not this server's (`host`)",
    404: "no such run, epoch or file; files of a run that somebody removed from the server by hand (`no-files`); a "
    "data set that has not been fetched yet; points that this server does not have (`no-data`); a "
    "notebook, pin, picture or export that is not there or is another's",
    409: "not in the run's present state, such as resuming a finished run; its files cannot be read (`unreadable`, "
    "`damaged-network`) or, on Windows, are in use (`in-use`); a notebook that was deleted, or is full",
    413: "the body is too large",
    415: "the body was not sent as `application/json`, or the other type that the request wants",
    422: "a field has a wrong value or is unknown, a canvas is empty, bytes are no points, no picture or no archive",
    429: "the browser, or all programs together, have as many active runs as they may (`too-many-runs`), or have given "
    "as many points in a day (`too-much-data`); all together have as many runs (`queue-full`); too many requests at "
    "once (`too-fast`)",
    502: "the process that predicts, or the one that draws, could not answer",
    503: "not now: too many questions at once (`too-many-questions`), the queue does not answer (`queue-unreachable`), "
    "nothing that trains is there (`no-worker`), the server is busy (`busy`) or still reads its runs (`reading`), the "
    "database does not answer or has not the tables it had (`database-gone`), is in use by others for too long "
    "(`database-locked`), of a newer version (`database-newer`) or damaged (`database-damaged`)",
    507: "the disk is full, also that of the database (`database-full`), which has as many points as it may "
    "(`data-full`) or notebooks (`notebooks-full`), or may not be written (`database-read-only`); or "
    "the files of runs, or of a large body while it comes, cannot be written for another reason (`disk-refuses`)",
}
_OF_A_BODY = (400, 413, 415, 422)
_RETRY = (429, 503)  # say when to ask again


def document(title: str, about: str, operations: Iterable[Operation], parameters: dict[str, Any]) -> dict[str, Any]:
    """The description as JSON values. parameters: the types of what stands in braces in paths."""
    operations = [*operations, OF_ITSELF]
    spec = APISpec(title, "1", "3.1.0", info={"description": about})
    types = [Error, *(one for operation in operations for one in (operation.answer, operation.body) if _is_type(one))]
    _, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    for name, schema in components.items():
        spec.components.schema(name, schema)
    for status, text in ERRORS.items():
        headers = {"Retry-After": {"schema": {"type": "string"}}} if status in _RETRY else {}
        spec.components.response(str(status), {"description": text, "content": _json(Error), "headers": headers})
    for part in dict.fromkeys(operation.part for operation in operations):
        spec.tag({"name": part})
    for operation in operations:
        spec.path(operation.path, operations={operation.method.lower(): _described(operation, parameters)})
    return spec.to_dict()


def _described(operation: Operation, parameters: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": operation.says}
    if isinstance(operation.answer, str):
        answer["content"] = {operation.answer: {"schema": {}}}
    elif operation.answer is not None:
        answer["content"] = _json(operation.answer)
    errors = {*operation.errors, *(_OF_A_BODY if operation.body else ())}
    described: dict[str, Any] = {
        "operationId": " ".join([operation.method.lower(), *re.findall(r"\w+", operation.path)[1:]]),
        "tags": [operation.part],
        "description": operation.says,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": _schema(parameters[name])}
            for name in re.findall(r"{(\w+)}", operation.path)
        ]
        + [
            {"name": one.name, "in": "query", "required": one.is_required, "schema": _schema(one.kind)}
            | {"x-shown": one.example}
            for one in operation.query
        ],
        "responses": {str(operation.status): answer} | {str(status): str(status) for status in sorted(errors)},
    }
    if operation.body is not None:
        content = {operation.body: {"schema": {}}} if isinstance(operation.body, str) else _json(operation.body)
        described["requestBody"] = {"required": True, "content": content}
    return described


def _json(kind: Any) -> dict[str, Any]:
    return {"application/json": {"schema": _schema(kind)}}


def _schema(kind: Any) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=_REFERENCE)
    return schema


def _is_type(kind: Any) -> bool:
    return kind is not None and not isinstance(kind, str)


OF_ITSELF = Operation("GET", ADDRESS, "pages", "this API as an OpenAPI 3.1 document, for programs", dict[str, Any])
