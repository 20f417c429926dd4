"""`python -m db`: a backup while a server writes, and that it is worth something."""

import itertools
import os
import sqlite3
import subprocess
import sys
import threading

import pytest
from sqlalchemy import func, select

from db import address, migrate, sqlite
from db.__main__ import main
from db.database import Database
from playground.data.store import StoredSet
from support.postgresql_server import PASSWORD
from support.processes import ROOT


@pytest.fixture
def database(tmp_path):
    made = Database(address.of_folder(tmp_path))
    made.open()
    yield made
    made.close()


def store(database, name):
    with database.write() as session:
        session.add(StoredSet(address=name, packed=bytes(5000), size=5000, giver="x", created=0, used=0))


def names(database):
    with database.read() as session:
        return [*session.scalars(select(StoredSet.address).order_by(StoredSet.address))]


def run(tmp_path, *words):
    return main([*map(str, words), "--experiments", str(tmp_path)])


def test_a_backup_beside_a_server_that_writes_is_whole_and_restores_what_there_was(database, tmp_path):
    store(database, "before")
    ended = threading.Event()

    def keep_writing():
        number = 0
        while not ended.is_set():
            store(database, f"during {number}")
            number += 1

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        backup = tmp_path / "backup.db"
        assert run(tmp_path, "backup", backup) == 0
    finally:
        ended.set()
        writer.join()
    with sqlite3.connect(backup) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = [name for (name,) in copy.execute("SELECT address FROM point_sets ORDER BY address")]
    assert "before" in kept
    assert backup.stat().st_mode & 0o777 == 0o600
    store(database, "after")
    assert run(tmp_path, "restore", backup) == 0
    assert names(database) == kept  # in the server that goes on
    store(database, "after the restore")
    assert names(database) == sorted([*kept, "after the restore"])


def test_a_backup_is_restored_where_there_is_nothing(database, tmp_path):
    store(database, "a")
    assert run(tmp_path, "backup", tmp_path / "backup.db") == 0
    assert run(tmp_path / "new" / "folder", "restore", tmp_path / "backup.db") == 0
    made = Database(address.of_folder(tmp_path / "new" / "folder"))
    assert names(made) == ["a"]
    made.close()
    with sqlite3.connect(tmp_path / "new" / "folder" / "playlab.db") as restored:
        assert restored.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("folder", "Is a directory"), ("none/backup.db", "No such file or directory"),
        ("file/backup.db", "Not a directory"), ("pipe", "No such device or address"), ("a" * 300, "File name too long"),
    ],
)  # fmt: skip
def test_a_backup_that_cannot_be_written_names_the_file_given_and_leaves_all_as_it_was(
    database, tmp_path, name, refusal, capsys
):
    place = tmp_path / "backups"
    (place / "folder").mkdir(parents=True)
    (place / "file").write_text("a letter")
    os.mkfifo(place / "pipe")
    before = [*place.rglob("*")]
    assert run(tmp_path, "backup", place / name) == 2
    assert capsys.readouterr().err == f"{refusal}: {place / name}\n"
    assert [*place.rglob("*")] == before


def test_a_backup_goes_where_a_link_leads(database, tmp_path):
    store(database, "a")
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk" / "backup.db")
    for _ in range(2):
        assert run(tmp_path, "backup", tmp_path / "link") == 0
    assert (tmp_path / "link").is_symlink()
    assert run(tmp_path / "other", "restore", tmp_path / "disk" / "backup.db") == 0


@pytest.mark.parametrize(("name", "refusal"), [("folder", "Is a directory"), ("none", "No such file or directory")])
def test_what_cannot_be_restored_is_named_alone(database, tmp_path, name, refusal, capsys):
    (tmp_path / "folder").mkdir()
    assert run(tmp_path, "restore", tmp_path / name) == 2
    assert capsys.readouterr().err == f"{refusal}: {tmp_path / name}\n"


def test_the_home_folder_is_meant_by_a_tilde_in_options_and_variables(database, tmp_path, monkeypatch, capsys):
    store(database, "a")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAYLAB_EXPERIMENTS", "~")
    assert main(["backup", "~/backup.db"]) == 0
    assert main(["restore", "~/backup.db", "--experiments=~/other"]) == 0
    assert (tmp_path / "other" / "playlab.db").is_file()
    assert not (tmp_path / "~").exists()
    for words in (["backup", "~nobody-of-this-name/a"], ["upgrade", "--experiments=~nobody-of-this-name"]):
        with pytest.raises(SystemExit):
            main(words)
        assert "~nobody-of-this-name" in capsys.readouterr().err


OPEN = ["playlab.db", "playlab.db-wal", "playlab.db-shm"]  # what SQLite has of a database that is open


@pytest.mark.parametrize(
    ("name", "by"),
    [*itertools.product(OPEN, ["its name", "a symbolic link", "a hard link"]), ("playlab.db-journal", "its name")],
)
def test_a_file_of_the_database_itself_takes_no_backup(database, tmp_path, name, by, capsys):
    store(database, "a")
    file = tmp_path / name
    if by != "its name":
        file = tmp_path / "link"
        file.symlink_to(tmp_path / name) if by == "a symbolic link" else file.hardlink_to(tmp_path / name)
    before = {path: path.stat().st_ino for path in tmp_path.iterdir()}
    assert run(tmp_path, "backup", file) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert {path: path.stat().st_ino for path in tmp_path.iterdir()} == before
    store(database, "b")
    assert names(database) == ["a", "b"]


def test_the_file_that_becomes_a_backup_is_not_the_database(tmp_path, capsys):
    made = Database(address.of_file(tmp_path / ".backup.db.new"))
    store(made, "a")
    assert main(["backup", str(tmp_path / "backup.db"), "--database", f"sqlite:///{tmp_path}/.backup.db.new"]) == 2
    assert "is a file of the database itself" in capsys.readouterr().err
    assert names(made) == ["a"]
    made.close()


def test_another_servers_database_takes_no_backup(database, tmp_path, capsys):
    other = Database(address.of_folder(tmp_path / "other"))
    store(other, "its own")
    file = tmp_path / "other" / "playlab.db"
    before = file.stat().st_ino
    assert run(tmp_path, "backup", file) == 2
    assert "is a database in use" in capsys.readouterr().err
    assert file.stat().st_ino == before
    other.close()
    assert run(tmp_path, "backup", file) == 0  # nobody has it open now


@pytest.mark.parametrize("by", ["its name", "a symbolic link", "a hard link"])
def test_the_database_itself_is_not_restored_from(database, tmp_path, by, capsys):
    """By a hard link SQLite would not find what was stored last, and lose it."""
    store(database, "a")
    file = tmp_path / "playlab.db"
    if by != "its name":
        file = tmp_path / "link"
        file.symlink_to("playlab.db") if by == "a symbolic link" else file.hardlink_to(tmp_path / "playlab.db")
    assert run(tmp_path, "restore", file) == 2
    assert "is a file of the database itself" in capsys.readouterr().err
    assert names(database) == ["a"]


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE point_sets",
        "ALTER TABLE notebooks DROP COLUMN title",
        "CREATE TRIGGER no_more BEFORE INSERT ON notebooks BEGIN SELECT RAISE(ABORT, 'no') ; END -- no_more",
        "CREATE VIEW letters AS SELECT 1 AS letters",
        "CREATE TABLE IF NOT EXISTS letters (a) -- letters",
        "CREATE UNIQUE INDEX one_title ON notebooks (title) -- one_title",
        "ALTER TABLE notebooks ADD COLUMN letter",
    ],
)
def test_a_backup_that_lacks_something_changes_nothing(database, tmp_path, statement, capsys):
    store(database, "a")
    file = tmp_path / "backup.db"
    assert run(tmp_path, "backup", file) == 0
    with sqlite3.connect(file) as copy:
        copy.execute(statement)
    before = {*tmp_path.iterdir()}
    assert run(tmp_path, "restore", file) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert statement.split()[-1] in said
    assert names(database) == ["a"]
    assert {*tmp_path.iterdir()} == before


@pytest.mark.parametrize("revision", migrate.known())
def test_a_backup_that_has_only_its_revision_changes_nothing(database, tmp_path, revision, capsys):
    store(database, "a")
    file = tmp_path / "backup.db"
    with sqlite3.connect(file) as hollow:
        hollow.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        hollow.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
    assert run(tmp_path, "restore", file) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert names(database) == ["a"]


def test_a_backup_of_an_earlier_version_is_restored_with_the_tables_of_this_one(database, tmp_path):
    file = tmp_path / "backup.db"
    engine = sqlite.migrating(file, 0)
    with engine.begin() as connection:
        migrate.upgrade(connection, "backup", to=migrate.known()[0])
    engine.dispose()
    store(database, "a")
    assert run(tmp_path, "restore", file) == 0
    assert names(database) == []
    store(database, "b")
    with sqlite3.connect(tmp_path / "playlab.db") as restored:
        assert restored.execute("SELECT version_num FROM alembic_version").fetchone() == (migrate.known()[-1],)


@pytest.mark.parametrize("what", ["letter", "other", "newer", "missing"])
def test_what_is_no_backup_of_this_version_changes_nothing(database, tmp_path, what, capsys):
    store(database, "a")
    file = tmp_path / "backup.db"
    if what == "letter":
        file.write_text("a letter\n" * 1000)
    elif what == "other":
        sqlite3.connect(file).executescript("CREATE TABLE letters (a); INSERT INTO letters VALUES (1)")
    elif what == "newer":
        assert run(tmp_path, "backup", file) == 0
        with sqlite3.connect(file) as copy:
            copy.execute("UPDATE alembic_version SET version_num = '9999'")
    assert run(tmp_path, "restore", file) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert names(database) == ["a"]


def test_there_is_none_to_back_up(tmp_path, capsys):
    assert run(tmp_path, "backup", tmp_path / "backup.db") == 2
    assert "unable to open database file" in capsys.readouterr().err
    assert not [*tmp_path.iterdir()]


def test_upgrade_makes_the_tables(database_url):
    done = subprocess.run([sys.executable, "-m", "db", "upgrade", "--database", database_url], cwd=ROOT, timeout=60)
    assert done.returncode == 0
    made = Database(address.parse(database_url))
    with made.read() as session:
        assert session.scalar(select(func.count()).select_from(StoredSet)) == 0
    made.close()


def test_postgresqls_own_programs_back_it_up_and_restore_it(postgresql, tmp_path):
    url, other = postgresql.new_database(), postgresql.new_database()
    made = Database(address.parse(url))
    store(made, "a")
    made.close()
    file = tmp_path / "playlab.dump"
    for command in (
        [postgresql.tools / "pg_dump", "--format=custom", f"--file={file}", url],
        [postgresql.tools / "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction",
         f"--dbname={other}", file],
    ):  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
    restored = Database(address.parse(other))
    assert names(restored) == ["a"]
    restored.close()


def test_for_postgresql_they_are_named(postgresql, tmp_path, capsys):
    url = postgresql.new_database()
    assert main(["backup", str(tmp_path / "a"), "--database", url]) == 2
    assert main(["backup", str(tmp_path / "a"), "--database", "mysql://me:secret@host/db"]) == 2
    said = capsys.readouterr().err
    assert "pg_dump" in said
    assert PASSWORD not in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ("bogus=1", '"bogus"'), ("sslmode=bogus", '"bogus"'), ("connect_timeout=x", "connect_timeout"),
        ("service=not-there", '"not-there"'), ("port=x", "invalid --database"),
    ],
)  # fmt: skip
def test_an_option_of_the_address_that_cannot_be_is_named_in_one_line_without_the_password(options, named, capsys):
    assert main(["upgrade", "--database", f"postgresql://me:secret@127.0.0.1:1/db?{options}"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert named in said
    assert "secret" not in said
