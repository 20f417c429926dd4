"""Which pin belongs into which slot. No IO."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from notebook.cells import AnyCell, Heading, Pinned, Slot
from notebook.pins import Pin


def fits(slot: Slot, pin: Pin) -> bool:
    """Whether it is of the slot's view and has all facts that the slot asks for."""
    facts = {fact.key: fact.value for fact in pin.facts}
    return pin.view == slot.view and all(key in facts and _same(facts[key], value) for key, value in slot.where.items())


def fitting(slot: Slot, pins: Mapping[str, Pin]) -> list[str]:
    """The pins that fit, newest first. pins: oldest first."""
    return [name for name, pin in reversed(list(pins.items())) if fits(slot, pin)]


def first(cells: Iterable[tuple[str, AnyCell]], pin: Pin) -> str | None:
    """The slot that a new pin fills: of those that it fits the one that asks for most, the upper one of equals. cells:
    by id, in their order."""
    found = [(len(cell.where), name) for name, cell in cells if isinstance(cell, Slot) and fits(cell, pin)]
    return max(found, key=lambda one: one[0])[1] if found else None


def end_of_section(cells: Sequence[AnyCell], pin: Pin) -> int:
    """Before which cell a pin comes that fills no slot: the next heading after the last slot of its tab, full or not;
    the end where there is none. So what is pinned besides does not come to stand below the conclusion."""
    of_tab = [
        at
        for at, cell in enumerate(cells)
        if (slot := cell if isinstance(cell, Slot) else cell.slot if isinstance(cell, Pinned) else None)
        and slot.view.partition(".")[0] == pin.view.partition(".")[0]
    ]
    if not of_tab:
        return len(cells)
    after = range(of_tab[-1] + 1, len(cells))
    return next((at for at in after if isinstance(cells[at], Heading)), len(cells))


def _same(known: float | bool | str | None, asked: float | bool | str | None) -> bool:
    """Equal, where True is no 1. A number that is asked for may be a text of the pin: one layer of 3, a seed."""
    if isinstance(known, str) and isinstance(asked, float):
        try:
            known = float(known)
        except ValueError:
            return False
    return isinstance(known, bool) == isinstance(asked, bool) and known == asked
