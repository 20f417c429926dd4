"""What every measurement says beside its numbers, and how it gets into docs/performance.md."""

from __future__ import annotations

import datetime
import os
import platform
import re
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

_DOCS = Path(__file__).resolve().parent.parent / "docs"
DOCUMENT, SECURITY = _DOCS / "performance.md", _DOCS / "security.md"


def conditions(*packages: str, **more: str) -> str:
    """One line: date, machine, load, versions of `packages`, and `more`."""
    parts = [
        f"{datetime.date.today()}",  # noqa: DTZ011 - the day where the machine stands
        f"{os.cpu_count()} x {_processor()}",
        f"load {os.getloadavg()[0]:.1f} at the end",
        f"Python {platform.python_version()}",
        *(f"{package} {version(package)}" for package in packages),
        *(f"{name} {value}" for name, value in more.items()),
    ]
    return "Measured " + ", ".join(parts) + "."


def _processor() -> str:
    try:
        found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1].strip() if found else platform.machine()


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column to the left, numbers to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def rounded(value: float) -> str:
    """Three significant digits, in full."""
    return f"{float(f'{value:.3g}'):,.10g}"


def publish(section: str, text: str, *, write: bool, document: Path | None = None) -> None:
    """Prints `text`; with `write`, puts it between the marks of `section` in `document`, by default DOCUMENT."""
    print(text)
    if write:
        begin, end = f"<!-- {section} -->", f"<!-- end of {section} -->"
        path = document or DOCUMENT
        before, _, rest = path.read_text(encoding="utf-8").partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"no section {section} in {path}")
        path.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")
