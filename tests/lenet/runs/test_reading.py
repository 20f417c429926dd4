"""Whatever lies in the experiments folder: the server starts, names what it cannot read, and the rest works."""

from __future__ import annotations

import json
import os
import shutil
import tracemalloc
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.refused import RefusedError
from lenet.runs import reading
from lenet.training.folder import RunFolder
from support.lenet_folders import ODD, changed, odd_run, store_run
from support.lenet_runs import ALICE, read_all
from support.long import parametrize
from support.processes import wait_until

DEEP = "[" * 100_000


def replace(path: Path, make: Callable[[Path], Any]) -> None:
    """Takes the file or folder away and lets `make` put something there."""
    path.unlink(missing_ok=True)
    make(path)


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def write(text: str | bytes) -> Callable[[Path], Any]:
    return lambda path: path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))


def huge(path: Path, size: int = 3 * 2**30) -> None:
    """It takes no room on the disk."""
    with path.open("wb") as file:
        file.truncate(size)


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
    "a record that is deep": ("metrics.jsonl", write(DEEP + "\n")),
    "a record that is deep inside": ("metrics.jsonl", write('{"kind":"end","status":"failed","x":' + DEEP + "\n")),
    "records of another version": (
        "metrics.jsonl",
        write('{"kind":"start","format":2,"epoch":0,"step":0,"steps":9,"device":"CPU"}\n'),
    ),
    "an odd record of another version": ("metrics.jsonl", write('{"kind":"start","format":2,"place":[0,0]}\n')),
    "a record of a kind of another version": ("metrics.jsonl", write('{"kind":"tomorrow","format":2}\n')),
    "metrics.jsonl is a folder": ("metrics.jsonl", Path.mkdir),
    "metrics.jsonl is a pipe": ("metrics.jsonl", os.mkfifo),
    "metrics.jsonl leads in a circle": ("metrics.jsonl", loop),
    "a line without an end": ("metrics.jsonl", write(b"x" * 17 * 2**20)),
    "metrics.jsonl is huge": ("metrics.jsonl", huge),
    "a line that is huge": ("metrics.jsonl", lambda path: huge(path, 400 * 2**20)),
    "lock is a folder": ("lock", Path.mkdir),
    "lock is a pipe": ("lock", os.mkfifo),
    "lock leads in a circle": ("lock", loop),
}


@parametrize("oddity", ODDITIES, short=range(0, 40, 3))
def test_what_cannot_be_read_is_named_and_the_rest_works(
    oddity: str, experiments: Path, mnist: Path, trained: RunFolder
):
    name, make = ODDITIES[oddity]
    replace(odd_run(experiments).path / name, make)
    with closing(read_all(experiments, mnist)) as runs:
        assert [one["run"] for one in runs.board.summaries()] == [trained.id]
        (named,) = runs.board.unreadable()
        assert named["run"] == ODD
        assert str(experiments) not in named["reason"]
        assert runs.board.counts() == Counter({"finished": 1})
        assert runs.board.page(100)["unreadable"] == [named]
        assert runs.board.sweeps(100)["sweeps"] == []
        with pytest.raises(RefusedError, match="cannot be read") as refused:
            runs.show(ODD)
        assert refused.value.status == 409
        runs.delete(ALICE, trained.id)


NO_RECORDS = {
    "an end without status": '{"kind":"end"}',
    "an end of another status": '{"kind":"end","status":"burnt"}',
    "an epoch without scores": '{"kind":"epoch","epoch":1}',
    "batches without losses": '{"kind":"batches","epoch":1}',
    "a kind that is none": '{"kind":"nonsense"}',
    "a kind that is long": '{"kind":"' + "x" * 2**20 + '"}',
    "a kind that is private": '{"kind":"_init__"}',
    "a kind that nobody writes": '{"kind":"odd","error":"x"}',
    "no kind": '{"epoch":1}',
    "a number": "1",
    "null": "null",
    "a list": "[1]",
    "a step that is text": '{"kind":"start","epoch":0,"step":"x","steps":9,"device":"CPU"}',
    "a why that is none": '{"kind":"end","status":"failed","reason":"x","why":5}',
    "a checkpoint elsewhere": '{"kind":"epoch","epoch":1,"train_s":1,"train":{"loss":1,"accuracy":1},'
    '"test":{"loss":1,"accuracy":1},"checkpoint":"../../../etc/passwd"}',
}


@parametrize("line", NO_RECORDS, short=range(0, 15, 3))
def test_a_line_that_is_no_record_is_left_out_and_named(line: str, experiments: Path, mnist: Path, trained: RunFolder):
    odd_run(experiments).metrics.write_text(f"{NO_RECORDS[line]}\n")
    metrics = RunFolder(experiments, trained.id).metrics
    before = metrics.read_text().splitlines(keepends=True)
    metrics.write_text("".join([*before[:2], f"{NO_RECORDS[line]}\n", *before[2:]]))
    with closing(read_all(experiments, mnist)) as runs:
        assert runs.board.unreadable() == []
        empty, whole = runs.show(ODD), runs.show(trained.id)
        assert (empty["status"], empty["epoch"], empty["checkpoints"]) == ("interrupted", 0, [])
        assert (whole["status"], whole["epoch"], len(whole["checkpoints"])) == ("finished", 2, 2)
        assert whole["layers"]
        for run, number in ((empty, 1), (whole, 3)):
            assert (run["why"]["code"], run["why"]["values"]["line"]) == ("odd-record", number)
            assert run["why"]["values"]["error"]
            assert len(run["reason"]) < 400
            told = [json.loads(record)["kind"] for record in runs.board.get(run["run"]).records(0)]
            assert [at for at, kind in enumerate(told, 1) if kind == "odd"] == [number]


@pytest.mark.parametrize(("epochs", "status"), [(3, "finished"), (4, "interrupted")])
def test_an_end_that_is_left_out_was_that_of_all_epochs_or_is_not_known(tmp_path: Path, epochs: int, status: str):
    path = store_run(tmp_path, ODD, epochs=3, config={"epochs": epochs})
    metrics = (path / "metrics.jsonl").read_text()
    (path / "metrics.jsonl").write_text(metrics.replace('"status": "finished"', '"status": "burnt"'))
    folder = RunFolder(tmp_path, ODD)
    run = reading.read(folder, reading.stored(folder))
    assert (run.status, len(run.progress.epochs), run.reason.why.code) == (status, 3, "odd-record")


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
        assert [one["run"] for one in runs.board.summaries()] == [trained.id]
        suffixes = ["aaaaaa", "abcdef", "bbbbbb", "cccccc"]
        assert [one["run"][-6:] for one in runs.board.unreadable()] == suffixes
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
        assert runs.board.unreadable() == [{"run": ODD, "reason": "Permission denied: run.json"}]
        assert len(runs.board.summaries()) == 1


def test_a_folder_that_the_system_did_not_let_us_read_is_tried_again(
    experiments: Path, mnist: Path, trained: RunFolder, monkeypatch, caplog
):
    odd_run(experiments)
    load, refused, asked = RunFolder.load_json, [True], []

    def refuse(folder: RunFolder, name: str) -> Any:
        if folder.id == ODD and refused:
            asked.append(name)
            raise OSError(24, "Too many open files", str(folder.path / name))
        return load(folder, name)

    monkeypatch.setattr("core.retrying.FIRST_S", 0.0)
    monkeypatch.setattr(RunFolder, "load_json", refuse)
    with closing(read_all(experiments, mnist)) as runs:
        wait_until(lambda: len(asked) > 2, 10, "it to be tried again")
        assert runs.board.unreadable() == [{"run": ODD, "reason": "Too many open files: run.json"}]
        refused.clear()
        wait_until(lambda: ODD in [one["run"] for one in runs.board.summaries()], 40, "it to be read")
        assert runs.board.unreadable() == []
    assert len([one for one in caplog.messages if ODD in one and "set aside" in one]) == 1


def test_when_the_folder_of_all_runs_cannot_be_listed_it_is_tried_again(
    experiments: Path, mnist: Path, trained: RunFolder, monkeypatch, caplog
):
    names, refused, asked = reading.names, [True], []

    def refuse(folder: Path) -> list[str]:
        if refused:
            asked.append(folder)
            raise OSError(24, "Too many open files", str(folder))
        return names(folder)

    monkeypatch.setattr("core.retrying.FIRST_S", 0.0)
    monkeypatch.setattr(reading, "names", refuse)
    with closing(read_all(experiments, mnist)) as runs:
        wait_until(lambda: len(asked) > 2, 10, "it to be tried again")
        assert [one["run"] for one in runs.board.unreadable()] == ["experiments"]
        assert runs.board.summaries() == []
        refused.clear()
        wait_until(lambda: trained.id in [one["run"] for one in runs.board.summaries()], 40, "the run to be read")
        assert runs.board.unreadable() == []
    told = [one for one in caplog.messages if "set aside" in one]
    assert len(told) == 1
    assert told[0].startswith(f"{experiments} ")


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


@pytest.mark.parametrize("size", [3 * 2**30, 400 * 2**20])
@pytest.mark.parametrize("before", [b"", b'{"kind":"end","status":"finished"}\n', b"no JSON\n"])
def test_what_is_huge_takes_no_memory(experiments: Path, size: int, before: bytes):
    folder = odd_run(experiments)
    folder.metrics.write_bytes(before)
    os.truncate(folder.metrics, size)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"metrics\.jsonl: (a line of )?more than"):
            reading.read(folder, reading.stored(folder))
        assert tracemalloc.get_traced_memory()[1] < 64 * 2**20
    finally:
        tracemalloc.stop()
    assert folder.metrics.stat().st_size == size


@pytest.mark.parametrize("made", [os.mkfifo, Path.mkdir, loop])
def test_a_run_whose_servers_mark_is_no_file_is_taken_up(
    made: Callable[[Path], Any], experiments: Path, mnist: Path, trained: RunFolder
):
    mark = experiments / ".server-628049a14c48.lock"
    made(mark)
    folder = odd_run(experiments)
    about = folder.load_json("run.json")
    folder.write_json("run.json", about | {"server": mark.name, "queued": False})
    with closing(read_all(experiments, mnist)) as runs:
        assert {one["run"] for one in runs.board.summaries()} == {trained.id, folder.id}
        assert runs.board.unreadable() == []
