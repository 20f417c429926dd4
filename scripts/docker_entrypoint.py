"""Make a container ready for Playlab, then become the command: `docker run playlab [OPTIONS | worker | COMMAND...]`.

What the image has baked in (`baked/`, see Dockerfile) is put where the server looks for it and may write: whoever the
container runs as, with empty folders mounted over /data and /experiments, on a read-only file system, without a
network. Without arguments, or with options alone, the command is `python app.py`; after `worker` it is
`python -m lenet worker`. Standard library only; starts in a moment, since every start waits for it.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

BAKED = Path(__file__).resolve().parent.parent / "baked"
SERVER = ["python", "app.py"]
WORKER = ["python", "-m", "lenet", "worker"]
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - ours alone in a container, and writable even in a read-only one

# What LLVM calls x86-64-v3: Intel's processors since 2013, AMD's since 2015. The kernel is compiled for these and not
# for the processor that built the image, or it would be compiled again wherever the image is run on another one.
PORTABLE_CPU = "x86-64-v3"
PORTABLE_FLAGS = {"abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "popcnt", "sse4_2", "ssse3", "xsave"}

Environment = MutableMapping[str, str]


class UnwritableError(Exception):
    """A folder that must be writable is not; the message says what to do."""


def command(arguments: list[str]) -> list[str]:
    """The command to become: `arguments`, unless they are options of the server, or a worker and options of it."""
    if not arguments or arguments[0].startswith("-"):
        return [*SERVER, *arguments]
    return [*WORKER, *arguments[1:]] if arguments[0] == "worker" else arguments


def choose_temporary_folder(environment: Environment) -> Path:
    """Where files may be made; named in TMPDIR where it is not one of the usual places."""
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:  # --read-only, and no --tmpfs /tmp
        tempfile.tempdir = environment["TMPDIR"] = str(SHARED_MEMORY)
        return SHARED_MEMORY


def choose_cpu(environment: Environment, cpuinfo: str, machine: str) -> None:
    """Has Numba compile for PORTABLE_CPU, and so find what is baked, where this processor is one.

    A NUMBA_CPU_NAME given to the container stays; an empty one asks for this very processor.
    """
    flags = re.search(r"^flags\s*:(.*)$", cpuinfo, re.MULTILINE)
    is_portable = machine == "x86_64" and flags is not None and set(flags[1].split()) >= PORTABLE_FLAGS
    if environment.get("NUMBA_CPU_NAME") == "":
        del environment["NUMBA_CPU_NAME"]
    elif is_portable and "NUMBA_CPU_NAME" not in environment:
        environment.update(NUMBA_CPU_NAME=PORTABLE_CPU, NUMBA_CPU_FEATURES="")


def lend_kernel(environment: Environment, baked: Path, temporary: Path) -> None:
    """Copies the compiled kernel to where Numba may write, without which it would not even read it."""
    if "NUMBA_CACHE_DIR" not in environment and baked.is_dir():
        folder = tempfile.mkdtemp(prefix="playlab-kernel-", dir=temporary)
        environment["NUMBA_CACHE_DIR"] = str(shutil.copytree(baked, folder, dirs_exist_ok=True))


def folder(environment: Environment, name: str) -> Path:
    """Of this variable, as the server takes it: `~` is the home folder. Raises UnwritableError where there is none."""
    try:
        return Path(environment[name]).expanduser()
    except RuntimeError as error:
        raise UnwritableError(f"{name}={environment[name]}: {error}") from None


def lend_data(environment: Environment, baked: Path) -> None:
    """Copies baked data sets into PLAYLAB_DATA where they are missing; has them read in place where it is read-only.

    Raises UnwritableError where it is in no folder at all."""
    data = folder(environment, "PLAYLAB_DATA")
    try:
        for source in filter(Path.is_file, sorted(baked.rglob("*"))):
            target = data / source.relative_to(baked)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as part:
                    part.write(source.read_bytes())
                Path(part.name).chmod(0o644)
                Path(part.name).replace(target)  # never half a file, however many containers share the folder
    except OSError as error:
        print(f"{data}: {error.strerror}. Only the data sets of the image are there.", file=sys.stderr, flush=True)
        environment["PLAYLAB_DATA"] = str(baked)


def check_experiments(environment: Environment) -> None:
    """Raises UnwritableError where runs could not be saved."""
    experiments = folder(environment, "PLAYLAB_EXPERIMENTS")
    try:
        experiments.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=experiments):
            pass
    except OSError as error:
        user = f"{os.getuid()}:{os.getgid()}"
        raise UnwritableError(
            f"{experiments}: {error.strerror}. This container runs as user {user} and saves its runs there. For a "
            f"folder of the machine: `chown {user} FOLDER`, or `docker run --user $(id -u):$(id -g)`, as who owns it."
        ) from error


def main(arguments: list[str]) -> None:
    """Does not return."""
    words = command(arguments)
    temporary = choose_temporary_folder(os.environ)
    choose_cpu(os.environ, Path("/proc/cpuinfo").read_text(), platform.machine())
    lend_kernel(os.environ, BAKED / "kernel", temporary)
    if "PLAYLAB_DATA" in os.environ:  # not while the image is being built
        try:
            lend_data(os.environ, BAKED / "data")
            if words[: len(WORKER)] != WORKER:  # which saves its runs in Redis
                check_experiments(os.environ)
        except UnwritableError as error:
            sys.exit(str(error))
    try:
        os.execvp(words[0], words)  # noqa: S606
    except OSError as error:
        sys.exit(f"{words[0]}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
