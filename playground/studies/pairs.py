"""Two settings on the same seeds, pair by pair: how often which was better, by how much, and whether by chance.

What counts is the test loss at the end. No IO; scipy is imported where the test is made: that takes most of a second.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground.studies.seeds import Run


def compare(first: Sequence[Run], second: Sequence[Run]) -> dict[str, Any]:
    """What the pairs of runs, one seed each, come to, as JSON values.

    first_better, second_better, ties: in how many pairs. A run that failed is worse than any that did not; two that
    failed tie. difference: the median of second less first, above 0 where the first is better; None where so many
    failed that it is no number. chance: how probable a split at least as uneven is where both are equally good, by the
    exact two-sided sign test, which leaves out ties.
    """
    differences = [_difference(one, other) for one, other in zip(first, second, strict=True)]
    first_better, second_better = sum(one > 0 for one in differences), sum(one < 0 for one in differences)
    median = statistics.median(differences)
    return {
        "pairs": len(differences),
        "first_better": first_better,
        "second_better": second_better,
        "ties": len(differences) - first_better - second_better,
        "first_failed": sum(run.failed for run in first),
        "second_failed": sum(run.failed for run in second),
        "difference": median if math.isfinite(median) else None,
        "chance": sign_test(first_better, second_better),
    }


def _difference(first: Run, second: Run) -> float:
    if first.failed and second.failed:
        return 0.0
    if first.failed or second.failed:
        return -math.inf if first.failed else math.inf
    return second.scores.test_loss - first.scores.test_loss


def sign_test(more: int, fewer: int) -> float:
    """The exact two-sided sign test: the probability of a split at least as uneven between equals; 1 of none."""
    if more + fewer == 0:
        return 1.0
    from scipy.stats import binomtest

    return float(binomtest(more, more + fewer, 0.5).pvalue)
