"""Markup that wants to run or load, and whether any of it is left in what a browser gets."""

from __future__ import annotations

from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from notebook import markdown

LOADING = {"src", "srcset", "data", "background", "poster", "action", "formaction", "xlink:href", "style", "id", "name"}
MARKUP = (
    "<script>alert(1)</script>", "<img src=//a.b/c onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=//a.b>",
    "<style>@import '//a'</style>", "<a href=javascript:alert(1)>", "javascript:alert(1)", "![a](http://a.b/c.png)",
    "[a](javascript:1)", "[a](data:text/html,b)", "[a](https://a.b 'c')", "[a](vbscript:b)", "<http://a.b>", "[a]",
    "<javascript:b>", "[a]: javascript:b", "<", ">", '"', "'", "&lt;", "&#x6a;avascript:", "$", "$$", "\\text{", "}",
    "\\href{javascript:a}{b}", "\\style{a}{b}", "\\class{a}{b}",
    "<math><mtext><table><mglyph><style><img src=x onerror=a>",
    "<!--", "-->", "<![CDATA[", "]]>",
    "`", "```", "\n", " ", "|", "|-|", "# ", "> ", "- ", "1. ", "*", "**", "~~", "\\",
    "\x00", "on", "=", "/",
)  # fmt: skip


class Reader(HTMLParser):
    """Notes what a browser would be told."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    handle_startendtag = handle_starttag


def tags_of(html: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.tags


def is_harmless(html: str) -> bool:
    for tag, attributes in tags_of(html):
        assert tag in markdown.TAGS, html
        assert not LOADING & attributes.keys(), html
        assert not any(name.startswith("on") for name in attributes), html
        assert "href" not in attributes or tag == "a", html
        assert tag != "a" or markdown.LINK.match(attributes.get("href") or "https://"), html
        assert tag != "a" or attributes["rel"] == "noopener noreferrer", html
    return True


def read_by_others(text: str) -> list[Token]:
    """All tokens of a Markdown text for a program that knows HTML, pictures and any address, as Jupyter does."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.validateLink = lambda _url: True
    dollarmath_plugin(parser, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    return [token for block in parser.parse(text) for token in (block, *(block.children or ()))]


def is_text_for_others(text: str) -> bool:
    """Whether such a program finds no HTML in it, no picture, and no link that the notebook's page has not."""
    found = read_by_others(text)
    links = [str(token.attrGet("href")) for token in found if token.type == "link_open"]
    return not {"html_inline", "html_block", "image"} & {token.type for token in found} and all(
        map(markdown.LINK.match, links)
    )
