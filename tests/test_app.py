"""The application as a whole: options, start and stop."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

import app
from support.processes import ROOT, ServerProcess, free_port, wait_until
from support.web_clients import metric


@contextlib.contextmanager
def starting(folder):
    port = free_port()
    process = ServerProcess(
        [sys.executable, "app.py", "--port", str(port)], f"http://127.0.0.1:{port}", folder / "server.log"
    )
    process.wait_ready()
    yield process
    if process.process.poll() is None:
        process.stop()


@pytest.fixture
def started(tmp_path):
    """A server of its own, ready to answer."""
    with starting(tmp_path) as process:
        yield process


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A server for the tests that only look at it."""
    with starting(tmp_path_factory.mktemp("running")) as process:
        yield process


def family(process):
    root = psutil.Process(process.process.pid)
    return [root, *root.children(recursive=True)]


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_the_server_ends_within_5_seconds_and_takes_everything_with_it(started, sent):
    wait_until(lambda: len(family(started)) >= 2, 10, "server and worker run")
    members = family(started)
    started.process.send_signal(sent)
    assert started.process.wait(5) == 0
    wait_until(lambda: not any(member.is_running() for member in members), 5, "every process is gone")


def test_the_server_takes_stopped_children_with_it_too(tmp_path):
    port = free_port()
    command = [sys.executable, "app.py", "--port", str(port), "--workers", "3", "--experiments", str(tmp_path / "runs")]
    server = ServerProcess(command, f"http://127.0.0.1:{port}", tmp_path / "server.log")
    server.wait_ready()
    wait_until(lambda: len(family(server)) >= 4, 30, "the workers")
    web, *others = family(server)
    for one in others:
        one.suspend()
    web.terminate()
    try:
        assert server.process.wait(10) == 0
        wait_until(lambda: not any(one.is_running() for one in others), 3, "every process is gone")
    finally:
        server.kill()


def test_it_ends_in_order_where_the_system_gives_out_no_more_threads(started):
    web = psutil.Process(started.process.pid)
    web.rlimit(psutil.RLIMIT_AS, (web.memory_info().vms + 2**22,) * 2)  # less than a thread's stack
    web.send_signal(signal.SIGINT)
    assert started.process.wait(10) == 0
    said = started.log.read_text()
    assert "server ends" in said
    assert "Traceback" not in said
    assert "error" not in said.lower()


FIRST = {"app.py": ["app.py"], "lenet": ["-m", "lenet", "data"], "playground": ["-m", "playground", "warm"]}


@pytest.fixture
def heeding():
    """What is started heeds Ctrl-C, also where the tests run in a shell's background and do not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeding")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=lambda sent: sent.name)
@pytest.mark.parametrize("program", FIRST)
def test_a_program_that_is_ended_while_it_is_loaded_says_nothing(program, sent, tmp_path):
    (tmp_path / "msgspec.py").write_text("import time; print('loading', flush=True); time.sleep(60)")
    process = subprocess.Popen(
        [sys.executable, *FIRST[program]], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout.readline() == "loading\n"
    process.send_signal(sent)
    _, said = process.communicate(timeout=10)
    assert (process.returncode, said) == (-sent, "")


def test_a_working_directory_that_is_gone_is_told_with_the_folder_that_is_sought_there(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    code = (
        "import os, runpy, sys; os.rmdir(os.getcwd()); del sys.argv[0]; runpy.run_path(sys.argv[0], None, '__main__')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(ROOT / "app.py"), "--port", str(free_port()), "--experiments", "runs"],
        cwd=gone, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (2, "app.py: No such file or directory: runs\n")


def test_a_working_directory_that_is_gone_is_needed_for_nothing_where_all_folders_are_absolute(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    code = (
        "import os, runpy, sys; os.rmdir(os.getcwd()); del sys.argv[0]; runpy.run_path(sys.argv[0], None, '__main__')"
    )
    folders = ["--experiments", str(tmp_path / "runs"), "--data", str(tmp_path / "data")]
    server = subprocess.Popen(
        [sys.executable, "-c", code, str(ROOT / "app.py"), "--port", str(free_port()), *folders],
        cwd=gone, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdout.readline().startswith("Playlab is at ")
    finally:
        server.terminate()
        server.communicate(timeout=30)


def test_workers_do_not_outlive_a_web_process_killed_dead(started):
    wait_until(lambda: len(family(started)) >= 2, 10)
    web, *workers = family(started)
    web.kill()
    wait_until(lambda: not any(worker.is_running() for worker in workers), 5, "its workers are gone")


def test_the_address_that_was_bound_is_printed_first(running):
    assert running.log.read_text().splitlines()[0] == f"Playlab is at {running.url} (Ctrl+C stops it)"


def test_the_page_is_there_within_two_seconds_of_the_start(tmp_path):
    """Seconds of a machine that has nothing else to do; the best of three."""
    delays = []
    for attempt in range(3):
        busy = how_busy()
        port = free_port()
        begun = time.monotonic()
        process = ServerProcess(
            [sys.executable, "app.py", "--port", str(port)], f"http://127.0.0.1:{port}", tmp_path / f"{attempt}.log"
        )
        process.wait_ready()
        with urllib.request.urlopen(process.url, timeout=5) as response:
            response.read()
        delays.append((time.monotonic() - begun) / busy)
        process.stop()
        if delays[-1] < 2:
            return
    pytest.fail(f"the page took {delays} seconds")


def how_busy():
    """How many times longer than on a machine at rest a process takes that computes for 0.7 s, as a start does."""
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.7: pass"], check=True)
    return max(1, (time.monotonic() - begun) / 0.8)


@pytest.mark.parametrize(
    ("option", "value"),
    [("--workers", "0"), ("--port", "70000"), ("--port", "x"), ("--keep-data", "0"), ("--keep-data", "10000")],
)
def test_a_bad_option_is_named(option, value):
    run = subprocess.run(
        [sys.executable, "app.py", option, value], cwd=ROOT, capture_output=True, text=True, timeout=20
    )
    assert run.returncode == 2
    (line,) = run.stderr.splitlines()
    assert option in line
    assert value in line


def test_an_address_of_a_database_that_cannot_be_is_refused_without_being_quoted():
    line = start_that_fails("--database", "mysql://me:secret@host/db")
    assert "invalid --database: want sqlite:///FILE or postgresql://" in line
    assert "secret" not in line


def start_that_fails(*options, **environment):
    """What `app.py` prints, one line, where it cannot start."""
    run = subprocess.run(
        [sys.executable, "app.py", *options], cwd=ROOT, capture_output=True, text=True, timeout=30,
        env={**os.environ, **environment},
    )  # fmt: skip
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    return run.stderr.splitlines()[-1]


def test_what_the_system_refuses_is_one_line_that_names_it(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert port in start_that_fails("--port", port)
    assert "no.such.host.invalid" in start_that_fails("--host", "no.such.host.invalid", "--port", str(free_port()))
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        for option in ("--experiments", "--data"):
            said = start_that_fails(option, str(path), "--port", str(free_port()))
            assert said == f"app.py: not a folder: {tmp_path / 'file'}"


@pytest.mark.parametrize("folder", ["/proc/foo", "/proc/foo/runs"])
def test_no_address_is_promised_before_all_that_is_served_there(folder):
    command = [sys.executable, "app.py", "--port", str(free_port()), "--experiments", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "/proc/foo" in line


def test_a_closed_output_is_one_line():
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "app.py", "--port", str(free_port())]
    with os.fdopen(writing, "wb") as output:
        run = subprocess.run(command, cwd=ROOT, stdout=output, stderr=subprocess.PIPE, text=True, timeout=60)
    assert run.returncode == 2
    assert run.stderr.splitlines() == ["app.py: standard output: Broken pipe"]


def test_the_port_that_kubernetes_sets_is_ignored_with_a_warning(monkeypatch, capsys):
    monkeypatch.setenv("PLAYLAB_PORT", "tcp://10.0.0.1:5000")
    assert app._arguments([]).port == 5000
    assert "tcp://10.0.0.1:5000" in capsys.readouterr().err


def test_the_tilde_is_the_home_folder_in_paths(monkeypatch):
    monkeypatch.setenv("HOME", "/somewhere")
    monkeypatch.setenv("PLAYLAB_DATA", "~/data")
    arguments = app._arguments(["--experiments", "~/runs"])
    assert (arguments.data, arguments.experiments) == (Path("/somewhere/data"), Path("/somewhere/runs"))


@pytest.mark.parametrize("how", [{"PYTHONSAFEPATH": "1"}, "-I"], ids=str)
def test_it_runs_where_python_keeps_the_scripts_folder_out(how, tmp_path):
    """Its workers too. -I means -P, and that the environment is not looked at."""
    port = free_port()
    flags, environment = ([], how) if isinstance(how, dict) else ([how], {})
    command = [sys.executable, *flags, "app.py", "--port", str(port), "--workers", "1", "--experiments", str(tmp_path)]
    process = ServerProcess(command, f"http://127.0.0.1:{port}", tmp_path / "log", environment)
    process.wait_ready()
    wait_until(lambda: metric(process.url, 'playlab_worker_ready{worker="0"}') == 1, 60, "the worker")
    process.stop()
    assert "Traceback" not in process.log.read_text()


@pytest.mark.parametrize("variable", ["FLASK_DEBUG", "FLASK_ENV"])
def test_what_others_set_for_flask_changes_no_answer(variable, tmp_path, monkeypatch):
    def answers():
        made = app.create_app({"WORKERS": 0, "DATA_DIR": tmp_path, "EXPERIMENTS_DIR": tmp_path / "experiments"})
        try:
            client = made.test_client()
            return [client.get(path).data for path in ("/api/lenet/schema", "/api/openapi.json", "/lenet", "/nowhere")]
        finally:
            made.extensions["close"]()

    usual = answers()
    monkeypatch.setenv(variable, "1" if variable == "FLASK_DEBUG" else "development")
    assert answers() == usual


def test_it_runs_without_docstrings_and_asserts(tmp_path):
    port = free_port()
    command = [sys.executable, "-OO", "app.py", "--port", str(port), "--experiments", str(tmp_path / "experiments")]
    process = ServerProcess(command, f"http://127.0.0.1:{port}", tmp_path / "log")
    process.wait_ready()
    process.stop()
    assert "Traceback" not in process.log.read_text()


def test_a_port_that_browsers_refuse_is_warned_of(tmp_path):
    command = [sys.executable, "app.py", "--port", "6667", "--experiments", str(tmp_path / "experiments")]
    process = ServerProcess(command, "http://127.0.0.1:6667", tmp_path / "log")
    process.wait_ready()
    process.stop()
    assert "browsers refuse to open port 6667" in process.log.read_text()


def test_missing_browser_files_are_named_with_what_to_run(monkeypatch, tmp_path):
    monkeypatch.setattr(app, "VENDOR", tmp_path)
    with pytest.raises(SystemExit, match=r"plotly\.min\.js, .*socket\.io\.min\.js.*make setup"):
        app.main([])


def test_headers_forbid_what_is_foreign(running):
    with urllib.request.urlopen(running.url, timeout=5) as response:
        policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src" not in policy  # nothing beyond default-src
    assert "http" not in policy


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file has such a name")
def test_a_folder_of_experiments_whose_name_is_no_utf_8_is_one_line(tmp_path):
    command = [
        sys.executable,
        "app.py",
        "--port",
        str(free_port()),
        "--experiments",
        os.fsencode(tmp_path) + b"/a\xffb",
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert run.returncode == 2
    assert run.stderr == f"app.py: --experiments: want a name in UTF-8: '{tmp_path}/a\\udcffb'\n"
