"""Attacks on a server of one's own, and what they cost an honest player: `python -m benchmarks.attacks`.

    make attacks                                       # every attack for 15 seconds
    python -m benchmarks.attacks --seconds 3 silent_bodies garbage

For each attack a fresh server trains one honest player's network at 30 frames a second; then the attack runs beside it,
in a process of its own, on the loopback address alone. Another player has a server to himself that nobody attacks, on
the same cores. Measured: how many frames the one gets of those that the other gets, the longest time of a page, and
what is left of the attack ten seconds after its end. An attack is a function of ATTACKS.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import itertools
import json
import multiprocessing
import os
import resource
import secrets
import socket
import struct
import sys
import tempfile
import threading
import time
import urllib.request
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks import report
from benchmarks.browsers import LARGEST, LONGEST, PROTOCOL, Crowd
from benchmarks.server import ROOT, Server
from core import signals
from lenet.config import TrainConfig
from playground import draws, point_set
from playground.point_set import MOST, MOST_CLASSES
from web.server import SPARE_THREADS

sys.path.append(str(ROOT / "tests"))
from support.lenet_folders import store_run

PACE = 30  # frames a second of the honest player
# Those that wait for the next request. Then what begins when it is first needed and stays: three threads each that
# write to the nursery, the helper and the notebook's printer, hear them and look whether they live; one that makes
# exports and one that draws what was pinned.
LEFT_THREADS = SPARE_THREADS + 3 * 3 + 2
BACK_SECONDS = 10  # after which nothing may be left
LARGEST_STUDY: tuple[str, dict[str, Any]] = ("study", {"seeds": 100, "epochs": 10_000})
LONG_RUN = "20260101-000000-abcdef"
HEAD = "Host: 127.0.0.1\r\n"
BYTES = "Content-Type: application/octet-stream\r\n"

Attack = Callable[[int, float], None]  # (port, until): goes on until time.monotonic() is past `until`


# --- tools of the attackers -------------------------------------------------------------------------------------------


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def request(method: str, path: str, body: bytes = b"", headers: str = "") -> bytes:
    length = f"Content-Length: {len(body)}\r\n" if body or method == "POST" else ""
    return f"{method} {path} HTTP/1.1\r\n{HEAD}{headers}{length}Connection: close\r\n\r\n".encode() + body


def exchange(port: int, sent: bytes) -> bytes:
    """The answer to raw bytes; empty where there is none."""
    answer = b""
    with contextlib.suppress(OSError), connect(port) as connection:
        connection.sendall(sent)
        while data := connection.recv(65536):
            answer += data
    return answer


def shoot(port: int, sent: bytes) -> None:
    """Sends and goes away without an answer."""
    with contextlib.suppress(OSError), connect(port) as connection:
        connection.sendall(sent)


def polling(port: int, headers: str = "") -> str | None:
    """The path of a new polling connection."""
    answer = exchange(port, request("GET", "/socket.io/?EIO=4&transport=polling", headers=headers))
    _, found, rest = answer.partition(b'"sid":"')
    name = rest.partition(b'"')[0].decode()
    return f"/socket.io/?EIO=4&transport=polling&sid={name}" if found else None


def frame(data: bytes, opcode: int = 1) -> bytes:
    size = bytes((0x80 | len(data),)) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
    return bytes((0x80 | opcode,)) + size + b"\0\0\0\0" + data


def websocket(port: int, path: str = "/socket.io/?EIO=4&transport=websocket", headers: str = "") -> socket.socket:
    """A WebSocket on which nothing was said yet. Raises OSError where it is refused."""
    connection = connect(port)
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
    connection.sendall(f"GET {path} HTTP/1.1\r\n{HEAD}{headers}{upgrade}\r\n".encode())
    if b" 101 " not in connection.recv(4096):
        connection.close()
        raise ConnectionError("no WebSocket")
    return connection


def until_then(until: float) -> Iterator[int]:
    for number in itertools.count():
        if time.monotonic() > until:
            return
        yield number


def many(count: int, what: Callable[[], None]) -> None:
    """Does it in so many threads at once."""
    threads = [threading.Thread(target=what) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def hold(port: int, until: float, count: int, said: bytes) -> None:
    """Keeps `count` connections that have said so much, and opens others for those that were closed."""
    held: list[socket.socket] = []
    for _ in until_then(until):
        with contextlib.suppress(OSError):
            held.append(connect(port))
            held[-1].sendall(said)
        if len(held) >= count:
            time.sleep(0.05)
            for one in held[: count // 20]:
                one.close()
            del held[: count // 20]
    for one in held:
        one.close()


def new_cookie() -> str:
    """Of a browser that nobody has seen."""
    return secrets.token_urlsafe(24)


def flood(port: int, until: float, texts: Iterable[str], link: str = "", browsers: bool = False) -> None:
    """Ten players, or browsers, send these packets as fast as they are read, and read what comes."""

    def send() -> None:
        sent = itertools.cycle([frame(text.encode()) for text in texts])
        cookie = f"Cookie: playlab_browser={new_cookie()}\r\n" if browsers else ""
        with contextlib.suppress(OSError):
            connection = websocket(port, headers=cookie)
            with connection:
                opening = f'42/playground,1["open",{json.dumps({"protocol": PROTOCOL, "link": link})}]'
                connection.sendall(frame(b"40/playground,") + frame(opening.encode()))
                threading.Thread(target=drain, args=(connection,), daemon=True).start()
                for _ in until_then(until):
                    connection.sendall(b"".join(itertools.islice(sent, 50)))

    def drain(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while connection.recv(1 << 20):
                pass

    many(10, send)


def players(
    port: int, until: float, link: str, *commands: tuple[str, dict[str, Any]], clients: int = 10, browsers: bool = False
) -> None:
    """So many, or so many browsers, open this link, send these commands and take what comes; then they leave."""

    def play() -> None:
        with contextlib.suppress(OSError, RuntimeError), Crowd() as crowd:  # where it is refused, or not answered
            one = crowd.connect(port, 1, link, cookie=new_cookie() if browsers else None)
            for name, arguments in commands:
                crowd.ask(one, name, **arguments)
            crowd.run(max(0.0, until - time.monotonic()))

    many(clients, play)


def repeat(port: int, until: float, make: Callable[[], bytes], threads: int = 10, answer: bool = False) -> None:
    """Sends a new request again and again, and waits for its answer or not."""

    def send() -> None:
        for _ in until_then(until):
            (exchange if answer else shoot)(port, make())

    many(threads, send)


# --- attacks ----------------------------------------------------------------------------------------------------------

ATTACKS: dict[str, Attack] = {}


def attack(function: Attack) -> Attack:
    ATTACKS[function.__name__] = function
    return function


def of_browsers_too(function: Callable[..., None]) -> Attack:
    """Two attacks: of ten programs, which count as one browser together, and of ten browsers, each with its limits."""

    def of_browsers(port: int, until: float) -> None:
        function(port, until, browsers=True)

    of_browsers.__name__ = f"{function.__name__}_of_browsers"
    of_browsers.__doc__ = f"As `{function.__name__}`, but that each is a browser of its own."
    attack(function)
    return attack(of_browsers)


def _polling_posts(port: int, until: float, body: bytes) -> None:
    def send() -> None:
        for _ in until_then(until):
            path = polling(port)
            if path:
                shoot(port, request("POST", path, body))

    many(10, send)


@attack
def unknown_packets(port: int, until: float) -> None:
    """One byte that is no packet, to polling connections without a poll; the sender does not wait."""
    _polling_posts(port, until, b"9")


@attack
def long_packets(port: int, until: float) -> None:
    """More than a polling client may send."""
    _polling_posts(port, until, b"4" * 70_000)


@attack
def garbage(port: int, until: float) -> None:
    """WebSockets that send no packets."""

    def send() -> None:
        for number in until_then(until):
            with contextlib.suppress(OSError), websocket(port) as connection:
                connection.sendall(frame((b"abc", b"", b"42[", b"\xff", b"5", b"0")[number % 6]))
                connection.recv(100)

    many(10, send)


@attack
def slow_downloads(port: int, until: float) -> None:
    """900 downloads of the largest file, each read so slowly that it does not end, and not so slowly that it stalls."""
    held: list[socket.socket] = []
    for _ in until_then(until):
        if len(held) < 900:
            with contextlib.suppress(OSError):
                one = socket.socket()
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
                one.connect(("127.0.0.1", port))
                one.sendall(request("GET", "/static/vendor/plotly.min.js"))
                one.setblocking(False)
                held.append(one)
        for one in held[:: max(1, len(held) // 20)]:
            with contextlib.suppress(OSError):
                one.recv(4096)
        time.sleep(0.005)  # what is measured is the server, on the same cores
    for one in held:
        one.close()


@attack
def unread_downloads(port: int, until: float) -> None:
    """The largest file, asked for by 600 at once, who take nothing of it."""
    sent = request("GET", "/static/vendor/plotly.min.js")
    while time.monotonic() < until:
        held = [socket.socket() for _ in range(600)]
        with contextlib.suppress(OSError):
            for one in held:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                one.connect(("127.0.0.1", port))
            for one in held:
                one.sendall(sent)
        time.sleep(min(5, max(0, until - time.monotonic())))
        for one in held:
            one.close()


@attack
def unread_answers(port: int, until: float) -> None:
    """Answers that are made anew for each who asks, 20 at once on each connection, and that nobody takes."""
    sent = b"".join([request("GET", "/api/openapi.json").replace(b"Connection: close\r\n", b"")] * 20)
    hold(port, until, 300, sent)


@attack
def whole_bodies(port: int, until: float) -> None:
    """Bodies of 300 KB, whole, of 60 programs."""
    sent = request("POST", "/api/lenet/runs", b"x" * 300_000, "Content-Type: application/json\r\n")
    repeat(port, until, lambda: sent, threads=60, answer=True)


@attack
def tiny_chunks(port: int, until: float) -> None:
    """Bodies in chunks of one byte, of 60 programs."""
    head = f"POST /api/lenet/runs HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode()
    sent = head + b"1\r\nx\r\n" * 100_000
    repeat(port, until, lambda: sent, threads=60, answer=True)


@attack
def silent_connections(port: int, until: float) -> None:
    """1,100 connections that say nothing."""
    hold(port, until, 1100, b"")


@attack
def silent_heads(port: int, until: float) -> None:
    """600 requests that stop in their heads."""
    hold(port, until, 600, b"GET / HTTP/1.1\r\nHost: loc")


@attack
def silent_bodies(port: int, until: float) -> None:
    """600 requests of which one byte of the body came."""
    hold(port, until, 600, f"POST /api/lenet/runs HTTP/1.1\r\n{HEAD}Content-Length: 1000\r\n\r\n{{".encode())


@attack
def large_bodies(port: int, until: float) -> None:
    """Bodies of a megabyte of which a byte is missing."""
    head = f"POST /api/lenet/runs HTTP/1.1\r\n{HEAD}Content-Length: 1000000\r\n\r\n".encode()
    hold(port, until, 300, head + b"x" * 999_999)


@attack
def unfinished_upgrades(port: int, until: float) -> None:
    """Changes from polling to WebSocket that never end, of clients that answer pings."""
    held: list[socket.socket] = []
    for _ in until_then(until):
        path = polling(port)
        if path is None:
            time.sleep(0.05)
            continue
        with contextlib.suppress(OSError):
            held.append(websocket(port, path.replace("=polling", "=websocket")))
        for one in held[-40:]:
            with contextlib.suppress(OSError):
                one.sendall(frame(b"", 10))
    for one in held:
        one.close()


@attack
def odd_upgrades(port: int, until: float) -> None:
    """WebSockets that do not begin as one, of no connection and of one that polls."""
    odd = itertools.cycle(["", "Connection: Upgrade\r\n", "Connection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"])

    def ask(path: str) -> bytes:
        path = path.replace("=polling", "=websocket")
        return request("GET", path, headers=f"Upgrade: websocket\r\n{next(odd)}")

    def send() -> None:
        for _ in until_then(until):
            for path in ("/socket.io/?EIO=4&transport=websocket", polling(port)):
                if path:
                    exchange(port, ask(path))

    many(10, send)


@attack
def reserved_events(port: int, until: float) -> None:
    """Events by the names that libraries use themselves."""
    texts = [
        '42/playground,["disconnect"]',
        '42/playground,["connect",{"playlab.browser":"x"}]',
        '42/lenet,["connect"]',
    ]
    for number in until_then(until):
        flood(port, min(until, time.monotonic() + 0.2), texts[number % 3 :])


@of_browsers_too
def configure_flood(port: int, until: float, browsers: bool = False) -> None:
    """Ten players change their learning rate without end."""
    flood(
        port,
        until,
        [f'42/playground,2["configure",{{"config":{{"learningRate":{rate}}}}}]' for rate in (0.1, 0.03)],
        browsers=browsers,
    )


@of_browsers_too
def rebuild_flood(port: int, until: float, browsers: bool = False) -> None:
    """Ten players build the largest network and new data without end."""
    texts = [f'42/playground,2["configure",{{"link":"{LARGEST}&noise={noise}"}}]' for noise in (10, 20)]
    flood(port, until, [*texts, '42/playground,3["new_data",{}]', '42/playground,4["play",{}]'], browsers=browsers)


@of_browsers_too
def command_flood(port: int, until: float, browsers: bool = False) -> None:
    """Ten players send every other command without end."""
    commands = [
        ("step", {"epochs": 10_000}), ("set_weight", {"layer": 0, "node": 0, "input": 0, "value": 1}), ("reset", {}),
        ("select", {"layer": 0, "node": 1}), ("play", {}), ("set_speed", {"epochsPerSecond": None}), ("pause", {}),
        ("nonsense", {}), ("set_bias", {"layer": 9}), ("new_weights", {}), ("set_frame_rate", {"framesPerSecond": 60}),
        ("open", {"protocol": PROTOCOL}), ("close", {}),
    ]  # fmt: skip
    texts = [f"42/playground,{number}{json.dumps(command)}" for number, command in enumerate(commands)]
    flood(port, until, texts, link=LARGEST, browsers=browsers)


@of_browsers_too
def session_flood(port: int, until: float, browsers: bool = False) -> None:
    """Ten programs begin one session after the other, each with the largest network."""
    flood(
        port,
        until,
        [
            f'42/playground,{number}["open",{{"protocol":{PROTOCOL},"link":"{LARGEST}&seed={number}"}}]'
            for number in range(99)
        ],
        browsers=browsers,
    )


@of_browsers_too
def fastest_training(port: int, until: float, browsers: bool = False) -> None:
    """Ten players train the largest network as fast as it goes, within every limit."""
    players(port, until, LARGEST, ("set_speed", {"epochsPerSecond": None}), ("play", {}), browsers=browsers)


@attack
def longest_epochs(port: int, until: float) -> None:
    """Ten browsers train the largest network as fast as it goes, each with as many own points as there may be, one a
    step: an epoch takes ten times as long as one of `fastest_training`, and a picture three times."""
    columns = [
        [side * 9.0 - 4.5 for side in draws.numbers(1, axis, np.arange(MOST, dtype=np.uint64))] for axis in (0, 1)
    ]
    own = point_set.packed([*columns, [at % MOST_CLASSES for at in range(MOST)]], classes=MOST_CLASSES)
    given = exchange(port, request("POST", "/api/playground/data", own.packed, BYTES))
    address = json.loads(given.partition(b"\r\n\r\n")[2])["address"]
    link = f"{LONGEST}&dataset=own&ownData={address}"
    players(port, until, link, ("set_speed", {"epochsPerSecond": None}), ("play", {}), browsers=True)


@of_browsers_too
def largest_studies(port: int, until: float, browsers: bool = False) -> None:
    """Ten players have the largest network trained with as many seeds, and for as long, as a study may."""
    players(port, until, LARGEST, LARGEST_STUDY, browsers=browsers)


@attack
def left_studies(port: int, until: float) -> None:
    """As `largest_studies`, but that each leaves at once, and comes again for another session."""

    def begin() -> None:
        for _ in until_then(until):
            players(port, 0, LARGEST, LARGEST_STUDY, clients=1)

    many(4, begin)


@attack
def long_files(port: int, until: float) -> None:
    """Ten players want the longest run of the largest network as a file, and how its output formed."""
    players(port, until, LARGEST, ("step", {"epochs": 10_000}), ("code", {"epoch": 200_000}), ("strip", {}))


@of_browsers_too
def file_flood(port: int, until: float, browsers: bool = False) -> None:
    """Ten players want everything that a worker does besides the training, without end."""
    commands: list[tuple[str, dict[str, Any]]] = [
        *(("code", {"epoch": 200_000, "format": form}) for form in ("py", "ipynb", "onnx")), ("animate", {}),
        ("strip", {}), LARGEST_STUDY, ("compare", {}), ("compare", {"link": LARGEST}), ("moment", {"epoch": 400}),
    ]  # fmt: skip
    texts = [f"42/playground,{number}{json.dumps(command)}" for number, command in enumerate(commands)]
    flood(port, until, texts, link=LARGEST, browsers=browsers)


@of_browsers_too
def edited_links(port: int, until: float, browsers: bool = False) -> None:
    """Ten players open links with as many edits as one may have, one after the other."""

    def sent(edit: str) -> str:
        edits = ",".join(f"{200 * number}:{edit}:0.{number % 9 + 1}" for number in range(1, 1000))
        return f'42/playground,2["configure",{{"link":"{LARGEST}&epoch=200000&edits={edits}"}}]'

    flood(port, until, [sent("rate"), sent("data"), sent("weight:0:1:1")], browsers=browsers)


@attack
def far_goals(port: int, until: float) -> None:
    """Ten players open a link that asks for the last epoch there may be, of the largest network."""
    players(port, until, f"{LARGEST}&epoch=200000")


@of_browsers_too
def past_flood(port: int, until: float, browsers: bool = False) -> None:
    """Ten players look back, branch, undo, redo and take up other runs without end."""
    commands = [
        ("step", {"epochs": 1000}), ("view", {"epoch": 500}), ("set_bias", {"layer": 0, "node": 0, "value": 1}),
        ("undo", {}), ("redo", {}), ("view", {"epoch": 7}), ("play", {}), ("take", {"number": 1}), ("strip", {}),
        ("moment", {"epoch": 400}), ("view", {}),
    ]  # fmt: skip
    texts = [f"42/playground,{number}{json.dumps(command)}" for number, command in enumerate(commands)]
    flood(port, until, texts, link=LARGEST, browsers=browsers)


@attack
def many_weights(port: int, until: float) -> None:
    """Ten browsers ask for new weights of the largest network, undo and redo without end."""
    texts = [f'42/playground,{number}["{name}",{{}}]' for number, name in enumerate(("new_weights", "undo", "redo"))]
    flood(port, until, texts, link=LARGEST, browsers=True)


@attack
def acknowledgement_flood(port: int, until: float) -> None:
    """Acknowledgements of frames that were never sent, and pongs nobody asked for."""
    flood(port, until, ["43/playground,999[]", "3", '43/playground,1["x"]'])


@attack
def ping_flood(port: int, until: float) -> None:
    """WebSocket pings and empty fragments."""

    def send() -> None:
        with contextlib.suppress(OSError), websocket(port) as connection:
            connection.settimeout(2)
            for _ in until_then(until):
                with contextlib.suppress(TimeoutError):
                    connection.sendall(frame(b"", 9) * 500)

    many(10, send)


@attack
def namespace_flood(port: int, until: float) -> None:
    """Joins and leaves namespaces, and follows runs that are not there."""
    texts = ["40/lenet,", '42/lenet,1["follow",{"run":"x"}]', "41/lenet,", "40/nowhere,", "41/playground,",
             "40/playground,"]  # fmt: skip
    for _ in until_then(until):
        flood(port, min(until, time.monotonic() + 1), texts)


@attack
def follow_flood(port: int, until: float) -> None:
    """Ten players begin and end to follow a run without end, and ask whether anybody is there."""
    run = json.dumps({"run": LONG_RUN})
    texts = [f'42/lenet,{number}["{event}",{run}]' for number, event in enumerate(("follow", "unfollow", "ping"))]
    flood(port, until, ["40/lenet,", *texts * 100])


@attack
def polling_flood(port: int, until: float) -> None:
    """Polling clients that send as much as one message holds."""
    body = "\x1e".join(['42/playground,1["configure",{"config":{"learningRate":0.1}}]'] * 100).encode()

    def send() -> None:
        path = polling(port)
        if path is None:
            return
        exchange(port, request("POST", path, b'40/playground,\x1e42/playground,["open",{"protocol":2}]'))
        for _ in until_then(until):
            exchange(port, request("POST", path, body))
            shoot(port, request("GET", path))

    many(10, send)


@attack
def handshakes(port: int, until: float) -> None:
    """Connects and vanishes, by both transports."""

    def send() -> None:
        for _ in until_then(until):
            shoot(port, request("GET", "/socket.io/?EIO=4&transport=polling"))
            with contextlib.suppress(OSError):
                websocket(port).close()

    many(10, send)


@attack
def foreign_images(port: int, until: float) -> None:
    """What a foreign page's <img> asks for."""
    sent = request("GET", "/socket.io/?EIO=4&transport=polling", headers="Sec-Fetch-Site: cross-site\r\n")
    repeat(port, until, lambda: sent, answer=True)


@attack
def forged_browsers(port: int, until: float) -> None:
    """Connections with a new cookie each, until there is room for nobody else."""
    held: list[socket.socket] = []
    for number in until_then(until):
        with contextlib.suppress(OSError):
            held.append(websocket(port, headers=f"Cookie: playlab_browser=forged{number}\r\n"))
        for one in held[-40:]:
            with contextlib.suppress(OSError):
                one.sendall(frame(b"", 10))
    for one in held:
        one.close()


@attack
def odd_requests(port: int, until: float) -> None:
    """Bytes that are no text in cookies, deep JSON, wrong chunks, odd versions."""
    deep = b'{"config":' + b"[" * 5000 + b"]" * 5000 + b"}"
    json_head = "Content-Type: application/json\r\n"
    chunked = f"POST /api/lenet/runs HTTP/1.1\r\n{HEAD}{json_head}Transfer-Encoding: chunked\r\n\r\nzz\r\n".encode()
    odd = itertools.cycle([
        f"GET / HTTP/1.1\r\n{HEAD}".encode() + b"Cookie: a=\xff\xfe; playlab_browser=\xff\r\nConnection: close\r\n\r\n",
        request("POST", "/api/lenet/runs", deep, json_head), chunked,
        b"GET / HTTP/7\r\n\r\n", b"\0" * 100 + b"\r\n\r\n",
        request("GET", "/%ff%fe/../../etc/passwd"), request("GET", "/api/lenet/runs/%00/epochs/last/maps?image=x"),
    ])  # fmt: skip
    repeat(port, until, lambda: next(odd), answer=True)


@attack
def new_runs(port: int, until: float) -> None:
    """LeNet runs and sweeps of programs without a cookie."""
    body = b'{"preset":"fast"}'
    sweep = b'{"preset":"fast","search":"grid","axes":{"seed":{"values":[1,2,3,4,5,6,7,8,9,10]}}}'
    headers = "Content-Type: application/json\r\n"
    both = itertools.cycle([request("POST", "/api/lenet/runs", body, headers),
                            request("POST", "/api/lenet/sweeps", sweep, headers)])  # fmt: skip
    repeat(port, until, lambda: next(both), answer=True)


@attack
def drawings(port: int, until: float) -> None:
    """Drawings from 60 threads as fast as they are answered, of a run that is none: what reading them costs."""
    pixels = base64.b64encode(bytes(512 * 512)).decode()
    body = json.dumps({"width": 512, "height": 512, "pixels": pixels}).encode()
    sent = request("POST", "/api/lenet/runs/none/epochs/last/predict", body, "Content-Type: application/json\r\n")
    repeat(port, until, lambda: sent, threads=60, answer=True)


@attack
def long_lists(port: int, until: float) -> None:
    """Ten programs list the newest 500 of 600 runs as fast as they come."""
    sent = request("GET", "/api/lenet/runs?limit=500")
    repeat(port, until, lambda: sent, answer=True)


@attack
def long_curves(port: int, until: float) -> None:
    """Ten programs ask for all that a run of 100 epochs has recorded."""
    sent = request("GET", f"/api/lenet/runs/{LONG_RUN}/metrics")
    repeat(port, until, lambda: sent, answer=True)


@attack
def drawings_of_a_run(port: int, until: float) -> None:
    """As `drawings`, small ones, and a network answers."""
    pixels = base64.b64encode(bytes(300) + 30 * b"\xff" + bytes(454)).decode()
    body = json.dumps({"width": 28, "height": 28, "pixels": pixels}).encode()
    sent = request(
        "POST", f"/api/lenet/runs/{LONG_RUN}/epochs/last/predict", body, "Content-Type: application/json\r\n"
    )
    repeat(port, until, lambda: sent, threads=60, answer=True)


@attack
def point_flood(port: int, until: float) -> None:
    """New points of 5,000 without end, each given by a browser that nobody has seen."""

    def give() -> bytes:
        head = (1).to_bytes(1, "little") + (2).to_bytes(1, "little") + (5000).to_bytes(2, "little") + bytes(2)
        points = head + b"".join([os.urandom(3) + b"\x3f"] * 10_000) + bytes(5000)
        cookie = f"Cookie: playlab_browser={secrets.token_urlsafe(24)}\r\n"
        return request("POST", "/api/playground/data", points, f"Content-Type: application/octet-stream\r\n{cookie}")

    repeat(port, until, give, answer=True)


NOTEBOOK = "/api/notebook"
GIGABYTE = 2**30


@dataclass(frozen=True)
class Student:
    """A browser that has a cookie, and a notebook of its own."""

    port: int
    cookie: str
    notebook: str

    @staticmethod
    def new(port: int) -> Student:
        cookie = f"Cookie: playlab_browser={secrets.token_urlsafe(24)}\r\n"
        made = Student(port, cookie, "none-yet").ask("POST", "notebooks", {"template": "empty", "language": "en"})
        return Student(port, cookie, made.get("id", "none-made"))

    def sends(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> bytes:
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        head = f"{self.cookie}Content-Type: {kind}\r\n" if content else self.cookie
        return request(method, f"{NOTEBOOK}/{path}", content, head)

    def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The answer's JSON; empty where there is none."""
        _, _, answer = exchange(self.port, self.sends(method, path, body)).partition(b"\r\n\r\n")
        with contextlib.suppress(ValueError):
            return dict(json.loads(answer))
        return {}


def students(port: int, until: float, do: Callable[[Student, int], object], count: int = 10) -> None:
    """So many browsers do something again and again; it is told how manieth time it is."""

    def work() -> None:
        student = Student.new(port)
        for number in until_then(until):
            do(student, number)

    many(count, work)


def pin_of(points: int) -> dict[str, Any]:
    """A pin as a page sends it, of a chart with so many points."""
    x = [at + 0.123456789012345 for at in range(min(points, 5000))]
    series = [{"name": f"{at}", "x": x, "y": x} for at in range(max(1, points // 5000))]
    return {
        "id": secrets.token_urlsafe(12), "view": "playground.loss", "place": "/#seed=1", "run": "/#seed=1",
        "language": "en", "title": "Loss", "caption": "Loss", "facts": [],
        "figure": {"form": "chart", "x": {"label": "epoch"}, "y": {"label": "loss"}, "series": series},
    }  # fmt: skip


def squeezed(size: int) -> bytes:
    """So many bytes of nothing, deflated: a megabyte, which is the same each time, as nothing is looked back to."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = [packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)]
    return piece[0] + piece[1] * (size // 2**20 - 1) + packer.compress(bytes(size % 2**20)) + packer.flush()


def bomb(size: int, claimed: int) -> bytes:
    """An archive with a notebook of so many bytes, which says that they are as many as claimed."""
    content, name = squeezed(size), b"notebook.json"
    told = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 33, 0, len(content), claimed, len(name), 0)
    local = b"PK\3\4" + told + name + content
    listed = b"PK\1\2" + struct.pack("<H", 20) + told + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + name
    return local + listed + b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(listed), len(local), 0)


def picture_of(side: int) -> bytes:
    """A PNG of one colour, so many pixels wide and high, in few bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    head = struct.pack(">LLBBBBB", side, side, 8, 6, 0, 0, 0)
    size = (4 * side + 1) * side
    rows = b"\x78\xda" + squeezed(size) + struct.pack(">HH", size % 65521, 1)  # zlib's frame; its checksum of zeros
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@attack
def large_pins(port: int, until: float) -> None:
    """Ten browsers pin figures of almost 4 MB, the largest there may be, one after the other."""

    def give(student: Student, _number: int) -> None:
        exchange(port, student.sends("POST", "pins", {"pin": pin_of(100_000), "notebook": student.notebook}))

    students(port, until, give)


@attack
def many_cells(port: int, until: float) -> None:
    """Ten browsers add 10,000 cells to a notebook, at once and 400 at a time, and read it."""

    def add(student: Student, number: int) -> None:
        cells = [
            {"id": f"cell-{at:05}-{number:04}", "base": 0, "place": f"{at + 1:05}V",
             "cell": {"type": "text", "text": "**a**"}}
            for at in range(10_000 if number % 2 else 400)
        ]  # fmt: skip
        exchange(port, student.sends("POST", f"notebooks/{student.notebook}/changes", {"changes": cells}))
        exchange(port, student.sends("GET", f"notebooks/{student.notebook}"))

    students(port, until, add)


@attack
def picture_bombs(port: int, until: float) -> None:
    """Ten browsers bring pictures of few bytes that are 36 and 100 megapixels large."""
    bombs = [picture_of(side) for side in (6000, 10_000)]

    def bring(student: Student, number: int) -> None:
        path = f"notebooks/{student.notebook}/pictures"
        exchange(port, student.sends("POST", path, bombs[number % 2], "image/png"))

    students(port, until, bring)


@attack
def archive_bombs(port: int, until: float) -> None:
    """Ten browsers bring archives that unpack to a gigabyte: as one says, and as one does not."""
    bombs = [bomb(GIGABYTE, claimed) for claimed in (GIGABYTE, 2**20)]

    def bring(student: Student, number: int) -> None:
        exchange(port, student.sends("POST", "import", bombs[number % 2], "application/zip"))

    students(port, until, bring)


@attack
def endless_exports(port: int, until: float) -> None:
    """Ten browsers ask for reports of figures that nobody has drawn, without end, and fetch none."""

    def ask(student: Student, number: int) -> None:
        if number < 10:
            student.ask("POST", "pins", {"pin": pin_of(5000), "notebook": student.notebook})
        asked = {"format": ("docx", "html", "zip", "ipynb")[number % 4], "language": "en"}
        exchange(port, student.sends("POST", f"notebooks/{student.notebook}/export", asked))

    students(port, until, ask)


@attack
def foreign_notebooks(port: int, until: float) -> None:
    """Ten browsers ask for, change and take home what is another's, and what is nobody's."""
    owner = Student.new(port)
    pinned = pin_of(10)
    owner.ask("POST", "pins", {"pin": pinned, "notebook": owner.notebook})
    change = {"changes": [{"id": "cell-00001", "base": 0, "place": "V", "cell": {"type": "text", "text": "mine"}}]}

    def reach(student: Student, number: int) -> None:
        name = owner.notebook if number % 2 else secrets.token_urlsafe(16)
        for method, path, body in (
            ("GET", f"notebooks/{name}", None), ("POST", f"notebooks/{name}/changes", change),
            ("DELETE", f"notebooks/{name}", None), ("GET", f"pins/{pinned['id']}/picture.png", None),
            ("POST", f"notebooks/{name}/export", {"format": "docx", "language": "en"}),
            ("GET", f"exports/{secrets.token_urlsafe(12)}/file", None),
        ):  # fmt: skip
            exchange(port, student.sends(method, path, body))

    students(port, until, reach)


@attack
def recovery_guesses(port: int, until: float) -> None:
    """Recovery codes from 60 threads, each guess of a browser that nobody has seen."""

    def guess() -> bytes:
        cookie = f"Cookie: playlab_browser={secrets.token_urlsafe(24)}\r\n"
        code = json.dumps({"code": base64.b32encode(os.urandom(13)).decode()[:20]}).encode()
        return request("POST", f"{NOTEBOOK}/recovery/open", code, f"{cookie}Content-Type: application/json\r\n")

    repeat(port, until, guess, threads=60, answer=True)


@attack
def pages(port: int, until: float) -> None:
    """Ten programs load a page as fast as it comes."""
    sent = request("GET", "/")
    repeat(port, until, lambda: sent, answer=True)


# --- what they cost ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What an attack cost. Counts are of the web process; `left_` is what there was more of at the end than before."""

    name: str
    frames_kept: float  # share of the frames of a player whom nobody disturbs, at the same time
    page_seconds: float  # the longest
    left_threads: int
    left_connections: int
    left_bytes: int
    log_lines: int

    def row(self) -> list[str]:
        return [
            f"`{self.name}`", f"{self.frames_kept:.0%}", f"{self.page_seconds:.2f} s", str(self.left_threads),
            str(self.left_connections), f"{self.left_bytes / 2**20:.1f} MB", str(self.log_lines),
        ]  # fmt: skip


class _Pages:
    """Loads a page every half second, in a thread, and keeps the longest time."""

    def __init__(self, url: str):
        self.longest = 0.0
        self._url, self._ended = url, threading.Event()
        self._thread = threading.Thread(target=self._load, daemon=True)
        self._thread.start()

    def _load(self) -> None:
        while not self._ended.wait(0.5):
            begun = time.monotonic()
            try:
                with urllib.request.urlopen(self._url, timeout=30) as response:
                    response.read()
            except OSError:  # refused, or answered with an error: as bad as no page at all
                begun -= 30
            self.longest = max(self.longest, time.monotonic() - begun)

    def close(self) -> float:
        self._ended.set()
        self._thread.join(40)
        return self.longest


def _store_runs(experiments: Path) -> None:
    """600 runs, and one of 100 epochs with a network to ask."""
    from lenet.network.model import build  # torch: an attacker's process, which imports this module, needs none
    from lenet.training.saved import save

    for number in range(600):
        store_run(experiments, f"20250101-{number:06}-abcdef", created=number)
    save(build(TrainConfig()).state_dict(), store_run(experiments, LONG_RUN, epochs=100) / "lenet_mnist_1.000.pt")


@dataclass(frozen=True)
class Held:
    """What the web process holds."""

    threads: int
    connections: int
    bytes: int

    @staticmethod
    def by(web: psutil.Process) -> Held:
        connections = sum(one.status == psutil.CONN_ESTABLISHED for one in web.net_connections("tcp"))
        return Held(web.num_threads(), connections, web.memory_full_info().uss)


class Target:
    """A server of one's own and one that nobody attacks, each with a player. A context: leaving it ends all."""

    def __init__(self) -> None:
        self._runs = tempfile.TemporaryDirectory(prefix="playlab-runs-", ignore_cleanup_errors=True)
        _store_runs(Path(self._runs.name))
        self.server = Server("--workers", "1", "--experiments", self._runs.name)
        self._untouched, self._crowd = Server("--workers", "1"), Crowd()

    def __enter__(self) -> Target:
        for server in (self.server, self._untouched):
            server.wait_for_page()
        self._players = [self._crowd.connect(one.port)[0] for one in (self.server, self._untouched)]
        self._crowd.until(lambda: all(one.packed for one in self._players), 60, "first frames")
        self._crowd.ask(self._players, "play")
        self._crowd.run(2)
        self.web = psutil.Process(self.server.pid)
        return self

    def __exit__(self, *about: object) -> None:
        self._crowd.__exit__(*about)
        for server in (self.server, self._untouched):
            server.__exit__(*about)
        self._runs.cleanup()

    def try_out(self, name: str, seconds: float, back_seconds: float = BACK_SECONDS, spare_bytes: int = 0) -> Outcome:
        """Runs one attack; afterwards waits up to `back_seconds` until nothing of it is left but `spare_bytes`."""
        before, lines = Held.by(self.web), self.server.log_lines()
        pages = _Pages(self.server.url)
        attacker = multiprocessing.get_context("spawn").Process(target=_attack, args=(name, self.server.port, seconds))
        counts = [len(one.times) for one in self._players]
        attacker.start()
        self._crowd.run(seconds)
        while attacker.is_alive():
            self._crowd.run(0.1)
        attacked, undisturbed = (len(one.times) - count for one, count in zip(self._players, counts, strict=True))
        if attacker.exitcode:
            raise RuntimeError(f"{name} was none: it ended with status {attacker.exitcode}")
        longest = pages.close()
        left = self.wait_until_back(before, back_seconds, spare_bytes)
        return Outcome(
            name=name,
            frames_kept=attacked / max(1, undisturbed),
            page_seconds=longest,
            left_threads=left.threads - before.threads,
            left_connections=left.connections - before.connections,
            left_bytes=left.bytes - before.bytes,
            log_lines=self.server.log_lines() - lines,
        )

    def wait_until_back(self, before: Held, seconds: float, spare_bytes: int = 0) -> Held:
        """What is held after so long, or earlier if it is as little as before, and `spare_bytes` of memory. The players
        go on meanwhile.

        Threads that wait for the next request, or watch over a process, count as those of before.
        """
        end, left = time.monotonic() + seconds, Held.by(self.web)
        while time.monotonic() < end and (
            left.threads > before.threads + LEFT_THREADS
            or left.connections > before.connections
            or left.bytes > before.bytes + spare_bytes
        ):
            self._crowd.run(0.2)
            left = Held.by(self.web)
        return left


def _attack(name: str, port: int, seconds: float) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(8192, hard)), hard))
    ATTACKS[name](port, time.monotonic() + seconds)
    os._exit(0)  # with whatever threads still wait for answers


HEADINGS = ["attack", "frames kept", "longest page", "threads left", "connections left", "memory", "log lines"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Attacks a server of its own and says what that cost.")
    parser.add_argument("names", nargs="*", metavar="ATTACK", help=f"by default all: {', '.join(ATTACKS)}")
    parser.add_argument("--seconds", type=float, default=15, help="of each attack")
    parser.add_argument("--write", action="store_true", help="puts the table into docs/security.md")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in ATTACKS:
            parser.error(f"no attack {name}: one of {', '.join(ATTACKS)}")
    rows = []
    for name in arguments.names or ATTACKS:
        with Target() as target:
            rows.append(target.try_out(name, arguments.seconds).row())
        print("  ".join(rows[-1]), flush=True)
    text = f"{report.conditions('waitress', 'python-engineio')}\n\n{report.table(HEADINGS, rows)}"
    report.publish("attacks", text, write=arguments.write, document=report.SECURITY)


if __name__ == "__main__":
    signals.end_in_order()
    main()
