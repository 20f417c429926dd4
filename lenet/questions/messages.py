"""What the web process asks its helper, and what that answers: a struct for each kind of message. No torch."""

from __future__ import annotations

from core.messages import Reader, Tagged
from lenet.config import TrainConfig
from lenet.lines import JsonObject


class OfNetwork(Tagged, frozen=True):
    """A question. checkpoint: the path of a network's file. config: what network it is."""

    checkpoint: str
    config: TrainConfig


class Kernels(OfNetwork, frozen=True):
    """What its kernels are."""


class Image(OfNetwork, frozen=True):
    """What it says to an image of MNIST's size. pixels: height times width bytes; 255 is ink."""

    width: int
    height: int
    pixels: bytes


class Drawing(Image, frozen=True):
    """What it says to a drawing of any size. data: the folder of the data sets, to tell whether it is like a digit."""

    data: str


class Exported(OfNetwork, frozen=True):
    """What it is as a file for other programs. about: what the file says about itself."""

    about: dict[str, str]


class Onnx(Exported, frozen=True):
    """As ONNX."""


class Weights(Exported, frozen=True):
    """As safetensors."""


Question = Kernels | Image | Drawing | Onnx | Weights


class Asked(Tagged, frozen=True):
    """number: which question it is, so that no answer is taken for that to another."""

    number: int
    question: Question


class Ping(Tagged, frozen=True):
    """Asks for a `Pong`, which comes between two answers."""


class Pong(Tagged, frozen=True):
    pass


class Ready(Tagged, frozen=True):
    """The helper can be asked."""


class Said(Tagged, frozen=True):
    """value: the answer, as JSON values."""

    value: JsonObject


class Made(Tagged, frozen=True):
    """content: of the file that was asked for."""

    content: bytes


class Empty(Tagged, frozen=True):
    """Nothing was drawn."""

    text: str


class Damaged(Tagged, frozen=True):
    """The network's file cannot be read. file: its name."""

    text: str
    file: str


class Unable(Tagged, frozen=True):
    """There is no answer for another reason. text: one line without paths."""

    text: str


Reply = Said | Made | Empty | Damaged | Unable


class Answered(Tagged, frozen=True):
    """The reply to the question of that number."""

    number: int
    reply: Reply


QUESTIONS: Reader[Asked | Ping] = Reader(Asked | Ping)
ANSWERS: Reader[Ready | Answered | Pong] = Reader(Ready | Answered | Pong)
