from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.refused import RefusedError
from lenet.config import FIELDS, ConfigError, TrainConfig
from lenet.runs.registry import Runs
from lenet.runs.sweeps import MOST_TRIALS, parse_axis, schema, trials
from support.lenet_runs import ALICE, BOB, QUICK, TEACHER
from support.processes import wait_until

BASE = TrainConfig().updated(QUICK)
GRID = {"learning_rate": {"values": [0.01, 0.1]}, "activation": {"values": ["relu", "tanh", "sigmoid"]}}
RANGES = {
    "learning_rate": {"low": 0.001, "high": 0.1, "scale": "log"},
    "batch_size": {"low": 10, "high": 20},
    "pooling": {"values": ["max", "average"]},
}


# --- what the command line says ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "axis"),
    [
        ("batch_size=64,128", ("batch_size", {"values": [64, 128]})),
        ("batch-size=64", ("batch_size", {"values": [64]})),
        ("pooling=max,average", ("pooling", {"values": ["max", "average"]})),
        ("output_relu=true,false", ("output_relu", {"values": [True, False]})),
        ("learning_rate=0.001..0.1", ("learning_rate", {"low": 0.001, "high": 0.1})),
        ("learning_rate=1e-3..0.1:log", ("learning_rate", {"low": 0.001, "high": 0.1, "scale": "log"})),
        ("epochs=many", ("epochs", {"values": ["many"]})),  # refused with the others, by its field
        ("epochs=", ("epochs", {"values": [""]})),
    ],
)
def test_an_axis_is_read_from_the_command_line(text: str, axis: tuple[str, dict[str, Any]]):
    assert parse_axis(text) == axis


@given(st.text())
def test_whatever_the_command_line_says_is_an_axis_or_refused(text: str):
    try:
        name, axis = parse_axis(text)
        assert name in FIELDS
        trials(BASE, "random", {name: axis}, 2, 0)
    except ConfigError:
        pass


# --- which trials -----------------------------------------------------------------------------------------------------


def test_a_grid_is_every_combination_once():
    found = [(config.learning_rate, config.activation) for config in trials(BASE, "grid", GRID, None, 0)]
    assert found == list(itertools.product([0.01, 0.1], ["relu", "tanh", "sigmoid"]))


def test_a_trial_differs_from_the_base_in_the_axes_alone():
    for config in trials(BASE, "grid", GRID, None, 0):
        changed = {name for name in FIELDS if getattr(config, name) != getattr(BASE, name)}
        assert changed <= GRID.keys()


@given(seed=st.integers(0, 2**31 - 1), count=st.integers(1, MOST_TRIALS))
def test_random_trials_lie_in_their_ranges_and_the_seed_decides_them(seed: int, count: int):
    found = trials(BASE, "random", RANGES, count, seed)
    assert len(found) == count
    assert found == trials(BASE, "random", RANGES, count, seed)
    for config in found:
        assert 0.001 <= config.learning_rate <= 0.1
        assert config.batch_size in range(10, 21)
        assert config.pooling in ("max", "average")


def test_a_log_range_gives_each_power_of_ten_its_share():
    rates = [config.learning_rate for config in trials(BASE, "random", RANGES, MOST_TRIALS, 1)]
    assert 30 <= sum(rate < 0.01 for rate in rates) <= 70  # half; a linear range would give 9


@pytest.mark.parametrize(
    ("search", "axes", "count", "field"),
    [
        ("best", GRID, None, "search"),
        ("grid", {}, None, "axes"),
        ("grid", None, None, "axes"),
        ("grid", {"colour": {"values": [1]}}, None, "axes"),
        ("grid", {"device": {"values": ["cpu"]}}, None, "axes"),
        ("grid", {"learning_rate": [0.1]}, None, "learning_rate"),
        ("grid", {"learning_rate": {"values": []}}, None, "learning_rate"),
        ("grid", {"learning_rate": {"values": [0.1, 0.1]}}, None, "learning_rate"),
        ("grid", {"learning_rate": {"values": [0.1, 99]}}, None, "learning_rate"),
        ("grid", {"learning_rate": {"low": 0.1, "high": 0.2}}, None, "learning_rate"),
        ("grid", {"seed": {"values": list(range(50))}, "epochs": {"values": [1, 2, 3]}}, None, "axes"),
        ("random", RANGES, None, "trials"),
        ("random", RANGES, 0, "trials"),
        ("random", RANGES, True, "trials"),
        ("random", {"activation": {"low": 1, "high": 2}}, 3, "activation"),
        ("random", {"learning_rate": {"low": 0.2, "high": 0.1}}, 3, "learning_rate"),
        ("random", {"momentum": {"low": 0, "high": 0.5, "scale": "log"}}, 3, "momentum"),
        ("random", {"momentum": {"low": 0, "high": 0.5, "scale": "cubic"}}, 3, "momentum"),
        ("grid", {"batch_size": {"values": [5000]}}, None, "batch_size"),  # more than QUICK's images
    ],
)
def test_what_is_no_sweep_is_refused_by_the_name_of_what_is_wrong(search: str, axes: Any, count: Any, field: str):
    with pytest.raises(ConfigError) as caught:
        trials(BASE, search, axes, count, 0)
    assert caught.value.field == field


def test_as_many_trials_are_made_as_the_schema_says_and_no_more():
    most = schema()["most_trials"]
    assert len(trials(BASE, "random", RANGES, most, 0)) == most
    with pytest.raises(ConfigError, match=f"from 1 to {most}"):
        trials(BASE, "random", RANGES, most + 1, 0)
    rates = [number / 1000 for number in range(1, most // 2 + 1)]
    axes = {"learning_rate": {"values": rates}, "shuffle": {"values": [False, True]}}
    assert len(trials(BASE, "grid", axes, None, 0)) == most
    axes["activation"] = {"values": ["relu", "tanh"]}
    with pytest.raises(ConfigError, match=f"at most {most}"):
        trials(BASE, "grid", axes, None, 0)


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_can_be_varied_but_those_the_schema_names(name: str):
    axes = {name: {"values": [getattr(BASE, name)]}}
    if name in schema()["not_varied"]:
        with pytest.raises(ConfigError, match="hyperparameters only"):
            trials(BASE, "grid", axes, None, 0)
    else:
        assert trials(BASE, "grid", axes, None, 0) == [BASE]


# --- as runs ----------------------------------------------------------------------------------------------------------


def start(runs: Runs, *rates: float, **changes: Any) -> dict[str, Any]:
    changes = QUICK | {"train_images": 500, "epochs": 1} | changes
    return runs.create_sweep(ALICE, "fast", changes, "grid", {"learning_rate": {"values": list(rates)}}, None, 0)


def test_a_sweep_trains_all_its_trials_and_tells_the_best(runs: Runs, ended: Callable[..., dict[str, Any]]):
    sweep = start(runs, 0.01, 0.000001)
    assert (sweep["size"], sweep["owner"], sweep["search"]) == (2, "alice", "grid")
    good, bad = (ended(trial["run"]) for trial in sweep["trials"])
    assert good["accuracy"] > bad["accuracy"]
    shown = runs.board.sweep(sweep["sweep"])
    assert (shown["counts"], shown["best"]) == ({"finished": 2}, good["run"])
    assert [trial["sweep"]["number"] for trial in shown["trials"]] == [1, 2]
    (listed,) = runs.board.sweeps(100)["sweeps"]
    assert listed == {name: value for name, value in shown.items() if name != "trials"}


def test_single_runs_go_before_a_sweeps_trials(runs: Runs):
    sweep = start(runs, 0.01, 0.02, 0.03, epochs=40, train_images=5000)
    wait_until(lambda: runs.show(sweep["trials"][0]["run"])["status"] != "queued", 60, "the first trial to start")
    single = runs.create(BOB, "fast", QUICK)
    assert single["position"] == 1
    runs.request(BOB, single["run"], "stop")
    runs.request_sweep(ALICE, sweep["sweep"], "stop")


def test_a_sweep_is_paused_resumed_stopped_and_deleted_as_a_whole(runs: Runs, experiments: Path):
    before = len(runs.board.summaries())
    sweep = start(runs, 0.01, 0.02, epochs=40, train_images=5000)["sweep"]

    def counts() -> dict[str, int]:
        return runs.board.sweep(sweep)["counts"]

    wait_until(lambda: "running" in counts(), 60, "a trial to train")
    with pytest.raises(RefusedError, match="stop it first"):
        runs.delete_sweep(ALICE, sweep)
    runs.request_sweep(ALICE, sweep, "pause")
    wait_until(lambda: counts() == {"paused": 2}, 20, "both to be paused")
    runs.request_sweep(ALICE, sweep, "resume")
    wait_until(lambda: "running" in counts(), 60, "a trial to go on")
    runs.request_sweep(ALICE, sweep, "stop")
    wait_until(lambda: counts() == {"stopped": 2}, 20, "both to be stopped")
    runs.delete_sweep(ALICE, sweep)
    assert len(runs.board.summaries()) == before == len(list(experiments.glob("[!.]*")))
    with pytest.raises(RefusedError, match="no sweep"):
        runs.board.sweep(sweep)


def test_a_sweep_counts_as_one_of_a_browsers_runs(runs: Runs):
    sweeps = [start(runs, 0.01, 0.02, epochs=40, train_images=5000)["sweep"] for _ in range(3)]
    with pytest.raises(RefusedError, match="3 runs queued or running"):
        start(runs, 0.01)
    for sweep in sweeps:
        runs.request_sweep(TEACHER, sweep, "stop")


def test_another_browser_may_not_touch_a_sweep(runs: Runs):
    sweep = start(runs, 0.01, 0.02, epochs=40, train_images=5000)["sweep"]
    for act in (
        lambda: runs.request_sweep(BOB, sweep, "stop"),
        lambda: runs.request_sweep(BOB, sweep, "resume"),
        lambda: runs.delete_sweep(BOB, sweep),
    ):
        with pytest.raises(RefusedError, match="belongs to another browser"):
            act()
    runs.request_sweep(ALICE, sweep, "stop")


def test_a_restarted_server_knows_its_sweeps(runs: Runs):
    sweep = start(runs, 0.01, 0.02, epochs=40, train_images=5000)
    runs.request_sweep(ALICE, sweep["sweep"], "stop")
    wait_until(lambda: runs.board.sweep(sweep["sweep"])["counts"] == {"stopped": 2}, 20, "both to be stopped")
    runs.close()
    later = Runs(runs.data_dir, runs.experiments_dir)
    assert later.board.wait_until_read(20)
    try:
        assert later.board.sweep(sweep["sweep"])["axes"] == sweep["axes"]
    finally:
        later.close()
