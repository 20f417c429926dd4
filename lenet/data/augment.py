"""Random distortions of images, a whole batch at a time, as tensors on the device. No IO and no state."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from lenet.config import TrainConfig

ELASTIC_GRID = 6  # control points a side; the distortion between them is bicubic
AFFINE = 6  # draws an image: rotation, two scales, shear, two shifts


class Augmentation:
    """What `config` says about distortions: `draw` once an epoch, then apply slices of the draws to batches."""

    def __init__(self, config: TrainConfig):
        self.config = config
        self.is_none = not any((config.shift, config.rotate, config.scale, config.shear, config.elastic))

    def draw(self, images: int, generator: torch.Generator) -> Tensor:
        """(images, K) random numbers, all that the epoch's distortions need."""
        uniform = torch.rand(images, AFFINE, generator=generator) * 2 - 1
        if not self.config.elastic:
            return uniform
        return torch.cat([uniform, torch.randn(images, 2 * ELASTIC_GRID**2, generator=generator)], 1)

    def apply(self, x: Tensor, draws: Tensor) -> Tensor:
        """Images (N, 1, 28, 28), distorted by draws (N, K). Outside of an image is 0, MNIST's background."""
        c, side = self.config, x.shape[-1]
        angle = draws[:, 0] * math.radians(c.rotate)
        scale_x, scale_y = torch.exp(draws[:, 1] * c.scale), torch.exp(draws[:, 2] * c.scale)
        shear = torch.tan(draws[:, 3] * math.radians(c.shear))
        shift_x, shift_y = draws[:, 4] * c.shift * 2 / side, draws[:, 5] * c.shift * 2 / side
        cos, sin = torch.cos(angle), torch.sin(angle)
        # From a pixel of the result to the place in the image it is taken from, in units of half the side.
        row_x = torch.stack([cos * scale_x, (shear * cos - sin) * scale_x, shift_x], 1)
        row_y = torch.stack([sin * scale_y, (shear * sin + cos) * scale_y, shift_y], 1)
        grid = functional.affine_grid(torch.stack([row_x, row_y], 1), list(x.shape), align_corners=False)
        if c.elastic:
            bend = draws[:, AFFINE:].view(-1, 2, ELASTIC_GRID, ELASTIC_GRID) * (c.elastic * 2 / side)
            grid = grid + functional.interpolate(bend, x.shape[2:], mode="bicubic", align_corners=True).permute(
                0, 2, 3, 1
            )
        return functional.grid_sample(x, grid, padding_mode="zeros", align_corners=False)
