"""What the launcher asks of its nursery, and what that says: a struct for each kind of message. No torch."""

from __future__ import annotations

from core.messages import Reader, Tagged


class Train(Tagged, frozen=True):
    """Fork a process that runs `python -m lenet ARGUMENTS`, its output going to the file `log`.

    environment: variables that it gets besides. niceness: how much it lets others go first.
    """

    number: int
    arguments: list[str]
    log: str
    environment: dict[str, str]
    niceness: int


class Kill(Tagged, frozen=True):
    """End this trainer at once."""

    number: int


class Ping(Tagged, frozen=True):
    """Asks for a `Pong`."""


class Ready(Tagged, frozen=True):
    """Torch is loaded."""


class Started(Tagged, frozen=True):
    """The trainer says it itself: where the nursery dies, nobody need guess whether it forked."""

    number: int
    pid: int


class Refused(Tagged, frozen=True):
    """The system does not let it fork. text: why."""

    number: int
    text: str


class Ended(Tagged, frozen=True):
    """status: of its exit, or below 0 the signal that ended it. said: its `lenet.training.last_words`."""

    number: int
    status: int
    said: bytes = b""


class Pong(Tagged, frozen=True):
    pass


Order = Train | Kill | Ping
Report = Ready | Started | Refused | Ended | Pong

ORDERS: Reader[Order] = Reader(Order)
REPORTS: Reader[Report] = Reader(Report)
