"""What floods of commands cost an honest player: a real `python app.py` with one worker, over loopback.

    python -m benchmarks.flood [--seconds S] [--programs N] [--only KIND ...]

An honest player trains the default network at 30 frames a second. Beside it `N` programs, each with a connection and a
session of its own, send one kind of command as fast as the server takes it, and read and forget what comes back.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import itertools
import json
import multiprocessing
import os
import re
import socket
import struct
import threading
import time
from typing import Any

from benchmarks import report
from benchmarks.browsers import Browser, Crowd
from benchmarks.server import Server

LARGEST = "seed=1&networkShape=8,8,8,8,8,8&xTimesY=true&xSquared=true&ySquared=true&sinX=true&sinY=true&noise=50"
# Of each kind: what is sent once at first, and then over and over.
_FASTEST: list[tuple[str, dict[str, Any]]] = [("set_speed", {"epochsPerSecond": None})]
FLOODS: dict[str, tuple[list[tuple[str, dict[str, Any]]], list[tuple[str, dict[str, Any]]]]] = {
    "configure": ([], [("configure", {"config": {"seed": f"0.{n}", "noise": n % 50}}) for n in range(1, 200)]),
    "link": ([], [("configure", {"link": LARGEST.replace("seed=1", f"seed={n}")}) for n in range(1, 200)]),
    "set_weight": (
        [],
        [("set_weight", {"layer": n % 6, "node": n % 8, "input": n % 7, "value": n}) for n in range(336)],
    ),
    "new_data": ([], [("new_data", {})]),
    "reset": ([], [("reset", {})]),
    "select": ([], [("select", {"layer": n % 6, "node": n % 8}) for n in range(48)]),
    "step": ([], [("step", {"epochs": 10_000})]),
    "play": (_FASTEST, [("play", {})]),
    "unknown": ([], [("nonsense", {"a": 1})]),
    "open": ([], [("open", {"link": LARGEST.replace("seed=1", f"seed={n}")}) for n in range(1, 200)]),
    "mixed": (_FASTEST, [
        ("new_data", {}), ("set_weight", {"layer": 0, "node": 0, "input": 0, "value": 1}), ("reset", {}),
        ("play", {}), ("step", {"epochs": 10_000}), ("select", {}), ("new_weights", {}), ("pause", {}),
    ]),
}  # fmt: skip


def _framed(text: str) -> bytes:
    data = text.encode()
    head = b"\x81" + (bytes((0x80 | len(data),)) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data)))
    return head + b"\0\0\0\0" + data


class Program:
    """One that floods, in a thread of this process: it sends whole buffers and looks at nothing, so it costs little."""

    def __init__(self, port: int, kind: str, per_second: float | None = None):
        """per_second: commands; None: as many as the server takes."""
        self._port, self._first, self._over = port, *FLOODS[kind]
        self._pause = None if per_second is None else 1 / per_second
        self._numbers = itertools.count(1)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 20) as connection:
                self._flood(connection)
            time.sleep(0.01)  # it was cut off

    def _flood(self, connection: socket.socket) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        connection.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = b""
        while b"0{" not in answer:  # Engine.IO's greeting, after the answer to the handshake
            chunk = connection.recv(4096)
            if not chunk:
                return
            answer += chunk
        connection.sendall(_framed("40/playground,"))
        connection.sendall(self._buffer([("open", {"link": LARGEST}), *self._first]))
        commands = self._over * max(1, 200 // len(self._over))
        batches = [commands] if self._pause is None else [[one] for one in commands]
        buffers = itertools.cycle([self._buffer(batch) for batch in batches])
        reader = threading.Thread(target=self._read, args=(connection,), daemon=True)
        reader.start()
        while True:
            connection.sendall(next(buffers))
            if self._pause is not None:
                time.sleep(self._pause)

    def _read(self, connection: socket.socket) -> None:
        """Forgets what comes, answers the server's pings and acknowledges frames, to get as many as there are."""
        with contextlib.suppress(OSError):
            while data := connection.recv(1 << 18):
                if b"\x89\x00" in data:
                    connection.sendall(b"\x8a\x80\0\0\0\0")
                for number in re.findall(rb'451-/playground,(\d+)\["frame"', data):
                    connection.sendall(_framed(f"43/playground,{number.decode()}[]"))
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    def _buffer(self, commands: list[tuple[str, dict[str, Any]]]) -> bytes:
        return b"".join(
            _framed(f"42/playground,{next(self._numbers)}{json.dumps([name, arguments])}")
            for name, arguments in commands
        )

    def join(self) -> None:
        self._thread.join()


def frames_of(crowd: Crowd, player: Browser, seconds: float) -> tuple[float, float]:
    """Frames a second of the player, and its longest gap in seconds."""
    seen, start = len(player.times), time.perf_counter()
    crowd.run(seconds)
    took = time.perf_counter() - start
    times = [start, *player.times[seen:], start + took]
    return (len(player.times) - seen) / took, max(after - before for before, after in itertools.pairwise(times))


class Programs:
    """Several that flood, in a process of their own. A context: leaving it ends them."""

    def __init__(self, port: int, kind: str, count: int, per_second: float | None = None):
        self._process = multiprocessing.Process(
            target=_flood_for_ever, args=(port, kind, count, per_second), daemon=True
        )

    def __enter__(self) -> None:
        self._process.start()

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join(10)


def _flood_for_ever(port: int, kind: str, count: int, per_second: float | None) -> None:
    programs = [Program(port, kind, per_second) for _ in range(count)]
    for program in programs:
        program.join()


def flooded(
    port: int, kind: str, programs: int, seconds: float, per_second: float | None = None
) -> tuple[float, float, float]:
    """One honest player: its frames a second before and during a flood, and the longest gap in it in seconds."""
    with Crowd() as crowd:
        player = crowd.connect(port, 1, "seed=0.5")[0]
        crowd.ask([player], "play")
        crowd.until(lambda: len(player.times) > 10, 60, "frames")
        before, _ = frames_of(crowd, player, max(2, seconds / 3))
        with Programs(port, kind, programs, per_second):
            during, gap = frames_of(crowd, player, seconds)
    return before, during, gap


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flood", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10, help="that each flood lasts")
    parser.add_argument("--programs", type=int, default=10)
    parser.add_argument("--per-second", type=float, help="commands of each; default: as many as the server takes")
    parser.add_argument(
        "--only", nargs="+", choices=FLOODS, default=list(FLOODS), metavar="KIND", help=", ".join(FLOODS)
    )
    options = parser.parse_args(argv)
    rows = []
    for kind in options.only:
        with Server("--workers", "1") as server:
            server.wait_for_page()
            usage = server.usage()
            before, during, gap = flooded(server.port, kind, options.programs, options.seconds, options.per_second)
            after = server.usage()
        rows.append([
            kind, f"{before:.1f}", f"**{during:.1f}**", f"{during / before:.0%}", f"{gap * 1000:.0f} ms",
            f"{after.web_seconds - usage.web_seconds:.1f} s", f"{after.worker_seconds - usage.worker_seconds:.1f} s",
        ])  # fmt: skip
    head = ["flood", "frames/s before", "during", "share", "longest gap", "web CPU", "worker CPU"]
    print(report.table(head, rows))


if __name__ == "__main__":
    main()
