from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from lenet.config import TrainConfig
from lenet.data import datasets
from lenet.network.model import build
from lenet.questions.answerer import (
    BOX,
    CENTRE,
    INK,
    SIDE,
    EmptyDrawingError,
    answer,
    as_mnist,
    kernels,
    load_model,
    respond,
    rounded,
)  # fmt: skip
from lenet.questions.familiar import Familiar
from lenet.questions.messages import Drawing
from lenet.training.folder import RunFolder
from lenet.training.progress import epochs_that_hold


def centre(image: Tensor) -> list[float]:
    place = torch.arange(28) + 0.5
    return [(image.sum(axis) @ place / image.sum()).item() for axis in (0, 1)]


def extent(image: Tensor) -> tuple[int, int]:
    rows, columns = (image > 0.05).any(1).nonzero(), (image > 0.05).any(0).nonzero()
    return int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1


@given(
    width=st.integers(8, 300), height=st.integers(8, 300), left=st.floats(0, 0.9), top=st.floats(0, 0.9),
    right=st.floats(0, 1), bottom=st.floats(0, 1),
)  # fmt: skip
def test_any_stroke_fills_the_box_and_is_centred(
    width: int, height: int, left: float, top: float, right: float, bottom: float
):
    drawing = torch.zeros(height, width)
    x, y = int(left * width), int(top * height)
    drawing[y : y + 1 + int(bottom * (height - y)), x : x + 1 + int(right * (width - x))] = 1
    fed = as_mnist(drawing)
    assert fed.shape == (28, 28)
    assert 0 <= fed.min() <= fed.max() <= 1
    assert max(extent(fed)) == BOX
    assert centre(fed) == pytest.approx([14.5, 14.5], abs=0.51)


def lopsided(side: int = BOX) -> Tensor:
    """A thin stem on a heavy foot: its centre of mass is in the lowest quarter."""
    drawing = torch.zeros(side, side)
    drawing[:, side // 2] = 0.5
    drawing[-side // 5 :] = 1
    return drawing


@st.composite
def drawings(draw: st.DrawFn) -> Tensor:
    """A few rectangles of ink, light and dark, that may lie anywhere."""
    height, width = draw(st.integers(8, 100)), draw(st.integers(8, 100))
    drawing = torch.zeros(height, width)
    for _ in range(draw(st.integers(1, 4))):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        bottom, right = draw(st.integers(top + 1, height)), draw(st.integers(left + 1, width))
        drawing[top:bottom, left:right] = draw(st.floats(0.2, 1))
    return drawing


def rows_of(image: Tensor, least: float) -> tuple[int, int]:
    """The first row with more ink than that, and the one after the last."""
    rows = (image > least).any(1).nonzero()
    return int(rows[0]), int(rows[-1]) + 1


@given(drawings())
@example(lopsided(60))
@example(lopsided(60).flip(0))
@example(lopsided(60).T)
@example(lopsided(60).T.flip(1))
def test_nothing_of_a_drawing_is_cut_off_and_it_is_as_central_as_that_allows(drawing: Tensor):
    fed = as_mnist(drawing)
    drawn = [last - first for first, last in (rows_of(drawing, INK), rows_of(drawing.T, INK))]
    for size, image in zip(drawn, (fed, fed.T), strict=True):
        top, bottom = rows_of(image, 0)
        assert bottom - top == pytest.approx(max(1, size * BOX / max(drawn)), abs=0.501)
        off = centre(image)[1] - CENTRE
        assert abs(off) < 0.51 or (off > 0 and top == 0) or (off < 0 and bottom == SIDE)


@pytest.mark.parametrize("turns", range(4))
def test_a_drawing_too_lopsided_to_be_centred_lies_whole_at_the_edge(turns: int):
    drawing = torch.rot90(lopsided(), turns)  # as large as the box, so it is not scaled
    fed = torch.rot90(as_mnist(drawing), -turns)
    assert torch.allclose(fed[:BOX, fed.any(0)], lopsided(), atol=1e-6)
    assert fed.sum() == pytest.approx(lopsided().sum())
    assert centre(fed)[1] > CENTRE + 1


def test_mnists_images_have_their_centre_of_mass_there(mnist: Path):
    images = datasets.load("mnist", mnist, "train").images[:5000, 0]
    centres = torch.tensor([centre(image) for image in images])
    assert (centres - 14.5).abs().max() < 0.51


def test_proportions_are_kept():
    drawing = torch.zeros(200, 200)
    drawing[20:120, 90:115] = 1
    assert extent(as_mnist(drawing)) == (20, 5)


def test_mnists_own_images_come_out_as_they_are(mnist: Path):
    images = datasets.load("mnist", mnist, "test").images[:100, 0]
    large = functional.interpolate(images[:, None], scale_factor=10, mode="bilinear")[:, 0]
    distances = torch.stack(
        [(as_mnist(drawing) - image).abs().mean() for drawing, image in zip(large, images, strict=True)]
    )
    assert distances.median() < 0.04  # the mean of a picture is 0.12
    moved = functional.pad(large[0], (37, 0, 0, 81))
    assert torch.allclose(as_mnist(moved), as_mnist(large[0]), atol=1e-5)


def test_an_empty_canvas_gets_no_answer():
    for empty in (torch.zeros(50, 50), torch.full((50, 50), 0.05)):
        with pytest.raises(EmptyDrawingError, match="the canvas is empty"):
            as_mnist(empty)


def test_drawn_digits_are_recognised_as_well_as_mnists(trained: RunFolder, mnist: Path):
    config = TrainConfig().updated(trained.read_json("config.json")["config"])
    model = load_model(config, trained.path / epochs_that_hold(trained.records())[-1]["checkpoint"])
    test = datasets.load("mnist", mnist, "test")[:400]
    drawings = functional.interpolate(test.images, scale_factor=8, mode="bilinear")[:, 0]
    said = [answer(model, as_mnist(drawing), maps=False)["predicted"] for drawing in drawings]
    direct = [answer(model, image[0], maps=False)["predicted"] for image in test.images]
    right = [(torch.tensor(found) == test.labels).float().mean().item() for found in (said, direct)]
    assert right[1] > 0.75
    assert right[0] > right[1] - 0.03


def test_an_answer_has_probabilities_and_every_layers_values():
    model = build(TrainConfig(padding=2)).eval()
    image = torch.rand(28, 28)
    said = answer(model, image)
    logits = model(image[None, None])[0]
    assert said["probabilities"] == pytest.approx(torch.softmax(logits, 0).tolist(), rel=1e-3)
    assert said["predicted"] == logits.argmax()
    for name, values in model.layers(image[None, None]).items():
        assert torch.allclose(torch.tensor(said["maps"][name]), values[0], rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("name", ["lenet5", "lecun1998"])
def test_the_kernels_of_both_networks_have_one_form(name: str):
    model = build(TrainConfig(model=name))
    shown = kernels(model)
    assert torch.tensor(shown["conv1"]).shape == (6, 1, 5, 5)
    assert torch.tensor(shown["conv2"]).shape == (16, 6, 5, 5)
    assert torch.allclose(torch.tensor(shown["conv1"]), model.conv1.weight, rtol=1e-3)


def test_rounding_keeps_four_digits_and_is_json():
    assert rounded(torch.tensor([[1 / 3, 123456.0], [-1e-9, 0.0]])) == [[0.3333, 123500.0], [-1e-9, 0.0]]
    json.dumps(rounded(torch.rand(2, 2)))


def test_a_checkpoint_of_another_network_is_named(trained: RunFolder):
    checkpoint = trained.path / epochs_that_hold(trained.records())[-1]["checkpoint"]
    with pytest.raises(ValueError, match=rf"{checkpoint.name} is not a state_dict of this network"):
        load_model(TrainConfig(padding=2), checkpoint)


# --- drawings unlike any digit ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def familiar(mnist: Path) -> Familiar:
    return Familiar.of_data("mnist", mnist)


def test_fewer_than_one_real_digit_in_a_hundred_is_said_to_be_unlike_all(familiar: Familiar, mnist: Path):
    images = datasets.load("mnist", mnist, "test").images[::10, 0]
    strange = sum(familiar.unlikeness(image) > 1 for image in images)
    assert strange < 0.01 * len(images)


def test_two_digits_beside_each_other_and_filled_paper_are_unlike_all(familiar: Familiar, mnist: Path):
    images = datasets.load("mnist", mnist, "test").images[:200, 0]
    pairs = [
        torch.cat([left[:, 4:24], right[:, 4:24]], 1) for left, right in zip(images[::2], images[1::2], strict=True)
    ]
    assert sum(familiar.unlikeness(as_mnist(pair)) > 1 for pair in pairs) > 0.8 * len(pairs)
    assert familiar.unlikeness(as_mnist(torch.ones(50, 50))) > 1


def test_the_distances_are_those_of_a_plain_search(mnist: Path):
    images = torch.from_numpy(datasets.pixels("mnist", mnist, "train", slice(0, 300)).copy())
    known = Familiar(images)
    image = datasets.load("mnist", mnist, "test").images[3, 0]
    flat = images.view(300, -1).float() / 255
    for scale, found in zip((False, True), known.distances(image), strict=True):
        length = flat.norm(dim=1, keepdim=True) if scale else torch.ones(300, 1)
        there = (flat / length) @ known._basis
        here = (image.flatten() / (image.norm() if scale else 1)) @ known._basis
        assert found == pytest.approx((there - here).norm(dim=1).sort().values[:5].mean().item(), rel=1e-3)


def test_of_a_drawing_without_the_data_set_or_of_clothes_nothing_is_said(
    trained: RunFolder, tmp_path: Path, mnist: Path
):
    drawing = torch.zeros(28, 28, dtype=torch.uint8)
    drawing[4:24, 13:16] = 255
    record = epochs_that_hold(trained.records())[-1]
    config = TrainConfig().updated(trained.read_json("config.json")["config"])

    def unlikeness(config: TrainConfig, data: Path) -> float | None:
        pixels = bytes(drawing.flatten().tolist())
        return respond(Drawing(str(trained.path / record["checkpoint"]), config, 28, 28, pixels, str(data)))[
            "unlikeness"
        ]

    assert unlikeness(config, mnist) < 1
    assert unlikeness(config, tmp_path) is None
    assert unlikeness(config.updated({"dataset": "fashion"}), mnist) is None
