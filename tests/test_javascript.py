"""The JavaScript unit tests of tests/js, run by Node.js's own test runner, one file a test here."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "tests" / "js").rglob("*.test.*js"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT / "tests" / "js").as_posix())
def test_javascript_units_pass(path: Path, node: str):
    environment = os.environ | {"PYTHON": sys.executable}  # for what is held against the server's own code
    result = subprocess.run(
        [node, "--test", "--test-reporter=tap", path],
        cwd=ROOT, capture_output=True, text=True, timeout=100, env=environment,
    )  # fmt: skip
    passed = re.search(r"^# pass (\d+)$", result.stdout, re.MULTILINE)
    assert result.returncode == 0, result.stdout + result.stderr
    assert passed is not None, result.stdout
    assert int(passed[1]) > 0, f"{path.name} tests nothing"
