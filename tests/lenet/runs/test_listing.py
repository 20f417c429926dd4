"""The list of runs by pages."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenet.config import ConfigError
from lenet.runs.listing import page, page_of_sweeps


def summaries(sizes: list[int]) -> list[dict[str, Any]]:
    """sizes: of sweeps; 0 for a single run."""
    return [
        {
            "run": f"run {at}.{number}",
            "created": at * 100.0 + number,
            "sweep": {"id": f"sweep {at}", "number": number + 1} if size else None,
        }
        for at, size in enumerate(sizes)
        for number in range(max(1, size))
    ]


@given(st.lists(st.integers(0, 4), max_size=20), st.integers(1, 7), st.randoms())
def test_pages_hold_every_run_once_in_order_and_no_sweep_in_parts(sizes: list[int], limit: int, random: Any):
    made = summaries(sizes)
    random.shuffle(made)
    pages, after = [], None
    for _ in range(len(made) + 1):  # no more pages than runs
        shown, after = page(made, limit, after)
        pages.append(shown)
        if after is None:
            break
    assert after is None
    assert sorted(one["run"] for shown in pages for one in shown) == sorted(one["run"] for one in made)
    rows = [one["run"].split(".") for shown in pages for one in shown]
    order = [(-int(name.removeprefix("run ")), int(number)) for name, number in rows]
    assert order == sorted(order)
    for earlier, later in itertools.pairwise(pages):
        sweeps = [{one["sweep"]["id"] for one in shown if one["sweep"]} for shown in (earlier, later)]
        assert not sweeps[0] & sweeps[1]
        assert len(earlier) >= limit


@given(st.lists(st.integers(0, 3), min_size=3, max_size=10), st.integers(1, 3), st.integers(0, 9))
def test_a_run_that_is_deleted_meanwhile_moves_no_other(sizes: list[int], limit: int, deleted: int):
    made = summaries(sizes)
    first, after = page(made, limit, None)
    gone = made[deleted % len(made)]
    rest, _ = page([one for one in made if one is not gone], len(made), after) if after else ([], None)
    assert [one["run"] for one in first + rest if one is not gone] == [
        one["run"] for one in page(made, len(made), None)[0] if one is not gone
    ]


@given(st.lists(st.integers(0, 4), max_size=20), st.integers(1, 7), st.randoms())
def test_pages_hold_every_sweep_once_and_whole_the_newest_first(sizes: list[int], limit: int, random: Any):
    made = summaries(sizes)
    random.shuffle(made)
    pages, after = [], None
    for _ in range(len(sizes) + 1):
        shown, after = page_of_sweeps(made, limit, after)
        pages.append([{trial["sweep"]["id"] for trial in trials} for trials in shown])
        assert all(len(trials) == sizes[int(trials[0]["sweep"]["id"].split()[1])] for trials in shown)
        if after is None:
            break
    assert all(len(earlier) == limit for earlier in pages[:-1])
    assert [sweep for shown in pages for sweep in shown] == [
        {f"sweep {at}"} for at, size in reversed([*enumerate(sizes)]) if size
    ]


@pytest.mark.parametrize("after", ["", "~", "soon~run 1.0", "one"])
def test_what_no_page_gave_is_no_cursor(after: str):
    with pytest.raises(ConfigError) as refused:
        page(summaries([0]), 1, after)
    assert refused.value.field == "after"
    with pytest.raises(ConfigError):
        page_of_sweeps(summaries([2]), 1, after)
