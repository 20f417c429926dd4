"""Exported scripts run in this process: a new one would load PyTorch for each."""

from __future__ import annotations

import contextlib
import io
import sys
from unittest import mock

import torch


def run(text: str, *arguments: object) -> tuple[int, list[str]]:
    """A script's exit status and the lines that it prints. What it sets for all of PyTorch is put back."""
    printed, status = io.StringIO(), 0
    precision, threads = torch.get_default_dtype(), torch.get_num_threads()
    deterministic = torch.are_deterministic_algorithms_enabled()
    try:
        with contextlib.redirect_stdout(printed), mock.patch.object(sys, "argv", ["exported.py", *map(str, arguments)]):
            exec(compile(text, "exported.py", "exec"), {"__name__": "__main__"})  # noqa: S102  a file of our own
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        torch.set_default_dtype(precision)
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(deterministic)
    return status, printed.getvalue().splitlines()
