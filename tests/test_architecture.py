"""Who may import whom, by the contracts of pyproject.toml; and that each style sheet is in the layer of its room."""

import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from support.processes import ROOT

# numpy and rq are imported when they are first used.
HEAVY = (
    "torch", "torchvision", "numba", "numpy", "rq", "matplotlib", "nbformat", "onnx", "safetensors", "scipy",
    "alembic", "mako", "psycopg", "PIL", "docx", "segno",
)  # fmt: skip
CSS = ROOT / "static" / "css"
LAYERS = "@layer tokens, base, parts, pages;"


def test_every_import_keeps_the_contracts():
    command = [str(Path(sysconfig.get_path("scripts")) / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_web_process_starts_without_what_computes_and_without_the_queue_of_others():
    script = f"import sys, app; print([name for name in {HEAVY} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout == "[]\n"


@pytest.mark.parametrize("path", sorted(CSS.rglob("*.css")), ids=lambda path: path.relative_to(CSS).as_posix())
def test_every_rule_of_a_style_sheet_is_in_the_layer_of_its_room(path):
    room = path.relative_to(CSS).with_suffix("").parts[0]
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S).replace(LAYERS, "")
    assert re.findall(r"^\S.*", text, flags=re.M) == [f"@layer {room} {{", "}"]


def test_the_order_of_the_layers_is_said_once_and_first():
    said = [path.name for path in CSS.rglob("*.css") if LAYERS in path.read_text(encoding="utf-8")]
    assert said == ["tokens.css"]
    template = (ROOT / "templates" / "base.html").read_text(encoding="utf-8")
    assert re.search(r"for sheet in \['([\w/]+)'", template)[1] == "tokens"


@pytest.mark.parametrize("page", ["playground", "lenet", "notebook", "error"])
def test_each_style_sheet_that_a_page_names_is_there(page):
    listed = r"'((?:parts|pages)/[\w-]+|tokens|base)'"
    template, base = ((ROOT / "templates" / f"{name}.html").read_text(encoding="utf-8") for name in (page, "base"))
    sheets = re.findall(listed, base) + re.findall(listed, template)
    assert [sheet for sheet in sheets if not (CSS / f"{sheet}.css").is_file()] == []
