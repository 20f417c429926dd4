"""Logs: one line an event, as text or as JSON. Everyone logs by the standard library, fields in `extra`:

    log.info("session opened", extra={"session": "3f0c", "worker": 2})

No secret is ever a field: a session and a browser appear by the hash of theirs. Nobody who logs waits: where standard
error is a pipe that nobody reads, lines are lost and counted.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.threads import guarded

FORMATS = ("text", "json")

_MOST_WAITING = 1000  # lines
_LATE_SECONDS = 3  # for the next line of a reason to tell how many were left out before it
_LOOK_SECONDS = 1  # between two looks for those that did not come
_LAST_SECONDS = 1  # for the last lines to be taken when the process ends

_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD and value is not None}


class _Text(logging.Formatter):
    """`12:00:00 INFO session opened session=3f0c worker=2`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        line = "".join(letter if letter.isprintable() else " " for letter in super().formatMessage(record))
        return " ".join([line, *(f"{name}={_word(value)}" for name, value in _fields(record).items())])


class _Json(logging.Formatter):
    """`{"time": ..., "level": "info", "event": "session opened", "session": "3f0c", "worker": 2}`."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class Thinned(logging.Filter):
    """Lets one line a second through for each reason.

    A reason is a message before its arguments are filled in, with its field `reason` and the kind of exception. The
    next line says how many were `left_out`; where none comes, the last of them is given out `late`, with the time of
    that: lines stand in the order of their times.
    """

    _MOST = 1000  # reasons to remember

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[Any, ...], _Seen] = {}
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.exc_info[0] if record.exc_info else None
        key = record.name, record.levelno, str(record.msg)[:200], getattr(record, "reason", None), kind
        now = time.monotonic()
        with self._lock:
            if len(self._seen) > self._MOST:
                self._seen = {key: seen for key, seen in self._seen.items() if seen.last or now - seen.passed < 1}
            seen = self._seen.setdefault(key, _Seen())
            if now - seen.passed < 1:
                seen.left_out, seen.last = seen.left_out + 1, record
                return False
            self._seen[key] = _Seen(now)
        _tell_left_out(record, seen.left_out)
        return True

    def late(self, seconds: float) -> list[logging.LogRecord]:
        """The last line of each reason that was left out, where none of that reason has passed for so long."""
        now = time.monotonic()
        with self._lock:
            found = [(key, seen) for key, seen in self._seen.items() if seen.last and now - seen.passed >= seconds]
            self._seen |= {key: _Seen(now) for key, _ in found}
        return [_tell_left_out(_now(seen.last), seen.left_out - 1) for _, seen in found if seen.last]


@dataclass
class _Seen:
    """What there was of one reason."""

    passed: float = -math.inf  # when the last line passed
    left_out: int = 0  # how many have not since
    last: logging.LogRecord | None = None  # of those


def _now(record: logging.LogRecord) -> logging.LogRecord:
    present = logging.makeLogRecord({})
    record.created, record.msecs = present.created, present.msecs
    return record


def _tell_left_out(record: logging.LogRecord, count: int) -> logging.LogRecord:
    if count:
        record.left_out = count
    return record


class Lines(logging.Handler):
    """Writes to a file descriptor by a thread of its own, so that who logs, perhaps under a lock, never waits.

    Not to a stream: the thread would hold its lock for as long as nobody reads, and the process could not end.
    """

    def __init__(self, descriptor: int, late: Callable[[float], list[logging.LogRecord]] = lambda _seconds: []) -> None:
        """late: gives lines that were held back for so many seconds."""
        super().__init__()
        self._descriptor = descriptor
        self._late = late
        self._waiting: queue.Queue[str] = queue.Queue(_MOST_WAITING)
        self._left_out = 0  # for want of room
        self._refused = 0  # by a full disk, or a pipe whose reader is gone
        threading.Thread(target=self._run, name="log", daemon=True).start()

    @property
    def lost(self) -> int:
        """How many lines nobody will read."""
        return self._left_out + self._refused

    def emit(self, record: logging.LogRecord) -> None:
        """For logging, which lets one thread in at a time."""
        try:
            self._waiting.put_nowait(self.format(record))
        except queue.Full:
            self._left_out += 1
        except Exception:  # whatever the text of a field raises
            self.handleError(record)

    def flush(self) -> None:
        """Waits until all is written, for a second at most. Logging calls it when the process ends."""
        for record in self._late(0):
            self.emit(record)
        with self._waiting.all_tasks_done:
            self._waiting.all_tasks_done.wait_for(lambda: not self._waiting.unfinished_tasks, _LAST_SECONDS)

    def _run(self) -> None:
        told, looked = 0, time.monotonic()
        while True:
            with contextlib.suppress(queue.Empty):
                line = self._waiting.get(timeout=_LOOK_SECONDS)
                with guarded("log"):
                    if not self._write(line):
                        self._refused += 1
                    lost = self.lost
                    if lost > told and self._waiting.empty() and self._write(self._tell(lost - told)):
                        told = lost
                self._waiting.task_done()
            if time.monotonic() - looked >= _LOOK_SECONDS:
                looked = time.monotonic()
                with guarded("log"):
                    for record in self._late(_LATE_SECONDS):
                        self.emit(record)

    def _tell(self, lost: int) -> str:
        line = {"name": "web", "msg": "log lines lost", "levelno": logging.WARNING, "levelname": "WARNING"}
        return self.format(logging.makeLogRecord({**line, "count": lost}))

    def _write(self, line: str) -> bool:
        rest = f"{line}\n".encode(errors="backslashreplace")
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            return False
        return True


def _word(value: object) -> str:
    text = str(value)
    return text if text.isprintable() and " " not in text and text else json.dumps(text)


_lines: Lines | None = None  # of this process


def lost() -> dict[str, int]:
    """How many lines of this process nobody will read, by where they went."""
    return {"stderr": _lines.lost} if _lines else {}


def set_up(form: str) -> None:
    """All logs of this process go to standard error in `form`, one of FORMATS; nowhere where it is closed."""
    global _lines
    thinned = Thinned()
    handler: logging.Handler = logging.NullHandler()
    if sys.stderr is not None:
        handler = _lines = Lines(sys.stderr.fileno(), thinned.late)
    handler.setFormatter({"text": _Text, "json": _Json}[form]())
    handler.addFilter(thinned)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)  # Python's own would be lines of another form
    logging.getLogger("websockets").setLevel(logging.WARNING)  # it tells of every connection
    engine = logging.getLogger("engineio.server")
    engine.setLevel(logging.ERROR)  # set, it adds no handler of its own
