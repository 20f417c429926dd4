"""Where runs are trained: the interface that `lenet.runs` needs, and nothing of how it is done.

`lenet.queue.this_machine` trains on this machine, `lenet.queue.remote` on others. Whatever a trainer writes into its
folder appears, after a while, in the run's folder here: the files are the interface.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from lenet.config import TrainConfig
from lenet.devices import Device
from lenet.lines import JsonObject
from lenet.reasons import Reason
from lenet.run import Run

# Until a first run has been measured. `fast` had 15,000 on a core and 29,000 on an H200.
GUESSED_IMAGES_PER_S = {"cpu": 20_000, "cuda": 30_000}


@dataclass(frozen=True)
class State:
    """What a backend knows of a run, while the run's own records tell the rest."""

    phase: str  # "waiting" in the queue, "training", or "over"
    slot: str | None = None  # the device it has
    status: str = "interrupted"  # what to call its end where the trainer has not said so itself,
    reason: Reason | None = None  # and why
    requested: str | None = None  # "pause" or "stop" where somebody asked for it, maybe by way of another web server


@dataclass(frozen=True)
class News:
    """A run was made, went on or was ended by way of another web server, or (`about` is None) was deleted."""

    run: str
    about: JsonObject | None  # as in run.json


class RunBackend(Protocol):
    """Owns the queue and the trainers.

    Any thread may ask for `devices`, `fitting` and `places`; all else is for that of `Runs`. What must reach a queue
    elsewhere raises ConnectionError where it cannot, within seconds.
    """

    trains_alike_once: bool  # whether runs with the same settings share a trainer

    def devices(self) -> list[Device]:
        """The devices runs can have, as `lenet.devices` describes them."""
        ...

    def fitting(self, config: TrainConfig) -> list[str]:
        """Ids of the devices that would do for `config`; none: it cannot run here, as things are."""
        ...

    def places(self, config: TrainConfig) -> int:
        """How many runs like it those devices train at once."""
        ...

    def submit(self, run: Run) -> None:
        """Puts a run, new or to go on, into the queue. Raises OSError where that cannot be stored."""
        ...

    def adopt(self, run: Run, was_queued: bool) -> None:
        """Takes up a run that an earlier server left, or another one changed: it may wait, train or be over."""
        ...

    def waiting(self) -> list[str]:
        """Ids of the runs in the queue, in the order in which they will start."""
        ...

    def request(self, run: Run, what: str) -> bool:
        """Asks the run's trainer to `pause` or `stop`; True: it waited still, and is withdrawn."""
        ...

    def note_end(self, run: Run, record: Mapping[str, object]) -> None:
        """Writes the last record of a run whose trainer cannot. Raises OSError."""
        ...

    def forget(self, run: Run) -> None:
        """The run, which is over, is to be deleted."""
        ...

    def news(self) -> list[News]:
        """What happened since last asked, by way of another web server on the same queue, to its runs or ours."""
        ...

    def state(self, run: Run) -> State:
        """Asked before the run's new records are read, so that all that a dying trainer wrote is among them."""
        ...

    def step(self) -> None:
        """Does what is due: it may take as long as a queue elsewhere takes to answer."""
        ...

    def note_pause(self, seconds: float) -> None:
        """For so long this process did not run: what others did not do meanwhile is no sign of their death."""
        ...

    def prepare(self) -> None:
        """A run may start soon."""
        ...

    def close(self) -> None:
        """Ends every process and thread this object owns; runs can go on after a restart."""
        ...
