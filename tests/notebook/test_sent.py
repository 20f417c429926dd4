"""Which field it is that does not fit."""

from __future__ import annotations

import msgspec
import pytest

from notebook.sent import decoded, field_of
from notebook.shapes import NotebookChanges, NotebookEdit


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
