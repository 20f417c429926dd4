"""For the teacher: pauses every LeNet run that waits, so that a queue full of somebody's nonsense is empty again.

    PLAYLAB_TEACHER=TOKEN python scripts/clear_queue.py http://127.0.0.1:5000

Students resume theirs with a click; runs that are trained go on. Prints how many it has paused.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any


def ask(url: str, method: str = "GET") -> Any:
    headers = {"Authorization": f"Bearer {os.environ.get('PLAYLAB_TEACHER', '')}"}
    with urllib.request.urlopen(urllib.request.Request(url, None, headers, method=method), timeout=30) as answer:  # noqa: S310
        return json.load(answer)


def waiting(server: str) -> Iterator[str]:
    """The ids of the runs in the queue."""
    after = ""
    while True:
        page = ask(f"{server}/api/lenet/runs?limit=500{after}")
        yield from (run["run"] for run in page["runs"] if run["status"] == "queued")
        if page["next"] is None:
            return
        after = f"&after={page['next']}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", metavar="ADDRESS", help="of the server, such as http://127.0.0.1:5000")
    server, paused = parser.parse_args().server.rstrip("/"), 0
    try:
        if not ask(f"{server}/api/lenet/runs?limit=1")["me"]["teacher"]:
            print("PLAYLAB_TEACHER is not that server's token of the teacher", file=sys.stderr)
            return 2
        for run in list(waiting(server)):
            try:
                ask(f"{server}/api/lenet/runs/{run}/pause", "POST")
                paused += 1
            except urllib.error.HTTPError as error:
                if error.code not in (404, 409):  # it has ended meanwhile
                    raise
    except OSError as error:
        print(f"{server}: {error}", file=sys.stderr)
        return 2
    print(f"{paused} runs were waiting and are paused")
    return 0


if __name__ == "__main__":
    sys.exit(main())
