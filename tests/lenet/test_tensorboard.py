from __future__ import annotations

import struct
from pathlib import Path

import pytest
from tensorboardX.proto.event_pb2 import Event

from lenet.folder import RunFolder
from lenet.progress import epochs_that_hold


def scalars(folder: Path) -> dict[str, dict[int, float]]:
    """What an event file holds, read by its published form: length, checksum, record, checksum."""
    found: dict[str, dict[int, float]] = {}
    for path in folder.glob("events.out.tfevents.*"):
        content, at = path.read_bytes(), 0
        while at < len(content):
            (length,) = struct.unpack_from("<Q", content, at)
            event = Event.FromString(content[at + 12 : at + 12 + length])
            at += 16 + length
            for value in event.summary.value:
                found.setdefault(value.tag, {})[event.step] = value.simple_value
    return found


def test_tensorboard_reads_the_curves_of_the_run(trained: RunFolder):
    curves = scalars(trained.path)
    records = trained.records()
    losses = {
        record["step"] + place: loss
        for record in records
        if record["kind"] == "batches"
        for place, loss in enumerate(record["loss"])
    }
    assert curves["loss/batch"] == pytest.approx(losses)
    for record in epochs_that_hold(records):
        for part in ("train", "test"):
            assert curves[f"accuracy/{part}"][record["step"]] == pytest.approx(record[part]["accuracy"])
            assert curves[f"loss/{part}"][record["step"]] == pytest.approx(record[part]["loss"])
