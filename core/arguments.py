"""A command line whose faults are told in one line: what is wrong, and that --help has the rest."""

from __future__ import annotations

import argparse
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """Python's own, which prints its whole usage before the fault. Its commands are of this kind too."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message} (--help lists what there is)\n")
