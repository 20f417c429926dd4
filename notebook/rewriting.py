"""A picture that somebody brought, written anew: decoded, upright, not too large, and nothing in it but its pixels.

In the child alone: a decoder may be made to take much memory, or to crash.
"""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from dataclasses import dataclass

from PIL import Image, ImageFile, ImageOps

from core.refused import RefusedError
from notebook.export.pixels import MOST_KEPT, PNG, TALLEST, WIDEST

KINDS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_BYTES = 10 * 2**20
MOST_PIXELS = 40_000_000
MOST_SIDE = 20_000
MOST_SCANS = 100  # of a JPEG: programs write ten or so
MOST_SCANNED = 40 * MOST_PIXELS  # its pixels, as often as there are scans
QUALITY = 88

ImageFile.LOAD_TRUNCATED_IMAGES = False
_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])", re.DOTALL)  # of a JPEG; others are within a scan
_END, _SCAN = 0xD9, 0xDA
_ALONE = {0x01, 0xD8, _END}  # markers that have no length
_CHUNK = 12  # bytes of a PNG's chunk besides its data: its length, its name, its sum
_UNPACKED = (b"zTXt", b"iTXt", b"iCCP")  # chunks of a PNG with texts or a colour profile

Image.MAX_IMAGE_PIXELS = None  # sizes are checked here before anything is decoded


@dataclass(frozen=True)
class Picture:
    """content: a PNG, or a JPEG where that is a photograph."""

    content: bytes
    width: int
    height: int


def rewrite(content: bytes, was_kept: bool = False) -> Picture:
    """was_kept: in a notebook that comes back. Raises RefusedError: `picture-too-large`, `picture-kind`,
    `picture-broken`."""
    if len(content) > (MOST_KEPT if was_kept else MOST_BYTES):
        raise too_large()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow's, about files that it takes nevertheless
        image = _opened(content)
        try:
            return _written(image)
        except RefusedError:
            raise
        except Exception as error:  # Pillow raises whatever comes; MemoryError too
            raise broken(type(error).__name__) from None


def shrink(content: bytes, width: int) -> Picture:
    """A picture of our own, smaller."""
    image = Image.open(io.BytesIO(content), formats=KINDS).convert("RGB")
    image.thumbnail((width, TALLEST), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return Picture(file.getvalue(), image.width, image.height)


def _opened(content: bytes) -> Image.Image:
    """Its head is read and nothing else."""
    if _is_too_large(*_webp_size(content)):  # of WebP Pillow takes the memory at once
        raise too_large()
    image = _identified(content) or _identified(_without_texts(content))
    if image is None:
        raise RefusedError(422, "no picture that is known: PNG, JPEG, WebP or GIF", "picture-kind")
    if _is_too_large(*image.size):
        raise too_large()
    if image.format == "JPEG":
        scans = _scans(content)
        if scans > MOST_SCANS or scans * image.width * image.height > MOST_SCANNED:
            raise broken("more scans than any program writes")
    return image


def _identified(content: bytes) -> Image.Image | None:
    try:
        return Image.open(io.BytesIO(content), formats=KINDS)
    except Exception:  # of a PNG also that its texts unpack to more than Pillow takes
        return None


def _without_texts(content: bytes) -> bytes:
    """A PNG without what unpacks and is no pixel; what is no PNG stays as it is."""
    kept, at = [content[: len(PNG)]], len(PNG)
    while content.startswith(PNG) and at < len(content):
        end = at + _CHUNK + int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] not in _UNPACKED:
            kept.append(content[at:end])
        at = end
    return b"".join([*kept, content[at:]])


def _is_too_large(width: int, height: int) -> bool:
    return width * height > MOST_PIXELS or max(width, height) > MOST_SIDE


def _scans(content: bytes) -> int:
    """How often a JPEG goes over its pixels: a decoder takes time for each, however few bytes that has."""
    at = count = 0
    while (found := _MARKER.search(content, at)) and found[1][0] != _END:
        count += found[1][0] == _SCAN
        at = found.end()
        if found[1][0] not in _ALONE:
            at += max(2, int.from_bytes(content[at : at + 2], "big"))
    return count


def _webp_size(content: bytes) -> tuple[int, int]:
    """As its head says; (0, 0) of what is no WebP."""
    head = content[:30].ljust(30, b"\0")
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return 0, 0
    match head[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(head[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF


def _written(image: Image.Image) -> Picture:
    is_photo = image.format == "JPEG" or (image.format == "WEBP" and "A" not in image.getbands())
    if image.format == "JPEG":
        image.draft("RGB", (WIDEST, TALLEST))  # decoded in a half or a quarter of its size where that is enough
    if image.mode in ("I;16", "I;16B", "I;16L", "I"):  # 16 bits of grey
        image = image.point(lambda value: value / 256).convert("L")
    image.load()  # of an animation the first picture
    with contextlib.suppress(Exception):  # what a camera says of itself may be broken, and the picture well
        ImageOps.exif_transpose(image, in_place=True)
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    image = image.convert("RGBA" if has_alpha else "RGB")
    image.thumbnail((WIDEST, TALLEST), Image.Resampling.LANCZOS)
    clean = Image.new("RGB", image.size, "white")  # paper is below what is transparent
    clean.paste(image, mask=image.getchannel("A") if has_alpha else None)
    file = io.BytesIO()
    if is_photo:
        clean.save(file, "JPEG", quality=QUALITY, optimize=True)
    else:
        clean.save(file, "PNG", compress_level=6)
    return Picture(file.getvalue(), clean.width, clean.height)


def too_large() -> RefusedError:
    megabytes, megapixels = MOST_BYTES // 2**20, MOST_PIXELS // 10**6
    text = f"a picture may have {megabytes} MB and {megapixels} megapixels"
    return RefusedError(413, text, "picture-too-large", megabytes=megabytes, megapixels=megapixels)


def broken(why: str) -> RefusedError:
    return RefusedError(422, f"the picture cannot be read: {why}", "picture-broken")
