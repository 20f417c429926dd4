"""Set Playlab up in `.venv`: packages, browser files, the compiled kernel. `make run` and `make test` call this first.

    python3 scripts/install.py          what the server needs
    python3 scripts/install.py --dev    and, on top, what the tests need

A step leaves a stamp in `.venv` holding a hash of the files it read; while those are unchanged it is not done again, so
a second call takes a fraction of a second. Standard library only, since nothing is installed yet. It may not name a
package host: pip and npm know where packages come from.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)


class SetupError(Exception):
    """Set-up cannot go on; the message says why and what to do."""


@dataclass(frozen=True)
class Step:
    """A command that need not be run again until a file it reads changes or one it writes is missing."""

    name: str
    command: tuple[str, ...]  # arguments for the environment's Python
    reads: tuple[str, ...]  # patterns of paths below the root
    writes: tuple[str, ...] = ()
    note: str = ""  # shown when it runs
    otherwise: tuple[str, ...] = ()  # arguments where the command fails

    def fingerprint(self, root: Path) -> str:
        digest = hashlib.sha256()
        for path in sorted(path for pattern in self.reads for path in root.glob(pattern)):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()

    def run(self, root: Path, python: Path, stamps: Path) -> bool:
        """Run the command if it is due and return whether it was. SetupError if it fails; then it stays due."""
        stamp = stamps / self.name
        fingerprint = self.fingerprint(root)
        written = all((root / path).exists() for path in self.writes)
        if written and stamp.exists() and stamp.read_text() == fingerprint:
            return False
        stamp.unlink(missing_ok=True)
        print(f"[set-up] {self.name}{self.note and f' ({self.note})'}", flush=True)
        if not self._succeeds(root, python):
            raise SetupError(f"{self.name}: failed, see above")
        stamps.mkdir(exist_ok=True)
        stamp.write_text(fingerprint)
        return True

    def _succeeds(self, root: Path, python: Path) -> bool:
        if subprocess.run([python, *self.command], cwd=root).returncode == 0:
            return True
        if not self.otherwise:
            return False
        print(f"[set-up] {self.name}: that did not work; now {' '.join(self.otherwise)}", flush=True)
        return subprocess.run([python, *self.otherwise], cwd=root).returncode == 0


LOCK = "requirements.lock"


def pip_install(requirements: str, *options: str) -> tuple[str, ...]:
    return ("-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-r", requirements, *options)


PACKAGES = Step(
    "packages",
    pip_install("requirements.txt", "-c", LOCK),
    reads=("requirements.txt", LOCK),
    note="the first time some 3 GB, nearly all of it PyTorch",
    otherwise=pip_install("requirements.txt"),  # a newer Python may have no wheels of these releases
)
BROWSER_FILES = Step(
    "browser files",
    ("scripts/vendor.py",),
    reads=("package.json", "package-lock.json", "scripts/vendor.py"),
    writes=("static/vendor/plotly.min.js", "static/vendor/socket.io.min.js", "node_modules/axe-core/axe.min.js"),
)
KERNEL = Step(
    "compiled kernel",
    ("-m", "playground", "warm"),
    reads=("requirements.txt", LOCK, "playground/**/*.py"),
)
TEST_PACKAGES = Step(
    "packages for the tests",
    pip_install("requirements-dev.txt", "-c", LOCK),
    reads=("requirements.txt", "requirements-dev.txt", LOCK),
    otherwise=pip_install("requirements-dev.txt"),
)
TOOLS = Step(
    "tools for JavaScript and CSS",
    ("scripts/vendor.py", "tools"),
    reads=("tools/package.json", "tools/package-lock.json", "scripts/vendor.py"),
    writes=("tools/node_modules/eslint/package.json",),
)


def check_python() -> None:
    """SetupError unless this Python is new enough and able to make an environment."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        raise SetupError(
            f"Python {wanted} or newer is needed, this is {sys.version.split()[0]} ({sys.executable}).\n"
            f"Name another one: make run PYTHON=python{wanted}"
        )
    # Debian splits these off; without them `python3 -m venv` leaves half an environment behind.
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise SetupError("This Python cannot make an environment. On Debian or Ubuntu: apt install python3-venv")


def environment(root: Path) -> Path:
    """The environment's Python. Makes `.venv` where there is none, or anew where its Python no longer works."""
    python = root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    # Importing pip also fails when the system's Python has been upgraded below the environment.
    if not (python.exists() and subprocess.run([python, "-c", "import pip"], capture_output=True).returncode == 0):
        check_python()
        print("[set-up] .venv", flush=True)
        if subprocess.run([sys.executable, "-m", "venv", "--clear", root / ".venv"]).returncode != 0:
            raise SetupError(".venv: could not be made, see above")
    return python


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Set Playlab up in .venv; does only what is not done yet.")
    parser.add_argument("--dev", action="store_true", help="also install what the tests need")
    args = parser.parse_args(argv)
    steps = [PACKAGES, BROWSER_FILES, KERNEL] + ([TEST_PACKAGES, TOOLS] if args.dev else [])
    try:
        python = environment(ROOT)
        for step in steps:
            step.run(ROOT, python, ROOT / ".venv" / "stamps")
    except SetupError as error:
        print(f"[set-up] {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
