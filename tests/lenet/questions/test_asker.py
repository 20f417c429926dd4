from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from lenet.questions.asker import Helper, HelperError
from lenet.training.folder import RunFolder
from lenet.training.progress import epochs_that_hold
from support.processes import wait_until


@pytest.fixture(scope="module")
def helper() -> Iterator[Helper]:
    helper = Helper()
    yield helper
    helper.close()


@pytest.fixture
def question(trained: RunFolder) -> dict[str, Any]:
    checkpoint = trained.path / epochs_that_hold(trained.records())[-1]["checkpoint"]
    return {"what": "kernels", "checkpoint": str(checkpoint), "config": trained.read_json("config.json")["config"]}


def drawing(ink: int) -> dict[str, Any]:
    return {"what": "drawing", "width": 8, "height": 8, "pixels": bytes([ink] * 64).hex()}


def test_it_answers_and_says_what_it_fed(helper: Helper, question: dict[str, Any]):
    said = helper.ask(question | drawing(255))
    assert sum(said["probabilities"]) == pytest.approx(1, abs=1e-3)
    assert len(said["input"]) == 28 * 28
    assert max(said["input"]) == 255


def test_an_empty_drawing_is_an_error_of_its_own(helper: Helper, question: dict[str, Any]):
    with pytest.raises(HelperError, match="the canvas is empty") as caught:
        helper.ask(question | drawing(0))
    assert caught.value.empty


def test_a_bad_question_is_an_error_and_the_next_is_answered(helper: Helper, question: dict[str, Any]):
    with pytest.raises(HelperError, match="FileNotFoundError"):
        helper.ask(question | {"checkpoint": "/nowhere.pt"})
    assert "conv1" in helper.ask(question)


def test_many_threads_each_get_their_own_answer(helper: Helper, question: dict[str, Any]):
    answers: dict[int, list[int]] = {}

    def ask(ink: int) -> None:
        answers[ink] = helper.ask(
            question | {"what": "image"} | {"width": 28, "height": 28, "pixels": bytes([ink] * 784).hex()}
        )["input"]

    threads = [threading.Thread(target=ask, args=(ink,)) for ink in range(1, 17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == {ink: [ink] * 784 for ink in range(1, 17)}


def test_a_killed_helper_is_replaced_unnoticed_and_close_ends_the_last(question: dict[str, Any]):
    helper = Helper()
    before = helper.ask(question)
    process = helper._process
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    assert helper.ask(question) == before
    last = helper._process
    helper.close()
    assert process is not last
    assert last.poll() is not None
    with pytest.raises(HelperError, match="closing"):
        helper.ask(question)


def test_a_helper_that_hangs_is_killed_and_the_asker_told(question: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    helper = Helper()
    helper.ask(question)
    monkeypatch.setattr("lenet.questions.asker.ANSWER_TIMEOUT_S", 0.2)
    os.kill(helper._process.pid, signal.SIGSTOP)
    with pytest.raises(HelperError, match="died twice"):
        helper.ask(question)  # the second has no time to load torch
    wait_until(lambda: helper._process is None, 5, "the hung process to be gone")
    helper.close()
