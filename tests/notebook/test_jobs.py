"""Exports in progress: whose they are, how many, how long they are kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import msgspec
import pytest

from core.refused import RefusedError
from notebook import jobs as module
from notebook.jobs import Jobs, State
from notebook.messages import Export
from notebook.press import Press
from support import reports
from support.processes import wait_until

EXPORT = Export("docx", b"")


class FakePress:
    """Makes the file when the test lets it."""

    def __init__(self) -> None:
        self.may_go_on = threading.Semaphore(0)
        self.begun: list[Export] = []
        self.fault: Exception | None = None

    def export(self, export: Export, told: Callable[[int, int], None]) -> bytes:
        self.begun.append(export)
        told(1, 3)
        self.may_go_on.acquire()
        if self.fault:
            raise self.fault
        told(3, 3)
        return f"file {len(self.begun)}".encode()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def press() -> FakePress:
    return FakePress()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(press: FakePress, clock: Clock) -> Iterator[Jobs]:
    jobs = Jobs(press, clock)  # type: ignore[arg-type]
    yield jobs
    jobs.close()
    for _ in range(100):
        press.may_go_on.release()
    jobs.join()


def done(jobs: Jobs, job: str, owner: str) -> bool:
    state = jobs.progress(job, owner)
    return state.ready or state.error is not None


def code_of(call: Callable[..., object], *given: object) -> str:
    with pytest.raises(RefusedError) as refused:
        call(*given)
    return refused.value.code


def test_a_job_says_how_far_it_is_and_then_has_its_file(jobs: Jobs, press: FakePress):
    job = jobs.start(EXPORT, "a")
    wait_until(lambda: jobs.progress(job, "a") == State(1, 3, False, None))
    assert code_of(jobs.file, job, "a") == "export-not-ready"
    press.may_go_on.release()
    wait_until(lambda: jobs.progress(job, "a") == State(3, 3, True, None))
    assert jobs.file(job, "a") == b"file 1"
    assert jobs.file(job, "a") == b"file 1"


def test_without_a_thread_it_is_refused_and_counts_for_nothing(
    jobs: Jobs, press: FakePress, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:

        def refuse(_thread: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        patch.setattr(threading.Thread, "start", refuse)
        for _ in range(module.MOST_OF_ONE + 1):
            assert code_of(jobs.start, EXPORT, "a") == "press-busy"
    job = jobs.start(EXPORT, "a")
    press.may_go_on.release()
    wait_until(lambda: done(jobs, job, "a"))
    assert jobs.file(job, "a") == b"file 1"


def test_a_job_is_nobody_else_s(jobs: Jobs):
    job = jobs.start(EXPORT, "a")
    for owner, name in (("b", job), ("a", "guessed"), ("", job)):
        assert code_of(jobs.progress, name, owner) == "no-export"
        assert code_of(jobs.file, name, owner) == "no-export"
    assert len(job) >= 16


def test_they_are_made_one_after_another_and_a_browser_has_two(jobs: Jobs, press: FakePress):
    first, second = jobs.start(EXPORT, "a"), jobs.start(EXPORT, "a")
    assert code_of(jobs.start, EXPORT, "a") == "too-many-exports"
    other = jobs.start(EXPORT, "b")
    wait_until(lambda: len(press.begun) == 1)
    assert jobs.progress(second, "a") == jobs.progress(other, "b") == State(0, 0, False, None)
    press.may_go_on.release()
    wait_until(lambda: done(jobs, first, "a"))
    assert jobs.start(EXPORT, "a")


def test_the_second_of_a_browser_waits_for_the_first_of_others(jobs: Jobs, press: FakePress):
    made = {name: Export(name, b"") for name in ("a", "a again", "b", "c", "b again")}
    for name, export in made.items():
        jobs.start(export, name[0])
        wait_until(lambda: press.begun)
    for number in range(2, 6):
        press.may_go_on.release()
        wait_until(lambda: len(press.begun) == number)  # noqa: B023
    assert [export.format for export in press.begun] == ["a", "b", "c", "a again", "b again"]


def test_all_together_have_so_many(jobs: Jobs, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST", 3)
    for owner in "abc":
        jobs.start(EXPORT, owner)
    assert code_of(jobs.start, EXPORT, "d") == "too-many-exports"


def test_a_file_is_kept_ten_minutes_and_of_a_browser_the_last_two(jobs: Jobs, press: FakePress, clock: Clock):
    made = []
    for _ in range(3):
        press.may_go_on.release()
        made.append(jobs.start(EXPORT, "a"))
        wait_until(lambda: done(jobs, made[-1], "a"))
        clock.now += 1
    assert code_of(jobs.file, made[0], "a") == "no-export"
    assert jobs.file(made[1], "a") == b"file 2"
    clock.now += 599
    assert code_of(jobs.file, made[1], "a") == "no-export"
    assert jobs.file(made[2], "a") == b"file 3"
    clock.now += 2
    assert code_of(jobs.progress, made[2], "a") == "no-export"


def test_files_of_all_together_are_bounded(jobs: Jobs, press: FakePress, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "KEPT_BYTES", 13)
    made = {}
    for owner in "abc":
        press.may_go_on.release()
        made[owner] = jobs.start(EXPORT, owner)
        wait_until(lambda: done(jobs, made[owner], owner))  # noqa: B023
        clock.now += 1
    assert code_of(jobs.file, made["a"], "a") == "no-export"
    assert jobs.file(made["b"], "b") == b"file 2"
    assert jobs.file(made["c"], "c") == b"file 3"


def test_a_job_that_fails_says_why_and_the_next_is_made(jobs: Jobs, press: FakePress):
    refusal = RefusedError(502, "died", "export-failed")
    for fault, code in ((refusal, "export-failed"), (KeyError("x"), "export-failed")):
        press.fault = fault
        press.may_go_on.release()
        job = jobs.start(EXPORT, "a")
        wait_until(lambda: jobs.progress(job, "a").error == code)  # noqa: B023
        assert code_of(jobs.file, job, "a") == code
    press.fault = None
    press.may_go_on.release()
    job = jobs.start(EXPORT, "a")
    wait_until(lambda: jobs.progress(job, "a").ready)


def test_a_refusal_is_told_by_a_job_with_all_that_its_text_fills_in(jobs: Jobs, press: FakePress):
    press.fault = RefusedError(413, "too large", "archive-size", "archive", most=7)
    press.may_go_on.release()
    job = jobs.start(EXPORT, "a")
    wait_until(lambda: jobs.progress(job, "a").error == "archive-size")
    for _ in range(2):  # whoever asks again is told the same
        with pytest.raises(RefusedError) as refused:
            jobs.file(job, "a")
        assert (refused.value.status, refused.value.to_json()) == (413, press.fault.to_json())


def test_at_the_end_what_waits_is_told_and_nothing_begins(press: FakePress, clock: Clock):
    jobs = Jobs(press, clock)  # type: ignore[arg-type]
    first, second = jobs.start(EXPORT, "a"), jobs.start(EXPORT, "b")
    wait_until(lambda: press.begun)
    jobs.close()
    press.may_go_on.release()
    jobs.join()
    assert jobs.progress(first, "a").ready
    assert jobs.progress(second, "b").error == "press-busy"
    assert code_of(jobs.start, EXPORT, "c") == "too-many-exports"


def test_a_real_job_ends_with_a_document():
    press = Press()
    jobs = Jobs(press)
    job = jobs.start(Export("docx", msgspec.msgpack.encode(reports.whole())), "a")
    wait_until(lambda: jobs.progress(job, "a").ready, 60)
    assert jobs.file(job, "a").startswith(b"PK")
    jobs.close()
    press.close()
    jobs.join()


def test_what_is_done_before_the_press_is_asked_counts_as_progress(jobs: Jobs, press: FakePress):
    may_go_on = threading.Event()

    def make(told: Callable[[int, int], None]) -> Export:
        told(4, 9)
        may_go_on.wait(20)
        told(6, 9)
        return EXPORT

    job = jobs.start(make, "a")
    wait_until(lambda: jobs.progress(job, "a") == State(4, 9, False, None))
    may_go_on.set()
    wait_until(lambda: jobs.progress(job, "a") == State(7, 9, False, None))
    press.may_go_on.release()
    wait_until(lambda: jobs.progress(job, "a") == State(9, 9, True, None))
