"""What goes wrong in a class: killed processes, a clock that jumps, a training that diverges. Nothing stays stuck.

A killed trainer and a full disk are in tests/lenet; the page's side of it is in tests/browser/test_connection.py.
"""

import ast
import os
import signal
import sys
from urllib.parse import urlsplit

import psutil
import pytest

from processes import ROOT, ServerProcess, free_port, processes_of_group, wait_until
from web_clients import SECONDS, Client, metric, see_frames, web_process

STUDENTS = 3


@pytest.fixture
def in_class():
    """Students who train on a server; their connections are closed after the test."""
    made = []

    def join(server, tokens=(None,) * STUDENTS):
        students = []
        for number, token in enumerate(tokens):
            students.append(Client(server.url, cookie=f"student-{number}", reading=True))
            made.append(students[-1])
            students[-1].opened = students[-1].call("open", session=token, link=f"seed=0.{number + 1}&networkShape=3")
            assert students[-1].opened["ok"]
        for student in students:
            assert student.call("play")["ok"]
        see_frames(students, 2)
        return students

    yield join
    for student in made:
        student.close()


def test_a_killed_server_leaves_nothing_behind_and_the_class_comes_back_to_the_next(start, in_class):
    server = start()
    students = in_class(server)
    web, leader = web_process(server), psutil.Process(server.process.pid)
    for process in (leader, web):  # both at once: as when the memory runs out, or the power
        process.kill()
    server.process.wait()
    wait_until(lambda: all(student.ended for student in students), SECONDS, "every student notices")
    wait_until(lambda: not processes_of_group(server.process.pid), SECONDS, "the end of its workers")

    again = start(port=urlsplit(server.url).port)
    back = in_class(again, [student.opened["session"] for student in students])
    for number, student in enumerate(back):
        assert student.opened["resumed"] is False  # told so: the page then says that it began anew
        assert student.opened["config"]["seed"] == f"0.{number + 1}"
        assert student.opened["config"]["networkShape"] == [3]


def test_a_killed_web_process_is_replaced_and_the_class_comes_back(start, in_class):
    server = start()
    students = in_class(server)
    web = web_process(server)
    workers = web.children(recursive=True)
    web.kill()
    wait_until(lambda: not any(worker.is_running() for worker in workers), SECONDS, "the end of its workers")
    wait_until(lambda: metric_or_none(server.url) == 1, 30, "another, with its worker")
    in_class(server, [student.opened["session"] for student in students])


def metric_or_none(url):
    try:
        return metric(url, 'playlab_worker_ready{worker="0"}')
    except OSError:
        return None


def test_a_killed_worker_is_replaced_and_every_training_goes_on(own, web, in_class):
    students = in_class(own)
    workers = web.children()
    threads = web.num_threads()
    os.kill(workers[0].pid, signal.SIGKILL)
    for student in students:
        student.until(lambda student=student: any(
            name == "status" and status["reason"] == "worker_restarted" and status["ready"]
            for name, status in student.events))  # fmt: skip
    see_frames(students, 3)
    assert len(web.children()) == len(workers)
    assert not workers[0].is_running()
    assert web.num_threads() <= threads + 2  # one that sends a ping may be on its way


def test_after_a_divergence_reset_trains_again_and_nobody_else_notices(own, in_class):
    calm, *_ = in_class(own)
    wild = Client(own.url, reading=True)
    wild.call("open", link="problem=regression&activation=relu&learningRate=10&networkShape=8,8&seed=0.31415")
    assert wild.call("play")["ok"]
    wild.until(lambda: any(name == "status" and status["reason"] == "diverged" for name, status in wild.events))
    refused = wild.call("play")
    assert refused["ok"] is False
    assert "diverged" in refused["error"]
    assert wild.call("configure", config={"learningRate": 0.01})["ok"]
    assert wild.call("reset")["ok"]
    assert wild.call("play")["ok"]
    wild.see_frames(5)
    calm.see_frames(2)
    wild.close()


# --- clocks -----------------------------------------------------------------------------------------------------------

# A server whose wall clock shows the hours that a file says more than there are.
JUMPING = """
import runpy, sys, time
from pathlib import Path
hours, real = Path(sys.argv.pop(1)), time.time
time.time = lambda: real() + 3600 * float(hours.read_text())
sys.argv[0] = "app.py"
sys.path.insert(0, "")
runpy.run_path("app.py", run_name="__main__")
"""


@pytest.fixture
def jumping(tmp_path):
    hours = tmp_path / "hours"
    hours.write_text("0")
    port = free_port()
    command = [sys.executable, "-c", JUMPING, str(hours), "--port", str(port), "--workers", "1"]
    server = ServerProcess(
        [*command, "--experiments", str(tmp_path / "runs")], f"http://127.0.0.1:{port}", tmp_path / "log"
    )
    server.wait_ready()

    def jump(to):
        (tmp_path / "next").write_text(to)
        (tmp_path / "next").replace(hours)

    yield server, jump
    server.stop()


@pytest.mark.parametrize("to", ["5", "-5"], ids=["forward", "back"])
def test_a_clock_that_jumps_disturbs_nobody(jumping, in_class, to):
    server, jump = jumping
    students = in_class(server)
    jump(to)
    see_frames(students, 60)  # two seconds' worth
    for student in students:
        assert student.call("pause")["ok"]
    in_class(server)
    assert metric(server.url, 'playlab_sessions{state="left"}') == 0


def test_durations_are_taken_from_clocks_that_cannot_jump():
    """The wall clock tells when something was made, and nothing else."""
    found = set()
    for path in [
        ROOT / "app.py",
        *(path for package in ("core", "web", "playground", "lenet") for path in (ROOT / package).glob("*.py")),
    ]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "time.time",
                "datetime.now",
                "datetime.utcnow",
            ):
                found.add(f"{path.parent.name}/{path.name}")
            if isinstance(node, ast.ImportFrom) and node.module == "time":
                assert "time" not in {alias.name for alias in node.names}, path
    assert found <= {"lenet/runs.py", "lenet/train.py"}  # `created`
