"""What students upload as pictures, and what attackers do."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from core.refused import RefusedError
from notebook import rewriting
from notebook.export.pixels import MOST_KEPT, TALLEST, WIDEST
from support.processes import ROOT


def picture(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Red at the left, blue at the right."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    return image.convert(mode)


def saved(image: Image.Image, kind: str = "PNG", **more: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def corner(content: bytes) -> tuple[int, ...]:
    color = opened(content).convert("RGB").getpixel((1, 1))
    assert isinstance(color, tuple)
    return color


def png_head(width: int, height: int, depth: int = 8, color: int = 2) -> bytes:
    """A PNG that says so of itself, with next to nothing in it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    body = zlib.compress(bytes(min(width * height, 10**6)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def webp_head(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    frame = saved(picture(), "WEBP")[12:]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + size + frame
    return b"RIFF" + struct.pack("<I", len(body)) + body


def bomb(frames: int) -> bytes:
    """A GIF of many large pictures in few bytes."""
    image = Image.new("P", (4000, 4000))
    return saved(image, "GIF", save_all=True, append_images=[image.copy() for _ in range(frames)])


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (saved(picture()), "PNG"),
        (saved(picture(mode="P")), "PNG"),
        (saved(picture(mode="1")), "PNG"),
        (saved(picture(mode="L")), "PNG"),
        (saved(picture(mode="LA")), "PNG"),
        (saved(picture(), "GIF"), "PNG"),
        (saved(picture(), "WEBP"), "JPEG"),
        (saved(Image.new("RGBA", (60, 40), (255, 0, 0, 9)), "WEBP"), "PNG"),
        (saved(picture(), "JPEG"), "JPEG"),
        (saved(picture(mode="CMYK"), "JPEG"), "JPEG"),
        (saved(picture(mode="L"), "JPEG"), "JPEG"),
        (saved(picture(), "JPEG", progressive=True), "JPEG"),
    ],
)
def test_each_kind_of_picture_is_written_anew(content: bytes, kind: str):
    made = rewriting.rewrite(content)
    assert (made.width, made.height) == (60, 40)
    again = opened(made.content)
    assert (again.format, again.mode, again.size) == (kind, "RGB", (60, 40))
    assert len(made.content) < 4000


def test_a_cmyk_photograph_has_its_colours():
    assert corner(rewriting.rewrite(saved(picture(mode="CMYK"), "JPEG")).content) == pytest.approx((255, 0, 0), abs=40)


@pytest.mark.parametrize(("turn", "first"), [(1, "red"), (3, "blue"), (6, "red"), (8, "blue")])
def test_a_photograph_is_turned_upright(turn: int, first: str):
    exif = Image.Exif()
    exif[0x0112] = turn
    made = rewriting.rewrite(saved(picture(), "JPEG", exif=exif.tobytes(), quality=95))
    assert (made.width, made.height) == ((60, 40) if turn < 5 else (40, 60))
    expected = {1: "red", 3: "blue", 6: "red", 8: "blue"}[turn]
    assert expected == first
    red, _, blue = corner(made.content)
    assert (red > blue) == (first == "red")
    assert opened(made.content).getexif().get(0x0112, 1) == 1


def test_sixteen_bits_of_grey_are_not_white():
    grey = np.full((40, 60), 0x8000, np.uint16)
    made = rewriting.rewrite(saved(Image.fromarray(grey)))
    assert corner(made.content) == pytest.approx((128, 128, 128), abs=2)


def test_what_is_transparent_lies_on_white_paper():
    assert corner(rewriting.rewrite(saved(Image.new("RGBA", (60, 40), (255, 0, 0, 0)))).content) == (255, 255, 255)
    clear = picture(mode="P")
    assert corner(rewriting.rewrite(saved(clear, transparency=clear.getpixel((1, 1)))).content) == (255, 255, 255)


def test_of_an_animation_the_first_picture_is_taken():
    frames = [Image.new("RGB", (60, 40), color) for color in ("red", "blue", "green")]
    for kind in ("GIF", "WEBP", "PNG"):
        made = rewriting.rewrite(saved(frames[0], kind, save_all=True, append_images=frames[1:]))
        assert corner(made.content) == pytest.approx((255, 0, 0), abs=4)
        assert getattr(opened(made.content), "n_frames", 1) == 1


def test_nothing_of_what_a_file_says_besides_its_pixels_is_left():
    about = PngImagePlugin.PngInfo()
    about.add_text("Author", "SECRET " * 50)
    about.add_itxt("XML:com.adobe.xmp", "SECRET")
    exif = Image.Exif()
    exif[0x010E] = "SECRET"
    exif.get_ifd(0x8825)[1] = "N"
    for content in (
        saved(picture(), pnginfo=about) + b"<script>SECRET</script>",
        saved(picture(), "JPEG", exif=exif.tobytes(), comment=b"SECRET", icc_profile=b"SECRET" * 30) + b"SECRET",
        saved(picture(), "GIF", comment=b"SECRET"),
        saved(picture(), "WEBP", exif=exif.tobytes(), xmp=b"SECRET"),
    ):
        assert b"SECRET" in content
        made = rewriting.rewrite(content).content
        assert b"SECRET" not in made
        assert set(opened(made).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_large_picture_is_made_smaller_and_keeps_its_proportions():
    made = rewriting.rewrite(saved(picture((5000, 2000))))
    assert (made.width, made.height) == (2400, 960)
    assert rewriting.rewrite(saved(picture((5000, 2000)), "JPEG")).width == 2400
    assert rewriting.rewrite(saved(picture((10, 9000)))).height == 4800


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "picture-kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "picture-kind"),
        (b"<!doctype html><script>alert(1)</script>", "picture-kind"),
        (b"%PDF-1.7", "picture-kind"),
        (b"\x89PNG\r\n\x1a\n", "picture-kind"),
        (b"P6\n1 1\n255\n\0\0\0", "picture-kind"),
        (saved(picture(), "TIFF"), "picture-kind"),
        (saved(picture(), "BMP"), "picture-kind"),
        (saved(picture(), "ICO"), "picture-kind"),
        (saved(picture(), "JPEG2000"), "picture-kind"),
        (saved(picture())[:60], "picture-broken"),
        (saved(picture((600, 400)), "JPEG")[:-400], "picture-broken"),
        (saved(picture(), "WEBP")[:60], "picture-kind"),
        (saved(picture())[:45] + bytes(40) + saved(picture())[85:], "picture-broken"),
        (png_head(300, 300)[:-40], "picture-broken"),
        (png_head(30_000, 30_000), "picture-too-large"),
        (png_head(2**31 - 1, 1), "picture-too-large"),
        (png_head(1, 30_000), "picture-too-large"),
        (b"GIF89a" + struct.pack("<HH", 65535, 65535) + saved(picture(), "GIF")[10:], "picture-too-large"),
        (webp_head(16384, 16384), "picture-too-large"),
        (bytes(10 * 2**20 + 1), "picture-too-large"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_code(content: bytes, code: str):
    with pytest.raises(RefusedError) as refused:
        rewriting.rewrite(content)
    assert refused.value.code == code


def test_what_was_written_here_is_written_again_however_large_it_is():
    noise = Image.frombytes("RGB", (WIDEST, TALLEST), random.Random(1).randbytes(3 * WIDEST * TALLEST))
    large = saved(noise, compress_level=1)
    assert rewriting.MOST_BYTES < len(large) < MOST_KEPT
    with pytest.raises(RefusedError):
        rewriting.rewrite(large)
    kept = rewriting.rewrite(large, was_kept=True)
    assert (kept.width, kept.height) == (WIDEST, TALLEST)
    assert rewriting.rewrite(kept.content, was_kept=True) == kept


MEASURED = """
import re, sys
from pathlib import Path
from core.refused import RefusedError
from notebook import rewriting
from notebook.export.pixels import MOST_KEPT, TALLEST, WIDEST
try:
    rewriting.rewrite(sys.stdin.buffer.read())
except RefusedError as refused:
    print(refused.code)
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.parametrize(
    "content",
    [png_head(6000, 6000), bomb(3), saved(Image.new("1", (6300, 6300))), webp_head(16383, 16383)],
    ids=["half-a-png", "gif", "bits", "webp"],
)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell the most memory")
def test_a_bomb_takes_bounded_memory(content: bytes):
    assert len(content) < 200_000
    done = subprocess.run([sys.executable, "-c", MEASURED], cwd=ROOT, input=content, capture_output=True, check=True)
    *_, megabytes = done.stdout.split()
    assert int(megabytes) < 450


def scanned(scans: int, side: int) -> bytes:
    """A JPEG that goes over its pixels so often, in which a scan is nothing but its head."""

    def segment(kind: int, data: bytes) -> bytes:
        return bytes([0xFF, kind]) + struct.pack(">H", len(data) + 2) + data

    head = b"\xff\xd8" + segment(0xDB, bytes([0] + [1] * 64))
    head += segment(0xC2, struct.pack(">BHHB", 8, side, side, 1) + bytes([1, 0x11, 0]))
    for table in (0x00, 0x10):
        head += segment(0xC4, bytes([table, 1] + [0] * 15 + [0]))
    return head + segment(0xDA, bytes([1, 1, 0, 1, 63, 0])) * scans + b"\xff\xd9"


@pytest.mark.parametrize(("scans", "side"), [(101, 60), (60, 6000), (5000, 600)])
def test_a_jpeg_of_more_scans_than_a_program_writes_is_not_decoded(
    scans: int, side: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rewriting, "_written", lambda _image: pytest.fail("it is decoded"))
    with pytest.raises(RefusedError) as refused:
        rewriting.rewrite(scanned(scans, side))
    assert refused.value.code == "picture-broken"


def test_scans_are_counted_and_not_what_only_looks_like_one():
    photo = saved(Image.effect_noise((300, 200), 90), "JPEG", progressive=True, comment=b"\xff\xda" * 500)
    assert rewriting._scans(photo) < 12
    assert rewriting._scans(photo + b"\xff\xda" * 500) < 12
    assert rewriting._scans(scanned(40, 60)) == 40
    rewriting.rewrite(photo + b"\xff\xda" * 500)


@pytest.mark.parametrize("kind", ["zTXt", "iTXt", "iCCP"])
def test_of_a_png_whose_text_unpacks_to_megabytes_the_picture_is_taken_and_the_text_is_not_unpacked(kind: str):
    megabytes, more = "x" * 90_000_000, {}
    about = PngImagePlugin.PngInfo()
    if kind == "zTXt":
        about.add_text("a", megabytes, zip=True)
    elif kind == "iTXt":
        about.add_itxt("a", megabytes, zip=True)
    else:
        more["icc_profile"] = megabytes.encode()
    content = saved(picture(), pnginfo=about, **more)
    del megabytes, more
    assert kind.encode() in content
    assert len(content) < 200_000
    tracemalloc.start()
    made = rewriting.rewrite(content)
    assert tracemalloc.get_traced_memory()[1] < 10 * 2**20
    tracemalloc.stop()
    assert made == rewriting.rewrite(saved(picture()))


def test_the_same_picture_has_the_same_bytes():
    content = saved(picture(), "JPEG")
    assert rewriting.rewrite(content) == rewriting.rewrite(content)
