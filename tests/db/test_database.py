"""Of either kind, real: what is committed stays, and whatever happens to it is told in a code."""

import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

import app  # noqa: F401  all tables
from db import address, sqlite
from db.database import Database
from db.errors import KINDS, DatabaseError
from playground.data.store import StoredSet
from support.postgresql_server import PASSWORD
from support.processes import ROOT, wait_until


def row(number=0, size=3):
    return StoredSet(address=f"a{number}", packed=bytes(size), size=size, giver="x", created=0, used=0)


def store(database, number=0, size=3):
    with database.write() as session:
        session.add(row(number, size))


def count(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(StoredSet))


def refusal(action, *arguments):
    """The code with which it is refused."""
    with pytest.raises(DatabaseError) as refused:
        action(*arguments)
    assert str(refused.value) == KINDS[refused.value.code].sentence
    return refused.value.code


# --- either kind ------------------------------------------------------------------------------------------------------


def test_what_is_written_is_read(database):
    store(database)
    with database.read() as session:
        found = session.get(StoredSet, "a0")
    assert (found.packed, found.size) == (bytes(3), 3)


def test_a_block_that_raises_has_changed_nothing(database):
    def fail():
        with database.write() as session:
            session.add(row())
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert count(database) == 0


def test_a_key_that_is_there_already_is_an_integrity_error(database):
    store(database)
    with pytest.raises(IntegrityError):
        store(database)


def test_forty_threads_write_without_a_refusal(database_url):
    database = Database(address.parse(database_url), wait_s=30)
    with ThreadPoolExecutor(40) as pool:
        list(pool.map(lambda number: store(database, number), range(200)))
    assert count(database) == 200
    database.close()


def test_it_is_there_when_it_is_opened_again(database, database_url):
    store(database)
    database.close()
    again = Database(address.parse(database_url))
    assert count(again) == 1
    again.close()


def test_a_mistake_in_sql_is_no_refusal(database):
    with pytest.raises(Exception, match="no_such_table") as raised, database.read() as session:
        session.execute(text("SELECT * FROM no_such_table"))
    assert not isinstance(raised.value, DatabaseError)


def spoil(database, *commands):
    """As somebody does behind a running server's back."""
    with database.write() as session:
        for command in commands:
            session.execute(text(command))


@pytest.mark.parametrize("spoiled", [
    ("DROP TABLE point_sets",),
    ("ALTER TABLE point_sets RENAME COLUMN packed TO packet",),
    ("DROP TABLE alembic_version", "DROP TABLE point_sets"),
], ids=["table", "column", "all"])  # fmt: skip
def test_a_table_or_a_column_that_is_gone_under_a_running_server_is_told(database, spoiled):
    spoil(database, *spoiled)
    assert refusal(lambda: stored(database)) == "database-gone"
    assert refusal(store, database) == "database-gone"


def stored(database):
    with database.read() as session:
        return session.scalars(select(StoredSet.packed)).all()


def test_one_that_lost_its_revision_is_not_written(database):
    spoil(database, "DROP TABLE alembic_version")
    assert refusal(store, database) == "database-gone"
    assert count(database) == 0


def test_one_that_a_newer_version_took_over_is_read_as_long_as_that_goes_and_not_written(database):
    store(database)
    spoil(database, "UPDATE alembic_version SET version_num = '9999'")
    assert refusal(store, database, 1) == "database-newer"
    assert count(database) == 1


def test_a_table_that_a_newer_version_has_not_any_more_is_told_as_of_a_newer_one(database):
    spoil(database, "DROP TABLE point_sets", "UPDATE alembic_version SET version_num = '9999'")
    assert refusal(count, database) == "database-newer"


def test_who_waits_beyond_all_places_is_refused_at_once(database, monkeypatch):
    monkeypatch.setattr(database, "_places", threading.BoundedSemaphore(1))
    with database.read():
        assert refusal(count, database) == "database-locked"
    assert count(database) == 0


# --- what SQLite promises ---------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    return tmp_path / "a földer #1 ?%20" / "playlab.db"


@pytest.fixture
def in_file(file):
    made = Database(address.of_file(file), wait_s=0.3)
    made.open()
    yield made
    made.close()


def test_every_commit_goes_to_the_disk_and_references_are_kept(in_file):
    for block in (in_file.read, in_file.write):
        with block() as session:
            values = [session.execute(text(f"PRAGMA {name}")).scalar() for name in
                      ("journal_mode", "synchronous", "foreign_keys", "fullfsync")]  # fmt: skip
        assert values == ["wal", 2, 1, 1]


def test_nobody_else_may_read_it_and_only_write_blocks_write(in_file, file):
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(DatabaseError) as refused, in_file.read() as session:
        session.execute(text("DELETE FROM point_sets"))
    assert refused.value.code == "database-read-only"


def test_readers_do_not_wait_for_a_writer(in_file):
    with in_file.write() as session:
        session.add(row())
        session.flush()
        assert count(in_file) == 0
    assert count(in_file) == 1


def test_one_that_others_hold_for_too_long_is_locked_and_then_it_is_not(in_file, file):
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert refusal(store, in_file) == "database-locked"
    with ThreadPoolExecutor(3) as pool:  # threads of this process that wait for their turn meanwhile
        assert set(pool.map(lambda _: refusal(store, in_file), range(3))) == {"database-locked"}
    assert count(in_file) == 0
    other.execute("ROLLBACK")
    store(in_file)
    other.close()


def test_a_file_that_is_deleted_is_gone_and_is_not_made_anew_and_heals_when_it_is_back(in_file, file):
    store(in_file)
    kept = file.with_name("kept.db")
    in_file.close()  # as a server that has just started: all is in the one file
    file.rename(kept)
    assert refusal(count, in_file) == "database-gone"
    assert refusal(store, in_file, 1) == "database-gone"
    assert not file.exists()
    kept.rename(file)
    assert count(in_file) == 1


def test_what_is_written_to_a_file_that_was_replaced_goes_to_the_new_one(in_file, file, tmp_path):
    store(in_file)
    other = Database(address.of_file(tmp_path / "other.db"))
    other.open()
    other.close()
    for path in file.parent.glob("playlab.db*"):
        path.unlink()
    (tmp_path / "other.db").rename(file)
    store(in_file, 1)
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT address FROM point_sets").fetchall() == [("a1",)]


def test_a_file_without_tables_in_the_place_of_its_own_is_told_and_left_as_it_is(in_file, file):
    store(in_file)
    for path in file.parent.glob("playlab.db*"):
        path.unlink()
    sqlite3.connect(file).close()
    file.touch()
    assert refusal(count, in_file) == "database-gone"
    assert refusal(store, in_file, 1) == "database-gone"
    assert file.stat().st_size == 0


def test_a_full_database_is_told_and_takes_more_when_there_is_room(in_file):
    def limit(pages):
        with in_file.write() as session:
            session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    limit(20)
    assert refusal(store, in_file, 0, 500_000) == "database-full"
    assert count(in_file) == 0
    limit(10_000)
    store(in_file, 0, 500_000)
    assert count(in_file) == 1


def test_a_full_disk_is_told_and_what_was_there_stays(file):
    """The system's own refusal, in a process whose files may not grow."""
    program = f"""
import resource, sys
from pathlib import Path
from db import address
from db.database import Database
from db.errors import DatabaseError
from playground.data.store import StoredSet
database = Database(address.of_file(Path({str(file)!r})))
def store(number, size):
    with database.write() as session:
        session.add(StoredSet(address=str(number), packed=bytes(size), size=size, giver="x", created=0, used=0))
store(0, 1000)
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
try:
    store(1, 1_000_000)
except DatabaseError as error:
    print(error.code, error.detail)
resource.setrlimit(resource.RLIMIT_FSIZE, before)
store(2, 1_000_000)
with database.read() as session:
    print(sorted(session.query(StoredSet.address)))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    first, last = done.stdout.splitlines()
    assert first.startswith(f"database-full {file}: the disk of the database is full")
    assert last == "[('0',), ('2',)]"


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A disk of its own."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
    if os.getuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("nobody but root may mount, on some machines not even root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_disk_that_is_really_full_is_told_and_takes_more_when_there_is_room(tmp_path):
    with mounted(tmp_path / "disk", "size=1m") as disk:
        database = Database(address.of_file(disk / "playlab.db"))
        store(database)
        filler = disk / "filler"
        filler.write_bytes(bytes(disk_space(disk) - 50_000))
        assert refusal(store, database, 1, 200_000) == "database-full"
        assert count(database) == 1
        filler.unlink()
        store(database, 2, 200_000)
        assert count(database) == 2
        database.close()


def test_with_a_full_disk_it_does_not_open_until_there_is_room(tmp_path):
    with mounted(tmp_path / "disk", "size=1m") as disk:
        database = Database(address.of_file(disk / "playlab.db"))
        store(database)
        database.close()
        filler = disk / "filler"
        filler.write_bytes(bytes(disk_space(disk)))
        full = Database(address.of_file(disk / "playlab.db"))  # a server that starts
        assert refusal(full.open) == "database-full"
        filler.unlink()
        assert count(full) == 1
        full.close()


def disk_space(folder):
    found = os.statvfs(folder)
    return found.f_bavail * found.f_bsize


def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    with mounted(tmp_path / "disk", "ro") as disk:
        assert refusal(Database(address.of_file(disk / "playlab.db")).open) == "database-read-only"
        assert refusal(Database(address.of_file(disk / "folder" / "playlab.db")).open) == "database-read-only"


def test_while_one_thread_opens_it_the_others_wait_no_longer_than_for_anything(file, monkeypatch):
    database, opening, ended = Database(address.of_file(file), wait_s=0.1), threading.Event(), threading.Event()

    def migrate(_path):
        opening.set()
        ended.wait(10)

    monkeypatch.setattr(database, "_migrate", migrate)
    with ThreadPoolExecutor(1) as pool:
        opened = pool.submit(database.open)
        assert opening.wait(10)
        assert refusal(database.open) == "database-locked"
        ended.set()
        opened.result(10)
    database.open()


def test_one_that_others_hold_opens_where_there_is_nothing_to_migrate(in_file, file):
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        again = Database(address.of_file(file), wait_s=0.3)
        assert count(again) == 0
        again.close()
        other.execute("ROLLBACK")


def test_a_place_where_there_can_be_none_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    assert refusal(Database(address.of_file(tmp_path / "file" / "playlab.db")).open) == "database-gone"
    assert refusal(Database(address.of_file(tmp_path)).open) == "database-gone"


def test_a_file_that_is_no_database_is_told_and_left_as_it_is(tmp_path):
    path = tmp_path / "playlab.db"
    path.write_text("a letter\n" * 1000)
    assert refusal(Database(address.of_file(path)).open) == "database-damaged"
    assert path.read_text() == "a letter\n" * 1000


# --- what PostgreSQL promises -----------------------------------------------------------------------------------------


@pytest.fixture
def in_server(postgresql):
    made = Database(address.parse(postgresql.new_database()), wait_s=1)
    made.open()
    yield made
    made.close()


@pytest.mark.parametrize("by", [signal.SIGQUIT, signal.SIGTERM, signal.SIGINT], ids=lambda by: by.name)
def test_a_restart_of_postgresql_heals_and_loses_nothing(postgresql, in_server, by):
    store(in_server)
    if by == signal.SIGTERM:  # waits for those who are connected
        in_server.close()
    postgresql.end(by)
    try:
        assert refusal(count, in_server) == "database-gone"
    finally:
        postgresql.start()
    assert count(in_server) == 1
    store(in_server, 1)


def write_in_steps(database, between):
    """In two, with something that happens between them."""
    with database.write() as session:
        session.add(row())
        session.flush()
        with between():
            session.add(row(1))
            session.flush()


@pytest.mark.parametrize("what", [count, store], ids=["read", "write"])
def test_one_that_is_silent_is_gone_within_seconds_and_is_there_when_it_goes_on(postgresql, in_server, what):
    """Stopped, and not dead: its kernel acknowledges all that it is sent."""
    store(in_server, 7)
    with postgresql.stopped():
        for seconds in (1.0 + 2, 2):  # a connection that was good, and a new one
            began = time.monotonic()
            assert refusal(what, in_server) == "database-gone"
            assert time.monotonic() - began < seconds + 0.8
    store(in_server, 8)
    assert count(in_server) >= 2


def test_one_that_falls_silent_in_the_middle_has_changed_nothing(postgresql, in_server):
    began = time.monotonic()
    assert refusal(write_in_steps, in_server, postgresql.stopped) == "database-gone"
    assert time.monotonic() - began < 2 * 1.0 + 0.5 + 0.8
    assert count(in_server) == 0


def test_one_that_is_silent_from_the_start_does_not_open(postgresql):
    database = Database(address.parse(postgresql.new_database()), wait_s=1)
    with postgresql.stopped():
        began = time.monotonic()
        assert refusal(database.open) == "database-gone"
        assert time.monotonic() - began < 5
    database.open()
    database.close()


def cut(postgresql):
    """Ends all connections of ours."""
    with postgresql.connect() as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'playlab'")


def test_a_connection_that_was_cut_is_replaced_before_it_is_used(postgresql, in_server):
    store(in_server)
    cut(postgresql)
    store(in_server, 1)
    assert count(in_server) == 2


def test_one_that_is_cut_in_the_middle_has_changed_nothing(postgresql, in_server):
    def write():
        with in_server.write() as session:
            session.add(row())
            session.flush()
            cut(postgresql)

    assert refusal(write) == "database-gone"
    assert count(in_server) == 0


def test_a_table_that_others_hold_for_too_long_is_locked(postgresql, in_server):
    with postgresql.connect(in_server.name.rpartition("/")[2]) as other, other.transaction():
        other.execute("LOCK TABLE point_sets")
        assert refusal(store, in_server) == "database-locked"
    store(in_server)


def test_a_server_that_takes_no_changes_is_told(postgresql, in_server):
    name = in_server.name.rpartition("/")[2]
    with postgresql.connect() as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    in_server.close()
    assert refusal(store, in_server) == "database-read-only"
    assert count(in_server) == 0


@pytest.mark.parametrize("ending", sqlite.BESIDE)
def test_a_pipe_beside_the_file_is_refused_by_name_and_not_waited_for(tmp_path, ending):
    pipe = tmp_path / f"playlab.db{ending}"
    os.mkfifo(pipe)
    database, refused = Database(address.of_file(tmp_path / "playlab.db"), wait_s=1), []

    def opened():
        with pytest.raises(DatabaseError) as error:
            database.open()
        refused.append((error.value.code, error.value.detail))

    thread = threading.Thread(target=opened, daemon=True)
    thread.start()
    thread.join(20)
    (told,) = refused
    assert told[0] == "database-gone"
    assert f"not a regular file: playlab.db{ending}" in told[1]


def test_an_upgrade_is_told_only_when_it_is_on_the_disk(tmp_path, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    database = Database(address.of_file(tmp_path / "playlab.db"), wait_s=1)

    def refuse(*_):
        raise OperationalError("COMMIT", None, sqlite3.OperationalError("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr("sqlalchemy.engine.default.DefaultDialect.do_commit", refuse)
        refusal(database.open)
    assert "database upgraded" not in caplog.messages
    database.open()
    assert caplog.messages.count("database upgraded") == 1
    database.close()


@pytest.mark.parametrize("wrong", ["password", "port", "database", "host"])
def test_a_wrong_address_is_told_without_its_password(postgresql, wrong, caplog):
    url = address.parse(postgresql.url("postgres"))
    changes = {
        "password": {"password": "another-secret-word"}, "port": {"port": 1}, "database": {"database": "nothing"},
        "host": {"host": "nothing.invalid"},
    }  # fmt: skip
    database = Database(url.set(**changes[wrong]), wait_s=1)
    with caplog.at_level(logging.DEBUG), pytest.raises(DatabaseError) as refused:
        count(database)
    assert [record.error for record in caplog.records if record.msg == "database refuses"] == [refused.value.detail]
    assert refused.value.code == "database-gone"
    assert refused.value.detail.startswith(f"{database.name}: the database cannot be reached (")
    said = f"{refused.value.detail} {refused.value.__cause__} {caplog.text} {[vars(one) for one in caplog.records]}"
    assert PASSWORD not in said
    assert "another-secret-word" not in said


# --- two at once ------------------------------------------------------------------------------------------------------

OPEN = """
import sys
from db import address
from db.database import Database
database = Database(address.parse(sys.argv[1]))
import alembic.command
print("ready", flush=True)
sys.stdin.readline()
database.open()
"""


def test_processes_that_start_at_once_make_it_together(database_url):
    children = [
        subprocess.Popen([sys.executable, "-c", OPEN, database_url], cwd=ROOT, text=True, bufsize=1,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(6)
    ]  # fmt: skip
    assert [child.stdout.readline() for child in children] == ["ready\n"] * 6
    for child in children:
        child.stdin.write("\n")
    for child in children:
        _, said = child.communicate(timeout=60)
        assert child.returncode == 0, said
    database = Database(address.parse(database_url))
    store(database)
    assert count(database) == 1
    database.close()


def test_who_writes_has_its_turn_in_the_order_of_asking(file):
    database, order = Database(address.of_file(file), wait_s=30), []

    def write(number):
        with database.write():
            order.append(number)

    with ThreadPoolExecutor(10) as pool, database.write():
        for number in range(10):
            pool.submit(write, number)
            wait_until(lambda wanted=number + 1: len(database._turn._waiting) == wanted)
    database.close()
    assert order == [*range(10)]


def test_the_turn_to_write_is_one_connection(in_file):
    assert (in_file._writing.pool.size(), in_file._reading.pool.size()) == (1, sqlite.READERS)
    assert Path(in_file.name).is_absolute()
