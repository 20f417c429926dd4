"""Reports on paper: a Word document as LibreOffice has it, and what is on the pages of a PDF."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from support.processes import program


@dataclass(frozen=True)
class Image:
    """page: from 1. width, height: pixels."""

    page: int
    width: int
    height: int


class Pdf:
    def __init__(self, path: Path):
        self._path = path

    @property
    def pages(self) -> int:
        return int(re.search(r"^Pages: +(\d+)$", _said("pdfinfo", self._path), re.MULTILINE)[1])

    @property
    def fonts(self) -> dict[str, bool]:
        """Whether each is in the file, so that every machine shows the same."""
        lines = _said("pdffonts", self._path).splitlines()[2:]
        return {line.split()[0]: line.split()[-5] == "yes" for line in lines}

    @property
    def images(self) -> list[Image]:
        """In their order; a picture that goes over two pages would be on both."""
        rows = [line.split() for line in _said("pdfimages", "-list", self._path).splitlines()[2:]]
        return [Image(int(row[0]), int(row[3]), int(row[4])) for row in rows if row[2] == "image"]

    def text(self, page: int | None = None) -> str:
        """Without the spaces and lines that paper only seems to have. Some signs look alike and share a shape in a
        font: each comes as the usual one."""
        chosen = [] if page is None else ["-f", page, "-l", page]
        text = unicodedata.normalize("NFKC", _said("pdftotext", *chosen, self._path, "-"))
        return "".join(text.split())


def as_pdf(document: bytes, folder: Path) -> Pdf:
    """By LibreOffice, with settings of its own: one that is open on this machine is not asked."""
    path = folder / "report.docx"
    path.write_bytes(document)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program("soffice"), profile, "--headless", "--convert-to", "pdf", "--outdir", folder, path]
    subprocess.run(command, check=True, capture_output=True, timeout=110)
    return Pdf(folder / "report.pdf")


def _said(name: str, *arguments: object) -> str:
    command = [program(name), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout
