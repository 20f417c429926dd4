from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import psutil
import pytest

from core.refused import RefusedError
from lenet.config import TrainConfig
from lenet.questions.asker import Helper
from lenet.questions.messages import Drawing, Image, Kernels
from lenet.training.folder import RunFolder
from lenet.training.progress import epochs_that_hold
from support import forked
from support.processes import wait_until


@pytest.fixture(scope="module")
def helper() -> Iterator[Helper]:
    helper = Helper()
    yield helper
    helper.close()


@pytest.fixture
def whose(trained: RunFolder) -> tuple[str, TrainConfig]:
    """A network's file and what network it is."""
    checkpoint = trained.path / epochs_that_hold(trained.records())[-1]["checkpoint"]
    return str(checkpoint), TrainConfig().updated(trained.read_json("config.json")["config"])


def drawing(whose: tuple[str, TrainConfig], ink: int) -> Drawing:
    return Drawing(*whose, 8, 8, bytes([ink] * 64), "/nowhere")


def test_it_answers_and_says_what_it_fed(helper: Helper, whose: tuple[str, TrainConfig]):
    said = helper.ask(drawing(whose, 255))
    assert sum(said["probabilities"]) == pytest.approx(1, abs=1e-3)
    assert len(said["input"]) == 28 * 28
    assert max(said["input"]) == 255


def test_an_empty_drawing_is_an_error_of_its_own(helper: Helper, whose: tuple[str, TrainConfig]):
    with pytest.raises(RefusedError, match="the canvas is empty") as caught:
        helper.ask(drawing(whose, 0))
    assert (caught.value.status, caught.value.code) == (422, "empty-drawing")


def test_a_bad_question_is_an_error_and_the_next_is_answered(helper: Helper, whose: tuple[str, TrainConfig]):
    with pytest.raises(RefusedError, match="FileNotFoundError"):
        helper.ask(Kernels("/nowhere.pt", whose[1]))
    assert "conv1" in helper.ask(Kernels(*whose))


def test_many_threads_each_get_their_own_answer(helper: Helper, whose: tuple[str, TrainConfig]):
    answers: dict[int, list[int]] = {}

    def ask(ink: int) -> None:
        answers[ink] = helper.ask(Image(*whose, 28, 28, bytes([ink] * 784)))["input"]

    threads = [threading.Thread(target=ask, args=(ink,)) for ink in range(1, 17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == {ink: [ink] * 784 for ink in range(1, 17)}


def test_a_killed_helper_is_replaced_unnoticed_and_close_ends_the_last(whose: tuple[str, TrainConfig]):
    threads = set(threading.enumerate())
    helper = Helper()
    before = helper.ask(Kernels(*whose))
    first = helper.pid
    os.kill(first, signal.SIGKILL)
    assert helper.ask(Kernels(*whose)) == before
    last = helper.pid
    helper.close()
    assert first != last
    assert not psutil.pid_exists(last)
    assert set(threading.enumerate()) <= threads
    with pytest.raises(RefusedError, match="closing"):
        helper.ask(Kernels(*whose))


def test_a_helper_that_hangs_is_killed_and_the_asker_told(
    whose: tuple[str, TrainConfig], monkeypatch: pytest.MonkeyPatch
):
    helper = Helper()
    before = helper.ask(Kernels(*whose))
    first = helper.pid
    monkeypatch.setattr("core.children.spawn", forked.as_it_is)  # the next has to load torch
    monkeypatch.setattr("lenet.questions.asker.ANSWER_TIMEOUT_S", 0.2)
    os.kill(first, signal.SIGSTOP)
    with pytest.raises(RefusedError, match="died twice"):
        helper.ask(Kernels(*whose))  # the second has no time to load torch
    assert not psutil.pid_exists(first)
    monkeypatch.undo()
    assert helper.ask(Kernels(*whose)) == before
    helper.close()


def test_a_helper_that_is_stopped_is_replaced_by_its_pulse_and_the_asker_answered(
    whose: tuple[str, TrainConfig], monkeypatch: pytest.MonkeyPatch
):
    """Long before its answer would be due."""
    monkeypatch.setattr("core.pulse.LOST_BEATS", 3)
    monkeypatch.setattr("lenet.questions.asker.ANSWER_TIMEOUT_S", 1000)
    monkeypatch.setattr("lenet.questions.asker.PATIENCE_S", 60)
    helper = Helper()
    before = helper.ask(Kernels(*whose))
    first = helper.pid
    os.kill(first, signal.SIGSTOP)
    assert helper.ask(Kernels(*whose)) == before
    assert helper.pid != first
    helper.close()
    assert not psutil.pid_exists(first)


def test_a_large_question_to_a_helper_that_hangs_ends_too(
    whose: tuple[str, TrainConfig], monkeypatch: pytest.MonkeyPatch
):
    """It does not fit into the pipe, so it must not be the asker that writes it."""
    helper = Helper()
    helper.ask(Kernels(*whose))
    monkeypatch.setattr("core.children.spawn", forked.as_it_is)  # the next has to load torch
    monkeypatch.setattr("lenet.questions.asker.ANSWER_TIMEOUT_S", 0.2)
    os.kill(helper.pid, signal.SIGSTOP)
    with pytest.raises(RefusedError, match="died twice"):
        helper.ask(Drawing(*whose, 1000, 1000, bytes(10**6), "/nowhere"))
    helper.close()


def test_a_question_over_which_helpers_die_costs_the_next_asker_no_delay(
    whose: tuple[str, TrainConfig], monkeypatch: pytest.MonkeyPatch
):
    """However often: the back-off is for a helper that nobody waits for."""
    monkeypatch.setattr("core.children._LONGEST_DELAY", 1000)
    helper = Helper()
    before = helper.ask(Kernels(*whose))
    helper._deaths = 20
    os.kill(helper.pid, signal.SIGKILL)
    assert helper.ask(Kernels(*whose)) == before
    helper.close()


def test_close_frees_who_waits_for_a_helper_that_starts(whose: tuple[str, TrainConfig]):
    helper, told = Helper(), []

    def ask() -> None:
        with pytest.raises(RefusedError) as caught:
            helper.ask(Kernels(*whose))
        told.append(str(caught.value))

    thread = threading.Thread(target=ask)
    thread.start()
    wait_until(lambda: helper.pid, 10, "the helper starts")
    helper.close()
    thread.join(2)
    assert told == ["the server is closing"]
