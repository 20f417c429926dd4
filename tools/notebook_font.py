"""Makes the font of the notebook's pictures from Debian's fonts-noto-cjk: `python -m tools.notebook_font`.

What is left of Noto Sans CJK SC are the signs of GB 2312, of European languages and of mathematics, without hints. It
gets a name of its own, so that it is never taken for a font of the system. Raised and lowered digits, which it lacks,
are made from its digits.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTCollection, TTFont

from core.arguments import Parser

SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
MADE = Path(__file__).resolve().parent.parent / "notebook" / "drawing" / "PlaylabSans-Regular.otf"
NAME = "Playlab Sans"

# Latin with its accents, Greek and Cyrillic, punctuation, signs of currencies, letterlike, arrows, mathematics, shapes.
BLOCKS = (
    (0x20, 0x17F), (0x370, 0x45F), (0x2000, 0x206F), (0x2070, 0x209F), (0x20AC, 0x20AC), (0x2100, 0x22FF),
    (0x25A0, 0x26FF), (0xFF00, 0xFFEF),
)  # fmt: skip
SHARE = 0.62  # of a raised or lowered digit in a digit
RAISED, LOWERED = 330, -130  # thousandths of an em
RAISED_SIGNS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+\N{MINUS SIGN}", strict=True))
LOWERED_SIGNS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+\N{MINUS SIGN}", strict=True))


def main(arguments: list[str] | None = None) -> None:
    Parser(prog="python -m tools.notebook_font", description=__doc__).parse_args(arguments)
    fonts = TTCollection(str(SOURCE)).fonts
    font = next(font for font in fonts if font["name"].getDebugName(1) == "Noto Sans CJK SC")
    options = subset.Options(hinting=False, layout_features=["kern"], name_IDs=[0, 13, 14], notdef_outline=True)
    options.drop_tables += ["vhea", "vmtx", "VORG", "DSIG", "BASE"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=_signs())
    subsetter.subset(font)
    for signs, height in ((RAISED_SIGNS, RAISED), (LOWERED_SIGNS, LOWERED)):
        for sign, of in signs.items():
            _add_small(font, sign, of, height)
    _rename(font)
    font["head"].modified = font["head"].created  # the same file every time
    font.recalcTimestamp = False
    font.save(MADE)
    print(f"{MADE}: {len(font.getBestCmap()):,} signs, {MADE.stat().st_size:,} bytes", file=sys.stderr)


def _signs() -> set[int]:
    pairs = (bytes([high, low]) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    chinese = {ord(text) for pair in pairs if len(text := pair.decode("gb2312", "ignore")) == 1}
    return chinese | {sign for first, last in BLOCKS for sign in range(first, last + 1)}


def _add_small(font: TTFont, sign: str, of: str, height: int) -> None:
    """Draws `of` smaller, at this height, as the glyph of `sign`. One that is there is drawn anew: all are alike."""
    names = font.getBestCmap()
    glyphs, top = font.getGlyphSet(), font["CFF "].cff.topDictIndex[0]
    of_name = names[ord(of)]
    width = round(glyphs[of_name].width * SHARE)
    pen = T2CharStringPen(width, glyphs)
    glyphs[of_name].draw(TransformPen(pen, (SHARE, 0, 0, SHARE, 0, height)))
    name = names.get(ord(sign), f"cid{65000 + ord(sign) % 128:05}")  # as all are called; no other has this number
    strings = top.CharStrings
    like = strings[of_name]
    made = pen.getCharString(private=like.private, globalSubrs=like.globalSubrs)
    if name in strings.charStrings:
        strings[name] = made
    else:
        font.setGlyphOrder([*font.getGlyphOrder(), name])
        strings.charStringsIndex.append(made)
        strings.charStrings[name] = len(strings.charStringsIndex) - 1
        top.charset.append(name)
        if hasattr(top, "FDSelect"):
            top.FDSelect.append(top.FDSelect[font.getGlyphID(of_name)])
        for table in font["cmap"].tables:
            if table.isUnicode() and table.format in (4, 12):
                table.cmap[ord(sign)] = name
    font["hmtx"][name] = (width, 0)


def _rename(font: TTFont) -> None:
    for number, text in ((1, NAME), (2, "Regular"), (4, f"{NAME} Regular"), (6, "PlaylabSans-Regular")):
        font["name"].setName(text, number, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = ["PlaylabSans-Regular"]
    top = cff.topDictIndex[0]
    top.FullName, top.FamilyName = f"{NAME} Regular", NAME


if __name__ == "__main__":
    main()
