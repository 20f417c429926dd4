"""Whether an image is like those a network was trained on. A network cannot say it: it has ten answers and no other.

Two distances to the five nearest images of MNIST's train set, as means, in the space of its first principal components:
of the images as they are, and of the images scaled to one length, which is an angle. The limits are those that all but
a few in a thousand of the 10,000 test images keep (docs/lenet.md has the figures). Only for digits: what people draw of
clothes is unlike the photographs of Fashion-MNIST in any case.
"""

from __future__ import annotations

import functools
from pathlib import Path

import torch
from torch import Tensor

from lenet.data import datasets

COMPONENTS = 80
NEAREST = 5
FOR_COMPONENTS = 10_000  # images that the components are found by
LIMITS = (6.35, 0.614)  # of the distance, and of that between images of one length


class Familiar:
    """State: the train set's images as COMPONENTS numbers each, 19 MB, and their lengths."""

    def __init__(self, images: Tensor):
        """images: (N, 28, 28), uint8."""
        flat = images.view(len(images), -1)
        some = flat[:: max(1, len(flat) // FOR_COMPONENTS)].double() / 255
        self._basis = torch.linalg.eigh(torch.cov(some.T)).eigenvectors[:, -COMPONENTS:].float()
        parts = [part.float() / 255 for part in flat.split(FOR_COMPONENTS)]
        self._known = torch.cat([part @ self._basis for part in parts])
        self._lengths = torch.cat([part.norm(dim=1) for part in parts]).clamp(min=1e-6)
        self._squares = self._known.square().sum(1)

    @classmethod
    def of_data(cls, name: str, root: Path) -> Familiar:
        """By the train set of a data set. Raises OSError."""
        return cls(torch.from_numpy(datasets.pixels(name, root, "train", slice(None)).copy()))

    def distances(self, image: Tensor) -> tuple[float, float]:
        """Of an image (28, 28) in [0, 1]: as it is, and with all images scaled to length 1."""
        flat = image.flatten()
        place, length = flat @ self._basis, flat.norm().clamp(min=1e-6)
        products, square = self._known @ place, place.square().sum()
        plain = self._squares + square - 2 * products
        scaled = self._squares / self._lengths**2 + square / length**2 - 2 * products / (self._lengths * length)
        return _nearest(plain), _nearest(scaled)

    def unlikeness(self, image: Tensor) -> float:
        """Above 1: the image is unlike all that were trained on."""
        return max(distance / limit for distance, limit in zip(self.distances(image), LIMITS, strict=True))


def _nearest(squares: Tensor) -> float:
    return squares.topk(min(NEAREST, len(squares)), largest=False).values.clamp(min=0).sqrt().mean().item()


@functools.lru_cache(maxsize=1)
def digits(root: Path) -> Familiar | None:
    """By MNIST's train set; None where it is not there."""
    try:
        return Familiar.of_data("mnist", root)
    except (OSError, ValueError, RuntimeError):  # RuntimeError: torch's, for files that hold nonsense
        return None
