"""Which Playlab this is: one version, which the changelog and every report agree on."""

import io
import re
import zipfile
from pathlib import Path

import pytest

from core.version import VERSION, versions
from notebook.export import files
from support import reports

ROOT = Path(__file__).resolve().parents[2]


def test_it_is_the_changelogs():
    """Above a release there is what will be in the next."""
    text = (ROOT / "CHANGELOG.md").read_text()
    newest = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)[0]
    if newest == "Unreleased":
        assert re.fullmatch(r"\d+\.\d+\.\d+\.dev0", VERSION)
        assert re.search(rf"\b{re.escape(VERSION.removesuffix('.dev0'))}\b", text)
    else:
        assert newest == VERSION


@pytest.mark.parametrize("form", files.FORMATS)
def test_every_report_names_it_first(form):
    assert versions()[0] == ("Playlab", VERSION)
    pin = reports.pin(0)
    content = files.write(form, reports.report([pin]))
    if form in ("docx", "zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = archive.read("word/document.xml" if form == "docx" else "report.md")
    assert f"版本：Playlab {VERSION}、Python" in content.decode()
