"""The link of a figure as a QR code: a reader with the report on paper scans it in the network of the server."""

from __future__ import annotations

import io

import segno

MOST_LENGTH = 1200  # characters: beyond, no telephone reads it from paper
SMALLEST_CM = 2.0
MODULE_CM = 0.035  # what a telephone tells apart on paper
_BORDER = 2  # modules
_PIXELS = 6  # of a module


def png(link: str, pixels: int = _PIXELS) -> tuple[bytes, float] | None:
    """The picture and how many centimetres it is to be wide; None for a link that is too long. pixels: of a module."""
    if len(link) > MOST_LENGTH:
        return None
    code, file = _made(link), io.BytesIO()
    code.save(file, kind="png", scale=pixels, border=_BORDER)
    return file.getvalue(), _wide(code)


def svg(link: str) -> str | None:
    """As `png`, as an element of a web page, in its size."""
    if len(link) > MOST_LENGTH:
        return None
    code = _made(link)
    return str(code.svg_inline(border=_BORDER, unit="cm", scale=_wide(code) / _modules(code), omitsize=False))


def _made(link: str) -> segno.QRCode:
    return segno.make(link, error="l", micro=False)


def _modules(code: segno.QRCode) -> int:
    return int(code.symbol_size(border=_BORDER)[0])


def _wide(code: segno.QRCode) -> float:
    return max(SMALLEST_CM, _modules(code) * MODULE_CM)
