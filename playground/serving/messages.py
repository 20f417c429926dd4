"""What the web process and a worker say to each other: a struct for each kind of message. No torch."""

from __future__ import annotations

from typing import Any

from core.messages import Reader, Tagged
from playground.config import Config
from playground.recording.edits import Edit
from playground.recording.moment import Moment
from playground.recording.recording import Recording
from playground.snapshot import Scores, Snapshot
from playground.stopping import Rules
from playground.studies.plan import Plan


class Message(Tagged, frozen=True):
    """session: by its token."""

    session: str


# --- what the web process tells a worker to do ------------------------------------------------------------------------


class Open(Message, frozen=True):
    """A new place for the session, whose training goes on from `snapshot`, or is to come to the epoch `goal` first."""

    recording: Recording
    goal: int
    generation: int
    snapshot: Snapshot | None
    playing: bool
    epochs_per_second: float | None  # None: as many as it can
    frame_interval: float  # seconds
    selected: tuple[int, int] | None  # layer and node whose map is shown; None: the output's
    owner: str | None = None  # in whose share of the time: a browser's, or None for all programs together


class Close(Message, frozen=True):
    pass


class Watch(Message, frozen=True):
    """Send the points, and as many frames as this before the next `Credit`. deflated: as differences to a whole one."""

    frames: int
    deflated: bool = False


class Unwatch(Message, frozen=True):
    pass


class Suspend(Message, frozen=True):
    """Nobody has watched for long: it pauses, and all else that is under way waits for the next `Watch`."""


class Credit(Message, frozen=True):
    """A frame has arrived: another may be sent."""


class Configure(Message, frozen=True):
    config: Config


class Rebuild(Message, frozen=True):
    """Another run, which is to come to the epoch `goal` first. holds: what is said after it waits until it is there."""

    recording: Recording
    goal: int
    generation: int
    holds: bool = False


class Reset(Message, frozen=True):
    generation: int


class Restore(Message, frozen=True):
    snapshot: Snapshot
    generation: int


class NewData(Message, frozen=True):
    config: Config
    generation: int


class Play(Message, frozen=True):
    pass


class Pause(Message, frozen=True):
    pass


class Step(Message, frozen=True):
    epochs: int


class SetRules(Message, frozen=True):
    """When training pauses by itself."""

    rules: Rules


class Select(Message, frozen=True):
    selected: tuple[int, int] | None


class View(Message, frozen=True):
    """Show the run as it was after `epoch`; None: as it is."""

    epoch: int | None


class WriteCode(Message, frozen=True):
    """Write this moment as a file. number: of the request. form: one of `export.formats.OF_A_WORKER`."""

    number: int
    there: Moment
    form: str


class DrawStrip(Message, frozen=True):
    """Show how the output formed up to `epoch`. number: of the request."""

    number: int
    epoch: int


class Animate(Message, frozen=True):
    """Show the frames of how the output formed up to `epoch`. number: of the request."""

    number: int
    epoch: int


class BeginStudy(Message, frozen=True):
    """Train the runs of `plan`, in the place of those of another. number: of the request."""

    number: int
    plan: Plan


class EndAnimation(Message, frozen=True):
    pass


class EndStudy(Message, frozen=True):
    pass


Job = WriteCode | DrawStrip | Animate | BeginStudy


class SetWeight(Message, frozen=True):
    layer: int
    node: int
    source: int
    value: float


class SetBias(Message, frozen=True):
    layer: int
    node: int
    value: float


class SetSpeed(Message, frozen=True):
    epochs_per_second: float | None


class SetFrameInterval(Message, frozen=True):
    seconds: float


class Ping(Tagged, frozen=True):
    """Asks the process, not a session, for a `Pong`."""

    session: None = None


SessionCommand = (
    Open | Close | Watch | Unwatch | Suspend | Credit | Configure | Rebuild | Reset | Restore | NewData | Play | Pause
    | Step | Select | View | WriteCode | DrawStrip | Animate | EndAnimation | BeginStudy | EndStudy | SetWeight
    | SetBias | SetRules | SetSpeed | SetFrameInterval
)  # fmt: skip
Command = SessionCommand | Ping


# --- what a worker says -----------------------------------------------------------------------------------------------


class Frame(Message, frozen=True):
    """packed: for the page, docs/protocol.md. The rest is for whoever takes this worker's place; None where the frame
    shows an epoch that has passed."""

    packed: bytes
    generation: int
    newest: tuple[Scores, Snapshot] | None


class Points(Message, frozen=True):
    packed: bytes


class Status(Message, frozen=True):
    generation: int
    epoch: int
    playing: bool
    reason: str | None


class Edited(Message, frozen=True):
    """An edit took effect after this epoch."""

    generation: int
    epoch: int
    edit: Edit


class Curve(Message, frozen=True):
    """Scores after some epochs of the way to the goal of a link. is_there: it has been reached."""

    generation: int
    scores: tuple[tuple[int, Scores], ...]
    is_there: bool


class Cut(Message, frozen=True):
    """The way to the epoch of a link was left after this epoch."""

    generation: int
    epoch: int


class Told(Message, frozen=True):
    """What a job came to, or a part of it. kind: `strip`, `animation`, `study` or a file's format. told: for the page,
    as `jobs` has it."""

    kind: str
    number: int
    told: dict[str, Any]


class Failed(Message, frozen=True):
    """The session's engine raised and is gone. cause: the traceback."""

    generation: int
    cause: str


class Ready(Tagged, frozen=True):
    """The process can serve. complaint: why it will be slow."""

    complaint: str | None


class Unable(Tagged, frozen=True):
    """The process cannot start, and ends. text: one line without paths, for everybody; trace: for the log."""

    text: str
    trace: str


class Pong(Tagged, frozen=True):
    pass


Answer = Frame | Points | Status | Edited | Curve | Cut | Told | Failed | Ready | Unable | Pong

COMMANDS: Reader[Command] = Reader(Command)
ANSWERS: Reader[Answer] = Reader(Answer)
