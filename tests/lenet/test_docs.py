"""docs/api.md and docs/lenet.md name what there is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from lenet import routes
from lenet.config import FIELDS, PRESETS, Choice, Flag, Number
from lenet.events import LenetNamespace
from lenet.folder import RESUMABLE
from lenet.progress import Progress
from lenet.runs import ACTIVE, Runs
from processes import ROOT

API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "lenet.md").read_text(encoding="utf-8")


def rows(text: str, before: str) -> list[list[str]]:
    """The cells of the first table after `before`."""
    after = text.partition(before)[2]
    table = re.search(r"(^\|.*\n)+", after, re.MULTILINE)
    assert table, before
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[0].splitlines()[2:]]


def test_every_route_is_described_and_every_described_one_is_there(runs: Runs):
    app = Flask(__name__)
    app.register_blueprint(routes.blueprint(runs))
    there = set()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<any\((.*?)\):(\w+)>", lambda match: match[2].upper(), rule.rule)
        path = path.replace("<run_id>", "RUN").replace("<epoch>", "EPOCH")
        there |= {f"{method} {path}" for method in rule.methods & {"GET", "POST", "DELETE"}}
    there = {route for route in there if "/api/" in route}
    there = {route.replace("DATASET/SPLIT", "NAME/SPLIT") for route in there}
    there |= {route.replace("WHAT", what) for route in there for what in ("stop", "pause") if "WHAT" in route}
    there = {route for route in there if "WHAT" not in route}
    text = API.replace(" .../EPOCH", " /api/lenet/runs/RUN/epochs/EPOCH").replace(" .../RUN", " /api/lenet/runs/RUN")
    described = set(re.findall(r"`((?:GET|POST|DELETE) /api/[\w/]+)", text))
    assert described == there


def test_every_event_is_described():
    handlers = {name.removeprefix("on_") for name in vars(LenetNamespace) if name.startswith("on_")} - {"connect"}
    assert {row[0].split("`")[1] for row in rows(API, "\n## Live")} == handlers
    assert "| `run`, a summary" in API
    assert "| `records` `{run, line, records}` |" in API


def test_every_field_is_listed_with_its_values_and_default():
    listed = {cells[0].strip("`"): cells[1:] for cells in rows(GUIDE, "\n## Settings\n")}
    assert list(listed) == list(FIELDS)
    for field in FIELDS.values():
        values, default = listed[field.name]
        match field.kind:
            case Choice(names):
                expected = (", ".join(names), field.default)
            case Flag():
                expected = ("true, false", str(field.default).lower())
            case Number(low, high, whole):
                expected = (f"{low:,.5g} to {high:,.10g}{', whole' if whole else ''}", f"{field.default:,.10g}")
        assert (values, default) == expected, field.name


def test_every_preset_and_state_is_listed():
    assert [row[0].strip("`") for row in rows(GUIDE, "\n## Presets\n")] == list(PRESETS)
    states = {row[0].strip("`"): row[2] == "yes" for row in rows(GUIDE, "\n## States\n")}
    assert states == dict.fromkeys((*ACTIVE, "finished"), False) | dict.fromkeys(RESUMABLE, True)


def test_every_kind_of_record_is_described():
    understood = {name.removeprefix("_") for name in vars(Progress) if re.fullmatch(r"_[a-z]+", name)}
    assert {row[0].strip("`") for row in rows(API, "\n## Records\n")} == understood


def test_every_field_of_a_summary_is_described(runs: Runs):
    cells = [row[0] for row in rows(API, "A **summary**:")]
    assert set(runs.summaries()[0]) | {"position", "wait_s"} == set(re.findall(r"`(\w+)`", " ".join(cells)))


def test_the_pages_link_to_files_that_are_there():
    for text in (API, GUIDE):
        for target in re.findall(r"\]\(([^)#]+)", text):
            assert (Path(ROOT / "docs") / target).exists() or (ROOT / target).exists(), target
