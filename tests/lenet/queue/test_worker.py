"""What the command refuses; that it trains, and what becomes of it when killed, is in test_remote."""

from __future__ import annotations

from pathlib import Path

import pytest

from lenet.__main__ import main
from lenet.queue.remote import KINDS, queue_names
from lenet.queue.worker import is_aside, supervise, train_run


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "where is the queue? Say --redis URL"),
        (["--redis", "127.0.0.1"], "URL"),
        (["--redis", "redis://127.0.0.1:1", "--device", "cpu"], "Redis does not answer"),
        (["--redis", "redis://127.0.0.1:1", "--trainers", "2"], "Redis does not answer"),
        (["--redis", "redis://127.0.0.1:1", "--device", "cuda:99"], "no device cuda:99 here; there are: cpu"),
    ],
)
def test_bad_input_is_one_line_and_status_2(words: list[str], complaint: str, capsys, monkeypatch):
    monkeypatch.setattr("lenet.queue.worker.devices", lambda: [{"id": "cpu"}])
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


@pytest.mark.parametrize("number", ["0", "65", "-1", "two", "1.5"])
def test_a_number_of_trainers_that_cannot_be_is_refused(number: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["worker", "--redis", "redis://127.0.0.1:1", "--trainers", number])
    assert ended.value.code == 2
    assert "--trainers" in capsys.readouterr().err


def test_a_cpu_beside_gpus_waits_for_the_few_runs_that_ask_for_it_with_one_process():
    assert is_aside("cpu", ["cpu", "cuda:0"])
    assert not is_aside("cpu", ["cpu"])
    assert not is_aside("cuda:0", ["cpu", "cuda:0"])
