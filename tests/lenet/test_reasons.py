"""Why a run ended: the code and the sentence say the same, and both outlive the process."""

from __future__ import annotations

import json
import string

import pytest

from lenet.cleaned import clean_record
from lenet.reasons import SENTENCES, Reason, because, end_record, told_by
from lenet.records import End, Odd, Start, Why, read_record


def filled_in(code: str) -> dict[str, int]:
    return {name: 7 for _, name, _, _ in string.Formatter().parse(SENTENCES[code]) if name}


@pytest.mark.parametrize("code", SENTENCES)
def test_what_is_written_into_a_record_is_read_back(code: str):
    reason = because(code, **filled_in(code))
    end = read_record(json.dumps(end_record("20260101-000000-abcdef", "failed", reason)).encode())
    assert isinstance(end, End)
    assert told_by(end) == reason
    assert reason.why == Why(code, filled_in(code))
    assert "{" not in str(reason)
    start = {"kind": "start", "epoch": 0, "step": 0, "steps": 1, "device": "CPU"} | reason.to_json("note")
    read = read_record(json.dumps(start).encode())
    assert isinstance(read, Start)
    assert told_by(read) == reason


def test_a_record_of_an_earlier_version_has_its_sentence_alone():
    end = read_record(b'{"kind": "end", "status": "failed", "reason": "the disk: full"}')
    assert isinstance(end, End)
    assert told_by(end) == Reason("the disk: full", None)
    assert Reason("the disk: full", None).to_json() == {"reason": "the disk: full"}


@pytest.mark.parametrize("reason", [b"", b', "reason": null', b', "reason": ""'])
def test_a_run_that_ended_as_it_should_has_no_reason(reason: bytes):
    end = read_record(b'{"kind": "end", "status": "finished"' + reason + b"}")
    assert isinstance(end, End)
    assert told_by(end) is None
    assert end_record("x", "finished")["reason"] is None


@pytest.mark.parametrize("why", ["{}", "5", '{"code": 5, "values": {}}', '{"code": "x", "values": {"a": [1]}}'])
def test_a_why_that_is_none_makes_the_record_none(why: str):
    record = read_record(f'{{"kind": "end", "status": "failed", "reason": "x", "why": {why}}}'.encode())
    assert isinstance(record, Odd)
    assert "why" in record.error


def test_neither_the_sentence_nor_the_values_tell_where_a_file_is():
    reason = because("disk", error="no space: '/srv/runs/resume.pt'")
    assert str(reason.cleaned()) == "the disk: no space: 'resume.pt'"
    assert reason.cleaned().why == Why("disk", {"error": "no space: 'resume.pt'"})
    assert "/srv" not in json.dumps(clean_record(end_record("x", "failed", reason)))
    assert len(json.dumps(because("disk", error="x" * 9000).cleaned(2000).to_json())) < 4200
