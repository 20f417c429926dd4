"""With which settings a run was begun, from the files in its folder. No torch."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from core.files import read_file
from core.spelling import spelled
from lenet.config import FIELDS, ConfigError, TrainConfig
from lenet.lines import JsonObject
from lenet.records import check_format, read_object
from lenet.training.folder import MOST_JSON_BYTES, RunFolder

ADDED = {"pooling"}  # settings that files of earlier versions lack: their runs had what is the default


class Begun(msgspec.Struct):
    """What a run's config.json or run.json says of its settings. None: it does not say."""

    config: JsonObject
    preset: str | None = None
    threads: Annotated[int, msgspec.Meta(ge=0, le=10**6)] | None = None


def lacking(config: Mapping[str, object]) -> list[str]:
    """The settings that `config` does not have, and that no default may stand for."""
    return [name for name in FIELDS if name not in config and name not in ADDED]


def is_allowed(name: str, value: object) -> bool:
    """Whether this version knows the setting, and that value of it."""
    try:
        return name in FIELDS and FIELDS[name].check(value) is not None
    except ConfigError:
        return False


def together(begun: object, asked: JsonObject) -> tuple[JsonObject, list[str], list[str]]:
    """The settings of a run by its config.json, `begun`, and its run.json, `asked`: as the trainer takes them.

    With the names of those that are the trainer's as run.json lacks them, and of those of which it says otherwise.
    """
    found, lost, other = dict(asked), [], []
    for name, value in (begun if isinstance(begun, dict) else {}).items():
        if name not in asked:
            found[name] = value
            lost += [name] if name in lacking(asked) else []
        elif name != "threads" and asked[name] != value and is_allowed(name, value) and is_allowed(name, asked[name]):
            found[name] = value
            other.append(name)
    return found, lost, other


def _begun(about: JsonObject, path: Path) -> Begun:
    check_format(about.get("format", 1))
    try:
        return msgspec.convert(about, Begun)
    except ValueError as error:
        raise ValueError(f"{path} is not the {path.name} of a run: {error}") from None


def settings_in(path: Path) -> TrainConfig:
    """The settings in a config.json. Raises OSError, and ValueError that names the file."""
    try:
        config = _begun(read_object(read_file(path, MOST_JSON_BYTES)), path).config
        if lost := lacking(config):
            raise ValueError(f"{path} lacks {', '.join(lost)}")  # what is not there was not the default
        return TrainConfig().updated(config)
    except ValueError as error:
        raise ValueError(f"{path}: {error}" if str(path) not in str(error) else str(error)) from None


def settings_of(folder: RunFolder) -> tuple[TrainConfig, str] | None:
    """The settings and the preset of a run that has begun or was asked for; None for a new one.

    From config.json and, where that or some of it is lost, from run.json. Raises OSError, and ValueError where neither
    has all of them: a run whose settings are lost is not a new one.
    """
    faults: list[str] = []
    values: JsonObject = {}
    preset = threads = None
    for name in ("config.json", "run.json"):
        path = folder.path / name
        try:
            about = folder.load_json(name)
            if about is None:
                continue
            begun = _begun(about, path)
        except ValueError as error:
            text = str(error)
            if str(path) not in text:
                text = str(path.parent / text) if text.startswith(f"{name}:") else f"{path}: {text}"
            faults.append(text)
            continue
        wrong = [key for key, value in begun.config.items() if key in FIELDS and not is_allowed(key, value)]
        values = {key: value for key, value in begun.config.items() if key not in wrong} | values
        preset, threads = preset or begun.preset, threads or begun.threads  # of threads run.json says no more
        known = values if threads is None else {"threads": threads} | values
        faults += [f"{path}: {key} cannot be {spelled(begun.config[key])}" for key in wrong if key not in values]
        if not preset or lacking(known):
            lost = [key for key in lacking(values) if key not in wrong] + ([] if preset else ["preset"])
            faults += [f"{path} lacks {', '.join(lost)}"] if lost else []
            continue
        try:
            config = TrainConfig().updated(known)
        except ConfigError as error:
            faults.append(f"{path}: {error}")
            continue
        for fault in faults:
            print(f"warning: {fault}; its settings are taken from {name}", file=sys.stderr)
        # The number of threads decides the order of sums: it stays what it was.
        return config.updated({"threads": threads or config.threads or folder.threads() or 0}), preset
    if not faults and folder.has_begun():
        faults.append(f"{folder.path} has neither config.json nor run.json")
    if faults:
        raise ValueError(f"{'; '.join(faults)}: with which settings the run was begun is lost")
    return None
