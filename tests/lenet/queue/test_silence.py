"""A Redis that says nothing, or nonsense: who only looks is answered at once, who changes something within seconds."""

from __future__ import annotations

import json
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis

from core.refused import RefusedError
from core.visitors import BROWSER_COOKIE, Visitor, Visitors
from lenet import routes
from lenet.clock import elapsing
from lenet.queue.remote import RedisBackend
from lenet.queue.store import RunStore, connect
from lenet.run import Run
from lenet.runs.registry import Runs
from lenet.training.folder import RunFolder, new_run_id
from support.lenet_runs import ALICE, BOB, QUICK, put_behind_the_edge
from support.processes import wait_until
from support.redis_server import RedisServer
from web import errors

MakeRuns = Callable[..., Runs]


@pytest.fixture
def client(redis: RedisServer) -> Iterator[Any]:
    """The Redis, empty but for a machine that trains nothing."""
    client = Redis.from_url(redis.url)
    client.flushall()
    RunStore(client).report_devices("anna", [{"id": "cpu"}])
    yield client
    client.close()


@pytest.fixture
def make_runs(client: Any, redis: RedisServer, mnist: Path, tmp_path: Path) -> Iterator[MakeRuns]:
    made: list[Runs] = []

    def make(name: str = "web") -> Runs:
        made.append(Runs(mnist, tmp_path / name, RedisBackend(redis.url), most_active=9))
        assert made[-1].board.wait_until_read(20)
        return made[-1]

    yield make
    for runs in made:
        runs.close()


def create(runs: Runs, visitor: Visitor = ALICE) -> str:
    return runs.create(visitor, "exercise-code", QUICK)["run"]


def test_while_redis_is_silent_reading_is_quick_and_changing_is_refused_within_seconds(
    make_runs: MakeRuns, redis: RedisServer
):
    runs = make_runs()
    app = Flask(__name__)
    visitors = Visitors()
    errors.init_app(app)
    routes.init_app(app, runs, visitors)
    put_behind_the_edge(app, visitors)
    browser = app.test_client()
    browser.set_cookie(BROWSER_COOKIE, "alice")
    run_id = browser.post("/api/lenet/runs", json={"config": QUICK}).json["run"]

    def read_for(seconds: float) -> dict[str, list[float]]:
        took: dict[str, list[float]] = {}
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for path in ("runs", f"runs/{run_id}", f"runs/{run_id}/metrics", "sweeps", f"compare?runs={run_id}"):
                begun = time.monotonic()
                assert browser.get(f"/api/lenet/{path}").status_code == 200
                runs.board.counts()
                took.setdefault(path, []).append(time.monotonic() - begun)
            time.sleep(0.05)  # as often as many pages would
        return took

    usual = read_for(1)
    redis.process.send_signal(signal.SIGSTOP)
    try:
        for path, seconds in read_for(6).items():  # what a busy machine does to one of them is not what is meant
            assert statistics.median(seconds) < max(0.1, 1.5 * statistics.median(usual[path])), path
            assert sorted(seconds)[-5] < 1, path
        for act in (
            lambda: browser.post("/api/lenet/runs", json={"config": QUICK}),
            lambda: browser.post(f"/api/lenet/runs/{run_id}/stop"),
            lambda: browser.post(f"/api/lenet/runs/{run_id}/pause"),
            lambda: browser.post("/api/lenet/sweeps", json={"axes": {"seed": {"values": [1, 2]}}}),
        ):
            begun = time.monotonic()
            answer = act()
            assert time.monotonic() - begun < 5
            assert (answer.status_code, answer.json["code"]) == (503, "queue-unreachable")
            assert "Retry-After" in answer.headers
        assert browser.get("/api/lenet/runs").json["total"] == 1
    finally:
        redis.process.send_signal(signal.SIGCONT)
    wait_until(lambda: browser.post("/api/lenet/runs", json={"config": QUICK}).status_code == 201, 20, "Redis again")


def test_what_could_not_be_queued_is_not_left_in_redis(make_runs: MakeRuns, client: Any, monkeypatch):
    """Redis dies between two of the commands that queue a run: refused is refused, also when it is back."""
    runs = make_runs()
    announce = RunStore.announce

    def die(*_: Any) -> None:
        monkeypatch.setattr(RunStore, "announce", announce)
        raise connect("redis://127.0.0.1:1").ping()

    monkeypatch.setattr(RunStore, "announce", die)
    with pytest.raises(RefusedError) as refused:
        create(runs)
    assert refused.value.code == "queue-unreachable"
    assert client.keys("rq:job:*")
    wait_until(lambda: not client.keys("rq:job:*") + client.keys("playlab:run:*"), 10, "it to be forgotten")
    assert client.llen("rq:queue:playlab-cpu") == 0
    assert runs.board.summaries() == []


def queue(client: Any) -> list[str]:
    return [name.decode() for name in client.lrange("rq:queue:playlab-cpu", 0, -1)]


def test_the_queue_in_redis_takes_turns_too(make_runs: MakeRuns, client: Any):
    here, there = make_runs("here"), make_runs("there")
    alice = [create(here) for _ in range(3)]
    wait_until(lambda: len(there.board.summaries()) == 3, 10, "the other server to know")
    bob = [create(there, BOB) for _ in range(2)]
    assert queue(client) == [alice[0], bob[0], alice[1], bob[1], alice[2]]
    for runs in (here, there):
        wait_until(lambda runs=runs: len(runs.board.summaries()) == 5, 10, "both to know all")
        order = [alice[0], bob[0], alice[1], bob[1], alice[2]]
        wait_until(
            lambda runs=runs, order=order: [runs.show(run).get("position") for run in order] == [1, 2, 3, 4, 5],
            10,
            "the places that are told to be those of the queue",
        )
    here.request(ALICE, alice[0], "stop")
    assert queue(client) == [bob[0], alice[1], bob[1], alice[2]]


ODD = {
    "about is a number": lambda client, run: client.hset(f"playlab:run:{run}", "about", "5"),
    "about is deep": lambda client, run: client.hset(f"playlab:run:{run}", "about", "[" * 100_000),
    "about is of another type": lambda client, run: (
        client.delete(f"playlab:run:{run}"),
        client.lpush(f"playlab:run:{run}", "x"),
    ),
}


@pytest.mark.parametrize("oddity", ODD)
def test_a_run_that_redis_describes_oddly_is_set_aside_by_name(oddity: str, make_runs: MakeRuns, client: Any):
    runs = make_runs()
    odd = new_run_id()
    ODD[oddity](client, odd)
    RunStore(client).announce(odd, "changed", "another")
    client.xadd("playlab:news", {"nonsense": "x"})
    client.xadd("playlab:news", {"run": "../../etc", "what": "changed", "server": "another"})
    client.hset("playlab:devices", "odd/cpu", "[")
    client.hset("playlab:devices", "odd/cuda:0", '{"id": [], "seen": {}}')
    wait_until(lambda: [one["run"] for one in runs.board.unreadable()] == [odd], 10, "it to be named")
    run_id = create(runs)
    assert [one["run"] for one in runs.board.summaries()] == [run_id]
    assert [device["id"] for device in runs.backend.devices()] == ["anna/cpu"]


RECORDS = {
    "no JSON": b"\xff",
    "deep": b"[" * 100_000,
    "of another version": b'{"kind":"end","format":2}',
    "two lines": b'{"kind":"data","source":"x","done":1,"total":2}\n{}',
}


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_that_is_none_fails_its_run_and_no_other(record: str, make_runs: MakeRuns, client: Any):
    runs = make_runs()
    odd, good = create(runs), create(runs)
    client.xadd(f"playlab:run:{odd}:records", {"line": RECORDS[record]}, id="1-0")
    wait_until(lambda: runs.show(odd)["status"] == "failed", 10, "the end of the odd one")
    assert "cannot be read" in runs.show(odd)["reason"]
    line = json.dumps({"kind": "data", "source": "x", "done": 1, "total": 2})
    client.xadd(f"playlab:run:{good}:records", {"line": line}, id="1-0")
    wait_until(lambda: runs.show(good)["download"], 10, "the other's record")


def test_a_record_that_is_odd_is_left_out_and_its_run_goes_on(make_runs: MakeRuns, client: Any):
    runs = make_runs()
    odd = create(runs)
    data = json.dumps({"kind": "data", "source": "x", "done": 1, "total": 2})
    for number, line in enumerate(["5", '{"kind":"end"}', '{"kind":"batches"}', data], 1):
        client.xadd(f"playlab:run:{odd}:records", {"line": line}, id=f"{number}-0")
    wait_until(lambda: runs.show(odd)["download"], 10, "the record behind them")
    assert runs.show(odd)["lines"] == 4
    assert runs.show(odd)["why"]["code"] == "odd-record"


def test_a_key_of_another_type_fails_its_run_and_no_other(make_runs: MakeRuns, client: Any):
    runs = make_runs()
    odd, good = create(runs), create(runs)
    client.set(f"playlab:run:{odd}:records", "text")
    wait_until(lambda: runs.show(odd)["status"] == "failed", 10, "the end of the odd one")
    assert runs.show(good)["status"] == "queued"


def test_a_run_whose_worker_was_lost_can_be_stopped_and_deleted(make_runs: MakeRuns, client: Any):
    """Its attempt is registered still, though Redis has forgotten what it was."""
    runs = make_runs()
    run_id = create(runs)
    client.zadd(f"rq:executions:{run_id}", {"0123456789abcdef": time.time() + 60})
    assert runs.request(ALICE, run_id, "stop")["status"] == "stopped"
    assert client.keys(f"rq:*{run_id}*") == []
    runs.delete(ALICE, run_id)


@pytest.mark.parametrize(
    "url",
    ["unix://", "redis://h:99999", "redis://[::1", "http://h", "h:1", "redis://h/0?socket_timeout=x", "redis://h?no=1",
     "unix:///x?foo=bar", "redis://h:p", "redis://h/0?db=x", "redis://:chalk@h?foo=1", "unix:///x?password=chalk&foo=1"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_and_said(url: str):
    """In words, and without its password."""
    with pytest.raises(ValueError, match="not the URL of a Redis") as raised:
        connect(url)
    said = str(raised.value)
    assert "redis://HOST" in said or "unix:///run" in said
    for word in ("__init__", "int()", "cast", "argument", "literal", "chalk"):
        assert word not in said


def test_a_socket_of_the_file_system_is_an_address(tmp_path: Path):
    with pytest.raises(ConnectionError, match="Redis does not answer"):
        RedisBackend(f"unix://{tmp_path}/redis.sock")


def test_after_a_pause_nobody_is_taken_for_dead_before_they_could_tell(make_runs: MakeRuns, monkeypatch):
    """The server, and with it all workers, were stopped for a minute: their leases have run out meanwhile."""
    runs = make_runs()
    cleaned: list[float] = []
    backend = runs.backend
    monkeypatch.setattr("lenet.queue.remote.CLEAN_S", 0.1)
    monkeypatch.setattr("lenet.queue.remote.LEASE_S", 1.0)
    monkeypatch.setattr(RedisBackend, "_clean", lambda self: cleaned.append(time.monotonic() - self._in_touch_since))
    runs._loop.do(lambda: backend.note_pause(60.0))
    assert backend._in_touch_since > time.monotonic() - 1
    told: list[float] = []
    monkeypatch.setattr(backend, "note_pause", told.append)
    runs._loop._went_round_at = elapsing() - 60
    wait_until(lambda: told, 10, "the pause to be noticed")
    assert 55 < told[0] < 70


def test_a_deadline_is_not_used_up_by_a_pause(tmp_path: Path, make_runs: MakeRuns):
    runs = make_runs()
    run_id = create(runs)
    followed = runs.backend._followed[run_id]
    assert isinstance(followed.run, Run)
    assert isinstance(followed.run.folder, RunFolder)
    followed.deadline = time.monotonic() + 5
    before = followed.deadline
    runs._loop.do(lambda: runs.backend.note_pause(60.0))
    assert followed.deadline == before + 60
