"""Round values along an axis, and how they are written."""

from __future__ import annotations

import itertools
import math

RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
MINUS = "\N{MINUS SIGN}"


def linear(low: float, high: float, most: int, whole: bool = False) -> list[float]:
    """At most so many, at round distances. whole: they count something."""
    span = high - low
    if not (span > 0 and math.isfinite(span)):
        return [low]
    step = 10.0 ** math.floor(math.log10(span / most)) if span > 1e-300 else span
    rounds = (1, 2, 5, 10, 20) if whole and step < 10 else (1, 2, 2.5, 5, 10, 20)
    step = next(step * times for times in rounds if span / (step * times) <= most)
    if whole:
        step = max(1.0, step)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def logarithmic(low: float, high: float, most: int) -> list[float]:
    """Powers of ten; where there are few, values between."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    seen: list[float] = []
    for between in ((1, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        values = [times * 10.0**power for power in powers for times in between]
        seen = [value for value in values if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]
        if len(seen) <= most:
            break
    return seen[:: max(1, math.ceil(len(seen) / most))]


def written(values: list[float]) -> list[str]:
    """All with as many digits as their distances need."""
    if not values:
        return []
    largest = max(abs(value) for value in values)
    gaps = [abs(b - a) for a, b in itertools.pairwise(values) if b != a]
    gap = min(gaps, default=largest or 1.0)
    if largest >= 1e7 or (0 < largest < 1e-3):
        digits = max(0, min(6, math.ceil(math.log10(largest / gap) - 1e-9) + (0 if _is_one(gap) else 1)))
        return [scientific(value, digits) for value in values]
    decimals = next((count for count in range(10) if all(_fits(value, count, gap) for value in values)), 9)
    return [_signed(f"{value:,.{decimals}f}" if largest >= 1e4 else f"{value:.{decimals}f}") for value in values]


def single(value: float) -> str:
    """By itself, as on a logarithmic axis."""
    if value and not 1e-3 * (1 - 1e-9) <= abs(value) < 1e5:
        return scientific(value, 3)
    return _signed(f"{value:,.7g}" if abs(value) >= 1e4 else f"{value:.5g}")


def scientific(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    number, power = f"{value:.{digits}e}".split("e")
    number = number.rstrip("0").rstrip(".") if "." in number else number
    raised = f"10{str(int(power)).translate(RAISED)}"
    return _signed({"1": raised, "-1": f"-{raised}"}.get(number, f"{number}×{raised}"))


def _is_one(value: float) -> bool:
    return abs(math.log10(value) - round(math.log10(value))) < 1e-9


def _fits(value: float, decimals: int, gap: float) -> bool:
    return abs(round(value, decimals) - value) < gap / 1000


def _signed(text: str) -> str:
    if text.strip("-0.,") == "":
        text = text.lstrip("-")
    return text.replace("-", MINUS)
