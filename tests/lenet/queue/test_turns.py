"""Nobody's queue pushes another's run back."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lenet.config import TrainConfig
from lenet.queue.turns import in_order, next_turn
from lenet.run import Run
from lenet.training.folder import RunFolder, new_run_id


def run_of(account: str, created: float, is_trial: bool = False) -> Run:
    sweep = {"id": account} if is_trial else None
    return Run(RunFolder(Path(), new_run_id()), "fast", TrainConfig(), account, created, sweep)


class Queue:
    """One device and who waits for it."""

    def __init__(self) -> None:
        self.waiting: list[Run] = []
        self.trained: Run | None = None
        self.clock = 0.0

    def submit(self, account: str, is_trial: bool = False) -> Run:
        self.clock += 1
        run = run_of(account, self.clock, is_trial)
        run.turn = next_turn(account, is_trial, [*self.waiting, *([self.trained] if self.trained else [])])
        self.waiting.append(run)
        return run

    def start_next(self) -> str:
        self.trained = in_order(self.waiting)[0]
        self.waiting.remove(self.trained)
        self.trained.status = "running"
        return str(self.trained.owner)


def test_accounts_take_turns_however_many_runs_each_has():
    queue = Queue()
    for _ in range(5):
        queue.submit("greedy")
    assert queue.start_next() == "greedy"
    queue.submit("late")
    queue.submit("late")
    queue.submit("later")
    assert [queue.start_next() for _ in range(7)] == ["late", "later", "greedy", "late", "greedy", "greedy", "greedy"]


def test_who_submits_again_and_again_does_not_keep_another_waiting():
    queue = Queue()
    for _ in range(3):
        queue.submit("patient")
    started = []
    for _ in range(6):
        queue.submit("busy")
        started.append(queue.start_next())
    assert started[:6].count("patient") == 3


def test_within_an_account_runs_start_in_their_order_and_a_withdrawn_one_leaves_no_gap():
    queue = Queue()
    first, second = queue.submit("anna"), queue.submit("anna")
    queue.waiting.remove(second)
    third = queue.submit("anna")
    assert third.turn == second.turn
    assert in_order(queue.waiting) == [first, third]


def test_trials_wait_for_all_single_runs_and_sweeps_take_turns():
    queue = Queue()
    for _ in range(3):
        queue.submit("anna", is_trial=True)
    queue.submit("bert", is_trial=True)
    queue.submit("anna")
    order = in_order(queue.waiting)
    assert [(run.owner, run.sweep is not None) for run in order] == [
        ("anna", False), ("anna", True), ("bert", True), ("anna", True), ("anna", True),
    ]  # fmt: skip


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "start"]), max_size=60))
def test_between_two_runs_of_another_account_nobody_who_waits_is_passed_twice(events: list[str]):
    """While one account waits, no other starts more than two runs before it gets one."""
    queue = Queue()
    passed: dict[str, dict[str, int]] = {}
    for event in events:
        if event != "start":
            queue.submit(event)
            passed.setdefault(event, {})
        elif queue.waiting:
            started = queue.start_next()
            passed.pop(started)
            for account, others in passed.items():
                others[started] = others.get(started, 0) + 1
                assert others[started] <= 2, account
            if any(run.owner == started for run in queue.waiting):
                passed[started] = {}
