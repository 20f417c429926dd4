"""Migrations and declared tables agree; a database of any version becomes one of this version, or stays as it was."""

import shutil
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, String, Table, inspect, select, text

import app  # noqa: F401  all tables
from db import address, migrate
from db.base import Base
from db.database import Database
from db.errors import DatabaseError
from playground.data.store import StoredSet
from support.processes import ROOT
from tools import migration

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = "{before}"


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("set", sa.String(39), sa.ForeignKey("point_sets.address", ondelete="CASCADE"), primary_key=True),
    )
    op.execute("INSERT INTO notes SELECT address FROM point_sets")
    with op.batch_alter_table("point_sets") as batch:
        batch.alter_column("giver", new_column_name="account", existing_type=sa.String(16), nullable=True)
    {more}
"""


@pytest.fixture
def url(database_url):
    return address.parse(database_url)


def opened(url):
    made = Database(url, wait_s=1)
    made.open()
    return made


def store(database, name="a"):
    with database.write() as session:
        session.add(StoredSet(address=name, packed=b"123", size=3, giver="x", created=0, used=0))


@pytest.fixture
def next_version(tmp_path, monkeypatch):
    """A version with a migration more, of the kind that is hardest for SQLite. more: lines of its program."""

    def make(more="pass"):
        folder = tmp_path / "migrations"
        shutil.copytree(migrate.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
        before = migrate.known()[-1]
        number = f"{int(before) + 1:04}"
        text = NEXT.format(number=number, before=before, more=more)
        (folder / "versions" / f"m{number}_next.py").write_text(text)
        monkeypatch.setattr(migrate, "FOLDER", folder)
        return number

    return make


def test_what_the_migrations_make_is_what_the_modules_that_store_declare(url):
    database = opened(url)
    with database.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == [], "python -m tools.migration WHAT"
    database.close()


def test_they_are_one_line_and_each_file_is_named_as_its_number():
    scripts = ScriptDirectory(str(migrate.FOLDER))
    assert scripts.get_heads() == [migrate.known()[-1]]
    in_order = [*reversed([*scripts.walk_revisions()])]
    assert [script.revision for script in in_order] == [*migrate.known()]
    assert [script.module.__name__[:5] for script in in_order] == [f"m{number}" for number in migrate.known()]
    assert all(script.doc.endswith(".") for script in in_order)


@pytest.mark.parametrize("revision", migrate.known())
def test_a_database_of_every_earlier_version_becomes_one_of_this(url, revision):
    database = Database(url, wait_s=1)
    upgrade = migrate.upgrade
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "upgrade", lambda connection, name: upgrade(connection, name, revision))
        database.open()
    again = opened(url)
    with again.read() as session:
        assert migrate.revision_of(session.connection()) == migrate.known()[-1]
        names = inspect(session.connection()).get_table_names()
    assert {*Base.metadata.tables} <= {*names}
    for one in (database, again):
        one.close()


def test_what_is_in_it_stays_in_an_upgrade_also_what_refers_to_a_table_that_is_made_anew(url, next_version):
    before = opened(url)
    store(before)
    number = next_version()
    after = opened(url)
    with after.read() as session:
        assert session.execute(text("SELECT address, packed, account FROM point_sets")).all() == [("a", b"123", "x")]
        assert session.execute(text("SELECT * FROM notes")).all() == [("a",)]
        assert migrate.revision_of(session.connection()) == number
    for one in (before, after):
        one.close()


@pytest.mark.parametrize("more", ["raise ZeroDivisionError", "op.execute(\"INSERT INTO notes VALUES ('nowhere')\")"])
def test_an_upgrade_that_fails_has_changed_nothing(url, next_version, more):
    before = opened(url)
    store(before)
    next_version(more)
    with pytest.raises(Exception, match=r"^$|lead nowhere|violates foreign key"):
        opened(url)
    store(before, "b")
    with before.read() as session:
        assert session.scalars(select(StoredSet.giver)).all() == ["x", "x"]
        assert not inspect(session.connection()).has_table("notes")
    before.close()


def test_one_of_a_newer_version_is_refused_by_name_and_left_as_it_is(url, next_version):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "FOLDER", migrate.FOLDER)
        number = next_version()
        newer = opened(url)
        newer.close()
    known = migrate.known()[-1]
    with pytest.raises(DatabaseError) as refused:
        Database(url).open()
    assert refused.value.code == "database-newer"
    said = refused.value.detail
    assert said.startswith(f"{address.shown(url)} was written by a newer version of Playlab")
    assert f"revision {number}, this version knows {known}" in said


def test_alembic_is_not_loaded_where_the_tables_are_there(url):
    opened(url).close()
    program = (
        "import sys, app; from db import address; from db.database import Database\n"
        "Database(address.parse(sys.argv[1])).open()\n"
        "print([name for name in ('alembic', 'mako') if name in sys.modules])"
    )
    command = [sys.executable, "-c", program, url.set(drivername=url.get_backend_name()).render_as_string(False)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


@pytest.fixture
def pets():
    """A table more that a module declares."""
    table = Table("pets", Base.metadata, Column("name", String(9), primary_key=True))
    yield
    Base.metadata.remove(table)


def test_the_next_migration_is_written_from_what_is_declared(url, tmp_path, monkeypatch, pets):
    number = f"{int(migrate.known()[-1]) + 1:04}"
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate, "FOLDER", folder)
    path = migration.write("Pets, and what they are called")
    migrate._numbers.cache_clear()
    assert path.name == f"m{number}_pets_and_what_they_are_called.py"
    assert path.read_text().startswith('"""Pets, and what they are called."""')
    database = opened(url)
    with database.read() as session:
        assert session.execute(text("SELECT name FROM pets")).all() == []
        assert compare_metadata(MigrationContext.configure(session.connection()), Base.metadata) == []
    database.close()
