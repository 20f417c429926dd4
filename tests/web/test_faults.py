"""What goes wrong in a class: killed processes, a clock that jumps, a training that diverges. Nothing stays stuck.

A killed trainer and a full disk are in tests/lenet; the page's side is in tests/browser/playground/test_connection.py.
"""

import ast
import contextlib
import signal
import statistics
import sys
import threading
import time
from collections import defaultdict
from urllib.parse import urlsplit

import psutil
import pytest

from support.processes import ROOT, ServerProcess, free_port, processes_of_group, wait_until
from support.web_clients import SECONDS, Client, get, metric, playground_workers, see_frames, web_process

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


def ask_for(seconds, server, students):
    """Asks for everything again and again. Returns how long each took, and how many frames a second a student saw."""
    took, before, begun = defaultdict(list), [student.frames for student in students], time.monotonic()
    while time.monotonic() < begun + seconds:
        for path in ("/", "/lenet", "/api/lenet/runs", "/metrics"):
            asked = time.monotonic()
            assert get(server.url + path)[0] == 200
            took[path].append(time.monotonic() - asked)
        newcomer, asked = Client(server.url, cookie=f"newcomer-{asked}"), time.monotonic()
        newcomer.call("open")
        took["open"].append(time.monotonic() - asked)
        newcomer.call("close")
        newcomer.close()
        see_frames(students, 2)  # a class does not ask without a pause
    passed = time.monotonic() - begun
    return took, [(student.frames - seen) / passed for student, seen in zip(students, before, strict=True)]


@pytest.mark.long(
    "tests/lenet/queue/test_silence.py::test_while_redis_is_silent_reading_is_quick_and_changing_is_refused_within_seconds"
)
def test_a_silent_redis_delays_neither_pages_nor_newcomers_nor_players(start, redis, in_class):
    server = start("--redis", redis.url)
    students = in_class(server)
    usual, before = ask_for(5, server, students)
    redis.process.send_signal(signal.SIGSTOP)
    try:
        took, meanwhile = ask_for(30, server, students)  # longer than whoever waits for Redis waits
    finally:
        redis.process.send_signal(signal.SIGCONT)
    for what, seconds in took.items():
        # A busy machine takes its time for each: what Redis adds is meant.
        assert statistics.median(seconds) < max(0.1, 1.5 * statistics.median(usual[what])), what
        assert max(seconds) < 3, what
    assert min(meanwhile) > 0.5 * min(before)


def metric_or_none(url):
    try:
        return metric(url, 'playlab_worker_ready{worker="0"}')
    except OSError:
        return None


@pytest.mark.long("tests/browser/playground/test_connection.py::test_a_training_goes_on_after_its_worker_was_killed")
def test_a_killed_worker_is_replaced_and_every_training_goes_on(own, web, in_class):
    students = in_class(own)
    workers, children = playground_workers(web), len(web.children())
    threads = web.num_threads()
    workers[0].kill()
    for student in students:
        student.until(lambda student=student: any(
            name == "status" and status["reason"] == "worker_restarted" and status["ready"]
            for name, status in student.events))  # fmt: skip
    see_frames(students, 3)
    assert len(web.children()) == children
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


# --- a worker that is stopped, floods --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A server with two workers, both ready."""
    folder, port = tmp_path_factory.mktemp("two"), free_port()
    command = [sys.executable, "app.py", "--port", str(port), "--workers", "2", "--experiments", str(folder / "runs")]
    server = ServerProcess(command, f"http://127.0.0.1:{port}", folder / "log")
    server.wait_ready()
    wait_until(lambda: both_ready(server), 90, "both workers")
    yield server
    server.stop()


def both_ready(server):
    return all(metric(server.url, f'playlab_worker_ready{{worker="{number}"}}') == 1 for number in (0, 1))


def restarts(server):
    return sum(metric(server.url, f'playlab_worker_restarts_total{{worker="{number}"}}') for number in (0, 1))


@pytest.mark.long("tests/playground/serving/test_workers.py::test_a_stopped_worker_delays_nobody_else")
def test_a_stopped_worker_under_traffic_harms_nobody_else_and_is_replaced(two, in_class):
    students = in_class(two)
    first = playground_workers(web_process(two))
    held = first[0]
    held.suspend()
    try:
        slowest = 0.0
        for number in range(20):
            for student in students:  # the pipe of the held one's worker fills
                for noise in range(10):
                    student.send("configure", config={"noise": noise, "seed": f"0.{number}"})
            began = time.monotonic()
            assert restarts(two) == 0
            newcomer = Client(two.url, cookie="a-newcomer")
            assert newcomer.call("open")["ok"]
            newcomer.close()
            slowest = max(slowest, time.monotonic() - began)
        assert slowest < 3
        wait_until(lambda: restarts(two) == 1, 30, "another in its place")
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            held.resume()
    wait_until(lambda: both_ready(two), 90, "it is ready")
    for student in students:
        assert student.call("play")["ok"]
    see_frames(students, 5)


@pytest.mark.long("tests/web/test_server.py::test_a_server_that_was_stopped_goes_on_where_it_was")
def test_everything_stopped_for_a_while_goes_on_where_it_was(two, in_class):
    """A paused container. The workers' beats do not count what the web process did not live through."""
    students = in_class(two)
    web, workers = web_process(two), playground_workers(web_process(two))
    processes = [*workers, web]
    for process in processes:
        process.suspend()
    threading.Event().wait(3)  # stopped for a while is the condition itself
    for process in processes:
        process.resume()
    see_frames(students, 10)
    assert {one.pid for one in playground_workers(web_process(two))} == {one.pid for one in workers}


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


def test_a_clock_that_jumps_forward_and_back_disturbs_nobody(jumping, in_class):
    server, jump = jumping
    students = in_class(server)
    for to in ("5", "-5"):
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
        *(
            path
            for package in ("core", "db", "web", "playground", "lenet", "notebook")
            for path in (ROOT / package).rglob("*.py")
        ),
    ]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "time.time",
                "datetime.now",
                "datetime.utcnow",
            ):
                found.add(path.relative_to(ROOT).as_posix())
            if isinstance(node, ast.ImportFrom) and node.module == "time":
                assert "time" not in {alias.name for alias in node.names}, path
    # `created`; the date of a report; and a time that engineio keeps
    assert found <= {"lenet/runs/registry.py", "lenet/training/trainer.py", "notebook/reports.py", "web/engine.py"}
