"""How a value that somebody sent is spelled in a sentence for them: as JSON, never Python's way, and never long."""

from __future__ import annotations

import json

MOST = 60  # characters


def cut(text: str, most: int = MOST) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def spelled(value: object, most: int = MOST) -> str:
    """`value` as JSON, cut to `most` characters; what JSON has no word for as a string."""
    try:
        return cut(json.dumps(value, ensure_ascii=False, default=str), most)
    except (ValueError, RecursionError):  # an int of more digits than Python prints
        return "a huge value"
