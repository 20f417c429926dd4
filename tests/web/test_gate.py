"""Whatever a client sends to Socket.IO, over either transport and in any order: afterwards the server is as before."""

import contextlib
import io
import logging
import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from queue import Queue
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
import websocket
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.attacks import Held
from support.long import examples, parametrize
from support.processes import wait_until
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
    web_process,
)
from web import gate, limits
from web.gate import Gate, Turn
from web.refusals import Refusals

packets = st.text(max_size=8) | st.sampled_from(
    [
        "1", "2", "3", "5", "6", "9", "0", "2probe", "3probe", "b4", "bAAAA", "abc", "", "40", "40/playground,",
        "40/lenet,", "41/playground,", '42/playground,1["open",{"protocol":2}]', '42/playground,2["play",{}]',
        '42["a"]', "44{}", '42/playground,["connect"]', '42/lenet,["follow",{"run":"x"}]', "43/playground,1[]",
        "42/playground,[", "43/playground,99999999999[]", '451-/playground,["x",{"_placeholder":true,"num":0}]',
        '462-["x"]', "4" + "x" * 70_000,
    ]
)  # fmt: skip
steps = st.one_of(
    st.tuples(st.just("post"), st.lists(packets, max_size=4)),
    st.tuples(st.just("shoot"), st.lists(packets, max_size=2)),  # without waiting for an answer
    st.tuples(st.just("poll"), st.none()),
    st.tuples(st.just("poll and go"), st.none()),
    st.tuples(st.just("change"), st.lists(packets, max_size=3)),  # to WebSocket, or towards it
    st.tuples(st.just("method"), st.sampled_from(["PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"])),
    st.tuples(st.just("address"), st.tuples(st.sampled_from(["GET", "POST"]), st.dictionaries(
        st.sampled_from(["EIO", "transport", "sid", "t", "b64", "j"]),
        st.sampled_from(["4", "3", "", "polling", "websocket", "0", "\0", "a" * 5000]) | st.text(max_size=20),
        min_size=1,
    ))),
)  # fmt: skip


def raw(url, method, path, body=b"", **headers):
    headers = {"Host": "localhost", "Connection": "close", "Content-Length": len(body)} | headers
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    connection = raw_connection(url)
    connection.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body)
    return connection


def status_of(connection):
    """The status of the answer that comes, after which the connection is closed."""
    with connection:
        return int(connection.recv(12).split(b" ")[1])


def play_polling(url, sequence):
    polling = open_polling(url)
    path = polling.removeprefix(url)
    held = []
    for what, argument in sequence:
        if what == "post":
            status, *_ = post(polling, "\x1e".join(argument).encode(errors="replace"))
            assert status in (200, 400, 413)
        elif what == "shoot":
            raw(url, "POST", path, "\x1e".join(argument).encode(errors="replace")).close()
        elif what == "poll and go":
            raw(url, "GET", path).close()
        elif what == "poll":
            held.append(raw(url, "GET", path))
        elif what == "address":  # of no connection, or of one as it should not be
            method, parts = argument
            query = {"EIO": "4", "transport": "polling"} | parts
            with raw(url, method, f"/socket.io/?{urlencode(query, errors='replace')}", b"4") as connection:
                assert not connection.recv(1000).startswith(b"HTTP/1.1 5")
        elif what == "method":
            with raw(url, argument, path) as connection:
                assert b" 405 " in connection.recv(1000)
        else:
            with contextlib.suppress(OSError, websocket.WebSocketException):
                address = polling.replace("http", "ws", 1).replace("=polling", "=websocket")
                held.append(websocket.create_connection(address, timeout=1))
                for packet in argument:
                    held[-1].send(packet)
    return held


def play_websocket(url, sent):
    connection = open_websocket(url)
    with contextlib.suppress(OSError, websocket.WebSocketException):
        for packet in sent:
            connection.send(packet)
    return [connection]


@pytest.fixture(scope="module")
def before(own):
    """What the web process holds when its threads are there, those for LeNet's processes too."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(get, [own.url] * 8))
    children = len(web_process(own).children())
    page = open_websocket(own.url)
    page.send("40/lenet,")
    wait_until(lambda: len(web_process(own).children()) == children + 2, 30, "LeNet's nursery and helper")
    page.close()
    return Held.by(web_process(own))


@pytest.fixture
def usual(own, before):
    """The server, which is itself again ten seconds after each test: threads, connections, memory, its log."""
    yield own
    held = []

    def is_back():
        held[:] = [Held.by(web_process(own)), *(metric(own.url, f"playlab_connections{one}") for one in TRANSPORTS)]
        return held[0].threads <= before.threads + 4 and held[0].connections == 0 and held[1:] == [0, 0]

    wait_until(is_back, SECONDS, "threads and connections as before")
    assert held[0].bytes - before.bytes < 40 * 2**20
    assert "Traceback" not in own.log.read_text()
    assert get(f"{own.url}/healthz")[0] == 200


TRANSPORTS = ('{transport="polling"}', '{transport="websocket"}')
FUZZ = settings(
    max_examples=examples(15, of=60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(sequence=st.lists(steps, max_size=6))
@FUZZ
def test_any_sequence_over_polling_leaves_nothing(usual, sequence):
    for one in play_polling(usual.url, sequence):
        one.close()
    assert get(usual.url)[0] == 200


@given(sent=st.lists(packets, max_size=8))
@FUZZ
def test_any_sequence_over_websocket_leaves_nothing(usual, sent):
    for one in play_websocket(usual.url, sent):
        one.close()
    assert get(usual.url)[0] == 200


def test_a_websocket_whose_client_resets_it_is_no_failure_of_ours(usual):
    failed = metric(usual.url, 'playlab_refused_total{reason="failed"}')
    asked = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
    asked += "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    for number in range(200):
        connection = raw_connection(usual.url)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(asked.encode())
        threading.Event().wait(number % 4 / 1000)  # before, while and after it is answered
        connection.close()
    assert metric(usual.url, 'playlab_refused_total{reason="failed"}') == failed


def test_posts_that_nobody_waits_for_hold_no_thread(usual):
    """The kind of attack by which every thread could be taken for good."""
    for _ in range(60):
        polling = open_polling(usual.url)
        raw(usual.url, "POST", polling.removeprefix(usual.url), b"9").close()
        polling = open_polling(usual.url)
        raw(usual.url, "POST", polling.removeprefix(usual.url), b"x" * 70_000).close()
    wait_until(lambda: metric(usual.url, 'playlab_connections{transport="polling"}') == 0, SECONDS)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_foreign_pages_image_opens_no_connection(usual, site):
    assert get(usual.url + POLLING, Sec_Fetch_Site=site)[0] == 403
    assert get(usual.url, Sec_Fetch_Site=site)[0] == 200  # a page may be linked to
    close_polling(open_polling(usual.url, Sec_Fetch_Site="same-origin"))


@parametrize(
    "method, query, told",
    [
        ("GET", "EIO=4&transport=polling&sid=evil%0aERROR", "this connection has ended, or never was"),
        ("POST", "EIO=4&transport=polling&sid=evil%0aERROR", "this connection has ended, or never was"),
        ("GET", "EIO=4&transport=evil%0aERROR", "want transport=polling or transport=websocket"),
        ("GET", "EIO=3&transport=polling", "want EIO=4"),
        ("GET", "transport=polling", "want EIO=4"),
        ("GET", "EIO=4&transport=websocket", "not a request of its transport"),
    ],
    short=2,
)
def test_what_a_library_would_refuse_is_told_and_counted_as_all_that_is_refused(usual, method, query, told):
    counted, lines = metric(usual.url, 'playlab_refused_total{reason="malformed"}'), len(usual.log.read_text())
    status, text, headers = get(f"{usual.url}/socket.io/?{query}", data=b"3" if method == "POST" else None)
    assert (status, headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert text.startswith(told)
    assert "evil" not in text
    assert metric(usual.url, 'playlab_refused_total{reason="malformed"}') == counted + 1
    wait_until(
        lambda: told in usual.log.read_text()[lines:], SECONDS, "its line, or that of the last that was left out"
    )
    for line in usual.log.read_text()[lines:].splitlines():
        assert " WARNING refused " in line or " INFO " in line
        assert "evil" not in line


UPGRADE = {
    "Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}  # fmt: skip
odd_upgrades = st.fixed_dictionaries({
    "Upgrade": st.sampled_from(["websocket", "WebSocket", "h2c", "h2c, websocket", "", "\xff"]),
    "Connection": st.sampled_from(["Upgrade", "keep-alive, upgrade", "close", "", "\xff"]),
    "Sec_WebSocket_Version": st.sampled_from(["13", "8", "99", "13, 13", ""]),
    "Sec_WebSocket_Key": st.sampled_from([UPGRADE["Sec_WebSocket_Key"], "AAAA, AAAA", "x", "", "\xe4"]),
}, optional={
    "Sec_WebSocket_Protocol": st.sampled_from(["a", "a b", "\xe4"]),
    "Sec_WebSocket_Extensions": st.sampled_from(["permessage-deflate", ";", "\xe4"]),
})  # fmt: skip


@given(headers=odd_upgrades, connected=st.booleans())
@FUZZ
def test_a_change_to_websocket_is_one_or_is_refused_and_leaves_a_polling_connection_alone(usual, headers, connected):
    polling = open_polling(usual.url) if connected else usual.url + POLLING
    path = polling.removeprefix(usual.url).replace("=polling", "=websocket")
    status = status_of(raw(usual.url, "GET", path, **headers))
    assert status in (101, 400)
    if connected and status == 400:
        assert post(polling, b"3")[0] == 200
        close_polling(polling)


@pytest.mark.parametrize(
    "changed",
    [{"Connection": "close"}, {"Connection": "\xff"}, {"Upgrade": "h2c"}, {"Sec_WebSocket_Version": "8"},
     {"Sec_WebSocket_Key": "x"}, {"Sec_WebSocket_Protocol": "\xe4"}],
    ids=lambda changed: ascii(changed),
)  # fmt: skip
def test_a_request_that_is_no_websocket_makes_no_connection(usual, changed):
    for _ in range(5):
        path = POLLING.replace("=polling", "=websocket")
        assert status_of(raw(usual.url, "GET", path, **(UPGRADE | changed))) == 400
    assert [metric(usual.url, f"playlab_connections{one}") for one in TRANSPORTS] == [0, 0]


def test_a_handshake_of_polling_is_one_whatever_it_says_of_an_upgrade(usual):
    assert status_of(raw(usual.url, "GET", POLLING, **UPGRADE)) == 200


@pytest.mark.parametrize("headers", [{}, {"Upgrade": "foo"}, UPGRADE], ids=["alone", "foo", "websocket"])
def test_a_second_poll_ends_its_connection_whatever_it_says_of_an_upgrade(usual, headers):
    polling = open_polling(usual.url)
    path = polling.removeprefix(usual.url)
    with raw(usual.url, "GET", path), raw(usual.url, "GET", path, **headers):
        wait_until(lambda: post(polling, b"3")[0] == 400, 2, "its end, before the next ping lets one of them go")


def test_a_connection_that_has_changed_to_websocket_is_polled_no_more_and_goes_on(usual):
    polling = open_polling(usual.url)
    changing = websocket.create_connection(polling.replace("http", "ws", 1).replace("=polling", "=websocket"))
    changing.send("2probe")
    assert changing.recv() == "3probe"
    changing.send("5")
    wait_until(lambda: metric(usual.url, f"playlab_connections{TRANSPORTS[1]}") == 1, SECONDS, "the change")
    for status, text, _ in (get(polling), post(polling, b"3")):
        assert (status, text) == (400, "this connection has changed to WebSocket\n")
    changing.send("40/playground,")
    wait_until(lambda: changing.recv().startswith("40/playground,"), SECONDS, "it goes on")
    changing.close()


def test_jsonp_is_not_spoken(usual):
    assert get(f"{usual.url}{POLLING}&j=0")[0] == 400


def test_reserved_events_do_not_reach_the_namespaces(usual):
    """`disconnect` would forget who sends too much, `connect` would make the sender somebody else."""
    for event in ('["disconnect"]', '["connect",{"playlab.browser":"somebody"}]'):
        one = Client(usual.url)
        one.socket.send(f"42/playground,{event}")
        with pytest.raises((websocket.WebSocketException, OSError)):
            one.until(lambda: False)
        one.close()


def test_more_packets_in_a_post_than_may_be_end_the_connection(usual):
    polling = open_polling(usual.url)
    assert post(polling, b"\x1e".join([b"3"] * 257))[0] == 400
    assert post(polling, b"3")[0] == 400  # it is no more


def test_a_client_that_sends_too_fast_is_read_no_faster(usual):
    one = Client(usual.url, reading=True)
    assert one.call("open")["ok"]
    many = [one.send("select") for _ in range(600)]
    one.until(lambda: many[0] in one.replies)
    assert many[-1] not in one.replies  # 300 at once, then 150 a second
    one.until(lambda: many[-1] in one.replies)
    one.close()


# --- without a server -------------------------------------------------------------------------------------------------


class FakeEngineServer:
    """As much of a Socket.IO server as the gate asks for."""

    def __init__(self):
        self.environ = {}
        self.eio = self
        self.sockets = {}
        self.handlers = {"message": lambda *_: None}
        self._async = {}
        self.ping_interval = self.ping_timeout = 1

    def start_background_task(self, *_):
        raise RuntimeError("can't start new thread")


def ask(app, **environ):
    statuses = []
    environ = {"PATH_INFO": "/socket.io/", "REQUEST_METHOD": "GET", "QUERY_STRING": "EIO=4", "wsgi.url_scheme": "http",
               "REMOTE_ADDR": "127.0.0.1", **environ}  # fmt: skip
    list(app(environ, lambda status, _headers: statuses.append(int(status[:3]))))
    return statuses[0]


@pytest.fixture
def alone():
    """A gate before an application of the test's own."""
    made = []

    def make(app):
        made.append(Gate(app, FakeEngineServer(), Refusals()))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize("upgraded", [False, True])
def test_messages_that_come_in_one_post_are_carried_out_one_by_one(alone, monkeypatch, upgraded):
    """Each at its own time, as those of a WebSocket, which is read no faster: nobody else waits for all of them."""
    done = []
    monkeypatch.setattr(gate._Pace, "wait", lambda _pace, count, _cost: done.append(f"wait for {count}"))
    server = FakeEngineServer()
    server.handlers["message"] = lambda _connection, message: done.append(message)
    made = Gate(lambda *_: [], server, Refusals())
    try:
        server.sockets["one"] = SimpleNamespace(closed=False, upgraded=upgraded, queue=Queue(), close=lambda **_: None)
        for message in ("a", "b"):
            server.handlers["message"]("one", message)
    finally:
        made.close()
    assert done == (["a", "b"] if upgraded else ["wait for 1", "a", "wait for 1", "b"])


@pytest.mark.parametrize("has_websocket", [True, False])
def test_a_packet_that_does_not_fit_what_came_before_it_ends_its_connection_and_a_websocket_is_told(has_websocket):
    def deal(*_):
        raise ValueError("a second one")

    server, refusals, ended = FakeEngineServer(), Refusals(), []
    server.handlers["message"] = deal
    made = Gate(lambda *_: [], server, refusals)
    server.sockets["one"] = SimpleNamespace(closed=False, upgraded=True, queue=Queue(), close=lambda **_: None)
    server.environ["one"] = {gate._WEBSOCKET: SimpleNamespace(refuse=ended.append)} if has_websocket else {}
    try:
        server.handlers["message"]("one", "0/playground,")
        assert made.engine.connections == {}
    finally:
        made.close()
    assert ended == ["not what may come next"] * has_websocket
    assert refusals.counts == {"malformed": 1}


def test_events_are_carried_out_one_at_a_time_and_acknowledgements_meanwhile():
    inside, most, acknowledged = threading.Lock(), [], threading.Event()

    def deal(_connection, packet):
        if packet.startswith("3"):
            acknowledged.set()
            return
        most.append(inside.acquire(blocking=False))
        assert acknowledged.wait(10)  # which comes while an event is being carried out
        inside.release()

    server = FakeEngineServer()
    server.handlers["message"] = deal
    made = Gate(lambda *_: [], server, Refusals())
    open_one = SimpleNamespace(closed=False, upgraded=True, queue=Queue(), close=lambda **_: None)
    server.sockets.update(a=open_one, b=open_one, c=open_one)
    try:
        with ThreadPoolExecutor(2) as pool:
            events = [pool.submit(server.handlers["message"], name, '2["play"]') for name in "ab"]
            server.handlers["message"]("c", "31[]")
            for event in events:
                event.result(10)
    finally:
        made.close()
    assert most == [True, True]


def test_an_event_that_waits_for_a_database_lets_others_be_carried_out_meanwhile():
    turn, inside, answered, found, most = Turn(), threading.Lock(), threading.Event(), threading.Event(), []

    def deal(_connection, packet):
        if "play" in packet:
            with inside:
                answered.set()
            return
        with turn.left():
            assert found.wait(10)  # the database is silent
        most.append(inside.acquire(blocking=False))  # it has its turn again, and has it alone
        inside.release()

    server = FakeEngineServer()
    server.handlers["message"] = deal
    made = Gate(lambda *_: [], server, Refusals(), turn=turn)
    open_one = SimpleNamespace(closed=False, upgraded=True, queue=Queue(), close=lambda **_: None)
    server.sockets.update(a=open_one, b=open_one)
    try:
        with ThreadPoolExecutor(2) as pool:
            looking = pool.submit(server.handlers["message"], "a", '2["configure"]')
            server.handlers["message"]("b", '2["play"]')
            assert answered.wait(10)
            assert not looking.done()
            with turn.take():
                found.set()
                assert not looking.done()  # it waits for its turn
            looking.result(10)
    finally:
        found.set()
        made.close()
    assert most == [True]


def test_who_carries_out_no_event_has_no_turn_to_leave():
    turn = Turn()

    def leave():
        with turn.left():
            return turn._lock.locked()

    with ThreadPoolExecutor(1) as pool, turn.take():
        assert pool.submit(leave).result(10)


@pytest.fixture
def processor(monkeypatch):
    """What a thread costs, which the test says, and how long each was made to wait."""
    made = SimpleNamespace(used=0.0, waits=[])
    fake = SimpleNamespace(monotonic=time.monotonic, thread_time=lambda: made.used, sleep=made.waits.append)
    monkeypatch.setattr(gate, "time", fake)
    return made


@pytest.mark.parametrize("owner", ["a", None])
def test_whoever_costs_much_waits_and_a_program_that_plays_beside_it_does_not(alone, processor, owner):
    made = alone(lambda *_: [])
    costly = made._pace_of(owner).waiter()
    for _ in range(20):
        processor.used += 0.2
        costly(1)
    assert processor.waits[-1] > 1
    assert len(processor.waits) > 10
    processor.waits.clear()
    playing = made._pace_of(owner).waiter()
    for _ in range(100):
        processor.used += 0.0005
        playing(1)
    assert bool(processor.waits) == (owner is not None)  # whose connections are one's own


def test_what_a_post_costs_is_its_clients(alone, processor):
    def app(_environ, start_response):
        processor.used += 0.5
        start_response("200 OK", [])
        return []

    made = alone(app)
    made.engine._server.sockets["one"] = SimpleNamespace(closed=False, upgraded=False, close=lambda **_: None)
    for _ in range(5):
        asked = {"REQUEST_METHOD": "POST", "QUERY_STRING": "EIO=4&sid=one", "wsgi.input": io.BytesIO(b"3")}
        assert ask(made, **asked) == 200
    assert processor.waits[-1] > 1


def test_an_application_that_fails_leaves_nothing_counted(alone, caplog):
    def failing(_environ, _start_response):
        raise RuntimeError("can't start new thread")

    made = alone(failing)
    with caplog.at_level(logging.CRITICAL):
        statuses = [ask(made) for _ in range(limits.MAX_WITHOUT_COOKIE + 1)]
    assert set(statuses) == {503}
    assert made._inside == set()


def test_a_request_of_a_connection_that_has_just_ended_is_no_failure_of_ours(alone, caplog):
    def ended(_environ, _start_response):  # as engineio, which looks twice
        raise KeyError("Session is disconnected")

    assert ask(alone(ended), QUERY_STRING="EIO=4&transport=polling&sid=gone") == 400
    assert not [record for record in caplog.records if record.exc_info]


def test_requests_that_never_end_are_told_to_whoever_restarts_servers(alone, monkeypatch):
    go_on = threading.Event()

    def endless(_environ, start_response):
        go_on.wait(30)
        start_response("200 OK", [])
        return [b""]

    made = alone(endless)
    assert made.is_well
    monkeypatch.setattr(gate, "_STUCK_SECONDS", -1)
    monkeypatch.setattr(gate, "_MOST_STUCK", 3)
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(ask, made) for _ in range(3)]
        wait_until(lambda: not made.is_well, what="it is noticed")
        go_on.set()
        assert [one.result() for one in asked] == [200] * 3
    assert made.is_well


def test_ends_of_connections_that_are_not_there_do_nothing(alone):
    made = alone(lambda *_: [])
    made.engine.end("nobody")
    assert made.engine.transports() == {}
