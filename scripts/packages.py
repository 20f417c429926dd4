"""Install the Python packages: PyTorch without CUDA where nothing could use it, then all else. `install.py` calls it.

    python scripts/packages.py                     what the server needs
    python scripts/packages.py --torch-index URL   with the PyTorch without CUDA that lies there
    python scripts/packages.py --cuda              with CUDA, for another machine than this one
    python scripts/packages.py --dev               what the tests need on top

PyTorch's packages for Linux bring 3 GB of NVIDIA's. Those without have a version that ends in `+cpu`; torch and
torchvision go together only if both have it. The lock allows either. Where the release that it names is installed, it
stays as it is unless an option asks for the other one.
Standard library only, by the Python of the environment, whose pip knows where packages come from.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
WITH_CUDA, WITHOUT_CUDA = "some 3 GB", "some 0.3 GB"  # all packages of the server, to download
NEWS_EVERY = 15.0  # seconds
DRIVER = ("/proc/driver/nvidia/version", "/usr/lib/wsl/lib/nvidia-smi")  # NVIDIA's; under WSL that of Windows


def say(text: str) -> None:
    print(f"[set-up] {text}", flush=True)


# --- pip --------------------------------------------------------------------------------------------------------------


def install(*arguments: str) -> bool:
    """Whether pip could. It shows in a terminal how far each download is; a line now and then is for logs, and in a
    terminal for the time when nothing comes, above all that of unpacking.
    """
    # Beside the environment and not in /tmp, which many a system keeps in memory.
    downloads = Path(sys.prefix) / "downloads"
    shutil.rmtree(downloads, ignore_errors=True)
    downloads.mkdir()
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *arguments]
    begun, come = time.monotonic(), 0
    try:
        with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "TMPDIR": str(downloads)}) as pip:
            while True:
                try:
                    return pip.wait(NEWS_EVERY) == 0
                except subprocess.TimeoutExpired:
                    before, come = come, size(downloads)
                    if come == before or not sys.stdout.isatty():
                        downloaded = (
                            f"{come / 1e6:,.0f} MB downloaded, " if come else ""
                        )  # from a disk or a cache: none
                        say(f"{downloaded}{time.monotonic() - begun:.0f} s")
    finally:
        shutil.rmtree(downloads, ignore_errors=True)


def size(folder: Path) -> int:
    """Bytes in the files below it, while others come and go."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(path, name)).st_size  # noqa: PTH116, PTH118 - thousands of them
            except FileNotFoundError:
                continue
    return total


def on_offer(package: str, index: str | None) -> set[str]:
    """The versions that pip finds for this Python and system; none if it finds none, or cannot ask."""
    place = [] if index is None else ["--index-url", index]
    options = ["--disable-pip-version-check", "--no-input", "--retries", "2", *place]
    command = [sys.executable, "-m", "pip", "index", "versions", *options, package]
    answer = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    line = re.search(r"^Available versions: (.*)$", answer.stdout, re.MULTILINE)
    return set(line[1].split(", ")) if line else set()


# --- PyTorch ----------------------------------------------------------------------------------------------------------


def has_nvidia_driver() -> bool:
    return shutil.which("nvidia-smi") is not None or any(Path(place).exists() for place in DRIVER)


def locked() -> dict[str, str]:
    """The versions of torch and torchvision in the lock, which go together."""
    return dict(re.findall(r"^(torch|torchvision)==([^\s;]+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE))


def without_cuda() -> dict[str, str]:
    """The same two, as PyTorch names them where they have no CUDA in them."""
    return {package: f"{version}+cpu" for package, version in locked().items()}


def are_on_offer(versions: dict[str, str], index: str | None = None) -> bool:
    return all(version in on_offer(package, index) for package, version in versions.items())


def are_installed(versions: dict[str, str], environment: Path = Path(sys.prefix)) -> bool:
    """By the folders that pip leaves. On Windows they lie elsewhere, where nobody asks."""
    folders = environment.glob("lib/python*/site-packages/*.dist-info")
    return {f"{package}-{version}.dist-info" for package, version in versions.items()} <= {
        path.name for path in folders
    }


def requirements(operator: str, versions: dict[str, str]) -> list[str]:
    """For pip. torchvision comes first: where it is missing, torch has not been downloaded for nothing."""
    return [f"{package}{operator}{version}" for package, version in sorted(versions.items(), reverse=True)]


def choose_torch(index: str | None, cuda: bool) -> list[str] | None:
    """Install PyTorch without CUDA if that is wanted and to be had. Returns what pip is to be asked for besides the
    requirements, so that it takes the other one as a pair; None where pip failed.
    """
    if sys.platform != "linux":
        say("PyTorch for this system has no CUDA in it" + (": the option changes nothing" if index or cuda else ""))
        return []
    plain, without = locked(), without_cuda()
    if (are_installed(without) and not cuda) or (are_installed(plain) and not index):
        return []
    driver = has_nvidia_driver()
    if index or not (cuda or driver):
        asked = "the index that was named" if index else "this machine has no NVIDIA driver"
        if are_on_offer(without, index):
            say(f"PyTorch without CUDA ({asked}): all packages are {WITHOUT_CUDA}")
            # What torch itself needs comes with the rest: its own index need not have it in the locked versions.
            place = ["--index-url", index] if index else []
            return [] if install("--no-deps", *place, *requirements("==", without)) else None
        pair = " and ".join(requirements(" ", without))
        where = "in the index that was named" if index else "where pip looks, and this machine has no NVIDIA driver"
        say(f"{pair} are not both to be had {where}: PyTorch with CUDA, all packages are {WITH_CUDA}")
        if not index:
            say("to name an index that has them: make setup TORCH_INDEX=URL")
    else:
        asked = "this machine has an NVIDIA driver" if driver else "as asked for"
        say(f"PyTorch with CUDA ({asked}): all packages are {WITH_CUDA}")
    # One of the two without CUDA would be the newer release to pip, and it does not go with the other one.
    return requirements("===", plain) if are_on_offer(plain) else []


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Install the Python packages into this environment.")
    parser.add_argument("--dev", action="store_true", help="what the tests need, on top of the server's")
    parser.add_argument("--torch-index", metavar="URL", help="take PyTorch without CUDA from this package index")
    parser.add_argument("--cuda", action="store_true", help="take PyTorch with CUDA though there is no NVIDIA driver")
    arguments = parser.parse_args(argv)
    wanted = ("-r", "requirements-dev.txt" if arguments.dev else "requirements.txt")
    try:
        exact = () if arguments.dev else choose_torch(arguments.torch_index, arguments.cuda)
        if exact is None:
            return 1
        if install(*wanted, "-c", LOCK.name, *exact):
            return 0
        say(f"that did not work; now without {LOCK.name}: a newer Python may have no wheels of these releases")
        return 0 if install(*wanted, *exact) else 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
