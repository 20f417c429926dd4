"""How fast and how well LeNet-5 trains: ours beside the exercise's own script, in one call. `make bench-lenet`.

    python -m benchmarks.lenet [--rounds N] [--seeds N] [--parts NAMES] [--quick] [--write]

Every training is a process of its own, started as a person would. A round runs the contenders in turn, so that whatever
else the machine does hits all alike. It runs unchanged on a GPU: both take one if there is one.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from benchmarks import report
from lenet.data import datasets
from lenet.training.folder import RunFolder
from lenet.training.progress import epochs_that_hold

ROOT = Path(__file__).resolve().parent.parent
GOAL = 0.982  # what the exercise's ten epochs reach
GIVE_UP_EPOCHS = 30
QUICK_IMAGES = 500
PAPER = 0.9905  # LeNet-5 in LeCun et al. 1998, table I: 0.95 % errors


@dataclass(frozen=True)
class Settings:
    """How much to measure. quick: a part of the images, one epoch; the figures then mean nothing."""

    data: Path
    rounds: int
    seeds: int
    quick: bool

    @property
    def shortened(self) -> list[str]:
        return ["--epochs", "1", "--train-images", str(QUICK_IMAGES), "--threads", "1"] if self.quick else []


# --- the contenders ---------------------------------------------------------------------------------------------------


def exercise(settings: Settings, epochs: int, until: float = 1.0) -> list[dict[str, float]]:
    """The exercise's script until `until` is reached: an epoch's `accuracy`, and `seconds` since the first batch."""
    command = [sys.executable, "benchmarks/lenet_exercise.py", str(settings.data), str(epochs)]
    command += [str(QUICK_IMAGES)] if settings.quick else []
    done = []
    environment = os.environ | ({"OMP_NUM_THREADS": "1"} if settings.quick else {})
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            done.append(json.loads(line))
            if done[-1]["accuracy"] >= until:
                process.terminate()
                break
    return done


def ours(settings: Settings, preset: str, *words: str) -> list[dict[str, Any]]:
    """The epoch records of `python -m lenet train --preset PRESET WORDS`. Raises RuntimeError where it fails."""
    with tempfile.TemporaryDirectory() as experiments:
        command = [sys.executable, "-m", "lenet", "train", "--preset", preset, "--threads", "0", *words]
        command += settings.shortened
        command += ["--data", str(settings.data), "--experiments", experiments]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        result = json.loads(done.stdout.splitlines()[-1]) if done.stdout else {"status": "no result"}
        if result["status"] != "finished":
            raise RuntimeError(f"{preset}: {result}")
        return epochs_that_hold(RunFolder(Path(experiments), result["run"]).records())


# --- what is measured -------------------------------------------------------------------------------------------------


def epoch(settings: Settings) -> Iterator[str]:
    """Seconds for an epoch of the exercise's training at batch 256, testing included."""
    theirs: list[float] = []
    mine: list[float] = []
    for _ in range(settings.rounds):
        ends = [0.0, *(line["seconds"] for line in exercise(settings, 1 if settings.quick else 2))]
        theirs += [after - before for before, after in itertools.pairwise(ends)]
        mine += [record["seconds"] for record in ours(settings, "exercise-code", "--epochs", "4")]
    slow, fast = statistics.median(theirs), statistics.median(mine)
    yield report.table(
        ["an epoch at batch 256", "seconds, median", "range", "n", "times as fast"],
        [
            ["the exercise's script", f"{slow:.2f}", _range(theirs), str(len(theirs)), "1"],
            ["Playlab, exercise-code", f"{fast:.2f}", _range(mine), str(len(mine)), f"{slow / fast:.1f}"],
        ],
    )
    yield "Playlab's epoch includes the test, as the exercise's does, and scores 10,000 train images and saves besides."


def goal(settings: Settings) -> Iterator[str]:
    """Seconds from the first batch to a test accuracy of 98.2 %."""
    goal, per_round = (0.0, 1) if settings.quick else (GOAL, 5)
    theirs: list[float] = []
    mine: list[float] = []
    accuracies: list[float] = []
    epochs: list[int] = []
    for number in range(settings.rounds):
        lines = exercise(settings, 1 if settings.quick else GIVE_UP_EPOCHS, until=goal)
        # Some of its random initial weights never get there: a ReLU on the output can die. Then this is a lower bound.
        theirs.append(lines[-1]["seconds"])
        if lines[-1]["accuracy"] >= goal:
            epochs.append(len(lines))
        for seed in range(number * per_round, (number + 1) * per_round):
            record = ours(settings, "fast", "--seed", str(seed))[-1]
            accuracies.append(record["test"]["accuracy"])
            mine.append(record["train_s"])
    slow, fast = statistics.median(theirs), statistics.median(mine)
    reached = sum(accuracy >= goal for accuracy in accuracies)
    least = "" if len(epochs) == len(theirs) else "more than "
    yield report.table(
        ["to 98.2 % on the test images", "seconds, median", "range", "reached", "times as fast"],
        [
            ["the exercise's script", f"{least}{slow:.1f}", _range(theirs), f"{len(epochs)} of {len(theirs)}", "1"],
            ["Playlab, fast", f"{fast:.2f}", _range(mine), f"{reached} of {len(mine)}", f"{least}{slow / fast:.1f}"],
        ],
    )
    yield (
        f"The exercise's script took {_join(epochs) or 'no'} epochs where it got there and was given up after "
        f"{GIVE_UP_EPOCHS} where it did not: with its ReLU on the output some initial weights never do. "
        f"The accuracies of fast: {_accuracies(accuracies)}."
    )


def curve(settings: Settings) -> Iterator[str]:
    """The exercise's curve, of its own ten files and of the preset exercise-code."""
    published = [0.671, 0.897, 0.898, 0.959, 0.971, 0.976, 0.979, 0.980, 0.981, 0.982]
    found = [record["test"]["accuracy"] for record in ours(settings, "exercise-code", "--epochs", "10")]
    numbers = [str(number) for number in range(1, len(found) + 1)]
    yield report.table(
        ["test accuracy after epoch", *numbers],
        [
            ["the exercise's files", *(f"{accuracy:.3f}" for accuracy in published[: len(found)])],
            ["exercise-code", *(f"{accuracy:.3f}" for accuracy in found)],
        ],
    )


def best(settings: Settings) -> Iterator[str]:
    """Test accuracy of the last epoch of `best`, over seeds. Nothing about it was chosen on the test images."""
    records = [ours(settings, "best", "--seed", str(seed))[-1] for seed in range(settings.seeds)]
    accuracies = [record["test"]["accuracy"] for record in records]
    mean = statistics.mean(accuracies)
    yield report.table(
        ["after the last epoch", "test accuracy, mean", "standard deviation", "seeds", "epochs", "seconds, median"],
        [
            [
                "Playlab, best",
                f"{mean:.2%}",
                f"{statistics.stdev(accuracies):.2%}" if len(accuracies) > 1 else "",
                str(len(accuracies)),
                str(records[0]["epoch"]),
                f"{statistics.median(record['train_s'] for record in records):.0f}",
            ],
            ["LeNet-5 in 1998", f"{PAPER:.2%}", "", "", "20", ""],
        ],
    )
    yield f"The seeds: {_accuracies(accuracies)}."


PARTS: dict[str, Callable[[Settings], Iterator[str]]] = {"epoch": epoch, "goal": goal, "curve": curve, "best": best}


def _range(values: list[float]) -> str:
    return f"{min(values):.2f} to {max(values):.2f}" if values else ""


def _join(values: list[int]) -> str:
    return ", ".join(map(str, values)) or "no"


def _accuracies(values: list[float]) -> str:
    return ", ".join(f"{value:.2%}" for value in values)


def main(arguments: list[str] | None = None) -> None:
    """Measures and prints; with --write also into docs/performance.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lenet", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="times the contenders are run in turn")
    parser.add_argument("--seeds", type=int, default=5, help="of best")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"out of {','.join(PARTS)}")
    parser.add_argument("--data", type=Path, default=ROOT / "data", help="folder of MNIST")
    parser.add_argument("--quick", action="store_true", help="a tiny part of the work, to see that it runs")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args(arguments)
    datasets.ensure("mnist", options.data)
    settings = Settings(options.data.resolve(), options.rounds, options.seeds, options.quick)
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    for name in options.parts.split(","):
        paragraphs = [*PARTS[name](settings), report.conditions("torch", device=device)]
        report.publish(f"lenet {name}", "\n\n".join(paragraphs), write=options.write)


if __name__ == "__main__":
    main()
