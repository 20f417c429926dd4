"""Servers with options of a test's own, and how many files a test may open."""

import resource
import sys

import pytest
from werkzeug.test import Client

from app import create_app
from support.processes import ServerProcess, free_port, wait_until
from support.web_clients import get, web_process


@pytest.fixture(scope="session", autouse=True)
def many_files():
    """1,000 connections have two ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(8192, hard)), hard))


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """A client of the whole application, without a server."""
    folder = tmp_path_factory.mktemp("app")
    app = create_app({"WORKERS": 0, "DATA_DIR": folder, "EXPERIMENTS_DIR": folder / "experiments"})
    yield Client(app)
    app.extensions["close"]()


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Starts `app.py` with one worker and the given options; ends it after the module.

    ready: whether the worker is waited for; else it starts when a Playground is opened.
    """
    started = []

    def start(*options, port=None, ready=True):
        port = port or free_port()
        folder = tmp_path_factory.mktemp("server")
        program = "app.py" if ready else "tests/support/eager_server.py"
        command = [sys.executable, program, "--port", str(port), "--workers", "1", "--data", str(folder / "data"),
                   "--experiments", str(folder / "experiments"), *options]  # fmt: skip
        started.append(ServerProcess(command, f"http://127.0.0.1:{port}", folder / "server.log"))
        started[-1].wait_ready()
        if ready:
            wait_until(lambda: 'worker_ready{worker="0"} 1.0' in get(f"{started[-1].url}/metrics")[1], 60, "the worker")
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture(scope="module")
def own(start):
    """A server for the tests of one module."""
    return start()


@pytest.fixture(scope="module")
def web(own):
    return web_process(own)
