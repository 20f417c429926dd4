from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lenet.config import TrainConfig
from lenet.data.augment import AFFINE, Augmentation


def augmentation(**settings: float) -> Augmentation:
    return Augmentation(TrainConfig(**settings))


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def centre(image: Tensor) -> tuple[float, float]:
    """x and y of the centre of mass, in pixels."""
    place = torch.arange(28) + 0.5
    return (image.sum(0) @ place / image.sum()).item(), (image.sum(1) @ place / image.sum()).item()


def dot(x: int, y: int) -> Tensor:
    image = torch.zeros(1, 1, 28, 28)
    image[0, 0, y - 2 : y + 3, x - 2 : x + 3] = 1
    return image


def draws(**at: float) -> Tensor:
    names = ("rotate", "scale_x", "scale_y", "shear", "shift_x", "shift_y")
    return torch.tensor([[at.get(name, 0.0) for name in names]])


def test_nothing_asked_for_is_nothing_done():
    assert augmentation().is_none
    assert not augmentation(shift=1.0).is_none


def test_zero_draws_leave_an_image_as_it_is():
    image = torch.rand(1, 1, 28, 28)
    some = augmentation(shift=2.0, rotate=10.0, scale=0.1, shear=5.0)
    assert torch.allclose(some.apply(image, draws()), image, atol=1e-5)


def test_a_shift_is_in_pixels():
    moved = augmentation(shift=3.0).apply(dot(14, 14), draws(shift_x=1, shift_y=-1 / 3))[0, 0]
    before = centre(dot(14, 14)[0, 0])
    assert centre(moved) == pytest.approx((before[0] - 3, before[1] + 1), abs=0.01)


def test_a_rotation_turns_around_the_middle_by_degrees():
    turned = augmentation(rotate=90.0).apply(dot(22, 14), draws(rotate=1))[0, 0]
    x, y = centre(dot(22, 14)[0, 0])
    assert sorted(abs(value - 14) for value in centre(turned)) == pytest.approx(
        sorted([abs(y - 14), abs(x - 14)]), abs=0.1
    )


def test_a_scale_changes_the_size_of_one_axis():
    square = torch.zeros(1, 1, 28, 28)
    square[:, :, 8:20, 8:20] = 1
    wide = augmentation(scale=0.5).apply(square, draws(scale_x=-1))[0, 0]
    assert wide.sum() == pytest.approx(square.sum().item() * 2.718**0.5, rel=0.05)
    assert wide[14].sum() > 1.5 * wide[:, 14].sum()


def test_an_elastic_distortion_bends_but_keeps_the_mean_place():
    elastic = augmentation(elastic=1.0)
    image = dot(14, 14).expand(400, 1, 28, 28)
    bent = elastic.apply(image, elastic.draw(400, generator()))
    moved = torch.tensor([centre(picture[0]) for picture in bent]) - torch.tensor(centre(image[0, 0]))
    assert moved.mean(0).abs().max() < 0.2
    assert 0.3 < moved.std(0).min() < 1.5


def test_draws_stay_within_their_bounds_and_repeat_with_the_seed():
    some = augmentation(shift=1.0)
    first = some.draw(1000, generator(3))
    assert first.shape == (1000, AFFINE)
    assert first.abs().max() <= 1
    assert first.min() < -0.9
    assert torch.equal(first, some.draw(1000, generator(3)))
    assert not torch.equal(first, some.draw(1000, generator(4)))


def test_a_batch_is_distorted_as_its_images_alone():
    some = augmentation(shift=2.0, rotate=10.0, scale=0.1, shear=5.0, elastic=1.0)
    images, all_draws = torch.rand(5, 1, 28, 28), some.draw(5, generator())
    together = some.apply(images, all_draws)
    alone = torch.cat([some.apply(images[i : i + 1], all_draws[i : i + 1]) for i in range(5)])
    assert torch.allclose(together, alone, atol=1e-5)
