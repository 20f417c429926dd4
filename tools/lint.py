"""Checks the page's JavaScript and CSS: likely mistakes, types (JSDoc), their form, and that they need no newer browser
than package.json's `browserslist` names. With `--fix` it puts them into their form: `make format`."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "tools" / "node_modules"
FORMAT = (MODULES / "prettier" / "bin" / "prettier.cjs", "--config", "tools/prettier.config.js", "--log-level=warn")
FORMATTED = ("static/{js,css}/**/*.{js,css}", "tests/{js,firefox}/**/*.js", "tools/*.{js,ts}")
COMMANDS = (
    (MODULES / "eslint" / "bin" / "eslint.js", "--config", "tools/eslint.config.js", "static/js"),
    (MODULES / "stylelint" / "bin" / "stylelint.mjs", "--config", "tools/stylelint.config.js", "static/css/**/*.css"),
    (MODULES / "typescript" / "bin" / "tsc", "--project", "tools/tsconfig.json"),
    (*FORMAT, "--check", *FORMATTED),
)


def main(arguments: list[str] | None = None) -> int:
    """The number of checkers that found something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fix", action="store_true", help="put the files into their form instead")
    options = parser.parse_args(arguments)
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    node = shutil.which("node", path=path)
    if node is None:
        print("no Node.js: make setup installs it", file=sys.stderr)
        return 1
    commands = [(*FORMAT, "--write", *FORMATTED)] if options.fix else COMMANDS
    return sum(subprocess.run([node, *command], cwd=ROOT).returncode != 0 for command in commands)


if __name__ == "__main__":
    sys.exit(main())
