"""Own data that pins name: points of the Playground of which a link has the address alone. Its store has them, which
app.py hands in. No IO."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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


def named(pins: Iterable[Pin], own_data: OwnData) -> set[str]:
    """The addresses that pins' links have."""
    return set[str]().union(*(own_data.named(pin.place) for pin in pins))


def lost(pins: Mapping[str, Pin], own_data: OwnData) -> set[str]:
    """The pins whose points are not all there: their links do not open them as they were."""
    gone = (wanted := named(pins.values(), own_data)) - own_data.there(wanted)
    return {name for name, pin in pins.items() if gone & own_data.named(pin.place)} if gone else set()
