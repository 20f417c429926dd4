"""SQLite's connections: to a file with a write-ahead log, of which what was committed outlasts a power cut.

Many read at the same time; of those that write each has its turn. A file that is gone is not made anew.
"""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, QueuePool, create_engine, event
from sqlalchemy.exc import DisconnectionError

READERS = 8
BESIDE = ("-journal", "-wal", "-shm")  # after the name of the file, of those that SQLite opens too


def connect(path: Path, wait_s: float, *, create: bool = False) -> sqlite3.Connection:
    """wait_s: for another process that writes. Raises sqlite3.OperationalError where there is no file, or where one of
    SQLite's own beside it is none: a pipe would be waited for."""
    for name in (f"{path.name}{ending}" for ending in BESIDE):
        if not _may_be_opened(path.with_name(name)):
            raise sqlite3.OperationalError(f"not a regular file: {name}")
    address = f"{path.as_uri()}?mode={'rwc' if create else 'rw'}"
    made = sqlite3.connect(address, uri=True, timeout=wait_s, isolation_level=None, check_same_thread=False)
    made.execute("PRAGMA synchronous = FULL")  # with a write-ahead log less would lose what was committed last
    made.execute("PRAGMA fullfsync = ON")  # macOS: down to the disk
    return made


def reading(path: Path, wait_s: float) -> Engine:
    return _engine(path, wait_s, "BEGIN", ("query_only", "foreign_keys"), READERS)


def writing(path: Path, wait_s: float) -> Engine:
    """One connection: SQLite lets one write at a time. Whoever writes has the turn before (`db.turn`)."""
    return _engine(path, wait_s, "BEGIN IMMEDIATE", ("foreign_keys",), 1)


def migrating(path: Path, wait_s: float) -> Engine:
    """One that makes the file, and changes tables: without foreign keys, which would take a table that is made anew
    for one whose rows were deleted."""
    made = create_engine("sqlite://", creator=lambda: connect(path, wait_s, create=True), poolclass=NullPool)
    _begin_by(made, "BEGIN IMMEDIATE")

    @event.listens_for(made, "connect")
    def keep_a_log(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode = WAL")

    return made


def _engine(path: Path, wait_s: float, begin: str, switched_on: tuple[str, ...], size: int) -> Engine:
    made = create_engine(
        "sqlite://", creator=lambda: connect(path, wait_s), hide_parameters=True,
        poolclass=QueuePool, pool_size=size, max_overflow=0, pool_timeout=wait_s,
    )  # fmt: skip
    _begin_by(made, begin)

    @event.listens_for(made, "connect")
    def set_up(connection: Any, record: Any) -> None:
        for name in switched_on:
            connection.execute(f"PRAGMA {name} = ON")
        record.info["file"] = _file(path)

    @event.listens_for(made, "checkout")
    def check(_connection: Any, record: Any, _proxy: Any) -> None:
        """What is written into a file that was deleted or replaced would be gone with the connection."""
        if record.info["file"] != _file(path):
            raise DisconnectionError("another file has its name")

    return made


def _begin_by(engine: Engine, command: str) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(command)


def _may_be_opened(path: Path) -> bool:
    """Whether it is a file, or nothing. What else the system says of it SQLite hears itself."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def _file(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
