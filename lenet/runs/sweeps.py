"""Sweeps: one recipe tried with many settings. A sweep is the runs that bear its id; here is how they are chosen.

    {"batch_size": {"values": [64, 128]}, "learning_rate": {"low": 0.001, "high": 0.1, "scale": "log"}}

An axis is a hyperparameter with the values to try, or, in a random search, with a range to draw from. No IO, no torch.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from typing import TypedDict

from core.numbers import number_or_text
from core.settings import Flag, Number
from lenet.config import FIELDS, ConfigError, SettingValue, TrainConfig
from lenet.run import Axis, Trial
from lenet.runs.summaries import Summary, Sweep

SEARCHES = ("grid", "random")
SCALES = ("linear", "log")
MOST_TRIALS = 100
MOST_VALUES = 50
NOT_VARIED = ("device", "threads")  # they change how a run is trained, not what comes out


class Limits(TypedDict):
    """What a sweep may be. not_varied: the settings that no axis may have."""

    most_trials: int
    not_varied: list[str]


def schema() -> Limits:
    """What the form must know of sweeps, as JSON values."""
    return {"most_trials": MOST_TRIALS, "not_varied": list(NOT_VARIED)}


def trials(base: TrainConfig, search: str, axes: object, count: int | None, seed: int) -> list[TrainConfig]:
    """The settings of each trial: every combination of a grid, or `count` random draws. Raises ConfigError.

    The same arguments give the same trials.
    """
    if search not in SEARCHES:
        raise ConfigError("search", search, f"one of {', '.join(SEARCHES)}", "choice", {"choices": list(SEARCHES)})
    checked = check_axes(axes, search)
    if search == "grid":
        size = math.prod(len(axis["values"]) for axis in checked.values())
        if size > MOST_TRIALS:
            want = f"at most {MOST_TRIALS} combinations, here are {size}"
            raise ConfigError("axes", checked, want, "combinations", {"count": size, "most": MOST_TRIALS})
        chosen = [
            dict(zip(checked, values, strict=True))
            for values in itertools.product(*(axis["values"] for axis in checked.values()))
        ]
    else:
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_TRIALS:
            want = f"a whole number from 1 to {MOST_TRIALS}"
            raise ConfigError("trials", count, want, "whole", {"low": 1, "high": MOST_TRIALS})
        generator = random.Random(seed)
        chosen = [{name: _draw(name, axis, generator) for name, axis in checked.items()} for _ in range(count)]
    return [base.updated(settings) for settings in chosen]


def check_axes(axes: object, search: str) -> dict[str, Axis]:
    """`axes` with every value as `TrainConfig` holds it. Raises ConfigError."""
    if not isinstance(axes, dict) or not axes:
        raise ConfigError("axes", axes, "an object with a hyperparameter or more", "no-axes")
    return {name: _check_axis(name, axis, search) for name, axis in axes.items()}


def parse_axis(text: str) -> tuple[str, dict[str, object]]:
    """An axis from the command line: `batch_size=64,128`, or a range, `learning_rate=0.001..0.1` or `...:log`.

    Raises ConfigError for a name that is none; the values are checked with the others.
    """
    name, _, said = text.partition("=")
    name = name.replace("-", "_")
    if name not in FIELDS:
        raise ConfigError("axes", name, "hyperparameters only")
    low, dots, high = said.partition("..")
    if dots:
        high, _, scale = high.partition(":")
        axis: dict[str, object] = {"low": _parse_value(name, low), "high": _parse_value(name, high)}
        return name, axis | ({"scale": scale} if scale else {})
    return name, {"values": [_parse_value(name, word) for word in said.split(",")]}


def _parse_value(name: str, word: str) -> SettingValue:
    """The value that `word` stands for; the word itself where it stands for none."""
    kind = FIELDS[name].kind
    if isinstance(kind, Flag):
        return {"true": True, "false": False}.get(word, word)
    if isinstance(kind, Number):
        return number_or_text(word)
    return word


def _check_axis(name: str, axis: object, search: str) -> Axis:
    if name not in FIELDS or name in NOT_VARIED:
        raise ConfigError("axes", name, "hyperparameters only")
    if not isinstance(axis, dict):
        raise ConfigError(name, axis, "an object with values, or with low and high")
    if "values" in axis:
        values = axis["values"]
        if axis.keys() != {"values"} or not isinstance(values, list) or not 1 <= len(values) <= MOST_VALUES:
            raise ConfigError(name, axis, f"a list of 1 to {MOST_VALUES} values", "values", {"most": MOST_VALUES})
        checked = [FIELDS[name].check(value) for value in values]
        if len(set(checked)) < len(checked):
            raise ConfigError(name, values, "each value once", "twice")
        return {"values": checked}
    if search == "grid":
        raise ConfigError(name, axis, "a list of values, for a grid")
    if not isinstance(FIELDS[name].kind, Number) or not {"low", "high"} <= axis.keys() <= {"low", "high", "scale"}:
        raise ConfigError(name, axis, "values, or for a number low and high, with scale linear or log")
    low, high, scale = FIELDS[name].check(axis["low"]), FIELDS[name].check(axis["high"]), axis.get("scale", "linear")
    if scale not in SCALES:
        raise ConfigError(name, scale, f"a scale out of {', '.join(SCALES)}")
    if low >= high or (scale == "log" and low <= 0):
        raise ConfigError(name, axis, "low less than high, and above 0 on a log scale", "range")
    return {"low": low, "high": high, "scale": scale}


def _draw(name: str, axis: Axis, generator: random.Random) -> SettingValue:
    if "values" in axis:
        return generator.choice(axis["values"])
    low, high = axis["low"], axis["high"]
    value = generator.uniform(low, high)
    if axis["scale"] == "log":
        value = math.exp(generator.uniform(math.log(low), math.log(high)))
    kind = FIELDS[name].kind
    if isinstance(kind, Number) and kind.whole:
        return min(max(round(value), low), high)
    return min(max(float(f"{value:.4g}"), low), high)


def trial_of(summary: Summary) -> Trial:
    """Which trial of its sweep a run is; only for a run of a sweep."""
    if summary["sweep"] is None:
        raise AssertionError(summary["run"])
    return summary["sweep"]


def summary(sweep: str, summaries: list[Summary]) -> Sweep:
    """A sweep as the page lists it, from the summaries of its runs."""
    runs = sorted(summaries, key=lambda run: trial_of(run)["number"])
    first = runs[0]
    about = trial_of(first)
    tried = [run for run in runs if run["accuracy"] is not None]
    return {
        "sweep": sweep,
        "owner": first["owner"],
        "preset": first["preset"],
        "search": about["search"],
        "axes": about["axes"],
        "created": first["created"],
        "size": about["size"],
        "counts": dict(Counter(run["status"] for run in runs)),
        "best": max(tried, key=lambda run: run["accuracy"] or 0.0)["run"] if tried else None,
    }
