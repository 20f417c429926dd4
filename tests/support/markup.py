"""Markup that wants to run or load, and whether any of it is left in what a browser gets."""

from __future__ import annotations

from html.parser import HTMLParser

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
