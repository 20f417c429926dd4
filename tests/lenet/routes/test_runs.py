"""Runs and sweeps, as the routes answer."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.refused import RefusedError
from core.visitors import BROWSER_COOKIE
from lenet.config import ConfigError
from lenet.run import MOST_NAME, checked_name
from lenet.runs.registry import Runs
from lenet.runs.sweeps import MOST_TRIALS
from support.lenet_runs import ALICE, BOB, QUICK, create, rename
from support.processes import wait_until

# --- runs -------------------------------------------------------------------------------------------------------------


def test_a_run_from_start_to_its_files(student: FlaskClient, ended: Callable[..., Any]):
    run_id = create(student)
    ended(run_id)
    me, listed = (student.get("/api/lenet/runs").json[key] for key in ("me", "runs"))
    assert listed[0]["run"] == run_id
    assert listed[0]["owner"] == me["owner"]
    assert not me["teacher"]
    shown = student.get(f"/api/lenet/runs/{run_id}").json
    assert (shown["status"], shown["epoch"]) == ("finished", 1)

    metrics = student.get(f"/api/lenet/runs/{run_id}/metrics").json
    assert [record["kind"] for record in metrics["records"] if record["kind"] != "batches"] == ["start", "epoch", "end"]
    later = student.get(f"/api/lenet/runs/{run_id}/metrics?from=2").json
    assert later == {"line": 2, "next": metrics["next"], "records": metrics["records"][2:]}

    file = student.get(f"/api/lenet/runs/{run_id}/epochs/1/checkpoint")
    assert file.headers["Content-Disposition"] == f"attachment; filename={shown['checkpoints'][0]}"
    weights = torch.load(io.BytesIO(file.data), weights_only=True)
    assert weights["conv1.weight"].shape == (6, 1, 5, 5)

    assert student.delete(f"/api/lenet/runs/{run_id}").status_code == 204
    assert student.get(f"/api/lenet/runs/{run_id}").status_code == 404


def test_pause_resume_and_stop(student: FlaskClient, runs: Runs, ended: Callable[..., Any]):
    run_id = create(student, train_images=5000, epochs=50, stop_change=0.0)
    wait_until(lambda: runs.show(run_id)["step"], 60, "a first batch")
    answer = student.post(f"/api/lenet/runs/{run_id}/pause")
    assert (answer.status_code, answer.json["requested"]) == (200, "pause")
    assert ended(run_id)["status"] == "paused"
    assert student.post(f"/api/lenet/runs/{run_id}/resume").json["status"] == "queued"
    assert student.post(f"/api/lenet/runs/{run_id}/resume").status_code == 409
    assert student.delete(f"/api/lenet/runs/{run_id}").status_code == 409
    assert student.post(f"/api/lenet/runs/{run_id}/stop").status_code == 200
    assert ended(run_id)["status"] == "stopped"


def test_runs_are_compared_by_their_curves(student: FlaskClient, run_id: str, runs: Runs):
    (shown,) = student.get(f"/api/lenet/compare?runs={run_id}").json["runs"]
    epochs = runs.show(run_id)["epochs"]
    assert shown["curves"]["test_accuracy"] == [epoch["test"]["accuracy"] for epoch in epochs]
    assert shown["curves"]["train_loss"] == [epoch["train"]["loss"] for epoch in epochs]
    assert shown["curves"]["holdout_loss"] == [None, None]
    assert shown["config"]["epochs"] == 2
    assert student.get("/api/lenet/compare").status_code == 422


def test_a_comparison_shows_those_that_are_left_and_names_the_others(student: FlaskClient, run_id: str):
    answer = student.get(f"/api/lenet/compare?runs={run_id},20260101-000000-abcdef")
    assert answer.status_code == 200
    assert [run["run"] for run in answer.json["runs"]] == [run_id]
    assert [(gone["run"], gone["code"]) for gone in answer.json["missing"]] == [
        ("20260101-000000-abcdef", "no-such-run")
    ]
    assert student.get("/api/lenet/compare?runs=20260101-000000-abcdef").json["runs"] == []


# --- what somebody removed by hand ------------------------------------------------------------------------------------

OF_ITS_FILES = ["", "/metrics", "/epochs/last/kernels", "/epochs/2/maps?image=1", "/epochs/last/checkpoint"]


@pytest.mark.parametrize("path", OF_ITS_FILES)
def test_a_run_whose_folder_was_removed_is_told_so_without_a_path(
    student: FlaskClient, runs: Runs, run_id: str, path: str
):
    shutil.rmtree(runs.experiments_dir / run_id)
    answer = student.get(f"/api/lenet/runs/{run_id}{path}")
    assert (answer.status_code, answer.json["code"]) == (404, "no-files")
    assert "/" not in answer.json["error"]
    assert run_id in [run["run"] for run in student.get("/api/lenet/runs").json["runs"]]  # what is left is listed


def test_a_run_whose_folder_was_removed_is_not_trained_anew_in_its_name_but_can_be_deleted(runs: Runs, run_id: str):
    folder = runs.experiments_dir / run_id
    with (folder / "metrics.jsonl").open("a") as file:
        file.write('{"kind":"end","run":"x","status":"paused"}\n')
    with pytest.raises(RefusedError):
        runs.resume(BOB, run_id)
    shutil.rmtree(folder)
    runs.delete(ALICE, run_id)
    assert not folder.exists()
    assert runs.board.summaries() == []


def test_a_run_whose_folder_was_removed_gets_no_name_and_no_folder(student: FlaskClient, runs: Runs, run_id: str):
    shutil.rmtree(runs.experiments_dir / run_id)
    student.post("/api/lenet/teacher", json={"token": "chalk"})
    answer = student.patch(f"/api/lenet/runs/{run_id}", json={"name": "x"})
    assert (answer.status_code, answer.json["code"]) == (404, "no-files")
    assert not (runs.experiments_dir / run_id).exists()


# --- names ------------------------------------------------------------------------------------------------------------


def test_its_owner_names_a_run_and_only_he_and_the_teacher_are_told(
    app: Flask, student: FlaskClient, runs: Runs, ended: Callable[..., Any]
):
    mine = create(student)
    assert rename(student, mine, {"name": "  <b>mine</b> \u7f51\u7edc "}).json["name"] == "<b>mine</b> \u7f51\u7edc"
    ended(mine)
    other, teacher = app.test_client(), {"Authorization": "Bearer chalk"}
    other.get("/")
    paths = ["/api/lenet/runs", f"/api/lenet/runs/{mine}", f"/api/lenet/compare?runs={mine}"]
    for path in paths:
        assert "mine" in student.get(path).text
        assert "mine" in other.get(path, headers=teacher).text
        assert "mine" not in other.get(path).text
    assert rename(other, mine, {"name": "theirs"}).status_code == 403
    assert rename(other, mine, {"name": "by the teacher"}, **teacher).json["name"] == "by the teacher"
    assert student.get(f"/api/lenet/runs/{mine}").json["name"] == "by the teacher"
    assert json.loads((runs.experiments_dir / mine / "run.json").read_text())["name"] == "by the teacher"
    assert rename(student, mine, {"name": ""}).json["name"] is None
    assert "name" not in json.loads((runs.experiments_dir / mine / "run.json").read_text())


def test_no_news_that_everybody_hears_has_a_name(student: FlaskClient, runs: Runs, ended: Callable[..., Any]):
    news: list[dict[str, Any]] = []
    runs.board.subscribe(lambda _, payload: news.append(payload))
    mine = create(student)
    rename(student, mine, {"name": "unheard"})
    ended(mine)
    rename(student, mine, {"name": "unheard"})  # the same again
    assert news.count({"run": mine}) == 1  # all are told that it has another, who may know it asks
    assert "unheard" not in json.dumps(news)


def test_a_name_is_there_after_a_restart_and_one_written_by_hand_is_checked(mnist: Path, experiments: Path, warm: Any):
    (folder,) = [path for path in experiments.iterdir() if (path / "run.json").exists()]
    stored = json.loads((folder / "run.json").read_text())
    for name, kept in (("first try", "first try"), ("two\nlines", None), (7, None)):
        (folder / "run.json").write_text(json.dumps(stored | {"name": name}))
        runs = Runs(mnist, experiments, helper=warm[1])
        try:
            assert runs.board.wait_until_read(20)
            shown = runs.board.summaries()
            assert [runs.board.named(ALICE, summary)["name"] for summary in shown] == ([kept] if name != 7 else [])
        finally:
            warm[1].close, close = (lambda: None), warm[1].close
            runs.close()
            warm[1].close = close


@pytest.mark.parametrize(
    "name", ["a\tb", "a\nb", "a\x00b", "x" * 61, "\u202egnp.exe", "a\u2028b", "\ud800", 7, ["a"], True, {}]
)
def test_what_is_no_name_is_refused(student: FlaskClient, run_id: str, name: object):
    answer = rename(student, run_id, {"name": name}, Authorization="Bearer chalk")
    assert (answer.status_code, answer.json["field"]) == (422, "name")


@given(st.text(max_size=80))
@hypothesis_settings(max_examples=300)
def test_a_checked_name_is_one_line_that_prints_and_is_checked_again_to_itself(text: str):
    try:
        name = checked_name(text)
    except ConfigError:
        return
    assert name is None or (0 < len(name) <= MOST_NAME and len(name.splitlines()) == 1 and checked_name(name) == name)


# --- ends -------------------------------------------------------------------------------------------------------------


def test_a_run_that_a_stop_rule_ended_says_which(student: FlaskClient, ended: Callable[..., Any]):
    reached, moved = create(student, epochs=5, stop_accuracy=0.01), create(student, epochs=5, stop_change=1.0)
    assert ended(reached)["reason"] == "the test accuracy reached 0.01"
    assert ended(reached)["why"] == {"code": "reached", "values": {"accuracy": 0.01}}
    assert ended(moved)["reason"] == "the test accuracy moved by less than 1"
    assert ended(moved)["why"] == {"code": "moved", "values": {"change": 1}}
    assert student.get(f"/api/lenet/runs/{moved}").json["status"] == "finished"


def test_what_the_teacher_stops_says_so_and_what_its_owner_stops_does_not(
    app: Flask, student: FlaskClient, runs: Runs, ended: Callable[..., Any]
):
    for headers, reason in (({"Authorization": "Bearer chalk"}, "by the teacher"), ({}, None)):
        run_id = create(student, train_images=5000, epochs=50, stop_change=0.0)
        wait_until(lambda run_id=run_id: runs.show(run_id)["step"], 60, "a first batch")
        who = app.test_client() if headers else student
        assert who.post(f"/api/lenet/runs/{run_id}/stop", headers=headers).status_code == 200
        shown = ended(run_id)
        assert (shown["status"], shown["reason"]) == ("stopped", reason)
        assert shown["train_s"] > 0


# --- sweeps -----------------------------------------------------------------------------------------------------------


def test_a_sweep_is_made_shown_paused_resumed_stopped_and_deleted(student: FlaskClient, runs: Runs):
    body = {"preset": "fast", "config": QUICK | {"epochs": 40}, "axes": {"seed": {"values": [1, 2, 3]}}}
    answer = student.post("/api/lenet/sweeps", json=body)
    assert (answer.status_code, answer.json["size"]) == (201, 3)
    path = f"/api/lenet/sweeps/{answer.json['sweep']}"
    assert [trial["config"]["seed"] for trial in student.get(path).json["trials"]] == [1, 2, 3]
    assert [sweep["sweep"] for sweep in student.get("/api/lenet/sweeps").json["sweeps"]] == [answer.json["sweep"]]
    first = student.get("/api/lenet/sweeps?limit=1").json
    assert (len(first["sweeps"]), first["next"]) == (1, None)
    assert student.get("/api/lenet/sweeps?limit=501").json["field"] == "limit"
    assert student.get("/api/lenet/sweeps?after=x").json["field"] == "after"

    def counts() -> dict[str, int]:
        return student.get(path).json["counts"]

    for what, status in (("pause", "paused"), ("resume", None), ("stop", "stopped")):
        assert student.post(f"{path}/{what}").status_code == 200
        wait_until(lambda status=status: not status or counts() == {status: 3}, 30, f"all to {what}")
    assert student.delete(path).status_code == 204
    assert student.get(path).status_code == 404


@pytest.mark.parametrize(
    ("body", "field", "code", "values"),
    [
        ({}, "axes", "no-axes", {"value": "null"}),
        ({"axes": {"epochs": {"values": [0]}}}, "epochs", "whole", {"value": "0", "low": 1, "high": 1000}),
        ({"colour": 1}, "colour", "invalid", {"value": "1"}),
        ({"seed": -1}, "seed", "whole", {"value": "-1", "low": 0, "high": 2**31 - 1}),
        (
            {"axes": {"seed": {"low": 1, "high": 5}}, "search": "random"},
            "trials", "whole", {"value": "null", "low": 1, "high": MOST_TRIALS},
        ),
        (
            {"axes": {"seed": {"values": [1]}}, "search": "x"},
            "search", "choice", {"value": "x", "choices": ["grid", "random"]},
        ),
    ],
)  # fmt: skip
def test_a_wrong_sweep_is_refused_by_the_name_of_what_is_wrong(
    student: FlaskClient, body: dict, field: str, code: str, values: dict
):
    answer = student.post("/api/lenet/sweeps", json=body)
    assert answer.status_code == 422
    assert {name: answer.json[name] for name in ("code", "field", "values")} == {
        "code": code, "field": field, "values": values,
    }  # fmt: skip


def test_the_owner_of_a_stored_run_is_no_secret(runs: Runs, experiments: Path, run_id: str, app: Flask):
    """run.json is readable by whoever reads the disk: it must not give control of the run."""
    student = app.test_client()
    student.set_cookie(BROWSER_COOKIE, ALICE.owner)
    assert student.delete(f"/api/lenet/runs/{run_id}").status_code == 403
