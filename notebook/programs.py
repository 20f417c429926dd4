"""The programs that train pinned runs again. A tab has its own way to them, which app.py hands in. No IO."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

Code = Callable[[list[str]], Mapping[str, str]]  # the programs of places; of those that have one


def of(places: Iterable[str], tabs: Mapping[str, Code]) -> dict[str, str]:
    """tabs: by the paths of their pages, as `/lenet`."""
    by_path: dict[str, list[str]] = {}
    for place in dict.fromkeys(places):
        by_path.setdefault(urlsplit(place).path, []).append(place)
    found: dict[str, str] = {}
    for path, mine in by_path.items():
        if path in tabs:
            found |= tabs[path](mine)
    return found
