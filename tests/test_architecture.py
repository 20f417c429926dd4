"""Who may import whom: the contracts of pyproject.toml, which import-linter reads."""

import subprocess
import sys
import sysconfig
from pathlib import Path

from support.processes import ROOT

HEAVY = ("torch", "torchvision", "numba", "numpy", "rq")  # numpy and rq are imported when they are first used


def test_every_import_keeps_the_contracts():
    command = [str(Path(sysconfig.get_path("scripts")) / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_web_process_starts_without_what_computes_and_without_the_queue_of_others():
    script = f"import sys, app; print([name for name in {HEAVY} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout == "[]\n"
