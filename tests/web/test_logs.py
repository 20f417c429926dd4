"""Log lines: one an event, as text or JSON, and no secret in any."""

import contextlib
import json
import logging
import os
import signal
import sys
import time
import warnings
from collections import Counter
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.long import parametrize
from support.processes import ServerProcess, free_port, wait_until
from support.web_clients import SECONDS, Client, get, open_websocket, playground_workers, web_process
from web import logs
from web.refusals import Refusals


@pytest.fixture
def log(capfd):
    """What was logged since, in a form."""
    root = logging.getLogger()
    before = root.handlers[:], root.level

    def set_up(form):
        logs.set_up(form)
        written = logging.getLogger().handlers[0]

        def read():
            written.flush()
            return capfd.readouterr().err.splitlines()

        return read

    yield set_up
    root.handlers, root.level = before
    logging.captureWarnings(False)


def test_text_is_one_readable_line(log):
    read = log("text")
    logging.getLogger("x").info("session opened", extra={"session": "3f0c", "browser": None, "text": 'two "words"'})
    (line,) = read()
    assert line.split(" ", 1)[1] == 'INFO session opened session=3f0c text="two \\"words\\""'


@pytest.mark.parametrize("form", logs.FORMATS)
def test_a_warning_of_python_is_a_line_like_others(log, form):
    read = log(form)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("odd", stacklevel=1)
    (line,) = read()
    assert "odd" in line
    assert json.loads(line)["level"] == "warning" if form == "json" else " WARNING " in line


def test_json_is_one_object_a_line(log):
    read = log("json")
    logging.getLogger("x").info("session opened", extra={"session": "3f0c", "worker": 2})
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("x").exception("failed: %s", "why")
    first, second = map(json.loads, read())
    assert first.pop("time").endswith("+00:00")
    assert first == {"level": "info", "logger": "x", "event": "session opened", "session": "3f0c", "worker": 2}
    assert second["event"] == "failed: why"
    assert second["error"].startswith("Traceback")


@pytest.mark.parametrize("form", logs.FORMATS)
def test_what_a_client_sends_cannot_make_a_line_of_its_own(log, form):
    read = log(form)
    logging.getLogger("x").warning("refused\nINFO all is well", extra={"text": "evil\nINFO all is well"})
    assert len(read()) == 1
    logging.getLogger("y").error("Invalid session \r\x1b[31mFAKE")  # a library's, which has it in the message
    (line,) = read()
    assert "\r" not in line
    assert "\x1b" not in line


def test_a_flood_of_refusals_is_counted_and_logged_once_a_second(log, monkeypatch):
    now = 0.0
    monkeypatch.setattr("web.logs.time", SimpleNamespace(monotonic=lambda: now))
    read, refusals = log("json"), Refusals()
    for _ in range(100):
        refusals.note("full")
    refusals.note("host")
    now = 1.0
    refusals.note("full")
    told = [(line["reason"], line.get("left_out", 0)) for line in map(json.loads, read())]
    assert told == [("full", 0), ("host", 0), ("full", 99)]
    assert refusals.counts == {"full": 101, "host": 1}


@given(st.lists(st.tuples(st.floats(0, 0.7), st.sampled_from(["opened", "ended"])), max_size=60))
def test_a_reason_has_one_line_a_second_and_none_is_lost_from_the_count(steps):
    thinned, now, passed, counted = logs.Thinned(), 0.0, {}, Counter()
    with patch("web.logs.time", SimpleNamespace(monotonic=lambda: now)):  # other threads keep their clock
        for seconds, what in [*steps, (2.0, "opened"), (0.0, "ended")]:
            now += seconds
            record = logging.makeLogRecord({"name": "x", "levelno": logging.INFO, "msg": what})
            if thinned.filter(record):
                assert now - passed.get(what, -1.0) >= 1
                passed[what] = now
                counted[what] += 1 + getattr(record, "left_out", 0)
    assert counted == Counter(what for _, what in steps) + Counter(["opened", "ended"])


@parametrize("form", logs.FORMATS, short=1)
def test_how_many_were_left_out_of_a_burst_is_said_soon_though_nothing_follows(form):
    ours, pipe = os.pipe()
    thinned = logs.Thinned()
    handler = logs.Lines(pipe, thinned.late)
    handler.setFormatter({"text": logs._Text, "json": logs._Json}[form]())
    handler.addFilter(thinned)
    logger, began = logging.Logger("x"), time.monotonic()
    logger.addHandler(handler)
    for number in range(100):
        logger.warning("refused", extra={"reason": "full", "number": number})
    with os.fdopen(ours) as lines:
        first, second = lines.readline(), lines.readline()
    assert time.monotonic() - began < 8
    assert "left_out" not in first
    assert ("left_out=98" in second) or json.loads(second)["left_out"] == 98
    assert ("number=99" in second) or json.loads(second)["number"] == 99
    os.close(pipe)


def test_a_line_that_was_held_back_has_the_time_at_which_it_is_given_out():
    """So that lines stand in the order of their times."""
    thinned = logs.Thinned()
    for number in range(3):
        about = {"name": "x", "levelno": logging.INFO, "msg": "opened", "created": float(number), "msecs": 0.0}
        thinned.filter(logging.makeLogRecord(about))
    before = time.time()
    (late,) = thinned.late(0)
    assert before <= late.created <= time.time()
    assert late.msecs == pytest.approx(late.created % 1 * 1000, abs=1)


def test_how_many_were_left_out_is_said_at_the_end_of_the_process(log):
    read = log("json")
    for _ in range(10):
        logging.getLogger("x").info("opened")
    first, last = map(json.loads, read())
    assert (first.get("left_out"), last["left_out"]) == (None, 8)


def test_who_logs_never_waits_and_what_is_lost_is_counted():
    ours, pipe = os.pipe()
    handler = logs.Lines(pipe)
    logger = logging.Logger("x")
    logger.addHandler(handler)
    for number in range(5000):
        logger.warning("%s %s", number, 100 * "x")
    assert handler.lost > 3000
    read = []
    with os.fdopen(ours) as lines:
        while not (line := lines.readline()).startswith("log lines lost"):
            read.append(int(line.split()[0]))
    assert read == sorted(set(read))
    assert len(read) == 5000 - handler.lost
    before = handler.lost
    logger.warning("nobody is there to read it now")
    handler.flush()
    assert handler.lost == before + 1
    os.close(pipe)


# --- a real server ----------------------------------------------------------------------------------------------------


def events(server):
    lines = [line for line in server.log.read_text().splitlines() if line.startswith("{")]
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def server(start):
    return start("--log", "json", "--teacher", "chalk-and-talk")


def test_a_session_and_a_worker_have_their_lines_and_secrets_have_none(server):
    student = Client(server.url, cookie="a-secret-cookie")
    token = student.call("open")["session"]
    student.call("open", session=token)
    playground_workers(web_process(server))[0].kill()
    wait_until(lambda: any(event["event"] == "worker restarted" for event in events(server)), SECONDS, "the restart")
    student.call("close")
    assert get(server.url, Host="evil.example")[0] == 403
    get(f"{server.url}/metrics")
    student.close()

    by_name = {event["event"]: event for event in events(server)}
    assert {"session opened", "session resumed", "session ended", "worker died", "worker restarted", "refused"} <= {
        *by_name
    }
    opened = by_name["session opened"]
    assert len(opened["session"]) == 8
    assert len(opened["browser"]) == 16
    assert opened["session"] == by_name["session resumed"]["session"] == by_name["session ended"]["session"]
    assert by_name["worker died"]["status"] == -signal.SIGKILL
    assert by_name["refused"]["reason"] == "host"
    told = "\n".join(line for line in server.log.read_text().splitlines() if line.startswith("{"))
    told += get(f"{server.url}/metrics")[1]
    for secret in (token, "a-secret-cookie", "chalk-and-talk"):
        assert secret not in told
    plain = [line for line in server.log.read_text().splitlines() if not line.startswith("{")]
    assert [line.split(" ")[0] for line in plain] == ["Playlab", "The"]  # its address and the teacher's token


def test_a_connection_that_ends_oddly_leaves_no_traceback(server):
    connection = open_websocket(server.url)
    connection.sock.close()
    get(server.url)
    assert "Traceback" not in server.log.read_text()


def test_a_log_that_nobody_reads_stops_neither_a_player_nor_the_end(tmp_path):
    pipe = tmp_path / "log"
    os.mkfifo(pipe)
    ours = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    port = free_port()
    command = [sys.executable, "app.py", "--port", str(port), "--workers", "1", "--data", str(tmp_path / "data"),
               "--experiments", str(tmp_path / "experiments")]  # fmt: skip
    server = ServerProcess(command, f"http://127.0.0.1:{port}", pipe)
    try:
        server.wait_ready()
        fill = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        with contextlib.suppress(BlockingIOError):
            while os.write(fill, b"x"):
                pass
        for number in range(3):
            student = Client(server.url, cookie=f"student-{number}-of-the-class")
            student.call("open")
            student.call("close")
            student.close()
        assert get(server.url)[0] == 200
    finally:
        server.stop()
        os.close(ours)
        os.close(fill)
