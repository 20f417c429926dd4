"""Own data that pins name: points of the Playground of which a link has the address alone. Its store has them, which
app.py hands in. No IO."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from notebook.pins import Pin


class OwnData(Protocol):
    """The store. Raises what a store raises."""

    def named(self, link: str) -> set[str]:
        """The addresses in a link."""

    def there(self, addresses: Collection[str]) -> set[str]:
        """Those that have points here."""

    def get(self, address: str) -> bytes | None:
        """The points, packed."""

    def bring(self, address: str, packed: bytes, giver: str) -> None:
        """Takes them in. giver: the account that they count for. Raises RefusedError, also where these points have
        another address."""


class Nowhere:
    """Of who has none."""

    def named(self, _link: str) -> set[str]:
        return set()

    def there(self, _addresses: Collection[str]) -> set[str]:
        return set()

    def get(self, _address: str) -> bytes | None:
        return None

    def bring(self, _address: str, _packed: bytes, _giver: str) -> None:
        pass


def named(pins: Mapping[str, Pin], own_data: OwnData) -> dict[str, set[str]]:
    """The addresses that each pin's link has."""
    return {name: own_data.named(pin.place) for name, pin in pins.items()}


def lost(pins: Mapping[str, Pin], own_data: OwnData) -> set[str]:
    """The pins whose points are not all there: their links do not open them as they were."""
    of_pins = named(pins, own_data)
    there = own_data.there(set().union(*of_pins.values()))
    return {name for name, addresses in of_pins.items() if addresses - there}
