"""Imports without garbage collection: that it rests, that it goes on, and that those who load PyTorch do so."""

import gc
import subprocess
import sys

import pytest

from core import imports
from support.long import parametrize
from support.processes import ROOT

COUNTS = """
import gc, sys
rounds = []
gc.callbacks.append(lambda phase, _: phase == "start" and "torch" in sys.modules and rounds.append(1))
{}
assert "torch" in sys.modules and gc.isenabled()
print(len(rounds))
"""


def test_it_rests_within_the_block_and_is_then_as_it_was():
    with imports.uncollected():
        assert not gc.isenabled()
        with imports.uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ImportError), imports.uncollected():
        import nowhere_to_be_found  # noqa: F401
    assert gc.isenabled()


@parametrize("module", ["lenet.training.trainer", "lenet.questions.answerer", "playground.network"], short=1)
def test_pytorch_is_loaded_without_collecting(module):
    """What else is loaded afterwards is a tenth of it."""
    code = COUNTS.format(f"import {module}")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert int(done.stdout) < 100, done.stderr


def test_what_is_hidden_is_not_found_and_is_there_again_afterwards():
    """But for what was imported before."""
    code = """
import json, sys
from core import imports
with imports.without("sched", "json"):
    import json
    try:
        import sched
    except ImportError:
        print("hidden")
import sched
print("sched" in sys.modules, sched.__name__, json.__name__)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["hidden", "True", "sched", "json"], done.stderr


def test_the_application_is_started_without_libraries_that_it_does_not_use():
    code = """
import runpy, sys
sys.argv = ["app.py", "--help"]
try:
    runpy.run_path("app.py", run_name="__main__")
except SystemExit:
    print([name for name in ("flask_socketio", "redis", "requests", "tornado", "websocket") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "['flask_socketio']", done.stderr
