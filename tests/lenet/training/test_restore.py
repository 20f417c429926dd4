"""What a power cut, a broken disk or a hand may take of a run's folder, and where the run then goes on from."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.refused import RefusedError
from lenet.__main__ import main
from lenet.config import TrainConfig
from lenet.data import datasets
from lenet.export import table
from lenet.queue.launcher import Launcher
from lenet.queue.this_machine import LocalBackend
from lenet.reasons import SENTENCES, because
from lenet.records import Start, read_record, read_whole
from lenet.runs import reading
from lenet.runs.registry import Runs
from lenet.training.begun import ADDED, settings_of
from lenet.training.folder import UNKNOWN, RunFolder, new_run_id
from lenet.training.progress import epochs_that_hold
from lenet.training.trainer import train
from support.lenet_runs import ALICE, QUICK, SHIFTED, TEACHER
from support.long import parametrize
from support.processes import wait_until

SMALL = QUICK | {"train_images": 500}
FULL = TrainConfig().updated(SMALL | SHIFTED | {"epochs": 3})  # AdamW, which remembers
PLAIN = TrainConfig().updated(SMALL | {"epochs": 3})  # SGD without momentum, which does not
STEPS = 10  # an epoch
ALL_IMAGES = datasets.load
TESTED = 1000  # images, a tenth of what there are: which ones tell of a damage is no matter, and it is most of the work

Damage = Callable[[RunFolder], Any]


@pytest.fixture(scope="module", autouse=True)
def few_images() -> Iterator[None]:
    """The first so many of each split, in this process."""
    load = functools.cache(ALL_IMAGES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "load", lambda *which: load(*which)[:TESTED])
        yield


def cut_off(config: TrainConfig, folder: RunFolder, mnist: Path, epochs: int = 2) -> RunFolder:
    """A run as a trainer leaves it that is killed after `epochs`, in the middle of the next."""
    from lenet.training.trainer import Trainer

    class PowerCutError(Exception):
        pass

    def die(trainer: Trainer, *batch: Any) -> Any:
        if trainer.step == epochs * STEPS + 5:
            raise PowerCutError
        return step(trainer, *batch)

    step = Trainer._train_step
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "_train_step", die)
        train(config, folder, mnist, "fast")
    lines = folder.lines()
    assert b'"PowerCutError' in lines[-1]
    folder.metrics.write_bytes(b"".join(line + b"\n" for line in lines[:-1]))
    return folder


@pytest.fixture(scope="module", params=[FULL, PLAIN], ids=["adamw", "sgd"])
def config(request: pytest.FixtureRequest) -> TrainConfig:
    return request.param


@pytest.fixture(scope="module")
def whole(few_images: None, config: TrainConfig, mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The run when nothing happens."""
    folder = RunFolder(tmp_path_factory.mktemp("whole"), new_run_id())
    assert train(config, folder, mnist, "fast")["status"] == "finished"
    return folder


@pytest.fixture(scope="module")
def half(few_images: None, config: TrainConfig, mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return cut_off(config, RunFolder(tmp_path_factory.mktemp("half"), new_run_id()), mnist)


@pytest.fixture
def folder(half: RunFolder, tmp_path: Path) -> RunFolder:
    """A copy of it, to damage."""
    copy = RunFolder(tmp_path, half.id)
    shutil.copytree(half.path, copy.path)
    return copy


def epochs(folder: RunFolder) -> list[dict[str, Any]]:
    """What the epochs came to, without what depends on the clock."""
    clock = ("seconds", "train_s", "time")
    return [
        {key: value for key, value in record.items() if key not in clock}
        for record in epochs_that_hold(read_whole(folder.lines()))
    ]


def weights(folder: RunFolder) -> dict[str, torch.Tensor]:
    return torch.load(folder.path / epochs(folder)[-1]["checkpoint"], weights_only=True)


def are_same(one: RunFolder, other: RunFolder) -> bool:
    return all(torch.equal(value, weights(other)[name]) for name, value in weights(one).items())


def go_on(folder: RunFolder, config: TrainConfig, mnist: Path) -> str | None:
    """Trains it to its end, and returns the note that its last start bears. It says the same as a code."""
    result = train(config, folder, mnist, "fast")
    assert (result["status"], result["epochs"]) == ("finished", 3), result
    for line in folder.lines():
        read_record(line)
    start = read_whole(folder.lines(), Start)[-1]
    note, why = start.get("note"), start.get("why")
    went_on = re.search(r"it goes on from epoch (\d+)", note or "")
    starts_anew, begins = "its optimizer starts anew" in (note or ""), "from the beginning" in (note or "")
    code = "restored-weights" if starts_anew else "restored" if went_on else "begun-again" if begins else "mended"
    if note is None:
        assert why is None
    else:
        assert why["code"] == code
        assert SENTENCES[code].format(**why["values"]) == note
        assert why["values"].get("epoch") == (int(went_on[1]) if went_on else None)
    return note


def cut(name: str, bytes_left: int) -> Damage:
    return lambda folder: os.truncate(folder.path / name, bytes_left)


def lines_lost(*kinds: str) -> Damage:
    """Zeros in place of the records of these kinds, as a file system leaves them."""

    def lose(folder: RunFolder) -> None:
        lines = folder.lines()
        kept = [b"\0" * len(line) if json.loads(line)["kind"] in kinds else line for line in lines]
        folder.metrics.write_bytes(b"".join(line + b"\n" for line in kept))

    return lose


def zeros_at_the_end(folder: RunFolder) -> None:
    with folder.metrics.open("ab") as file:
        file.write(b"\0" * 4096)


def all_zeros(folder: RunFolder) -> None:
    folder.metrics.write_bytes(b"\0" * folder.metrics.stat().st_size)


def torn(folder: RunFolder) -> None:
    with folder.metrics.open("ab") as file:
        file.write(b'{"kind":"epo')


HARMLESS: dict[str, tuple[Damage, str | None]] = {
    "nothing": (lambda _: None, None),
    "a torn last line": (torn, None),
    "zeros at the end": (zeros_at_the_end, "metrics.jsonl was damaged"),
    "zeros for the epochs": (lines_lost("epoch"), "metrics.jsonl was damaged; tested again: epoch 1, 2"),
    "zeros for all": (all_zeros, "metrics.jsonl was damaged; tested again: epoch 1, 2"),
    "metrics of 0 bytes": (cut("metrics.jsonl", 0), "tested again: epoch 1, 2"),
    "no metrics": (lambda folder: folder.metrics.unlink(), "tested again: epoch 1, 2"),
    "predictions cut": (cut("predictions.u8", TESTED + 10), "answered again: epoch 2"),
    "predictions gone": (lambda folder: folder.predictions.unlink(), "answered again: epoch 1, 2"),
    "config.json of 0 bytes": (cut("config.json", 0), None),
}


@parametrize("damage", HARMLESS, short=5)
def test_what_can_be_made_again_is_and_the_run_ends_bit_for_bit(
    damage: str, folder: RunFolder, whole: RunFolder, config: TrainConfig, mnist: Path
):
    make, note = HARMLESS[damage]
    make(folder)
    assert go_on(folder, config, mnist) == note
    assert are_same(folder, whole)
    assert epochs(folder) == epochs(whole)
    assert folder.predictions.read_bytes() == whole.predictions.read_bytes()
    assert (folder.path / "metrics.jsonl.damaged").exists() == (damage == "zeros for the epochs")  # as it was


def _overwrite(path: Path, first: int, count: int) -> None:
    """As a file system leaves a page that was never written: torch itself takes such weights."""
    with path.open("r+b") as file:
        file.seek(first)
        file.write(b"\0" * count)


LOST_STATE: dict[str, tuple[Damage, str]] = {
    "cut": (cut("resume.pt", 5000), "resume.pt cannot be read"),
    "of 0 bytes": (cut("resume.pt", 0), "resume.pt is empty"),
    "gone": (lambda folder: folder.resume_state.unlink(), "resume.pt is not there"),
    "of another run": (
        lambda folder: torch.save({"step": 3}, folder.resume_state),
        "resume.pt is not a state of this run",
    ),
    "of another version": (
        lambda folder: torch.save(torch.load(folder.resume_state) | {"format": 2}, folder.resume_state),
        "resume.pt has format 2: another version of Playlab wrote it, this one reads 1",
    ),
    "with zeros in it": (
        lambda folder: _overwrite(folder.resume_state, 60_000, 4096),
        "resume.pt cannot be read",
    ),
    "nonsense": (lambda folder: folder.resume_state.write_bytes(b"nonsense"), "resume.pt cannot be read"),
}


@parametrize("damage", LOST_STATE, short=3)
def test_without_a_state_it_goes_on_from_the_newest_epoch_and_says_what_that_changes(
    damage: str, folder: RunFolder, half: RunFolder, whole: RunFolder, config: TrainConfig, mnist: Path
):
    make, why = LOST_STATE[damage]
    make(folder)
    note = go_on(folder, config, mnist)
    assert note is not None
    assert note.startswith(f"{why}; it goes on from epoch 2")
    assert epochs(folder)[:2] == epochs(half)
    assert are_same(folder, whole) == (config is PLAIN) == ("its optimizer starts anew" not in note)


@pytest.mark.parametrize(
    "damage", [lambda path: os.truncate(path, 1000), lambda path: _overwrite(path, 60_000, 4096)], ids=["cut", "zeros"]
)
def test_an_epoch_whose_checkpoint_is_not_whole_is_not_gone_on_from(
    damage: Callable[[Path], None], folder: RunFolder, whole: RunFolder, config: TrainConfig, mnist: Path
):
    folder.resume_state.unlink()
    damage(folder.path / epochs(folder)[1]["checkpoint"])
    note = go_on(folder, config, mnist)
    assert note is not None
    assert note.startswith("resume.pt is not there; it goes on from epoch 1")
    assert are_same(folder, whole) == (config is PLAIN)


def test_where_nothing_is_whole_it_starts_from_the_beginning(
    folder: RunFolder, whole: RunFolder, config: TrainConfig, mnist: Path
):
    for path in folder.path.glob("*.pt"):
        os.truncate(path, 100)
    assert go_on(folder, config, mnist) == "resume.pt cannot be read; it starts from the beginning"
    assert are_same(folder, whole)


def test_an_epoch_that_cannot_be_tested_again_is_named_and_its_answers_are_unknown(
    folder: RunFolder, whole: RunFolder, config: TrainConfig, mnist: Path
):
    first = epochs(folder)[0]["checkpoint"]
    lines_lost("epoch")(folder)
    (folder.path / first).unlink()
    assert go_on(folder, config, mnist) == "metrics.jsonl was damaged; lost: epoch 1; tested again: epoch 2"
    assert are_same(folder, whole)
    assert [record["epoch"] for record in epochs(folder)] == [2, 3]


def test_answers_that_are_lost_are_not_shown_as_zeros(folder: RunFolder, config: TrainConfig, mnist: Path):
    (folder.path / epochs(folder)[0]["checkpoint"]).unlink()
    folder.predictions.unlink()
    assert go_on(folder, config, mnist) == "answered again: epoch 2; answers lost: epoch 1"
    assert folder.predicted(1, TESTED) == UNKNOWN * TESTED
    assert set(folder.predicted(2, TESTED) or b"") <= set(range(10))


def test_how_long_an_epoch_took_that_is_tested_again_is_told_where_it_is_known(
    folder: RunFolder, config: TrainConfig, mnist: Path
):
    first, second = (json.loads(line) for line in folder.lines() if b'"kind":"epoch"' in line)
    state = torch.load(folder.resume_state)
    ended = folder.resume_state.stat().st_mtime
    (folder.path / second["checkpoint"]).unlink()
    lines = [line for line in folder.lines() if b'"kind":"epoch"' not in line or json.loads(line)["epoch"] == 1]
    folder.metrics.write_bytes(b"".join(line + b"\n" for line in lines))
    go_on(folder, config, mnist)
    again = next(record for record in folder.records() if record["kind"] == "epoch" and record["epoch"] == 2)
    assert state["step"] == second["step"]
    assert again["train_s"] == pytest.approx(second["train_s"])
    assert again["seconds"] == pytest.approx(second["train_s"] - first["train_s"])
    assert again["time"] == pytest.approx(ended, abs=0.002)


@parametrize(
    "change",
    [
        {"seconds": "2"}, {"step": None}, {"holdout": 5}, {"worst": {}}, {"train_s": None}, {"kind": "epocg"},
        dict.fromkeys(("train_s", "train", "test", "checkpoint", "kind")), {"epoch": "1"},
    ],
    short=range(3, 7),
)  # fmt: skip
def test_an_epoch_whose_record_is_odd_is_tested_again(
    folder: RunFolder, whole: RunFolder, config: TrainConfig, mnist: Path, change: dict[str, Any]
):
    """None: what the record lacks."""
    lines = [json.loads(line) for line in folder.lines()]
    record = next(record for record in lines if record["kind"] == "epoch")
    record |= change
    for name in [name for name, value in change.items() if value is None]:
        del record[name]
    folder.metrics.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert go_on(folder, config, mnist) == "tested again: epoch 1"
    assert (are_same(folder, whole), [epoch["epoch"] for epoch in epochs(folder)]) == (True, [1, 2, 3])
    assert reading.read(folder, reading.stored(folder)).progress.odd is None


@pytest.mark.parametrize(
    "line", ['{"kind":"start","format":1}', '{"kind":"end","status":5}', '{"kind":"batches","epoch":1}', "[1]", "null"]
)
def test_a_line_that_is_no_record_costs_a_run_nothing_when_it_goes_on(
    folder: RunFolder, whole: RunFolder, config: TrainConfig, mnist: Path, line: str
):
    lines = folder.metrics.read_text().splitlines(keepends=True)
    folder.metrics.write_text("".join([f"{line}\n", *lines, f"{line}\n"]))
    result = train(config, folder, mnist, "fast")
    assert (result["status"], result["epochs"], result.get("reason")) == ("finished", 3, None)
    assert folder.lines()[0] == line.encode()
    read = reading.read(folder, reading.stored(folder)).progress
    assert (read.note, read.odd, [epoch.epoch for epoch in read.epochs]) == (None, None, [1, 2, 3])


def test_how_long_an_epoch_took_of_which_nothing_tells_is_unknown(folder: RunFolder, config: TrainConfig, mnist: Path):
    lines_lost("epoch")(folder)
    go_on(folder, config, mnist)
    again = [record for record in folder.records() if record["kind"] == "epoch" and record["epoch"] < 3]
    assert again[0]["seconds"] is None
    assert table.written(again).splitlines()[1].split(",")[7] == ""


def test_a_run_that_met_its_stop_rule_before_it_could_say_so_trains_no_further(mnist: Path, tmp_path: Path):
    folder = RunFolder(tmp_path, new_run_id())
    config = TrainConfig().updated(SMALL | {"epochs": 9, "stop_accuracy": 0.05})
    train(config, folder, mnist, "fast")
    lines = folder.lines()
    assert json.loads(lines[-1])["status"] == "finished"
    folder.metrics.write_bytes(b"".join(line + b"\n" for line in lines[:-1]))
    assert train(config, folder, mnist, "fast")["epochs"] == 1


def test_records_of_another_version_are_refused_by_name_and_stay(folder: RunFolder, config: TrainConfig, mnist: Path):
    folder.append({"kind": "tomorrow", "format": 2})
    before = folder.lines()
    result = train(config, folder, mnist, "fast")
    assert result["status"] == "failed"
    assert result["reason"].startswith("its records cannot be read: metrics.jsonl: ")
    assert folder.lines()[:-1] == before


@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_bytes_are_lost_the_run_ends_or_says_why(
    data: st.DataObject, mnist: Path, tmp_path_factory: pytest.TempPathFactory
):
    half = _half_of_plain(mnist, tmp_path_factory)
    folder = RunFolder(tmp_path_factory.mktemp("lost"), half.id)
    shutil.copytree(half.path, folder.path)
    names = [path.name for path in folder.path.iterdir() if path.stat().st_size]
    for name in data.draw(st.lists(st.sampled_from(sorted(names)), min_size=1, max_size=2)):
        path = folder.path / name
        content = path.read_bytes()
        first = data.draw(st.integers(0, len(content)))
        last = data.draw(st.integers(first, len(content)))
        zeros = data.draw(st.booleans())
        path.write_bytes(content[:first] + (b"\0" * (last - first) + content[last:] if zeros else b""))
    result = train(PLAIN, folder, mnist, "fast")
    if result["status"] == "finished":
        assert result["epochs"] == 3
        assert are_same(folder, _HALVES[1])
    else:
        assert "metrics.jsonl" in result["reason"]


_HALVES: list[RunFolder] = []  # the half, and the whole


def _half_of_plain(mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    if not _HALVES:
        _HALVES.append(cut_off(PLAIN, RunFolder(tmp_path_factory.mktemp("plain"), new_run_id()), mnist))
        _HALVES.append(RunFolder(tmp_path_factory.mktemp("plain"), new_run_id()))
        train(PLAIN, _HALVES[1], mnist, "fast")
    return _HALVES[0]


# --- settings ---------------------------------------------------------------------------------------------------------


def asked_for(folder: RunFolder, config: TrainConfig, preset: str = "exercise-code") -> None:
    """run.json, as the page leaves it."""
    about = {"owner": "alice", "created": 1.0, "preset": preset, "config": config.to_json(), "queued": False}
    folder.write_json("run.json", about)


def resume(folder: RunFolder, mnist: Path, *words: str) -> int:
    return main(["train", "--run", folder.id, "--experiments", str(folder.path.parent), "--data", str(mnist), *words])


@parametrize("damage", ["config.json is not there", "config.json is empty", "config.json is cut"], short=1)
def test_a_run_is_trained_with_its_own_settings_where_only_run_json_has_them(damage: str, tmp_path: Path, mnist: Path):
    folder = RunFolder(tmp_path, new_run_id())
    asked_for(folder, PLAIN)
    if "not" not in damage:
        (folder.path / "config.json").write_text("" if "empty" in damage else '{"config": {"epo')
    assert resume(folder, mnist) == 0
    about = folder.read_json("config.json")
    assert (about["config"], about["preset"]) == (PLAIN.to_json(), "exercise-code")


def test_a_run_that_failed_for_want_of_data_keeps_its_settings(tmp_path: Path, mnist: Path, capsys, monkeypatch):
    monkeypatch.setattr("lenet.data.datasets.SOURCES", (), raising=False)
    folder = RunFolder(tmp_path, new_run_id())
    words = ["--epochs", "1", "--train-images", "300", "--batch-size", "50", "--seed", "5", "--device", "cpu"]
    (tmp_path / "data" / "MNIST" / "raw").mkdir(parents=True)
    monkeypatch.setattr("lenet.data.datasets.ensure", _no_data)
    assert resume(folder, tmp_path / "data", *words) == 1
    monkeypatch.undo()
    assert resume(folder, mnist) == 0
    assert folder.read_json("config.json")["config"]["seed"] == 5


def _no_data(*_: object) -> None:
    from lenet.data.datasets import DataMissingError

    raise DataMissingError(because("no-data", dataset="mnist", tried="", place="MNIST/raw", data="data", files=""))


@pytest.mark.parametrize("words", [("--epochs", "9"), ("--preset", "best")])
def test_a_run_that_was_asked_for_takes_no_other_settings(words: tuple[str, str], tmp_path: Path, mnist: Path, capsys):
    folder = RunFolder(tmp_path, new_run_id())
    asked_for(folder, PLAIN)
    assert resume(folder, mnist, *words) == 2
    assert "its settings cannot change" in capsys.readouterr().err
    assert not folder.metrics.exists()


@pytest.mark.parametrize("run_json", [None, "", "{", '{"config": {"epochs": -1}}', '{"config": {"dropout": 1}}'])
def test_a_run_whose_settings_are_lost_is_refused_by_name_and_not_a_new_one(
    run_json: str | None, folder: RunFolder, mnist: Path, capsys
):
    (folder.path / "config.json").write_text("")
    if run_json is not None:
        (folder.path / "run.json").write_text(run_json)
    before = folder.metrics.read_bytes()
    assert resume(folder, mnist) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "config.json" in line
    assert "with which settings the run was begun is lost" in line
    assert folder.metrics.read_bytes() == before
    (folder.path / "config.json").unlink()
    assert resume(folder, mnist) == 2
    assert folder.id in capsys.readouterr().err


@pytest.mark.parametrize("lost", [("learning_rate",), ("optimizer", "epochs"), tuple(TrainConfig.fields)])
def test_a_setting_that_its_config_json_lacks_is_not_the_default(
    lost: tuple[str, ...], folder: RunFolder, mnist: Path, config: TrainConfig, whole: RunFolder, capsys
):
    stored = folder.read_json("config.json")
    stored["config"] = {name: value for name, value in stored["config"].items() if name not in lost}
    (folder.path / "config.json").write_text(json.dumps(stored))
    before = folder.metrics.read_bytes()
    assert resume(folder, mnist) == 2  # nothing else has it
    (line,) = capsys.readouterr().err.splitlines()
    assert f"config.json lacks {', '.join(name for name in TrainConfig.fields if name in set(lost) - ADDED)}" in line
    assert folder.metrics.read_bytes() == before
    asked_for(folder, config, "fast")
    assert resume(folder, mnist) == 0
    assert "its settings are taken from run.json" in capsys.readouterr().err
    assert are_same(folder, whole)


LOST = [("learning_rate",), ("optimizer", "epochs"), ("threads",), tuple(TrainConfig.fields)]


def without(folder: RunFolder, name: str, *lost: str, **more: Any) -> None:
    """Takes settings out of one of its files."""
    stored = folder.load_json(name)
    stored["config"] = {key: value for key, value in stored["config"].items() if key not in lost} | more
    (folder.path / name).write_text(json.dumps(stored))


@pytest.mark.parametrize("lost", LOST)
def test_settings_that_two_files_have_together_are_those_of_the_run(lost: tuple[str, ...], tmp_path: Path):
    folder = RunFolder(tmp_path, new_run_id())
    for name in ("config.json", "run.json"):
        folder.write_json(name, {"preset": "best", "config": FULL.to_json()})
    without(folder, "config.json", *lost)
    assert settings_of(folder) == (FULL, "best")
    others = [name for name in TrainConfig.fields if name not in lost]
    without(folder, "run.json", *others)
    assert settings_of(folder) == (FULL, "best")
    without(folder, "run.json", *TrainConfig.fields)
    with pytest.raises(ValueError, match=f"config.json lacks .*{lost[-1]}.*: with which settings .* is lost"):
        settings_of(folder)


@pytest.mark.parametrize("name", ["config.json", "run.json"])
def test_a_recipe_that_no_file_names_is_not_fast(name: str, tmp_path: Path):
    folder = RunFolder(tmp_path, new_run_id())
    folder.write_json(name, {"config": FULL.to_json()})
    with pytest.raises(ValueError, match=f"{name} lacks preset"):
        settings_of(folder)
    other = "run.json" if name == "config.json" else "config.json"
    folder.write_json(other, {"preset": "best", "config": {}})
    assert settings_of(folder) == (FULL, "best")


@pytest.mark.parametrize(
    ("own", "asked", "records", "threads"),
    [(None, 2, None, 2), (3, 2, None, 3), (None, 0, 3, 3), (3, 0, None, 3), (None, 0, None, 0), (3, None, None, 3)],
)
def test_the_number_of_threads_is_taken_from_where_it_also_stands(
    own: int | None, asked: int | None, records: int | None, threads: int, tmp_path: Path
):
    """own: what config.json says of the machine; asked: the setting; records: what the run's records say."""
    folder = RunFolder(tmp_path, new_run_id())
    about = {"preset": "fast", "config": FULL.to_json()} | ({} if own is None else {"threads": own})
    folder.write_json("config.json", about)
    without(folder, "config.json", "threads", **({} if asked is None else {"threads": asked}))
    if records is not None:
        folder.append({"kind": "start", "device": f"CPU, {records} threads"})
    assert settings_of(folder) == (FULL.updated({"threads": threads}), "fast")


def test_a_setting_of_another_version_in_either_file_is_not_left_out(tmp_path: Path):
    folder = RunFolder(tmp_path, new_run_id())
    for name in ("config.json", "run.json"):
        folder.write_json(name, {"preset": "best", "config": FULL.to_json()})
    without(folder, "config.json", dropout=0.5)
    with pytest.raises(ValueError, match="dropout"):
        settings_of(folder)


@pytest.mark.parametrize(
    "left", ["events.out.tfevents.1.host", "pid", "metrics.jsonl.damaged", "lenet_mnist_0.9.pt", "log.txt"]
)
def test_a_folder_in_which_anything_of_a_run_is_left_is_no_new_run(left: str, tmp_path: Path):
    folder = RunFolder(tmp_path, new_run_id())
    folder.make()
    assert settings_of(folder) is None
    (folder.path / left).touch()
    with pytest.raises(ValueError, match=f"{folder.id} has neither config.json nor run.json"):
        settings_of(folder)


def test_a_run_of_an_earlier_version_keeps_its_threads_where_config_json_is_lost(folder: RunFolder, mnist: Path):
    """Its settings say 0, one for each core; only its records say how many those were."""
    text = folder.metrics.read_text().replace("CPU, 1 thread", "CPU, 3 threads")
    folder.metrics.write_text(text)
    (folder.path / "config.json").unlink()
    asked_for(folder, FULL.updated({"threads": 0}), "fast")
    assert resume(folder, mnist) == 0
    assert folder.read_json("config.json")["threads"] == 3


# --- on the server ----------------------------------------------------------------------------------------------------


@parametrize("is_known", [True, False], ids=["damaged while the server runs", "damaged before"], short=1)
def test_a_damaged_run_goes_on_from_the_page_and_says_why(
    is_known: bool, launcher: Launcher, tmp_path: Path, mnist: Path, whole, config
):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "load", ALL_IMAGES)  # as the trainer, which is another process
        folder = cut_off(config, RunFolder(tmp_path, new_run_id()), mnist)
    asked_for(folder, config, "fast")
    if not is_known:
        lines_lost("epoch")(folder)
    with closing(Runs(mnist, folder.path.parent, LocalBackend(mnist, ["cpu"], launcher))) as runs:
        assert runs.board.wait_until_read(20)
        assert runs.board.unreadable() == []
        if is_known:
            assert runs.show(folder.id)["epoch"] == 2
            lines_lost("epoch")(folder)
        assert runs.resume(ALICE, folder.id)["epoch"] == 0
        wait_until(lambda: runs.show(folder.id)["status"] == "finished", 150, "its end")
        shown = runs.show(folder.id)
        assert [record["epoch"] for record in shown["epochs"]] == [1, 2, 3]
        assert shown["reason"] == "tested again: epoch 1, 2"
        assert shown["why"] == {"code": "mended", "values": {"what": "tested again: epoch 1, 2"}}
    assert are_same(folder, whole)


def shown(folder: RunFolder, mnist: Path) -> tuple[dict[str, Any] | None, str | None]:
    """The run as a server shows it that has just started, and why it is set aside."""
    with closing(Runs(mnist, folder.path.parent, LocalBackend(mnist, ["cpu"]))) as runs:
        assert runs.board.wait_until_read(20)
        aside = {one["run"]: one["reason"] for one in runs.board.unreadable()}
        if folder.id not in aside:
            return runs.show(folder.id), None
        for ask in (lambda: runs.resume(ALICE, folder.id), lambda: runs.show(folder.id)):
            with pytest.raises(RefusedError) as refused:
                ask()
            assert refused.value.code == "unreadable"
        return None, aside[folder.id]


@pytest.mark.parametrize("lost", LOST[:2] + LOST[3:])
def test_a_setting_that_its_run_json_lacks_is_shown_as_it_was_begun_and_never_as_the_default(
    lost: tuple[str, ...], folder: RunFolder, mnist: Path, config: TrainConfig
):
    config = config.updated({"learning_rate": 0.003, "optimizer": "adamw", "epochs": 3})
    asked_for(folder, config, "fast")
    without(folder, "config.json", **config.to_json())
    without(folder, "run.json", *lost)
    run, _ = shown(folder, mnist)
    assert run["config"] == config.to_json()
    assert run["why"]["code"] == "settings-taken"
    assert run["reason"].startswith(f"run.json lacks {'config' if len(lost) > 2 else ', '.join(lost)}: ")
    assert run["owner"] == "alice"
    without(folder, "config.json", *lost)
    run, reason = shown(folder, mnist)  # nothing else has it
    assert run is None
    assert all(name in reason for name in set(lost) - ADDED if len(lost) < 3)
    assert "lack" in reason
    (folder.path / "config.json").unlink()
    assert shown(folder, mnist)[1] == reason


def test_a_setting_of_which_run_json_says_otherwise_is_shown_as_it_was_begun(
    folder: RunFolder, mnist: Path, config: TrainConfig
):
    asked_for(folder, config.updated({"learning_rate": 0.7}), "fast")
    run, _ = shown(folder, mnist)
    assert run["config"] == config.to_json()
    assert run["reason"].startswith("run.json has another learning_rate than config.json: ")


@pytest.mark.parametrize("text", ["{}", "without owner"])
def test_who_started_a_run_is_said_to_be_lost_where_run_json_does_not_say(
    text: str, folder: RunFolder, mnist: Path, config: TrainConfig
):
    asked_for(folder, config, "fast")
    about = {name: value for name, value in folder.load_json("run.json").items() if name != "owner"}
    (folder.path / "run.json").write_text(text if text == "{}" else json.dumps(about))
    run, _ = shown(folder, mnist)
    assert (run["owner"], run["epoch"], run["status"], run["config"]) == (None, 2, "interrupted", config.to_json())
    assert run["why"]["code"] == "owner-lost"
    assert "run.json lacks owner" in run["reason"]
    read = reading.read(folder, reading.stored(folder))
    read.save(queued=False)  # what it wrote down does not make it nobody's by right
    assert shown(folder, mnist)[0]["why"]["code"] == "owner-lost"


@pytest.mark.parametrize("text", ["", "{", "5"])
def test_a_run_whose_run_json_is_lost_is_shown_by_its_config_json_and_is_the_teachers(
    text: str, folder: RunFolder, mnist: Path
):
    (folder.path / "run.json").write_text(text)
    with closing(Runs(mnist, folder.path.parent, LocalBackend(mnist, ["cpu"]))) as runs:
        assert runs.board.wait_until_read(20)
        shown = runs.show(folder.id)
        assert (shown["owner"], shown["epoch"], shown["status"]) == (None, 2, "interrupted")
        assert shown["reason"].startswith("run.json: ")
        assert "who started it is lost" in shown["reason"]
        with pytest.raises(RefusedError, match="belongs to another browser"):
            runs.resume(ALICE, folder.id)
        with pytest.raises(RefusedError, match=r"cannot be read: run\.json: ") as refused:
            runs.rename(TEACHER, folder.id, "a name")
        assert refused.value.status == 409
        assert runs.board.get(folder.id).name is None
    assert (folder.path / "run.json").read_text() == text


def test_a_run_whose_folder_is_gone_is_not_begun_anew(folder: RunFolder, mnist: Path, config: TrainConfig):
    asked_for(folder, config, "fast")
    with closing(Runs(mnist, folder.path.parent, LocalBackend(mnist, ["cpu"]))) as runs:
        assert runs.board.wait_until_read(20)
        shutil.rmtree(folder.path)
        with pytest.raises(RefusedError, match="was removed from the server"):
            runs.resume(ALICE, folder.id)
        assert not folder.path.exists()


# --- a power cut ------------------------------------------------------------------------------------------------------


@pytest.fixture
def on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if there were one here: tensors are saved as the GPU's unless they were brought to the CPU."""
    brought: list[torch.Tensor] = []

    def bring(tensor: torch.Tensor) -> torch.Tensor:
        brought.append(tensor.detach().clone())
        return brought[-1]

    def place(storage: Any) -> str:
        return "cpu" if storage.data_ptr() in {tensor.data_ptr() for tensor in brought} else "cuda:0"

    monkeypatch.setattr(torch.Tensor, "cpu", bring)
    monkeypatch.setattr(torch.serialization, "location_tag", place)


def test_the_networks_of_a_gpu_are_read_without_one_and_so_is_one_that_was_saved_again(
    on_a_gpu: None, mnist: Path, tmp_path: Path
):
    folder = RunFolder(tmp_path, new_run_id())
    assert train(PLAIN, folder, mnist, "fast")["status"] == "finished"
    saved = weights(folder)
    assert {values.device.type for values in saved.values()} == {"cpu"}
    (folder.path / epochs(folder)[-1]["checkpoint"]).unlink()
    lines_lost("epoch", "end")(folder)
    assert train(PLAIN, folder, mnist, "fast")["status"] == "finished"
    assert all(torch.equal(values, saved[name]) for name, values in weights(folder).items())
    state = torch.load(folder.resume_state, map_location="cpu", weights_only=True)
    assert all(torch.equal(values, saved[name]) for name, values in state["model"].items())


def test_what_must_outlast_a_power_cut_is_written_through(mnist: Path, tmp_path: Path, monkeypatch):
    """In the order in which one file leans on another: content, name, then the record or state that speaks of it."""
    calls: list[str] = []
    sync, rename = os.fsync, Path.replace

    def fsync(number: int) -> None:
        calls.append(f"sync {Path(f'/proc/self/fd/{number}').readlink().name}")
        sync(number)

    def replace(path: Path, target: Path) -> Path:
        calls.append(f"rename {Path(target).name}")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    folder = RunFolder(tmp_path / "experiments", new_run_id())
    train(TrainConfig().updated(SMALL | {"epochs": 1}), folder, mnist, "fast")
    (checkpoint,) = [path.name for path in folder.path.glob("lenet_*.pt")]
    for name in ("config.json", checkpoint, "resume.pt"):
        at = calls.index(f"rename {name}")
        assert calls[at - 1 : at + 2] == [f"sync .{name}.new", f"rename {name}", f"sync {folder.id}"]
    order = [f"rename {checkpoint}", "sync predictions.u8", "sync metrics.jsonl", "rename resume.pt"]
    tail = calls[calls.index(order[0]) :]
    assert [call for call in tail if call in order][:4] == order
    assert "sync experiments" in calls[:2]  # the folder's own name
    assert calls[-1] == "sync metrics.jsonl"
