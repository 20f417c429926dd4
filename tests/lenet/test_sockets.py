from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIO, SocketIOTestClient

from lenet import sockets
from lenet.runs.registry import Runs
from lenet.states import ACTIVE
from support.lenet_runs import ALICE, QUICK, records_of
from support.processes import wait_until


class Client:
    """A connected browser and all that it has been told."""

    def __init__(self, app: Flask, socketio: SocketIO):
        self.socket: SocketIOTestClient = socketio.test_client(app, namespace="/lenet")
        self._heard: list[tuple[str, Any]] = []

    def ask(self, event: str, *message: object) -> Any:
        return self.socket.emit(event, *message, namespace="/lenet", callback=True)

    def heard(self, event: str) -> list[Any]:
        news = self.socket.get_received("/lenet")
        self._heard += [(message["name"], message["args"][0]) for message in news]
        return [payload for name, payload in self._heard if name == event]


@pytest.fixture
def client(runs: Runs) -> Iterator[Client]:
    app = Flask(__name__)
    socketio = SocketIO(app, async_mode="threading", async_handlers=False)
    sockets.register(socketio, runs)
    client = Client(app, socketio)
    yield client
    client.socket.disconnect("/lenet")


def test_a_follower_gets_every_record_once_with_its_line(client: Client, runs: Runs):
    run_id = runs.create(ALICE, "exercise-code", QUICK)["run"]
    assert client.ask("follow", {"run": run_id}) == {"ok": True, "lines": 0}
    wait_until(lambda: runs.show(run_id)["status"] not in ACTIVE, 60, "the end of the run")
    told = client.heard("records")
    assert [record for payload in told for record in payload["records"]] == records_of(runs, run_id)
    assert told[0]["line"] == 0
    assert {payload["run"] for payload in told} == {run_id}


def test_everyone_hears_what_becomes_of_a_run_and_only_followers_its_records(client: Client, runs: Runs):
    run_id = runs.create(ALICE, "exercise-code", QUICK | {"train_images": 500, "epochs": 1})["run"]
    wait_until(lambda: runs.show(run_id)["status"] not in ACTIVE, 60, "the end of the run")
    runs.delete(ALICE, run_id)
    news = client.heard("run")
    assert list(dict.fromkeys(payload.get("status") for payload in news)) == [
        "queued", "starting", "running", "finished", None,
    ]  # fmt: skip
    assert news[-1] == {"run": run_id, "deleted": True, "by": "owner"}
    assert client.heard("records") == []


def test_a_late_follower_is_told_how_much_there_is_to_read(client: Client, runs: Runs):
    run_id = runs.board.summaries()[0]["run"]
    assert client.ask("follow", {"run": run_id}) == {"ok": True, "lines": len(records_of(runs, run_id))}


def test_unfollowing_ends_the_news(client: Client, runs: Runs):
    run_id = runs.create(ALICE, "exercise-code", QUICK)["run"]
    client.ask("follow", {"run": run_id})
    assert client.ask("unfollow", {"run": run_id}) == {"ok": True}
    wait_until(lambda: runs.show(run_id)["status"] not in ACTIVE, 60, "the end of the run")
    assert client.heard("records") == []


@pytest.mark.parametrize("message", [(), (None,), ({},), ([],), ({"run": 5},), ({"run": "x" * 65},)])
@pytest.mark.parametrize("event", ["follow", "unfollow"])
def test_a_wrong_message_is_answered(client: Client, event: str, message: tuple):
    answer = client.ask(event, *message)
    assert answer["ok"] is False
    assert "the run's id" in answer["error"]


def test_a_ping_is_answered(client: Client):
    assert client.ask("ping", {}) == {"ok": True}


def test_following_what_is_not_there_is_an_error(client: Client):
    answer = client.ask("follow", {"run": "20260101-000000-abcdef"})
    said = {"code": "no-such-run", "field": None, "values": {}, "error": 'no run "20260101-000000-abcdef"'}
    assert answer == {"ok": False, **said}


@pytest.mark.parametrize("event", ["follow", "unfollow", "ping", "connect", "disconnect", "nonsense", "run", "records"])
def test_arguments_of_any_kind_and_number_break_nothing(
    client: Client, runs: Runs, caplog: pytest.LogCaptureFixture, event
):
    run_id = runs.board.summaries()[0]["run"]
    odd = [
        None,
        5,
        "x",
        [],
        {},
        {"run": None},
        {"run": []},
        {"run": {"run": run_id}},
        {"run": "\ud800"},
        {"run": run_id},
    ]
    for message in odd:
        client.socket.emit(event, message, namespace="/lenet")
    client.socket.emit(event, *odd, namespace="/lenet")
    client.socket.emit(event, namespace="/lenet")
    if event != "disconnect":
        assert client.ask("follow", {"run": run_id})["ok"]
    assert caplog.records == []


def test_a_client_follows_a_bounded_number_of_runs_and_none_that_is_not_there(client: Client, runs: Runs, monkeypatch):
    known = runs.board.summaries()[0]["run"]
    shown = runs.board.get(known)
    monkeypatch.setattr(runs.board, "get", lambda _run: shown)
    answers = [client.ask("follow", {"run": f"20260101-000000-{number:06x}"}) for number in range(60)]
    assert [answer["ok"] for answer in answers] == [True] * sockets.MOST_FOLLOWED + [False] * (
        60 - sockets.MOST_FOLLOWED
    )
    assert "unfollow one first" in answers[-1]["error"]
    assert (answers[-1]["code"], answers[-1]["values"]) == ("too-many-followed", {"count": 50})
    assert client.ask("follow", {"run": "20260101-000000-000000"})["ok"]  # it is followed already
    client.ask("unfollow", {"run": "20260101-000000-000001"})
    assert client.ask("follow", {"run": known})["ok"]


def test_no_event_makes_a_thread(client: Client, runs: Runs):
    """Neither connecting again and again nor following."""
    run_id = runs.board.summaries()[0]["run"]
    wait_until(lambda: runs.backend._launcher.pid and runs.helper.pid, 20, "what the first event starts")
    before = threading.active_count()
    for _ in range(300):
        client.socket.emit("connect", namespace="/lenet")
        client.ask("follow", {"run": run_id})
        runs.prepare()
    assert threading.active_count() <= before


def test_a_visitor_makes_the_server_ready_for_start(client: Client, runs: Runs):
    wait_until(lambda: runs.backend._launcher.pid, 20, "the nursery")
    wait_until(lambda: runs.helper.pid, 20, "the prediction helper")
