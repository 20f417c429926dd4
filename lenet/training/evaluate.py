"""How good a network is on a set of images: loss, accuracy, confusion matrix, worst mistakes. No IO."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional

from lenet.data.datasets import Split
from lenet.lines import Mistake, Scores

CHUNK = 500  # images at once: the maps of so many stay in a CPU's cache
WORST = 40


def all_logits(model: nn.Module, images: Tensor, each: Callable[..., Iterable[Tensor]] = map) -> Tensor:
    """Logits (N, 10) of images (N, 1, 28, 28). `each`: `map`, or the like that works on several cores."""
    model.eval()

    @torch.inference_mode()  # of a thread, so not around the whole
    def logits(part: Tensor) -> Tensor:
        return model(part)

    return torch.cat(list(each(logits, images.split(CHUNK))))


def scores(logits: Tensor, labels: Tensor) -> Scores:
    """The score of logits (N, 10) for labels (N,)."""
    right = (logits.argmax(1) == labels).sum().item()
    return {
        "loss": functional.cross_entropy(logits, labels).item(),
        "accuracy": right / len(labels),
        "images": len(labels),
    }


def evaluate(model: nn.Module, split: Split) -> Scores:
    """`scores` of `model` on `split`. Raises ValueError where its answers are no numbers, and so have no score."""
    found = scores(all_logits(model, split.images), split.labels)
    if not math.isfinite(found["loss"]):
        raise ValueError("the network's answers are no numbers: its training diverged, or its weights are damaged")
    return found


def confusion(predicted: Tensor, labels: Tensor) -> list[list[int]]:
    """Ten rows, one for each label. A row counts how often each digit was the answer to that label's images."""
    return torch.bincount(labels * 10 + predicted, minlength=100).view(10, 10).tolist()


def worst_mistakes(logits: Tensor, labels: Tensor, count: int = WORST) -> list[Mistake]:
    """The wrong answers that cost most, the worst first."""
    losses = functional.cross_entropy(logits, labels, reduction="none")
    predicted = logits.argmax(1)
    losses = torch.where(predicted == labels, -1.0, losses)
    rows = [row for row in losses.argsort(descending=True)[:count].tolist() if losses[row] >= 0]
    probabilities = torch.softmax(logits[rows], 1).max(1).values.tolist() if rows else []
    return [
        {"image": row, "label": int(labels[row]), "predicted": int(predicted[row]), "probability": probability}
        for row, probability in zip(rows, probabilities, strict=True)
    ]
