"""A report as Markdown, with its pictures in files beside it. No IO.

Whoever shows it may know more of Markdown than the notebook's page, as HTML: what is text on the page is text there.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from notebook.export import qr
from notebook.export.pixels import ending
from notebook.export.report import Progress, Report, is_numeric, nobody, printable, shortened
from notebook.markdown import portable
from notebook.reading import AnyBlock, Figure, Heading, Picture, Sentence, Table, Text, text_of

MOST_ADDRESS = 6000  # characters of a link that stands there whole
_PIXELS = 3  # of a module of a QR code, which is shown pixel by pixel
_SIGNS = re.compile(r"([\\`*_\[\]<>#$|~&])")

Pictures = dict[str, bytes]  # by their names


def markdown(report: Report, progress: Progress = nobody) -> tuple[str, Pictures]:
    """The text, and the pictures by their names in it."""
    document, files = report.document, Pictures()
    parts = [head(report)]
    for at, block in enumerate(document.blocks):
        written, pictures = of_block(report, block)
        parts.append(written)
        files |= pictures
        progress(at + 1, len(document.blocks))
    parts.append(end(report))
    return "\n\n".join(filter(None, map(printable, parts))) + "\n", files


def of_block(
    report: Report, block: AnyBlock, address: Callable[[str], str] = str, has_picture: bool = True
) -> tuple[str, Pictures]:
    """The text, and the pictures by their names. address: of a picture, by its name. has_picture: whether that of a
    figure is wanted."""
    said, parts, pictures = report.words, list[str](), Pictures()
    match block:
        case Heading():
            parts.append(f"{'#' * (block.level + 1)} {plain(block.text)}")
        case Text():
            parts.append(portable(block.text.strip()))
        case Sentence():
            parts.append(plain(block.text))
        case Figure() | Picture():
            caption = plain(report.numbered(block))
            content = report.picture(block)
            if has_picture and content:
                name = f"figures/{block.number}" if isinstance(block, Figure) else f"pictures/{block.picture}"
                name += f".{ending(content)}"
                pictures[name] = content
                parts.append(f"![{caption}]({address(name)})")
            elif not content:
                parts.append(said.undrawn)
            parts.append(f"**{caption}**")
        case Table():
            parts += [f"**{plain(report.numbered(block))}**", table(block)]
    if isinstance(block, Figure | Table) and block.place:
        url = report.link(block.place).replace("$", "%24")  # two of them are a formula to some programs
        if code := qr.png(url, _PIXELS):
            name = f"codes/{'table' if isinstance(block, Table) else 'figure'}-{block.number}.png"
            pictures[name] = code[0]
        parts.append(f"![{said.open_again}]({address(name)})" if code else said.no_code)
        shown = f"<{url}>" if len(url) <= MOST_ADDRESS else f"[{plain(shortened(url))}](<{url}>)"
        parts.append(f"{said.open_again}{said.colon}{shown}")
        parts.append(report.doubt(block))
    if isinstance(block, Figure | Table):
        parts.append(portable(block.note))
    return "\n\n".join(filter(None, parts)), pictures


def head(report: Report) -> str:
    """Title, and whose it is."""
    said = report.words
    about = ((said.name, report.name), (said.number, report.number), (said.date, report.date))
    lines = "  \n".join(f"{what}{said.colon}{plain(value)}" for what, value in about if value)
    return f"# {plain(report.document.title)}\n\n{lines}".rstrip()


def end(report: Report) -> str:
    said = report.words
    return f"## {said.how}\n\n{said.how_text}\n\n{said.versions}{said.colon}{plain(versions(report))}"


def versions(report: Report) -> str:
    return report.words.separator.join(f"{what} {which}" for what, which in report.versions)


def table(block: Table) -> str:
    columns = block.table.columns
    rules = ["---:" if is_numeric(block.table, at) else "---" for at in range(len(columns))]
    rows = [list(map(plain, columns)), rules, *([plain(text_of(value)) for value in row] for row in block.table.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def plain(text: str) -> str:
    """As Markdown that shows these signs, in one line."""
    return _SIGNS.sub(r"\\\1", " ".join(printable(text).split()))
