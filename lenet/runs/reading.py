"""Reads runs from their folders, whoever wrote them. What cannot be read is told by an error and changes nothing."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from filelock import Timeout
from msgspec import to_builtins

from core.cleaned import plain, without_paths
from core.files import acquire, is_claimed
from lenet.cleaned import clean_record
from lenet.lines import JsonObject
from lenet.reasons import because, told_by
from lenet.records import End, Odd, read_object, read_record
from lenet.run import Run
from lenet.training.begun import together
from lenet.training.folder import INTERRUPTED, RUN_ID, RunFolder
from lenet.training.progress import Progress

MOST_REASON, MOST_END = 300, 2000  # characters; the end of a run may tell what to put where


def names(experiments: Path) -> list[str]:
    """The names of all runs' folders, the newest first."""
    return sorted((path.name for path in experiments.iterdir() if RUN_ID.fullmatch(path.name)), reverse=True)


def check_usable(experiments: Path) -> None:
    """Raises OSError where the folder of all runs is gone, is none, or may not be read or written."""
    os.scandir(experiments).close()
    if not os.access(experiments, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "may not be written", str(experiments))


def stored(folder: RunFolder) -> JsonObject:
    """What stands in run.json, or for a run of the command line in config.json. Raises OSError and ValueError.

    What run.json lacks is taken from config.json, which has all but who started the run: where that is lost it is
    nobody's but the teacher's. `lost` and `taken`, where they are there, say what was wrong.
    """
    if not folder.path.is_dir():
        raise ValueError("not a folder")
    try:
        asked = folder.load_json("run.json")
    except ValueError as error:
        begun = folder.read_json("config.json")
        if begun is None:
            raise
        return _said(begun) | {"lost": str(error)}
    if asked is not None:
        return _together(folder.read_json("config.json") or {}, asked)
    begun = folder.load_json("config.json")
    if begun is None:
        raise ValueError("neither run.json nor config.json is there")
    return _said(begun)


def _said(about: JsonObject) -> JsonObject:
    """What a file says, which is not to say what was wrong with it."""
    return {name: value for name, value in about.items() if name not in ("lost", "taken")}


def _together(begun: JsonObject, asked: JsonObject) -> JsonObject:
    """run.json, with what it lacks and config.json has."""
    about = _said(asked)
    lost = [name for name in ("owner", "preset", "created", "config") if name not in asked]
    about |= {name: begun[name] for name in lost if name in begun and name != "owner"}
    other: list[str] = []
    if isinstance(about.get("config"), dict):
        about["config"], settings, other = together(begun.get("config"), about["config"])
        lost += settings if asked.get("config") else ["config"] if settings else []
    said = [f"lacks {', '.join(lost)}"] if lost else []
    said += [f"has another {', '.join(other)} than config.json"] if other else []
    if said:
        about["lost" if "owner" in lost else "taken"] = f"run.json {' and '.join(said)}"
    return about


def is_anothers(folder: RunFolder, about: JsonObject) -> bool:
    """Whether another process, such as a second server, queues or trains it just now. Raises OSError."""
    mark = about.get("server")
    if not isinstance(mark, str) or not is_claimed(folder.path.parent, mark):
        return False
    return about.get("queued") is True or folder.is_alive()


def read(folder: RunFolder, about: JsonObject) -> Run:
    """The run with all that its records tell. Raises OSError, and ValueError that names the file and what is wrong."""
    try:
        run = Run.of(folder, about)
    except ValueError as error:
        raise ValueError(f"it describes no run: {error}") from None
    try:
        read_new(run)
    except ValueError:
        if not mended(run):
            raise
    end, odd = run.progress.end, run.progress.odd
    if end:
        run.take_for(end.status, told_by(end))
    elif odd:  # its end may be what is left out: where all epochs are told, that was it
        run.take_for("finished" if _is_trained(run) else "interrupted", odd)
    elif _has_lost_records(run):
        run.take_for("interrupted", because("records-lost", epoch=len(run.progress.epochs)))
    else:
        run.take_for(*INTERRUPTED)
    if "lost" in about:
        run.owner_is_lost = True
        run.reason = because("owner-lost", error=about["lost"])
    elif "taken" in about and run.status != "failed":
        run.reason = because("settings-taken", error=about["taken"])
    return run


def _is_trained(run: Run) -> bool:
    return bool(run.progress.epochs) and run.progress.epochs[-1].epoch == run.config.epochs


def _has_lost_records(run: Run) -> bool:
    """Whether more is in its folder than a trainer that was killed can leave: it saves a network, and then tells it."""
    told = {one.checkpoint for one in run.progress.epochs}
    saved = {path.name for path in run.folder.path.glob("lenet_*.pt")} - told
    return len(saved) > 1 or bool(saved and (run.folder.metrics_size > run.offset or not run.progress.lines))


def mended(run: Run) -> bool:
    """Whether metrics.jsonl was damaged, or changed behind the server's back; then what is whole of it was read anew.

    The trainer makes again what is missing when the run goes on. Never while one is at work. Raises OSError and
    ValueError.
    """
    if not run.folder.path.is_dir():  # and it is not to be made anew, as if it had been empty
        raise FileNotFoundError(errno.ENOENT, "its folder is gone", str(run.folder.path))
    lock = run.folder.lock()
    try:
        acquire(lock, 0)
    except Timeout:
        return False
    try:
        was_damaged = run.folder.mend()
    finally:
        lock.release()
    if not was_damaged and run.folder.metrics_size == run.offset:
        return False
    run.progress, run.offset, run.fault = Progress(), 0, None
    read_new(run)
    return True


def read_new(run: Run, records: list[JsonObject] | None = None) -> None:
    """Adds what metrics.jsonl says beyond what was read. records: gets it, as JSON values.

    Raises OSError and ValueError; what stands before the faulty line is then added.
    """
    for line, offset in run.folder.lines_from(run.offset):
        try:
            run.progress.add(record := read_record(line))
        except ValueError as error:  # no JSON, or of another version
            raise ValueError(f"metrics.jsonl, line {run.progress.lines + 1}: {error}") from None
        if records is not None:
            records.append(to_builtins(record) if isinstance(record, Odd) else clean_record(read_object(line)))
        run.offset = offset
    end = run.progress.end
    if end is not None and (told := told_by(end)):
        reason = told.cleaned(MOST_END)
        run.progress.end = End(end.status, reason.sentence, reason.why, end.step)


def why(error: OSError | ValueError) -> str:
    """In words, without a path of this machine."""
    return (plain(error) if isinstance(error, OSError) else without_paths(str(error)))[:MOST_REASON]
