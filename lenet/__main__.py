"""The command line: `python -m lenet train | sweep | evaluate | export | data | worker`. Results are JSON on stdout."""

from __future__ import annotations

if __name__ == "__main__":
    from core import signals

    signals.end_by_interrupt()

import argparse
import contextlib
import errno
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from filelock import Timeout

from core import output
from core.arguments import Parser, path
from core.files import check_folder
from core.numbers import NoNumberError, number_or_text, whole
from core.settings import Choice, Flag, Number
from core.signals import raise_interrupt
from lenet.config import FIELDS, PRESETS, ConfigError, SettingValue, TrainConfig
from lenet.data import datasets
from lenet.devices import MOST_TRAINERS
from lenet.runs.sweeps import parse_axis
from lenet.training.begun import settings_in, settings_of
from lenet.training.folder import RunFolder, new_run_id

BAD_INPUT = 2  # exit status
FORMATS = ("py", "onnx", "safetensors")  # of `export`
REDIS_HELP = "the queue of the machines that train"


def trainers_each(text: str) -> int | None:
    """The value of --trainers; an empty one leaves it to the device."""
    if not text:
        return None
    if not 1 <= whole(text) <= MOST_TRAINERS:
        raise NoNumberError(f"{text} is not from 1 to {MOST_TRAINERS}")
    return whole(text)


TRAINERS: dict[str, Any] = {
    "type": trainers_each,
    "default": os.environ.get("PLAYLAB_TRAINERS") or None,
    "metavar": "N",
    "help": "how many runs a device trains at once (default: as many as its cores and memory carry)",
}


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit status: 0, 1 for a failure, 2 for bad input or an error of the system."""
    options = parser().parse_args(arguments)
    raise_interrupt()
    try:
        for name in ("data", "experiments"):
            if (path := getattr(options, name, None)) is not None:
                check_folder(path)
        return options.command(options)
    except (datasets.DataMissingError, datasets.CancelledError) as error:  # of many lines: the files that are wanted
        text = str(error)
    except KeyboardInterrupt:
        text = "interrupted"
    except Timeout as error:
        text = f"another process is at work there and holds {error.lock_file}"
    except BrokenPipeError:
        text = "standard output: nobody reads it any more"
        output.abandon()
    except ConnectionError as error:
        text = str(error)
    except OSError as error:
        text = f"{error.strerror or error}: {error.filename}"
        if error.filename is None:
            text = f"standard output: {error.strerror or error}"
            output.abandon()
    except ValueError as error:
        text = " ".join(str(error).split())
    print(f"error: {text}", file=sys.stderr)
    return BAD_INPUT


def parser() -> argparse.ArgumentParser:
    top = Parser(prog="python -m lenet", description="LeNet-5 on MNIST.")
    commands = top.add_subparsers(required=True)

    train = commands.add_parser("train", help="train a network")
    train.set_defaults(command=run_train)
    train.add_argument("--preset", choices=PRESETS, help="the recipe to start from (default: fast)")
    train.add_argument("--run", metavar="ID", help="the run's name: a new one, or one to go on with")
    _add_folders(train)
    add_settings(train)

    sweep = commands.add_parser("sweep", help="train with many settings")
    sweep.set_defaults(command=run_sweep)
    sweep.add_argument("--preset", choices=PRESETS, default="fast", help="the recipe to start from (default: fast)")
    sweep.add_argument(
        "--vary", action="append", default=[], metavar="NAME=VALUES",
        help="a hyperparameter and its values, 64,128,256, or for a random search a range, 0.001..0.1:log; repeatable",
    )  # fmt: skip
    sweep.add_argument("--trials", type=whole, metavar="N", help="try N random choices, not every combination")
    sweep.add_argument("--draw", type=whole, default=0, metavar="SEED", help="the seed of the random choices")
    sweep.add_argument("--sweep", metavar="ID", help="go on with this sweep")
    sweep.add_argument("--trainers", **TRAINERS)
    sweep.add_argument("--redis", default=os.environ.get("PLAYLAB_REDIS"), metavar="URL", help=REDIS_HELP)
    _add_folders(sweep)
    add_settings(sweep)

    evaluate = commands.add_parser("evaluate", help="test a checkpoint on the test images")
    evaluate.set_defaults(command=run_evaluate)
    evaluate.add_argument("checkpoint", type=path, help="a .pt file; the config.json beside it says what it is")
    evaluate.add_argument("--preset", choices=PRESETS, help="which network it is, where there is no config.json")
    _add_folders(evaluate)
    add_settings(evaluate)

    export = commands.add_parser("export", help="take a checkpoint home, as a script or for other programs")
    export.set_defaults(command=run_export)
    export.add_argument("checkpoint", type=path, help="a .pt file; the config.json beside it says what it is")
    export.add_argument("--format", required=True, metavar="py|onnx|safetensors", help="what to make of it")
    export.add_argument("--out", type=path, required=True, metavar="FILE", help="the file to write")
    export.add_argument("--preset", choices=PRESETS, help="which network it is, where there is no config.json")

    worker = commands.add_parser(
        "worker", help="train the runs of other machines' web servers, on this machine's devices"
    )
    worker.set_defaults(command=run_worker)
    worker.add_argument("--redis", default=os.environ.get("PLAYLAB_REDIS"), metavar="URL", help=REDIS_HELP)
    worker.add_argument("--device", action="append", metavar="ID", help="cuda:0, cpu, ...; repeatable (default: all)")
    worker.add_argument("--trainers", **TRAINERS)
    worker.add_argument("--name", default=socket.gethostname(), help="this machine's (default: its host name)")
    worker.add_argument("--data", type=path, default=os.environ.get("PLAYLAB_DATA") or "data", metavar="DIR")

    nursery = commands.add_parser("nursery", help="for the server: fork its trainers, with torch loaded")
    nursery.set_defaults(command=run_nursery)

    fetch = commands.add_parser("data", help="fetch and check a data set")
    fetch.set_defaults(command=run_data)
    fetch.add_argument("dataset", choices=datasets.DATASETS, nargs="?", default="mnist")
    _add_folders(fetch)
    return top


def _add_folders(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=path, default=os.environ.get("PLAYLAB_DATA") or "data", metavar="DIR")
    command.add_argument(
        "--experiments", type=path, default=os.environ.get("PLAYLAB_EXPERIMENTS") or "experiments", metavar="DIR"
    )


def add_settings(command: argparse.ArgumentParser) -> None:
    """An option for every field of the table."""
    group = command.add_argument_group("hyperparameters", "each overrides the preset's")
    for field in FIELDS.values():
        option = f"--{field.key.replace('_', '-')}"
        match field.kind:
            case Flag():
                group.add_argument(option, action=argparse.BooleanOptionalAction, default=None, help=field.help)
            case Choice(values):
                group.add_argument(option, metavar="|".join(values), help=field.help)
            case Number():
                group.add_argument(option, type=number_or_text, metavar="N", help=field.help)


def settings(options: argparse.Namespace) -> dict[str, SettingValue]:
    """The hyperparameters given on the command line."""
    return {name: getattr(options, name) for name in FIELDS if getattr(options, name) is not None}


def run_train(options: argparse.Namespace) -> int:
    folder = RunFolder(options.experiments, options.run or new_run_id())
    begun = settings_of(folder)
    if begun is not None:  # its settings are its own
        config, preset = begun
        if settings(options) or options.preset not in (None, preset):
            raise ValueError(f"run {folder.id} has begun: its settings cannot change")
    else:
        preset = options.preset or "fast"
        config = PRESETS[preset].config.updated(settings(options))
        if folder.path.is_dir() and not folder.is_alive():  # a new run makes its folder, and at once its config.json
            said = "has neither config.json nor run.json: with which settings the run was begun is lost"
            raise ValueError(f"{folder.path} {said}")
        if options.run and not folder.path.is_dir():  # a name that was mistyped is one of no run too
            print(f"note: there is no run {folder.id} yet: a new one begins, of preset {preset}", file=sys.stderr)

    from lenet.training.trainer import train  # torch takes a second to import: not for --help or an error

    result = train(config, folder, options.data, preset)
    print(json.dumps(result), flush=True)
    if result["status"] == "failed":
        return BAD_INPUT if result["why"]["code"] == "disk" else 1
    return 0


def run_sweep(options: argparse.Namespace) -> int:
    from lenet.commands.sweep import sweep

    axes = dict(map(parse_axis, options.vary))
    if bool(axes) == bool(options.sweep):
        raise ValueError("say either what to --vary, or which --sweep to go on with")
    if options.sweep and settings(options):
        raise ValueError(f"sweep {options.sweep} has begun: its settings cannot change")
    result = sweep(
        options.data, options.experiments, options.redis, begun=options.sweep, preset=options.preset,
        changes=settings(options), axes=axes, trials=options.trials, seed=options.draw, trainers_each=options.trainers,
    )  # fmt: skip
    print(json.dumps(result), flush=True)
    return int(result["counts"].get("finished", 0) < result["size"])


def _config_of(options: argparse.Namespace) -> TrainConfig:
    """What network a checkpoint is, by the config.json beside it or by --preset. Raises OSError and ValueError."""
    beside = options.checkpoint.parent / "config.json"
    if os.path.lexists(beside):
        return settings_in(beside)
    if options.preset:
        return PRESETS[options.preset].config
    if not options.checkpoint.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(options.checkpoint))
    raise ValueError(f"no config.json beside {options.checkpoint}: say --preset")


def run_evaluate(options: argparse.Namespace) -> int:
    config = _config_of(options).updated(settings(options))

    from lenet.questions.answerer import load_model
    from lenet.training.evaluate import evaluate

    model = load_model(config, options.checkpoint)
    if not os.path.lexists(options.data):  # who only reads makes no folder
        how = f"python -m lenet data {config.dataset} --data {options.data}"
        raise ValueError(f"there is no folder {options.data}: `{how}` makes it, with {config.dataset}")
    _fetched(config.dataset, options.data)
    test = datasets.load(config.dataset, options.data, "test")
    try:
        scores = evaluate(model, test)
    except ValueError as error:
        raise ValueError(f"{options.checkpoint}: {error}") from None
    print(json.dumps(scores, allow_nan=False), flush=True)
    return 0


def run_export(options: argparse.Namespace) -> int:
    if options.format not in FORMATS:
        raise ConfigError("--format", options.format, f"one of {', '.join(FORMATS)}")
    config = _config_of(options)

    from lenet.commands.export import export

    print(json.dumps(export(options.checkpoint, config, options.format, options.out)), flush=True)
    return 0


def run_data(options: argparse.Namespace) -> int:
    folder = _fetched(options.dataset, options.data)
    print(json.dumps({"dataset": options.dataset, "folder": str(folder)}), flush=True)
    return 0


def _fetched(dataset: str, root: Path) -> Path:
    """The folder of a data set, fetched where it is not there: the terminal is told that, and how far it is."""
    from tqdm import tqdm

    with contextlib.ExitStack() as stack:
        bar: tqdm[NoReturn] | None = None

        def show(source: str | None, done: int, total: int) -> None:
            nonlocal bar
            if bar is None:
                print(f"fetching {dataset} into {root}", file=sys.stderr, flush=True)
                bar = stack.enter_context(tqdm(total=total, unit="B", unit_scale=True, disable=None))
            bar.set_description(source or datasets.ELSEWHERE, refresh=False)
            bar.update(done - bar.n)

        return datasets.ensure(dataset, root, show)


def run_worker(options: argparse.Namespace) -> int:
    if sys.platform == "win32":
        raise ValueError("the worker does not run on Windows, which cannot fork: use WSL or Docker there")
    if not options.redis:
        raise ValueError("where is the queue? Say --redis URL")

    from lenet.queue.worker import supervise

    supervise(options.redis, options.data, options.device, options.name, options.trainers)
    return 0


def run_nursery(_options: argparse.Namespace) -> int:
    from lenet.queue import nursery

    arguments = nursery.serve()
    return 0 if arguments is None else main(arguments)


if __name__ == "__main__":
    output.run(main)
