"""Programs to type: each says by --help what it is, and does nothing else; what one has started ends with it."""

import re
import signal
import subprocess
import sys

import psutil
import pytest

from support.long import parametrize
from support.processes import ROOT, wait_until

MAIN = re.compile(r'^if __name__ == "__main__":', re.MULTILINE)
CHILDREN = ["notebook/printer.py", "lenet/questions/answerer.py", "playground/serving/worker_process.py"]
OTHERS = {  # that take no options of their own
    "scripts/docker_entrypoint.py",  # hands them on to the server
    "scripts/docker_healthcheck.py",  # runs every half minute
    "tests/support/eager_server.py",  # hands them on to the server
}


def programs() -> list[str]:
    folders = ("tools", "scripts", "tests/support", "benchmarks")
    files = [path for folder in folders for path in sorted((ROOT / folder).glob("*.py"))]
    names = [str(path.relative_to(ROOT)) for path in files if MAIN.search(path.read_text(encoding="utf-8"))]
    return CHILDREN + [name for name in names if name not in OTHERS]


def command(program: str) -> list[str]:
    if program.startswith(("scripts/", "tests/")):
        return [sys.executable, program]
    return [sys.executable, "-m", program.removesuffix(".py").replace("/", ".")]


@parametrize("program", programs(), short=9)
def test_a_program_says_what_it_is_and_does_nothing_else(program):
    environment = {"PATH": "", "PYTHONPATH": str(ROOT / "tests")}  # nothing is found that it could start
    done = subprocess.run([*command(program), "--help"], cwd=ROOT, env=environment, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith("usage: ")


def test_a_migration_has_to_be_named():
    done = subprocess.run([*command("tools/migration.py")], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there nobody is asked to end")
@parametrize("asked", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], short=1)
def test_what_a_program_has_started_ends_with_it(asked):
    script = """
from benchmarks.server import Server
from core import signals
signals.end_in_order()
with Server("--workers", "1") as server:
    server.wait_for_page()
    print(server.pid, flush=True)
    __import__("threading").Event().wait()
"""
    program = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        server = psutil.Process(int(program.stdout.readline()))
        started = [server, *server.children(recursive=True)]
        program.send_signal(asked)
        program.communicate(timeout=30)
        wait_until(lambda: not any(one.is_running() for one in started), 10, "the end of the server")
    finally:
        program.kill()
        for one in started:
            if one.is_running():
                one.kill()
