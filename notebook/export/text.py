"""A report as Markdown, with its pictures in files beside it. No IO."""

from __future__ import annotations

import re

from notebook.export.pixels import ending
from notebook.export.report import Progress, Report, is_numeric, nobody, printable
from notebook.reading import Figure, Heading, Picture, Sentence, Table, Text, text_of

_SIGNS = re.compile(r"([\\`*_\[\]<>#$|~])")


def markdown(report: Report, progress: Progress = nobody) -> tuple[str, dict[str, bytes]]:
    """The text, and the pictures by their names in it."""
    document, files = report.document, dict[str, bytes]()
    parts = [head(report)]
    for at, block in enumerate(document.blocks):
        match block:
            case Heading():
                parts.append(f"{'#' * (block.level + 1)} {plain(block.text)}")
            case Text():
                parts.append(block.text.strip())
            case Sentence():
                parts.append(plain(block.text))
            case Figure() | Picture():
                parts += _figure(report, block, files)
            case Table():
                parts += [
                    f"**{plain(report.numbered(block))}**",
                    table(block),
                    *link(report, block.place),
                    block.note,
                ]
        progress(at + 1, len(document.blocks))
    parts.append(end(report))
    return "\n\n".join(filter(None, map(printable, parts))) + "\n", files


def head(report: Report) -> str:
    """Title, and whose it is."""
    said = report.words
    about = ((said.name, report.name), (said.number, report.number), (said.date, report.date))
    lines = "  \n".join(f"{what}{said.colon}{plain(value)}" for what, value in about if value)
    return f"# {plain(report.document.title)}\n\n{lines}".rstrip()


def end(report: Report) -> str:
    said = report.words
    return f"## {said.how}\n\n{said.how_text}\n\n{said.versions}{said.colon}{versions(report)}"


def versions(report: Report) -> str:
    return report.words.separator.join(f"{what} {which}" for what, which in report.versions)


def _figure(report: Report, block: Figure | Picture, files: dict[str, bytes]) -> list[str]:
    caption = plain(report.numbered(block))
    parts = [f"**{caption}**"]
    if content := report.picture(block):
        name = f"figures/{block.number}.{ending(content)}"
        files[name] = content
        parts.insert(0, f"![{caption}]({name})")
    return [*parts, *link(report, block.place), block.note] if isinstance(block, Figure) else parts


def link(report: Report, place: str) -> list[str]:
    return [f"[{report.words.open_again}](<{report.link(place)}>)"] if place else []


def table(block: Table) -> str:
    columns = block.table.columns
    rules = ["---:" if is_numeric(block.table, at) else "---" for at in range(len(columns))]
    rows = [list(map(plain, columns)), rules, *([plain(text_of(value)) for value in row] for row in block.table.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def plain(text: str) -> str:
    """As Markdown that shows these signs, in one line."""
    return _SIGNS.sub(r"\\\1", " ".join(printable(text).split()))
