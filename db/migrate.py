"""Brings a database to the tables of this version. The one place for migrations is `db/migrations/versions`, a module
each, numbered: mNNNN_what.py. CONTRIBUTING.md says how one is made.
"""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, inspect

from db.base import Base
from db.errors import DatabaseError

FOLDER = Path(__file__).resolve().parent / "migrations"

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)


def known() -> tuple[str, ...]:
    """The numbers of all migrations, in their order."""
    return _numbers(FOLDER)


@cache
def _numbers(folder: Path) -> tuple[str, ...]:
    """By their files' names: Alembic takes half a second to load."""
    return tuple(sorted(path.name[1:5] for path in (folder / "versions").glob("m[0-9]*_*.py")))


def config(connection: Connection | None = None) -> Config:
    """Alembic's. connection: the one to migrate."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def revision_of(connection: Connection) -> str | None:
    """The number of the last migration of a database; None where it had none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return _noted(connection)


def _noted(connection: Connection) -> str | None:
    revision: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return revision


def check(connection: Connection, name: str) -> None:
    """Raises DatabaseError where the database is of a newer version by now: one query. name: of the database."""
    revision = _noted(connection)
    if revision is not None and revision not in known():
        raise _newer(name, revision)


def missing(connection: Connection) -> str | None:
    """A table or a column that the database has not, of those that the modules declare that are loaded; None where it
    has all of them."""
    wanted = Base.metadata
    found = inspect(connection)
    if not found.has_table("alembic_version"):
        return "no table alembic_version"
    for table in (wanted.tables[name] for name in sorted(wanted.tables)):
        if not found.has_table(table.name):
            return f"no table {table.name}"
        columns = {column["name"] for column in found.get_columns(table.name)}
        for column in table.columns:
            if column.name not in columns:
                return f"no column {table.name}.{column.name}"
    return None


def difference(connection: Connection) -> str | None:
    """What of a SQLite database is not as the migrations of this version make it: a table, column, rule, index, trigger
    or view that it lacks, has besides or has otherwise; None where all is. Besides, a trigger or a column of others
    may refuse every row."""
    engine = create_engine("sqlite://")
    with engine.begin() as empty:
        upgrade(empty, "an empty one")
        wanted = _parts(empty)
    engine.dispose()
    found = _parts(connection)
    for part in wanted:
        if part not in found:
            return f"no {part}"
    for part in found:
        if found[part] != wanted.get(part):
            return f"another {part}" if part in wanted else f"a {part}, which this version does not know"
    return None


def _parts(connection: Connection) -> dict[str, str]:
    """What a SQLite database is made of, by kind and name: how it is defined, but for how that was written."""
    named = "SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite@_%' ESCAPE '@'"
    parts = {f"{row.type} {row.name}": row.tbl_name for row in connection.exec_driver_sql(named)}
    found = inspect(connection)
    for table in found.get_table_names():
        for column in found.get_columns(table):
            parts[f"column {table}.{column['name']}"] = f"{column['type']} {column['nullable']}"
        rules = [
            found.get_pk_constraint(table)["constrained_columns"],
            *([key["constrained_columns"], key["referred_table"], key["referred_columns"], key["options"]]
              for key in found.get_foreign_keys(table)),
            *(rule["column_names"] for rule in found.get_unique_constraints(table)),
            *(rule["sqltext"] for rule in found.get_check_constraints(table)),
            *([index["name"], index["column_names"], index["unique"]] for index in found.get_indexes(table)),
        ]  # fmt: skip
        parts[f"rule of table {table}"] = " ".join(sorted(map(str, rules)))
    return parts


def _newer(name: str, revision: str) -> DatabaseError:
    return DatabaseError(
        "database-newer",
        f"{name} was written by a newer version of Playlab: it is at revision {revision}, this version knows "
        f"{known()[-1]}. Take that version, or another database",
    )


def upgrade(connection: Connection, name: str, to: str = "head") -> tuple[str | None, str | None] | None:
    """Within the transaction of `connection`, which keeps other processes from doing the same: all of it or nothing.

    name: of the database. Returns the revisions before and after, for `log_upgrade`; None where nothing was to be
    done. Raises DatabaseError where it is of a newer version.
    """
    before = revision_of(connection)
    if before is not None and before not in known():
        raise _newer(name, before)
    if before == known()[-1]:
        return None
    logging.getLogger("alembic").setLevel(logging.WARNING)
    from alembic import command

    command.upgrade(config(connection), to)
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"rows of {', '.join(sorted({row[0] for row in broken}))} lead nowhere")
    return before, revision_of(connection)


def log_upgrade(done: tuple[str | None, str | None] | None) -> None:
    """Once it is committed: until then it may still fail."""
    if done is not None:
        before, after = done
        log.info("database upgraded", extra={"was": before or "empty", "now": after})
