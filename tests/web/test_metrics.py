"""/healthz, and /metrics as Prometheus' own parser reads them."""

import json

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app import create_app
from playground.serving.sessions import Sessions
from playground.serving.workers import Health
from support.processes import wait_until
from support.web_clients import SECONDS, Client, get, metric
from web.gate import Gate
from web.metrics import Metrics


def samples(page):
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_frames_and_their_gaps_are_counted():
    metrics = Metrics()
    for gap in (None, 0.034, 0.034, 0.3):
        metrics.note_frame(gap)
    read = samples(metrics.page().decode())
    assert read["playlab_frames_total",] == 4
    assert read["playlab_frame_gap_seconds_count",] == 3
    assert read["playlab_frame_gap_seconds_sum",] == pytest.approx(0.368)
    assert read["playlab_frame_gap_seconds_bucket", "0.03"] == 0
    assert read["playlab_frame_gap_seconds_bucket", "0.035"] == 2


def test_a_reading_is_taken_when_it_is_asked_for():
    metrics, shelf = Metrics(), {"red": 1}
    metrics.gauge("playlab_books", "Books", "colour", lambda: shelf)
    metrics.counter("playlab_borrowed", "Books borrowed", "colour", lambda: shelf)
    shelf["blue"] = 2
    read = samples(metrics.page().decode())
    assert read["playlab_books", "blue"] == 2
    assert read["playlab_borrowed_total", "red"] == 1


def test_healthz_fails_where_no_worker_draws_or_connections_hang(tmp_path, monkeypatch):
    made = create_app({"WORKERS": 2, "DATA_DIR": tmp_path, "EXPERIMENTS_DIR": tmp_path / "experiments"})
    try:
        client = made.test_client()
        assert client.get("/healthz").status_code == 200  # they are starting
        states = {"0": Health("failed", "no room"), "1": Health("ready", None)}
        monkeypatch.setattr(Sessions, "health", lambda _self: states)
        assert client.get("/healthz").status_code == 200
        states["1"] = Health("silent", "has not answered")
        answer = client.get("/healthz")
        assert answer.status_code == 503
        assert answer.json["reason"] == "worker 0 failed: no room; worker 1 silent: has not answered"
        states["1"] = Health("ready", None)
        monkeypatch.setattr(Gate, "stuck", lambda _self: 1000)
        assert client.get("/healthz").status_code == 503
    finally:
        made.extensions["close"]()


def test_healthz_says_ok(own):
    status, text, _ = get(f"{own.url}/healthz")
    assert status == 200
    assert json.loads(text) == {"status": "ok"}


def test_a_class_is_seen_in_the_metrics(own):
    url = own.url
    status, page, answered = get(f"{url}/metrics")
    assert status == 200
    assert answered["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    before = samples(page)
    student = Client(url)
    student.call("open")
    student.call("play")
    student.see_frames(10)
    during = samples(get(f"{url}/metrics")[1])
    assert during["playlab_sessions", "playing"] == 1
    assert during["playlab_connections", "websocket"] == 1
    assert during["playlab_worker_sessions", "0"] == 1
    assert during["playlab_worker_ready", "0"] == 1
    assert during["playlab_worker_restarts_total", "0"] == 0
    cpu = before["playlab_worker_cpu_seconds_total", "0"]
    wait_until(
        lambda: metric(url, 'playlab_worker_cpu_seconds_total{worker="0"}') > cpu, SECONDS, "the worker computes"
    )
    frames = during["playlab_frames_total",] - before["playlab_frames_total",]
    assert 10 <= frames <= student.frames + 3
    gaps = during["playlab_frame_gap_seconds_count",]
    assert 8 <= gaps < frames
    assert 0.02 < during["playlab_frame_gap_seconds_sum",] / gaps < 0.2  # 30 a second were asked for
    student.close()
    wait_until(lambda: metric(url, 'playlab_sessions{state="left"}') == 1, SECONDS, "the session is seen as left")
    assert metric(url, 'playlab_connections{transport="websocket"}') == 0


def test_runs_are_counted_by_status(own):
    for family in text_string_to_metric_families(get(f"{own.url}/metrics")[1]):
        if family.name == "playlab_runs":
            return
    pytest.fail("no playlab_runs")
