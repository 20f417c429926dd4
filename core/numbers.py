"""Numbers as people type them. int() and float() take the digits of every script, `80_00`, `nan` and spaces besides."""

from __future__ import annotations

import argparse
import re

from core.spelling import spelled


class NoNumberError(ValueError, argparse.ArgumentTypeError):
    """A text that is none; the message says what would do, for argparse too."""


def whole(text: str) -> int:
    """Raises NoNumberError."""
    if not re.fullmatch("[+-]?[0-9]{1,15}", text):
        raise NoNumberError(f"{spelled(text)} is no whole number")
    return int(text)


def number(text: str) -> float:
    """An int where it is written as one. Raises NoNumberError."""
    if re.fullmatch("[+-]?[0-9]{1,15}", text):
        return int(text)
    if not re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", text):
        raise NoNumberError(f"{spelled(text)} is no number")
    return float(text)


def number_or_text(text: str) -> float | str:
    """The number that a text is, else the text itself, for the table of settings to refuse by its name."""
    try:
        return number(text)
    except NoNumberError:
        return text
