from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenet.training.pace import LEAST_S, Pace


def test_a_slow_first_batch_is_no_estimate():
    pace = Pace(window=100)
    pace.note(1, 0.9)  # the first batch waits for everything
    assert pace.seconds_a_step() is None
    pace.note(50, 1.4)
    assert pace.seconds_a_step() is None  # too early to say
    pace.note(200, 0.9 + 1.99)
    assert pace.seconds_a_step() == pytest.approx(0.01, rel=0.01)


def test_one_slow_report_moves_the_mean_by_its_share_of_an_epoch():
    pace = Pace(window=1000)
    for step in range(1, 2001, 10):
        pace.note(step, step / 100)
    before = pace.seconds_a_step()
    pace.note(2001, 20.01 + 0.4)  # ten steps took as long as fifty
    assert before == pytest.approx(0.01, rel=0.01)
    assert pace.seconds_a_step() == pytest.approx(0.0104, rel=0.01)


def test_of_epochs_shorter_than_a_second_there_is_a_mean_all_the_time():
    pace = Pace(window=20)
    found = []
    for step in range(1, 400, 4):  # an epoch of 20 steps takes 0.4 s
        pace.note(step, step / 50)
        found.append(pace.seconds_a_step())
    known = [each is not None for each in found]
    assert known == sorted(known)  # once it is known it stays known
    assert sum(known) > 80
    assert found[-1] == pytest.approx(0.02)


def test_what_a_test_takes_is_known_once_there_was_one_and_is_no_training():
    pace, seconds = Pace(window=100), 0.0
    for epoch in range(3):
        for step in range(100 * epoch + 10, 100 * epoch + 101, 10):
            seconds += 0.2
            pace.note(step, seconds)
            assert pace.seconds_a_test() == (pytest.approx(3) if epoch else None)
        seconds += 3
        pace.note_test(3)
    assert pace.seconds_a_step() == pytest.approx(0.02)


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(0.001, 5)), min_size=2, max_size=200), st.integers(1, 500))
def test_it_is_between_the_quickest_and_the_slowest_step(reports: list[tuple[int, float]], window: int):
    pace, step, seconds = Pace(window), 0, 0.0
    for steps, each in reports:
        step, seconds = step + steps, seconds + steps * each
        pace.note(step, seconds)
    found = pace.seconds_a_step(least_s=0)
    times = [each for _, each in reports]
    assert found is not None
    assert min(times) * 0.999 <= found <= max(times) * 1.001
    if len(pace._places) > 2:  # without the oldest there would be too little
        _, (first, began, *_), *_ = pace._places
        assert step - first < window or seconds - began < LEAST_S
    assert (pace.seconds_a_step() is None) == (seconds - pace._places[0][1] < LEAST_S)
