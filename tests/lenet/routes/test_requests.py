"""Whatever is asked: no request makes a 500, fills the memory or the log, or is told where the server has its files."""

from __future__ import annotations

import io
import json
import logging
import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core import threads
from core.visitors import BROWSER_COOKIE, TEACHER_COOKIE
from lenet.cleaned import clean_record
from lenet.questions.messages import Question
from lenet.routes.arguments import MOST_BODY_BYTES
from lenet.routes.served import MOST_OF_ONE, MOST_QUESTIONS
from lenet.runs.registry import Runs
from support.lenet_runs import ALICE, QUICK
from support.long import parametrize
from support.processes import wait_until

DEEP = "[" * 100_000
BODIES = [
    b"", b"{}", b"[]", b"5", b"null", b'"x"', b"\xff\xfe", b"{", b"nul", DEEP.encode(),
    b'{"a":' * 1000 + b"1" + b"}" * 1000,
    b'{"config":' + b"[" * 900 + b"]" * 900 + b"}", b'{"config": {"epochs": 1' + b"0" * 4299 + b"}}",
    b'{"config": {"epochs": 1' + b"0" * 5000 + b"}}", b'{"config": {"epochs": 1e999}}', b'{"preset": "\\ud800"}',
    b'{"config": {"\\ud800": 1}}', b'{"config": {"epochs": NaN}}', b'{"token": "\\ud800"}', b'{"token": 5}',
    b'{"axes": {"seed": {"values": [1' + b"0" * 4000 + b"]}}}", b'{"axes": 5}',
    b'{"axes": {"seed": {"low": 1, "high": {}}}}',
    b'{"search": [], "axes": {"seed": {"values": [[]]}}}',
    b'{"search": "random", "trials": true, "axes": {"seed": {"values": [1]}}}',
    b'{"search": "random", "trials": 10, "axes": {"seed": {"low": 1, "high": 0}}}',
    b'{"width": 8, "height": 8, "pixels": "A"}', b'{"width": true, "height": 8}',
    b'{"width": 1e9, "height": 1e9, "pixels": ""}',
]  # fmt: skip
ODD_TEXT = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "0", "-1", "1", "last", "9" * 30, "../../etc/passwd", "%00", "\xed\xa0\x80", "nan~x", "1e400~",
                     "~", "20260101-000000-abcdef", "x" * 5000]),
)  # fmt: skip
HEADERS = st.dictionaries(
    st.sampled_from(["Origin", "Authorization", "Cookie", "Content-Type", "Accept", "Range", "If-None-Match",
                     "X-Forwarded-Proto"]),
    st.one_of(
        st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30),
        st.sampled_from(["http://[::1", "null", "http://localhost", "Bearer \xff", f"{BROWSER_COOKIE}=\xff\xfe",
                         f'{BROWSER_COOKIE}="\\377"', f"{TEACHER_COOKIE}=\xe4\xb8", f"{BROWSER_COOKIE}={'x' * 4000}",
                         "application/json", "application/json; charset=nonsense", "bytes=0-,5-",
                         "application/vnd.x+json"]),
    ),
    max_size=3,
)  # fmt: skip
QUERY_NAMES = ["from", "limit", "after", "mine", "runs", "label", "predicted", "image", "rows", "x"]


@hypothesis_settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_request_makes_a_500_or_tells_of_the_servers_files(
    app: Flask, runs: Runs, experiments: Path, data: st.DataObject
):
    before = threads.errors().get("request", 0)
    rule = data.draw(st.sampled_from(sorted(app.url_map.iter_rules(), key=str)), label="rule")
    (finished,) = [one["run"] for one in runs.board.summaries() if one["owner"] == "alice"]
    arguments = {}
    for name in rule.arguments:
        known = {"run_id": finished, "epoch": "last", "dataset": "mnist", "split": "test", "what": "stop"}.get(
            name, "x"
        )
        arguments[name] = data.draw(st.just(known) | ODD_TEXT, label=name)
    query = data.draw(st.dictionaries(st.sampled_from(QUERY_NAMES), ODD_TEXT, max_size=3), label="query")
    methods = sorted((rule.methods or set()) - {"OPTIONS", "DELETE"}) or ["GET"]
    path = "/" + "/".join(str(arguments.get(part[1:-1].split(":")[-1], part)) for part in str(rule).split("/")[1:])
    headers = data.draw(HEADERS, label="headers")
    if data.draw(st.booleans(), label="as JSON"):
        headers["Content-Type"] = "application/json"
    answer = app.test_client(use_cookies=False).open(
        path.replace("\0", "%00").replace("?", "%3f").replace("#", "%23"),
        method=data.draw(st.sampled_from(methods), label="method"),
        query_string=query,
        headers=headers,
        data=data.draw(st.sampled_from(BODIES) | st.binary(max_size=20), label="body"),
    )
    assert answer.status_code < 500 or answer.status_code in (502, 503), answer.data
    assert str(experiments).encode() not in answer.data
    for one in runs.board.summaries():
        if one["status"] in ("queued", "starting", "running"):
            runs.request(ALICE.__class__(None, is_teacher=True), one["run"], "stop")
    assert threads.errors().get("request", 0) - before <= 1  # a file that is not there is noted, if it is


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:20])
@parametrize("path", ["runs", "sweeps", "teacher", "runs/RUN/epochs/last/predict"], short=2)
def test_no_body_makes_a_500(app: Flask, runs: Runs, path: str, body: bytes):
    path = path.replace("RUN", runs.board.summaries()[-1]["run"])
    answer = app.test_client(use_cookies=False).post(f"/api/lenet/{path}", data=body, content_type="application/json")
    assert answer.status_code in (201, 400, 403, 422), answer.text
    assert answer.json["code"] if answer.status_code != 201 else True


@pytest.mark.parametrize("path", ["/", "/nothing", "/api/lenet/runs", "/api/lenet/runs/x", "/api/nothing"])
@pytest.mark.parametrize("cookie", ["\xff", "\xe4\xb8", '"\\377\\376"', "a b", "x" * 4000, ""])
def test_a_cookie_that_is_none_is_replaced(app: Flask, path: str, cookie: str):
    answer = app.test_client(use_cookies=False).get(
        path, headers={"Cookie": f"{BROWSER_COOKIE}={cookie}; {TEACHER_COOKIE}={cookie}"}
    )
    assert answer.status_code in (200, 404)
    assert f"{BROWSER_COOKIE}=" in answer.headers["Set-Cookie"]


def test_a_body_without_a_length_is_refused_when_it_is_too_long(app: Flask):
    """Chunked, as the server hands it on: nobody knows how long it is before it is read."""
    answer = app.test_client(use_cookies=False).post(
        "/api/lenet/runs",
        input_stream=io.BytesIO(b" " * (MOST_BODY_BYTES + 2)),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert (answer.status_code, answer.json["code"]) == (413, "body-too-large")


def test_our_own_mistakes_fill_no_log(app: Flask, runs: Runs, monkeypatch, caplog: pytest.LogCaptureFixture):
    def mistake(*_: Any) -> None:
        raise ZeroDivisionError("a mistake of ours at /srv/secret/place")

    monkeypatch.setattr(runs.board, "page", mistake)
    student = app.test_client(use_cookies=False)
    with caplog.at_level(logging.WARNING):
        for _ in range(20):
            answer = student.get("/api/lenet/runs")
            assert (answer.status_code, answer.json["code"]) == (500, "mistake")
            assert "secret" not in answer.text
    assert len(caplog.records) <= 2


# --- questions under way ----------------------------------------------------------------------------------------------


def test_many_drawings_at_once_are_refused_before_their_bodies_are_read(app: Flask, runs: Runs, monkeypatch):
    """600 of them, from programs and from one browser: as many wait as may, the others are told to come again."""
    let_go, waiting = threading.Event(), [0]

    def ask(question: Question) -> dict[str, Any]:
        waiting[0] += 1
        assert let_go.wait(30)
        return {"asked": type(question).__name__}

    monkeypatch.setattr(runs.helper, "ask", ask)
    run_id = runs.board.summaries()[-1]["run"]
    path = f"/api/lenet/runs/{run_id}/epochs/last/predict"
    answers: list[Any] = []
    read = [0]

    class Body(io.BytesIO):
        def read(self, *arguments: Any) -> bytes:
            read[0] += 1
            return super().read(*arguments)

    body = json.dumps({"width": 8, "height": 8, "pixels": "/" * 85 + "w=="}).encode()

    def draw(cookie: str | None) -> None:
        headers = {"Cookie": f"{BROWSER_COOKIE}={cookie}"} if cookie else {}
        answers.append(
            app.test_client(use_cookies=False).post(
                path, input_stream=Body(body), content_type="application/json", headers=headers,
                environ_overrides={"CONTENT_LENGTH": str(len(body))},
            )
        )  # fmt: skip

    askers = [threading.Thread(target=draw, args=(None if at % 2 else "mine",)) for at in range(200)]
    askers += [threading.Thread(target=draw, args=(f"other{at}",)) for at in range(100)]
    for asker in askers:
        asker.start()
    wait_until(lambda: len(answers) == 300 - MOST_QUESTIONS, 30, "the refusals")
    assert waiting[0] == MOST_QUESTIONS
    assert {(one.status_code, one.json["code"]) for one in answers} == {(503, "too-many-questions")}
    assert all(int(one.headers["Retry-After"]) > 0 for one in answers)
    assert read[0] <= 4 * MOST_QUESTIONS
    let_go.set()
    for asker in askers:
        asker.join(30)
    assert sum(one.status_code == 200 for one in answers) == MOST_QUESTIONS
    assert MOST_OF_ONE < MOST_QUESTIONS


# --- where the server has its files -----------------------------------------------------------------------------------


def test_a_run_tells_of_no_folder_whatever_its_files_say(app: Flask, runs: Runs, experiments: Path):
    """Runs of earlier versions have the path of their last checkpoint in their last record."""
    heard: list[Any] = []
    runs.board.subscribe(lambda _event, payload: heard.append(payload))
    run_id = runs.create(ALICE, "exercise-code", QUICK)["run"]
    wait_until(lambda: runs.show(run_id)["step"], 60, "a first batch")
    end = {"kind": "end", "run": run_id, "status": "failed", "checkpoint": str(experiments / run_id / "x.pt")}
    end |= {"reason": f"the disk: [Errno 28] No space left on device: '{experiments / run_id / 'resume.pt'}'"}
    end |= {"why": {"code": "disk", "values": {"error": f"No space: '{experiments / run_id / 'resume.pt'}'"}}}
    runs.request(ALICE, run_id, "stop")
    wait_until(lambda: runs.show(run_id)["status"] == "stopped", 30, "its end")
    folder = runs._known.get(run_id).folder
    assert clean_record(end)["checkpoint"] == "x.pt"
    folder.append(end)
    runs._loop.do(lambda: runs._following._read_new(runs._known.get(run_id)))
    student = app.test_client(use_cookies=False)
    texts = [student.get(f"/api/lenet/runs/{run_id}{more}").text for more in ("", "/metrics", "/epochs/9/kernels")]
    texts += [student.get("/api/lenet/runs").text, json.dumps(heard)]
    (experiments / run_id / "config.json").unlink(missing_ok=True)
    for checkpoint in experiments.glob("*/lenet_*.pt"):
        checkpoint.unlink()
    for one in runs.board.summaries():
        for part in ("kernels", "checkpoint", "maps?image=1", "images?label=1&predicted=2"):
            answer = student.get(f"/api/lenet/runs/{one['run']}/epochs/last/{part}")
            assert answer.status_code in (200, 404, 502)
            texts.append(answer.text if answer.mimetype == "application/json" else "")
    assert "resume.pt" in texts[1]
    for text in texts:
        assert str(experiments) not in text
        assert str(experiments.parent) not in text
