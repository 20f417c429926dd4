"""All checkpoints of a run as one archive. No torch."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO


def write(file: IO[bytes], name: str, paths: Iterable[Path]) -> None:
    """A ZIP into `file`, of a folder `name` with the files in it; one after another, a piece at a time. Raises OSError.

    They are stored as they are: weights hardly get smaller, and a checkpoint is a ZIP itself.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for path in paths:
            archive.write(path, f"{name}/{path.name}")
