"""What web/engine.py relies on in python-engineio and python-socketio. A failure here says that a library changed."""

import inspect
import threading
import time
from types import SimpleNamespace

import pytest
import socketio
from engineio.packet import PING
from engineio.payload import Payload
from engineio.socket import Socket

from support.processes import wait_until
from web.engine import MAX_PACKETS, Engine
from web.packet_queue import PacketQueue


@pytest.fixture
def made():
    server = socketio.Server(async_mode="threading", ping_interval=0.2, ping_timeout=1)
    engine = Engine(server.eio)
    yield server, engine
    engine.close()


def connect(server):
    """A polling connection; its Engine.IO id and socket."""
    answered = []
    environ = {"REQUEST_METHOD": "GET", "QUERY_STRING": "EIO=4&transport=polling", "PATH_INFO": "/socket.io/"}
    server.handle_request(environ, lambda status, _headers: answered.append(status))
    assert answered == ["200 OK"]
    (name,) = server.eio.sockets
    return name, server.eio.sockets[name]


def test_the_private_names_are_still_there(made):
    server, _ = made
    assert {"websocket", "queue"} <= {*server.eio._async}
    assert callable(server.eio.handlers["message"])
    assert "_send_ping" in vars(Socket)
    assert "wait" in inspect.signature(Socket.close).parameters
    assert Payload.max_decode_packets == MAX_PACKETS
    assert server.environ == {}


def test_what_waits_for_a_connection_is_in_a_queue_of_ours_that_may_send_by_its_websocket(made):
    server, engine = made
    _, connection = connect(server)
    assert isinstance(connection.queue, PacketQueue)
    sent = []
    line = SimpleNamespace(offer=lambda messages: sent.append(messages) is None, is_behind=False)
    engine.send_by(connection._websocket_handler, line)
    connection.poll()  # what the client takes first
    assert sent == []
    connection.upgraded = True
    writing = threading.Thread(target=connection.poll, daemon=True)
    writing.start()
    wait_until(lambda: connection.queue.not_empty._waiters, what="the thread of the WebSocket to wait")
    server.eio.send(connection.sid, "hello")
    assert sent == [["4hello"]]
    connection.queue.put(None)
    writing.join(5)


def test_pings_take_no_thread_of_their_own(made):
    server, _ = made
    before = threading.active_count()
    name, socket = connect(server)
    wait_until(lambda: any(packet.packet_type == PING for packet in list(socket.queue.queue)), what="a ping")
    assert threading.active_count() <= before + 1  # engineio's, which looks for the dead
    assert name in server.environ


def test_a_connection_that_does_not_answer_its_ping_ends(made):
    server, engine = made
    name, _ = connect(server)
    wait_until(lambda: name not in engine.connections, 5, "its end")
    wait_until(lambda: name not in server.environ, 1, "socketio forgets it")


def test_a_slow_answer_to_the_next_ping_is_no_missing_one_to_the_last(made):
    server, engine = made
    name, socket = connect(server)
    wait_until(lambda: socket.last_ping, what="the first ping")
    socket.schedule_ping()  # what engineio does with the answer
    wait_until(lambda: socket.last_ping, what="the second ping")
    second = time.monotonic()
    wait_until(lambda: time.monotonic() > second + 0.9, 2)  # the first is more than a second old, the second is not
    assert name in engine.connections


def test_to_end_a_connection_waits_for_nobody(made):
    server, engine = made
    name, socket = connect(server)
    ended = threading.Thread(target=engine.end, args=(name,))
    ended.start()
    ended.join(1)
    assert not ended.is_alive()
    assert socket.closed
    assert engine.connections == {}
    assert server.environ == {}
    engine.end(name)  # again does nothing
