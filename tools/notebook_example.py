"""Writes docs/example: the report of a student who has done the whole exercise, and its pages as pictures.

    python -m tools.notebook_example        # takes about three minutes; MNIST in data/, LibreOffice, Debian's fonts

The run is the exercise's own (`exercise-code`: SGD until an epoch changes the accuracy by less than 1e-4, which are 16
epochs), so that losses and accuracies are those of any machine with the same arithmetic. The fonts that Word has are
stood in for by Noto's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from playwright.sync_api import expect, sync_playwright

from core import arguments, signals
from support import paper
from support.browser import ARGUMENTS, find
from support.exercise import Exercise
from support.notebook_page import NotebookServer

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "docs" / "example"
DPI = 60
STAND_INS = {"宋体": "Noto Serif CJK SC", "黑体": "Noto Sans CJK SC"}
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>{}</fontconfig>
"""
STAND_IN = """<match target="pattern"><test name="family"><string>{}</string></test>
<edit name="family" mode="assign" binding="strong"><string>{}</string></edit></match>"""


def main(options: list[str] | None = None) -> None:
    arguments.Parser(prog="python -m tools.notebook_example", description=__doc__).parse_args(options)
    EXAMPLE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = NotebookServer(folder, arguments.path(os.environ.get("PLAYLAB_DATA") or str(ROOT / "data")))
        try:
            document = _written(server.url)
        finally:
            server.stop()
        _print(document, folder)


def _written(url: str) -> Path:
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox", *ARGUMENTS])
        page = browser.new_context(locale="zh-CN").new_page()
        student = Exercise(page, url)
        student.begin()
        student.fit()
        student.train("exercise-code", seconds=600)
        student.answer()
        return student.export("docx", EXAMPLE / "report.docx")


def _print(document: Path, folder: Path) -> None:
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS.format("".join(STAND_IN.format(*names) for names in STAND_INS.items())), encoding="utf-8")
    os.environ["FONTCONFIG_FILE"] = str(fonts)
    paper.as_pdf(document.read_bytes(), folder)
    for old in EXAMPLE.glob("page-*.png"):
        old.unlink()
    command = ["pdftoppm", "-r", str(DPI), "-png", folder / "report.pdf", EXAMPLE / "page"]
    subprocess.run(command, check=True, timeout=60)


if __name__ == "__main__":
    signals.end_in_order()
    main()
