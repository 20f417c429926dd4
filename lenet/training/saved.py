"""Files of torch.save: written all or nothing, and read whole or not at all."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.files import check_size, open_file, write_whole

ZIP = b"PK"  # how a file of torch.save begins
MOST_BYTES = 64 * 2**20  # of a network or a state, which have about a megabyte; unpacked too


def save(value: object, path: Path) -> None:
    """Raises OSError."""
    file = io.BytesIO()  # torch.save into a file reports a full disk as some RuntimeError of its zip writer
    torch.save(value, file)
    write_whole(path, file.getbuffer())


def save_weights(weights: Mapping[str, Tensor], path: Path) -> None:
    """Of a network, as a CPU's wherever it was trained: of a GPU's, torch.load alone gives nothing where there is none.

    Raises OSError.
    """
    save({name: values.cpu() for name, values in weights.items()}, path)


def load(path: Path, device: torch.device | str) -> Any:
    """What was saved. Nothing in the file is run. Raises OSError, and ValueError that says what is wrong with it."""
    with open_file(path) as file:
        check_size(file, path, MOST_BYTES)
        begin = file.read(2)
        if not begin:
            raise ValueError("the file is empty")
        try:
            if not zipfile.is_zipfile(file) and begin == ZIP:
                raise ValueError("the file is cut off, or its end is damaged")
            if zipfile.is_zipfile(file):  # torch takes weights whose checksum is wrong
                with zipfile.ZipFile(file) as parts:
                    if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
                        raise ValueError(f"more than {MOST_BYTES} bytes are in the file")
                    if parts.testzip() is not None:
                        raise ValueError("the file is damaged")
            file.seek(0)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of torch's, about pickles of others
                return torch.load(file, map_location=device, weights_only=True)
        except ValueError:
            raise
        except Exception:  # torch's own range from UnpicklingError to RuntimeError; its advice is to run what is there
            raise ValueError(
                "it is no file of torch.save, or has more than weights in it, which is never run"
            ) from None
