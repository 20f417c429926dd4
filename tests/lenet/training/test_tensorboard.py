from __future__ import annotations

import struct
import time
from pathlib import Path
from typing import Any

import pytest
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.record_writer import masked_crc32c

from lenet.config import TrainConfig
from lenet.training.folder import RunFolder, new_run_id
from lenet.training.progress import epochs_that_hold
from lenet.training.tensorboard import EventFile
from lenet.training.trainer import Trainer, train
from support.lenet_runs import QUICK


def points(folder: Path) -> list[tuple[str, int, float, float]]:
    """Tag, step, wall time and value of all that event files hold, by their published form: length, checksum, ..."""
    found = []
    for path in folder.glob("*tfevents*"):
        content, at = path.read_bytes(), 0
        while at < len(content):
            (length,) = struct.unpack_from("<Q", content, at)
            assert struct.unpack_from("<I", content, at + 8)[0] == masked_crc32c(content[at : at + 8])
            event = Event.FromString(content[at + 12 : at + 12 + length])
            assert struct.unpack_from("<I", content, at + 12 + length)[0] == masked_crc32c(event.SerializeToString())
            at += 16 + length
            found += [(value.tag, event.step, event.wall_time, value.simple_value) for value in event.summary.value]
    return found


def scalars(folder: Path) -> dict[str, dict[int, float]]:
    """The curves; fails where one has a step twice."""
    found: dict[str, dict[int, float]] = {}
    for tag, step, _, value in points(folder):
        assert step not in found.setdefault(tag, {}), f"{tag} has step {step} twice"
        found[tag][step] = value
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


STEPS = 30  # an epoch
CONFIG = TrainConfig().updated(QUICK | {"epochs": 3})


def train_until(folder: RunFolder, mnist: Path, step: int | None, how: str = "pause") -> tuple[float, float]:
    """Goes on with the run, to its end or to a step at which it pauses or is killed; when it began and ended."""

    def at_step(trainer: Trainer, *batch: Any) -> Any:
        if trainer.step == step and how == "kill":
            raise KeyboardInterrupt
        if trainer.step == step:
            trainer.request = "pause"
        time.sleep(0.001)  # so that no two steps are at one time
        return train_step(trainer, *batch)

    train_step, began = Trainer._train_step, time.time()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "_train_step", at_step)
        patch.setattr("lenet.training.trainer.REPORT_INTERVAL_S", 0.0)
        if how == "kill":
            with pytest.raises(KeyboardInterrupt):
                train(CONFIG, folder, mnist, "fast")
        else:
            train(CONFIG, folder, mnist, "fast")
    return began, time.time()


def test_after_pauses_and_crashes_every_step_is_there_once_and_at_its_own_time(mnist: Path, tmp_path: Path):
    folder = RunFolder(tmp_path, new_run_id())
    sessions = [
        train_until(folder, mnist, 10),
        train_until(folder, mnist, 40),
        train_until(folder, mnist, 55, "kill"),  # from step 41 on it is trained again
        train_until(folder, mnist, 70, "kill"),  # from step 60 on
        train_until(folder, mnist, None),
    ]
    curves = scalars(folder.path)
    assert sorted(curves["loss/batch"]) == list(range(3 * STEPS))
    assert sorted(curves["loss/test"]) == [STEPS, 2 * STEPS, 3 * STEPS]
    whole = RunFolder(tmp_path, new_run_id())
    train(CONFIG, whole, mnist, "fast")
    assert curves == scalars(whole.path)

    times = {step: at for tag, step, at, _ in points(folder.path) if tag == "loss/batch"}
    assert [times[step] for step in range(3 * STEPS)] == sorted(set(times.values()))
    trained_in = [0] * 11 + [1] * 30 + [3] * 19 + [4] * 30
    for step, session in enumerate(trained_in):
        began, ended = sessions[session]
        assert began - 0.01 <= times[step] <= ended + 0.01, step


def test_the_times_of_a_reports_batches_are_spread_over_it(tmp_path: Path):
    record = {"kind": "batches", "step": 4, "loss": [1.0, 2.0, 3.0, 4.0], "time": 1000.0, "seconds": 2.0}
    EventFile(tmp_path, [record]).close()
    assert [(step, at) for _, step, at, _ in points(tmp_path)] == [(4, 998.5), (5, 999.0), (6, 999.5), (7, 1000.0)]
    start = {"kind": "start", "step": 6, "epoch": 0}  # of the report, two batches hold
    EventFile(tmp_path, [record, start, record | {"step": 6, "time": 2000.0}]).close()
    assert [at for *_, at, _ in points(tmp_path)] == [998.5, 999.0, 1998.5, 1999.0, 1999.5, 2000.0]


def test_the_files_of_an_earlier_version_stay_and_only_later_steps_are_added(trained: RunFolder, tmp_path: Path):
    (tmp_path / "events.out.tfevents.1700000000.host").touch()
    clock = ("time", "seconds")
    old = [{key: value for key, value in record.items() if key not in clock} for record in trained.records()]
    new = {"kind": "batches", "step": 60, "loss": [1.0], "time": 1000.0, "seconds": 2.0}
    EventFile(tmp_path, [*old, new]).close()
    assert len(list(tmp_path.glob("*tfevents*"))) == 2
    assert scalars(tmp_path) == {"loss/batch": {60: 1.0}}
