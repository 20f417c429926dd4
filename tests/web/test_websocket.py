"""WebSockets that are too large, endless, packed or not read: on a socket pair, and on the real server."""

import contextlib
import os
import socket
import struct
import threading
import time
import zlib

import pytest
import websocket as client
from hypothesis import given
from hypothesis import strategies as st

from support.long import parametrize
from support.processes import wait_until
from support.web_clients import SECONDS, Client, get, holds, metric, open_polling, open_websocket, post, raw_connection
from web import websocket as module
from web.websocket import MAX_MESSAGE, WebSocket, greeting

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
FIN, PACKED = 0x80, 0x40
MB = 1024 * 1024
MALFORMED = 'playlab_refused_total{reason="malformed"}'


def frame(opcode, data=b"", flags=FIN, length=None):
    """A frame as a browser sends it; `length` may lie."""
    length = len(data) if length is None else length
    if length < 126:
        size = bytes([0x80 | length])
    elif length < 65536:
        size = b"\xfe" + struct.pack(">H", length)
    else:
        size = b"\xff" + struct.pack(">Q", length)
    return bytes([flags | opcode]) + size + b"\0\0\0\0" + data


@pytest.fixture
def ends():
    """A WebSocket, and the client's end of it."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(SECONDS)
    made = WebSocket(ours)
    yield made, theirs
    made.close()
    ours.close()
    theirs.close()


def test_of_one_that_goes_on_sending_after_it_was_cut_off_little_is_read(ends):
    here, there = ends
    there.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    sent = 0

    def flood():
        nonlocal sent
        with contextlib.suppress(OSError):
            while True:
                sent += there.send(bytes(64 * 1024))

    flooding = threading.Thread(target=flood)
    flooding.start()
    began = time.monotonic()
    here.refuse("enough")
    assert time.monotonic() - began < module._LINGER_SECONDS
    here._connection.close()
    flooding.join(SECONDS)
    assert sent < 4 * module._LINGER_BYTES


def test_messages_come_as_sent(ends):
    here, there = ends
    there.sendall(frame(TEXT, "größer".encode()) + frame(TEXT, b"a", 0) + frame(PING) + frame(CONTINUATION, b"b"))
    assert here.wait() == "größer"
    assert here.wait() == "ab"
    assert there.recv(100) == b"\x8a\x00"


def test_text_and_bytes_are_sent(ends):
    here, there = ends
    here.send("ä")
    here.send(b"\0\1")
    assert there.recv(100) == b"\x81\x02\xc3\xa4" + b"\x82\x02\x00\x01"


def test_what_is_offered_goes_out_in_one_piece(ends):
    here, there = ends
    assert here.offer(["ä", b"\0\1"])
    assert not here.is_behind
    assert there.recv(100) == b"\x81\x02\xc3\xa4" + b"\x82\x02\x00\x01"


def test_an_offer_waits_for_nobody_and_what_there_was_no_room_for_goes_before_the_next(ends):
    here, there = ends
    began, offered = time.monotonic(), 0
    while not here.is_behind:
        assert here.offer([bytes([offered % 256]) * 20_000])
        offered += 1
    assert not here.offer([b"refused"])
    assert time.monotonic() - began < 1
    read = bytearray()

    def take():
        with contextlib.suppress(OSError):
            while data := there.recv(100_000):
                read.extend(data)

    taking = threading.Thread(target=take)
    taking.start()
    here.send(None)
    assert not here.is_behind
    here.send(b"the next")
    here.close()
    taking.join(SECONDS)
    whole = b"".join(b"\x82\x7e\x4e\x20" + bytes([number % 256]) * 20_000 for number in range(offered))
    assert bytes(read[: len(whole) + 10]) == whole + b"\x82\x08the next"


def test_an_offer_to_who_has_gone_is_for_the_next_to_find_out(ends):
    here, there = ends
    there.close()
    assert here.offer([b"into the void"])
    assert here.is_behind
    with pytest.raises(OSError, match="pipe"):
        here.send(None)
    here.close()
    assert not here.offer([b"after the end"])


def test_while_another_sends_an_offer_is_refused(ends):
    here, _ = ends
    with here._lock:
        assert not here.offer([b"x"])
    assert here.offer([b"x"])


@given(st.binary(max_size=300))
def test_whatever_is_sent_a_connection_reads_on_or_ends(data):
    ours, theirs = socket.socketpair()
    theirs.sendall(data)
    theirs.shutdown(socket.SHUT_WR)
    here = WebSocket(ours)
    while here.wait() is not None:
        pass
    here.close()
    ours.close()
    theirs.close()


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (frame(TEXT, b"x" * MAX_MESSAGE + b"x"), 1009),
        (frame(TEXT, b"", length=2**40), 1009),
        (frame(TEXT, b"x" * MAX_MESSAGE, 0) + frame(CONTINUATION, b"x", 0), 1009),
        (frame(TEXT, b"x" * 100, FIN | PACKED), 1002),
        (frame(BINARY, b"x"), 1003),
        (frame(TEXT, b"\xff"), 1007),
        (frame(CONTINUATION, b"x"), 1002),
    ],
    ids=["long", "announced long", "long in parts", "packed", "binary", "no text", "no beginning"],
)
def test_what_is_refused_is_told_why_and_ended(ends, sent, reason):
    here, there = ends

    def send():
        with contextlib.suppress(OSError):  # cut off in the middle
            there.sendall(sent)

    sending = threading.Thread(target=send)
    sending.start()
    answer = b""
    ended = threading.Thread(target=lambda: [here.wait(), here.close()])
    ended.start()
    with contextlib.suppress(ConnectionError):
        while data := there.recv(1000):
            answer += data
    assert answer[0] == FIN | CLOSE
    assert struct.unpack_from(">H", answer, 2)[0] == reason
    there.close()
    for thread in (sending, ended):
        thread.join(SECONDS)
        assert not thread.is_alive()


@given(
    st.dictionaries(
        st.sampled_from(["UPGRADE", "CONNECTION", "ORIGIN", *(f"SEC_WEBSOCKET_{one}" for one in (
            "KEY", "VERSION", "PROTOCOL", "EXTENSIONS"))]),
        st.sampled_from(["websocket", "upgrade", "13", "AAAAAAAAAAAAAAAAAAAAAA=="])
        | st.binary(max_size=20).map(lambda data: data.decode("latin-1")),
    )
)  # fmt: skip
def test_whatever_asks_for_a_websocket_gets_an_answer_or_is_none(headers):
    environ = {"PATH_INFO": "/socket.io/"} | {f"HTTP_{name}": value for name, value in headers.items()}
    answer = greeting(environ)
    assert answer is None or answer.startswith(b"HTTP/1.1 101 ")


def test_the_longest_message_passes(ends):
    here, there = ends
    threading.Thread(target=lambda: there.sendall(frame(TEXT, b"x" * MAX_MESSAGE))).start()
    assert here.wait() == "x" * MAX_MESSAGE


def test_nothing_is_read_ahead(ends):
    """A fast sender waits in its own buffer, not in our memory."""
    here, there = ends
    there.settimeout(0.2)
    there.sendall(frame(TEXT, b"first"))
    assert here.wait() == "first"
    with pytest.raises(TimeoutError):
        there.sendall(frame(TEXT, b"x" * 1000) * 10_000)


def test_who_is_silent_after_a_ping_is_gone(ends, monkeypatch):
    monkeypatch.setattr(module, "PING_SECONDS", 0.1)
    here, there = ends
    here._next_ping = 0
    assert here.wait() is None
    assert there.recv(100) == b"\x89\x00"


def test_who_answers_pings_stays(ends, monkeypatch):
    monkeypatch.setattr(module, "PING_SECONDS", 0.05)
    here, there = ends
    here._next_ping = 0

    def answer():
        for _ in range(5):
            assert there.recv(100) == b"\x89\x00"
            there.sendall(frame(PONG))
        there.sendall(frame(TEXT, b"still here"))

    threading.Thread(target=answer).start()
    assert here.wait() == "still here"


def test_sending_to_who_does_not_read_ends_the_connection(ends):
    here, _ = ends
    here._connection.settimeout(0.1)

    def send_on():
        for _ in range(1000):
            here.send(b"x" * 10_000)

    with pytest.raises(OSError, match="timed out"):
        send_on()
    assert here.wait() is None


def test_closing_wakes_who_waits(ends):
    here, _ = ends
    heard = []
    waiting = threading.Thread(target=lambda: heard.append(here.wait()))
    waiting.start()
    here.close()
    waiting.join(SECONDS)
    assert heard == [None]


# --- a real server ----------------------------------------------------------------------------------------------------


class Memory:
    """How much a process has grown while something was done to it."""

    def __init__(self, process):
        self.process = process
        self.before = process.memory_info().rss

    @property
    def growth(self):
        return self.process.memory_info().rss - self.before


def send_until_cut_off(connection, pieces):
    """Whether the server ended the connection before all pieces were sent."""
    with contextlib.suppress(OSError, client.WebSocketException):
        for piece in pieces:
            connection.sock.sendall(piece)
        connection.sock.settimeout(2)
        while connection.sock.recv(65536):
            pass
        return True
    try:
        connection.sock.sendall(frame(PING))
        connection.sock.sendall(frame(PING))
    except OSError:
        return True
    return False


def packed_zeros(size):
    packer = zlib.compressobj(9, wbits=-15)
    return packer.compress(b"0" * size) + packer.flush(zlib.Z_SYNC_FLUSH)


BOMBS = {
    "a message of 100 MB": [frame(TEXT, b"", length=100 * MB), *[b"x" * MB] * 100],
    "endless fragments": [frame(TEXT, b"4", 0), *[frame(CONTINUATION, b"x" * 1000, 0)] * 100_000],
    "a packed 60 MB": [frame(TEXT, packed_zeros(60 * MB), FIN | PACKED)],
    "an event of endless attachments": [
        frame(TEXT, b"40/playground,"),
        frame(TEXT, b'4599999-/playground,["open",{"_placeholder":true,"num":0}]'),
        *[frame(TEXT, b"4" + b"x" * 60_000)] * 1000,
    ],
}


@parametrize("pieces", BOMBS.values(), ids=list(BOMBS), short=1)
def test_a_bomb_is_cut_off_and_takes_no_memory(own, web, pieces):
    get(own.url)
    memory = Memory(web)
    connection = open_websocket(own.url)
    assert send_until_cut_off(connection, pieces)
    assert memory.growth < 8 * MB
    wait_until(lambda: not holds(web, connection.sock), SECONDS, "the connection's end")


def test_empty_fragments_without_end_take_no_memory(own, web):
    memory = Memory(web)
    connection = open_websocket(own.url)
    connection.sock.sendall(frame(TEXT, b"", 0))
    for _ in range(20):
        connection.sock.sendall(frame(CONTINUATION, b"", 0) * 10_000)
    assert memory.growth < 8 * MB
    connection.close()


def test_over_polling_attachments_are_refused_too(own):
    polling = open_polling(own.url)
    assert post(polling, b"40/playground,")[0] == 200
    post(polling, b'451-/playground,["open",{"_placeholder":true,"num":0}]\x1ebAAAA')
    assert post(polling, b"40/playground,")[0] == 400  # it is no more


@pytest.mark.parametrize("digits", [100, 101, 4000])
def test_a_number_out_of_range_is_answered_however_long_it_is(own, digits):
    one = Client(own.url)
    assert one.call("open")["ok"]
    answer = one.call("step", epochs=int("9" * digits))
    assert (answer["ok"], answer["code"], answer["field"]) == (False, "whole", "epochs")
    one.close()


@pytest.mark.parametrize(
    "text",
    ["abc", "", "9", "4", "2", "5", "0{}", "44", '42["connect"]', '42/playground,["disconnect"]', "42/playground,[1]",
     "42/playground,{}", "42/playground,[", "42/playground," + "[" * 60_000, "43/playground,[]", '451-["a",{}]', "b4",
     "42/playground,[" + "1" * 5000 + "]", "41" + "/" * 5000, '40{"a":' + "[" * 5000],
    ids=lambda text: repr(text[:30]),
)  # fmt: skip
@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_what_no_page_sends_ends_its_connection_and_is_one_line_of_log(own, text, transport):
    before, refused = metric(own.url, MALFORMED), 1
    size = own.log.stat().st_size
    if transport == "websocket":
        connection = open_websocket(own.url)
        assert send_until_cut_off(connection, [frame(TEXT, b"40/playground,"), frame(TEXT, text.encode())])
    else:
        polling = open_polling(own.url)
        assert post(polling, b"40/playground,")[0] == 200
        assert post(polling, text.encode())[0] == 400
        assert get(polling)[0] == 400
        refused += 1  # what came after the end
    wait_until(lambda: metric(own.url, MALFORMED) == before + refused, what="it is counted")
    logged = own.log.read_text()[size:]
    assert "Traceback" not in logged
    assert len(logged.splitlines()) <= 2  # one a second for its reason


# --- clients that stop reading ----------------------------------------------------------------------------------------


def training_client(url):
    one = Client(url, cookie=os.urandom(8).hex(), sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)])
    assert one.call("open", link="seed=0.5")["ok"]
    assert one.call("play")["ok"]
    one.see_frames(3)
    return one


def test_who_stops_reading_frames_or_a_file_is_gone_within_10_seconds(own, web):
    frames = 'playlab_sessions{state="playing"}'
    idle = metric(own.url, frames)
    download = raw_connection(own.url, receive_buffer=4096)
    download.sendall(b"GET /static/vendor/plotly.min.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
    wait_until(lambda: holds(web, download), SECONDS, "the download has begun")
    one = training_client(own.url)
    assert metric(own.url, frames) == idle + 1
    stopped = time.monotonic()
    wait_until(lambda: not holds(web, download), 15, "the server's end of the download is closed")
    wait_until(lambda: not holds(web, one.socket.sock), 15, "the server's end of the training is closed")
    assert time.monotonic() - stopped < 10
    assert metric(own.url, frames) == idle
    one.close()
    download.close()


def test_who_sends_and_does_not_read_is_ended_before_its_answers_pile_up(own, web):
    memory = Memory(web)
    one = training_client(own.url)
    one.socket.settimeout(0.5)
    started = time.monotonic()
    with contextlib.suppress(OSError, client.WebSocketException):  # it is read no faster than it may send
        while time.monotonic() - started < 15:
            one.send("configure", config={})
    wait_until(lambda: not holds(web, one.socket.sock), 15, "the server's end is closed")
    assert time.monotonic() - started < 15
    assert memory.growth < 16 * MB
    one.close()
