"""Programs whose standard output or standard error is closed, is read by nobody, or is a full disk."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from lenet.training.folder import RunFolder
from support.long import parametrize
from support.processes import ROOT, free_port, wait_until
from support.web_clients import get

REPLAY = ["-m", "playground", "replay", "networkShape=2", "--epochs", "1"]
NEEDS_FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
ALL = [(stream, unbuffered) for stream in (">&-", ">/dev/full") for unbuffered in ("", "1")]


def ended(words, streams, **environment):
    """What a program leaves. streams: of the shell."""
    command = shlex.join([sys.executable, *words])
    return subprocess.run(
        ["bash", "-c", f"{command} {streams}"], cwd=ROOT, capture_output=True, text=True, timeout=110,
        env=os.environ | environment,
    )  # fmt: skip


def train(mnist, experiments):
    return [
        "-m", "lenet", "train", "--epochs", "1", "--train-images", "500", "--batch-size", "50", "--device", "cpu",
        "--threads", "1", "--data", str(mnist), "--experiments", str(experiments),
    ]  # fmt: skip


def statuses(experiments):
    return [RunFolder(experiments, path.name).status() for path in experiments.glob("2*")]


@parametrize(
    "words, streams, unbuffered",
    [
        pytest.param(words, stream, unbuffered, marks=NEEDS_FULL if "full" in stream else ())
        for words, streams in (
            # PyTorch is loaded for the first two: those meet what the others do not.
            (REPLAY, [(">&-", "1"), (">/dev/full", ""), (">/dev/full", "1")]),
            (["-m", "playground", "--help"], [(">/dev/full", "1")]),
            (["-m", "lenet", "--help"], ALL),
            (["app.py", "--help"], ALL),
        )
        for stream, unbuffered in streams
    ],
    ids=lambda value: " ".join(value)[:20] if isinstance(value, list) else value or "buffered",
    short=[0, 4, 11],
)
def test_what_was_asked_for_and_went_nowhere_is_one_line_and_a_failure(words, streams, unbuffered):
    done = ended(words, streams, PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "standard output: " in line


@pytest.mark.parametrize("stream", [">&-", pytest.param(">/dev/full", marks=NEEDS_FULL)])
def test_a_program_that_does_not_look_whether_it_could_print_ends_the_same(stream):
    """So does argparse in Python 3.11.2."""
    code = "from core import output; output.run(lambda: print('what was asked for'))"
    done = ended(["-c", code], stream, PYTHONUNBUFFERED="1")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "standard output: " in line


def test_a_fault_of_another_file_is_not_taken_for_one_of_its_output():
    done = ended(["-c", "from core import output; output.run(lambda: open('/nowhere'))"], "")
    assert done.returncode == 1
    assert "/nowhere" in done.stderr


@parametrize("streams", ["<&- 2>&-", "2>/dev/full"], short=1)
def test_what_is_told_besides_may_go_nowhere(streams):
    done = ended(REPLAY, streams)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["losses"]


def test_an_error_is_never_written_where_the_result_was_wanted():
    done = ended(["-m", "lenet", "evaluate", "/nowhere.pt"], "2>&-")
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.long("test_what_is_told_besides_may_go_nowhere")
def test_a_result_in_a_file_needs_no_output(tmp_path):
    done = ended([*REPLAY, "--out", str(tmp_path / "run.json")], ">&- 2>&-")
    assert done.returncode == 0
    assert json.loads((tmp_path / "run.json").read_text())["losses"]


@parametrize("streams", ["<&- >&- 2>&-", ">/dev/full 2>/dev/full"], short=[1])
def test_a_training_is_none_the_worse_for_having_nowhere_to_print(streams, mnist, tmp_path):
    done = ended(train(mnist, tmp_path), streams)
    assert done.returncode == 2  # its result was asked for
    assert statuses(tmp_path) == [("finished", None)]


@pytest.mark.long("test_a_training_is_none_the_worse_for_having_nowhere_to_print")
def test_a_training_whose_words_nobody_reads_any_more_goes_on(mnist, tmp_path):
    """A terminal that was closed: the bar of progress is written to it again and again."""
    reader, writer = os.pipe()
    os.close(reader)
    code = (
        "import sys; from core import output; from lenet.__main__ import main;"
        "sys.stderr.isatty = lambda: True;"  # so that there is a bar
        "output.run(lambda: main(sys.argv[1:]))"
    )
    words = ["-c", code, *train(mnist, tmp_path)[2:]]
    with os.fdopen(writer, "w") as unread:
        done = subprocess.run([sys.executable, *words], cwd=ROOT, stderr=unread, stdout=subprocess.PIPE, timeout=110)
    assert done.returncode == 0
    assert statuses(tmp_path) == [("finished", None)]


@parametrize("streams", [">&-", ">&- 2>&-", "<&- >&- 2>&-"], short=[2])
def test_a_server_needs_no_output(streams, tmp_path):
    port = free_port()
    words = [sys.executable, "app.py", "--port", str(port), "--workers", "1", "--experiments", str(tmp_path)]
    server = subprocess.Popen(["bash", "-c", f"exec {shlex.join(words)} {streams}"], cwd=ROOT, stderr=subprocess.PIPE)
    try:

        def answers() -> bool:
            try:
                return get(f"http://127.0.0.1:{port}/healthz")[0] == 200
            except OSError:
                return False

        wait_until(answers, 30, "the server")
    finally:
        server.terminate()
        server.communicate(timeout=20)
    assert server.returncode == 0


@pytest.mark.parametrize(
    ("streams", "status"), [("", 0), (">&-", 2), pytest.param(">/dev/full", 2, marks=NEEDS_FULL)], ids=str
)
def test_bytes_are_written_as_they_are_or_that_is_a_failure(streams, status):
    code = "from core import output; output.run(lambda: output.write(b'\\xff\\r\\n'))"
    command = shlex.join([sys.executable, "-c", code])
    done = subprocess.run(["bash", "-c", f"{command} {streams}"], cwd=ROOT, capture_output=True, timeout=60)
    assert done.stdout == (b"\xff\r\n" if not status else b"")
    assert (done.returncode == 0) == (status == 0)
