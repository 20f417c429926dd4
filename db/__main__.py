"""`python -m db`: backs up the database while a server uses it, restores one, and migrates without a server."""

from __future__ import annotations

if __name__ == "__main__":
    from core import signals

    signals.end_by_interrupt()

import argparse
import contextlib
import itertools
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from core import arguments, output
from core.files import keep_names, open_file
from db import address, migrate, sqlite
from db.database import MIGRATION_S, Database
from db.errors import DatabaseError

EXPERIMENTS = Path(__file__).resolve().parent.parent / "experiments"


class _CommandError(Exception):
    """One line that says why."""


def backup(url: URL, file: Path) -> None:
    """All that is committed at one moment, as one file that is whole or not there."""
    path, place = _path(url), Path(os.path.realpath(file))  # a link is followed
    part = place.with_name(f".{place.name}.new")
    _check_apart(path, place, part)
    _check_unused(place)
    with contextlib.closing(_opened(path, MIGRATION_S)) as source, _of(file):
        if os.path.lexists(place):
            open_file(place, "ab").close()  # a folder, a device, and what may not be written, stay as they are
        try:
            os.close(os.open(part, os.O_CREAT | os.O_RDWR, 0o600))
            with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as target:
                source.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")  # no files beside it
            with part.open("rb") as written:
                os.fsync(written.fileno())
            part.replace(place)
            keep_names(place.parent)
        finally:
            with contextlib.suppress(OSError):
                part.unlink()


def restore(url: URL, file: Path) -> None:
    """What is in the file takes the place of what there is, also under a running server.

    A copy of it is brought to the tables of this version before: what cannot be, changes nothing.
    """
    path = _path(url)
    open_file(file).close()  # SQLite would not say why it cannot be opened
    _check_apart(path, file)
    with contextlib.closing(_opened(file, 0)) as source:
        _check(source, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=path.parent) as folder:
            copy = Path(folder) / "copy.db"
            with contextlib.closing(_opened(copy, 0, create=True)) as target:
                source.backup(target)
            _complete(copy, file)
            with (
                contextlib.closing(_opened(copy, 0)) as complete,
                contextlib.closing(_opened(path, MIGRATION_S, create=True)) as target,
            ):
                complete.backup(target)


def upgrade(url: URL) -> None:
    with contextlib.closing(Database(url)) as database:
        database.open()


def _opened(path: Path, wait_s: float, *, create: bool = False) -> sqlite3.Connection:
    try:
        return sqlite.connect(path, wait_s, create=create)
    except sqlite3.Error as error:
        raise _CommandError(f"{path}: {error}") from None


@contextlib.contextmanager
def _of(file: Path) -> Iterator[None]:
    """What the system refuses in the block is told of this file, not of the one beside it that gets its name."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from None


def _path(url: URL) -> Path:
    if url.get_backend_name() != "sqlite":
        raise _CommandError("for PostgreSQL that is done by pg_dump and pg_restore: docs/database.md")
    return Path(str(url.database))


def _files(path: Path) -> list[Path]:
    """A database's, and those that SQLite has beside it."""
    real = Path(os.path.realpath(path))
    return [real, *_beside(real)]


def _beside(path: Path) -> list[Path]:
    return [path.with_name(f"{path.name}-{what}") for what in ("wal", "shm", "journal")]


def _check_apart(path: Path, *others: Path) -> None:
    """Raises _CommandError where one of the others is a file of the database `path`, also by a link or another name."""
    for own, other in itertools.product(_files(path), others):
        if own == Path(os.path.realpath(other)) or (own.exists() and other.exists() and own.samefile(other)):
            raise _CommandError(f"{other} is a file of the database itself, {path}: take another one")


def _check_unused(place: Path) -> None:
    """Raises _CommandError where it is a database that somebody has open: another file with its name would break it."""
    for beside in _beside(place):
        if beside.exists():
            raise _CommandError(f"{place} is a database in use, as {beside.name} is beside it: take another file")


def _complete(copy: Path, file: Path) -> None:
    """Brings the copy of a backup to the tables of this version.

    Raises _CommandError where it then lacks something, or has something of others.
    """
    engine = sqlite.migrating(copy, 0)
    try:
        with engine.begin() as connection:
            migrate.upgrade(connection, str(file))
            fault = migrate.difference(connection)
    except (SQLAlchemyError, RuntimeError) as error:  # its tables are not those of its revision
        fault = str(getattr(error, "orig", None) or error)
    finally:
        engine.dispose()
    if fault:
        raise _CommandError(f"{file} is no whole backup of Playlab's database: {fault}")


def _check(source: sqlite3.Connection, file: Path) -> None:
    try:
        (revision,) = source.execute("SELECT version_num FROM alembic_version").fetchone()
        (state,) = source.execute("PRAGMA quick_check").fetchone()
    except (sqlite3.DatabaseError, TypeError):
        raise _CommandError(f"{file} is no backup of Playlab's database") from None
    if revision not in migrate.known() or state != "ok":
        why = f"it is damaged: {state}" if state != "ok" else f"it was written by a newer version, revision {revision}"
        raise _CommandError(f"{file}: {why}")


def main(argv: list[str] | None = None) -> int:
    """Returns the exit status."""
    options = _parser().parse_args(argv)
    try:
        url = address.parse(options.database) if options.database else address.of_folder(options.experiments)
    except ValueError as error:
        print(f"invalid --database: {error}", file=sys.stderr)
        return 2
    try:
        if options.command == "backup":
            backup(url, options.file.absolute())
        elif options.command == "restore":
            restore(url, options.file.absolute())
        else:
            upgrade(url)
    except _CommandError as error:
        said = str(error)
    except DatabaseError as error:
        said = error.detail
    except sqlite3.Error as error:
        said = f"{address.shown(url)} or {options.file}: {error}"
    except OSError as error:
        said = f"{error.strerror}: {error.filename}"
    else:
        return 0
    print(said, file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = arguments.Parser(prog="python -m db", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in (
        ("backup", "write all of SQLite's database into one file, while a server uses it"),
        ("restore", "put what is in a backup in the place of what there is"),
        ("upgrade", "bring the database to the tables of this version, as every start of the server does"),
    ):
        command = commands.add_parser(name, help=what)
        if name != "upgrade":
            command.add_argument("file", metavar="FILE", type=arguments.path)
        command.add_argument("--database", default=os.environ.get("PLAYLAB_DATABASE") or None, metavar="URL")
        command.add_argument("--experiments", default=os.environ.get("PLAYLAB_EXPERIMENTS") or str(EXPERIMENTS),
                             metavar="FOLDER", type=arguments.path,
                             help="in which the database is where no URL is given")  # fmt: skip
    return parser


if __name__ == "__main__":
    output.run(main)
