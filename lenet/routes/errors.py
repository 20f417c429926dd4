"""What is raised while a request is answered, as an answer: a code for the page, a sentence for the terminal."""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request
from werkzeug.exceptions import HTTPException, InternalServerError

from core.places import BusyError
from core.spelling import spelled
from core.threads import note
from lenet.cleaned import clean_values, plain, without_paths
from lenet.config import ConfigError
from lenet.data import pictures
from lenet.questions.asker import HelperError
from lenet.run import RefusedError

log = logging.getLogger(__name__)

RETRY_S = "2"


def register(blueprint: Blueprint) -> None:
    """Gives `blueprint` and all that are part of it these answers, and its application those for all of its pages."""
    blueprint.register_error_handler(ConfigError, wrong)
    blueprint.register_error_handler(RefusedError, refused)
    blueprint.register_error_handler(BusyError, busy)
    blueprint.register_error_handler(HelperError, unanswered)
    blueprint.register_error_handler(FileNotFoundError, missing_file)
    blueprint.register_error_handler(NotADirectoryError, missing_file)
    blueprint.register_error_handler(pictures.BrokenFileError, broken)
    blueprint.app_errorhandler(HTTPException)(http_error)
    blueprint.app_errorhandler(Exception)(mistake)


def wrong(error: ConfigError) -> tuple[Response, int]:
    return jsonify(error.to_json() | {"value": _jsonable(error.value)}), 422


def refused(error: RefusedError) -> Response:
    return _error(str(error), error.code, error.status, error.values)


def busy(error: Exception) -> Response:
    return _error(f"the server is busy: {error}", "too-many-questions", 503)


def unanswered(error: HelperError) -> Response:
    if error.busy:
        return busy(error)
    if error.damaged:
        return _error(str(error), "damaged-network", 409, {"file": error.damaged})
    return _error(str(error), "empty-drawing" if error.empty else "no-answer", 422 if error.empty else 502)


def missing_file(error: OSError) -> Response:
    """A file of a run or a data set is not there or is none; which, is for the log."""
    log.warning("a file is not there", extra={"error": plain(error)})
    return _error("that file is not on the server (the data set is fetched by its first run)", "no-file", 404)


def broken(error: pictures.BrokenFileError) -> Response:
    return _error(str(error), "no-file", 404)


def http_error(error: HTTPException) -> Response | HTTPException:
    """What werkzeug refuses, as JSON for the API; the pages keep theirs."""
    if not request.path.startswith("/api/") or (error.code or 0) < 400:  # or a redirection
        return error
    response = _error(error.description or error.name, "http", error.code or 500)
    if error.code == 405:
        response.headers["Allow"] = error.get_response().headers.get("Allow", "")
    return response


def mistake(error: Exception) -> Response | HTTPException:
    """Ours: told to the log once a second, not for each of a flood."""
    note("request", error)
    if not request.path.startswith("/api/"):
        return InternalServerError()
    return _error("the server has made a mistake; its log says which", "mistake", 500)


def _error(text: str, code: str, status: int, values: dict[str, Any] | None = None) -> Response:
    said = {"code": code, "field": None, "values": clean_values(values or {}), "error": without_paths(text)}
    response = make_response(jsonify(said), status)
    if status in (429, 503):
        response.headers["Retry-After"] = RETRY_S
    return response


def _jsonable(value: object) -> Any:
    """`value` for an error message: a list, an object or what is long is text, as JSON and cut."""
    if isinstance(value, (str, int, float, bool, type(None))) and len(text := spelled(value, 200)) < 200:
        return value if value == value and value not in (float("inf"), float("-inf")) else text
    return spelled(value, 200)
