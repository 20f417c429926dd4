"""Texts that leave the server without the paths of its files: refusals, reasons, the last words of a child. No IO."""

from __future__ import annotations

import re
from typing import Any

MOST_TEXT = 10_000  # characters of what a file tells anyone; nobody writes as many

# An absolute path, of Linux or Windows, in quotes (then with spaces) or without, also one that begins with the name of
# a machine (//srv/x); not the path of a URL, nor a letter that JSON writes with a backslash, as in the name of a run
# that somebody asked for.
_ROOT = r"""(?:/|\\(?!u[0-9a-f]{4}|[bfnrt"])|(?<=:)\\)"""
_QUOTED = re.compile(rf"""(['"])(?:[A-Za-z]:)?{_ROOT}[^'"\n]*[\\/]([^'"\\/\n]*)\1""")
_QUOTED_TOP = re.compile(rf"""(['"])(?:[A-Za-z]:)?{_ROOT}([^'"\\/\n]+)\1""")
_NAME = r"""[^\s\\/'":;,()]"""
_MACHINE = r"""(?:(?<!:)/{2,}|\\{2,})"""
_BARE = re.compile(
    rf"""(?<![\w/\\.~-])(?:file://)?(?:(?:~|[A-Za-z]:)?{_ROOT}|{_MACHINE})(?={_NAME})(?:{_NAME}+[\\/]+)*({_NAME}*)"""
)


def without_paths(text: str) -> str:
    """`text` with the last name alone of every absolute path: `'/srv/x/resume.pt'` becomes `'resume.pt'`."""
    text = _QUOTED.sub(r"\1\2\1", text)
    text = _QUOTED_TOP.sub(r"\1\2\1", text)
    return _BARE.sub(r"\1", text)


def clean_text(text: str) -> str:
    """The same, cut."""
    return without_paths(text[:MOST_TEXT])


def clean_values(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a code, without paths of this machine, as anyone may see them."""
    return {name: clean_text(value) if isinstance(value, str) else value for name, value in values.items()}


def plain(error: OSError) -> str:
    """The system's message, and the name of the file that it is about, without its folder."""
    name = re.split(r"[\\/]", str(error.filename))[-1] if error.filename is not None else ""
    text = error.strerror or without_paths(str(error)) or type(error).__name__
    return f"{text}: {name}" if name else text
