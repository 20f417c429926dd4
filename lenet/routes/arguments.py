"""What a request brings: its JSON body and the numbers of its query, checked. Flask's request, no runs."""

from __future__ import annotations

import json

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from core.refused import MISSING
from core.spelling import fault_of_json
from lenet.config import ConfigError
from lenet.lines import JsonObject

MOST_BODY_BYTES = 2**20
MOST_NESTED = 16  # objects and lists in a body


def body() -> JsonObject:
    """The JSON object that was sent. Raises ConfigError, and what werkzeug answers by 400, 413 and 415."""
    if not request.is_json:
        raise UnsupportedMediaType("want a body of type application/json")
    text = request.get_data(cache=False)
    if request.content_length is None and len(text) >= MOST_BODY_BYTES:  # werkzeug cuts what has no length
        raise RequestEntityTooLarge
    try:
        value = json.loads(text)
    except ValueError as error:
        raise BadRequest(f"the body is no JSON: {fault_of_json(error)}") from None
    except RecursionError:
        raise BadRequest("the body is nested too deep") from None
    if not _is_flat(value, MOST_NESTED):
        raise BadRequest(f"the body is nested more than {MOST_NESTED} deep")
    if not isinstance(value, dict):
        raise ConfigError(None, value, "a JSON object")
    return value


def only(body: JsonObject, *known: str) -> None:
    """Raises ConfigError for a field that is none of `known`."""
    for name, value in body.items():
        if name not in known:
            raise ConfigError(name, value, f"only the fields {', '.join(known)}")


def _is_flat(value: object, most: int) -> bool:
    """Whether it has at most `most` levels."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return most > 0 and all(_is_flat(part, most - 1) for part in parts if isinstance(part, (dict, list)))


def whole(name: str, low: int, high: int, default: int | None = None) -> int:
    """The query parameter `name`, a whole number from `low` to `high`. Raises ConfigError."""
    text = request.args.get(name)
    if text is None and default is not None:
        return default
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 10 or not low <= int(text) <= high:
        sent = MISSING if text is None else text
        raise ConfigError(name, sent, f"a whole number from {low} to {high}", "whole", {"low": low, "high": high})
    return int(text)
