"""The run's curves as TensorBoard's event file, written from the records of metrics.jsonl and at their times."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from pathlib import Path

from tensorboardX.proto.event_pb2 import Event
from tensorboardX.record_writer import masked_crc32c
from tensorboardX.summary import scalar

from core.files import open_file
from lenet.lines import PARTS, SCORES, BatchesLine, EpochLine, Line, StartLine
from lenet.training.folder import EVENTS

Curved = BatchesLine | EpochLine  # what the curves are drawn from


class EventFile:
    """The event file in a run's folder: made anew when the run begins or goes on, then appended to.

    So it holds every step once, though a trainer that was killed had told some that were trained again. Records of
    earlier versions have no time: they are in files of other names, which stay.
    """

    def __init__(self, folder: Path, records: Iterable[Line] = ()):
        """records: what has happened up to now."""
        self._file = open_file(folder / EVENTS, "wb", buffering=0)
        events = [Event(wall_time=0.0, file_version="brain.Event:2")]
        self._write(events + [event for record in that_hold(records) for event in _events(record)])

    def add(self, record: Curved) -> None:
        """Adds what a record says of batches or of an epoch."""
        self._write(_events(record))
        if record["kind"] == "epoch":
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    def _write(self, events: list[Event]) -> None:
        """Appends the events in one write: a killed trainer leaves no half of one."""
        self._file.write(b"".join(map(_framed, events)))


def _framed(event: Event) -> bytes:
    """An event in the form of event files: its length, the checksum of that, the event, its checksum."""
    content = event.SerializeToString()
    length = struct.pack("<Q", len(content))
    checksums = (struct.pack("<I", masked_crc32c(part)) for part in (length, content))
    return length + next(checksums) + content + next(checksums)


def _events(record: Curved) -> list[Event]:
    """The points that a record of batches or of an epoch adds to the curves."""
    if "time" not in record:
        return []
    if record["kind"] == "batches":
        seconds = record.get("seconds", 0.0)
        between = seconds / len(record["loss"])
        first = record["time"] - seconds + between
        return [
            Event(wall_time=first + between * index, step=record["step"] + index, summary=scalar("loss/batch", loss))
            for index, loss in enumerate(record["loss"])
        ]
    return [
        Event(wall_time=record["time"], step=record["step"], summary=scalar(f"{what}/{part}", scores[what]))
        for part in PARTS
        if (scores := record[part]) is not None
        for what in SCORES
    ]


def that_hold(records: Iterable[Line]) -> list[Curved]:
    """The records of batches and epochs that no later start has taken back, without the steps that it has."""
    kept: list[Curved] = []
    for record in records:
        if record["kind"] == "start":
            kept = [rest for earlier in kept if (rest := _before(earlier, record))]
        elif record["kind"] in ("batches", "epoch"):
            kept.append(record)
    return kept


def _before(record: Curved, start: StartLine) -> Curved | None:
    """What is left of a record before a start's place."""
    if record["kind"] == "epoch":
        return record if record["epoch"] <= start["epoch"] else None
    left, count = start["step"] - record["step"], len(record["loss"])
    if left >= count or left <= 0:
        return record if left > 0 else None
    seconds = record.get("seconds", 0.0) * left / count
    rest: BatchesLine = {**record, "loss": record["loss"][:left], "seconds": seconds}
    if "time" in record:
        rest["time"] = record["time"] - record.get("seconds", 0.0) + seconds
    return rest
