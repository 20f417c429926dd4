"""The PyTorch files of many links, as a process of their own writes them: who asks for them computes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable

from core.children import spawn

MOST_S = 60.0  # links that are not done by then have no file: the longest runs, as they are trained in turns
_LOOK_S = 0.5  # between two looks at how far it is
_STOP_S = 5.0


def of(
    links: Iterable[str], database: str | None = None, told: Callable[[float], object] = lambda _share: None
) -> dict[str, str | None]:
    """The file of each link that is one, whole URLs or what stands after the host; None: there was no time for it.
    database: the URL of the own data that a link may have only the address of; it is not on the command line, which
    everybody on the machine reads. told: is called with how much of it is done, or of its time over, from 0 to 1."""
    asked = dict.fromkeys(links)
    if not asked:
        return {}
    environment = os.environ | ({"PLAYLAB_DATABASE": database} if database else {})
    process = spawn(
        [sys.executable, "-m", "playground", "programs"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    lines = "".join(f"{json.dumps(link)}\n" for link in asked).encode()
    written, is_late = _heard(
        process, lines, lambda answers, spent: told(max(answers / len(asked), min(1.0, spent / MOST_S)))
    )
    whole = [json.loads(line) for line in written.splitlines(keepends=True) if line.endswith(b"\n")]
    unanswered = dict.fromkeys(asked.keys() - {answer["link"] for answer in whole}) if is_late else {}
    return {answer["link"]: answer["program"] for answer in whole if answer["program"]} | unanswered


def _heard(process: subprocess.Popen[bytes], lines: bytes, told: Callable[[int, float], object]) -> tuple[bytes, bool]:
    """What it has answered until it ends, and whether it was ended because its time was over. told: is called with how
    many lines that are, and the seconds that it took."""
    began, sent = time.monotonic(), lines or None
    while True:
        try:
            return process.communicate(sent, timeout=_LOOK_S)[0], False
        except subprocess.TimeoutExpired as late:
            sent, spent = None, time.monotonic() - began
            told((late.output or b"").count(b"\n"), spent)
            if spent >= MOST_S:
                process.kill()
                return process.communicate(timeout=_STOP_S)[0], True
