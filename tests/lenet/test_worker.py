"""What the command refuses; that it trains, and what becomes of it when killed, is in test_remote."""

from __future__ import annotations

from pathlib import Path

import pytest

from lenet.__main__ import main
from lenet.remote import KINDS, queue_names
from lenet.worker import supervise, train_run


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "where is the queue? Say --redis URL"),
        (["--redis", "127.0.0.1"], "URL"),
        (["--redis", "redis://127.0.0.1:1", "--device", "cpu"], "Redis does not answer"),
        (["--redis", "redis://127.0.0.1:1", "--device", "cuda:99"], "no device cuda:99 here; there are: cpu"),
    ],
)
def test_bad_input_is_one_line_and_status_2(words: list[str], complaint: str, capsys, monkeypatch):
    monkeypatch.setattr("lenet.worker.devices", lambda: [{"id": "cpu"}])
    monkeypatch.delenv("PLAYLAB_REDIS", raising=False)
    assert main(["worker", *words]) == 2
    output = capsys.readouterr()
    assert complaint in output.err
    assert len(output.err.splitlines()) == 1


def test_a_devices_queues_put_sweeps_last_and_no_device_serves_another_kinds():
    assert [queue_names(kind)[0] + "-sweep" == queue_names(kind)[1] for kind in KINDS] == [True, True]
    assert not set(queue_names("cuda")) & set(queue_names("cpu"))


def test_only_a_worker_trains_so():
    with pytest.raises(RuntimeError, match="only a worker"):
        train_run("20260101-000000-abcdef")


def test_a_worker_without_redis_starts_no_process(tmp_path: Path):
    with pytest.raises(ConnectionError):
        supervise("redis://127.0.0.1:1", tmp_path, ["cpu"], "anna")
