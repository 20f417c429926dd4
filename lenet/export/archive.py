"""All checkpoints of a run as one archive. No torch."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from core.files import check_size, open_file

MOST_FILE_BYTES = 64 * 2**20  # a checkpoint has less than one megabyte


def write(file: IO[bytes], name: str, paths: Iterable[Path]) -> None:
    """A ZIP into `file`, of a folder `name` with the files in it; one after another, a piece at a time.

    They are stored as they are: weights hardly get smaller, and a checkpoint is a ZIP itself. Raises OSError, and
    ValueError for a file that is too large to be one of a run.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for path in dict.fromkeys(paths):  # a record may name another file, or one twice
            with open_file(path) as source:
                check_size(source, path, MOST_FILE_BYTES)
                with archive.open(zipfile.ZipInfo.from_file(path, f"{name}/{path.name}"), "w") as part:
                    shutil.copyfileobj(source, part)
