"""A report as a web page: one file without scripts. The page that a browser prints shows the same.

Everything that somebody has typed comes through `markdown.to_html` or `escape`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from notebook import markdown, words
from notebook.export import pixels, qr
from notebook.export.report import Progress, Report, beside, is_numeric, nobody, printable, shortened, wide
from notebook.export.text import versions
from notebook.reading import AnyBlock, Figure, Heading, Picture, Sentence, Table, Text, text_of

STYLE = Path(__file__).resolve().parents[2] / "static" / "css" / "pages" / "report.css"
# A browser lets no script run and loads nothing, whatever got into the file.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write(report: Report, progress: Progress = nobody) -> bytes:
    """The whole page, pictures and style in it."""
    title = escape(printable(report.document.title))
    content = _body(report, progress)
    return f"""<!doctype html>
<html lang="{words.TAGS[report.document.language]}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="author" content="{escape(printable(report.name))}">
<title>{title}</title>
<style>
{STYLE.read_text(encoding="utf-8")}</style>
</head>
<body>
{content}
</body>
</html>
""".encode()


def _body(report: Report, progress: Progress) -> str:
    blocks, parts = report.document.blocks, [_title(report)]
    for at, block in enumerate(blocks):
        parts.append(_block(report, block, at))
        progress(at + 1, len(blocks))
    parts.append(_end(report))
    return f'<main class="report" lang="{words.TAGS[report.document.language]}">\n{"".join(parts)}</main>'


def _title(report: Report) -> str:
    said = report.words
    about = ((said.name, report.name), (said.number, report.number), (said.date, report.date))
    rows = "".join(f'<tr><th scope="row">{_said(what)}</th><td>{_said(value)}</td></tr>\n' for what, value in about)
    headings = [
        f'<li class="level-{one.level}"><a href="#h-{at}">{_said(one.text)}</a></li>\n'
        for at, one in enumerate(report.document.blocks)
        if isinstance(one, Heading) and one.level < 3
    ]
    contents = f"<nav>\n<h2>{_said(said.contents)}</h2>\n<ul>\n{''.join(headings)}</ul>\n</nav>\n"
    nav = contents if len(headings) > 2 else ""
    return f"<header>\n<h1>{_said(report.document.title)}</h1>\n<table>\n{rows}</table>\n{nav}</header>\n"


def _block(report: Report, block: AnyBlock, at: int) -> str:
    match block:
        case Heading():
            tag = f"h{block.level + 1}"
            return f'<{tag} id="h-{at}">{_said(block.text)}</{tag}>\n'
        case Text():
            return markdown.to_html(printable(block.text))
        case Sentence():
            return f"<p>{_said(block.text)}</p>\n"
        case Figure() | Picture():
            return _figure(report, block)
        case Table():
            return _table(report, block)
    return ""


def _figure(report: Report, block: Figure | Picture) -> str:
    caption, picture = escape(report.numbered(block)), f"<p>{_said(report.words.undrawn)}</p>\n"
    content = report.picture(block)
    if content and (size := pixels.size(content)):
        address, (width, height) = f"data:{pixels.mime(content)};base64,{b64encode(content).decode()}", size
        centimetres = wide((width, height), isinstance(block, Picture))
        picture = (
            f'<img src="{address}" alt="{caption}" width="{width}" height="{height}" '
            f'style="width: {centimetres:.2f}cm">\n'
        )
    figure = f"<figure>\n{picture}<figcaption>{caption}</figcaption>\n"
    if isinstance(block, Picture):
        return f"{figure}</figure>\n"
    return f"{figure}{_again(report, block)}</figure>\n{_note(block.note)}"


def _table(report: Report, block: Table) -> str:
    table = block.table
    classes = [' class="number"' if is_numeric(table, at) else "" for at in range(len(table.columns))]

    def row(tag: str, texts: Sequence[str], columns: Iterable[int]) -> str:
        cells = (f"<{tag}{classes[at]}>{_said(texts[at])}</{tag.split()[0]}>" for at in columns)
        return f"<tr>{''.join(cells)}</tr>\n"

    def part(columns: list[int]) -> str:
        head = row('th scope="col"', table.columns, columns)
        rows = "".join(row("td", [text_of(value) for value in one], columns) for one in table.rows)
        return f"<table>\n<thead>\n{head}</thead>\n<tbody>\n{rows}</tbody>\n</table>\n"

    tables = "".join(map(part, beside(len(table.columns))))
    again = _again(report, block) if block.place else ""
    return (
        f'<figure class="{"long " if len(table.rows) > 15 else ""}table">\n'
        f"<figcaption>{escape(report.numbered(block))}</figcaption>\n"
        f"{tables}{again}</figure>\n" + _note(block.note)
    )


def _note(text: str) -> str:
    return f'<div class="note">{markdown.to_html(printable(text))}</div>\n' if text.strip() else ""


def _again(report: Report, block: Figure | Table) -> str:
    """What opens it again."""
    said, link = report.words, report.link(block.place)
    code = qr.svg(link)
    missing = "".join(f"<br>{_said(why)}" for why in ("" if code else said.no_code, report.doubt(block)) if why)
    return (
        f'<div class="again">{code or ""}<p>{_said(said.open_again)}{missing}<br>'
        f'<a href="{escape(link)}" rel="noopener noreferrer">{escape(shortened(link))}</a></p></div>\n'
    )


def _end(report: Report) -> str:
    said, origin = report.words, escape(report.origin)
    return (
        f"<footer>\n<h2>{_said(said.how)}</h2>\n<p>{_said(said.how_text)}</p>\n"
        f"<p>{_said(said.versions + said.colon)}{_said(versions(report))}</p>\n"
        f'<p><a href="{origin}">{origin}</a></p>\n</footer>\n'
    )


def _said(text: str) -> str:
    return escape(printable(text))
