"""Whole servers with notebooks: killed in the middle, backed up, over a PostgreSQL that restarts."""

import http.client
import json
import os
import signal
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from db.__main__ import main as db_main
from support.long import examples
from support.notebooks import pin
from support.processes import ServerProcess, free_port, wait_until
from support.web_clients import get

API = "/api/notebook"
STUDENTS = 40


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


class Student:
    """A page of one browser: it types and pins until the server is gone, and knows what was acknowledged."""

    def __init__(self, server, number):
        self.server, self.number = server, number
        self.cookie = {"Cookie": f"playlab_browser=student-{number}"}
        self.texts, self.pins = {}, set()
        self.notebook = None

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            headers = {**self.cookie, **({"Content-Type": "application/json"} if body is not None else {})}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def begin(self):
        def is_made():
            status, made = self.ask("POST", f"{API}/notebooks", {"template": "empty", "language": "zh"})
            self.notebook = made.get("id")
            return status == 201

        wait_until(is_made, 60, "a notebook")  # a busy disk may keep a class waiting

    def work(self, heard):
        """heard: is told of each acknowledgement."""
        number = 0
        try:
            while True:
                self.type(f"cell-{number % 5:04}", f"{self.number}: {number}", heard)
                if number % 5 == 4:
                    self.pin(number, heard)
                number += 1
        except (OSError, http.client.HTTPException, ValueError):  # it was killed
            return

    def type(self, name, words, heard):
        _, base, place = self.texts.get(name, ("", 0, "V"))
        change = {"id": name, "base": base, "place": place, "cell": {"type": "text", "text": words}}
        status, told = self.ask("POST", f"{API}/notebooks/{self.notebook}/changes", {"changes": [change]})
        if status == 200:
            (state,) = told["cells"]
            self.texts[name] = (words, state["version"], place)
            heard()

    def pin(self, number, heard):
        status, _ = self.ask("POST", f"{API}/pins", {"pin": msgspec.to_builtins(pin(number)), "note": "Seen"})
        if status == 201:
            self.pins.add(pin(number).id)
            heard()

    def picture(self):
        request = urllib.request.Request(f"{self.server.url}{API}/pins/{pin(0).id}/picture.png", headers=self.cookie)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def check(self):
        status, read = self.ask("GET", f"{API}/notebooks/{self.notebook}")
        assert status == 200, read
        texts = {cell["id"]: cell["cell"]["text"] for cell in read["cells"] if cell["cell"]["type"] == "text"}
        for name, (words, _, _) in self.texts.items():
            # A change that was not acknowledged may be there too: it is the next one.
            assert texts[name] == words or int(texts[name].split()[1]) > int(words.split()[1])
        assert self.pins <= read["pins"].keys()
        assert len(texts) <= 5


@pytest.fixture
def server(tmp_path, request):
    made = Server(tmp_path, *getattr(request, "param", []))
    made.start()
    yield made
    made.process.kill()


def test_a_server_that_is_killed_while_a_class_types_and_pins_loses_nothing_that_it_acknowledged(
    tmp_path, database_url
):
    server = Server(tmp_path, "--database", database_url)
    server.start()
    try:
        students = [Student(server, number) for number in range(STUDENTS)]
        wanted, acknowledged = examples(4 * STUDENTS, of=40 * STUDENTS), []
        with ThreadPoolExecutor(STUDENTS) as pool:
            list(pool.map(Student.begin, students))

            def heard():
                acknowledged.append(1)
                if len(acknowledged) == wanted:
                    os.kill(server.process.process.pid, signal.SIGKILL)

            list(pool.map(lambda student: student.work(heard), students))
        server.process.kill()
        assert len(acknowledged) >= wanted
        server.start()
        for student in students:
            student.check()
    finally:
        server.process.kill()


def test_a_backup_has_the_notebooks_and_restores_them_under_a_server(server, tmp_path):
    student = Student(server, 1)
    student.begin()
    student.type("cell-0000", "1: 0", lambda: None)
    student.pin(0, lambda: None)
    picture = student.picture()
    assert picture.startswith(b"\x89PNG")
    options = ["--experiments", str(tmp_path / "experiments")]
    assert db_main(["backup", str(tmp_path / "backup.db"), *options]) == 0
    _, read = student.ask("GET", f"{API}/notebooks/{student.notebook}")
    student.ask("DELETE", f"{API}/notebooks/{student.notebook}")
    assert db_main(["restore", str(tmp_path / "backup.db"), *options]) == 0
    _, again = student.ask("GET", f"{API}/notebooks/{student.notebook}")
    assert (again["cells"], again["pins"]) == (read["cells"], read["pins"])
    assert student.picture() == picture
    student.type("cell-0000", "1: 1", lambda: None)
    student.check()


def test_a_restart_of_postgresql_heals_and_what_was_refused_is_sent_again(tmp_path, postgresql):
    server = Server(tmp_path, "--database", postgresql.new_database())
    server.start()
    try:
        student = Student(server, 1)
        student.begin()
        student.type("cell-0000", "1: 0", lambda: None)
        postgresql.end()
        try:
            change = {"id": "cell-0001", "base": 0, "place": "V", "cell": {"type": "text", "text": "1: 1"}}
            where = f"{API}/notebooks/{student.notebook}/changes"
            status, said = student.ask("POST", where, {"changes": [change]})
            assert (status, said["code"]) == (503, "database-gone")
            assert get(server.url)[0] == 200
        finally:
            postgresql.start()
        student.type("cell-0001", "1: 1", lambda: None)
        student.check()
    finally:
        server.process.kill()


def test_a_picture_of_ten_megabytes_gets_through_and_a_larger_body_does_not(server):
    student = Student(server, 1)
    student.begin()
    for path, size, status in (
        (f"{API}/notebooks/{student.notebook}/pictures", 10 * 2**20, 422),  # it is read, and is no picture
        (f"{API}/notebooks/{student.notebook}/pictures", 10 * 2**20 + 1, 413),
        (f"{API}/notebooks/{student.notebook}/changes", 2 * 2**20, 413),
        ("/api/playground/data", 2 * 2**20, 413),
    ):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        try:
            connection.request("POST", path, bytes(size), {**student.cookie, "Content-Type": "image/png"})
            assert connection.getresponse().status == status, path
        except (BrokenPipeError, ConnectionResetError):  # it was not waited for
            assert status == 413
        finally:
            connection.close()
