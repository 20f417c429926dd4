from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lenet.queue.relay import Relay
from lenet.queue.store import FencedError, RunStore, connect
from lenet.training.folder import RunFolder, new_run_id
from support.processes import ROOT, wait_until
from support.redis_server import RedisServer

ABOUT = {"owner": None, "created": 1.0, "preset": "fast", "config": {}}


@pytest.fixture
def store(redis: RedisServer) -> Iterator[RunStore]:
    client = connect(redis.url)
    yield RunStore(client)
    client.close()


@pytest.fixture
def folder(store: RunStore, tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "experiments", new_run_id())
    folder.path.mkdir(parents=True)
    store.put(folder, ABOUT)
    return folder


def test_lines_files_and_requests_pass(store: RunStore, folder: RunFolder):
    token = store.begin(folder.id, "anna/cpu")
    with Relay(store, folder, token):
        folder.append({"kind": "start"})
        wait_until(lambda: store.count(folder.id) == 1, 5, "the line")
        store.ask(folder.id, "pause")
        wait_until(lambda: folder.requested() == "pause", 5, "the request")
        (folder.path / "lenet_mnist_0.900.pt").write_bytes(b"weights")
        folder.append({"kind": "epoch"})
    # Closed, it has sent everything.
    assert store.new_lines({folder.id: 0})[folder.id] == folder.lines()
    assert store.client.hgetall(f"playlab:run:{folder.id}:files") == {b"lenet_mnist_0.900.pt": b"weights"}


def test_a_file_is_sent_again_only_when_it_changed(store: RunStore, folder: RunFolder):
    (folder.path / "resume.pt").write_bytes(b"fetched")
    relay = Relay(store, folder, store.begin(folder.id, "anna/cpu"))
    relay.step()
    assert not store.client.exists(f"playlab:run:{folder.id}:files")
    (folder.path / "resume.pt").write_bytes(b"a later step")
    relay.step()
    assert store.client.hget(f"playlab:run:{folder.id}:files", "resume.pt") == b"a later step"


def test_what_happened_while_redis_was_away_arrives(store: RunStore, folder: RunFolder, redis: RedisServer):
    token = store.begin(folder.id, "anna/cpu")
    with Relay(store, folder, token) as relay:
        folder.append({"kind": "start"})
        wait_until(lambda: store.count(folder.id) == 1, 5, "the line")
        redis.kill()
        for step in range(5):
            folder.append({"kind": "batches", "step": step})
        wait_until(lambda: relay._sent is None, 5, "the relay to notice")
        redis.start()
        wait_until(lambda: store.count(folder.id) == 6, 20, "the other lines")
    assert store.new_lines({folder.id: 0})[folder.id] == folder.lines()


def test_lines_that_arrived_although_the_answer_was_lost_are_not_sent_twice(store: RunStore, folder: RunFolder):
    token = store.begin(folder.id, "anna/cpu")
    relay = Relay(store, folder, token)
    folder.append({"kind": "start"})
    relay.step()
    relay._sent = None  # as after an error
    folder.append({"kind": "batches"})
    relay.step()
    assert store.new_lines({folder.id: 0})[folder.id] == folder.lines()


def test_an_older_attempt_is_fenced(store: RunStore, folder: RunFolder):
    relay = Relay(store, folder, store.begin(folder.id, "anna/cpu"))
    store.begin(folder.id, "bert/cpu")
    folder.append({"kind": "start"})
    with pytest.raises(FencedError):
        relay.step()


@pytest.mark.parametrize("reason", ["fenced", "orphaned"])
def test_a_trainer_whose_work_no_longer_counts_ends(
    reason: str, store: RunStore, folder: RunFolder, redis: RedisServer
):
    """In a process of its own, which it ends, whatever that is doing; as RQ has it, a child of its worker."""
    token = store.begin(folder.id, "anna/cpu")
    script = f"""
import os, signal, time
from pathlib import Path
from lenet.training.folder import RunFolder
from lenet.queue.relay import Relay
from lenet.queue.store import RunStore, connect
folder = RunFolder(Path({str(folder.path.parent)!r}), {folder.id!r})
if os.fork() == 0:
    with Relay(RunStore(connect({redis.url!r})), folder, {token!r}):
        (folder.path / "trainer").write_text(str(os.getpid()))
        time.sleep(60)
else:
    signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT) as worker:
        wait_until((folder.path / "trainer").exists, 20, "the trainer")
        trainer = int((folder.path / "trainer").read_text() or 0)
        if reason == "fenced":
            store.begin(folder.id, "bert/cpu")
            folder.append({"kind": "start"})
        else:
            worker.kill()

        def has_ended() -> bool:
            stat = Path(f"/proc/{trainer}/stat")
            return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"

        wait_until(has_ended, 10, "the end of the trainer")
        worker.kill()
