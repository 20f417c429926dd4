"""`python -m playground`: trains a link, or its settings with many seeds, without a server or a browser.

What trains is imported where it is needed: PyTorch takes seconds, and help and a bad link need none.
"""

from __future__ import annotations

if __name__ == "__main__":
    from core import signals

    signals.end_by_interrupt()

import argparse
import functools
import json
import math
import os
import sys
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

from core import output
from core.arguments import Parser, path
from core.files import write_out
from core.refused import MISSING, RefusedError
from core.settings import Number
from core.spelling import fault_of_json, spelled
from playground import link, values
from playground.config import ConfigError
from playground.export.formats import BINARY, FORMAT, TABLE
from playground.point_set import PointSet
from playground.recording import edits, moment
from playground.studies.plan import EPOCHS, SEEDS, VARY, Plan

TURN_S = 0.5  # of a program among many
EXPERIMENTS = Path(__file__).resolve().parent.parent / "experiments"  # where a server has its database by default


def _replay(address: str, epochs: int | None, find: link.Find) -> dict[str, Any]:
    """The run of a link: its points, initial weights, losses after every epoch, final weights and output map.

    epochs: how many; None: as many as the link says. Edits are made at their epochs, and count in its losses.
    """
    there = moment.parse(address, find)
    if epochs is None and not there.epoch:
        raise ConfigError("epochs", MISSING, "--epochs N, or a link that says epoch=N")
    from playground.recording.player import Player

    player = Player(there.recording)
    run = player.engine
    scores = run.scores()
    result: dict[str, Any] = {
        "features": list(run.config.features),
        "train": run.train_points.tolist(),
        "test": run.test_points.tolist(),
        "initial_weights": run.mlp.as_json(),
        "losses": {"0": [scores.train_loss, scores.test_loss]},
    }
    if there.recording.edits:
        result["edits"] = [[epoch, edits.written(edit)] for epoch, edit in there.recording.edits]
    for epoch in range(1, (there.epoch if epochs is None else epochs) + 1):
        player.train()
        scores = run.scores()
        result["losses"][str(epoch)] = [scores.train_loss, scores.test_loss]
    result["weights"] = run.mlp.as_json()
    maps = run.outputs()
    result["heatmap"] = (maps if run.config.has_classes else maps[0]).tolist()
    return result


def _json(result: dict[str, Any]) -> bytes:
    return (json.dumps(_without_infinities(result), allow_nan=False) + "\n").encode()


def _without_infinities(value: Any) -> Any:
    """`value` for JSON, which has only finite numbers: null stands for the others."""
    if isinstance(value, dict):
        return {key: _without_infinities(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_infinities(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _repeat(plan: Plan) -> dict[str, Any]:
    """The study of a link's settings with many seeds."""
    from playground.studies.seeds import Study, to_json

    return to_json(plan, Study.finished(plan))


def _compare(plan: Plan, against: Plan) -> dict[str, Any]:
    """The studies of two links' settings with the same seeds, those of the first, and what the pairs come to."""
    from playground.studies import pairs
    from playground.studies.seeds import Study, to_json

    first, second = Study.finished(plan), Study.finished(against)
    return {
        "differing": plan.differing(against),
        "comparison": pairs.compare(first, second),
        "first": to_json(plan, first),
        "second": to_json(against, second),
    }


def _export(options: argparse.Namespace, find: link.Find) -> bytes:
    """The moment of a link as a file."""
    there = moment.parse(options.link, find)
    if options.epochs is not None:
        there = replace(there, epoch=options.epochs)
    form = options.format or _format_of(options.out)
    if form in BINARY and not options.out and output.is_terminal():
        raise ConfigError("format", form, "--out FILE with it: it is not for a terminal")
    if options.table and form != "csv":
        raise ConfigError("table", options.table, "--format csv with it")
    from playground.export import files, steps

    return steps.result(files.writing(there, form, options.table or TABLE.values[0]))


def _programs(find: link.Find) -> int:
    """Answers each link on standard input, a JSON string a line, by {link, program}, a JSON object a line; program is
    null where the link is none. Their runs are trained in turns, so that a long one is answered last and keeps no other
    waiting. As a server has it done beside its own work, it is nicer than that.

    Returns the exit status: it reads no further than a line that is no JSON.
    """
    from playground.export import files, steps

    if hasattr(os, "nice"):
        os.nice(5)
    status, waiting = 0, deque[tuple[Any, Generator[None, None, bytes]]]()
    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            asked = json.loads(line.decode())
        except (ValueError, RecursionError) as error:
            why = fault_of_json(error) if isinstance(error, ValueError) else "it is nested too deeply"
            print(f"line {number} of standard input is no JSON: {why}", file=sys.stderr)
            status = 2
            break
        try:
            waiting.append((asked, files.writing(moment.parse(asked, find), "py")))
        except RefusedError:
            _answer(asked, None)
    while waiting:
        asked, writing = waiting.popleft()
        try:
            program = steps.result_within(TURN_S, writing)
        except RefusedError:
            _answer(asked, None)
            continue
        if program is None:
            waiting.append((asked, writing))
        else:
            _answer(asked, program.decode())
    return status


def _answer(link: Any, program: str | None) -> None:
    print(json.dumps({"link": link, "program": program}), flush=True)


def main(argv: list[str] | None = None) -> int:
    """Returns the exit status."""
    options = _parser().parse_args(argv)
    if options.command == "warm":
        from playground import compiled
        from playground.serving import wire

        wire.warm_up()
        if said := compiled.complaint() or compiled.elsewhere():
            print(said, file=sys.stderr)
        return 2 if compiled.complaint() else 0
    find = functools.partial(_found, options)
    if options.command == "programs":
        return _programs(find)
    try:
        if options.command == "export":
            content = _export(options, find)
        elif options.command == "replay":
            content = _json(_replay(options.link, options.epochs, find))
        else:
            config = moment.parse(options.link, find).config  # as on the page: the settings in force, edits included
            plan = Plan(config=config, seeds=options.seeds, epochs=options.epochs, vary=options.vary)
            if options.against is not None:
                content = _json(_compare(plan, plan.against(moment.parse(options.against, find).config)))
            else:
                content = _json(_repeat(plan))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    from playground import compiled

    compiled.keep()
    try:
        _write(content, options.out)
    except OSError as error:
        print(f"{options.out or 'standard output'}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m playground", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("warm", help="compile the kernel, so that the first start is quick")

    command = commands.add_parser("programs", help="write the programs of many links, as JSON, for a notebook")
    _add_database(command)

    command = commands.add_parser("replay", help="train a link and write its run as JSON")
    _add_link_and_out(command)
    _add_epochs(command)

    command = commands.add_parser("seeds", help="train a link's settings with many seeds and write what came of it")
    _add_link_and_out(command)
    command.add_argument(
        "--seeds", type=_whole(SEEDS), default=Plan.seeds, metavar="N", help="5 to 100; by default %(default)s"
    )
    command.add_argument(
        "--epochs", type=_whole(EPOCHS), default=Plan.epochs, metavar="N", help="of each; by default %(default)s"
    )
    command.add_argument(
        "--vary", choices=VARY.values, default=Plan.vary, help="what the seeds change; by default %(default)s"
    )
    command.add_argument(
        "--against", metavar="LINK", help="train the settings of this link too, with the same seeds, and compare"
    )

    command = commands.add_parser("export", help="write a link's run as a file: code that trains it, a sheet, ...")
    _add_link_and_out(command)
    _add_epochs(command)
    command.add_argument(
        "--format", choices=FORMAT.values,
        help="PyTorch file, notebook, ONNX, table, or sheet; by default what FILE ends with, py where it has no ending",
    )  # fmt: skip
    command.add_argument("--table", choices=TABLE.values, help=f"what a csv has; by default {TABLE.values[0]}")
    return parser


def _add_link_and_out(command: argparse.ArgumentParser) -> None:
    command.add_argument("link", metavar="LINK", help="a URL, or its part after #")
    command.add_argument("--out", metavar="FILE", type=path, help="instead of standard output")
    _add_database(command)


def _add_epochs(command: argparse.ArgumentParser) -> None:
    most = f"how many, up to {moment.EPOCH.high:,.0f} as in a link; by default as many as the link says"
    command.add_argument("--epochs", type=_whole(moment.EPOCH), metavar="N", help=most)


def _add_database(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--database", default=os.environ.get("PLAYLAB_DATABASE"), metavar="URL",
        help="where own data are that the link has only the address of (default: the server's)",
    )  # fmt: skip
    command.add_argument(
        "--experiments", default=os.environ.get("PLAYLAB_EXPERIMENTS") or str(EXPERIMENTS), metavar="DIR", type=path,
        help="in which that database is where no URL is given",
    )  # fmt: skip


def _found(options: argparse.Namespace, address: str) -> PointSet | None:
    """The own data of an address, from the database of the server. Raises RefusedError."""
    from playground.data import store

    return store.find(address, options.database, options.experiments)


def _whole(kind: Number) -> Callable[[str], int]:
    def check(text: str) -> int:
        try:
            return int(kind.check(values.parse_number(text)))
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{spelled(text)} (want {error})") from None

    return check


def _format_of(out: Path | None) -> str:
    """What the name of a file says of its format; without an ending, code. Raises ConfigError for any other ending."""
    ending = out.suffix[1:].lower() if out else ""
    if ending and ending not in FORMAT.values:
        raise ConfigError(
            "out", str(out), f"a name that ends with one of {', '.join(FORMAT.values)}, or --format with it"
        )
    return ending or "py"


def _write(content: bytes, out: Path | None) -> None:
    """Writes `content` to a file or to standard output. Raises OSError."""
    if out:
        write_out(out, content)
        return
    try:
        output.write(content)
    except OSError:
        output.abandon()
        raise


if __name__ == "__main__":
    output.run(main)
