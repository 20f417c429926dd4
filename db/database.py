"""A database for everything that stores: opened once, read and written by many threads, told of in codes.

    database = Database(address.parse("postgresql://..."))
    with database.write() as session:
        session.add(StoredSet(...))

Whoever leaves a `write` block without an exception has it on the disk.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import URL, Engine, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.files import keep_names
from db import address, migrate, postgresql, sqlite
from db.errors import KINDS, DatabaseError, asks_for_what_is_not_there, code_of
from db.turn import Turn

WAIT_S = 1.5  # for a connection, and for a lock that others have; all together less than a page waits for an answer
MIGRATION_S = 60.0  # for another process that migrates
STEP_S = 600.0  # for a step of a migration, by PostgreSQL
MOST_WAITING = 64  # threads inside: with a database that does not answer they would be all of the server's
MIGRATION_LOCK = 0x706C6179  # PostgreSQL's, of Playlab alone

log = logging.getLogger(__name__)


class Database:
    """Opens at its first use, if not before. Any thread may use it; whatever goes wrong is a DatabaseError."""

    def __init__(self, url: URL, wait_s: float = WAIT_S, *, makes: bool = True):
        """makes: False for who only reads: what is not there is not made, and tables stay as they are."""
        self.name = address.shown(url)
        self._url = url
        self._is_open = not makes
        self._opening = threading.Lock()
        self._wait_s = wait_s
        self._places = threading.BoundedSemaphore(MOST_WAITING)
        if url.get_backend_name() == "sqlite":
            self.path: Path | None = Path(str(url.database))
            self._turn: Turn | None = Turn()
            self._reading, self._writing = (make(self.path, wait_s) for make in (sqlite.reading, sqlite.writing))
        else:
            self.path = self._turn = None
            self._reading = self._writing = postgresql.engine(url, wait_s)

    def open(self) -> None:
        """Makes what is not there yet, and brings its tables to this version. Another process may do the same."""
        if self._is_open:
            return
        if not self._opening.acquire(timeout=self._wait_s):
            raise self._refused("database-locked", "another thread opens it")
        try:
            if not self._is_open and not self._is_current():
                with self._told():
                    self._migrate(self.path) if self.path else self._migrate_server()
            self._is_open = True
        finally:
            self._opening.release()

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """For what is changed nowhere in the block."""
        with self._noted(), self._place(), self._session(self._reading) as session:
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """Committed at the end of the block, all or nothing. An IntegrityError is raised as it is.

        A newer version may have migrated the database since it was opened: it is not written then.
        """
        with self._noted(), self._place(), self._my_turn(), self._session(self._writing) as session:
            migrate.check(session.connection(), self.name)
            yield session
            session.commit()

    def close(self) -> None:
        for engine in (self._reading, self._writing):
            engine.dispose()

    @contextlib.contextmanager
    def _noted(self) -> Iterator[None]:
        """Whoever is told has no more than a code; the log has the rest."""
        try:
            yield
        except DatabaseError as error:
            log.warning("database refuses", extra={"code": error.code, "error": error.detail})
            raise

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise self._refused("database-locked", "too many wait for it")
        try:
            yield
        finally:
            self._places.release()

    @contextlib.contextmanager
    def _my_turn(self) -> Iterator[None]:
        """SQLite's own lock, for which all would ask again and again, is for other processes."""
        with contextlib.ExitStack() as stack:
            if self._turn:
                try:
                    stack.enter_context(self._turn.take(self._wait_s))
                except TimeoutError:
                    raise self._refused("database-locked", "too many write before") from None
            yield

    @contextlib.contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        self.open()
        with self._told(), Session(engine, expire_on_commit=False) as session:
            yield session

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            code = code_of(error)
            if code is None and asks_for_what_is_not_there(error):
                self._check_tables()
            if code is None:
                raise
            raise self._refused(code, _said(error)) from None

    def _check_tables(self) -> None:
        """Raises DatabaseError where the tables are not those of this version, by whatever was done behind its back."""
        try:
            with self._reading.connect() as connection:
                lack = migrate.missing(connection)
                if lack and migrate.revision_of(connection):
                    migrate.check(connection, self.name)
        except SQLAlchemyError as error:
            lack = _said(error)
        if lack:
            raise self._refused("database-gone", lack) from None

    def _refused(self, code: str, said: str) -> DatabaseError:
        """said: by the driver."""
        line = address.without_secrets(" ".join(said.split()), self._url)
        return DatabaseError(code, f"{self.name}: {KINDS[code].sentence} ({line})")

    # --- migrations ---------------------------------------------------------------------------------------------------

    def _is_current(self) -> bool:
        """There is nothing to migrate: no lock is needed, and nothing is written. What is wrong is told by who does."""
        try:
            with self._reading.connect() as connection:
                return migrate.revision_of(connection) == migrate.known()[-1]
        except SQLAlchemyError:
            return False

    def _migrate(self, path: Path) -> None:
        """In a transaction that SQLite gives one process at a time."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # to be read by nobody else
            keep_names(path.parent)
        except OSError as error:
            raise self._refused(_code_of_system(error), f"{error.strerror}: {error.filename}") from None
        engine = sqlite.migrating(path, MIGRATION_S)
        try:
            with engine.begin() as connection:
                done = migrate.upgrade(connection, self.name)
            migrate.log_upgrade(done)
        finally:
            engine.dispose()

    def _migrate_server(self) -> None:
        engine = postgresql.engine(self._url, MIGRATION_S, STEP_S)
        try:
            with engine.begin() as connection:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                done = migrate.upgrade(connection, self.name)
            migrate.log_upgrade(done)
        finally:
            engine.dispose()


def _said(error: SQLAlchemyError) -> str:
    """By the driver, where it was asked."""
    return str(getattr(error, "orig", None) or error)


def _code_of_system(error: OSError) -> str:
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return "database-read-only"
    return "database-full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "database-gone"
