"""The lists of runs and of sweeps, a page at a time: the newest first, the trials of a sweep together. No IO."""

from __future__ import annotations

from lenet.config import ConfigError
from lenet.runs.summaries import Summary


def page(summaries: list[Summary], limit: int, after: str | None) -> tuple[list[Summary], str | None]:
    """The newest `limit` summaries, in order, and the cursor of the page after them; None on the last one.

    A sweep is never parted, so a page may have some more. after: the cursor that the page before gave. Raises
    ConfigError for one that no page gave.
    """
    begun: dict[str, float] = {}  # when each sweep began: with its first trial
    for summary in summaries:
        if summary["sweep"]:
            sweep = summary["sweep"]["id"]
            begun[sweep] = min(begun.get(sweep, summary["created"]), summary["created"])

    def place(summary: Summary) -> tuple[float, str]:
        sweep = summary["sweep"] and summary["sweep"]["id"]
        return (-begun[sweep], sweep) if sweep else (-summary["created"], summary["run"])

    def number(summary: Summary) -> int:
        return summary["sweep"]["number"] if summary["sweep"] else 0

    rows = sorted((*place(summary), number(summary), summary["run"], summary) for summary in summaries)
    if after is not None:
        last = _place_of(after)
        rows = [row for row in rows if row[:2] > last]
    end = limit
    while 0 < end < len(rows) and rows[end][:2] == rows[end - 1][:2]:
        end += 1
    shown = rows[:end]
    return [row[-1] for row in shown], _cursor(*shown[-1][:2]) if end < len(rows) else None


def page_of_sweeps(summaries: list[Summary], limit: int, after: str | None) -> tuple[list[list[Summary]], str | None]:
    """The newest `limit` sweeps, each as the summaries of its trials, and the cursor as of `page`."""
    trials: dict[str, list[Summary]] = {}
    for summary in summaries:
        if summary["sweep"]:
            trials.setdefault(summary["sweep"]["id"], []).append(summary)
    rows = sorted((-min(trial["created"] for trial in found), sweep) for sweep, found in trials.items())
    if after is not None:
        last = _place_of(after)
        rows = [row for row in rows if row > last]
    shown = rows[:limit]
    return [trials[sweep] for _, sweep in shown], _cursor(*shown[-1]) if limit < len(rows) else None


def _cursor(created: float, name: str) -> str:
    return f"{created!r}~{name}"


def _place_of(cursor: str) -> tuple[float, str]:
    created, _, name = cursor.partition("~")
    try:
        return float(created), name
    except ValueError:
        raise ConfigError("after", cursor, "what `next` said on the page before") from None
