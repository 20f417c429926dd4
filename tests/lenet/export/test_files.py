"""The table of epochs and the archive of checkpoints."""

from __future__ import annotations

import csv
import io
import shutil
import warnings
import zipfile
from pathlib import Path

import pytest

from lenet.export import archive, origin, table
from lenet.training.begun import settings_in
from lenet.training.folder import RunFolder
from lenet.training.progress import epochs_that_hold


def test_the_table_has_the_numbers_of_every_epoch_to_the_last_digit(trained: RunFolder):
    records = epochs_that_hold(trained.records())
    rows = list(csv.DictReader(io.StringIO(table.written(records))))
    assert [int(row["epoch"]) for row in rows] == [1, 2]
    for row, record in zip(rows, records, strict=True):
        for part in ("train", "test"):
            assert float(row[f"{part}_loss"]) == record[part]["loss"]
            assert float(row[f"{part}_accuracy"]) == record[part]["accuracy"]
        assert (row["holdout_loss"], row["holdout_accuracy"]) == ("", "")
        assert float(row["seconds"]) == record["seconds"]
        assert row["checkpoint"] == record["checkpoint"]


def test_the_device_of_a_run_whose_start_is_odd_is_that_in_its_config_json(trained: RunFolder, tmp_path: Path):
    copy = RunFolder(tmp_path, trained.id)
    shutil.copytree(trained.path, copy.path)
    config = settings_in(copy.path / "config.json")
    checkpoint = epochs_that_hold(trained.records())[-1]["checkpoint"]
    whole = origin.of_run(copy, config, checkpoint)
    copy.metrics.write_text(copy.metrics.read_text().replace('"kind":"start"', '"kind":"begun"'))
    assert origin.of_run(copy, config, checkpoint) == whole
    assert whole.device == "CPU, 1 thread"


def test_held_out_images_have_their_columns():
    scores = {"loss": 0.25, "accuracy": 0.5}
    record = {"epoch": 1, "train": scores, "holdout": {"loss": 0.75, "accuracy": 0.125}, "test": scores}
    assert table.written([record]).splitlines()[1] == "1,0.25,0.5,0.75,0.125,0.25,0.5,,,"


def test_a_run_without_epochs_has_a_table_of_no_rows():
    assert table.written([]).splitlines() == [",".join(table.COLUMNS)]


def test_a_file_that_is_named_twice_is_in_the_archive_once(tmp_path: Path):
    path, file = tmp_path / "run.json", io.BytesIO()
    path.write_text("{}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        archive.write(file, "run", [path, path])
    assert zipfile.ZipFile(file).namelist() == ["run/run.json"]


def test_the_archive_has_every_file_as_it_is(trained: RunFolder):
    paths = [*sorted(trained.path.glob("lenet_*.pt")), trained.path / "config.json"]
    file = io.BytesIO()
    archive.write(file, trained.id, paths)
    with zipfile.ZipFile(file) as parts:
        assert parts.testzip() is None
        assert {name: parts.read(name) for name in parts.namelist()} == {
            f"{trained.id}/{path.name}": path.read_bytes() for path in paths
        }


def test_a_checkpoint_that_the_records_do_not_know_has_no_origin(trained: RunFolder):
    with pytest.raises(ValueError, match=r"tells of no epoch that saved lenet_mnist_0\.001\.pt"):
        origin.of_file(trained.path / "lenet_mnist_0.001.pt")


def test_a_checkpoint_that_stands_alone_is_known_by_its_settings(trained: RunFolder, tmp_path: Path):
    (tmp_path / "config.json").write_bytes((trained.path / "config.json").read_bytes())
    found = origin.of_file(tmp_path / "mine.pt")
    assert (found.run, found.epochs, found.stem) == (None, (), "mine")
    assert found.config == origin.of_file(sorted(trained.path.glob("lenet_*.pt"))[-1]).config
