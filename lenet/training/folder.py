"""A run's folder: the names of its files and how they are read and written. The trainer and the web process meet here.

    config.json       what the run is: settings, versions, device          written once by the trainer
    metrics.jsonl     what happened, a JSON object a line, only appended    by the trainer
    lenet_*.pt        the state_dict after each epoch                      by the trainer
    resume.pt         what going on needs                                  by the trainer
    predictions.u8    a row of bytes an epoch: the class of each test image by the trainer
    events.out...     the curves, for TensorBoard                        by the trainer
    lock, pid         held while a trainer lives; its process's number     by the trainer
    request           "pause" or "stop"                                    by whoever wants it
    run.json          who started it, and its settings                     by the web process

No torch here, and nothing that knows about queues or processes.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from filelock import FileLock

from core.files import check_size, is_held, keep_names, naming, open_file, read_file, write_whole
from core.spelling import spelled
from lenet.lines import JsonObject
from lenet.reasons import because
from lenet.records import MOST_LINE_BYTES, End, check_format, is_whole, read_object, read_record

RUN_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
MOST_JSON_BYTES = 2**20  # of config.json and run.json
MOST_METRICS_BYTES = 2**29  # of metrics.jsonl; an epoch of single images, a thousand times, has a little less
MOST_WORD_BYTES = 100  # of request and pid
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # on Windows terminating is what killing is elsewhere
# These say that somebody trained, and more by its ending. Not `lock`, which is had before anything is written.
OF_TRAINER = ("metrics.jsonl", "predictions.u8", "pid", "request", "log.txt")
PASSING = ("batches", "data")  # kinds of records that a power cut may take: training brings them again
EVENTS = "events.out.tfevents.playlab"  # one a run: made anew, it takes the place of the one before
DAMAGED = ".damaged"  # after the name of a file that was mended, for the file as it was
UNKNOWN = b"\xff"  # in predictions.u8: which class was answered is lost
INTERRUPTED = "interrupted", because("no-word")  # status and reason of a run whose records do not tell its end


def line_of(record: Mapping[str, object]) -> bytes:
    """A record as it stands in metrics.jsonl, without the line's end. Raises ValueError for NaN and infinity."""
    return json.dumps(record, separators=(",", ":"), allow_nan=False).encode()


def new_run_id() -> str:
    """Sorts by time; the random end keeps two of one second apart."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"


class RunFolder:
    """The folder of a run in `experiments`. Raises ValueError if `run_id` is no run's id: no other path is made."""

    def __init__(self, experiments: Path, run_id: str):
        if not RUN_ID.fullmatch(run_id):
            raise ValueError(f"invalid run id: {spelled(run_id)} (want one such as 20260131-093000-0a1b2c)")
        self.id = run_id
        self.path = Path(experiments) / run_id
        self.metrics = self.path / "metrics.jsonl"
        self.resume_state = self.path / "resume.pt"
        self.predictions = self.path / "predictions.u8"

    @property
    def metrics_size(self) -> int:
        """Bytes of metrics.jsonl."""
        return self.metrics.stat().st_size if self.metrics.is_file() else 0

    # --- small JSON files ---------------------------------------------------------------------------------------------

    def read_json(self, name: str) -> JsonObject | None:
        """The object in the file `name`; None where there is no such file or it is no JSON."""
        try:
            return self.load_json(name)
        except (OSError, ValueError):
            return None

    def load_json(self, name: str) -> JsonObject | None:
        """The object in the file `name`; None where there is no such file. Raises OSError and ValueError."""
        try:
            text = read_file(self.path / name, MOST_JSON_BYTES)
        except FileNotFoundError:
            return None
        try:
            found = read_object(text)
            check_format(found.get("format", 1))
            return found
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None

    def make(self) -> None:
        """Makes sure that the folder is there, after a power cut too. Raises OSError."""
        if not self.path.is_dir():
            self.path.mkdir(parents=True, exist_ok=True)
            keep_names(self.path.parent)

    def write_json(self, name: str, value: Mapping[str, object]) -> None:
        """Writes an object into the file `name`, whole or not at all. Raises OSError."""
        self.make()
        write_whole(self.path / name, (json.dumps(value, indent=2) + "\n").encode())

    def has_begun(self) -> bool:
        """Whether there is anything of a run that somebody trained."""
        return any(
            path.name in OF_TRAINER or path.suffix in (".pt", DAMAGED) or path.name.startswith("events.out")
            for path in self.path.glob("*")
        )

    def threads(self) -> int | None:
        """Among how many threads its batches were shared, by what its records say of the device; None: unknown."""
        starts: list[JsonObject] = []
        try:
            for line in self.lines():
                with contextlib.suppress(ValueError):  # a line that is odd is left out
                    starts += [record] if (record := read_object(line)).get("kind") == "start" else []
        except (OSError, ValueError):
            return None
        found = re.fullmatch(r"CPU, ([0-9]{1,3}) threads?", str(starts[-1].get("device"))) if starts else None
        return int(found[1]) if found else None

    # --- metrics ------------------------------------------------------------------------------------------------------

    def append(self, record: Mapping[str, object]) -> None:
        """Adds a line to metrics.jsonl in one write, so that a reader meets at most an unfinished last line."""
        self.append_lines([line_of(record)], lasting=record.get("kind") not in PASSING)

    def append_lines(self, lines: list[bytes], *, lasting: bool) -> None:
        """Adds lines without their ends, in one write. lasting: whether they are to outlast a power cut.

        Raises OSError, and leaves no half of a line then.
        """
        is_new, content = not self.metrics.exists(), b"".join(line + b"\n" for line in lines)
        with naming(self.metrics), open_file(self.metrics, "ab", buffering=0) as file:
            end = file.tell()
            try:
                written = file.write(content) or 0
                if written < len(content):  # the disk is full: what is left says so
                    file.write(content[written:])
            except OSError:
                file.truncate(end)
                raise
            if lasting:
                os.fsync(file.fileno())
        if lasting and is_new:
            keep_names(self.path)

    def mend(self) -> bool:
        """Takes out of metrics.jsonl what a killed trainer, a power cut or a broken disk left there and is no JSON.

        An unfinished last line is cut off. Where lines were destroyed, and so True is returned, the file as it was
        stays beside it as metrics.jsonl.damaged. Only for who holds the lock. Raises OSError, and ValueError for a
        file or a line that is too long to be looked at.
        """
        end, is_damaged = 0, False
        for line, offset in self.lines_from(0):
            end = offset
            is_damaged = is_damaged or not is_whole(line)
        if is_damaged:
            text = read_file(self.metrics, MOST_METRICS_BYTES)
            lines = [line.strip(b"\0") for line in text.split(b"\n")[:-1]]  # one may follow zeros of a power cut
            write_whole(self.metrics.with_name(self.metrics.name + DAMAGED), text)
            write_whole(self.metrics, b"".join(line + b"\n" for line in lines if is_whole(line)))
            return True
        try:
            file = open_file(self.metrics, "rb+")
        except FileNotFoundError:
            return False
        with naming(self.metrics), file:
            file.seek(end)
            rest = file.read(MOST_LINE_BYTES)
            if rest:
                file.truncate(end)
        return b"\0" in rest

    def lines(self) -> list[bytes]:
        """The complete lines of metrics.jsonl, without their ends; none where it is not there. Raises OSError."""
        return [line for line, _ in self.lines_from(0)]

    def lines_from(self, offset: int) -> Iterator[tuple[bytes, int]]:
        """The complete lines after the first `offset` bytes, each with the offset of its end.

        Raises OSError, and ValueError for a file or a line that is too long.
        """
        try:
            file = open_file(self.metrics)
        except FileNotFoundError:
            return
        with file:
            check_size(file, self.metrics, MOST_METRICS_BYTES)
            file.seek(offset)
            while (line := file.readline(MOST_LINE_BYTES)).endswith(b"\n"):
                offset += len(line)
                yield line[:-1], offset
            if len(line) == MOST_LINE_BYTES:
                raise ValueError(f"metrics.jsonl: a line of more than {MOST_LINE_BYTES} bytes")

    def records(self, first: int = 0) -> list[JsonObject]:
        """What the complete lines of metrics.jsonl say, from line `first` (counted from 0) on.

        Raises OSError and ValueError.
        """
        return [read_object(line) for line in self.lines()[first:]]

    # --- what was answered to the test images -------------------------------------------------------------------------

    def write_predictions(self, epoch: int, row: bytes) -> None:
        """Keeps an epoch's classes of the test images, a byte each. Raises OSError."""
        mode = "r+b" if self.predictions.exists() else "w+b"
        with naming(self.predictions), open_file(self.predictions, mode) as file:
            missing = (epoch - 1) * len(row) - file.seek(0, os.SEEK_END)
            file.write(UNKNOWN * missing)
            file.seek((epoch - 1) * len(row))
            file.write(row)
            file.flush()
            os.fsync(file.fileno())

    def predicted(self, epoch: int, images: int) -> bytes | None:
        """The classes after an epoch; None where not all are there, or they cannot be read."""
        try:
            return self.load_predicted(epoch, images)
        except OSError:
            return None

    def load_predicted(self, epoch: int, images: int) -> bytes | None:
        """The classes after an epoch; None where not all are there. Raises OSError."""
        try:
            with open_file(self.predictions) as file:
                file.seek((epoch - 1) * images)
                row = file.read(images)
        except FileNotFoundError:
            return None
        return row if len(row) == images else None

    def predicted_epochs(self, images: int) -> int:
        """Of how many epochs there are classes of so many images."""
        return self.predictions.stat().st_size // images if self.predictions.is_file() else 0

    # --- requests and life --------------------------------------------------------------------------------------------

    def request(self, what: str) -> None:
        """Asks the trainer to `pause` or `stop`; it looks after every batch."""
        write_whole(self.path / "request", what.encode(), lasting=False)

    def requested(self) -> str | None:
        try:
            return self._word("request")
        except (OSError, ValueError):
            return None

    def clear_request(self) -> None:
        (self.path / "request").unlink(missing_ok=True)

    def lock(self) -> FileLock:
        """Held by the trainer for as long as it lives, however it ends."""
        return FileLock(self.path / "lock")

    def is_alive(self) -> bool:
        """Whether a trainer is at work on this folder. Raises OSError where its lock is no file."""
        return is_held(self.path / "lock")

    def kill(self) -> None:
        """Ends the trainer at once, if there is one: the lock, unlike a number, cannot be a stranger's."""
        if self.is_alive():
            with contextlib.suppress(OSError, ValueError):
                os.kill(int(self._word("pid")), KILL)

    def _word(self, name: str) -> str:
        """What a small file says. Raises OSError and ValueError."""
        return read_file(self.path / name, MOST_WORD_BYTES).decode()

    def status(self) -> tuple[str, str | None]:
        """What the files say: a status and, where there is one, its reason. Raises OSError and ValueError."""
        if self.is_alive():
            return "running", None
        lines = self.lines()
        last = read_record(lines[-1]) if lines else None
        return (last.status, last.reason) if isinstance(last, End) else (INTERRUPTED[0], str(INTERRUPTED[1]))
