"""Whatever lies in the experiments folder: the server starts, names what it cannot read, and the rest works."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lenet.queue.this_machine import LocalBackend
from lenet.run import RefusedError
from lenet.runs import reading
from lenet.runs.registry import Runs
from lenet.training.folder import RunFolder
from support.lenet_folders import store_run
from support.lenet_runs import ALICE
from support.processes import wait_until

ODD = "20260101-000000-abcdef"
DEEP = "[" * 100_000


def replace(path: Path, make: Callable[[Path], Any]) -> None:
    """Takes the file or folder away and lets `make` put something there."""
    path.unlink(missing_ok=True)
    make(path)


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def write(text: str | bytes) -> Callable[[Path], Any]:
    return lambda path: path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))


def changed(**fields: Any) -> Callable[[Path], Any]:
    """run.json with other fields."""

    def change(path: Path) -> None:
        config = {"epochs": 1}
        stored = {"config": config, "preset": "fast", "created": 1.0, "owner": "alice", "queued": False} | fields
        path.write_text(json.dumps(stored))

    return change


SWEEP = {"id": ODD, "number": 1, "size": 2, "search": "grid", "axes": {"seed": {"values": [1, 2]}}}
ODDITIES: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "run.json is a number": ("run.json", write("5")),
    "run.json is null": ("run.json", write("null")),
    "run.json is empty": ("run.json", write("")),
    "run.json is an empty object": ("run.json", write("{}")),
    "run.json is no text": ("run.json", write(b"\xff\xfe\x00")),
    "run.json is deep": ("run.json", write(DEEP)),
    "run.json is deep inside": ("run.json", write('{"config": ' + '{"a":' * 5000 + "1" + "}" * 5001)),
    "run.json is huge": ("run.json", write('{"config": "' + "x" * 2**21 + '"}')),
    "run.json is a folder": ("run.json", Path.mkdir),
    "run.json is a pipe": ("run.json", os.mkfifo),
    "run.json leads in a circle": ("run.json", loop),
    "run.json leads to a device": ("run.json", lambda path: path.symlink_to("/dev/zero")),
    "run.json is of another version": ("run.json", changed(format=2)),
    "its format is none": ("run.json", changed(format=[])),
    "config is a list": ("run.json", changed(config=[])),
    "created is text": ("run.json", changed(created="now")),
    "created is after the sun": ("run.json", changed(created=1e300)),
    "preset is a number": ("run.json", changed(preset=7)),
    "owner is an object": ("run.json", changed(owner={})),
    "queued is text": ("run.json", changed(queued="yes")),
    "slot is a list": ("run.json", changed(slot=[])),
    "server is a number": ("run.json", changed(server=3)),
    "sweep is a number": ("run.json", changed(sweep=5)),
    "sweep is an empty object": ("run.json", changed(sweep={})),
    "sweep without axes": ("run.json", changed(sweep={k: v for k, v in SWEEP.items() if k != "axes"})),
    "sweep with axes of numbers": ("run.json", changed(sweep=SWEEP | {"axes": {"seed": 5}})),
    "sweep with a number of text": ("run.json", changed(sweep=SWEEP | {"number": "one"})),
    "sweep with an id that is a list": ("run.json", changed(sweep=SWEEP | {"id": []})),
    "an end without status": ("metrics.jsonl", write('{"kind":"end"}\n')),
    "an end of another status": ("metrics.jsonl", write('{"kind":"end","status":"burnt"}\n')),
    "an epoch without scores": ("metrics.jsonl", write('{"kind":"epoch","epoch":1}\n')),
    "a kind that is none": ("metrics.jsonl", write('{"kind":"nonsense"}\n')),
    "a kind that is private": ("metrics.jsonl", write('{"kind":"_init__"}\n')),
    "records that are numbers": ("metrics.jsonl", write("1\n2\n")),
    "a record that is deep": ("metrics.jsonl", write(DEEP + "\n")),
    "a record that is deep inside": ("metrics.jsonl", write('{"kind":"end","status":"failed","x":' + DEEP + "\n")),
    "records of another version": (
        "metrics.jsonl",
        write('{"kind":"start","format":2,"epoch":0,"step":0,"steps":9,"device":"CPU"}\n'),
    ),
    "a step that is text": (
        "metrics.jsonl",
        write('{"kind":"start","epoch":0,"step":"x","steps":9,"device":"CPU"}\n'),
    ),
    "a checkpoint elsewhere": (
        "metrics.jsonl",
        write(
            '{"kind":"epoch","epoch":1,"train_s":1,"train":{"loss":1,"accuracy":1},"test":{"loss":1,"accuracy":1},'
            '"checkpoint":"../../../etc/passwd"}\n'
        ),
    ),
    "metrics.jsonl is a folder": ("metrics.jsonl", Path.mkdir),
    "metrics.jsonl is a pipe": ("metrics.jsonl", os.mkfifo),
    "metrics.jsonl leads in a circle": ("metrics.jsonl", loop),
    "a line without an end": ("metrics.jsonl", write(b"x" * 17 * 2**20)),
    "lock is a folder": ("lock", Path.mkdir),
    "lock is a pipe": ("lock", os.mkfifo),
    "lock leads in a circle": ("lock", loop),
}


def read_all(experiments: Path, mnist: Path) -> Runs:
    runs = Runs(mnist, experiments, LocalBackend(mnist, ["cpu"]))
    assert runs.wait_until_read(20)
    return runs


def odd_run(experiments: Path, name: str = ODD) -> RunFolder:
    """A run that can be read."""
    folder = RunFolder(experiments, name)
    folder.path.mkdir()
    changed()(folder.path / "run.json")
    return folder


@pytest.mark.parametrize("oddity", ODDITIES)
def test_what_cannot_be_read_is_named_and_the_rest_works(
    oddity: str, experiments: Path, mnist: Path, trained: RunFolder
):
    name, make = ODDITIES[oddity]
    replace(odd_run(experiments).path / name, make)
    with closing(read_all(experiments, mnist)) as runs:
        assert [one["run"] for one in runs.summaries()] == [trained.id]
        (named,) = runs.unreadable()
        assert named["run"] == ODD
        assert str(experiments) not in named["reason"]
        assert runs.counts() == Counter({"finished": 1})
        assert runs.page(100)["unreadable"] == [named]
        assert runs.sweeps() == []
        with pytest.raises(RefusedError, match="cannot be read") as refused:
            runs.show(ODD)
        assert refused.value.status == 409
        runs.delete(ALICE, trained.id)


def test_the_folder_itself_may_be_odd_too(experiments: Path, mnist: Path, trained: RunFolder):
    (experiments / ODD).write_text("a file")
    (experiments / "20260101-000000-aaaaaa").mkdir()
    (experiments / "20260101-000000-bbbbbb").symlink_to("20260101-000000-bbbbbb")
    os.mkfifo(experiments / "20260101-000000-cccccc")
    (experiments / "٢٠٢٦٠١٠١-000000-abcdef").mkdir()  # digits, though not of an id
    os.mkdir(os.fsencode(experiments) + b"/20260101-000000-abcde\xff")  # noqa: PTH102
    (experiments / ".server-odd.lock").mkdir()
    (experiments / ".deleted-x").write_text("a file")
    with closing(read_all(experiments, mnist)) as runs:
        assert [one["run"] for one in runs.summaries()] == [trained.id]
        suffixes = ["aaaaaa", "abcdef", "bbbbbb", "cccccc"]
        assert [one["run"][-6:] for one in runs.unreadable()] == suffixes
        wait_until(lambda: not (experiments / ".deleted-x").exists(), 10, "what was deleted to be gone")


def test_a_folder_without_rights_is_set_aside(experiments: Path, mnist: Path, trained: RunFolder, monkeypatch):
    """By a refusal of the system's call: the superuser, as whom tests may run, is refused nothing."""
    odd = odd_run(experiments)
    load = RunFolder.load_json

    def refuse(folder: RunFolder, name: str) -> Any:
        if folder.id == odd.id:
            raise PermissionError(13, "Permission denied", str(folder.path / name))
        return load(folder, name)

    monkeypatch.setattr(RunFolder, "load_json", refuse)
    with closing(read_all(experiments, mnist)) as runs:
        assert runs.unreadable() == [{"run": ODD, "reason": "Permission denied: run.json"}]
        assert len(runs.summaries()) == 1


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["config", "preset", "created", "owner", "queued", "slot", "server", "sweep", "turn"])
RECORD = st.dictionaries(
    st.sampled_from(
        ["kind", "epoch", "step", "steps", "device", "loss", "status", "reason", "why", "train", "test", "checkpoint"]
    ),
    ANYTHING | st.sampled_from(["data", "start", "batches", "epoch", "end", "finished"]),
)


@hypothesis_settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(FIELDS, ANYTHING) | st.binary(max_size=40),
    st.lists(RECORD, max_size=3) | st.binary(max_size=40),
)
def test_no_contents_are_read_as_more_than_a_run_or_a_reason(tmp_path: Path, stored: Any, records: Any):
    folder = RunFolder(tmp_path, ODD)
    shutil.rmtree(folder.path, ignore_errors=True)
    folder.path.mkdir()
    if isinstance(stored, dict):
        changed(**stored)(folder.path / "run.json")
    else:
        (folder.path / "run.json").write_bytes(stored)
    lines = records if isinstance(records, bytes) else "".join(json.dumps(one) + "\n" for one in records).encode()
    folder.metrics.write_bytes(lines)
    try:
        run = reading.read(folder, reading.stored(folder))
    except (OSError, ValueError) as error:
        reason = reading.why(error)
        assert reason
        return
    assert isinstance(json.dumps(run.progress.summary() | run.stored()), str)
    assert run.status in ("finished", "paused", "stopped", "interrupted", "failed")


@pytest.mark.parametrize(
    ("left", "code"),
    [("", "records-lost"), ('{"kind":"st', "records-lost"), (None, "records-lost"), ("whole but the end", "no-word")],
)
def test_records_that_are_lost_are_no_killed_process(tmp_path: Path, left: str | None, code: str):
    """Three networks were saved. Records without an end are those of a process that was killed."""
    path = store_run(tmp_path, ODD, epochs=3)
    metrics = path / "metrics.jsonl"
    lines = metrics.read_text().splitlines(keepends=True)
    for record in map(json.loads, lines):
        if record["kind"] == "epoch":
            (path / record["checkpoint"]).touch()
    metrics.write_text("".join(lines[:-1]) if left == "whole but the end" else left or "")
    if left is None:
        metrics.unlink()
    folder = RunFolder(tmp_path, ODD)
    run = reading.read(folder, reading.stored(folder))
    assert (run.status, run.reason.why.code) == ("interrupted", code)


def test_a_folder_that_is_put_there_later_is_found_when_it_is_asked_for(runs: Runs, tmp_path: Path):
    heard: list[Any] = []
    runs.subscribe(lambda event, payload: heard.append((event, payload["run"])))
    with pytest.raises(RefusedError, match="no run"):
        runs.show(ODD)
    store_run(runs.experiments_dir, ODD, epochs=2)
    assert runs.show(ODD)["epoch"] == 2
    assert ("run", ODD) in heard
    (runs.experiments_dir / ODD.replace("abc", "123")).mkdir()
    with pytest.raises(RefusedError, match="cannot be read"):
        runs.show(ODD.replace("abc", "123"))


def test_a_record_that_is_none_ends_the_run_as_failed_and_frees_its_device(runs: Runs):
    run_id = runs.create(ALICE, "exercise-code", {"train_images": 5000, "epochs": 100, "threads": 1})["run"]
    wait_until(lambda: runs.show(run_id)["step"], 60, "a first batch")
    with (runs.experiments_dir / run_id / "metrics.jsonl").open("ab") as file:
        file.write(b'{"kind":"end"}\n')
    wait_until(lambda: runs._runs[run_id].fault, 10, "the faulty line to be met")
    runs.request(ALICE, run_id, "stop")
    wait_until(lambda: runs.counts()["failed"] == 1, 20, "its end")
    (shown,) = [one for one in runs.summaries() if one["run"] == run_id]
    assert "its records cannot be read: metrics.jsonl, line " in shown["reason"]
    assert shown["why"]["code"] == "records"
    assert runs.backend._training == {}


def test_what_the_folder_holds_may_be_looked_at_before_all_is_read(experiments: Path, mnist: Path, monkeypatch):
    """Runs are shown as they are read, the newest first; of the others the server says that it reads them."""
    for number in range(20):
        odd_run(experiments, f"20260101-0000{number:02}-abcdef")
    read, seen = reading.read, []
    blocked = [True]

    def slowly(*arguments: Any) -> Any:
        while len(seen) >= 5 and blocked[0]:
            time.sleep(0.01)  # until the test has looked
        seen.append(arguments[0].id)
        return read(*arguments)

    monkeypatch.setattr(reading, "read", slowly)
    start = time.monotonic()
    with closing(Runs(mnist, experiments, LocalBackend(mnist, ["cpu"]))) as runs:
        assert time.monotonic() - start < 2
        try:
            wait_until(lambda: len(runs.summaries()) == 5, 10, "the first five")
            assert seen == sorted(seen, reverse=True)
            assert runs.page(100)["reading"] is True
            with pytest.raises(RefusedError, match="still reads its runs") as refused:
                runs.show("20260101-000000-abcdef")
            assert (refused.value.status, refused.value.code) == (503, "reading")
        finally:
            blocked[0] = False
        assert runs.wait_until_read(20)
        assert len(runs.summaries()) == 21
        assert runs.page(100)["reading"] is False


def test_a_run_that_waits_is_taken_up_before_those_that_are_over_are_read(experiments: Path, mnist: Path, monkeypatch):
    odd_run(experiments, "20260201-000000-abcdef")
    waiting = odd_run(experiments)
    changed(queued=True, config={"epochs": 100, "train_images": 5000})(waiting.path / "run.json")
    read, seen = reading.read, []

    def note(*arguments: Any) -> Any:
        seen.append(arguments[0].id)
        return read(*arguments)

    monkeypatch.setattr(reading, "read", note)
    with closing(read_all(experiments, mnist)) as runs:
        assert seen[0] == waiting.id
        wait_until(lambda: runs.show(waiting.id)["status"] in ("starting", "running"), 30, "it to start")
        runs.request(ALICE, waiting.id, "stop")


# --- the list by pages ------------------------------------------------------------------------------------------------


@hypothesis_settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 4), max_size=20), st.integers(1, 7))
def test_pages_hold_every_run_once_and_no_sweep_in_parts(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], limit: int
):
    """sizes: of sweeps; 0 for a single run."""
    experiments = tmp_path_factory.mktemp("experiments")
    ids = []
    for at, size in enumerate(sizes):
        for number in range(max(1, size)):
            name = f"202601{at + 1:02}-0000{number:02}-abcdef"
            ids.append(name)
            sweep = SWEEP | {"id": f"202601{at + 1:02}-000000-aaaaaa", "number": number + 1} if size else None
            changed(created=at * 100.0 + number, sweep=sweep)(odd_run(experiments, name).path / "run.json")
    with closing(Runs(experiments, experiments, LocalBackend(experiments, ["cpu"]))) as runs:
        assert runs.wait_until_read(20)
        pages, after = [], None
        while True:
            page = runs.page(limit, after)
            pages.append(page["runs"])
            assert page["total"] == len(ids)
            after = page["next"]
            if after is None:
                break
        assert sorted(run["run"] for page in pages for run in page) == sorted(ids)
        for earlier, later in itertools.pairwise(pages):
            sweeps = [{run["sweep"]["id"] for run in page if run["sweep"]} for page in (earlier, later)]
            assert not sweeps[0] & sweeps[1]
            assert len(earlier) >= limit
