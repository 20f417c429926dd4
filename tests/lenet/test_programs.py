"""The files of runs by the addresses of the page."""

import json
from contextlib import closing

from lenet import programs
from lenet.export import code
from lenet.queue.this_machine import LocalBackend
from lenet.runs.registry import Runs
from support.lenet_folders import store_run
from support.processes import wait_until

RUN, OTHER = "20260101-000000-abcdef", "20260101-000000-fedcba"


def test_every_view_of_a_run_has_the_file_of_its_last_epoch(tmp_path):
    folder = store_run(tmp_path, RUN, epochs=3)
    for record in map(json.loads, (folder / "metrics.jsonl").read_text().splitlines()):
        if record["kind"] == "epoch":
            (folder / record["checkpoint"]).write_bytes(b"")
    store_run(tmp_path, OTHER, epochs=2)  # whose saved networks are gone
    places = [f"/lenet#run={RUN}", f"/lenet#run={RUN}&epoch=2&look=kernels"]
    strange = [f"/lenet#run={OTHER}", "/lenet#compare=a,b", "/lenet", "/lenet#run=../../x", "/lenet#run="]
    with closing(Runs(tmp_path, tmp_path, LocalBackend(tmp_path, ["cpu"]))) as runs:
        wait_until(lambda: runs.board.counts()["finished"] == 2, 20, "the runs")
        found = programs.of([*places, *strange], runs.board)
        run = runs.board.get(RUN)
        written = code.script(run.origin(run.epoch(None)))
    assert found == dict.fromkeys(places, written)
