"""`app.py` for tests of the LeNet page: trainers have everybody's priority, and a Playground's worker and the nursery
start when they are needed.

At the server's low priority trainers would wait for whatever is tested. A worker loads PyTorch, which takes seconds,
and few of these tests open a Playground; a nursery does, and some of them train nothing.

python tests/support/eager_server.py --port 5001 ...
"""

import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)

from lenet.queue import launcher  # noqa: E402  it is found from there
from playground.serving.workers import WorkerProcess  # noqa: E402

launcher.NICENESS = 0
launcher.Launcher.prepare = lambda _launcher: None
_ensure, _send = WorkerProcess.ensure, WorkerProcess.send


def _send_once_started(worker, message):
    _ensure(worker)
    _send(worker, message)


WorkerProcess.ensure = lambda _worker: None
WorkerProcess.send = _send_once_started
sys.argv[0] = "app.py"
runpy.run_path(str(ROOT / "app.py"), run_name="__main__")
