"""What only the routes of this tab raise, as an answer: a code for the page, a sentence for the terminal."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, jsonify

from core.cleaned import plain
from core.refused import Answer, RefusedError
from core.spelling import spelled
from lenet.config import ConfigError
from lenet.data import pictures

log = logging.getLogger(__name__)


def register(blueprint: Blueprint) -> None:
    """Gives `blueprint` and all that are part of it these answers. Those to all other errors are the application's."""
    blueprint.register_error_handler(ConfigError, wrong)
    blueprint.register_error_handler(FileNotFoundError, missing_file)
    blueprint.register_error_handler(NotADirectoryError, missing_file)
    blueprint.register_error_handler(pictures.BrokenFileError, broken)


def wrong(error: ConfigError) -> tuple[Response, int]:
    return jsonify(error.to_json() | {"value": _jsonable(error.value)}), error.status


def missing_file(error: OSError) -> Answer:
    """A file of a run or a data set is not there or is none; which, is for the log."""
    log.warning("a file is not there", extra={"error": plain(error)})
    text = "that file is not on the server (the data set is fetched by its first run)"
    return RefusedError(404, text, "no-file").answer()


def broken(error: pictures.BrokenFileError) -> Answer:
    return RefusedError(404, str(error), "no-file").answer()


def _jsonable(value: object) -> str | float | None:
    """`value` for an error message: a list, an object or what is long is text, as JSON and cut."""
    if isinstance(value, (str, int, float, bool, type(None))) and len(text := spelled(value, 200)) < 200:
        return value if value == value and value not in (float("inf"), float("-inf")) else text
    return spelled(value, 200)
