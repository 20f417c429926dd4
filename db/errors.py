"""What a database may refuse, in codes: whatever its driver raises, nothing else of it leaves this package."""

from __future__ import annotations

import sqlite3
from http import HTTPStatus
from typing import NamedTuple

from sqlalchemy import exc

from core.refused import RefusedError


class Kind(NamedTuple):
    status: int  # of HTTP, that says so
    sentence: str  # for everybody: without a path, an address or a password


KINDS = {
    "database-gone": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "the database cannot be reached"),
    "database-locked": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "the database is in use by others for too long"),
    "database-full": Kind(HTTPStatus.INSUFFICIENT_STORAGE, "the disk of the database is full, or takes no more"),
    "database-read-only": Kind(HTTPStatus.INSUFFICIENT_STORAGE, "the database may not be written"),
    "database-newer": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "the database was written by a newer version of Playlab"),
    "database-damaged": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "the database is damaged"),
}

_SQLITE = {
    sqlite3.SQLITE_BUSY: "database-locked",
    sqlite3.SQLITE_LOCKED: "database-locked",
    sqlite3.SQLITE_FULL: "database-full",
    sqlite3.SQLITE_READONLY: "database-read-only",
    sqlite3.SQLITE_CANTOPEN: "database-gone",
    sqlite3.SQLITE_IOERR: "database-gone",
    sqlite3.SQLITE_CORRUPT: "database-damaged",
    sqlite3.SQLITE_NOTADB: "database-damaged",
    # More exactly, where SQLite says so: what a disk does that is full, beyond a quota, or too small for the next file.
    sqlite3.SQLITE_IOERR_WRITE: "database-full",
    sqlite3.SQLITE_IOERR_SHMSIZE: "database-full",
}
_WITHOUT_TABLE = {"42P01", "42703"}  # of PostgreSQL: no such table, no such column
_POSTGRESQL = {  # by SQLSTATE, or its class
    "53100": "database-full",
    "55P03": "database-locked",  # lock_timeout
    "57014": "database-locked",  # statement_timeout
    "40P01": "database-locked",
    "25006": "database-read-only",
    "42501": "database-read-only",  # no right to it
    "XX001": "database-damaged",
    "XX002": "database-damaged",
    "08": "database-gone",
    "28": "database-gone",
    "3D": "database-gone",
    "53": "database-gone",
    "57": "database-gone",
}


class DatabaseError(RefusedError):
    """Nothing was read, or nothing was changed. detail: for the log and the terminal, with the name of the database."""

    def __init__(self, code: str, detail: str):
        status, sentence = KINDS[code]
        self.detail = detail
        super().__init__(status, sentence, code)


def code_of(error: exc.SQLAlchemyError) -> str | None:
    """The code of what SQLAlchemy raised; None where it is a fault of ours, such as wrong SQL."""
    if isinstance(error, exc.TimeoutError):  # no connection became free
        return "database-locked"
    if not isinstance(error, exc.DBAPIError):
        return None
    number = getattr(error.orig, "sqlite_errorcode", None)
    if number is not None:
        return _SQLITE.get(number) or _SQLITE.get(number & 0xFF)
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
    is_broken = isinstance(error, (exc.OperationalError, exc.InterfaceError)) or error.connection_invalidated
    return "database-gone" if is_broken else None


def asks_for_what_is_not_there(error: exc.SQLAlchemyError) -> bool:
    """Whether a table or a column may be missing. SQLite has one number for that and for all wrong SQL."""
    asked = getattr(error, "orig", None)
    if getattr(asked, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
        return True
    return getattr(asked, "sqlstate", None) in _WITHOUT_TABLE
