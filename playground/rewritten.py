"""Addresses that mail gateways and sites write around a link, so that a click passes them first; taken apart. No IO."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote

_ROUNDS = 4  # of one within another
_FLAGS = re.ASCII | re.IGNORECASE
# As one value of an address, in which every sign that separates is encoded: Outlook's Safe Links, Google, Facebook. It
# has a setting, or another gateway's address.
_AS_VALUE = re.compile(
    r"[?&]\w+=(https?(?::|%(?:25)*3A)[^\s&#=]*?(?:%(?:25)*23\w+%(?:25)*3D|urldefense)[^\s&#=]*+)(?!=)",
    _FLAGS,
)
_FRAGMENT = re.compile(r".*#\w+=", _FLAGS | re.DOTALL)  # what stands before settings of an address's own is none of it
# Proofpoint's URL Defense. In version 2 a sign is `-` and its number, and `/` is `_`. In version 3 some signs are `*`,
# several in a row `**` and how many; in base64 they stand in order behind the address.
_DEFENDED_2 = re.compile(r"/v2/url\?u=(https?-3A__[\w.~-]++)", _FLAGS)
_DEFENDED_3 = re.compile(r"/v3/__(\S+?)__;([\w-]*+)!", re.ASCII)
_STARS = re.compile(r"\*(?:\*([\w-]))?", re.ASCII)
_COUNTS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # from 2 on


def original(address: str) -> str:
    """The address within `address`; another that none is written around as it is."""
    for _ in range(_ROUNDS):
        if found := _DEFENDED_3.match(
            address, max(0, address.find("/v3/__"))
        ):  # the first: each looks at all behind it
            address = _without_stars(found[1], found[2])
        elif found := _DEFENDED_2.search(address):
            address = unquote(found[1].translate(str.maketrans("-_", "%/")))
        elif found := _AS_VALUE.search(address, fragment.end() if (fragment := _FRAGMENT.match(address)) else 0):
            address = unquote(found[1])
        else:
            break
    return address


def _without_stars(address: str, encoded: str) -> str:
    """`address` with its signs; without them where they cannot be read."""
    try:
        signs = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return address
    at = 0

    def next_of(star: re.Match[str]) -> str:
        nonlocal at
        first, at = at, at + (_COUNTS.index(star[1]) + 2 if star[1] else 1)
        return signs[first:at]

    return _STARS.sub(next_of, address)
