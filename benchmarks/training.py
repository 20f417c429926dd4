"""How fast a Playground trains: ours beside plain PyTorch and plain JavaScript, in one call. `make bench`.

    python -m benchmarks.training [--rounds N] [--seconds S] [--parts NAMES] [--write]

A round times each contender in turn, so that whatever else the machine does hits all alike. The contenders are first
held to the same losses and the same map. Everything runs on one thread. Settings that the original has not are timed
beside plain SGD in the same way.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import subprocess
from collections.abc import Callable, Iterator

import numpy as np
import torch
from numba import njit

from benchmarks import report
from benchmarks.baselines import FULL, TRAIN, Contender, PlainJavaScript, PlainPyTorch, Playlab, node, rate
from playground import engine, link, point_set
from playground.config import MAX_LAYERS, Config
from playground.original import libm
from playground.point_set import EDGE, MOST

_ALL_FEATURES = "&".join(f"{key}=true" for key in ("x", "y", "xTimesY", "xSquared", "ySquared", "sinX", "sinY"))
CASES = {
    "2-4-2-1": "seed=0.59704&networkShape=4,2",
    "2-4-2-1, batch size 1": "seed=0.59704&networkShape=4,2&batchSize=1",
    "7-8-8-1": f"seed=1&networkShape=8,8&{_ALL_FEATURES}",
    "7-8x6-1": f"seed=1&networkShape=8,8,8,8,8,8&{_ALL_FEATURES}",
}
# What the original has not; each is timed beside plain SGD, which trains as the original does.
SETTINGS = {
    "Adam": "optimizer=adam",
    "AdamW": "optimizer=adamw",
    "RMSprop": "optimizer=rmsprop",
    "cross-entropy": "loss=crossEntropy",
    "dropout of 20 %": "dropout=" + ",".join(["0.2"] * MAX_LAYERS),
    "full batch": "fullBatch=true",
    "softmax of 2": "dataset=arms&classes=2",
    "of 3": "dataset=arms&classes=3",
    "of 6": "dataset=arms&classes=6",
}
OWN = f"{MOST:,} own points"  # ten times as many as the original has
SGD = "SGD"
OURS, PYTORCH, JAVASCRIPT = "Playlab", "plain PyTorch", "plain JavaScript"

AGREE_EPOCHS = 5
TOLERANCE = 1e-9

Rates = dict[str, list[float]]  # of each contender, one a round


@contextlib.contextmanager
def contenders(config: Config) -> Iterator[dict[str, Contender]]:
    """All three, at epoch 0 of `config`."""
    with PlainJavaScript(config) as javascript:
        yield {OURS: Playlab(config), PYTORCH: PlainPyTorch(config), JAVASCRIPT: javascript}


def disagreement(running: dict[str, Contender], epochs: int = AGREE_EPOCHS) -> float:
    """Trains all by `epochs`. Returns the largest difference from ours, of a loss or of a pixel of the output's map."""
    work = {name: (np.array(one.losses(epochs)), one.output_map()) for name, one in running.items()}
    return max(
        float(np.abs(theirs - ours).max())
        for both in work.values()
        for theirs, ours in zip(both, work[OURS], strict=True)
    )


def compare(config: Config, rounds: int, seconds: float) -> dict[str, Rates]:
    """Steps a second of every contender, by what is timed. Raises where they do not compute the same."""
    with contenders(config) as running:
        difference = disagreement(running)
        if not difference <= TOLERANCE:
            raise AssertionError(f"the contenders differ by {difference:g}: they do not do the same work")
        rates: dict[str, Rates] = {what: {name: [] for name in running} for what in (FULL, TRAIN)}
        for what, by_name in rates.items():
            for contender in running.values():
                contender.rate(what, seconds / 2)  # warm
            for _ in range(rounds):
                for name, contender in running.items():
                    by_name[name].append(contender.rate(what, seconds))
        return rates


def compare_settings(address: str, rounds: int, seconds: float) -> Rates:
    """Epochs a second of plain SGD and of each of `SETTINGS`, training alone. Each round begins at epoch 0."""
    runs = {SGD: Playlab(link.parse(address))}
    runs |= {name: Playlab(link.parse(f"{address}&{setting}")) for name, setting in SETTINGS.items()}
    runs[OWN] = Playlab(with_own_points(link.parse(address)))
    rates: Rates = {name: [] for name in runs}
    for run in runs.values():
        run.rate(TRAIN, seconds / 2)  # warm
    for _ in range(rounds):
        for name, run in runs.items():
            run.engine.reset()
            rates[name].append(run.rate(TRAIN, seconds))
    return rates


def with_own_points(config: Config) -> Config:
    """The same with as many points of its own as there may be, in and out of a circle."""
    x, y = np.random.default_rng(0).uniform(-EDGE, EDGE, (2, MOST))
    own = point_set.packed([x, y, np.hypot(x, y) < EDGE / 2], classes=2)
    return config.updated({"dataset": "own", "ownData": own})


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _tanh(source, out):  # type: ignore[no-untyped-def]
    for k in range(source.size):
        out[k] = libm.tanh_near(source[k])


def compare_maps(config: Config, rounds: int, seconds: float) -> dict[str, float]:
    """Seconds, medians: all maps; `torch.tanh` of as many numbers; the kernel's own tanh of as many."""
    torch.set_num_threads(1)
    run = engine.Engine(config)
    numbers = np.random.default_rng(0).uniform(-4, 4, run.maps().size)
    target = np.empty_like(numbers)
    numbers_tensor, target_tensor = torch.from_numpy(numbers), torch.from_numpy(target)
    steps: dict[str, Callable[[], object]] = {
        "maps": run.maps,
        "torch": lambda: torch.tanh(numbers_tensor, out=target_tensor),
        "own": lambda: _tanh(numbers, target),
    }
    rates: Rates = {name: [] for name in steps}
    for step in steps.values():
        step()
    for _ in range(rounds):
        for name, step in steps.items():
            rates[name].append(rate(step, seconds))
    return {name: 1 / statistics.median(values) for name, values in rates.items()}


def _rates_table(title: str, rates: dict[str, Rates]) -> str:
    head = [
        title,
        *(f"{name}: median (best)" for name in (OURS, JAVASCRIPT, PYTORCH)),
        "times JavaScript",
        "times PyTorch",
    ]
    rows = []
    for case, by_name in rates.items():
        medians = {name: statistics.median(values) for name, values in by_name.items()}
        cells = [
            f"{report.rounded(medians[n])} ({report.rounded(max(by_name[n]))})" for n in (OURS, JAVASCRIPT, PYTORCH)
        ]
        ratios = [f"**{report.rounded(medians[OURS] / medians[name])}**" for name in (JAVASCRIPT, PYTORCH)]
        rows.append([case, *cells, *ratios])
    return report.table(head, rows)


def _settings_table(rates: dict[str, Rates]) -> str:
    """The time of an epoch as a multiple of SGD's: the median over the rounds of the ratio within a round."""
    names = [*SETTINGS, OWN]
    head = ["an epoch's time, SGD's being 1", "SGD: epochs a second, median", *names]
    rows = []
    for case, by_name in rates.items():
        ratios = {name: [sgd / rate for sgd, rate in zip(by_name[SGD], by_name[name], strict=True)] for name in names}
        cells = [f"**{statistics.median(values):.2f}**" for values in ratios.values()]
        rows.append([case, report.rounded(statistics.median(by_name[SGD])), *cells])
    return report.table(head, rows)


def _maps_table(times: dict[str, dict[str, float]]) -> str:
    head = ["all maps once", "maps", "`torch.tanh` alone", "own tanh alone", "maps / `torch.tanh`", "maps / own tanh"]
    rows = [
        [case, *(f"{t[name] * 1e6:.0f} us" for name in ("maps", "torch", "own")),
         f"**{t['maps'] / t['torch']:.2f}**", f"{t['maps'] / t['own']:.2f}"]
        for case, t in times.items()
    ]  # fmt: skip
    return report.table(head, rows)


def contenders_part(rounds: int, seconds: float) -> str:
    rates = {case: compare(link.parse(address), rounds, seconds) for case, address in CASES.items()}
    maps = {
        case: compare_maps(link.parse(address), rounds, seconds / 4)
        for case, address in CASES.items()
        if "batch" not in case
    }
    node_version = subprocess.run([node(), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return "\n\n".join([
        _rates_table("full steps a second", {case: by_what[FULL] for case, by_what in rates.items()}),
        _rates_table("epochs a second, training alone", {case: by_what[TRAIN] for case, by_what in rates.items()}),
        _maps_table(maps),
        report.conditions("torch", "numba", "numpy", **{"Node.js": node_version}) + _how_often(rounds, seconds),
    ])  # fmt: skip


def settings_part(rounds: int, seconds: float) -> str:
    rates = {case: compare_settings(address, rounds, seconds) for case, address in CASES.items()}
    return f"{_settings_table(rates)}\n\n{report.conditions('numba', 'numpy')}{_how_often(rounds, seconds)}"


def _how_often(rounds: int, seconds: float) -> str:
    return f" Medians of {rounds} rounds of {seconds:g} s each."


PARTS = {"training": contenders_part, "settings": settings_part}


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each contender in each round")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"out of {','.join(PARTS)}")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args(argv)
    for name in options.parts.split(","):
        report.publish(name, PARTS[name](options.rounds, options.seconds), write=options.write)


if __name__ == "__main__":
    main()
