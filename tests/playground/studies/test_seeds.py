import dataclasses
import math
import re
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.config import Config
from playground.data import datasets
from playground.engine import Engine
from playground.recording import moment
from playground.recording.player import Player
from playground.snapshot import Scores
from playground.studies import seeds
from playground.studies.plan import MOST_LOSSES, SOLVED, VARY, Plan
from playground.studies.seeds import Run, Study
from support import strategies
from support.processes import ROOT

CONFIG = Config(seed="0.1", network_shape=(3,), learning_rate=0.1)


def points(recording):
    return Player(recording).engine.train_points.tobytes()


def weights(recording):
    return Player(recording).engine.parameters.tobytes()


@pytest.mark.parametrize(("vary", "other_points", "other_weights"), [("both", 1, 1), ("weights", 0, 1), ("data", 1, 0)])
def test_what_is_varied_differs_from_run_to_run_and_nothing_else(vary, other_points, other_weights):
    runs = Plan(config=dataclasses.replace(CONFIG, weights_draw=7), seeds=20, vary=vary).runs()
    assert len({points(run) for run in runs}) == (20 if other_points else 1)
    assert len({weights(run) for run in runs}) == (20 if other_weights else 1)
    settings = {dataclasses.replace(run.config, seed="", weights_draw=0) for run in runs}
    assert settings == {dataclasses.replace(CONFIG, seed="")}


@pytest.mark.parametrize("vary", VARY.values)
def test_the_first_is_the_run_itself_and_the_seeds_are_the_same_whatever_else_is_set(vary):
    first = Plan(config=CONFIG, seeds=100, vary=vary).runs()
    assert (points(first[0]), weights(first[0])) == (points(first[0]), Engine(CONFIG).parameters.tobytes())
    assert first[0].config == CONFIG
    other = Plan(config=dataclasses.replace(CONFIG, learning_rate=1, network_shape=(5,)), seeds=30, vary=vary).runs()
    for one, two in zip(first, other, strict=False):
        assert (one.config.seed, one.config.weights_draw, one.edits) == (
            two.config.seed, two.config.weights_draw, two.edits,
        )  # fmt: skip


@settings(max_examples=15)
@given(strategies.configs(), st.sampled_from(VARY.values), st.integers(1, 25))
def test_each_run_is_what_its_link_trains(config, vary, epochs):
    plan = Plan(config=config, seeds=5, epochs=epochs, vary=vary)
    done = Study.finished(plan)
    for run, shown in zip(done, seeds.to_json(plan, done)["runs"], strict=True):
        there = moment.parse(shown["link"])
        player, losses = Player(there.recording), []
        for epoch in range(there.epoch + 1):
            if epoch:
                player.train()
            scores = player.engine.scores()
            losses.append((scores.train_loss, scores.test_loss))
            if not all(map(math.isfinite, losses[-1])):
                break
        np.testing.assert_array_equal(run.losses, losses)
        np.testing.assert_array_equal(run.scores, scores)
        np.testing.assert_array_equal(run.maps, player.engine.maps()[-run.maps.shape[0] :])
        assert len(run.maps) == player.engine.sizes[-1]
        assert run.failed == (not all(map(math.isfinite, losses[-1])))


def test_of_long_runs_a_hundred_losses_are_kept_the_first_and_the_last_among_them():
    for epochs in (1, 99, 100, 101, 500, 10_000):
        recorded = Plan(config=CONFIG, epochs=epochs).recorded
        assert (recorded[0], recorded[-1]) == (0, epochs)
        assert len(recorded) <= MOST_LOSSES + 1
    assert Plan(config=CONFIG, epochs=500).recorded == [*range(0, 501, 5)]


def test_a_study_does_an_epoch_at_a_time():
    study = Study(Plan(config=CONFIG, seeds=5, epochs=10))
    for epochs in range(1, 51):
        assert not study.is_over
        study.advance()
        assert len(study.done) == epochs // 10
    assert study.is_over


def test_runs_that_end_in_no_numbers_are_counted_as_failed():
    wild = Config(seed="0.3", problem="regression", activation="relu", learning_rate=10, network_shape=(8, 8))
    plan = Plan(config=wild, seeds=6, epochs=50)
    done = Study.finished(plan)
    summary = seeds.summary(plan, done)
    assert summary["failed"] == sum(run.failed for run in done) > 0
    assert all(len(run.losses) < len(plan.recorded) for run in done if run.failed)
    assert summary["test_loss"]["upper"] == math.inf
    assert summary["solved"] + summary["failed"] <= 6


def made(*tests, epochs=500):
    """A run with these test losses."""
    last = tests[-1]
    return Run(Plan(config=CONFIG, seeds=5).runs()[0], [(0.1, test) for test in tests],
               Scores(0.1, last, 1, 1), np.zeros((1, 1)))  # fmt: skip


def test_a_run_has_solved_it_that_is_below_the_threshold_at_the_end_at_the_first_epoch_that_was():
    recorded = [0, 5, 10, 15]
    assert made(0.5, 0.04, 0.06, 0.01).solved_at(recorded, 0.05) == 5
    assert made(0.5, 0.04, 0.06, 0.05).solved_at(recorded, 0.05) is None
    assert made(0.5, 0.04, 0.06, 0.05).solved_at(recorded, 0.051) == 5
    assert made(0.5, 0.04, math.nan).solved_at(recorded, 0.05) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_the_summary_counts_as_one_would_by_hand(losses):
    plan = Plan(config=CONFIG, epochs=1)
    summary = seeds.summary(plan, [made(1.0, loss) for loss in losses], threshold=0.3)
    assert summary["solved"] == sum(loss < 0.3 for loss in losses)
    assert summary["test_loss"]["median"] == statistics.median_low(losses)
    assert sum(loss <= summary["test_loss"]["lower"] for loss in losses) >= len(losses) / 4
    assert sum(loss <= summary["test_loss"]["upper"] for loss in losses) >= len(losses) * 3 / 4
    assert (summary["epochs_to_solve"] is None) == (summary["solved"] == 0)


@pytest.mark.parametrize("dataset", datasets.DATASETS)
def test_a_network_that_has_learned_nothing_has_solved_nothing(dataset):
    config = Config(init_zero=True, network_shape=())
    if dataset.startswith("reg"):
        config = dataclasses.replace(config, problem="regression", reg_dataset=dataset)
    else:
        config = dataclasses.replace(config, dataset=dataset)
    scores = Engine(config).scores()
    assert scores.test_loss > 2 * Plan(config=config).solved
    assert scores.train_loss > 2 * Plan(config=config).solved


def test_the_page_has_the_same_thresholds():
    (page,) = re.findall(r"^export const SOLVED = {(.*)};$", (ROOT / "static/js/playground/seeds.js").read_text(), re.M)
    assert {name: float(loss) for name, loss in re.findall(r"(\w+): ([\d.]+)", page)} == SOLVED
