"""A command line whose faults are told in one line: what is wrong, and that --help has the rest."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn


def path(text: str) -> Path:
    """The type of each option that is a file or a folder, also where a variable gives it: `~` is the home folder, which
    no shell puts there after `--out=` or in a compose file."""
    try:
        return Path(text).expanduser()
    except RuntimeError as error:  # of somebody who is not there
        raise argparse.ArgumentTypeError(f"{text}: {error}") from None


class Parser(argparse.ArgumentParser):
    """Python's own, which prints its whole usage before the fault. Its commands are of this kind too."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message} (--help lists what there is)\n")
