"""The figures that docs/cluster.md calculates with mean what they say."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from benchmarks import cluster
from benchmarks.machines import Cluster
from lenet.queue.store import RunStore
from support.processes import wait_until


@pytest.fixture(scope="module")
def machines() -> Iterator[Cluster]:
    """A web server without anyone who trains."""
    with Cluster() as made:
        yield made


def test_the_load_of_redis_is_what_is_asked_of_it(machines: Cluster) -> None:
    pings, others = 2000, 200  # the web server asks too, a few times a second
    start = time.perf_counter()
    with cluster.load_of(machines.client) as load:
        first = time.perf_counter()
        for _ in range(pings):
            machines.client.ping()
        shortest = time.perf_counter() - first
    longest = time.perf_counter() - start
    assert pings / longest < load[0].commands < (pings + others) / shortest
    assert 0 < load[0].cores < 1.5
    assert load[0].sent_bytes > pings / longest * len("+PONG\r\n")


def test_a_viewer_hears_of_every_run_that_waits(machines: Cluster) -> None:
    viewer = cluster.Viewer(int(machines.webs[0].port))
    cluster.serve([viewer], 0.5)
    before = viewer.received
    RunStore(machines.client).report_devices("machine", [cluster.CPU])
    run = machines.start("fast", device="cpu")

    def hears() -> bool:
        cluster.serve([viewer], 0.1)
        return viewer.received > before + 500  # a summary is longer

    wait_until(hears, 10, "news of the run")
    viewer.socket.close()
    assert machines.ask(f"runs/{run}")["status"] == "queued"
