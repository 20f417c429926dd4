"""What a name may be that people give: it is shown as text, in one line, and seen. static/js/base/names.js is the same.

By code points, and not by the tables of Unicode that Python has, as its next version and each browser have newer ones:
a character that no table has yet may be one that people write.
"""

from __future__ import annotations

import re

JOINERS = "\u200c\u200d"  # format characters that belong to words of some scripts, and to emoji

_NO_CHARACTERS = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0xF0000, 0x10000))
# Control characters, blanks but the space, ends of lines, what turns a text's direction, format characters that nobody
# sees (with the places that Unicode keeps for more of them), surrogates, private use, and what is no character.
_HIDDEN = re.compile(
    "["
    "\0-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f\u3000"
    "\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    f"\U000e0000-\U000e00ff\U000e01f0-\U000e0fff{_NO_CHARACTERS}\U000f0000-\U0010ffff"
    "]"
)


def is_name(text: str) -> bool:
    """Whether each character of the text has a place in a name, and one of them is seen. No text is no name."""
    return _HIDDEN.search(text) is None and text.strip(f" {JOINERS}") != ""


def one_line(text: str) -> str:
    """The text as a name: what has no place in one is a blank. Empty where nothing of it is seen."""
    line = " ".join(_HIDDEN.sub(" ", text).split())
    return line if is_name(line) else ""


def is_hidden(character: str) -> bool:
    return _HIDDEN.match(character) is not None
