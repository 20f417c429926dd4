"""One epoch of a run: its kernels, the images it was tested on, and its answers to images and drawings."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from lenet.shapes.shape import Base64, Class, Maps, Shape, Share, Values, Whole

CANVAS_SIDES = (8, 512)
MOST_IMAGES = 200


class Kernels(Shape):
    epoch: Whole
    conv1: list[Maps]
    conv2: list[Maps]


class Image(Shape):
    image: Whole
    label: Class
    pixels: Base64


class Images(Shape):
    images: list[Image]


class Cell(Shape):
    epoch: Whole
    count: Whole
    images: list[Image]


class LayerValues(Shape):
    input: Maps
    conv1: Maps
    pool1: Maps
    conv2: Maps
    pool2: Maps
    fc1: Values
    fc2: Values
    fc3: Values


class Answer(Shape, kw_only=True):
    """What a network says."""

    epoch: Whole
    predicted: Class
    probabilities: Annotated[list[Share], Meta(min_length=10, max_length=10)]
    input: Annotated[list[Annotated[int, Meta(ge=0, le=255)]], Meta(min_length=784, max_length=784)]
    maps: LayerValues


class AnswerToImage(Answer, kw_only=True):
    image: Whole
    label: Class


class AnswerToDrawing(Answer, kw_only=True):
    unlikeness: float | None


_Side = Annotated[int, Meta(ge=CANVAS_SIDES[0], le=CANVAS_SIDES[1])]


class Drawing(Shape):
    width: _Side
    height: _Side
    pixels: Base64
