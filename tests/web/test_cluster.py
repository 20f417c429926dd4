"""Several web servers behind one address: nginx as docs/nginx.conf has it, a Redis and a worker, all of them real."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio
import websocket

from support.lenet_runs import QUICK
from support.nginx_server import EXAMPLE, NginxServer, replaced, with_tls
from support.processes import ServerProcess, leave_out, program, wait_until
from support.redis_server import RedisServer, WorkerProcess
from support.web_clients import Client, get, metric, open_polling, open_websocket, post

TOKEN = "chalk-and-blackboard"
BROWSERS = [f"secret-{number}" for number in range(8)]
ENDLESS = QUICK | {"epochs": 1000}  # until it is stopped
SECONDS = 30

Start = Callable[..., ServerProcess]


@pytest.fixture(scope="module")
def worker(redis: RedisServer, mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    """Shows nobody its runs; so it needs no address."""
    started = WorkerProcess(redis, "gpu-machine", mnist, tmp_path_factory.mktemp("worker"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def options(redis: RedisServer) -> list[str]:
    """Of every web server."""
    return ["--redis", redis.url, "--proxies", "1", "--teacher", TOKEN]


@pytest.fixture(scope="module")
def servers(worker: WorkerProcess, start: Start, options: list[str]) -> list[ServerProcess]:
    """Two, while a worker gets ready."""
    return [start(*options), start(*options)]


@pytest.fixture(scope="module")
def nginx(servers: list[ServerProcess], tmp_path_factory: pytest.TempPathFactory) -> Iterator[NginxServer]:
    made = NginxServer(tmp_path_factory.mktemp("nginx"), [server.url.removeprefix("http://") for server in servers])
    yield made
    made.stop()


@pytest.fixture(scope="module")
def front(nginx: NginxServer) -> str:
    """The one address."""
    return nginx.url


@pytest.fixture(scope="module")
def homes(front: str, servers: list[ServerProcess]) -> dict[str, ServerProcess]:
    """The server on which each browser's WebSocket ends."""
    found = {}
    for browser in BROWSERS:
        before = [connections(server) for server in servers]
        connection = open_websocket(front, browser)
        risen = [server for server, count in zip(servers, before, strict=True) if connections(server) > count]
        assert len(risen) == 1
        found[browser] = risen[0]
        connection.close()
        wait_until(lambda before=before: [connections(server) for server in servers] == before, 10, "its end")
    return found


@pytest.fixture(scope="module")
def alice(homes: dict[str, ServerProcess], servers: list[ServerProcess]) -> str:
    return next(browser for browser, home in homes.items() if home is servers[0])


@pytest.fixture(scope="module")
def bob(homes: dict[str, ServerProcess], servers: list[ServerProcess]) -> str:
    """A browser on the other server."""
    return next(browser for browser, home in homes.items() if home is servers[1])


def connections(server: ServerProcess) -> float:
    return metric(server.url, 'playlab_connections{transport="websocket"}')


def ask(url: str, path: str, browser: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """Status and JSON of an answer of LeNet's API; with a body, to a POST."""
    text = None if body is None else json.dumps(body).encode()
    headers |= {"Content-Type": "application/json", "Cookie": f"playlab_browser={browser}"}
    status, answer, _ = get(f"{url}/api/lenet/{path}", data=text, **headers)
    return status, json.loads(answer)


def status_of(url: str, browser: str, run: str) -> str | None:
    return next((one["status"] for one in ask(url, "runs", browser)[1]["runs"] if one["run"] == run), None)


def start_run(url: str, browser: str) -> str:
    """A run that the worker is training."""

    def submit() -> bool:
        nonlocal answer
        status, answer = ask(url, "runs", browser, {"preset": "exercise-code", "config": ENDLESS})
        assert status == 201 or answer["code"] == "no-worker", answer
        return status == 201

    answer: Any = None
    wait_until(submit, SECONDS, "a worker")
    wait_until(lambda: status_of(url, browser, answer["run"]) == "running", SECONDS, "the run's start")
    return answer["run"]


# --- whose server -----------------------------------------------------------------------------------------------------


def test_browsers_are_spread_over_the_servers(homes: dict[str, ServerProcess], servers: list[ServerProcess]):
    assert {id(home) for home in homes.values()} == {id(server) for server in servers}


def test_every_request_of_a_browser_reaches_the_server_that_has_its_connection(front: str):
    for browser in BROWSERS:
        polling = open_polling(front, Cookie=f"playlab_browser={browser}")
        for _ in range(3):
            assert post(polling, b"40/playground,", Cookie=f"playlab_browser={browser}")[0] == 200
            assert get(polling, Cookie=f"playlab_browser={browser}")[1].startswith("40/playground,")
            assert post(polling, b"41/playground,", Cookie=f"playlab_browser={browser}")[0] == 200
        post(polling, b"1", Cookie=f"playlab_browser={browser}")


def test_so_does_every_request_of_a_program_without_cookies(front: str):
    polling = open_polling(front)
    for _ in range(5):
        assert post(polling, b"40/playground,")[0] == 200
        assert get(polling)[1].startswith("40/playground,")
        assert post(polling, b"41/playground,")[0] == 200
    post(polling, b"1")


def test_a_browser_that_reconnects_finds_its_playground_again(front: str):
    for browser in BROWSERS:
        client = Client(front, browser)
        opened = client.call("open", link="seed=0.5")
        client.call("play")
        client.see_frames(2)
        client.close()
        again = Client(front, browser)
        opened_again = again.call("open", session=opened["session"])
        assert (opened_again["resumed"], opened_again["playing"]) == (True, True)
        again.call("close")
        again.close()


def test_the_first_page_makes_a_visitor_a_browser_and_its_address_counts(front: str):
    status, _, headers = get(front)
    assert (status, headers.get_content_type()) == (200, "text/html")
    assert "playlab_browser=" in headers["Set-Cookie"]
    assert "Secure" not in headers["Set-Cookie"]
    open_websocket(front, "someone", origin=front).close()
    for origin in ("http://elsewhere.example", front.replace("http", "https")):
        with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
            open_websocket(front, "someone", origin=origin)
    assert get(front, Host="elsewhere.example")[0] == 403


def test_the_example_serves_tls(servers: list[ServerProcess], tmp_path: Path):
    certificate, key = tmp_path / "lab.pem", tmp_path / "lab.key"
    openssl = [
        program("openssl"),
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=lab.school",
    ]
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run([*openssl, *files], check=True, capture_output=True, timeout=30)
    text = with_tls(EXAMPLE.read_text(), certificate, key)
    nginx = NginxServer(tmp_path, [server.url.removeprefix("http://") for server in servers], text)
    try:
        trust = {"sslopt": {"ca_certs": str(certificate)}}
        connection = open_websocket(nginx.url, "someone", origin=nginx.url, **trust)
        connection.close()
        with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
            open_websocket(nginx.url, "someone", origin=nginx.url.replace("https", "http"), **trust)
        context = ssl.create_default_context(cafile=str(certificate))
        with urllib.request.urlopen(nginx.url, timeout=SECONDS, context=context) as page:
            assert "Secure" in page.headers["Set-Cookie"]
    finally:
        nginx.stop()


def test_figures_of_one_server_are_not_shown_as_those_of_all(front: str):
    assert get(f"{front}/metrics")[0] == 404
    assert get(f"{front}/healthz")[0] == 200


# --- runs -------------------------------------------------------------------------------------------------------------


def test_a_run_started_on_one_server_is_followed_on_the_other(front: str, alice: str, bob: str):
    with socketio.SimpleClient() as viewer:
        cookie = {"Cookie": f"playlab_browser={bob}"}
        viewer.connect(front, headers=cookie, namespace="/lenet", transports=["websocket"])
        run = start_run(front, alice)
        wait_until(lambda: status_of(front, bob, run) == "running", 10, "news of the run")
        assert viewer.call("follow", {"run": run})["ok"]
        told: list[Any] = []

        def is_told_of_an_epoch() -> bool:
            name, payload = viewer.receive(timeout=SECONDS)
            told.append(name)
            return name == "records" and any(record["kind"] == "epoch" for record in payload["records"])

        wait_until(is_told_of_an_epoch, SECONDS, "an epoch")
        assert "run" in told
        status, answer = ask(front, f"runs/{run}/stop", bob, {})
        assert (status, answer["code"]) == (403, "not-yours")
        assert ask(front, f"runs/{run}/stop", alice, {})[0] == 200
        wait_until(lambda: status_of(front, bob, run) == "stopped", SECONDS, "its end")


def test_the_teachers_token_is_good_on_every_server(front: str, alice: str, bob: str):
    run = start_run(front, alice)
    for browser in (alice, bob):
        assert ask(front, "teacher", browser, {"token": "a guess"})[0] == 403
        assert ask(front, "teacher", browser, {"token": TOKEN})[0] == 200
        assert ask(front, "runs", browser, Authorization=f"Bearer {TOKEN}")[1]["me"]["teacher"]
    assert ask(front, f"runs/{run}/stop", bob, {}, Authorization=f"Bearer {TOKEN}")[0] == 200
    wait_until(lambda: status_of(front, alice, run) == "stopped", SECONDS, "its end")


# --- a server dies ----------------------------------------------------------------------------------------------------


def test_the_browsers_of_a_killed_server_go_on_with_the_other(
    front: str, alice: str, servers: list[ServerProcess], start: Start, options: list[str]
):
    """Last in this module."""
    run = start_run(front, alice)
    client = Client(front, alice)
    session = client.call("open")["session"]
    servers[0].kill()
    with pytest.raises((OSError, websocket.WebSocketException)):
        client.until(lambda: False)

    assert get(front, Cookie=f"playlab_browser={alice}")[0] == 200  # the first request finds it dead, and another
    again = Client(front, alice)
    assert not again.call("open", session=session)["resumed"]  # its memory was lost with it
    again.call("play")
    again.see_frames()
    again.close()
    wait_until(lambda: status_of(front, alice, run) == "running", SECONDS, "its first records")
    assert ask(front, f"runs/{run}/stop", alice, {})[0] == 200
    wait_until(lambda: status_of(front, alice, run) == "stopped", SECONDS, "its end")

    empty = start(*options, port=int(servers[0].url.rpartition(":")[2]), ready=False)
    wait_until(lambda: status_of(empty.url, alice, run) == "stopped", SECONDS, "what it had not seen")
    assert ask(empty.url, f"runs/{run}", alice)[1]["epoch"] == ask(servers[1].url, f"runs/{run}", alice)[1]["epoch"]


def test_with_the_servers_in_it_the_example_passes_nginx_s_own_check_as_the_page_says(tmp_path: Path):
    if os.getuid() != 0:
        leave_out("nginx -t writes where root alone may")
    named = "\n".join(f"server 10.0.0.{number}:5000;" for number in (11, 12))
    file = tmp_path / "nginx.conf"
    file.write_text(replaced(EXAMPLE.read_text(), r"^ *server web:5000;", named))
    check = subprocess.run([program("nginx"), "-t", "-c", file], capture_output=True, text=True, timeout=30)
    assert check.returncode == 0, check.stderr
    assert "test is successful" in check.stderr
