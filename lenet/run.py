"""One run as the server knows it, and what its `run.json` says. No queue, no process, no torch."""

from __future__ import annotations

import contextlib
import unicodedata
from dataclasses import dataclass, field
from typing import TypedDict

from core.names import JOINERS, is_name
from core.visitors import PROGRAMS
from lenet.config import PRESETS, ConfigError, SettingValue, TrainConfig, setting_arguments
from lenet.lines import JsonObject
from lenet.reasons import Reason
from lenet.records import FORMAT, read_stored
from lenet.states import STATES, check_step
from lenet.training.begun import is_allowed, lacking
from lenet.training.folder import RunFolder
from lenet.training.progress import Progress

MOST_NAME = 60  # characters of the name that its owner gives a run


class Axis(TypedDict, total=False):
    """What one setting of a sweep is varied over: `values`, or a range with all the rest. scale: linear or log."""

    values: list[SettingValue]
    low: float
    high: float
    scale: str


class Trial(TypedDict):
    """Which trial of which sweep a run is."""

    id: str
    number: int
    size: int
    search: str
    axes: dict[str, Axis]


@dataclass(eq=False, slots=True)
class Run:
    """State: what is asked of the run and what has become of it. Only the thread of `Runs` changes it."""

    folder: RunFolder
    preset: str
    config: TrainConfig
    owner: str | None  # None: started on the command line
    created: float  # seconds since 1970
    sweep: Trial | None = None
    foreign: JsonObject = field(default_factory=dict)  # settings of its own that this version does not know
    is_program: bool = False  # started without a cookie
    name: str | None = None  # given by its owner, and told only to the owner and the teacher
    owner_is_lost: bool = False  # its files do not say who started it
    turn: int = 0  # in the queue, lower ones start first: `lenet.queue.turns`
    status: str = "queued"  # one of `lenet.states`; only `become` and `take_for` change it
    reason: Reason | None = None
    requested: str | None = None  # "pause" or "stop", until the trainer has obeyed
    asked_by_teacher: bool = False  # who asked last to pause or stop it, if that was not its owner
    slot: str | None = None  # the device it has
    shared: bool = False  # it shows what the trainer of another run with its settings does, or did
    server: str | None = None  # whose queue it is in: the mark of a process, as `core.files.claim` makes it
    progress: Progress = field(default_factory=Progress)
    offset: int = 0  # bytes of metrics.jsonl read
    fault: str | None = None  # why its records cannot be read any further
    settings: dict[str, SettingValue] = field(init=False)  # its config as JSON values; not to be changed

    def __post_init__(self) -> None:
        self.settings = self.config.to_json()

    @property
    def id(self) -> str:
        return self.folder.id

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of its settings that this version does not know, or whose values it does not allow."""
        return tuple(self.foreign)

    @property
    def is_active(self) -> bool:
        return STATES[self.status].is_active

    def take_for(self, status: str, reason: Reason | None = None) -> None:
        """Corrects the status: the run was found to be `status`, whatever was thought before."""
        self.status, self.reason = status, reason

    def become(self, status: str, reason: Reason | None = None) -> None:
        """Takes the next step. Raises StepError if `status` cannot follow."""
        check_step(self.status, status)
        self.status, self.reason = status, reason

    @property
    def account(self) -> str | None:
        """Whose share of the devices it takes."""
        return PROGRAMS if self.is_program else self.owner

    def stored(self) -> JsonObject:
        """All of run.json but how the queue has it (`queued`, `slot`, `server`), as JSON values."""
        about = {
            "format": FORMAT,
            "created": self.created,
            "preset": self.preset,
            "config": self.settings | self.foreign,
        } | ({} if self.owner_is_lost else {"owner": self.owner})
        about |= {"turn": self.turn} | ({"is_program": True} if self.is_program else {})
        about |= ({"name": self.name} if self.name else {}) | ({"shared": True} if self.shared else {})
        return about | ({"sweep": self.sweep} if self.sweep else {})

    @classmethod
    def of(cls, folder: RunFolder, stored: JsonObject) -> Run:
        """The run that `stored` describes. Raises ValueError if it does not describe one."""
        about = read_stored(stored)
        if lost := lacking(about.config):  # what is not there was not the default
            raise ValueError(f"its settings lack {', '.join(lost)}")
        config, foreign = known_settings(about.config)
        sweep = stored["sweep"] if about.sweep else None
        run = cls(folder, about.preset, config, about.owner, about.created, sweep, foreign, about.is_program)
        run.turn, run.slot, run.server, run.shared = about.turn, about.slot, about.server, about.shared
        with contextlib.suppress(ConfigError):  # somebody may have written another one there by hand
            run.name = checked_name(about.name)
        return run

    def save(self, *, queued: bool) -> None:
        """Writes run.json. Raises OSError."""
        self.folder.write_json("run.json", self.stored() | {"queued": queued, "slot": self.slot, "server": self.server})

    def save_name(self) -> None:
        """Writes its name into run.json, and nothing else that may have changed. Raises OSError and ValueError."""
        stored = self.folder.load_json("run.json") or self.stored() | {"queued": False}
        stored.pop("name", None)
        self.folder.write_json("run.json", stored | ({"name": self.name} if self.name else {}))

    def arguments(self) -> list[str]:
        """What follows `python -m lenet` to train it, from its files; the folders are added where it is started."""
        return ["train", "--run", self.id]


def checked_name(value: object) -> str | None:
    """A name as it is kept, or None for no name. Raises ConfigError.

    Only blanks and joiners are no name either.
    """
    if value is None:
        return None
    name = unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""
    if isinstance(value, str) and not name.strip(JOINERS):
        return None
    if not isinstance(value, str) or len(name) > MOST_NAME or not is_name(name):
        want = f"at most {MOST_NAME} characters in one line, without control characters"
        raise ConfigError("name", value, want, "name", {"most": MOST_NAME})
    return name


def command_of(preset: str, config: TrainConfig) -> str:
    """The command that trains the same network on another machine."""
    return " ".join(["python -m lenet train", *setting_arguments(preset if preset in PRESETS else "fast", config)])


def known_settings(values: JsonObject) -> tuple[TrainConfig, JsonObject]:
    """The settings among `values` that this version knows and allows, and the others."""
    foreign = {name: value for name, value in values.items() if not is_allowed(name, value)}
    known = {name: value for name, value in values.items() if name not in foreign}
    while True:
        try:
            return TrainConfig().updated(known), foreign
        except ConfigError as error:  # two that do not go together
            foreign[str(error.field)] = known.pop(str(error.field))
