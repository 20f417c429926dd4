"""What is the same for all child processes, and one that is kept, whatever becomes of it."""

from __future__ import annotations

import contextlib
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from core import children
from core.children import Child, WatchedChild
from core.messages import Reader, Tagged
from core.signals import ENDING
from support.processes import wait_until

SECONDS = 20


class Word(Tagged, frozen=True):
    text: str


WORDS: Reader[Word] = Reader(Word)

ECHO = """
from core.messages import Reader, Tagged
from core.parent import Parent
class Word(Tagged, frozen=True):
    text: str
parent = Parent(Reader(Word))
print("what a library prints")
parent.say(Word("ready"))
while True:
    parent.say(parent.hear())
"""


class Echo(Child[Word, Word]):
    """A child that runs a script; everything that it was told, in its order."""

    def __init__(self, script: str):
        super().__init__("echo", ["-"], WORDS)
        self._command = [sys.executable, "-c", script]
        self.told: list[str | int | OSError] = []

    def hear(self, message: Word) -> None:
        self.told.append(message.text)

    def ended(self, how: int | OSError) -> None:
        self.told.append(how)

    def replaced(self) -> None:
        self.told.append("replaced")
        self.send(Word("first"))


@pytest.fixture
def without_thread(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """The system gives out no thread of this name, once."""

    def refuse(name: str) -> None:
        start, refused = threading.Thread.start, []

        def start_or_not(thread: threading.Thread) -> None:
            if thread.name == name and not refused:
                refused.append(thread)
                raise RuntimeError("can't start new thread")
            start(thread)

        monkeypatch.setattr(threading.Thread, "start", start_or_not)

    return refuse


@pytest.fixture
def keep() -> Iterator[Callable[..., Echo]]:
    """Starts a child. Afterwards no process and no thread of it is left."""
    before, kept = set(threading.enumerate()), []

    def keep(script: str = ECHO) -> Echo:
        child = Echo(script)
        kept.append(child)
        child.ensure()
        return child

    keep.last = lambda: kept[-1]  # type: ignore[attr-defined]
    yield keep
    for child in kept:
        child.close()
        wait_until(lambda child=child: not psutil.pid_exists(child.pid), 10, "its end")
    assert set(threading.enumerate()) <= before


def test_on_windows_a_child_has_a_process_group_of_its_own(monkeypatch):
    """So that Ctrl-C in the server's terminal does not stop it. Read off Python's manual: no such machine was there."""
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("subprocess.CREATE_NEW_PROCESS_GROUP", 0x200, raising=False)
    assert runpy.run_path(children.__file__)["OWN_GROUP"] == {"creationflags": 0x200}
    monkeypatch.undo()
    assert runpy.run_path(children.__file__)["OWN_GROUP"] == {"start_new_session": True}


def test_what_is_sent_is_heard_and_what_is_printed_is_no_message(keep):
    child = keep()
    child.send(Word("one"))
    child.send(Word("x" * 10**6))  # more than a pipe holds
    wait_until(lambda: len(child.told) == 3, SECONDS)
    assert child.told == ["ready", "one", "x" * 10**6]


def test_a_dead_one_is_told_first_then_its_successor_which_hears_first_what_that_tells_it(keep):
    child = keep()
    wait_until(lambda: child.told == ["ready"], SECONDS)
    os.kill(child.pid, signal.SIGSTOP)
    child.send(Word("for the dead"))
    os.kill(child.pid, signal.SIGKILL)
    wait_until(lambda: child.told[-1] == "first", SECONDS)
    assert child.told == ["ready", -signal.SIGKILL, "replaced", "ready", "first"]
    assert child.restarts == 1


@pytest.mark.parametrize("sent", ENDING, ids=lambda sent: sent.name)
def test_what_ends_the_whole_group_ends_no_child_however_new(keep, sent):
    child = keep()
    os.kill(child.pid, sent)
    wait_until(lambda: child.told == ["ready"], SECONDS)
    os.kill(child.pid, sent)
    child.send(Word("still there"))
    wait_until(lambda: child.told == ["ready", "still there"], SECONDS)


def test_its_status_is_told_though_its_output_ends_before_it(keep):
    child = keep("import os, time; os.close(1); time.sleep(0.3); os._exit(7)")
    wait_until(lambda: child.told, SECONDS)
    assert child.told[0] == 7


@pytest.mark.parametrize("thread", ["echo-writer", "echo-listener"])
def test_without_a_thread_none_starts_and_the_next_time_it_does(keep, without_thread, thread):
    before, open_files = {*psutil.Process().children()}, psutil.Process().num_fds()
    without_thread(thread)
    with pytest.raises(OSError, match="no more threads"):
        keep()
    assert {*psutil.Process().children()} == before
    assert psutil.Process().num_fds() == open_files
    child = keep.last()
    assert child.pid is None
    child.ensure()
    child.send(Word("hello"))
    wait_until(lambda: child.told == ["ready", "hello"], SECONDS)


def test_one_whose_heart_has_no_thread_gets_it_the_next_time(without_thread):
    class Watched(WatchedChild[Word, Word]):
        hear = Echo.hear
        ended = Echo.ended
        told: list[str | int | OSError] = []  # noqa: RUF012

        def ping(self) -> Word:
            return Word("still there?")

    child = Watched("watched", ["-"], WORDS)
    child._command = [sys.executable, "-c", ECHO]
    without_thread("watched-heart")
    try:
        with pytest.raises(OSError, match="no more threads"):
            child.ensure()
        child.ensure()
        wait_until(lambda: "still there?" in child.told, SECONDS)
    finally:
        child.close()


def test_one_that_talks_nonsense_is_killed(keep):
    child = keep("import os, time; os.write(1, b'\\3\\0\\0\\0abc'); time.sleep(1000)")
    wait_until(lambda: child.told, SECONDS)
    assert child.told[0] == -signal.SIGKILL


def test_one_that_began_while_it_was_let_go_leaves_no_zombie(keep, monkeypatch):
    monkeypatch.setattr(children, "_STOP_SECONDS", 0.2)
    child = keep("import time; time.sleep(1000)")
    monkeypatch.setattr(child, "replaced", child.let_go)  # so nobody listens to the second process
    first = child.pid
    child.kill()
    wait_until(lambda: child.is_closed, SECONDS)
    assert child.pid != first
    child.close()
    assert not psutil.pid_exists(child.pid)


def test_one_that_dies_over_and_over_is_tried_ever_more_slowly_until_somebody_waits_for_it(keep, monkeypatch):
    real, starts = children.subprocess.Popen, []

    def start(command, **options):
        starts.append(time.monotonic())
        return real(command, **options)

    monkeypatch.setattr("core.children.subprocess.Popen", start)
    child = keep("raise SystemExit(3)")
    wait_until(lambda: len(starts) == 4, SECONDS)  # at once, after 1 s, after 2 s
    assert starts[3] - starts[2] > 1.5
    wait_until(lambda: child.told.count(3) == 4, SECONDS)
    child.hurry()  # instead of after 4 s
    wait_until(lambda: len(starts) == 5, 3, "another, at once")


def test_a_system_that_lets_no_more_start_is_told_and_tried_again(keep, monkeypatch):
    child = keep()
    wait_until(lambda: child.told == ["ready"], SECONDS)
    full = BlockingIOError(11, "Resource temporarily unavailable")

    def refuse(*_, **__):
        raise full

    with monkeypatch.context() as patched:
        patched.setattr("core.children.subprocess.Popen", refuse)
        child.kill()
        wait_until(lambda: child.told.count(full) == 2, SECONDS)
    wait_until(lambda: child.told[-1] == "first", SECONDS)


def test_it_closes_while_it_is_stopped_and_its_pipe_is_full(keep):
    child = keep()
    wait_until(lambda: child.told == ["ready"], SECONDS)
    os.kill(child.pid, signal.SIGSTOP)
    began = time.monotonic()
    for _ in range(100):
        child.send(Word("x" * 10_000))
    assert time.monotonic() - began < 1
    child.close()
    assert child.told[-1] == -signal.SIGKILL


def test_who_lets_go_gets_no_successor(keep):
    child = keep()
    wait_until(lambda: child.told == ["ready"], SECONDS)
    child.let_go()
    child.kill()
    wait_until(lambda: not child._listener.is_alive(), SECONDS)
    assert child.told == ["ready", -signal.SIGKILL]


ENDS = """
import os, signal, sys, threading
from core.children import Child
from core.messages import Reader, Tagged

class Word(Tagged, frozen=True):
    text: str

class Echo(Child[Word, Word]):
    def hear(self, message):
        os.kill(self.pid, signal.SIGSTOP)
        print(self.pid, flush=True)
        stopped.set()
    def ended(self, how): ...

stopped = threading.Event()
child = Echo("echo", ["-"], Reader(Word))
child._command = [sys.executable, "-c", sys.argv[1]]
child.ensure()
stopped.wait()
sys.exit(3)
"""


def test_an_orderly_end_leaves_no_child_however_little_time_there_was_for_it():
    """Not even one that is stopped, and so does not hear that its parent is gone."""
    ended = subprocess.run(
        [sys.executable, "-c", ENDS, ECHO], cwd=children.ROOT, stdout=subprocess.PIPE, timeout=SECONDS, check=False
    )
    pid = int(ended.stdout)
    try:
        assert ended.returncode == 3
        wait_until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE, 5)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_several_that_are_stopped_take_no_longer_than_one(keep):
    some = [keep() for _ in range(3)]
    for child in some:
        wait_until(lambda child=child: child.told == ["ready"], SECONDS)
        os.kill(child.pid, signal.SIGSTOP)
    began = time.monotonic()
    for child in some:
        child.part()
    for child in some:
        child.close()
    assert time.monotonic() - began < children._STOP_SECONDS + 2
    assert [child.told[-1] for child in some] == [-signal.SIGKILL] * 3
