"""Set Playlab up in `.venv`: packages, browser files, the compiled kernel. `make run` and `make test` call this first.

    python3 scripts/install.py                     what the server needs
    python3 scripts/install.py --dev               and, on top, what the tests need
    python3 scripts/install.py --torch-index URL   PyTorch without CUDA, from there (`packages.py` says more)
    python3 scripts/install.py --cuda              PyTorch with CUDA, though this machine has no NVIDIA driver

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
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts import packages
from scripts.packages import ROOT, say

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
    options: tuple[str, ...] = ()  # arguments on top: done again where the last call had others, but not without any

    def fingerprint(self, root: Path) -> str:
        digest = hashlib.sha256()
        for path in sorted(path for pattern in self.reads for path in root.glob(pattern)):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()

    def _stamp(self, root: Path) -> str:
        """Options by their hash: there may be a password in them."""
        return f"{self.fingerprint(root)}\n{hashlib.sha256(repr(self.options).encode()).hexdigest()}"

    def is_due(self, root: Path, stamps: Path) -> bool:
        stamp = stamps / self.name
        if not (stamp.exists() and all((root / path).exists() for path in self.writes)):
            return True
        stamped = stamp.read_text()
        return stamped != self._stamp(root) if self.options else stamped.split("\n")[0] != self.fingerprint(root)

    def run(self, root: Path, python: Path, stamps: Path, which: str = "") -> bool:
        """Run the command if it is due and return whether it was. SetupError if it fails; then it stays due.

        which: this step among those to be done, to be printed
        """
        if not self.is_due(root, stamps):
            return False
        stamp = stamps / self.name
        stamp.unlink(missing_ok=True)
        say(f"{which}{self.name}")
        if subprocess.run([python, *self.command, *self.options], cwd=root).returncode != 0:
            raise SetupError(f"{self.name}: failed, see above")
        stamps.mkdir(exist_ok=True)
        stamp.write_text(self._stamp(root))
        return True


LOCK = packages.LOCK.name
PACKAGES = Step(
    "packages",
    ("scripts/packages.py",),
    reads=("requirements.txt", LOCK),
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
    ("scripts/packages.py", "--dev"),
    reads=("requirements.txt", "requirements-dev.txt", LOCK),
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


def python_of(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def works(python: Path) -> bool:
    """Whether it is there and has pip, which also fails when the system's Python has been upgraded below it."""
    return python.exists() and subprocess.run([python, "-c", "import pip"], capture_output=True).returncode == 0


def set_up(root: Path, steps: list[Step]) -> None:
    """Do what is due, and say of each which one of how many it is. SetupError where that is not possible."""
    environment = root / ".venv"
    python, stamps = python_of(environment), environment / "stamps"
    due, first = [step for step in steps if step.is_due(root, stamps)], 1
    if not works(python):
        check_python()
        due, first = steps, 2
        say(f"1 of {len(steps) + 1}: .venv")
        if subprocess.run([sys.executable, "-m", "venv", "--clear", environment]).returncode != 0:
            raise SetupError(".venv: could not be made, see above")
    for number, step in enumerate(due, first):
        step.run(root, python, stamps, f"{number} of {len(due) + first - 1}: ")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Set Playlab up in .venv; does only what is not done yet.")
    parser.add_argument("--dev", action="store_true", help="also install what the tests need")
    torch = parser.add_mutually_exclusive_group()
    torch.add_argument(
        "--torch-index",
        metavar="URL",
        help="take PyTorch without CUDA from this package index; also PLAYLAB_TORCH_INDEX",
    )
    torch.add_argument("--cuda", action="store_true", help="take PyTorch with CUDA though there is no NVIDIA driver")
    args = parser.parse_args(argv)
    index = args.torch_index or os.environ.get("PLAYLAB_TORCH_INDEX")
    options = ("--cuda",) if args.cuda else ("--torch-index", index) if index else ()
    steps = [replace(PACKAGES, options=options), BROWSER_FILES, KERNEL] + ([TEST_PACKAGES, TOOLS] if args.dev else [])
    try:
        set_up(ROOT, steps)
    except SetupError as error:
        print(f"[set-up] {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("[set-up] stopped; the next call goes on from here", file=sys.stderr)
        return 130
    without = packages.are_installed(packages.without_cuda(), ROOT / ".venv")
    if without and not index and packages.has_nvidia_driver():
        say("this machine has an NVIDIA driver, but PyTorch is here without CUDA. With it: make setup CUDA=1")
    return 0


if __name__ == "__main__":
    sys.exit(main())
