"""Points over HTTP: given and taken, by whom, how often, and what the database's troubles are there."""

import base64
import contextlib
import http.client
import os
import signal
import sqlite3
import statistics
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
import socketio
from flask import Flask

import app as application
from core.rates import Bucket, Buckets
from core.visitors import Visitors
from db import address
from db.database import Database
from db.errors import DatabaseError
from playground import routes
from playground.data.store import PointSets, missing
from playground.point_set import address_of, measured, unpacked
from playground.sockets import PROTOCOL
from support.lenet_runs import put_behind_the_edge
from support.notebooks import pin
from support.processes import ROOT, ServerProcess, free_port, wait_until
from support.web_clients import get, post
from web import errors

PACKED = "application/octet-stream"
DATA = "/api/playground/data"


def points(number=0, count=10):
    places = struct.pack(f"<{2 * count}f", *[number / 1000] * 2 * count)
    return struct.pack("<BBHH", 1, 2, count, 0) + places + bytes(count)


FEW = base64.urlsafe_b64encode(points(5)).decode().rstrip("=")


@pytest.fixture
def database(tmp_path):
    made = Database(address.of_folder(tmp_path), wait_s=0.2)
    yield made
    made.close()


@pytest.fixture
def app(database):
    app = Flask(__name__)
    errors.init_app(app)
    routes.init_app(app, PointSets(database, unpacked))
    put_behind_the_edge(app, Visitors("chalk"))
    return app


@pytest.fixture
def client(app):
    return app.test_client()


def give(client, packed, kind=PACKED, **options):
    return client.post(DATA, data=packed, content_type=kind, **options)


def test_points_that_are_given_are_there_under_their_address(client, app):
    answer = give(client, points(count=12))
    assert (answer.status_code, answer.json) == (
        201, {"address": address_of(points(count=12)), "points": 12, "classes": 2}
    )  # fmt: skip
    taken = app.test_client().get(f"{DATA}/{answer.json['address']}")
    assert (taken.status_code, taken.mimetype, taken.data) == (200, PACKED, points(count=12))


def test_what_never_changes_is_kept_by_the_browser_and_not_by_proxies(client):
    where = f"{DATA}/{give(client, points()).json['address']}"
    taken = client.get(where)
    assert taken.headers["Cache-Control"] == "private, immutable, max-age=31536000"
    assert client.get(where, headers={"If-None-Match": taken.headers["ETag"]}).status_code == 304


def test_what_comes_with_the_program_is_asked_for_again(client):
    taken = client.get(f"{DATA}/iris")
    assert (taken.data, taken.headers["Cache-Control"]) == (measured("iris").packed, "no-cache")
    assert client.get(f"{DATA}/iris", headers={"If-None-Match": taken.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("name", ["sha256-" + "a" * 32, "roses", "%00", "a" * 3000, "' OR 1=1 --"])
def test_what_is_not_there_is_told_as_such(client, name):
    answer = client.get(f"{DATA}/{name}")
    assert answer.status_code == 404
    assert answer.json == {"code": "no-data", "field": None, "values": {}, "error": str(missing())}


@pytest.mark.parametrize(
    ("packed", "status", "code"),
    [
        (b"a letter", 422, "no-points"), (b"", 422, "no-points"), (points()[:-1], 422, "no-points"),
        (bytes(100_001), 413, "data-too-long"), (bytes(900_000), 413, "data-too-long"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_told_in_a_code(client, packed, status, code):
    answer = give(client, packed)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_a_body_of_another_type_is_not_read(client):
    assert give(client, points(), "text/plain").status_code == 415
    assert give(client, points(), "application/x-www-form-urlencoded").status_code == 415


def test_who_asks_too_often_is_told_when_to_ask_again(app, client, monkeypatch):
    served = app.extensions["playground"]
    client.set_cookie("playlab_browser", "one")
    for name in ("given", "taken"):
        object.__setattr__(served, name, Buckets(lambda _: Bucket(0.001, 2)))
    for ask in (lambda: give(client, points()), lambda: client.get(f"{DATA}/iris")):
        statuses = [ask().status_code for _ in range(2)]
        refused = ask()
        assert 429 not in statuses
        assert (refused.status_code, refused.json["code"], refused.headers["Retry-After"]) == (429, "too-fast", "2")
    other = app.test_client()
    other.set_cookie("playlab_browser", "another")
    assert give(other, points()).status_code == 201


def test_a_database_that_is_locked_full_or_gone_is_told_and_heals(client, database, tmp_path):
    address = give(client, points()).json["address"]
    other = sqlite3.connect(tmp_path / "playlab.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused = give(client, points(1))
    assert (refused.status_code, refused.json["code"], refused.headers["Retry-After"]) == (503, "database-locked", "2")
    assert client.get(f"{DATA}/{address}").data == points()
    other.execute("ROLLBACK")
    other.close()

    with database.write() as session:
        session.connection().exec_driver_sql("PRAGMA max_page_count = 1")
    big = [give(client, points(number, 5000)) for number in range(3)][-1]
    assert (big.status_code, big.json["code"]) == (507, "database-full")
    with database.write() as session:
        session.connection().exec_driver_sql("PRAGMA max_page_count = 100000")
    assert give(client, points(2, 5000)).status_code == 201

    database.close()
    (tmp_path / "playlab.db").rename(tmp_path / "away.db")
    refused = client.get(f"{DATA}/{address}")
    assert (refused.status_code, refused.json["code"]) == (503, "database-gone")
    assert str(tmp_path) not in refused.text
    (tmp_path / "away.db").rename(tmp_path / "playlab.db")
    assert client.get(f"{DATA}/{address}").data == points()


@pytest.mark.parametrize(("spoiled", "code"), [
    ("DROP TABLE point_sets", "database-gone"),
    ("UPDATE alembic_version SET version_num = '9999'", "database-newer"),
])  # fmt: skip
def test_what_was_done_to_a_database_behind_a_server_is_told(client, database, spoiled, code):
    with database.write() as session:
        session.connection().exec_driver_sql(spoiled)
    refused = give(client, points())
    assert (refused.status_code, refused.json["code"]) == (503, code)


def test_what_one_web_server_is_given_another_has_that_uses_the_same_postgresql(postgresql):
    url, clients = address.parse(postgresql.new_database()), []
    databases = [Database(url) for _ in range(2)]
    for database in databases:
        app = Flask(__name__)
        errors.init_app(app)
        routes.init_app(app, PointSets(database, unpacked))
        put_behind_the_edge(app, Visitors("chalk"))
        clients.append(app.test_client())
    where = f"{DATA}/{give(clients[0], points()).json['address']}"
    assert clients[1].get(where).data == points()
    for database in databases:
        database.close()


# --- a whole server ---------------------------------------------------------------------------------------------------


class Server:
    """`python app.py` with a database, started and ended at will."""

    def __init__(self, folder, *options):
        self.folder, self.port, self.options = folder, free_port(), options
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self):
        command = [sys.executable, "app.py", "--port", str(self.port), "--workers", "1", "--data", str(self.folder)]
        command += ["--experiments", str(self.folder / "experiments"), *self.options]
        self.process = ServerProcess(command, self.url, self.folder / "server.log")
        self.process.wait_ready()

    def give(self, packed, **headers):
        status, body, _ = post(self.url + DATA, packed, Content_Type=PACKED, **headers)
        return status, body

    def has(self, packed):
        request = f"{self.url}{DATA}/{address_of(packed)}"
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                assert answer.read() == packed
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code


@pytest.fixture
def own_server(tmp_path, database_url):
    made = Server(tmp_path, "--database", database_url)
    made.start()
    yield made
    made.process.kill()


def test_a_server_that_is_killed_loses_nothing_that_it_acknowledged(own_server):
    acknowledged = []

    def keep_giving(student):
        number = 0
        while True:
            packed = points(500 * student + number)
            try:
                status, _ = own_server.give(packed, Cookie=f"playlab_browser=student-{student}")
            except (OSError, http.client.HTTPException):  # it was killed
                return
            if status == 201:
                acknowledged.append(packed)
            if len(acknowledged) == 60:
                os.kill(own_server.process.process.pid, signal.SIGKILL)
            number += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(keep_giving, range(8)))
    own_server.process.kill()
    assert len(acknowledged) >= 60
    own_server.start()
    kept = [own_server.has(packed) for packed in acknowledged]
    assert kept == [200] * len(acknowledged)


def test_foreign_pages_give_nothing(server):
    status, body, _ = post(server + DATA, points(), Content_Type=PACKED, Origin="http://evil.example")
    assert (status, '"origin"' in body) == (403, True)
    assert get(f"{server}{DATA}/{address_of(points())}")[0] == 404


def test_a_restart_of_postgresql_heals_under_a_server_whose_playground_goes_on(tmp_path, postgresql):
    made = Server(tmp_path, "--database", postgresql.new_database())
    made.start()
    try:
        assert made.give(points())[0] == 201
        postgresql.end()
        try:
            status, body = made.give(points(1))
            assert (status, "database-gone" in body) == (503, True)
            assert made.has(points()) == 503
            assert get(f"{made.url}/healthz")[0] == 200
            assert get(made.url)[0] == 200
        finally:
            postgresql.start()
        assert made.has(points()) == 200
        assert made.give(points(1))[0] == 201
    finally:
        made.process.kill()
    assert "a-secret-word" not in made.process.log.read_text()


def test_while_postgresql_is_silent_only_who_needs_it_waits_and_that_for_seconds(tmp_path, postgresql):
    made = Server(tmp_path, "--database", postgresql.new_database())
    made.start()
    packed = points(4, count=200)
    reader, player = (socketio.Client(reconnection=False) for _ in range(2))

    def ask(client, command, **arguments):
        return client.call(command, arguments, namespace="/playground", timeout=5)  # as long as a page waits

    try:
        assert made.give(packed)[0] == 201
        for client in (reader, player):
            client.connect(made.url, namespaces=["/playground"], transports=["websocket"], wait_timeout=20)
            assert ask(client, "open", protocol=PROTOCOL, link="seed=0.3")["ok"]
        with postgresql.stopped(), ThreadPoolExecutor(20) as pool:
            own = f"dataset=own&ownData={address_of(packed)}"
            looked_up = [pool.submit(ask, reader, "configure", link=own)]
            looked_up += [pool.submit(made.has, packed) for _ in range(10)]
            took = {"play": [], "page": [], "own points": []}
            while not all(one.done() for one in looked_up):
                for what, do in {
                    "play": lambda: ask(player, "play")["ok"],
                    "page": lambda: get(f"{made.url}/healthz")[0] == 200 and get(made.url)[0] == 200,
                    # few enough to stand in the link itself
                    "own points": lambda: ask(player, "configure", config={"dataset": "own", "ownData": FEW})["ok"],
                }.items():
                    began = time.monotonic()
                    assert do(), what
                    took[what].append(time.monotonic() - began)
            told = looked_up[0].result()
            assert {one.result() for one in looked_up[1:]} == {503}
        # What the database does not find is as little there as what is read: the link is taken without it.
        assert told["ok"], told
        assert [(one["field"], one["code"]) for one in told["warnings"]] == [("ownData", "database-gone")]
        for what, seconds in took.items():
            assert statistics.median(seconds) < 0.3, what
        assert made.has(packed) == 200
        assert ask(reader, "configure", link=own)["warnings"] == []
    finally:
        for client in (reader, player):
            client.disconnect()
        made.process.kill()


def started(*options, environment=None):
    command = [sys.executable, "app.py", "--port", str(free_port()), "--workers", "1", *options]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, env={**os.environ, **(environment or {})}
    )
    return done.returncode, done.stderr


def test_a_database_that_cannot_be_is_one_line_at_the_start(tmp_path):
    folder = ["--experiments", str(tmp_path)]
    (tmp_path / "letter.db").write_text("a letter\n" * 1000)
    for url, said in {
        f"sqlite:///{tmp_path}/letter.db": f"app.py: --database: {tmp_path}/letter.db: the database is damaged",
        "postgresql://me:secret@127.0.0.1:1/db": "app.py: --database: postgresql://127.0.0.1:1/db: the database",
    }.items():
        status, error = started(*folder, environment={"PLAYLAB_DATABASE": url})
        assert status == 2, error
        assert error.splitlines()[-1].startswith(said)
        assert "secret" not in error


def test_with_a_full_disk_a_server_starts_and_stores_when_there_is_room(tmp_path, monkeypatch):
    def refuse(self):
        raise DatabaseError("database-full", "no room")

    monkeypatch.setattr(Database, "open", refuse)
    made = application.create_app({"WORKERS": 0, "EXPERIMENTS_DIR": str(tmp_path), "DATA_DIR": str(tmp_path)})
    try:
        client = made.test_client()
        assert client.get("/").status_code == 200
        assert (give(client, points()).status_code, give(client, points()).json["code"]) == (507, "database-full")
        monkeypatch.undo()
        assert give(client, points()).status_code == 201
    finally:
        made.extensions["close"]()


def test_points_that_a_pin_names_are_kept_though_nobody_uses_them(tmp_path):
    made = application.create_app({"WORKERS": 0, "EXPERIMENTS_DIR": str(tmp_path), "DATA_DIR": str(tmp_path)})
    try:
        client, sets = made.test_client(), made.extensions["playground"].sets
        pinned, other = (give(client, points(number)).json["address"] for number in range(2))
        one = msgspec.structs.replace(pin(), place=f"/#dataset=own&ownData={pinned}&epoch=1")
        assert client.post("/api/notebook/pins", json={"pin": msgspec.to_builtins(one)}).status_code == 201
        assert sets.forget(-1) == 1  # all that were used before tomorrow
        assert sets.there([pinned, other]) == {pinned}
    finally:
        made.extensions["close"]()


def test_drawn_points_that_a_locked_database_does_not_take_are_told_and_kept_when_it_can(tmp_path):
    made = Server(tmp_path)
    made.start()
    client = socketio.Client(reconnection=False)
    try:
        client.connect(made.url, namespaces=["/playground"], transports=["websocket"], wait_timeout=20)

        def ask(command, **arguments):
            return client.call(command, arguments, namespace="/playground", timeout=4.5)  # a page waits 5 seconds

        assert ask("open", protocol=PROTOCOL, link="seed=0.3")["ok"]
        packed = points(3, count=200)
        with contextlib.closing(sqlite3.connect(next(tmp_path.rglob("playlab.db")))) as other:
            other.execute("BEGIN IMMEDIATE")
            text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
            reply = ask("configure", config={"dataset": "own", "ownData": text})
            assert (reply["ok"], reply["unkept"]["code"]) == (True, "database-locked"), reply
            assert made.has(packed) == 404
        wait_until(lambda: made.has(packed) == 200, 30)
        assert "unkept" not in ask("configure", config={"noise": 5})
    finally:
        client.disconnect()
        made.process.kill()
