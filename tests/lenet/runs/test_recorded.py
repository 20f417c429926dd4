import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenet.cleaned import clean_record
from lenet.records import Batches
from lenet.runs import recorded
from lenet.training.folder import RunFolder
from support.lenet_folders import records, store_run

ID = "20260101-000000-abcdef"
TEXTS = st.one_of(st.text(), st.sampled_from(["/srv/class/x.pt", "C:\\class\\x.pt", "'/srv/a class/x.pt' is cut"]))
OWN = Batches.__struct_fields__  # of batches, whose values are not texts: then the line is odd
NAMES = st.one_of(
    st.text(max_size=9).filter(lambda name: name not in OWN),
    st.sampled_from(["reason", "source", "why", "checkpoint", "note"]),
)
BATCHES = {"kind": "batches", "step": 1, "loss": [0.5], "images_per_s": None, "left_s": None}


def folder_of(path: Path, found: list[dict[str, Any]], *, ascii_only: bool = True) -> RunFolder:
    lines = [json.dumps(record, ensure_ascii=ascii_only) for record in found]
    folder = RunFolder(path, ID)
    folder.path.mkdir(exist_ok=True)
    folder.metrics.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder


@given(st.dictionaries(NAMES, TEXTS), st.booleans())
def test_a_line_says_what_its_record_says_without_paths(tmp_path_factory, more, ascii_only):
    record = more | BATCHES
    folder = folder_of(tmp_path_factory.mktemp("runs"), [record], ascii_only=ascii_only)
    (line,) = recorded.lines(folder, 0)
    assert json.loads(line) == clean_record(record)
    assert "/srv/" not in json.dumps(json.loads(line).get("reason"))


def test_a_key_is_known_in_whatever_way_it_is_written(tmp_path):
    folder = folder_of(tmp_path, [])
    folder.metrics.write_text(json.dumps(BATCHES)[:-1] + r', "\u0072eason": "no \/srv\/class\/x.pt"}' + "\n")
    (line,) = recorded.lines(folder, 0)
    assert json.loads(line)["reason"] == "no x.pt"


def test_lines_are_counted_from_the_first_that_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "MOST_RECORDS", 3)
    folder = folder_of(tmp_path, [BATCHES | {"step": step} for step in range(9)])
    assert [json.loads(line)["step"] for line in recorded.lines(folder, 4)] == [4, 5, 6]
    assert recorded.lines(folder, 9) == []


@pytest.mark.parametrize(
    "line", [b"no", b'{"kind": "tomorrow", "format": 2}', b'{"kind": "batches", "step": 1, "loss": [0.5']
)
def test_a_line_that_is_no_json_or_of_another_version_is_refused(tmp_path, line):
    folder = folder_of(tmp_path, [BATCHES])
    with folder.metrics.open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(ValueError, match=r"\w"):
        recorded.lines(folder, 0)
    with pytest.raises(ValueError, match=r"\w"):
        recorded.layers_and_epochs(folder)


def test_layers_and_epochs_are_those_that_hold(tmp_path):
    begun = records(3, reports=1)
    again = [one | {"epoch": 1} if one["kind"] == "start" else one for one in records(3, reports=1)[:1]]
    layers, epochs = recorded.layers_and_epochs(folder_of(tmp_path, [*begun[:-1], *again]))
    assert layers == begun[0]["layers"]
    assert epochs == [one for one in begun if one["kind"] == "epoch"][:1]


def test_a_long_run_is_told_in_a_fraction_of_the_time_that_its_objects_take(tmp_path):
    store_run(tmp_path, ID, epochs=100)
    folder = RunFolder(tmp_path, ID)

    def seconds(work) -> float:
        begun = time.thread_time()
        work()
        return time.thread_time() - begun

    def as_objects() -> str:
        return json.dumps([clean_record(record) for record in folder.records()])

    ratios = [seconds(lambda: recorded.lines(folder, 0)) / seconds(as_objects) for _ in range(5)]
    assert min(ratios) < 0.5
