"""What a trained network says and sees: answers for a drawing, feature maps, kernels.

As a process (`python -m lenet.questions.answerer`) it answers the questions of its parent (`lenet.questions.messages`)
one at a time, until there will be no more. It keeps the last networks and nothing else.
"""

from __future__ import annotations

import contextlib
import functools
from pathlib import Path
from typing import TypeAlias

from core import imports

with imports.uncollected():
    import torch
from torch import Tensor
from torch.nn import functional

from core.arguments import Parser
from core.cleaned import plain, without_paths
from core.parent import Parent
from lenet.config import TrainConfig
from lenet.network.model import LeCun1998, LeNet5, PartialConv, build
from lenet.questions.familiar import digits
from lenet.questions.messages import (
    QUESTIONS,
    Answered,
    Asked,
    Damaged,
    Drawing,
    Empty,
    Exported,
    Image,
    Made,
    Onnx,
    Ping,
    Pong,
    Question,
    Ready,
    Reply,
    Said,
    Unable,
)  # fmt: skip
from lenet.training.saved import load

BOX, SIDE = 20, 28  # MNIST: the digit fits a 20x20 box in 28x28
CENTRE = 14.5  # where MNIST's images have their centres of mass, within half a pixel: in the middle of pixel 14
INK = 0.1  # a pixel from here on counts as drawn; below is the brush's faint edge or a scanner's noise

Nested: TypeAlias = "float | list[Nested]"  # the values of a tensor


class EmptyDrawingError(ValueError):
    """Nothing was drawn."""


class DamagedNetworkError(ValueError):
    """A checkpoint is not the weights of the network that it should be."""


@functools.lru_cache(maxsize=32)
def _cached(config: TrainConfig, path: Path, _changed_ns: int) -> LeNet5 | LeCun1998:
    """`_changed_ns` is part of the key: a run that goes on may write an epoch's checkpoint anew."""
    return load_model(config, path)


def load_model(config: TrainConfig, checkpoint: Path) -> LeNet5 | LeCun1998:
    """The network of `config` with the weights of a checkpoint. Nothing in the file is run. Raises
    DamagedNetworkError."""
    model = build(config)
    try:
        weights = load(checkpoint, "cpu")
        if not isinstance(weights, dict) or not all(isinstance(weight, Tensor) for weight in weights.values()):
            raise ValueError("there are other things in it than weights by their names")
        if not all(weight.is_floating_point() for weight in weights.values()):  # of others torch takes what it can
            raise ValueError("weights that are no real numbers")
        model.load_state_dict(weights)
    except (ValueError, TypeError, AttributeError, RuntimeError) as error:
        why = " ".join(str(error).split())
        raise DamagedNetworkError(f"{checkpoint} is not a state_dict of this network: {why}") from None
    return model.eval()


def as_mnist(drawing: Tensor) -> Tensor:
    """A drawing (H, W) in [0, 1], ink 1, as MNIST's makers would have it: (28, 28).

    Cut out, scaled to fit a 20x20 box with its proportions kept, and its centre of mass put in the middle of 28x28
    (LeCun et al. 1998, section III-A), to the nearest whole pixel. The box stays inside: where a drawing is so lopsided
    that centring would push a part of it out, it lies at the edge, whole. Raises EmptyDrawingError.
    """
    ink = drawing > INK
    if not ink.any():
        raise EmptyDrawingError("the canvas is empty")
    rows, columns = ink.any(1).nonzero().flatten(), ink.any(0).nonzero().flatten()
    digit = drawing[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = BOX / max(digit.shape)
    size = [max(1, round(side * scale)) for side in digit.shape]
    digit = functional.interpolate(digit[None, None], size, mode="bilinear", antialias=True)[0, 0].clamp(0, 1)

    centre = [_centre(digit.sum(1 - axis)) for axis in (0, 1)]
    top, left = (min(max(round(CENTRE - at), 0), SIDE - side) for at, side in zip(centre, digit.shape, strict=True))
    return functional.pad(digit, (left, SIDE - left - digit.shape[1], top, SIDE - top - digit.shape[0]))


def _centre(mass: Tensor) -> float:
    """The centre of mass of pixels in a row, each as wide as 1."""
    return ((torch.arange(len(mass)) + 0.5) * mass).sum().item() / mass.sum().item()


@torch.inference_mode()
def answer(model: LeNet5 | LeCun1998, image: Tensor, maps: bool = True) -> dict[str, object]:
    """What `model` says to an image (28, 28): the class, ten probabilities and, layer by layer, its values."""
    layers = model.layers(image[None, None])
    probabilities = torch.softmax(layers["fc3"][0], 0)
    said: dict[str, object] = {"predicted": probabilities.argmax().item(), "probabilities": rounded(probabilities)}
    return said | ({"maps": {name: rounded(values[0]) for name, values in layers.items()}} if maps else {})


def kernels(model: LeNet5 | LeCun1998) -> dict[str, object]:
    """The kernels of both convolution layers: (6, 1, 5, 5) and (16, 6, 5, 5)."""
    second = model.conv2.dense() if isinstance(model.conv2, PartialConv) else model.conv2.weight
    return {"conv1": rounded(model.conv1.weight.detach()), "conv2": rounded(second.detach())}


def rounded(values: Tensor) -> Nested:
    """Nested lists with four significant decimals: a picture needs no more, and JSON is a third as long."""

    def shorten(value: Nested) -> Nested:
        return [shorten(part) for part in value] if isinstance(value, list) else float(f"{value:.4g}")

    return shorten(values.tolist())


# --- as a process -----------------------------------------------------------------------------------------------------


def respond(question: Question) -> dict[str, object] | bytes:
    """The answer to one question, or the file. Raises EmptyDrawingError, DamagedNetworkError and OSError."""
    checkpoint = Path(question.checkpoint)
    model = _cached(question.config, checkpoint, checkpoint.stat().st_mtime_ns)
    if isinstance(question, Exported):
        return _file(model, question)
    if not isinstance(question, Image):
        return kernels(model)
    pixels = torch.frombuffer(bytearray(question.pixels), dtype=torch.uint8).float() / 255
    image = pixels.view(question.height, question.width)
    if isinstance(question, Drawing):
        image = as_mnist(image)
    fed = (image * 255).round().int().flatten().tolist()
    said = answer(model, image) | {"input": fed}
    return said | ({"unlikeness": _unlikeness(image, question)} if isinstance(question, Drawing) else {})


def _file(model: LeNet5 | LeCun1998, question: Exported) -> bytes:
    """The network for other programs; what writes it is loaded when the first is asked for."""
    if isinstance(question, Onnx):
        from lenet.export import onnx

        return onnx.written(question.config, model, question.about)
    from lenet.export import weights

    return weights.written(model, question.about)


def _unlikeness(image: Tensor, question: Drawing) -> float | None:
    """`lenet.questions.familiar` of a drawing; None where nothing can be said."""
    known = digits(Path(question.data)) if question.config.dataset == "mnist" else None
    return float(f"{known.unlikeness(image):.4g}") if known else None


def serve() -> None:
    """Answers questions until there will be no more."""
    torch.set_num_threads(1)
    parent: Parent[Asked | Ping, Ready | Answered | Pong] = Parent(QUESTIONS)
    with contextlib.suppress(EOFError, BrokenPipeError):
        parent.say(Ready())
        while True:
            match parent.hear():
                case Ping():
                    parent.say(Pong())
                case Asked(number, question):
                    parent.say(Answered(number, _reply(question)))


def _reply(question: Question) -> Reply:
    try:
        said = respond(question)
        return Made(said) if isinstance(said, bytes) else Said(said)
    except EmptyDrawingError as error:
        return Empty(str(error))
    except DamagedNetworkError as error:
        return Damaged(without_paths(str(error)), Path(question.checkpoint).name)
    except FileNotFoundError as error:
        return Unable(f"FileNotFoundError: {plain(error)}")
    except Exception as error:
        return Unable(without_paths(f"{type(error).__name__}: {error}"))


if __name__ == "__main__":
    Parser(prog="python -m lenet.questions.answerer", description=__doc__).parse_args()
    serve()
