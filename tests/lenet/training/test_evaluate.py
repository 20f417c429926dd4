from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn

from lenet.data.datasets import Split
from lenet.training.evaluate import CHUNK, all_logits, confusion, evaluate, scores, worst_mistakes


@pytest.fixture
def split() -> Split:
    """More images than fit a chunk; the label of each stands in its first pixels."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(0, 10, (CHUNK * 2 + 7,), generator=generator)
    images = torch.rand(len(labels), 1, 28, 28, generator=generator)
    return Split(images, labels)


class FirstRow(nn.Module):
    """Takes the first ten pixels for logits."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 5 * x[:, 0, 0, :10]


def test_all_logits_are_the_models_in_order(split: Split):
    assert torch.equal(all_logits(FirstRow(), split.images), FirstRow()(split.images))


def test_several_cores_give_the_same_logits(split: Split):
    with ThreadPoolExecutor(2) as pool:
        shared = all_logits(FirstRow(), split.images, pool.map)
    assert torch.equal(shared, FirstRow()(split.images))


def test_logits_are_computed_without_a_graph(split: Split):
    class Weighted(FirstRow):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.ones(1))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.weight * super().forward(x)

    with ThreadPoolExecutor(2) as pool:
        assert not any(all_logits(Weighted(), split.images, each).requires_grad for each in (map, pool.map))


def test_loss_and_accuracy_are_those_of_numpy(split: Split):
    logits = FirstRow()(split.images).double().numpy()
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = split.labels.numpy()
    found = evaluate(FirstRow(), split)
    assert found["images"] == len(labels)
    assert found["accuracy"] == pytest.approx((logits.argmax(1) == labels).mean())
    assert found["loss"] == pytest.approx(-np.log(probabilities[np.arange(len(labels)), labels]).mean(), rel=1e-5)


def test_the_confusion_matrix_has_a_row_for_each_label():
    labels, predicted = torch.tensor([0, 0, 1, 9, 9, 9]), torch.tensor([0, 3, 1, 9, 4, 4])
    matrix = confusion(predicted, labels)
    assert (matrix[0][0], matrix[0][3], matrix[1][1], matrix[9][9], matrix[9][4]) == (1, 1, 1, 1, 2)
    assert sum(map(sum, matrix)) == 6
    assert len(matrix) == len(matrix[0]) == 10


def test_the_worst_mistakes_come_worst_first_and_are_all_mistakes(split: Split):
    logits = FirstRow()(split.images)
    worst = worst_mistakes(logits, split.labels, 30)
    losses = nn.functional.cross_entropy(logits, split.labels, reduction="none")
    wrong = logits.argmax(1) != split.labels
    assert [row["image"] for row in worst] == [i for i in losses.argsort(descending=True).tolist() if wrong[i]][:30]
    for row in worst:
        assert row["label"] == split.labels[row["image"]] != row["predicted"]
        assert row["probability"] == pytest.approx(torch.softmax(logits[row["image"]], 0).max().item())


def test_a_network_without_mistakes_has_no_worst_ones():
    labels = torch.arange(10)
    assert worst_mistakes(torch.eye(10), labels) == []
    assert scores(torch.eye(10), labels)["accuracy"] == 1
