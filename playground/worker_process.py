"""The process around a `Worker`: `python -m playground.worker_process`, started by `workers`.

It talks to the web process alone: pickled tuples over its standard input and output, which nobody else can write to. It
ends as soon as its input does, so that it never outlives the web process. It has nothing to save: what it knew, the web
process has from its frames.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
from typing import Any

_FOREVER = 1e6  # seconds; more than that a lock does not take

Message = tuple[Any, ...]


def main() -> None:
    """Serves until standard input ends; does not return."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; the web process decides
    if hasattr(os, "nice"):
        os.nice(5)  # the web process goes first where both want the same core
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not get into the stream of messages
    inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()

    def read() -> None:
        try:
            while True:
                inbox.put(pickle.load(sys.stdin.buffer))  # noqa: S301 - our own parent
        finally:
            os._exit(0)

    def send(message: Message) -> None:
        try:
            pickle.dump(message, output, protocol=pickle.HIGHEST_PROTOCOL)
            output.flush()
        except BrokenPipeError:
            os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    # Only now: this takes seconds, and the web process may end meanwhile.
    import torch

    from playground import frame
    from playground.worker import Worker

    torch.set_num_threads(1)
    frame.warm_up()
    worker = Worker(send)
    send(("ready", None))
    idle = 0.0
    while True:
        try:
            worker.handle(inbox.get(block=idle > 0, timeout=min(idle, _FOREVER)))
            while True:
                worker.handle(inbox.get_nowait())
        except queue.Empty:
            idle = worker.work()


if __name__ == "__main__":
    main()
