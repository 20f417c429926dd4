"""The JavaScript unit tests of tests/js, run by Node.js's own test runner, one file a test here; wrong types."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.long import parametrize

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "tests" / "js").rglob("*.test.*js"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT / "tests" / "js").as_posix())
def test_javascript_units_pass(path: Path, node: str):
    environment = os.environ | {"PYTHON": sys.executable}  # for what is held against the server's own code
    result = subprocess.run(
        [node, "--test-reporter=tap", path],
        cwd=ROOT, capture_output=True, text=True, timeout=100, env=environment,
    )  # fmt: skip
    passed = re.search(r"^# pass (\d+)$", result.stdout, re.MULTILINE)
    assert result.returncode == 0, result.stdout + result.stderr
    assert passed is not None, result.stdout
    assert int(passed[1]) > 0, f"{path.name} tests nothing"


WRONG = {
    "an argument": 'import { say } from "{i18n}"; say(5, "state.lost");',
    "a member": 'import { h } from "{dom}"; h("p").showModal();',
    "a module's name": 'import { saye } from "{i18n}";',
    "what the browser has": "export const a = documnet;",
    "Socket.IO": 'window.io("/playground").emmit("open");',
}


@parametrize("what", WRONG, short=1)
def test_a_wrong_type_is_found(what: str, node: str, tmp_path: Path):
    script = WRONG[what]
    for name in ("i18n", "dom"):
        script = script.replace(f"{{{name}}}", str(ROOT / "static" / "js" / "base" / f"{name}.js"))
    (tmp_path / "wrong.js").write_text(script)
    tools = ROOT / "tools"
    files = [str(tmp_path / "wrong.js"), str(tools / "page.d.ts")]
    (tmp_path / "tsconfig.json").write_text(
        json.dumps({"extends": str(tools / "tsconfig.json"), "files": files, "include": []})
    )
    result = subprocess.run(
        [node, tools / "node_modules/typescript/bin/tsc", "--project", tmp_path],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert result.returncode != 0
    assert re.search(r"^\S*wrong\.js\(1,", result.stdout), result.stdout
