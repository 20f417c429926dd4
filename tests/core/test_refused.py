"""What is refused: both tabs say it in one form."""

from __future__ import annotations

import json

import pytest

from core.refused import MISSING, InvalidError, RefusedError
from lenet.config import ConfigError as LenetError
from playground.config import ConfigError as PlaygroundError
from playground.serving.session import SessionError

FORM = ["code", "field", "values", "error"]


@pytest.mark.parametrize(
    "error",
    [
        LenetError("epochs", 0, "a whole number", "whole", {"low": 1}),
        PlaygroundError("epochs", 0, "a whole number", "whole", {"low": 1}),
        RefusedError(409, "no", "active", status="running"),
        SessionError("no", "full", {"most": 3}),
    ],
)
def test_every_refusal_has_the_form(error: RefusedError):
    assert list(error.to_json()) == FORM
    assert error.to_json()["error"] == str(error)
    assert json.loads(json.dumps(error.to_json())) == error.to_json()


def test_what_was_not_sent_is_told_from_null():
    missing, null = (PlaygroundError("epochs", value, "a whole number") for value in (MISSING, None))
    assert (str(missing), missing.values["value"]) == ("invalid epochs: missing (want a whole number)", "")
    assert (str(null), null.values["value"]) == ("invalid epochs: null (want a whole number)", "null")


@pytest.mark.parametrize(("kind", "whole"), [(LenetError, "body"), (PlaygroundError, "argument")])
def test_what_is_wrong_as_a_whole_has_no_field(kind: type[InvalidError], whole: str):
    error = kind(None, [], "an object")
    assert error.to_json() == {
        "code": "invalid", "field": None, "values": {"value": "[]"}, "error": f"invalid {whole}: [] (want an object)",
    }  # fmt: skip


def test_a_value_of_any_size_is_told_in_a_short_text():
    error = LenetError("x" * 1000, "y" * 100_000, "less")
    assert len(json.dumps(error.to_json())) < 500


def test_an_answer_over_http_says_when_to_ask_again_and_names_no_path():
    error = RefusedError(503, "cannot open '/srv/lab/x.pt'", "busy", error="no /srv/lab/x.pt", status="paused")
    said = {"code": "busy", "field": None, "values": {"error": "no x.pt", "status": "paused"}}
    assert error.answer() == (said | {"error": "cannot open 'x.pt'"}, 503, {"Retry-After": "2"})
    assert RefusedError(404, "no", "no-such-run").answer()[2] == {}


def test_what_was_sent_is_quoted_in_the_answer_as_it_was():
    body, status, headers = PlaygroundError("data", "/a/b", "points", "places").answer()
    assert (body["values"], status, headers) == ({"value": "/a/b"}, 422, {})
