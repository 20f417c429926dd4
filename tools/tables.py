"""The tables of the docs that repeat the code, as Markdown. cog puts them in their places: `make format`.

With `--check` it only says whether they are as they should be: `make lint`.

A table stands between two comments, the first of which makes it:

    <!-- [[[cog cog.out(tables.requests("runs")) ]]] -->
    <!-- [[[end]]] -->

A function that is given `cog.previous`, the table as it was, takes from there what the code does not hold: words for
people, in the last column. A new row has none until somebody writes them; tests/test_docs.py asks for them.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import re
import struct
import sys
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from inspect import signature
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, patch

from cogapp import Cog
from prometheus_client.core import CounterMetricFamily

import app
from core.arguments import Parser
from lenet.config import FIELDS as LENET_FIELDS
from lenet.sockets import LenetNamespace
from lenet.states import STATES
from playground.config import ANY_CLASSES, MEASURED
from playground.config import FIELDS as PLAYGROUND_FIELDS
from playground.data.datasets import DATASETS
from playground.original.generators import Point
from playground.original.prng import SeedRandom
from playground.point_set import measured
from playground.sockets import COMMANDS
from playground.studies.pairs import sign_test
from playground.studies.plan import SEEDS
from web.metrics import Metrics

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")]
SCRIPTS = [
    ROOT / "static/js/playground/samples.js",
    ROOT / "static/js/playground/sign-test.js",
    ROOT / "templates/modules.html",
]
SAMPLED = 200  # points of a data set's picture
Rows = Iterable[Iterable[str]]


def table(head: Iterable[str], rows: Rows) -> str:
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n" + "".join(f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in line)}|\n" for line in lines) + "\n"


def escaped(text: str) -> str:
    return text.replace("|", "\\|")


def cells(written: str) -> dict[str, list[str]]:
    """The rows of a table by their first cells. A bar within a cell has a backslash before it."""
    lines = [line for line in written.splitlines() if line.startswith("|")][2:]
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return {row[0]: row for row in rows}


def kept(previous: str, name: str, column: int = -1) -> str:
    """A cell of the table as it was, of the row that begins with `name`."""
    row = cells(previous).get(name)
    return row[column] if row else ""


# --- the HTTP API -----------------------------------------------------------------------------------------------------


@cache
def _api() -> dict[str, Any]:
    return app.describe_api()


def requests(part: str) -> str:
    """The requests of one part of the API, by its tag."""
    rows = [
        [_request(method, path, operation), operation["description"]]
        for path, methods in _api()["paths"].items()
        for method, operation in methods.items()
        if operation["tags"] == [part]
    ]
    return table(["request", "answer"], rows)


def _request(method: str, path: str, operation: dict[str, Any]) -> str:
    address = re.sub(r"{(\w+)}", lambda name: name[1].upper(), path)
    query = [f"{one['name']}={one['x-shown']}" for one in operation["parameters"] if one["in"] == "query"]
    request = f"`{method.upper()} {address}{'?' if query else ''}{'&'.join(query)}`"
    if "requestBody" not in operation:
        return request
    ((kind, content),) = operation["requestBody"]["content"].items()
    if not content["schema"]:
        return f"{request} `{kind}`"
    body = content["schema"]["$ref"].rpartition("/")[2]
    fields = ", ".join(f'"{name}"' for name in _api()["components"]["schemas"][body]["properties"])
    return f"{request} `{{{fields}}}`"


def statuses() -> str:
    """What each status means."""
    responses = _api()["components"]["responses"]
    return table(["status", "when"], [[code, one["description"]] for code, one in responses.items()])


def fields(name: str, without: str | None = None, head: str = "field") -> str:
    """The fields of a schema, or those that another has not."""
    schemas = _api()["components"]["schemas"]
    others = schemas[without]["properties"] if without else {}
    shown = {field: about for field, about in schemas[name]["properties"].items() if field not in others}
    return table([head, "what"], [[f"`{field}`", _meaning(about)] for field, about in shown.items()])


def _meaning(about: dict[str, Any]) -> str:
    is_nullable = {"type": "null"} in about.get("anyOf", []) or None in about.get("enum", [])
    text: str = about["description"]
    return f"{text}; or null" if is_nullable and "null" not in text else text


# --- settings ---------------------------------------------------------------------------------------------------------


def values_of(schema: dict[str, Any]) -> str:
    """The values of a setting as the pages write them."""
    match schema["kind"]:
        case "choice":
            return ", ".join(schema["choices"])
        case "flag":
            return "true, false"
        case "number":
            return f"{schema['min']:,.5g} to {schema['max']:,.10g}{', whole' if schema['whole'] else ''}"
        case "layers":
            return f"at most {schema['maxLayers']} numbers from 1 to {schema['maxNeurons']}"
        case "perLayer":
            return f"for each layer: {values_of(schema['of'])}"
        case "text":
            return f"1 to {schema['most']:,} characters"
        case "points":
            return "points, see below"
        case "names":
            return "names, see below"
    raise ValueError(schema)


def default_of(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return f"{value:,.10g}"
        case list():
            return ", ".join(map(str, value))
        case None:
            return ""
    return str(value)


def playground_settings(previous: str) -> str:
    """In the order in which a link has them."""
    rows = []
    for field in PLAYGROUND_FIELDS.values():
        name, schema = f"`{field.key}`", field.schema()
        change = "nothing" if field.inert else field.change
        rows.append([name, values_of(schema), default_of(schema["default"]), change, kept(previous, name)])
    return table(["setting", "values", "default", "a change", "what"], rows)


def lenet_settings() -> str:
    """In the order of the form."""
    rows = [
        [f"`{field.key}`", values_of(field.schema()), default_of(field.default), escaped(field.help)]
        for field in LENET_FIELDS.values()
    ]
    return table(["setting", "values", "default", "what"], rows)


# --- options ----------------------------------------------------------------------------------------------------------


class _Caught(Exception):  # noqa: N818 - no error
    """A parser, on its way out of the program that made it."""


def parser_of(main: Callable[[list[str]], object]) -> argparse.ArgumentParser:
    """The parser that a program's `main` makes of its arguments, with no variable set that has defaults for it."""

    def catch(self: argparse.ArgumentParser, *_: object, **__: object) -> None:
        raise _Caught(self)

    plain = {name: value for name, value in os.environ.items() if not name.startswith("PLAYLAB_")}
    with patch.object(argparse.ArgumentParser, "parse_args", catch), patch.dict(os.environ, plain, clear=True):
        try:
            main([])
        except _Caught as caught:
            parser: argparse.ArgumentParser = caught.args[0]
            return parser
    raise ValueError(f"{main} parses no arguments")


def server_options(previous: str, *head: str) -> str:
    """Each with its variable and its default. A default that is told in words stays so."""
    rows = []
    for action in parser_of(app.main)._actions:
        option = action.option_strings[-1]
        if option == "--help":
            continue
        name, default = f"`{option}`", kept(previous, f"`{option}`", 2)
        if action.default is not None and (not default or default.startswith("`")):
            default = f"`{str(action.default).removeprefix(f'{ROOT}{os.sep}')}`"
        rows.append([name, f"`{variable_of(option)}`", default, kept(previous, name)])
    return table(head, rows)


def variable_of(option: str) -> str:
    """The environment variable that does the same."""
    return f"PLAYLAB_{option[2:].upper().replace('-', '_')}"


# --- commands, their options, and states ------------------------------------------------------------------------------


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Its commands, those of commands included: `sweep` or `sweep stop`."""
    found = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                inner = commands_of(command)
                found |= {f"{name} {more}": one for more, one in inner.items()} or {name: command}
    return found


def options_of(parser: argparse.ArgumentParser) -> list[str]:
    """Its options in their long form. `--no-x` beside `--x` is the same one."""
    strings = [name for action in parser._actions for name in action.option_strings if name.startswith("--")]
    return [name for name in strings if name != "--help" and name.replace("--no-", "--") not in {*strings} - {name}]


def _parser_of_package(package: str) -> argparse.ArgumentParser:
    return parser_of(importlib.import_module(f"{package}.__main__").main)


def commands(package: str, previous: str) -> str:
    """The commands of `python -m PACKAGE`, with their arguments."""
    rows = []
    for name, parser in commands_of(_parser_of_package(package)).items():
        arguments = [action for action in parser._actions if not action.option_strings]
        words = [f"[{one.dest.upper()}]" if one.nargs in ("?", "*") else one.dest.upper() for one in arguments]
        shown = f"`{' '.join([name, *words])}`"
        rows.append([shown, kept(previous, shown)])
    return table(["command", "what"], rows)


def command_options(package: str, previous: str) -> str:
    """The options of all commands of `python -m PACKAGE`, and of which they are. LeNet's settings are in one row."""
    settings = {f"--{name.replace('_', '-')}" for name in LENET_FIELDS}
    of: dict[str, list[str]] = {}
    for command, parser in commands_of(_parser_of_package(package)).items():
        options = options_of(parser)
        has_settings = package == "lenet" and len(settings & {*options}) > 1  # the --device of a worker is its own
        for option in options:
            row = of.setdefault("--SETTING" if has_settings and option in settings else option, [])
            row.extend({command} - {*row})
    before = {cell.strip("`").split()[0]: row for cell, row in cells(previous).items()}
    rows = []
    for option in sorted(of, key=lambda option: ([*before].index(option) if option in before else len(before), option)):
        shown, *_, words = before.get(option, [f"`{option}`", ""])
        rows.append([shown, ", ".join(f"`{command}`" for command in of[option]), words])
    return table(["option", "of", "what"], rows)


def playground_commands(previous: str) -> str:
    """What a client of the Playground may send. Their arguments have words of their own."""
    before, rows = cells(previous), []
    for name, (fields, _) in COMMANDS.items():
        argument = f"`{{{', '.join(sorted(fields))}}}`"
        rows.append(before.get(f"`{name}`", [f"`{name}`", argument, "", ""]))
    return table(["command", "argument", "acknowledgement, besides `ok`", "effect"], rows)


def sources(*packages: str) -> Iterator[Path]:
    for package in packages:
        yield from sorted((ROOT / package).rglob("*.py"))


def literals_said(call_names: set[str], package: str, which: int = 0) -> set[str]:
    """The first text, or the one at `which`, among the arguments of every call of one of these names in a package."""
    said = set()
    for path in sources(package):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in call_names:
                texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                said |= set([texts[which]] if texts else ())
    return said


def events(tab: str, previous: str) -> str:
    """What the server tells a tab by Socket.IO, in the order that the table had. Only the names are the code's."""
    tellers, head = {
        "playground": ({"_emit", "tell"}, ["event", "argument", "when"]),
        "lenet": ({"_tell", "tell", "emit"}, ["server sends", "to", "when"]),
    }[tab]
    return _named_rows(head, literals_said(tellers, tab), previous)


def lenet_commands(previous: str) -> str:
    """What a LeNet page may send."""
    understood = {name.removeprefix("on_") for name in vars(LenetNamespace) if name.startswith("on_")}
    head = ["client sends", "acknowledgement", "effect"]
    return _named_rows(head, understood - {"connect", "disconnect"}, previous)


def _named_rows(head: list[str], names: set[str], previous: str) -> str:
    """A row for each name. One that was there stays as it was: words stand beside its name too."""
    before = {match[1]: row for cell, row in cells(previous).items() if (match := re.match("`([^` ]+)", cell))}
    rows = [row for name, row in before.items() if name in names]
    return table(head, rows + [[f"`{name}`", *[""] * (len(head) - 1)] for name in sorted(names - before.keys())])


def states(previous: str) -> str:
    """What a LeNet run may be."""
    rows = [
        [f"`{name}`", kept(previous, f"`{name}`", 1), "yes" if state.is_resumable else ""]
        for name, state in STATES.items()
    ]
    return table(["state", "meaning", "can go on"], rows)


# --- metrics and modules ----------------------------------------------------------------------------------------------


def metrics(previous: str) -> str:
    """Each with its label, where it has one."""
    measured = Metrics()
    families = [family for family in measured._registry.collect() if family.name.startswith("playlab_")]
    found = [(family.name, family.type, "") for family in families]
    owners = len(signature(app._measure).parameters) - 1
    app._measure(measured, *(MagicMock() for _ in range(owners)))
    for kind, name, _, label, _ in measured._reads:
        found.append((name, "counter" if kind is CounterMetricFamily else "gauge", label))
    rows = []
    for name, kind, label in found:
        shown = f"`{name}{'_total' if kind == 'counter' else ''}`"
        rows.append([shown, f"`{label}`" if label else "", kept(previous, shown)])
    rows.append(["`process_*`", "", kept(previous, "`process_*`")])
    return table(["metric", "label", ""], rows)


def modules(package: str) -> str:
    """What each module of a package says of itself: the whole sentences in the first line of its docstring."""
    rows = []
    for path in sorted((ROOT / package).rglob("*.py")):
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        is_room = path.name == "__init__.py"
        if said or not is_room:
            sentences = re.match(r".*[.]", said or "")
            name = f"{(path.parent if is_room else path).relative_to(ROOT).as_posix()}{'/' if is_room else ''}"
            rows.append([f"`{name}`", escaped(sentences[0] if sentences else "")])
    return table(["module", "what it says of itself"], rows)


def imports(page: str) -> str:
    """The modules that a page's program imports, directly or by others, a line each; the nearest first."""
    folder = ROOT / "static" / "js"
    found = [folder / page / "app.js"]
    for module in found:
        for path in re.findall(r'(?:from|import) "(\.[^"]+)"', module.read_text(encoding="utf-8")):
            imported = (module.parent / path).resolve()
            if imported not in found:
                found.append(imported)
    return "".join(f"{module.relative_to(folder).as_posix()}\n" for module in found[1:])


def samples() -> str:
    """The points of the data sets' pictures, for the page's samples.js: bytes of 20 x, 20 y and 100 times the label, or
    of the number of a class 20 times that."""
    lines = []
    sampled: dict[str, tuple[list[Point], bool]] = {}  # the points, and whether they are of classes
    for name, dataset in DATASETS.items():
        several = name in ANY_CLASSES
        classes = [PLAYGROUND_FIELDS["classes"].default] if several else []
        points = dataset.generate(SAMPLED, 0.0, SeedRandom(PLAYGROUND_FIELDS["seed"].default), *classes)
        sampled[name] = points, several
    for name in MEASURED:
        own = measured(name)
        sampled[name] = own.points[:: max(1, own.count // SAMPLED)], own.classes > 0
    for name, (points, several) in sampled.items():
        scales = (20, 20, 20 if several else 100)
        values = [round(value * scale) for point in points for value, scale in zip(point, scales, strict=True)]
        key = name if name.isidentifier() else f'"{name}"'
        lines.append(f'  {key}: "{b64encode(struct.pack(f"{len(values)}b", *values)).decode()}",\n')
    return "".join(lines)


def sign_tests() -> str:
    """The sign test in thousandths, a line for each number of pairs: of as uneven splits as round to 1 up to the least
    uneven one that is no even split."""
    lines = []
    for pairs in range(1, int(SEEDS.high) + 1):
        chances = [round(1000 * sign_test(fewer, pairs - fewer)) for fewer in range((pairs + 1) // 2)]
        lines.append(f'  "{" ".join(str(one) for one in chances if one)}",\n')
    return "".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = Parser(prog="python -m tools.tables", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only tell which are not as the code has them")
    how = ["--check", "--diff"] if parser.parse_args(arguments).check else ["-r"]
    options = ["--verbosity=1", "-n", "utf-8", "-p", "from tools import tables", *how]
    failed: int = Cog().main(["cog", *options, *map(str, sorted([*PAGES, *SCRIPTS]))])
    if failed and how != ["-r"]:
        print("`make format` writes the tables", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
