"""The server itself: slow, silent and malformed clients, few files, signals, a process that was stopped."""

import contextlib
import errno
import http.client
import io
import json
import os
import re
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from urllib.parse import urlsplit

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import threads
from support.long import parametrize
from support.processes import ROOT, ServerProcess, free_port, wait_until
from support.web_clients import SECONDS, Client, get, metric, raw_connection, start_with_files, web_process
from web import server as module
from web.limits import MAX_BODY, THREADS

HEADERS = b"POST /api/lenet/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture
def opened():
    made = []
    yield made
    for one in made:
        one.close()


def seconds_to_page(server):
    started = time.monotonic()
    assert get(f"{server.url}/lenet")[0] == 200
    return time.monotonic() - started


def seconds_to_page_for_a_browser(server):
    """It asks again where its connection, of which nothing was heard yet, had to make room."""
    started = time.monotonic()
    while True:
        with contextlib.suppress(ConnectionResetError):
            seconds_to_page(server)
            return time.monotonic() - started


def exchange(server, sent, seconds=SECONDS):
    """What the server answers to raw bytes, until it ends the connection."""
    connection, answer = raw_connection(server.url), b""
    connection.settimeout(seconds)
    with contextlib.suppress(OSError), connection:
        connection.sendall(sent)
        while data := connection.recv(65536):
            answer += data
    return answer


# --- every phase of a request has a deadline, and only a whole one has a thread ---------------------------------------


SILENT_AFTER = {
    "nothing": b"",
    "half a head": b"POST / HTTP/1.1\r\nHost: local",
    "a byte of its body": HEADERS + b"Content-Length: 1000\r\n\r\n{",
    "half a chunk": HEADERS + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
}


@parametrize("phases", [["half a head", "half a chunk"], [*SILENT_AFTER]], short=1, ids=["two", "all"])
def test_more_silent_clients_than_threads_delay_no_page_and_are_ended(own, opened, phases):
    left = {}
    for what in phases:
        crowd = []
        for _ in range(THREADS + 100):
            crowd.append(raw_connection(own.url))
            opened.append(crowd[-1])
            crowd[-1].sendall(SILENT_AFTER[what])
        assert min(seconds_to_page(own) for _ in range(3)) < 1, what
        left[what] = crowd.pop()
        for one in crowd:  # or the next crowd would find no room
            one.close()
    for what, one in left.items():
        one.settimeout(30)
        assert one.recv(1000) == b"", what


def test_a_request_that_drips_is_ended(own):
    connection, started = raw_connection(own.url), time.monotonic()
    with connection, contextlib.suppress(OSError):
        while time.monotonic() - started < 15:
            connection.sendall(b"G")
            connection.settimeout(0.2)
            with contextlib.suppress(TimeoutError):
                if connection.recv(1) == b"":
                    break
    assert time.monotonic() - started < 9


@parametrize("sent", [b"\r\n\r\n", b"\r\n", b"\r\n\r\n\r\n"], ids=["empty", "a line", "empty and more"], short=1)
@pytest.mark.parametrize("first", [b"", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"], ids=["new", "after one"])
def test_who_sends_empty_requests_is_ended_too(own, first, sent):
    """They are none, so with them no new time begins."""
    connection, started = raw_connection(own.url), time.monotonic()
    with connection, contextlib.suppress(OSError):
        connection.sendall(first)
        while time.monotonic() - started < 15:
            connection.sendall(sent)
            connection.settimeout(0.2)
            with contextlib.suppress(TimeoutError):
                if connection.recv(1000) == b"":
                    break
    assert time.monotonic() - started < 9


@pytest.mark.parametrize(
    ("sent", "status"),
    [(HEADERS + b"Content-Length: %d\r\n\r\n" % 2**30, b"413"), (HEADERS + b": x\r\n\r\n", b"400"),
     (HEADERS + b"X Y: z\r\n\r\n", b"400"), (HEADERS + b"X\0: y\r\n\r\n", b"400"),
     (HEADERS + b"a: b\r\n" * 20_000 + b"\r\n", b"431"), (b"GET /api/\xe9 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"400"),
     (b"GET http://localhost/api/lenet/runs HTTP/1.1\r\n: x\r\n\r\n", b"400"),
     (b"\r\nGET /api/lenet/runs HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"400"),
     (HEADERS + b"Transfer-Encoding: gzip\r\n\r\n", b"501"),
     (HEADERS + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"400")],
    ids=lambda sent: repr(sent[-20:]),
)  # fmt: skip
def test_what_the_server_itself_refuses_below_api_is_json(own, sent, status):
    answer = exchange(own, sent)
    assert answer.split(b" ")[1] == status
    assert b"\r\nContent-Type: application/json\r\n" in answer
    told = json.loads(answer.partition(b"\r\n\r\n")[2])
    codes = {b"400": "bad-request", b"413": "body-too-large"}
    assert told == {"code": codes.get(status, "http"), "field": None, "values": {}, "error": told["error"]}
    assert told["error"]


@pytest.mark.parametrize(
    "request_line", ["GET /", "GET /api/lenet/schema", "HEAD /static/css/base.css", "POST /nowhere"]
)
def test_who_expects_a_continue_and_sends_nothing_more_is_answered_at_once(own, request_line):
    with raw_connection(own.url) as connection:
        length = "Content-Length: 0\r\n" if request_line.startswith("POST") else ""
        head = f"{request_line} HTTP/1.1\r\nHost: localhost\r\n{length}Expect: 100-continue\r\n\r\n"
        connection.sendall(head.encode())
        connection.settimeout(3)
        assert connection.recv(12) in (b"HTTP/1.1 200", b"HTTP/1.1 404", b"HTTP/1.1 405")


@pytest.mark.parametrize(
    ("said", "status"),
    [(b"Content-Length: 99999999", 413), (b"Content-Length: %d" % (MAX_BODY + 1), 413), (b"Content-Length: x", 400),
     (b"Transfer-Encoding: gzip", 501)],
    ids=ascii,
)  # fmt: skip
def test_who_expects_a_continue_for_what_is_refused_by_its_head_is_told_so_instead(own, said, status):
    with raw_connection(own.url) as connection:
        connection.sendall(HEADERS + said + b"\r\nExpect: 100-continue\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 %d" % status


def test_a_chunk_that_is_too_large_is_413_before_it_comes(own):
    with raw_connection(own.url) as connection:
        head = b"POST /api/lenet/runs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head + b"f" * 20 + b"\r\nabc")
        connection.settimeout(3)
        assert connection.recv(12) == b"HTTP/1.1 413"


def test_a_body_that_is_too_large_is_413_whole_or_in_chunks(own):
    whole = HEADERS + b"Content-Length: %d\r\n\r\n" % (MAX_BODY + 100) + b"x" * 1000
    assert exchange(own, whole).startswith(b"HTTP/1.1 413")
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    assert exchange(own, HEADERS + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 20).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "sent",
    [b"\0\0\0\0\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", HEADERS + b"Content-Length: x\r\n\r\n",
     HEADERS + b"Content-Length: -1\r\n\r\n", HEADERS + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
     HEADERS + b"Transfer-Encoding: gzip\r\n\r\n", b"GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n",
     b"GET http://[v1.x/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
     HEADERS + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
     b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 20_000 + b"\r\n", b"GET http://[::1/ HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ids=lambda sent: repr(sent[-20:]),
)  # fmt: skip
def test_what_is_no_request_is_refused_and_no_error_of_ours(own, sent):
    size = own.log.stat().st_size
    answer = exchange(own, sent)
    assert answer[:12] in (b"HTTP/1.1 400", b"HTTP/1.0 400", b"HTTP/1.0 431", b"HTTP/1.1 501",
                                            b"HTTP/1.0 403", b"HTTP/1.1 403")  # fmt: skip
    assert b"Content-Security-Policy" in answer
    assert "Traceback" not in own.log.read_text()[size:]
    assert len(own.log.read_text()[size:].splitlines()) <= 2


@pytest.mark.parametrize("path", ["/", "/api/lenet/runs", "/api/lenet/schema", "/static/css/base.css", "/healthz"])
def test_who_wishes_for_a_websocket_elsewhere_gets_what_is_there(own, path):
    wish = b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    with raw_connection(own.url) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n".encode() + wish)
        assert connection.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize("name", ["If-Modified-Since", "If-Unmodified-Since", "If-Range"])
@pytest.mark.parametrize(
    "date", ["Mon, 99 Jan 99999999999 99:99:99 GMT", "Mon, 01 Jan 2020 00:00:00 +9999999999999999", "x"]
)
def test_an_impossible_date_is_no_error(own, name, date):
    headers = {name.replace("-", "_"): date, "Range": "bytes=0-1"}
    assert get(f"{own.url}/static/js/base/boot.js", **headers)[0] in (200, 206)


COOKIES = st.binary(max_size=40).map(lambda data: data.replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b""))


@given(cookie=COOKIES, path=st.sampled_from([b"/", b"/lenet", b"/api/lenet/runs", b"/nowhere", b"/metrics"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_cookie_makes_an_error(own, cookie, path):
    answer = exchange(
        own, b"GET " + path + b" HTTP/1.0\r\nHost: localhost\r\nCookie: playlab_browser=" + cookie + b"\r\n\r\n"
    )
    assert answer.split(b" ")[1] in (b"200", b"404", b"400")


@pytest.mark.parametrize("scheme", ["wss", "ws", "https", "HTTPS", "gopher", "", "https,http"])
def test_whatever_a_proxy_says_of_the_scheme_is_no_error(start, scheme):
    if "proxied" not in PROXIED:
        PROXIED["proxied"] = start("--proxies", "1", ready=False)
    status, _, answered = get(PROXIED["proxied"].url, X_Forwarded_Proto=scheme)
    assert status == 200
    assert ("Cross-Origin-Opener-Policy" in answered) == (scheme in ("wss", "https"))


PROXIED: dict[str, ServerProcess] = {}


# --- many who ask much, and take nothing ------------------------------------------------------------------------------


def longest_of_pages(server, count):
    return max(seconds_to_page(server) for _ in range(count))


def test_600_downloads_that_nobody_reads_delay_no_page(own, web, opened):
    for _ in range(600):
        opened.append(raw_connection(own.url, receive_buffer=4096))
    memory = web.memory_full_info().uss
    for one in opened:
        one.sendall(b"GET /static/vendor/plotly.min.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert longest_of_pages(own, 5) < 4  # 0.4 on a quiet machine
    assert web.memory_full_info().uss - memory < 60 * 2**20
    assert web.num_threads() < 100


@pytest.fixture
def serving():
    """Serves a WSGI application in a thread of the test."""
    ended, running = threading.Event(), []

    def serve(application, bodies=()):
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        server = module._Server(application, listener, 1000, lambda *_: None, bodies)
        running.append(threading.Thread(target=module._run, args=(server, ended.is_set, 0.05)))
        running[-1].start()
        return SimpleNamespace(url=f"http://127.0.0.1:{listener.getsockname()[1]}", server=server)

    yield serve
    ended.set()
    for thread in running:
        thread.join()


def test_requests_that_wait_leave_threads_to_those_that_do_not(serving):
    held, inside = threading.Event(), []

    def application(environ, start_response):
        if environ["PATH_INFO"] == "/wait":
            inside.append(environ)
            held.wait(30)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    one = serving(application)
    waiting = [raw_connection(one.url) for _ in range(200)]
    try:
        for connection in waiting:
            connection.sendall(b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait_until(lambda: len(inside) == len(waiting), 10, "all have a thread")
        assert get(one.url)[0] == 200
    finally:
        held.set()
        for connection in waiting:
            connection.close()


def test_a_crowd_that_connects_at_once_delays_no_page(serving, monkeypatch):
    """Each WebSocket keeps its thread, which is known at once, before the time that its request takes tells."""
    monkeypatch.setattr(module, "_SHORT_SECONDS", 3600)
    held = threading.Event()

    def application(environ, start_response):
        start_response("200 OK", [("Content-Length", "2")])
        if environ["PATH_INFO"] == "/take":
            environ[module.CONNECTION].take_over()
            held.wait(30)
        return [b"ok"]

    one = serving(application)
    crowd = [raw_connection(one.url) for _ in range(200)]
    try:
        for connection in crowd:
            connection.sendall(b"GET /take HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert get(one.url)[0] == 200
    finally:
        held.set()
        for connection in crowd:
            connection.close()


def test_requests_that_compute_get_few_threads(serving):
    """However many there are: the thread that reads and sends is one among them."""
    working, most = [], []

    def application(_environ, start_response):
        working.append(1)
        most.append(len(working))
        sum(range(20_000))
        working.pop()
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    one = serving(application)
    with ThreadPoolExecutor(100) as pool:
        assert set(pool.map(lambda _: get(one.url)[0], range(300))) == {200}
    assert max(most) <= 3 * module._SHORT_AT_ONCE


def test_who_asks_again_before_the_answer_gets_one_answer(serving):
    """And the rest when it asks once more: what nobody reads would pile up."""
    asked = []

    def application(environ, start_response):
        asked.append(environ["PATH_INFO"])
        start_response("200 OK", [("Content-Length", str(2**20))])
        return [bytes(2**20)]

    one = serving(application)
    sent = b"".join(b"GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % number for number in range(100))
    answer = exchange(one, sent)
    assert asked == ["/0"]
    assert len(answer.partition(b"\r\n\r\n")[2]) == 2**20


def test_a_connection_may_ask_again_after_the_answer(serving):
    def application(_environ, start_response):
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    connection = http.client.HTTPConnection(urlsplit(serving(application).url).netloc, timeout=5)
    for _ in range(20):
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"ok"
    connection.close()


@pytest.mark.skipif(sys.platform != "linux", reason="by glibc alone")
def test_memory_that_answers_took_goes_back_to_the_system(serving, monkeypatch):
    """Though something that stays lies between what is free."""
    monkeypatch.setattr(module, "_IDLE_SECONDS", 1)
    stays = []

    def application(_environ, start_response):
        taken = [bytes(2000) for _ in range(20_000)]
        stays.extend(taken[::500])
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    one, process = serving(application), psutil.Process()
    before = process.memory_full_info().uss
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: get(one.url)[0], range(16))) == {200}
    wait_until(lambda: process.memory_full_info().uss - before < 16 * 2**20, 15, "the memory is back")


@pytest.mark.parametrize("size", [1, 4, 100])
def test_a_body_in_tiny_chunks_is_refused_at_once(own, size):
    """Each costs the thread that reads for everybody."""
    chunks = (b"%x\r\n" % size + b"x" * size + b"\r\n") * (400_000 // (size + 5))
    answer = exchange(own, HEADERS + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")
    tiny = size < 20
    assert (b"Chunks are too small" in answer) == tiny
    assert answer.startswith(b"HTTP/1.1 400")  # the other for its content


def test_tiny_chunks_of_many_delay_no_page(own):
    sent = HEADERS + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 100_000
    assert statistics.median(times_in_a_flood(own, 60, sent, 3, seconds_to_page)) < 1.5


def test_answers_that_nobody_takes_hold_no_memory(serving, opened, monkeypatch):
    """Not files, which are read as they are sent."""
    monkeypatch.setattr(module, "_MAX_LEAVING", 20 * 2**20)

    answered = []

    def application(_environ, start_response):
        answered.append(1)
        start_response("200 OK", [("Content-Length", str(2**20))])
        return [bytes(2**20)]

    one = serving(application)
    for _ in range(60):
        opened.append(raw_connection(one.url, receive_buffer=4096))
        opened[-1].sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    wait_until(lambda: len(answered) == 60, 10, "all are answered")
    channels = one.server.active_channels
    wait_until(lambda: sum(channel.leaving for channel in list(channels.values())) <= module._MAX_LEAVING, 5)
    assert len(channels) >= 15  # and no more than that


class _SmallDisk(io.BytesIO):
    """A temporary file on a disk that has 2 MiB left."""

    def __init__(self, *_):
        super().__init__()

    def write(self, data):
        if self.tell() + len(data) > 2 * 2**20:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)


def _refusing(number):
    def make(*_):
        raise OSError(number, os.strerror(number), "/srv/secret/tmpabc")

    return make


@pytest.mark.parametrize("is_chunked", [False, True], ids=["whole", "in chunks"])
@pytest.mark.parametrize(
    ("disk", "status", "code"),
    [
        (_SmallDisk, 507, "disk-full"), (_refusing(errno.ENOSPC), 507, "disk-full"),
        (_refusing(errno.ENOENT), 507, "disk-refuses"), (_refusing(errno.EMFILE), 503, "busy"),
    ],
    ids=["fills up", "full", "gone", "no more files"],
)  # fmt: skip
def test_a_body_that_the_disk_does_not_take_is_refused_once_it_has_come(
    serving, monkeypatch, caplog, disk, status, code, is_chunked
):
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(len(environ["wsgi.input"].read())).encode()]

    monkeypatch.setattr(tempfile, "TemporaryFile", disk)
    one = serving(application, [(re.compile("/api/large"), 8 * 2**20)])
    large, errors = bytes(6 * 2**20), threads.errors().get("connections", 0)
    for body, wanted in ((bytes(2**20), 200), (large, status), (b"x", 200), (large, status)):
        connection = http.client.HTTPConnection(one.url.removeprefix("http://"), timeout=SECONDS)
        sent = iter([body]) if is_chunked else body
        connection.request("POST", "/api/large", sent, {"Content-Type": "x/y"}, encode_chunked=is_chunked)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        assert answer.status == wanted
        if wanted == 200:
            assert told == len(body)
        else:
            assert told["code"] == code
            assert "secret" not in told["error"]
            assert (answer.headers["Retry-After"] is None) == (status == 507)
        connection.close()
    assert threads.errors().get("connections", 0) == errors
    assert [record.getMessage() for record in caplog.records if record.name == "web"] == ["body not kept"] * 2


def test_an_answer_needs_no_room_on_the_disk(serving, monkeypatch):
    def application(_environ, start_response):
        start_response("200 OK", [("Content-Length", str(5 * 2**20))])
        return [bytes(2**20)] * 5

    monkeypatch.setattr(tempfile, "TemporaryFile", _refusing(errno.ENOSPC))
    status, body, _ = get(serving(application).url)
    assert (status, len(body)) == (200, 5 * 2**20)


# --- few files --------------------------------------------------------------------------------------------------------


@pytest.fixture
def few_files(tmp_path):
    server = start_with_files(256, tmp_path)
    yield server
    server.stop()


@parametrize("files", [256, 1024], short=1)
def test_more_connections_than_files_are_survived(files, tmp_path, opened):
    server = start_with_files(files, tmp_path)
    try:
        honest = Client(server.url, cookie="honest", reading=True)
        assert honest.call("open")["ok"]
        for _ in range(files + 200):
            with contextlib.suppress(OSError):
                opened.append(raw_connection(server.url))
        assert min(seconds_to_page(server) for _ in range(3)) < 1
        assert honest.call("step", epochs=1)["ok"]
        late = Client(server.url, cookie="late", reading=True)
        assert late.call("open")["ok"]
        late.close()
        honest.close()
        assert "Traceback" not in server.log.read_text()
        assert len(server.log.read_text().splitlines()) < 30
    finally:
        server.stop()


@pytest.fixture
def loop(opened):
    """A server whose steps are taken by hand, with files for 16. `come(count)` makes connections to it."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = module._Server(None, listener, 32, lambda *_: None, ())

    def come(count):
        opened.extend(socket.create_connection(listener.getsockname()) for _ in range(count))
        return opened[-count:]

    yield server, come
    server.close()
    for channel in list(server.active_channels.values()):
        channel.handle_close()


def has_neither_an_answer_nor_an_end(connection):
    connection.setblocking(False)
    try:
        connection.recv(1)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def test_a_newcomer_is_not_taken_for_who_made_room_for_it(loop):
    """It may get its number while the loop still has something to do for that."""
    server, come = loop
    first = come(16)
    wait_until(lambda: module._step(server, 0) or len(server.active_channels) == 16)
    for one in first:
        one.sendall(b"G")  # something to do for each
    late = come(4)
    wait_until(lambda: module._step(server, 0) or len(server.active_channels) == 16)
    assert all(has_neither_an_answer_nor_an_end(one) for one in late)


def test_a_newcomer_is_not_taken_for_who_was_ended_for_being_late(loop):
    server, come = loop
    come(8)
    wait_until(lambda: module._step(server, 0) or len(server.active_channels) == 8)
    for channel in server.active_channels.values():
        channel.since -= 100
    server._looked -= 1.5
    late = come(4)
    wait_until(lambda: module._step(server, 0) or len(server.active_channels) == 4)
    assert all(has_neither_an_answer_nor_an_end(one) for one in late)


@pytest.mark.parametrize(
    "error", [OSError(105, "No buffer space available"), RuntimeError("a mistake of ours")], ids=str
)
def test_who_cannot_be_accepted_leaves_the_server_listening(loop, monkeypatch, error):
    server, come = loop

    def fails(*_args, **_options):
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(server, "channel_class", fails)
        come(1)
        for _ in range(3):
            module._step(server, 0)
    (late,) = come(1)
    wait_until(lambda: module._step(server, 0.05) or len(server.active_channels) == 1)
    assert has_neither_an_answer_nor_an_end(late)


@pytest.mark.long("test_tiny_chunks_of_many_delay_no_page")
def test_with_few_files_whole_bodies_delay_no_page(few_files):
    body = HEADERS + b"Content-Length: 300000\r\n\r\n" + b"x" * 300_000
    times = times_in_a_flood(few_files, 900, body, 4, seconds_to_page_for_a_browser)
    assert statistics.median(times[1:]) < 3  # 0.4 on a quiet machine


def times_in_a_flood(server, count, sent, seconds, time_page):
    """What `time_page(server)` says again and again, while so many connections send this."""
    until = time.monotonic() + seconds
    flood = threading.Thread(target=send_from_many, args=(server, count, sent, until))
    flood.start()
    times = []
    while time.monotonic() < until:
        times.append(time_page(server))
    flood.join()
    return times


def send_from_many(server, count, sent, until):
    """So many connections at once send this, read a little of the answer, and make way for others."""
    selector, address = selectors.DefaultSelector(), ("127.0.0.1", urlsplit(server.url).port)

    def begin():
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(address)
        selector.register(one, selectors.EVENT_READ | selectors.EVENT_WRITE, [0])

    for _ in range(count):
        begin()
    while time.monotonic() < until:
        for key, events in selector.select(0.1):
            one, done = key.fileobj, key.data
            try:
                if events & selectors.EVENT_READ:
                    one.recv(65536)
                    raise ConnectionError("enough")
                done[0] += one.send(sent[done[0] : done[0] + 65536])
                if done[0] == len(sent):
                    selector.modify(one, selectors.EVENT_READ, done)
            except OSError:
                selector.unregister(one)
                one.close()
                begin()
    for key in list(selector.get_map().values()):
        key.fileobj.close()
    selector.close()


# --- signals ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def fresh(tmp_path):
    """Starts a server of the test's own, with a command before it if wanted."""
    made = []

    def start(*before):
        port = free_port()
        command = [*before, sys.executable, "app.py", "--port", str(port), "--workers", "1", "--experiments",
                   str(tmp_path / "experiments")]  # fmt: skip
        made.append(ServerProcess(command, f"http://127.0.0.1:{port}", tmp_path / f"log{len(made)}"))
        made[-1].wait_ready()
        return made[-1]

    yield start
    for server in made:
        if server.process.poll() is None:
            server.kill()


@parametrize("sent", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT], short=[2])
def test_it_ends_by(fresh, sent):
    """By SIGTERM and SIGINT also in tests/test_app.py."""
    server = fresh()
    wait_until(lambda: metric(server.url, 'playlab_worker_ready{worker="0"}') == 1, 60, "the worker")
    server.stop(sent, to_group=True, seconds=8)
    assert "worker died" not in server.log.read_text()


def test_after_nohup_a_closed_terminal_does_not_end_it(fresh):
    server = fresh("nohup")
    server.process.send_signal(signal.SIGHUP)
    server.process.send_signal(signal.SIGUSR1)
    assert get(server.url)[0] == 200
    server.stop()


OTHERS = (
    "SIGTTIN", "SIGTTOU", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGXFSZ", "SIGCHLD",
    "SIGPIPE",
)  # fmt: skip


def test_other_signals_do_nothing(own, web):
    """Nor to its processes, as `systemctl kill` and a terminal signal all of them."""
    one = Client(own.url, reading=True)
    assert one.call("open")["ok"]
    family = web.children(recursive=True)
    for name in OTHERS:
        own.process.send_signal(getattr(signal, name))
        os.killpg(own.process.pid, getattr(signal, name))
        assert one.call("step", epochs=1)["ok"]
    assert get(own.url)[0] == 200
    assert family
    assert all(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in family)
    assert "worker died" not in own.log.read_text()
    one.close()


def test_a_server_that_was_stopped_goes_on_where_it_was(own, web):
    one = Client(own.url, cookie="one", reading=True)
    session = one.call("open", link="seed=0.5")["session"]
    assert one.call("play")["ok"]
    one.see_frames(3)
    family = [web, *web.children(recursive=True)]
    for process in family:
        process.suspend()
    resume = time.monotonic() + 10  # longer than any patience of the server
    wait_until(lambda: time.monotonic() > resume, 12)
    for process in family:
        process.resume()
    again = Client(own.url, cookie="one", reading=True)
    reply = again.call("open", session=session)
    assert reply["resumed"] is True
    again.until(lambda: any(event[0] == "history" and event[1]["epochs"][-1] > 0 for event in again.events))
    assert {process.pid for process in family} <= {one.pid for one in psutil.process_iter()}
    again.close()
    one.close()


# --- threads ----------------------------------------------------------------------------------------------------------


def test_requests_at_once_take_threads_as_needed_and_no_more(own):
    before = metric(own.url, "process_open_fds")
    with ThreadPoolExecutor(40) as pool:
        statuses = list(pool.map(lambda _: get(own.url)[0], range(200)))
    assert statuses == [200] * 200
    assert web_process(own).num_threads() < THREADS
    wait_until(lambda: metric(own.url, "process_open_fds") <= before + 5, 30, "the connections' files are closed")


def test_a_vanished_client_of_a_download_holds_nothing(own):
    before = web_process(own).num_fds()
    for _ in range(50):
        connection = raw_connection(own.url, receive_buffer=4096)
        connection.sendall(b"GET /static/vendor/plotly.min.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connection.recv(100)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
    wait_until(lambda: web_process(own).num_fds() <= before + 5, 20, "their files are closed")


SERVES = """
import gc, os, signal, socket, threading, time
from types import SimpleNamespace
from web import server

def end():
    while signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=end).start()
app = SimpleNamespace(extensions={"close": lambda: None})
server.serve(app, socket.create_server(("127.0.0.1", 0)), print)
gc.collect()
"""


def test_it_closes_all_that_it_opened():
    """Python's development mode tells of what was not."""
    command = [sys.executable, "-X", "dev", "-c", SERVES]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (ended.returncode, ended.stderr) == (0, "")
