"""Archives of a run's checkpoints, fetched by many at once from a real server, some of whom do not read."""

from __future__ import annotations

import io
import json
import socket
import time
import zipfile

import pytest

from core.visitors import BROWSER_COOKIE
from lenet.routes.served import MOST_ARCHIVES
from support.lenet_folders import store_run
from support.processes import wait_until
from support.web_clients import get, raw_connection, web_process

RUN = "20260101-000000-abcdef"
EPOCHS, CHECKPOINT_BYTES = 100, 400_000  # 40 MB an archive


@pytest.fixture(scope="module")
def server(start, tmp_path_factory):
    experiments = tmp_path_factory.mktemp("archives")
    folder = store_run(experiments, RUN, epochs=EPOCHS)
    for line in (folder / "metrics.jsonl").read_text().splitlines():
        if (record := json.loads(line))["kind"] == "epoch":
            (folder / record["checkpoint"]).write_bytes(bytes([record["epoch"] % 256]) * CHECKPOINT_BYTES)
    server = start("--experiments", str(experiments), ready=False)
    wait_until(lambda: get(f"{server.url}/api/lenet/runs/{RUN}")[0] == 200, 20, "the run is read")
    return server


def asking(server, browser):
    """A connection that has asked for the archive, and reads nothing of it."""
    connection = raw_connection(server.url, receive_buffer=4096)
    head = f"GET /api/lenet/runs/{RUN}/checkpoints.zip HTTP/1.1\r\nHost: localhost\r\n"
    connection.sendall(f"{head}Cookie: {BROWSER_COOKIE}={browser:032x}\r\nConnection: close\r\n\r\n".encode())
    return connection


def status_of(connection):
    return int(connection.recv(12).split()[1])


def test_readers_that_do_not_read_delay_no_page_and_take_no_memory(server):
    web = web_process(server)
    memory, threads = web.memory_full_info().uss, web.num_threads()
    readers = [asking(server, browser) for browser in range(MOST_ARCHIVES)]
    try:
        assert [status_of(reader) for reader in readers] == [200] * MOST_ARCHIVES
        began = time.monotonic()
        assert get(f"{server.url}/lenet")[0] == 200
        assert time.monotonic() - began < 1.5
        with asking(server, MOST_ARCHIVES) as late:
            assert status_of(late) == 503
        assert web.memory_full_info().uss - memory < 40 * 2**20  # one archive's size; sixteen have 640 MB
        wait_until(lambda: web.num_threads() < threads + MOST_ARCHIVES, 20, "no thread is kept by who does not read")
    finally:
        for reader in readers:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            reader.close()

    def is_served():
        with asking(server, 99) as one:
            return status_of(one) == 200

    wait_until(is_served, 20, "the places of those who have gone are free")


def test_a_reader_gets_all_of_it(server):
    with asking(server, 100) as reader:
        answer = b"".join(iter(lambda: reader.recv(2**20), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Content-Length: %d" % len(body) in head
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        assert parts.testzip() is None
        assert len(parts.namelist()) == EPOCHS
