"""The programs that train pinned runs again. A tab has its own way to them, which app.py hands in. No IO."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

Told = Callable[[float], object]  # how much is done, from 0 to 1
Code = Callable[
    [list[str], Told], Mapping[str, str | None]
]  # the programs of places that have one; None: no time for it


def of(
    places: Iterable[str], tabs: Mapping[str, Code], told: Told = lambda _share: None
) -> tuple[dict[str, str], set[str]]:
    """The programs, and the places for whose programs there was no time. tabs: by the paths of their pages, as
    `/lenet`. told: is called as it goes on."""
    by_path: dict[str, list[str]] = {}
    for place in dict.fromkeys(places):
        by_path.setdefault(urlsplit(place).path, []).append(place)
    found: dict[str, str | None] = {}
    for path, mine in by_path.items():
        if path in tabs:
            found |= tabs[path](mine, told)
    written = {place: program for place, program in found.items() if program is not None}
    return written, found.keys() - written.keys()
