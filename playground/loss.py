"""The losses: a row each, from which the settings, the engine and the exported code are made. Each is a function of its
own in `kernel.losses` and in `reference`. Neither torch nor Numba.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Loss:
    """title: what it is, in words. code: it in the words of PyTorch, in the mean over `points`; {} is what the network
    takes. of_sums: it takes what is summed up for the outputs, before their activation. of_classes: labels are the
    numbers of several classes, and nobody chooses another.
    """

    title: str
    code: str
    of_sums: bool = False
    of_classes: bool = False


# Their places are their numbers in the kernel.
LOSSES = {
    "squared": Loss(
        "Half the squared error, as Playlab has it, in the mean over the points.",
        "0.5 * ((network({}) - points[:, 2]) ** 2).mean()",
    ),
    "crossEntropy": Loss(
        "Cross-entropy, in the mean over the points: (1 + output) / 2 is how likely the label 1 is.",
        "nn.functional.binary_cross_entropy_with_logits(2 * network.sums({}), (points[:, 2] + 1) / 2)",
        of_sums=True,
    ),
    "softmax": Loss(
        "Cross-entropy of the softmax, in the mean over the points, whose labels are the numbers of their classes.",
        "nn.functional.cross_entropy(network({}), points[:, 2].long())",
        of_sums=True, of_classes=True,
    ),
}  # fmt: skip
CHOICES = tuple(name for name, loss in LOSSES.items() if not loss.of_classes)  # in the order of the list on the page
