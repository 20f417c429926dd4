"""What a session takes of the memory: of its worker's, and of the web process'."""

import dataclasses
import gc
import random
import tracemalloc
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from playground.config import FEATURE_KEYS, MAX_LAYERS, MAX_NEURONS, Config
from playground.point_set import MOST, MOST_CLASSES, PointSet, packed
from playground.recording.edits import Weight
from playground.recording.recording import MOST_EDITS, Recording, Stamped
from playground.serving import messages
from playground.serving.history import LIMIT
from playground.serving.past import MOST_CHANGES, MOST_RUNS
from playground.serving.session import Session
from playground.serving.worker import Worker
from playground.serving.workers import Health
from playground.snapshot import Scores

LARGEST = dict.fromkeys(FEATURE_KEYS, True) | {"networkShape": [MAX_NEURONS] * MAX_LAYERS}
MIB = 2**20


def own_data(generator: random.Random) -> PointSet:
    """As many points of as many classes as there may be."""
    x, y = ([generator.uniform(-6, 6) for _ in range(MOST)] for _ in range(2))
    return packed([x, y, [generator.randrange(MOST_CLASSES) for _ in range(MOST)]], MOST_CLASSES)


def edits(count: int) -> tuple[Stamped, ...]:
    return tuple(Stamped(1000 + n, Weight(n % 11, 0, n % 7, n / 7)) for n in range(count))


def growth(make: Callable[[], Any]) -> int:
    """The bytes that what `make` gives takes; what a first one leaves in caches does not count."""
    first = make()
    del first
    gc.collect()
    tracemalloc.start(1)
    try:
        before, _ = tracemalloc.get_traced_memory()
        made = make()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        assert made
        return after - before
    finally:
        tracemalloc.stop()


def trained(recording: Recording) -> Worker:
    """A worker with one session as it is after 10,000 epochs, of which one that has passed is looked at."""
    worker = Worker(lambda _message: None)
    worker.receive(messages.Open("a", recording, 0, 1, None, False, 60, 1 / 30, None))
    worker.receive(messages.Watch("a", 2, deflated=True))
    while worker.work() == 0:
        pass
    seat = worker.seats["a"]
    seat.engine.train()
    for epoch in range(1, 10_001):  # without training, of which one epoch takes 5 ms
        if seat.player.keyframes.wants(epoch):
            seat.player.keyframes.note(seat.engine.snapshot()._replace(epoch=epoch))
    seat.engine.epoch = 10_000
    worker.receive(messages.View("a", 5))
    worker.receive(messages.Credit("a"))
    while worker.work() == 0:
        pass
    assert seat.view
    return worker


@pytest.mark.parametrize("settings", [{}, {"optimizer": "adam"}, {"optimizer": "adam", "batchSize": 7}])
def test_a_session_of_the_largest_network_takes_less_than_a_mebibyte_of_its_worker(settings):
    config = Config(seed="0.1").updated(LARGEST | settings)
    assert growth(lambda: trained(Recording(config))) < MIB


def test_nor_do_all_the_own_points_and_edits_that_there_may_be_make_it_more():
    def made() -> Worker:
        own = own_data(random.Random(made.seed))
        made.seed += 1
        config = Config(seed="0.1", dataset="own", own_data=own).updated(LARGEST | {"optimizer": "sgd"})
        return trained(Recording(config, edits(MOST_EDITS)))

    made.seed = 1
    assert growth(made) < MIB


def session(has_own_data: bool, count: int) -> Session:
    """One that has made as many changes and left as many runs as it can go back to. count: of edits."""
    generator = random.Random(1)
    own = {"dataset": "own", "own_data": own_data(generator)} if has_own_data else {}
    config = Config(seed="0.1", **own).updated(LARGEST)
    worker = SimpleNamespace(number=1, ready=True, health=Health("ready", None))
    made = Session("t" * 32, worker, config)
    now = iter(range(0, 10_000, 10))
    made.past._clock = lambda: next(now)
    for epoch in range(LIMIT):
        made.history.add(epoch, Scores(generator.random(), generator.random(), 0.5, 0.5))
    made.epoch, made.recording = 10_000, Recording(config, edits(count))
    for _ in range(MOST_RUNS):
        made.past.branch(made.present(), 0)
    for number in range(MOST_CHANGES):
        made.past.note(made.present, number)
        if has_own_data:
            made.config = dataclasses.replace(made.config, own_data=own_data(generator))
            made.recording = dataclasses.replace(made.recording, config=made.config)
            made.settings()
    return made


@pytest.mark.parametrize("has_own_data", [False, True])
@pytest.mark.parametrize("count", [0, MOST_EDITS])
def test_what_can_be_gone_back_to_takes_less_than_a_mebibyte_of_the_web_process(has_own_data, count):
    assert growth(lambda: session(has_own_data, count)) < 0.9 * MIB
