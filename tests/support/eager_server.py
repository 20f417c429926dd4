"""`app.py` whose trainers have everybody's priority: at the server's low one they would wait for whatever is tested.

python tests/support/eager_server.py --port 5001 ...
"""

import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)

from lenet.queue import launcher  # noqa: E402  it is found from there

launcher.NICENESS = 0
sys.argv[0] = "app.py"
runpy.run_path(str(ROOT / "app.py"), run_name="__main__")
