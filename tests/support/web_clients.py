"""Clients that can be rude: a WebSocket by hand and what the server's process shows of it."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import psutil
import websocket

from support.processes import ServerProcess, free_port

SECONDS = 10
NAMESPACE = "/playground"
PROTOCOL = 2  # the version of docs/protocol.md
HANDSHAKE = "/socket.io/?EIO=4&transport=websocket"
POLLING = "/socket.io/?EIO=4&transport=polling"


def get(url, *, data=None, **headers):
    """Status, body and headers of an answer, whatever the status."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            return response.status, response.read().decode(), response.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


def post(url, data, **headers):
    """As `get`, with a body."""
    return get(url, data=data, **headers)


def metric(url, sample):
    """A sample's value in /metrics, such as `playlab_connections{transport="websocket"}`; 0 if it is not there."""
    for line in get(f"{url}/metrics")[1].splitlines():
        name, _, value = line.rpartition(" ")
        if name == sample:
            return float(value)
    return 0.0


def open_websocket(url, cookie=None, **options):
    """A WebSocket, Engine.IO's greeting read. Raises websocket.WebSocketBadStatusException where it is refused."""
    header = [f"Cookie: playlab_browser={cookie}"] if cookie else []
    made = websocket.create_connection(
        url.replace("http", "ws", 1) + HANDSHAKE, timeout=SECONDS, header=header + options.pop("header", []), **options
    )
    assert made.recv().startswith("0{")
    return made


def open_polling(url, **headers):
    """The address of a new polling connection."""
    status, text, _ = get(url + POLLING, **headers)
    assert status == 200, text
    return f"{url}{POLLING}&sid={json.loads(text[1:])['sid']}"


def close_polling(polling):
    """Ends it at once; left alone it takes a while."""
    post(polling, b"1")


class Client:
    """One connection to the Playground. Unless it is `reading` all the time, it reads while it waits for something."""

    def __init__(self, url, cookie=None, *, reading=False, **options):
        self.socket = open_websocket(url, cookie, **options)
        self.replies = {}
        self.events = []
        self.frames = 0
        self.last = 0
        self.socket.send(f"40{NAMESPACE},")
        self.until(lambda: self.connected)
        self.ended = False
        self.reader = threading.Thread(target=self._read_on, daemon=True) if reading else None
        if self.reader:
            self.reader.start()

    def _read_on(self):
        with contextlib.suppress(OSError, websocket.WebSocketException):
            while True:
                self.read()
        self.ended = True

    reader = None
    connected = False
    is_busy = False  # as a page whose scripts have no time: then the browser alone answers, to WebSocket's own pings

    def send(self, command, **arguments):
        self.last += 1
        if command == "open":
            arguments = {"protocol": PROTOCOL} | arguments
        self.socket.send(f"42{NAMESPACE},{self.last}{json.dumps([command, arguments])}")
        return self.last

    def call(self, command, **arguments):
        number = self.send(command, **arguments)
        self.until(lambda: number in self.replies)
        return self.replies.pop(number)

    def until(self, condition):
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < deadline, "the server does not answer"
            if self.reader:
                time.sleep(0.01)  # between two looks
            else:
                self.read()

    def read(self):
        message = self.socket.recv()
        if isinstance(message, bytes):
            return
        head, _, rest = message.partition(",")
        if message == "2":
            if not self.is_busy:
                self.socket.send("3")
        elif head == f"40{NAMESPACE}":
            self.connected = True
        elif head == f"43{NAMESPACE}":
            number, _, arguments = rest.partition("[")
            self.replies[int(number)] = json.loads(f"[{arguments}")[0]
        elif head == f"42{NAMESPACE}":
            self.events.append(json.loads(rest))
        elif head == f"451-{NAMESPACE}":
            number, _, arguments = rest.partition("[")
            if number:
                self.frames += 1
                self.socket.send(f"43{NAMESPACE},{number}[]")

    def see_frames(self, count=1):
        wanted = self.frames + count
        self.until(lambda: self.frames >= wanted)

    def close(self):
        if self.reader is None:
            self.socket.close()
            return
        with contextlib.suppress(OSError, AttributeError):  # it has ended already
            self.socket.sock.shutdown(socket.SHUT_RDWR)
        self.reader.join(SECONDS)
        self.socket.shutdown()


def see_frames(clients, count):
    """Waits until each of them, reading all the time, has seen this many more."""
    for client, before in [(client, client.frames) for client in clients]:
        client.until(lambda client=client, wanted=before + count: client.frames >= wanted)


def raw_connection(url, receive_buffer=None):
    """A TCP connection on which nothing was said yet."""
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(SECONDS)
    connection.connect(("127.0.0.1", urlsplit(url).port))
    return connection


def web_process(server: ServerProcess):
    """The process that serves, the parent of the Playground's workers."""
    return psutil.Process(server.process.pid)


def playground_workers(web):
    """The Playground's workers among the children of the process that serves, in no order (numbers wrap)."""
    found = []
    for child in web.children():
        with contextlib.suppress(psutil.Error):  # one that has ended meanwhile
            if "playground.serving.worker_process" in child.cmdline():
                found.append(child)
    return found


def holds(process, connection):
    """Whether a process still has its end of a connection."""
    return any(other.raddr and other.raddr.port == connection.getsockname()[1] for other in process.net_connections())


def start_with_files(files, folder):
    """A server that may open so many files."""
    port = free_port()
    command = f"ulimit -n {files}; exec {sys.executable} app.py --port {port} --workers 1 --experiments {folder}/e"
    server = ServerProcess(["sh", "-c", command], f"http://127.0.0.1:{port}", folder / "log")
    server.wait_ready()
    return server
