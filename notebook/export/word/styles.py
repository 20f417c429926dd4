"""The styles of a report in Word: its own for headings, captions, lists and code, with the fonts that Chinese Word has.

Each has a Latin and a Chinese font: 宋体 for what is read, 黑体 for what stands out. A Word that lacks one takes
another.
"""

from __future__ import annotations

import re
from typing import Any, cast

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from notebook.pins import Language

SERIF, SANS, MONO = ("Times New Roman", "宋体"), ("Arial", "黑体"), ("Consolas", "宋体")
CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
BODY_POINTS: dict[Language, float] = {"en": 11, "zh": 12}
TEXT_CM = 16.0  # between the margins of A4
HEADINGS = (16, 14, 12.5, 12, 11.5, 11)  # points
DEEPEST = 9  # levels of a list, as Word counts them
_BLACK, _GREY, _BLUE = RGBColor(0, 0, 0), RGBColor(0x59, 0x59, 0x59), RGBColor(0x05, 0x63, 0xC1)


def set_up(document: Document, language: Language) -> None:
    """Page and styles of an empty document."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm((21 - TEXT_CM) / 2)
    section.top_margin = section.bottom_margin = Cm(2.5)
    section.footer_distance = Cm(1.3)
    size = BODY_POINTS[language]
    _take_away(document)
    _defaults(document)
    normal = _of(document, "Normal")
    _dress(normal, SERIF, size)
    _space(normal, after=6, line=1.3)
    body = _of(document, "Body Text")
    _dress(body, SERIF, size)
    _space(body, after=6, line=1.3 if language == "en" else 1.4)
    if language == "zh":
        _indent(body, firstLineChars="200", firstLine=str(int(2 * size * 20)))
    for level, points in enumerate(HEADINGS, 1):
        heading = _of(document, f"Heading {level}")
        _dress(heading, SANS, points, bold=True, italic=False)
        _space(heading, before=18 if level == 1 else 12, after=8 if level == 1 else 4, line=1.2)
        heading.paragraph_format.keep_with_next = heading.paragraph_format.keep_together = True
    title = _of(document, "Title")
    _dress(title, SANS, 24, bold=True)
    _space(title, before=110, after=36, line=1.3)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for border in title.element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)
    _special(document, size)
    _lists(document)
    _table_style(document)


def _special(document: Document, size: float) -> None:
    """Those of captions, pictures, code, quotations, tables, links and contents."""
    caption = _of(document, "Caption")
    _dress(caption, SERIF, size - 1.5, bold=False)
    _space(caption, before=4, after=6, line=1.2)
    caption.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.keep_together = True
    figure = _of(document, "Figure")
    _space(figure, before=8, after=2, line=1)
    figure.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    figure.paragraph_format.keep_with_next = True
    formula = _of(document, "Formula")
    _space(formula, before=6, after=14, line=1)  # a table below has no space of its own
    formula.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    code = _of(document, "Code")
    _dress(code, MONO, 9.5)
    _space(code, after=8, line=1.1)
    code.paragraph_format.left_indent = code.paragraph_format.right_indent = Cm(0.2)
    _add_in_order(code, _borders("F4F4F4", top=4, left=4, bottom=4, right=4))
    _add_in_order(code, _shade("F4F4F4"))
    quote = _of(document, "Quote")
    _dress(quote, SERIF, size, italic=False, color=_GREY)
    _space(quote, after=6, line=1.3)
    quote.paragraph_format.left_indent = Cm(0.8)
    _add_in_order(quote, _borders("BFBFBF", size=18, left=8))
    cell = _of(document, "Table Text")
    _dress(cell, SERIF, size - 1.5)
    _space(cell, before=2, after=2, line=1.1)
    link = _of(document, "Figure Link")
    _dress(link, SERIF, 9, color=_GREY)
    _space(link, line=1.1)
    for level in (1, 2, 3):
        entry = _of(document, f"TOC {level}")
        _dress(entry, SERIF, size)
        _space(entry, after=2, line=1.3)
        entry.paragraph_format.left_indent = Cm(0.8 * (level - 1))
    contents = _of(document, "TOC Heading")
    _dress(contents, SANS, 14, bold=True)
    _space(contents, before=30, after=8, line=1.2)
    contents.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer = _of(document, "Footer")
    _dress(footer, SERIF, 9)
    footer.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    hyperlink = document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    hyperlink.font.color.rgb, hyperlink.font.underline = _BLUE, True
    inline = document.styles.add_style("Code Inline", WD_STYLE_TYPE.CHARACTER)
    _fonts(inline.element.get_or_add_rPr(), MONO)
    inline.font.size = Pt(size - 1)


def _of(document: Document, name: str) -> ParagraphStyle:
    """Word's own style of that name, or a new one on Normal."""
    if name not in document.styles:
        made = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = document.styles["Normal"]
        made.quick_style = True
    return cast(ParagraphStyle, document.styles[name])


def _dress(
    style: ParagraphStyle,
    fonts: tuple[str, str],
    points: float,
    bold: bool | None = None,
    italic: bool | None = None,
    color: RGBColor = _BLACK,
) -> None:
    _fonts(style.element.get_or_add_rPr(), fonts)
    style.font.size, style.font.bold, style.font.italic, style.font.color.rgb = Pt(points), bold, italic, color


def _fonts(properties: Any, fonts: tuple[str, str]) -> None:
    """By name and not by theme: the same in every Word."""
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    element = properties.get_or_add_rFonts()
    latin, chinese = fonts
    for script, name in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", chinese)):
        element.set(qn(f"w:{script}"), name)


def _space(style: ParagraphStyle, before: float = 0, after: float = 0, line: float = 1) -> None:
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.MULTIPLE, line
    layout.widow_control = True


def _indent(style: ParagraphStyle, **values: str) -> None:
    element = style.element.get_or_add_pPr().get_or_add_ind()
    for name, value in values.items():
        element.set(qn(f"w:{name}"), value)


def _take_away(document: Document) -> None:
    """The hundred styles of tables that the template has, which would be in every report."""
    for style in list(document.styles.element.style_lst):
        if style.type == WD_STYLE_TYPE.TABLE and style.styleId != "TableNormal":
            document.styles.element.remove(style)


def _defaults(document: Document) -> None:
    """What a run has without any style."""
    (defaults,) = document.styles.element.findall(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    _fonts(defaults, SERIF)
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    defaults.append(language)


def _add_in_order(style: ParagraphStyle, element: Any) -> None:
    """Borders and shades stand before these, or Word calls the document damaged."""
    after = ("shd", "tabs", "suppressAutoHyphens", "spacing", "ind", "contextualSpacing", "jc", "outlineLvl")
    style.element.get_or_add_pPr().insert_element_before(element, *(f"w:{name}" for name in after))


def _shade(color: str) -> Any:
    return parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{color}"/>')


def _borders(color: str, size: int = 4, **spaces: int) -> Any:
    """spaces: how many points are between the text and the line at each side that has one."""
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="{space}" w:color="{color}"/>'
        for side, space in spaces.items()
    )
    return parse_xml(f"<w:pBdr {nsdecls('w')}>{lines}</w:pBdr>")


def _table_style(document: Document) -> None:
    """Three lines: above the head, below it, and at the end."""

    def line(where: str, size: int) -> str:
        return f'<w:{where} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'

    document.styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="ReportTable">'
            '<w:name w:val="Report Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/>'
            f'<w:tblPr><w:jc w:val="center"/><w:tblBorders>{line("top", 12)}{line("bottom", 12)}</w:tblBorders>'
            '<w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr>'
            f"<w:tcPr><w:tcBorders>{line('top', 12)}{line('bottom', 6)}</w:tcBorders></w:tcPr></w:tblStylePr>"
            "</w:style>"
        )
    )


# --- lists ------------------------------------------------------------------------------------------------------------

BULLETS, NUMBERS = 90, 91  # the kinds of lists


def _lists(document: Document) -> None:
    """The two kinds of lists, each with the levels that Word knows."""
    numbering = document.part.numbering_part.element
    first = numbering.find(qn("w:num"))
    for kind in (BULLETS, NUMBERS):
        levels = "".join(_level(kind, level) for level in range(DEEPEST))
        made = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{kind}"><w:multiLevelType w:val="multilevel"/>'
            f"{levels}</w:abstractNum>"
        )
        first.addprevious(made) if first is not None else numbering.append(made)


def _level(kind: int, level: int) -> str:
    if kind == BULLETS:
        form, text, font = "bullet", "•◦▪"[level % 3], '<w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial"/></w:rPr>'
    else:
        form, text, font = ("decimal", "lowerLetter", "lowerRoman")[level % 3], f"%{level + 1}.", ""
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{420 * (level + 1)}" w:hanging="360"/></w:pPr>{font}</w:lvl>'
    )


def new_list(document: Document, is_ordered: bool, start: int = 1) -> int:
    """The number of a list of its own, whose numbers begin anew."""
    made = document.part.numbering_part.element.add_num(NUMBERS if is_ordered else BULLETS)
    for level in range(DEEPEST):
        made.add_lvlOverride(level).add_startOverride(start if level == 0 else 1)
    return int(made.numId)
