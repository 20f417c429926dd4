"""Markdown with formulas, as safe HTML and as tokens. Light: it runs in the web process. No IO.

What is typed is what is seen: a new line stays one, HTML stays text, `**` works between Chinese characters too. There
are no pictures, as a notebook has cells for them, and links lead to http, https and mailto alone.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import nh3
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, emphasis
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

MOST_TEX = 1000  # characters of a formula; a longer one stays as it is typed
MOST_FORMULAS, MOST_ALL_TEX = 300, 8000  # formulas of a text, and characters in them; more stays as it is typed
MOST_CELLS = 2000  # of a text's tables; a table beyond that stays text
MOST_NESTED = 40  # braces in braces, which take the converter's stack
OF_TEXT_HEADINGS = 3  # the cells' headings are h1 to h3: those of a text come below

LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
CHINESE = re.compile("[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef“”‘’…—·]")

MATH = {
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "msub", "msup", "msubsup", "mfrac", "msqrt", "mroot",
    "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "none", "mtable", "mtr", "mtd", "mstyle",
    "mpadded", "mphantom", "menclose", "mfenced",
}  # fmt: skip
TAGS = MATH | {
    "p", "br", "hr", "h4", "h5", "h6", "em", "strong", "s", "a", "ul", "ol", "li", "blockquote", "pre", "code", "table",
    "thead", "tbody", "tr", "th", "td", "span", "div",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
    "math": {"display"},
    "mo": {"stretchy", "fence", "separator", "form", "movablelimits", "minsize", "maxsize", "lspace", "rspace"},
    "mi": {"mathvariant"},
    "mn": {"mathvariant"},
    "mtext": {"mathvariant"},
    "mstyle": {"displaystyle", "scriptlevel", "mathcolor"},
    "mspace": {"width", "height", "depth"},
    "mpadded": {"width", "height", "depth", "lspace", "voffset"},
    "mfrac": {"linethickness"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "munderover": {"accent", "accentunder"},
    "menclose": {"notation"},
    "mtable": {"columnalign", "rowspacing", "columnspacing", "columnlines", "rowlines", "displaystyle"},
    "mtd": {"columnalign", "rowspan", "columnspan"},
}
_BEGINNINGS = {*"<![$"}  # of HTML, pictures, links and formulas
_PLAIN = "plain"  # in markdown-it's environment: where those are in a line that are text
_MAYBE_TAG = re.compile(r"\n<(?![a-z][^<>\s]*[:@])", re.IGNORECASE)  # at the begin of a line; and no address
_LINE_ENDS = re.compile("\r\n?")
_CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style"},
    attributes=ATTRIBUTES,
    allowed_classes={"span": {"math", "inline", "block"}, "div": {"math", "block"}},
    set_tag_attribute_values={"a": {"target": "_blank"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer",
)


def to_html(text: str) -> str:
    """What a browser may be given: nothing in it runs, and nothing loads from elsewhere."""
    return _CLEANER.clean(_MARKDOWN.render(_readable(text)))


def tokens(text: str) -> list[Token]:
    """markdown-it's tokens, for what writes another form than HTML. Formulas are `math_inline`, `math_inline_double`
    and `math_block`, with their TeX as content; headings are h4 to h6; a column's `align` is an attribute of its
    cells; a new line is a `hardbreak`."""
    return _MARKDOWN.parse(_readable(text))


def portable(text: str) -> str:
    """The same Markdown for programs that know more of it, as HTML, pictures and addresses within a site: what is text
    here is text there too, and ends where it ends."""
    text = _LINE_ENDS.sub("\n", _readable(text)).replace("\0", "\ufffd")
    env: dict[str, Any] = {}
    parsed = _MARKDOWN.parse(text, env)
    written = [*text]
    for begun in _beginnings(text, parsed, env):
        if begun.is_text:
            written[begun.at] = f"\\{text[begun.at]}"
        elif begun.is_first:  # of a code span or a formula, which is joined to the line before
            before = text.rindex("\n", 0, begun.at)
            written[before : begun.at] = [" ", *[""] * (begun.at - before - 1)]
    return "".join(written) + _closing(text, parsed)


class _Beginning(NamedTuple):
    """A sign that begins markup, here or elsewhere. at: its place in the text. is_text: nothing begins there here.
    is_first: some programs take it for HTML, as it begins a line, before they see in what it is."""

    at: int
    is_text: bool
    is_first: bool


def _beginnings(text: str, parsed: Sequence[Token], env: dict[str, Any]) -> Iterator[_Beginning]:
    """Those outside of blocks of code. markdown-it tells in which lines a token is, and no more: what a token has of a
    sign is what these lines have of it, in turn."""
    lines = [0, *(at + 1 for at in _places("\n", f"{text}\n"))]
    passed: Counter[tuple[int, str]] = Counter()  # how many of a sign a table's cells before have had in this row
    for token in parsed:
        if token.type != "inline" or token.map is None:
            continue
        start, end = lines[token.map[0]], lines[token.map[1]]
        plain: list[int] = []
        _MARKDOWN.inline.parse(token.content, _MARKDOWN, {**env, _PLAIN: plain}, [])
        for sign in _BEGINNINGS & {*token.content}:
            within = _places(sign, token.content)
            typed = _places(sign, text[start:end])[passed[start, sign] :]
            passed[start, sign] += len(within)
            for at, place in zip(typed, within, strict=False):
                is_first = sign == "<" and _MAYBE_TAG.match(token.content, place - 1) is not None
                yield _Beginning(start + at, place in plain, is_first)


def _places(sign: str, text: str) -> list[int]:
    return [at for at, one in enumerate(text) if one == sign]


def _closing(text: str, parsed: Sequence[Token]) -> str:
    """What ends a block of code that is open at the end: what comes after this text would be in it."""
    if not parsed or parsed[-1].type != "fence" or not parsed[-1].map:
        return ""
    mark, first = parsed[-1].markup, parsed[-1].map[0]
    last = text.rstrip().split("\n")[first + 1 :][-1:]
    if last and re.fullmatch(f" {{0,3}}{mark}{mark[0]}*[ \t]*", last[0]):
        return ""
    return mark if text.endswith("\n") else f"\n{mark}"


def formula(tex: str, is_block: bool) -> str:
    """MathML; as it was typed, in <code>, where it is no formula."""
    nested = deepest = 0
    for sign in tex:
        nested += (sign == "{") - (sign == "}")
        deepest = max(deepest, nested)
    try:
        if len(tex) > MOST_TEX or deepest > MOST_NESTED or tex.count(r"\left") > MOST_NESTED:
            raise ValueError("no formula of a report")
        return convert(_safe_tex(tex), display="block" if is_block else "inline")
    except Exception:  # whatever a converter says to what is no formula
        return f"<code>{html.escape(tex)}</code>"


def _safe_tex(tex: str) -> str:
    """The converter takes what is in \\text as MathML: signs of markup are words there."""
    return re.sub(r"\\(text|mbox|textrm|textbf|textit)\{([^{}]*)\}", lambda m: f"\\{m[1]}{{{html.escape(m[2])}}}", tex)


def _readable(text: str) -> str:
    """Without half characters, which no HTML has."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _emphasis(state: StateInline, silent: bool) -> bool:
    """CommonMark asks for a space or a sign beside `**`, which Chinese does not have: **交叉熵(CrossEntropy)**作为."""
    start = state.pos
    if not emphasis.tokenize(state, silent):
        return False
    before = state.src[start - 1] if start else " "
    after = state.src[state.pos] if state.pos < state.posMax else " "
    if state.src[start] == "*" and (CHINESE.match(before) or CHINESE.match(after)):
        for delimiter in state.delimiters[start - state.pos :]:
            delimiter.open, delimiter.close = not after.isspace(), not before.isspace()
    return True


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """markdown-it fills what a row lacks, so that a short text may become a table of any size."""
    cells = state.env.get("cells", 0)
    if cells > MOST_CELLS or not table(state, start, end, True):
        return False
    columns = state.src[state.bMarks[start + 1] : state.eMarks[start + 1]].strip(" \t>|").count("|") + 1
    line = start
    while line < end and cells <= MOST_CELLS and not state.isEmpty(line):
        cells, line = cells + columns, line + 1
    if cells <= MOST_CELLS and silent:
        return True
    state.env["cells"] = cells
    return cells <= MOST_CELLS and table(state, start, end, False)


def _as_a_notebook_has_it(state: StateCore) -> None:
    _bound_formulas(state.tokens)
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + OF_TEXT_HEADINGS)}"
        elif token.type in ("th_open", "td_open") and "style" in token.attrs:
            token.attrs = {"align": str(token.attrs["style"]).removeprefix("text-align:")}
        for child in token.children or ():
            if child.type == "softbreak":
                child.type, child.tag = "hardbreak", "br"


def _bound_formulas(found: Sequence[Token]) -> None:
    count = letters = 0
    for token in (one for top in found for one in (top, *(top.children or ()))):
        if token.type.startswith("math_"):
            count, letters = count + 1, letters + len(token.content)
            if count > MOST_FORMULAS or letters > MOST_ALL_TEX:
                token.type, token.tag = ("code_block" if token.type == "math_block" else "code_inline"), "code"


def _note_plain(state: StateInline, silent: bool) -> bool:
    """The last rule: a sign at which no other begins anything is text."""
    if not silent and _PLAIN in state.env and state.src[state.pos] in _BEGINNINGS:
        state.env[_PLAIN].append(state.pos)
    return False


def _block_in_a_line(_self: object, tokens: Sequence[Token], at: int, _options: object, _env: object) -> str:
    """No <div>, which would end the paragraph."""
    return f'<span class="math block">{formula(tokens[at].content.strip(), is_block=True)}</span>'


def _made() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")

    def renderer(tex: str, options: dict[str, Any]) -> str:
        return formula(tex, options["display_mode"])

    dollarmath_plugin(
        made, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True, renderer=renderer
    )
    made.add_render_rule("math_inline_double", _block_in_a_line)
    made.inline.ruler.at("emphasis", _emphasis)
    made.inline.ruler.push("plain", _note_plain)
    made.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    made.core.ruler.push("notebook", _as_a_notebook_has_it)
    made.validateLink = lambda url: bool(LINK.match(url))  # type: ignore[method-assign]
    return made


_MARKDOWN = _made()
