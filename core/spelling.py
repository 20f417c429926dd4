"""What somebody sent, in a sentence for them: a value as JSON, a fault in words, never Python's way, and never long."""

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


def fault_of_json(error: ValueError) -> str:
    """Why json.loads took no JSON from what somebody sent."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[:1].lower()}{error.msg[1:]} in line {error.lineno}, column {error.colno}"
    return "it is not UTF-8" if isinstance(error, UnicodeError) else "a number in it has too many digits"
