"""Child processes: what is the same for all of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent  # from which `python -m` finds the packages

# What Ctrl-C in the terminal does not reach: it is the server's to handle.
OWN_GROUP: dict[str, Any] = (
    {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}  # type: ignore[attr-defined, unused-ignore]
    if sys.platform == "win32"
    else {"start_new_session": True}
)
