"""What the child says by itself: it is there, it is told what it hears, and it ends with its parent."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import msgspec
import pytest

from core.messages import packed
from notebook import printer
from notebook.messages import ANSWERS, Answered, Asked, Begun, Draw, Export, Made, Ping, Pong, Progress, Ready, Unable
from support import reports
from support.notebook_figures import FIGURES
from support.processes import ROOT


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "notebook.printer"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    )
    assert ANSWERS.read(process.stdout) == Ready()
    yield process
    process.stdin.close()
    assert process.wait(10) == 0
    process.stdout.close()


def test_it_answers_between_two_pieces_of_work_with_their_numbers(child: subprocess.Popen[bytes]):
    draw = Draw(msgspec.msgpack.encode(FIGURES["two"](False)))
    child.stdin.write(b"".join(map(packed, (Asked(7, draw), Ping(), Asked(8, Draw(b"\xc1")), Asked(9, draw)))))
    said = [ANSWERS.read(child.stdout) for _ in range(7)]
    assert said[::2][:2] + said[3:6:2] == [Begun(7), Pong(), Begun(8), Begun(9)]
    first, second, third = (one for one in said if isinstance(one, Answered))
    match first, second, third:
        case Answered(7, Made(content, 1620, _)), Answered(8, Unable(_, "picture-broken", text)), Answered(
            9, Made(again)
        ):
            assert content == again
            assert "\n" not in text
        case others:
            pytest.fail(f"{others}")


def test_while_it_exports_it_says_how_far_it_is_and_answers(child: subprocess.Popen[bytes]):
    export = Export("docx", msgspec.msgpack.encode(reports.whole()))
    child.stdin.write(packed(Asked(1, export)) + packed(Ping()))
    said = []
    while not (said and isinstance(said[-1], Answered)):
        said.append(ANSWERS.read(child.stdout))
    assert said[0] == Begun(1)
    assert isinstance(said[1], Progress)
    assert 0 < said.index(Pong()) < len(said) - 1
    assert [one for one in said if isinstance(one, Progress)][-1].done > 5


@pytest.mark.skipif(sys.platform == "win32", reason="it has no clock that ends a process")
def test_a_picture_that_takes_too_long_ends_the_process():
    script = "from notebook import printer\nwith printer.at_most(0.1):\n    sum(range(10**10))"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=30).returncode == -signal.SIGPROF


def test_an_export_that_takes_too_long_ends_with_its_code(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(printer, "EXPORT_S", -1.0)
    said: list[object] = []

    class Parent:
        say = staticmethod(said.append)

    export = Export("html", msgspec.msgpack.encode(reports.whole()))
    printer.Printer(Parent())._answer(Asked(3, export))  # type: ignore[arg-type]
    match said:
        case [Begun(3), Answered(3, Unable(422, "export-too-long", _))]:
            return
    pytest.fail(f"{said}")
