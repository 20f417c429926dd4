"""Which field it is that does not fit, and what is said of it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from notebook.cells import AnyCell
from notebook.figures import Figure
from notebook.sent import decoded, field_of, is_deeper, refused
from notebook.shapes import NewNotebook, NewPin, NotebookChanges, NotebookEdit


@pytest.mark.parametrize(
    ("sent", "kind", "field"),
    [
        (b'{"title": 3}', NotebookEdit, "title"),
        (b'{"colour": 3}', NotebookEdit, "colour"),
        (b"3", NotebookEdit, None),
        (b'{"changes": [{}], "by": "x"}', NotebookChanges, "changes[0].id"),
        (b'{"changes": [{"id": 1}], "by": "x"}', NotebookChanges, "changes[0].id"),
        (b"[" * 200_000, NotebookEdit, None),
    ],
)
def test_the_field_that_does_not_fit_is_known(sent: bytes, kind: type, field: str | None):
    with pytest.raises(msgspec.ValidationError) as error:
        decoded(sent, kind)
    assert field_of(error.value) == field


@pytest.mark.parametrize(
    "content", [b'"%s"' % (b"[" * 200_000), b'"%s"' % (b'\\"{' * 200_000)], ids=["plain", "quoted"]
)
def test_brackets_of_a_text_are_no_lists(content: bytes):
    assert len(decoded(content, str)) >= 200_000


def test_lists_between_texts_are_found():
    with pytest.raises(msgspec.ValidationError, match="lists and objects"):
        decoded(b"[%s]" % b",".join([b'"a\\\\",[]'] * 100_000), list)


class Cell(msgspec.Struct):
    cell: AnyCell | None


class Drawn(msgspec.Struct):
    figure: Figure


PLANE = {"form": "plane", "side": 2, "cells": "", "x": {}, "y": {}}
KINDS = '"heading", "text", "pin", "slot", "picture", "derived", "unknown"'


@pytest.mark.parametrize(
    ("sent", "kind", "sentence"),
    [
        (3, NotebookEdit, "invalid body: 3 (want an object)"),
        ({"title": 3}, NotebookEdit, "invalid title: 3 (want a text of at most 200 characters)"),
        ({"colour": 3}, NotebookEdit, "invalid colour: 3 (want one of the fields title, current, fills, offered)"),
        ({"current": 1}, NotebookEdit, "invalid current: 1 (want true or false)"),
        ({"template": "empty"}, NewNotebook, 'invalid language: missing (want one of "en", "zh")'),
        ({"template": "empty", "language": "de"}, NewNotebook, 'invalid language: "de" (want one of "en", "zh")'),
        ({"changes": {}}, NotebookChanges, "invalid changes: {} (want a list of at most 500 items)"),
        ({"pin": {"id": "?"}}, NewPin, 'invalid pin.id: "?" (want a text that matches ^[A-Za-z0-9_-]{8,40}$)'),
        ({"cell": 3}, Cell, "invalid cell: 3 (want an object or null)"),
        ({"cell": {}}, Cell, f"invalid cell.type: missing (want one of {KINDS})"),
        ({"cell": {"type": "script"}}, Cell, f'invalid cell.type: "script" (want one of {KINDS})'),
        (
            {"cell": {"type": "heading", "text": "", "level": 4}},
            Cell,
            "invalid cell.level: 4 (want a whole number from 1 to 3)",
        ),
        ({"cell": {"type": "text", "level": 1}}, Cell, "invalid cell.level: 1 (want one of the fields text, hint)"),
        (
            {"cell": {"type": "slot", "view": "", "where": {"a b": 1}}},
            Cell,
            'invalid cell.where: {"a b": 1} (want keys that are each a text that matches ^[A-Za-z0-9_.-]{1,60}$)',
        ),
        (
            {"cell": {"type": "slot", "view": "", "where": {"a": []}}},
            Cell,
            'invalid cell.where[...]: {"a": []} (want fields that are each a number from -1e+300 to 1e+300, true or '
            "false, a text of at most 200 characters or null)",
        ),
        (
            {"figure": PLANE | {"cells": "?"}},
            Drawn,
            'invalid figure.cells: "?" (want a text in base64 of at most 40000 bytes)',
        ),
    ],
)
def test_what_does_not_fit_is_said_in_plain_words(sent: Any, kind: type, sentence: str):
    content = json.dumps(sent).encode()
    with pytest.raises(msgspec.ValidationError) as error:
        decoded(content, kind)
    assert str(refused(content, error.value, kind)) == sentence


def test_of_too_many_lists_the_first_are_named():
    content = b"[%s]" % b",".join([b"[]"] * 100_000)
    with pytest.raises(msgspec.ValidationError) as error:
        decoded(content, list)
    said = str(refused(content, error.value, list))
    assert said.startswith('invalid body: "[[],[],[]')
    assert said.endswith(" (want at most 100000 lists and objects)")


@pytest.mark.parametrize(
    ("content", "depth"), [(b"[]", 1), (b'[{"a":[]},[],[]]', 3), (b'{"[[[\\"[[":"]"}', 1), (b"[[],[],[],[[],[]]]", 3)]
)
def test_how_deep_lists_lie_in_each_other_is_counted_outside_of_texts(content: bytes, depth: int):
    assert not is_deeper(content, depth)
    assert is_deeper(content, depth - 1)
