"""Many links' files, which a process of its own writes for one that computes nothing."""

import json
import subprocess
import sys
import time

from db.database import Database, address
from playground import programs
from playground.config import OWN_DATA
from playground.data.store import PointSets
from playground.export import files
from playground.export.steps import result
from playground.point_set import packed, unpacked
from playground.recording import moment
from support.processes import ROOT

PLACES = ("/#seed=0.1&epoch=3", "http://elsewhere/#seed=0.2&epoch=2&networkShape=3")


LONG = "/#seed=0.3&epoch=200000&networkShape=8,8,8,8"


def of_one(link):
    return result(files.writing(moment.parse(link), "py")).decode()


def test_each_link_that_is_one_has_the_file_that_is_taken_home():
    found = programs.of([*PLACES, "/#activation=none-such", PLACES[0]])
    assert found == {link: of_one(link) for link in PLACES}
    assert programs.of([]) == {}


def test_own_data_are_found_by_their_address(tmp_path):
    url = f"sqlite:///{tmp_path}/playlab.db"
    database = Database(address.parse(url))
    own = packed([[at / 40 for at in range(200)], [1.0, -2.0] * 100, [0, 1] * 100], 3)
    try:
        sets = PointSets(database, unpacked)
        sets.put(own.packed, "somebody")
    finally:
        database.close()
    link = f"/#dataset={OWN_DATA}&ownData={own.address}&seed=0.1&epoch=1"
    assert "TRAIN = " in programs.of([link], url)[link]
    assert programs.of([link], f"sqlite:///{tmp_path}/other.db") == {}
    assert not (tmp_path / "other.db").exists()


def test_links_that_take_too_long_have_no_file_and_the_others_have_theirs(monkeypatch):
    monkeypatch.setattr(programs, "MOST_S", 8.0)
    before = time.monotonic()
    told = []
    found = programs.of([PLACES[0], LONG], told=told.append)
    assert time.monotonic() - before < 30
    assert len(told) > 5
    assert told == sorted(told)
    assert told[-1] == 1
    assert {link for link, program in found.items() if program} <= {PLACES[0]}
    assert found[LONG] is None


def test_a_long_run_keeps_no_other_waiting():
    """The long one would take minutes."""
    command = [sys.executable, "-m", "playground", "programs"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            process.stdin.write("".join(f"{json.dumps(link)}\n" for link in (LONG, *PLACES)).encode())
            process.stdin.close()
            answers = [json.loads(process.stdout.readline()) for _ in PLACES]
        finally:
            process.kill()
    assert {answer["link"]: answer["program"] for answer in answers} == {link: of_one(link) for link in PLACES}


def test_who_asks_loads_nothing_that_computes():
    script = "import sys; from playground import programs; print({'torch', 'numpy', 'numba'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
