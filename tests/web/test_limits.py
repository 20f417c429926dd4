"""How much one browser, one script and everybody together may have; the others go on."""

import contextlib
import itertools
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import websocket
from flask import Flask

from support.long import parametrize
from support.processes import ROOT, wait_until
from support.web_clients import (
    POLLING,
    SECONDS,
    Client,
    close_polling,
    get,
    metric,
    open_polling,
    open_websocket,
    post,
    raw_connection,
    start_with_files,
)
from web import headers, limits


class Opened(list):
    """Connections that a test closes when it ends. WebSockets that `listen` was told of answer both kinds of ping."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._answer)
        self.thread.start()

    def listen(self, one):
        self.selector.register(one.sock, selectors.EVENT_READ, one)
        self.append(one)

    def _answer(self):
        while not self.ended.is_set():
            for key, _ in self.selector.select(0.05):
                try:
                    _, frame = key.data.recv_data_frame(control_frame=True)  # answers a WebSocket's ping
                    if frame.data == b"2":  # Engine.IO's
                        key.data.send("3")
                except (OSError, websocket.WebSocketException):
                    self.selector.unregister(key.fileobj)

    def close(self):
        self.ended.set()
        self.thread.join()
        self.selector.close()
        for one in self:
            one.close()


@pytest.fixture
def opened():
    made = Opened()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def nobody_left(own):
    yield
    wait_until(lambda: connections(own) == 0, SECONDS, "the test's connections are gone")


def connections(server):
    return sum(metric(server.url, f'playlab_connections{{transport="{name}"}}') for name in ("websocket", "polling"))


def connect_until_refused(server, opened, attempts, cookie=lambda: None):
    """Opens WebSockets. Returns how many were served, and status and text of the refusals."""
    served, refusals = 0, set()
    for _ in range(attempts):
        try:
            opened.listen(open_websocket(server.url, cookie()))
            served += 1
        except websocket.WebSocketBadStatusException as error:
            refusals.add((error.status_code, error.resp_body.decode()))
    return served, refusals


def works(server, one):
    """A page loads at once, a student trains, and another may join."""
    started = time.monotonic()
    assert get(server.url)[0] == 200
    assert time.monotonic() - started < 4
    seen = one.frames
    assert one.call("step", epochs=1)["ok"]
    one.until(lambda: one.frames > seen)


@pytest.fixture
def student(own, opened):
    one = Client(own.url, cookie="a-student", reading=True)
    opened.append(one)
    assert one.call("open", link="seed=0.5")["ok"]
    return one


def test_1000_connections_of_a_script_are_refused_and_the_others_go_on(own, opened, student):
    served, refusals = connect_until_refused(own, opened, 1000)
    assert served == limits.MAX_WITHOUT_COOKIE
    assert refusals == {(503, f"programs have {served} connections, the most allowed\n")}
    works(own, student)
    newcomer = Client(own.url, cookie="a-newcomer")
    opened.append(newcomer)
    assert newcomer.call("open")["ok"]
    assert newcomer.call("play")["ok"]
    newcomer.see_frames(2)


@pytest.mark.long("test_pages_have_room_beside_as_many_websockets_as_there_may_be")
def test_1000_connections_that_feign_a_browser_each_leave_pages_and_the_connected_working(own, opened, student):
    served, refusals = connect_until_refused(own, opened, 1000, cookie=lambda: os.urandom(8).hex())
    assert served == limits.MAX_CONNECTIONS - 1
    assert refusals == {(503, f"the server is full: it holds {limits.MAX_CONNECTIONS} connections\n")}
    works(own, student)


def test_a_browser_has_its_own_limit(own, opened):
    served, refusals = connect_until_refused(own, opened, limits.MAX_PER_BROWSER + 1, cookie=lambda: "one-browser")
    assert served == limits.MAX_PER_BROWSER
    assert refusals == {(503, f"this browser has {served} connections, the most allowed\n")}
    status, text, answered = get(own.url + POLLING, Cookie="playlab_browser=one-browser")
    assert (status, text) == (503, f"this browser has {served} connections, the most allowed\n")
    assert answered["Retry-After"] == "5"
    close_polling(open_polling(own.url, Cookie="playlab_browser=another"))


def test_a_connection_has_one_change_to_websocket_under_way_and_it_ends_by_itself(own, opened):
    polling = open_polling(own.url)
    taking_over = polling.replace("http", "ws", 1).replace("transport=polling", "transport=websocket")
    opened.append(websocket.create_connection(taking_over, timeout=SECONDS))
    for _ in range(9):
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            websocket.create_connection(taking_over, timeout=SECONDS)
        assert refused.value.status_code == 400
    with contextlib.suppress(websocket.WebSocketConnectionClosedException):
        while opened[-1].recv_data(control_frame=True)[0] != websocket.ABNF.OPCODE_CLOSE:
            opened[-1].pong()  # it answers pings and does not go on
    websocket.create_connection(taking_over, timeout=SECONDS).close()  # there is room again
    close_polling(polling)


def test_a_second_poll_ends_the_connection(own):
    polling = open_polling(own.url)
    with ThreadPoolExecutor(2) as pool:
        answers = sorted(answer[0] for answer in pool.map(get, [polling, polling]))
    assert answers == [200, 400]  # as Engine.IO's own tests want it
    assert get(polling)[0] == 400


@parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: local"], ids=["nothing", "half a request"], short=[1])
def test_1000_connections_that_say_too_little_are_ended_and_pages_load_again(own, opened, student, said):
    for _ in range(1000):
        opened.append(raw_connection(own.url))
        opened[-1].sendall(said)
    assert student.call("step", epochs=1)["ok"]
    started = time.monotonic()
    assert get(own.url)[0] == 200
    assert time.monotonic() - started < 9
    assert opened[-1].recv(100) == b""


# --- the Playground's limits for one browser --------------------------------------------------------------------------


def test_the_commands_of_one_browser_count_together(own, opened):
    first, second, other = (
        Client(own.url, cookie=cookie, reading=True) for cookie in ("two-tabs", "two-tabs", "one-tab")
    )
    opened += [first, second, other]
    for one in opened:
        assert one.call("open")["ok"]
    # 800 together, even if they take three seconds; 40 of the other.
    senders = [first, second] * 10 + [other]
    sent = [(one, one.send("pause")) for _ in range(40) for one in senders]
    for one in (first, second, other):
        one.until(lambda one=one: one.last in one.replies)
    refused = {first: 0, second: 0, other: 0}
    for one, number in sent:
        refused[one] += not one.replies[number]["ok"]
    assert refused[first] + refused[second] >= 1
    assert refused[other] == 0


def test_a_browser_has_ten_playgrounds_and_the_one_left_longest_makes_room(own, opened):
    opened += [Client(own.url, cookie="many-tabs", reading=True) for _ in range(11)]
    sessions = [one.call("open")["session"] for one in opened[:10]]
    reply = opened[10].call("open")
    assert reply["ok"] is False
    assert reply["error"] == "this browser has 10 sessions in use, the most allowed: close one first"
    opened[4].close()
    wait_until(lambda: opened[10].call("open")["ok"], SECONDS, "room is made")
    back = Client(own.url, cookie="many-tabs", reading=True)
    opened.append(back)
    opened[5].close()
    wait_until(lambda: back.call("open", session=sessions[4])["ok"], SECONDS)
    assert back.call("open", session=sessions[4])["resumed"] is False


def test_a_page_that_was_too_busy_to_answer_finds_its_place_again(own, opened):
    """The server cuts it off; another page of the browser that opens meanwhile does not take its training away."""
    opened += [Client(own.url, cookie="busy-tabs", reading=True) for _ in range(11)]
    sessions = [one.call("open")["session"] for one in opened[:10]]
    opened[0].is_busy = True
    wait_until(lambda: opened[0].ended, 20, "the end of its connection")
    reply = opened[10].call("open")
    assert (reply.get("code"), reply.get("values")) == ("full", {"most": 10})
    opened.append(Client(own.url, cookie="busy-tabs", reading=True))
    assert opened[-1].call("open", session=sessions[0])["resumed"]


# --- the rest of the edge ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/lenet", "/static/js/i18n/en.js", "/nowhere", "/socket.io/?EIO=3", "/api/playground/schema"]
)
def test_every_answer_forbids_what_is_foreign(own, path):
    answered = get(own.url + path)[2]
    for name, value in headers.HEADERS.items():
        assert answered[name] == value
    policy = answered["Content-Security-Policy"]
    for directive in ("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"):
        assert directive in policy
    assert "http" not in policy
    assert "*" not in policy
    assert "script-src" not in policy  # nothing beyond default-src


def test_a_header_that_an_answer_sets_itself_stays():
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: ("", {"Referrer-Policy": "no-referrer"}))
    app.wsgi_app = headers.secure(app.wsgi_app)
    assert app.test_client().get("/").headers.getlist("Referrer-Policy") == ["no-referrer"]


def test_a_queue_that_made_up_cookies_have_filled_is_emptied_by_the_teacher(start, mnist):
    """By the script that docs/security.md names; a student goes on with his run by resuming it."""
    server = start("--teacher", "the token", "--data", str(mnist), ready=False)

    def begin(cookie, seed=0):
        body = json.dumps({"config": {"epochs": 1000, "seed": seed}}).encode()
        headers = {"Content_Type": "application/json", "Cookie": f"playlab_browser={cookie}"}
        status, text, _ = post(f"{server.url}/api/lenet/runs", body, **headers)
        assert status == 201, text
        return json.loads(text)["run"]

    for number in range(20):
        begin(f"made-up-{number}", number)
    run = begin("student", 20)

    def clear(token):
        return subprocess.run(
            [sys.executable, "scripts/clear_queue.py", server.url + "/"], cwd=ROOT, capture_output=True, text=True,
            env={**os.environ, "PLAYLAB_TEACHER": token}, timeout=60,
        )  # fmt: skip

    assert clear("guessed").returncode == 2
    assert "paused" in clear("the token").stdout
    statuses = Counter(one["status"] for one in json.loads(get(f"{server.url}/api/lenet/runs")[1])["runs"])
    assert statuses["queued"] == 0
    assert statuses["paused"] >= 15
    resumed = post(f"{server.url}/api/lenet/runs/{run}/resume", b"", Cookie="playlab_browser=student")
    assert (resumed[0], json.loads(resumed[1])["status"]) == (200, "queued")
    assert "not that server's token" in clear("guessed").stderr
    server.stop()


@parametrize("files", [256, 1024], short=1)
def test_pages_have_room_beside_as_many_websockets_as_there_may_be(files, tmp_path, opened):
    server = start_with_files(files, tmp_path)
    try:
        honest = Client(server.url, cookie="honest", reading=True)
        assert honest.call("open")["ok"]
        cookies = map(str, itertools.count())
        served, refusals = connect_until_refused(server, opened, files, cookie=lambda: next(cookies))
        assert refusals == {(503, f"the server is full: it holds {served + 1} connections\n")}
        assert served + 1 == limits.connections_for(files - 96)
        for _ in range(30):  # who comes again and again holds nobody up
            connect_until_refused(server, opened, 1, cookie=lambda: next(cookies))
            started = time.monotonic()
            assert get(server.url)[0] == 200
            assert time.monotonic() - started < 3
        assert honest.call("step", epochs=1)["ok"]
        honest.close()
    finally:
        server.stop()
