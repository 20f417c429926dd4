"""Runs with the same settings are trained once: what the one trainer writes comes into the folders of all of them.

So each is a run of its own, with its own files and owner, and goes on by itself when the others are stopped or deleted.
No torch, no processes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from core.files import open_file, read_file
from lenet.devices import threads_of
from lenet.records import Batches, Data, End, read_record
from lenet.run import Run
from lenet.training.folder import EVENTS, MOST_METRICS_BYTES, RunFolder


def are_alike(run: Run, trained: Run) -> bool:
    """Whether what the trainer of `trained` writes is what a trainer of `run` would: the same bits, from the start on.

    Raises OSError and ValueError.
    """
    if run.config != trained.config or run.unknown or trained.unknown or trained.progress.note is not None:
        return False
    begun = trained.folder.read_json("config.json")  # what its trainer goes by, among as many threads as it says
    said = begun and (begun.get("config"), begun.get("threads"))
    if begun is not None and said != (trained.settings, threads_of(trained.config)):
        return False
    own = read_file(run.folder.metrics, MOST_METRICS_BYTES) if run.folder.metrics.exists() else b""
    return _bytes(trained.folder, run.folder, 0, len(own)) == own


def bring(source: RunFolder, target: RunFolder, *, is_last: bool, with_end: bool = False) -> None:
    """Brings what is new in the folder of the run that is trained into that of another.

    is_last: nothing comes after, so that all of it must be there. with_end: how the one ended is how the other ends.
    Raises OSError and ValueError.
    """
    text = _bytes(source, target, target.metrics_size)
    lines = text[: text.rfind(b"\n") + 1].split(b"\n")[:-1]
    records = [read_record(line) for line in lines]
    if records and isinstance(records[-1], End) and not with_end:
        lines.pop(), records.pop()
    if is_last or not all(isinstance(record, (Data, Batches)) for record in records):
        _bring_files(source, target, is_last)
    if lines:
        target.append_lines(lines, lasting=is_last)


def _bytes(source: RunFolder, target: RunFolder, first: int, count: int = -1) -> bytes:
    """Of the source's records, as they stand among the target's: ids of runs are equally long."""
    try:
        with open_file(source.metrics) as file:
            file.seek(first)
            text = file.read(count)
    except FileNotFoundError:
        return b""
    return text.replace(source.id.encode(), target.id.encode())


def _bring_files(source: RunFolder, target: RunFolder, is_last: bool) -> None:
    about = source.read_json("config.json")
    if about is not None and target.read_json("config.json") is None:
        target.write_json("config.json", about | {"run": target.id})
    for path in source.path.glob("*.pt"):  # each is written once, whole, and never changed
        _link(path, target.path / path.name)
    _append_rest(source.predictions, target.predictions)
    if is_last and (source.path / EVENTS).exists():
        shutil.copyfile(source.path / EVENTS, target.path / EVENTS)


def _link(path: Path, other: Path) -> None:
    """Has the same content, without taking the space again where the file system can do that."""
    with contextlib.suppress(FileNotFoundError):
        if other.stat().st_mtime_ns == path.stat().st_mtime_ns:
            return
    beside = other.with_name(f".{other.name}.new")
    beside.unlink(missing_ok=True)
    try:
        os.link(path, beside)
    except OSError:
        shutil.copy2(path, beside)
    beside.replace(other)


def _append_rest(path: Path, other: Path) -> None:
    """Only ever longer, and what is there is the same."""
    if not path.exists():
        return
    with open_file(path) as file, open_file(other, "ab") as copy:
        file.seek(copy.tell())
        shutil.copyfileobj(file, copy)
