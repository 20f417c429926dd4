"""Pictures of notebooks in the database, or as files beside it: what a class costs either way.

    python -m benchmarks.notebook_pictures database             # or files; SQLite
    python -m benchmarks.notebook_pictures files --database URL # PostgreSQL, an empty database each time

40 students pin 50 figures each, whose pictures have 60 to 150 kB and do not compress. In the database each is written
in the transaction of its pin; as a file it is written whole and to the disk before (`core.files.write`), and the pin
after it. Then all are read, and backed up: the database by its own means, the files by `tar`.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import secrets
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from sqlalchemy import URL

from core import arguments
from db import __main__ as commands
from db import address
from db.database import Database
from notebook.figures import Axis, Chart, Series
from notebook.pins import Pin
from notebook.store import Notebooks
from notebook.uploads import Image

STUDENTS, PINS = 40, 50


def pictures(seed: int) -> list[bytes]:
    draw = random.Random(seed)
    return [draw.randbytes(draw.randint(60_000, 150_000)) for _ in range(PINS)]


def pin(student: int, number: int) -> Pin:
    line = Series(name="loss", x=[float(at) for at in range(300)], y=[1 / (at + student + 1) for at in range(300)])
    return Pin(
        id=f"pin-{student:03}-{number:04}", view="playground.loss", place="/", run=f"/#{number}", language="en",
        title="Loss", caption="The loss.", facts=[], figure=Chart(x=Axis(), y=Axis(), series=[line]),
    )  # fmt: skip


def write_file(folder: Path, content: bytes) -> None:
    """All or nothing, and on the disk."""
    name = hashlib.sha256(content).hexdigest()
    part, path = folder / f".{name}.{secrets.token_hex(4)}", folder / name
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextlib.contextmanager
def timed(what: str, told: dict[str, float]) -> Iterator[None]:
    began = time.perf_counter()
    yield
    told[what] = round(time.perf_counter() - began, 2)


def measured(url: URL, folder: Path, in_files: bool) -> dict[str, float]:
    database, told = Database(url, wait_s=60), {}
    database.open()
    notebooks, files = Notebooks(database), folder / "pictures"
    files.mkdir()
    longest: list[float] = []
    browsers = [secrets.token_hex(8) for _ in range(STUDENTS)]

    def write(student: int) -> None:
        for number, content in enumerate(pictures(student)):
            one = pin(student, number)
            notebooks.pin(browsers[student], one)
            began = time.perf_counter()
            if in_files:
                write_file(files, content)
            else:
                notebooks.keep_picture(browsers[student], one.id, Image("image/png", content), 1600, 1000)
            longest.append(time.perf_counter() - began)

    def read(student: int) -> None:
        for number, content in enumerate(pictures(student)):
            if in_files:
                taken = (files / hashlib.sha256(content).hexdigest()).read_bytes()
            else:
                taken = notebooks.picture(browsers[student], pin(student, number).id).packed
            assert taken == content

    for what, do in (("write_s", write), ("read_s", read)):
        with timed(what, told), ThreadPoolExecutor(STUDENTS) as pool:
            list(pool.map(do, range(STUDENTS)))
    told["longest_write_s"] = round(max(longest), 2)
    with timed("list_ms", told):
        notebooks.overview(browsers[0])
    told["list_ms"] *= 1000
    told |= _backed_up(url, folder, files, in_files)
    database.close()
    return told


def _backed_up(url: URL, folder: Path, files: Path, in_files: bool) -> dict[str, float]:
    told: dict[str, float] = {}
    backup, archive = folder / "backup", folder / "pictures.tar"
    with timed("backup_s", told):
        if url.get_backend_name() == "sqlite":
            commands.backup(url, backup)
        else:
            plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
            programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))
            command = [str(programs[-1]) if programs else "pg_dump", "--format=custom", f"--file={backup}", plain]
            subprocess.run(command, check=True)
        if in_files:
            subprocess.run(["tar", "-cf", archive, "-C", folder, files.name], check=True)
    told["backup_mb"] = round((backup.stat().st_size + (archive.stat().st_size if in_files else 0)) / 1e6, 1)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("where", choices=["database", "files"])
    parser.add_argument("--database", metavar="URL")
    parser.add_argument(
        "--folder", type=arguments.path, metavar="FOLDER", help="on the disk to measure; by default a temporary one"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as made:
        folder = Path(made)
        url = address.parse(options.database) if options.database else address.of_folder(folder)
        told = measured(url, folder, in_files=options.where == "files")
    print(options.where, url.get_backend_name(), msgspec.json.encode(told).decode(), f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
