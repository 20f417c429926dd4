"""With which settings a run was begun, from the files in its folder. No torch."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec

from core.files import read_file
from lenet.config import TrainConfig
from lenet.records import check_format, read_object
from lenet.training.folder import MOST_JSON_BYTES, RunFolder

ADDED = {"pooling"}  # settings that files of earlier versions lack: their runs had what is the default


class Begun(msgspec.Struct):
    """What a run's config.json or run.json must say for the run to go on."""

    config: dict[str, Any]
    preset: str = "fast"
    threads: Annotated[int, msgspec.Meta(ge=0, le=10**6)] = 0


def _begun(about: dict[str, Any], path: Path) -> Begun:
    check_format(about.get("format", 1))
    try:
        begun = msgspec.convert(about, Begun)
    except ValueError as error:
        raise ValueError(f"{path} is not the {path.name} of a run: {error}") from None
    if lost := [name for name in TrainConfig.fields if name not in begun.config and name not in ADDED]:
        raise ValueError(f"{path} lacks {', '.join(lost)}")  # what is not there was not the default
    return begun


def settings_in(path: Path) -> TrainConfig:
    """The settings in a config.json. Raises OSError, and ValueError that names the file."""
    try:
        return TrainConfig().updated(_begun(read_object(read_file(path, MOST_JSON_BYTES)), path).config)
    except ValueError as error:
        raise ValueError(f"{path}: {error}" if str(path) not in str(error) else str(error)) from None


def settings_of(folder: RunFolder) -> tuple[TrainConfig, str] | None:
    """The settings and the preset of a run that has begun or was asked for; None for a new one.

    From config.json or, where that is lost, from run.json. Raises OSError, and ValueError where neither can be read:
    a run whose settings are lost is not a new one.
    """
    faults = []
    for name in ("config.json", "run.json"):
        path = folder.path / name
        try:
            about = folder.load_json(name)
            if about is None:
                continue
            begun = _begun(about, path)
            config = TrainConfig().updated(begun.config)
        except ValueError as error:
            text = str(error)
            if str(path) not in text:
                text = str(path.parent / text) if text.startswith(f"{name}:") else f"{path}: {text}"
            faults.append(text)
            continue
        for fault in faults:
            print(f"warning: {fault}; its settings are taken from {name}", file=sys.stderr)
        # The number of threads decides the order of sums: it stays what it was.
        threads = begun.threads if name == "config.json" else config.threads or folder.threads() or 0
        return config.updated({"threads": threads}), begun.preset
    if not faults and folder.has_begun():
        faults.append(f"{folder.path} has neither config.json nor run.json")
    if faults:
        raise ValueError(f"{'; '.join(faults)}: with which settings the run was begun is lost")
    return None
