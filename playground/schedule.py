"""The schedules of the learning rate: a row each, from which the settings and the exported code are made. What the rate
is multiplied by in an epoch is a function of its own in `learning_rate`. Neither torch nor Numba.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """settings: those of `Config` that it takes. code: the factor in the words of Python, where `number` is how many
    epochs were trained before, and the settings are constants; empty: there is none."""

    settings: tuple[str, ...] = ()
    code: str = ""


_EPOCHS, _BOTH = ("schedule_epochs",), ("schedule_epochs", "schedule_factor")

# Their order is that of the list on the page.
SCHEDULES = {
    "constant": Schedule(),
    "step": Schedule(_BOTH, "SCHEDULE_FACTOR ** (number // SCHEDULE_EPOCHS)"),
    "exponential": Schedule(_BOTH, "SCHEDULE_FACTOR ** (number / SCHEDULE_EPOCHS)"),
    "cosine": Schedule(_EPOCHS, "0.5 * (1 + math.cos(math.pi * min(number / SCHEDULE_EPOCHS, 1)))"),
    "warmup": Schedule(_EPOCHS, "min((number + 1) / SCHEDULE_EPOCHS, 1)"),
}
