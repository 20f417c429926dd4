"""How large a picture is, by its first bytes. No IO, and no library that decodes."""

from __future__ import annotations

import struct

WIDEST, TALLEST = 2400, 4800  # of a picture that was brought, as it is kept
MOST_KEPT = 3 * WIDEST * TALLEST + 2**20  # bytes of it: a PNG of noise is no smaller than its pixels

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_SIZES = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))  # JPEG's frames


def size(content: bytes) -> tuple[int, int] | None:
    """Width and height; None where it is no PNG or JPEG."""
    try:
        if content.startswith(PNG):
            width, height = struct.unpack_from(">II", content, 16)
            return width, height
        return _of_jpeg(content) if content.startswith(JPEG) else None
    except struct.error:  # it ends too early
        return None


def _of_jpeg(content: bytes) -> tuple[int, int] | None:
    at = 2
    while content[at : at + 1] == b"\xff":
        kind, length = struct.unpack_from(">BH", content, at + 1)
        if kind in _SIZES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        at += 2 + length
    return None


def mime(content: bytes) -> str:
    return "image/jpeg" if content.startswith(JPEG) else "image/png"


def ending(content: bytes) -> str:
    """What the name of its file ends with."""
    return "jpg" if content.startswith(JPEG) else "png"
