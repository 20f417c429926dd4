"""Runs in a real Redis."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from lenet.queue.store import DEVICE_S, DEVICES, FencedError, RunStore, connect, files_of, run_key
from lenet.training.folder import RunFolder, new_run_id
from support.redis_server import RedisServer

ABOUT = {"owner": "alice", "created": 1.5, "preset": "fast", "config": {}}
LINES = [
    b'{"kind":"start","epoch":0,"step":0,"steps":9,"device":"CPU"}',
    b'{"kind":"batches","step":0,"loss":[1.5],"images_per_s":100,"left_s":5.0}',
    b'{"kind":"epoch","epoch":1,"train_s":2.0,"train":{"loss":1.0,"accuracy":0.5},"test":{"loss":1.0,"accuracy":0.5},'
    b'"checkpoint":"lenet_mnist_0.500.pt"}',
]


@pytest.fixture
def store(redis: RedisServer) -> Iterator[RunStore]:
    client = connect(redis.url)
    client.flushall()
    yield RunStore(client)
    client.close()


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "here", new_run_id())


def there(folder: RunFolder) -> RunFolder:
    """The same run in another machine's experiments."""
    return RunFolder(folder.path.parent.parent / "there", folder.id)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,8}\.(pt|u8|json)", fullmatch=True), st.binary()),
    cuts=st.lists(st.integers(0, 3), max_size=2),
)
def test_what_is_published_is_pulled_byte_for_byte(store: RunStore, folder: RunFolder, files, cuts):
    folder = RunFolder(folder.path.parent, new_run_id())
    store.put(folder, ABOUT)
    token = store.begin(folder.id, "anna/cpu")
    edges = [0, *sorted(cuts), len(LINES)]
    for first, last in itertools.pairwise(edges):  # in as many pieces as may be
        store.publish(folder.id, token, first, LINES[first:last], files if last == len(LINES) else {})
    assert store.count(folder.id) == len(LINES)
    copy = there(folder)
    store.pull(copy, store.new_lines({folder.id: 0}).get(folder.id, []))
    assert copy.lines() == LINES
    assert files_of(copy) == files
    assert store.new_lines({folder.id: len(LINES)}) == {}


def test_a_run_comes_with_all_that_its_folder_holds_and_keeps_what_is_its_machines_own(
    store: RunStore, folder: RunFolder
):
    folder.write_json("run.json", ABOUT)
    folder.write_json("config.json", {"seed": 1})
    folder.metrics.write_bytes(b"".join(line + b"\n" for line in LINES) + b'{"kind":"to')  # torn
    for name in ("lenet_mnist_0.900.pt", "resume.pt", "request", "lock", "pid", "log.txt", ".resume.pt.new"):
        (folder.path / name).write_bytes(b"content of " + name.encode())
    store.put(folder, ABOUT)
    assert store.about(folder.id) == ABOUT
    copy = there(folder)
    store.pull(copy, store.new_lines({folder.id: 0})[folder.id])
    assert copy.lines() == LINES
    names = {"config.json", "lenet_mnist_0.900.pt", "resume.pt", "metrics.jsonl"}
    assert {path.name for path in copy.path.iterdir()} == names


def test_only_the_last_attempt_may_write(store: RunStore, folder: RunFolder):
    store.put(folder, ABOUT)
    first = store.begin(folder.id, "anna/cpu")
    store.publish(folder.id, first, 0, LINES[:1], {})
    second = store.begin(folder.id, "bert/cpu")
    with pytest.raises(FencedError):
        store.publish(folder.id, first, 1, LINES[1:], {"resume.pt": b"stale"})
    store.publish(folder.id, second, 1, LINES[1:2], {"resume.pt": b"fresh"})
    assert store.new_lines({folder.id: 0}) == {folder.id: LINES[:2]}
    store.put(folder, ABOUT)  # resumed
    with pytest.raises(FencedError):
        store.publish(folder.id, second, 2, LINES[2:], {})
    store.delete(folder.id)
    with pytest.raises(FencedError):
        store.begin(folder.id, "anna/cpu")
    assert not store.client.keys(f"{run_key(folder.id)}*")


def test_two_servers_end_a_run_once_and_its_trainer_is_out(store: RunStore, folder: RunFolder):
    store.put(folder, ABOUT)
    token = store.begin(folder.id, "anna/cpu")
    store.publish(folder.id, token, 0, LINES, {})
    store.end(folder.id, len(LINES), {"kind": "end", "status": "stopped"})
    store.end(folder.id, len(LINES), {"kind": "end", "status": "interrupted"})
    lines = store.new_lines({folder.id: len(LINES)})[folder.id]
    assert [json.loads(line)["status"] for line in lines] == ["stopped"]
    with pytest.raises(FencedError):
        store.publish(folder.id, token, len(LINES) + 1, LINES[:1], {})


@pytest.mark.parametrize("name", ["../../outside.pt", "/etc/outside.pt", "run.json", "metrics.jsonl", "lock"])
def test_no_file_is_written_elsewhere_or_over_what_is_this_machines_own(
    name: str, store: RunStore, folder: RunFolder, tmp_path: Path
):
    store.put(folder, ABOUT)
    token = store.begin(folder.id, "anna/cpu")
    store.publish(folder.id, token, 0, LINES, {name: b"evil"})
    copy = there(folder)
    copy.path.mkdir(parents=True)
    store.pull(copy, LINES)
    written = {path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == b"evil"}
    assert {path.parent for path in written} <= {copy.path}
    assert copy.lines() == LINES
    assert not (copy.path / "run.json").exists()


def test_news_reach_the_others_once_the_last_of_each_run(store: RunStore, folder: RunFolder):
    gone = new_run_id()
    store.put(folder, ABOUT)
    for _ in range(3):
        store.announce(folder.id, "changed", "one")
    store.announce(gone, "changed", "one")  # and is forgotten by now
    store.announce("20260101-000000-abcdef", "deleted", "one")
    since, news = store.news(b"0-0", "two")
    assert [(one.run, one.about) for one in news] == [(folder.id, ABOUT), ("20260101-000000-abcdef", None)]
    assert store.news(since, "two") == (since, [])
    assert store.news(b"0-0", "one")[1] == []


def test_a_device_is_there_as_long_as_its_machine_says_so(store: RunStore):
    store.report_devices("anna", [{"id": "cuda:0", "name": "H100"}, {"id": "cpu", "name": "EPYC"}])
    store.report_devices("bert", [{"id": "cpu", "name": "EPYC"}])
    assert [device["id"] for device in store.devices()] == ["anna/cuda:0", "anna/cpu", "bert/cpu"]
    silent = json.loads(store.client.hget(DEVICES, "anna/cpu"))
    store.client.hset(DEVICES, "anna/cpu", json.dumps(silent | {"seen": silent["seen"] - DEVICE_S - 2}))
    assert [device["id"] for device in store.devices()] == ["anna/cuda:0", "bert/cpu"]
    store.withdraw_devices("anna", ["cuda:0", "cpu"])
    assert [device["id"] for device in store.devices()] == ["bert/cpu"]


def test_a_forgotten_run_goes_by_itself_unless_it_goes_on(store: RunStore, folder: RunFolder):
    store.put(folder, ABOUT)
    store.expire(folder.id)
    assert store.client.ttl(run_key(folder.id)) > 0
    store.put(folder, ABOUT)
    assert store.client.ttl(run_key(folder.id)) == -1


def test_an_address_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"not the URL of a Redis: .*127\.0\.0\.1:6379"):
        connect("127.0.0.1:6379")
    assert isinstance(connect("rediss://:secret@queue.school.example:6380/1"), Redis)
