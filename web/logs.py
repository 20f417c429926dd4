"""Logs: one line an event, as text or as JSON. Everyone logs by the standard library, fields in `extra`:

    log.info("session opened", extra={"session": "3f0c", "worker": 2})

No secret is ever a field: a session and a browser appear by the hash of theirs.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

FORMATS = ("text", "json")

_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD and value is not None}


class _Text(logging.Formatter):
    """`12:00:00 INFO session opened session=3f0c worker=2`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        line = super().formatMessage(record).replace("\n", " ")
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


def _word(value: object) -> str:
    text = str(value)
    return text if text.isprintable() and " " not in text and text else json.dumps(text)


def set_up(form: str) -> None:
    """All logs of this process go to standard error in `form`, one of FORMATS."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter({"text": _Text, "json": _Json}[form]())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("websockets").setLevel(logging.WARNING)  # it tells of every connection
    engine = logging.getLogger("engineio.server")
    engine.setLevel(logging.ERROR)  # set, it adds no handler of its own
