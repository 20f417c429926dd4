"""Docs and code say the same: whatever a user can name is documented, and whatever is documented is there.

Each kind of thing has one page, and on it a table that the head of its first column gives away: `option`, `command`,
`request`, `event`, ... The first cell of a row holds the name, as code. A failure names the page and what is missing.
"""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import textwrap
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

import app
from db.errors import KINDS
from lenet import config as lenet_config
from lenet import records, routes
from lenet.sockets import LenetNamespace
from lenet.states import STATES
from lenet.training.folder import RunFolder, new_run_id
from notebook import templates
from playground import config as playground_config
from playground.data import datasets
from playground.recording import moment
from playground.sockets import COMMANDS
from support.processes import ROOT
from tools import tables
from tools.tables import commands_of, literals_said, options_of, parser_of, sources
from web import refusals
from web.engine import MAX_PACKETS

PAGES = sorted(path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
READMES = {"README.md": "option", "README.zh.md": "选项"}
PACKAGES = ("core", "db", "playground", "lenet", "notebook", "web")


# --- reading a page ---------------------------------------------------------------------------------------------------


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def table(page: str, head: str) -> list[list[str]]:
    """The rows of every table of the page whose first column is called `head`."""
    rows = []
    for block in re.findall(r"(?:^\|.*\n)+", text_of(page), re.MULTILINE):
        lines = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block.splitlines()]
        if lines[0][0] == head:
            rows += lines[2:]
    assert rows, f"{page} has no table whose first column is called {head!r}"
    return rows


def codes(cell: str) -> list[str]:
    """What a cell holds as code."""
    return re.findall(r"`([^`]+)`", cell)


def named(page: str, head: str) -> dict[str, list[str]]:
    """The rows of a table by the name in their first cell, without what follows the name there."""
    rows = table(page, head)
    assert all(codes(row[0]) for row in rows), f"{page}: a row of the table {head!r} has no name: {rows}"
    names = [codes(row[0])[0].split()[0] for row in rows]
    assert len(set(names)) == len(names), f"{page}: twice in the table {head!r}: {sorted(names)}"
    return dict(zip(names, rows, strict=True))


def agree(page: str, documented: Iterable[Any], there: Iterable[Any]) -> None:
    """Fails unless both hold the same names, and says which do not."""
    documented, there = set(documented), set(there)
    problems = [f"not documented in {page}: {name}" for name in sorted(there - documented)]
    problems += [f"{page} documents what is not there: {name}" for name in sorted(documented - there)]
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


# --- reading the code -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application with everything that is in it, and a run that was stopped."""
    folder = tmp_path_factory.mktemp("docs")
    run = RunFolder(folder / "experiments", new_run_id())
    run.path.mkdir(parents=True)
    config = lenet_config.PRESETS["fast"].config.to_json()
    run.write_json("run.json", {"created": 0, "preset": "fast", "config": config, "owner": None, "queued": False})
    made = app.create_app({"WORKERS": 0, "DATA_DIR": str(folder), "EXPERIMENTS_DIR": str(folder / "experiments")})
    yield made
    made.extensions["close"]()


# --- options and commands ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("readme", "head"), READMES.items())
def test_every_environment_variable_is_documented(readme, head):
    read = set()
    for path in [ROOT / "app.py", *sources(*PACKAGES)]:
        read |= set(re.findall(r"PLAYLAB_[A-Z_]+", path.read_text(encoding="utf-8")))
    agree(readme, {name for row in table(readme, head) for name in codes(row[1])}, read)


@pytest.mark.parametrize(("package", "page"), [("playground",) * 2, ("lenet",) * 2, ("db", "database")])
def test_every_command_and_each_of_its_options_is_documented(package, page):
    page = f"docs/{page}.md"
    commands = commands_of(parser_of(importlib.import_module(f"{package}.__main__").main))
    documented = {codes(row[0])[0] for row in table(page, "command")}
    there = set()
    for name, parser in commands.items():
        arguments = [action for action in parser._actions if not action.option_strings]
        words = [
            f"[{action.dest.upper()}]" if action.nargs in ("?", "*") else action.dest.upper() for action in arguments
        ]
        there.add(" ".join([name, *words]))
    agree(f"{page}, table `command`", documented, there)

    documented = set()
    for option, row in named(page, "option").items():
        meant = setting_options() if option == "--SETTING" else {option}
        documented |= {f"{one} of {command}" for command, one in product(codes(row[1]), meant)}
    there = {f"{option} of {name}" for name, parser in commands.items() for option in options_of(parser)}
    agree(f"{page}, table `option`", documented, there)


def setting_options() -> set[str]:
    return {f"--{name.replace('_', '-')}" for name in lenet_config.FIELDS}


def test_every_make_target_is_documented_and_helped_with():
    makefile = text_of("Makefile")
    targets = set(re.findall(r"^([a-z][\w-]*):(?!=)", makefile, re.MULTILINE))
    documented = {codes(row[0])[0].removeprefix("make ") for row in table("CONTRIBUTING.md", "to type")}
    agree("CONTRIBUTING.md", documented, targets)
    agree("`make help`", {*re.findall(r'@echo "make ([\w-]+)', makefile), "help"}, targets)
    phony = re.search(r"^\.PHONY: (.*(?:\\\n.*)*)", makefile, re.MULTILINE)
    agree(".PHONY", phony[1].replace("\\\n", " ").split(), targets)


def test_github_gives_the_tests_the_time_that_they_are_said_to_take_and_checks_the_style_once():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (says,) = re.findall(r"runs the tests.*: (\d+) minutes on two cores", text)
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    job, step = (int(minutes) for minutes in re.findall(r"timeout-minutes: (\d+)", workflow))
    assert job > step >= 1.5 * int(says)  # with what it installs, the checks, and what failed once more
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands = re.findall(r"^(?: *run: |)(\S*(?:\.ci/run|make \w+))", f"{workflow}\n{run}", re.MULTILINE)
    assert commands == [".ci/run", "make lint", "make test"]


# --- Socket.IO --------------------------------------------------------------------------------------------------------


def test_every_playground_command_is_documented_with_its_arguments():
    rows = named("docs/protocol.md", "command")
    agree("docs/protocol.md", rows, COMMANDS)
    for name, row in rows.items():
        inside = " ".join(re.findall(r"\{(.*?)\}", row[1]))
        agree(f"docs/protocol.md, arguments of {name}", re.findall(r"\w+", inside), COMMANDS[name][0])


def test_every_code_of_a_refusal_is_documented_with_its_values():
    documented = {}
    for code, _, values in table("docs/protocol.md", "code"):
        documented |= dict.fromkeys(codes(code), frozenset(re.findall(r"\w+", " ".join(codes(values)))))
    there = {
        kind.code: frozenset({"value", *kind.limits}) for kind in (f.kind for f in playground_config.FIELDS.values())
    }
    there |= dict.fromkeys(
        ["length", "too-many-edits", "edits-of-link", "points-of-link"], frozenset({"value", "most"})
    )
    there["edit"] = there["no-settings"] = there["remnants"] = there["invalid"] = frozenset({"value"})
    there["protocol"] = frozenset({"value", "known"})
    there["broken-seed"] = frozenset({"value", "number"})
    there |= dict.fromkeys(literals_said({"SessionError", "_refused"}, "playground", -1), frozenset())
    there |= dict.fromkeys(literals_said({"RefusedError"}, "playground", -1), frozenset())
    there |= dict.fromkeys(KINDS, frozenset())
    there["no-points"] = there["too-many-points"] = there["places"] = there["not-own-data"] = frozenset({"value"})
    there["too-many-points"] |= {"most"}
    there["places"] |= {"most"}
    there["class-names"] = frozenset({"value", "most"})
    there["points-of-classification"] = there["points-of-regression"] = frozenset({"value"})
    there |= dict.fromkeys(["points-format", "points-finite", "points-outside"], frozenset({"value", "format"}))
    there |= dict.fromkeys(["points-count", "points-classes"], frozenset({"value", "low", "high", "most"}))
    there["data-too-long"] = there["too-much-data"] = frozenset({"most"})
    assert {"diverged", "full", "too-fast", "mistake"} <= there.keys()
    there["full"] = there["too-large"] = there["link-too-long"] = frozenset({"most"})
    agree("docs/protocol.md", documented.items(), there.items())


def test_every_code_of_a_notebooks_refusal_is_documented():
    documented = {code for row in table("docs/notebook.md", "code") for code in codes(row[0])}
    there = literals_said({"RefusedError"}, "notebook", -1) | literals_said({"_refused"}, "notebook")
    there = {code for code in there if re.fullmatch("[a-z]+(-[a-z]+)+", code)}
    assert {"no-recovery", "too-many-cells", "archive-damaged", "press-busy"} <= there
    assert there <= documented


def test_every_input_and_activation_is_documented_in_its_order():
    assert list(named("docs/protocol.md", "input")) == list(playground_config.FEATURE_KEYS)
    agree(
        "docs/protocol.md", named("docs/protocol.md", "activation"), playground_config.FIELDS["activation"].kind.values
    )


def test_how_many_packets_a_message_may_carry_is_documented():
    assert f"up to {MAX_PACKETS} packets" in (ROOT / "docs" / "protocol.md").read_text()


def test_every_event_to_a_playground_is_documented():
    agree("docs/protocol.md", named("docs/protocol.md", "event"), literals_said({"_emit", "tell"}, "playground"))


def test_every_event_from_and_to_a_lenet_page_is_documented():
    understood = {name.removeprefix("on_") for name in vars(LenetNamespace) if name.startswith("on_")}
    agree("docs/api.md", named("docs/api.md", "client sends"), understood - {"connect", "disconnect"})
    agree("docs/api.md", named("docs/api.md", "server sends"), literals_said({"_tell", "tell", "emit"}, "lenet"))


# --- HTTP -------------------------------------------------------------------------------------------------------------


def spellings(rule: str) -> list[set[str]]:
    """How a page may write a route: `<run_id>` as RUN, and a part of few values as that, or each of the values."""
    values = [re.split(r",\s*", listed) for listed in re.findall(r"<any\((.*?)\)", rule)]
    of_values = re.sub(r"<any\([^<>]*>", "{}", rule)
    ways = [rule, *(of_values.format(*chosen) for chosen in product(*values))]
    first, *others = (re.sub(r"<(?:[^<>]*:)?(\w+?)(?:_id)?>", lambda match: match[1].upper(), way) for way in ways)
    return [{first}, set(others)]


def test_every_address_is_documented(whole: Flask):
    requests = [codes(row[0])[0].split()[:2] for row in table("docs/api.md", "request")]
    documented = {f"{method} {address.partition('?')[0]}" for method, address in requests}
    there = set()
    for rule in whole.url_map.iter_rules():
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            ways = [{f"{method} {path}" for path in way} for way in spellings(rule.rule)]
            there |= next((way for way in ways if way <= documented), ways[0])
    agree("docs/api.md", documented, there)


def test_every_code_of_any_request_is_documented():
    documented = {code for row in table("docs/api.md", "code of any request") for code in codes(row[0])}
    there = {*refusals.CODES.values(), *literals_said({"answer"}, "web"), "http", "mistake"}
    assert {"host", "origin"} <= there
    agree("docs/api.md", documented, there)


def test_every_query_parameter_is_documented():
    documented = set()
    for row in table("docs/api.md", "request"):
        documented |= set(re.findall(r"[?&](\w+)=", codes(row[0])[0]))
    files = [*Path(routes.__file__).parent.glob("*.py"), ROOT / "notebook" / "routes.py"]
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    agree("docs/api.md", documented, re.findall(r"""(?:args\.get|arguments\.whole|_whole)\("(\w+)\"""", source))


def test_every_metric_is_documented(whole: Flask):
    families = list(text_string_to_metric_families(whole.test_client().get("/metrics").text))
    ours = [family for family in families if family.name.startswith("playlab_") and "_created" not in family.name]
    there = {f"{family.name}_total" if family.type == "counter" else family.name for family in ours}
    agree("docs/security.md", named("docs/security.md", "metric").keys() - {"process_*"}, there)


# --- settings and presets ---------------------------------------------------------------------------------------------


def test_every_name_of_a_hidden_control_is_documented():
    documented = [name for row in table("docs/playground.md", "hidden by `hide`") for name in codes(row[0])]
    agree("docs/playground.md", documented, playground_config.HIDABLE)


def test_every_data_set_is_documented_in_the_order_of_the_table():
    assert list(named("docs/playground.md", "data set")) == list(datasets.DATASETS)


def test_every_preset_is_documented():
    agree("docs/lenet.md", named("docs/lenet.md", "preset"), lenet_config.PRESETS)


def test_every_template_of_a_notebook_is_documented():
    agree("docs/notebook.md", named("docs/notebook.md", "template"), templates.NAMES)


def test_every_state_of_a_run_is_documented_and_whether_it_can_go_on():
    states = {name: row[2] == "yes" for name, row in named("docs/lenet.md", "state").items()}
    there = {name: state.is_resumable for name, state in STATES.items()}
    agree("docs/lenet.md", states.items(), there.items())


# --- what is told of a run --------------------------------------------------------------------------------------------


def test_every_kind_of_record_is_documented():
    understood = {kind.__struct_config__.tag for kind in get_args(records.Record)}
    agree("docs/api.md", named("docs/api.md", "kind"), understood)


def test_every_field_of_a_run_is_documented(whole: Flask):
    client = whole.test_client()
    (summary,) = client.get("/api/lenet/runs").json["runs"]
    shown = client.get(f"/api/lenet/runs/{summary['run']}").json
    in_short = {name for row in table("docs/api.md", "field") for name in codes(row[0])}
    agree("docs/api.md, a summary", in_short, summary)
    in_full = {name for row in table("docs/api.md", "field of one run") for name in codes(row[0])}
    agree("docs/api.md, one run", in_full, shown.keys() - summary.keys())


# --- tables that are written from the code ---------------------------------------------------------------------------


def test_the_tables_are_as_the_code_has_them():
    assert tables.main(["--check"]) == 0, "make format writes them"


@pytest.mark.parametrize(
    ("was", "default", "words"),
    [("", "`5000`", ""), ("`1`", "`5000`", "a port"), ("any", "any", "a port"), ("", "`5000`", "a port")],
)
def test_a_row_gets_its_names_and_default_and_keeps_its_words(was: str, default: str, words: str):
    previous = tables.table(["", "", "", ""], [["`--port`", "`OLD`", was, words]] if words else [])
    written = tables.cells(tables.server_options(previous, "option", "environment", "default", ""))
    assert written["`--port`"] == ["`--port`", "`PLAYLAB_PORT`", default, words]


def test_a_new_command_option_and_state_gets_a_row_and_the_others_keep_their_words():
    before = tables.table(["command", "what"], [["`upgrade`", "words"]])
    assert tables.cells(tables.commands("db", before))["`upgrade`"] == ["`upgrade`", "words"]
    assert tables.cells(tables.commands("db", before))["`backup FILE`"] == ["`backup FILE`", ""]
    before = tables.table(["option", "of", "what"], [["`--device ID`", "`train`", "words"]])
    written = tables.cells(tables.command_options("lenet", before))
    assert written["`--device ID`"] == ["`--device ID`", "`worker`", "words"]
    assert written["`--SETTING`"][1] == "`train`, `sweep`, `evaluate`"
    before = tables.table(["state", "meaning", "can go on"], [["`paused`", "words", ""], ["`gone`", "words", ""]])
    written = tables.cells(tables.states(before))
    assert (written["`paused`"][1:], written["`failed`"][1:]) == (["words", "yes"], ["", "yes"])
    assert "`gone`" not in written
    assert tables.cells(tables.playground_commands(""))["`step`"] == ["`step`", "`{epochs}`", "", ""]
    before = tables.table(["event", "argument", "when"], [["`gone`", "", ""], ["`status`", "", "words"]])
    written = tables.cells(tables.events("playground", before))
    assert (written["`status`"], written["`frame`"]) == (["`status`", "", "words"], ["`frame`", "", ""])
    assert "`gone`" not in written


@pytest.mark.parametrize(
    ("page", "head"),
    [*READMES.items(), ("docs/playground.md", "setting"), ("docs/playground.md", "option"), ("docs/lenet.md", "option"),
     ("docs/database.md", "option"), ("docs/protocol.md", "command"), ("docs/playground.md", "command"),
     ("docs/protocol.md", "event"), ("docs/api.md", "client sends"), ("docs/api.md", "server sends"),
     ("docs/lenet.md", "setting"), ("docs/security.md", "metric"),
     ("docs/architecture.md", "module")],
)  # fmt: skip
def test_every_row_that_is_written_says_in_words_what_it_is(page: str, head: str):
    assert [row[0] for row in table(page, head) if not row[-1]] == []


# --- the pages themselves ---------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The fragments that GitHub gives a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", PAGES)
def test_every_link_leads_somewhere(document):
    folder = (ROOT / document).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(document)):
        if target.startswith(("http:", "https:")):
            continue
        path, _, fragment = target.partition("#")
        file = (folder / path) if path else ROOT / document
        assert file.exists(), f"{document} links to {target}"
        assert not fragment or fragment in anchors(file), f"{document} links to {target}, a heading that is not there"


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_leads_to_every_page(readme):
    linked = set(re.findall(r"\]\((docs/\w+\.md)\)", text_of(readme)))
    agree(readme, linked, {page for page in PAGES if page.startswith("docs/")})


def _save_graph(file: Path) -> None:
    from playground.export import graph, steps

    file.write_bytes(steps.result(graph.writing(moment.parse("seed=0.1"))))


def _save_checkpoint(file: Path) -> None:
    import torch

    from lenet.network.model import LeNet5

    torch.save(LeNet5().state_dict(), file)


# What the programs of the pages read, in the folder in which they are run.
READ = {"docs/playground.md": ("run.onnx", _save_graph), "docs/lenet.md": ("lenet_mnist_0.988.pt", _save_checkpoint)}
PROGRAMS = [
    (page, program) for page in PAGES for program in re.findall(r"^```python\n(.*?)^```", text_of(page), re.M | re.S)
]


def test_there_are_programs_on_the_pages():
    assert {page for page, _ in PROGRAMS} >= READ.keys()


@pytest.mark.parametrize(("page", "program"), PROGRAMS, ids=[page for page, _ in PROGRAMS])
def test_every_program_runs_as_it_is_printed(page: str, program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    if page in READ:
        name, save = READ[page]
        save(tmp_path / name)
    exec(program, {"__name__": "__main__"})  # noqa: S102 - the program is what is tested


def test_every_permanent_link_is_documented_and_read_back(node: str):
    """The page understands each example and would write it so itself; every part it understands is in an example."""
    examples = [codes(row[0])[0].removeprefix("/lenet") for row in table("docs/lenet.md", "address")]
    runs = "20260131-154500-1f2e3d,20260131-154501-1f2e3d"
    ids = {"RUN,RUN": runs, "EPOCH": "3", "IMAGE": "7", "STROKES": "0s1a2b3c4d"}
    real = [re.sub(r"RUN,RUN|[A-Z]{3,}", lambda match: ids.get(match[0], ids["RUN,RUN"][:22]), one) for one in examples]
    script = f"""
        import {{ parseRoute, formatRoute }} from {json.dumps((ROOT / "static/js/lenet/route.js").as_uri())};
        const written = {json.dumps(real)}.map((address) => formatRoute(parseRoute(address)));
        const parts = Object.keys(parseRoute("")).filter((name) => name !== "faults");
        console.log(JSON.stringify({{ written, parts }}));
    """
    result = subprocess.run(
        [node, "--input-type=module", "-e", textwrap.dedent(script)], capture_output=True, text=True, timeout=30
    )
    assert result.returncode == 0, result.stderr
    said = json.loads(result.stdout)
    agree("docs/lenet.md", [one or "#" for one in real], said["written"])
    agree("docs/lenet.md", re.findall(r"(\w+)=", " ".join(examples)), said["parts"])
