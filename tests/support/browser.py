"""Find a browser for the tests: Chromium or Chrome on the machine, else Playwright's own.

`find()` only looks. Run as a program (`make test` does) it also gets one where there is none: Playwright's own, else
Debian's package where this user may install it; and says loudly when neither can be had. It decides nothing about the
tests: `conftest.py` leaves the browser tests out, or fails them where `CI=true`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

# The first is Chromium without its own windows: a page costs it little more than half of the CPU.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Where macOS and Windows keep Chrome, which is not on the PATH there.
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
ARGUMENTS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
MISSING = "no Chromium or Chrome: on Debian apt install chromium-headless-shell, elsewhere playwright install chromium"
_ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def works(path: Path) -> bool:
    """Whether it starts at all: a browser without its libraries is none."""
    if os.name == "nt":  # there --version opens a window
        return path.exists()
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def of_machine() -> Path | None:
    candidates = [Path(found) for name in NAMES if (found := shutil.which(name))] + [Path(place) for place in PLACES]
    return next((path for path in candidates if works(path)), None)


def of_playwright() -> Path | None:
    # In a process of its own: Playwright cannot be started twice in one.
    answer = subprocess.run([sys.executable, "-c", _ASK_PLAYWRIGHT], capture_output=True, text=True)
    path = Path(answer.stdout.strip())
    return path if answer.returncode == 0 and works(path) else None


def find() -> Path | None:
    return of_machine() or of_playwright()


def install_playwrights() -> None:
    subprocess.run([sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"], timeout=600)


def install_debians() -> None:
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], timeout=300)
        install = ["apt-get", "install", "-qy", "--no-install-recommends", NAMES[0], "fonts-noto-cjk"]
        subprocess.run(install, env=environment, timeout=600)


def main() -> int:
    """Always 0: whether the tests may go on without a browser is for pytest to say, after all the others have run."""
    for install in (install_playwrights, install_debians):
        if find():
            return 0
        print(f"No browser yet: {install.__name__.replace('_', ' ')} Chromium", flush=True)
        try:
            install()
        except subprocess.TimeoutExpired:
            print("gave up waiting", flush=True)
    if not find():
        print(f"\n*** THE BROWSER TESTS CANNOT RUN: {MISSING} ***\n", file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    sys.exit(main())
