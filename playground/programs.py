"""The PyTorch files of many links, as a process of their own writes them: who asks for them computes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable

from core.children import spawn

MOST_S = 60.0  # links that are not done by then have no file
_STOP_S = 5.0


def of(links: Iterable[str], database: str | None = None) -> dict[str, str]:
    """The file of each link that is one: whole URLs, or what stands after the host. database: the URL of the own data
    that a link may have only the address of; it is not on the command line, which everybody on the machine reads."""
    asked = dict.fromkeys(links)
    if not asked:
        return {}
    environment = os.environ | ({"PLAYLAB_DATABASE": database} if database else {})
    process = spawn(
        [sys.executable, "-m", "playground", "programs"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    lines = "".join(f"{json.dumps(link)}\n" for link in asked).encode()
    try:
        written, _ = process.communicate(lines, timeout=MOST_S)
    except subprocess.TimeoutExpired:
        process.kill()
        written, _ = process.communicate(timeout=_STOP_S)
    whole = (json.loads(line) for line in written.splitlines(keepends=True) if line.endswith(b"\n"))
    return {answer["link"]: answer["program"] for answer in whole if answer["program"]}
