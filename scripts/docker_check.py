"""Build Playlab's image without a Docker daemon, start it and try it: `make docker-check`, as root on Debian.

    apt install buildah debootstrap chromium redis-server
    make docker-check                               about 20 minutes, and 35 GB of disk while it builds
    make docker-check ARGS="--keep"                 leave base and image in build/docker, for the next call

The base is a bare Debian made by debootstrap, the builder is Buildah. What pip and npm of this machine need to find
packages (configuration, local folders, certificates) is lent to the build read-only; nothing of it gets into the image.
What is tried stands in tests/support/docker_trial.py; it runs where there is no network.
"""

from __future__ import annotations

import argparse
import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "docker"
PACKAGES = {  # by tool
    "buildah": "buildah",
    "debootstrap": "debootstrap",
    "unshare": "util-linux",
    "ip": "iproute2",
    "redis-server": "redis-server",
}
BASE, IMAGE = "localhost/playlab-base", "localhost/playlab-check"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
DEBIAN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
BUILD_SECONDS = 3600


def buildah(*words: str | Path, show: bool = False) -> str:
    """Runs Buildah on a store of its own and returns what it prints, unless it shall be seen. CalledProcessError."""
    store: list[str | Path] = ["--root", FOLDER / "store", "--runroot", FOLDER / "run", "--storage-driver", "vfs"]
    environment = {**os.environ, "BUILDAH_ISOLATION": "chroot", "TMPDIR": str(FOLDER / "tmp")}
    done = subprocess.run(
        ["nice", "buildah", *store, *words], env=environment, stdout=None if show else subprocess.PIPE, text=True,
        check=True, timeout=BUILD_SECONDS,
    )  # fmt: skip
    return (done.stdout or "").strip()


# --- what the build is lent -------------------------------------------------------------------------------------------


def pip_files() -> Iterator[Path]:
    """pip's configuration files here, and the files and folders that they and the environment name."""
    report = subprocess.run(
        [sys.executable, "-m", "pip", "config", "debug"], capture_output=True, text=True, check=True
    ).stdout
    values = [value for name, value in os.environ.items() if name.startswith("PIP_")]
    for path in map(Path, re.findall(r"^  (/.*), exists: True$", report, re.MULTILINE)):
        yield path
        settings = configparser.RawConfigParser(strict=False)
        settings.read(path)
        values += [value for section in settings.values() for value in section.values()]
    for word in " ".join(values).split():
        path = Path(word.removeprefix("file://"))
        if path.is_absolute() and path.exists():
            # The pages of an index of files link to what lies beside it.
            yield path.parent if word.startswith("file://") else path


def npm_files() -> Iterator[Path]:
    """npm's configuration files here, and its certificates."""
    npm = shutil.which("npm")
    for setting in ("userconfig", "globalconfig", "cafile") if npm else ():
        answer = subprocess.run([str(npm), "config", "get", setting], capture_output=True, text=True, cwd="/")
        path = Path(answer.stdout.strip())
        if path.is_absolute() and path.is_file():
            yield path


def lent(paths: Iterable[Path]) -> list[str]:
    """The options that lend `paths` to a build, at the same place and read-only."""
    return [f"--volume={path}:{path}:ro" for path in sorted({path for path in paths if path.exists()})]


# --- the image --------------------------------------------------------------------------------------------------------


def make_base(suite: str) -> None:
    """BASE: Debian's minimum with the Python it ships, if it is not there yet."""
    if BASE in buildah("images", "--format", "{{.Name}}").split():
        return
    container = buildah("from", "scratch")
    command = ["debootstrap", "--variant=minbase", "--include=ca-certificates,python3,python3-venv", suite]
    subprocess.run([*command, buildah("mount", container)], check=True, timeout=BUILD_SECONDS, stdout=sys.stderr)
    buildah("config", "--env", f"PATH={DEBIAN_PATH}", container)
    buildah("commit", "--rm", container, BASE)


def build(torch_index: str) -> None:
    """IMAGE, on BASE."""
    arguments = {"BASE_IMAGE": BASE, "TORCH_INDEX_URL": torch_index}
    buildah(
        "build", "--isolation=chroot", "--format=docker", "--pull-never", f"--tag={IMAGE}",
        *(f"--build-arg={name}={value}" for name, value in arguments.items()),
        *lent([*pip_files(), *npm_files(), CERTIFICATES]),
        ROOT, show=True,
    )  # fmt: skip


def size() -> str:
    return buildah("images", "--format", "{{.Size}}", IMAGE)


def clean() -> None:
    """Ends Buildah's mounts, and removes all that was made but the pictures and logs."""
    buildah("umount", "--all")
    for name in ("store", "run", "tmp"):
        shutil.rmtree(FOLDER / name, ignore_errors=True)


def try_out() -> int:
    """Starts IMAGE where there is no network but its own loopback device, and returns the trial's exit status."""
    container = buildah("from", "--pull-never", IMAGE)
    try:
        config = json.loads(buildah("inspect", "--type=image", IMAGE))["Docker"]["config"]
        (FOLDER / "config.json").write_text(json.dumps(config, indent=1))
        trial: list[str | Path] = [sys.executable, "-m", "support.docker_trial", buildah("mount", container), FOLDER]
        alone = ["unshare", "--net", "--", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
        return subprocess.run([*alone, *trial], cwd=ROOT / "tests", timeout=1200).returncode
    finally:
        buildah("rm", container)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Build Playlab's image without Docker, start it and try it.")
    parser.add_argument("--suite", default="bookworm", help="the Debian release of the base (default: bookworm)")
    parser.add_argument("--torch-index", default="", metavar="URL", help="TORCH_INDEX_URL (default: the usual index)")
    parser.add_argument("--keep", action="store_true", help="leave base and image in build/docker, for the next call")
    parser.add_argument("--no-build", action="store_true", help="only try the image that an earlier --keep left")
    options = parser.parse_args(argv)
    missing = sorted({package for tool, package in PACKAGES.items() if not shutil.which(tool)})
    if missing or os.geteuid() != 0:
        packages = " ".join(PACKAGES.values())
        print(f"docker-check needs root and Debian's packages: apt install {packages} chromium", file=sys.stderr)
        return 2
    (FOLDER / "tmp").mkdir(parents=True, exist_ok=True)
    try:
        if not options.no_build:
            begun = time.monotonic()
            make_base(options.suite)
            build(options.torch_index)
            print(f"built in {time.monotonic() - begun:.0f} s: {size()}", flush=True)
        status = try_out()
        print("docker-check: passed" if status == 0 else "docker-check: FAILED", flush=True)
        return status
    except subprocess.SubprocessError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        if not options.keep and not options.no_build:
            clean()


if __name__ == "__main__":
    sys.exit(main())
